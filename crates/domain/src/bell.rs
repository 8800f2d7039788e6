//! How somebody is told of what calls for them while they look elsewhere: by the desktop, by a sound, or by neither.
//!
//! The page decides when to ring, because it alone knows what is before somebody's eyes; it goes by these settings, which
//! are a person's own and the same on all their machines.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What somebody is called for.
    Call {
        /// A conversation is offered or given to them.
        Offer = "offer",
        /// A customer wrote in a conversation of theirs.
        Message = "message",
        /// A note names them.
        Mention = "mention",
        /// A promise, or the reply window of one of theirs, is about to end.
        Due = "due",
        /// Something on the floor calls for a supervisor.
        Alarm = "alarm",
    }
}

words! {
    /// A small sound.
    Tone {
        /// Two soft notes upwards.
        Chime = "chime",
        /// One short drop.
        Drop = "drop",
        /// Two low knocks.
        Knock = "knock",
        /// A longer bell.
        Bell = "bell",
    }
}

/// How one kind of call is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// By a notification of the desktop, where the browser was allowed to.
    pub desktop: bool,
    /// By a sound; `None`: by none.
    pub tone: Option<Tone>,
}

/// When somebody wants to be left in peace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// From which minute of their day on.
    from: u16,
    /// Until which; not after `from`: until that minute of the next day.
    until: u16,
    /// On which days it begins: 1 is Monday, 7 Sunday.
    days: BTreeSet<u8>,
    /// Whether offers ring all the same: they run out.
    offers: bool,
}

/// Why hours of peace can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietError {
    /// They end when they begin.
    Empty,
    /// On no day.
    NoDay,
    /// No such minute or day.
    Unreadable,
}

impl Quiet {
    /// Hours of peace.
    ///
    /// # Errors
    /// When they are on no day, end when they begin, or are no time of a day.
    pub fn new(from: u16, until: u16, days: BTreeSet<u8>, offers: bool) -> Result<Self, QuietError> {
        const DAY: u16 = 24 * 60;
        if from >= DAY || until >= DAY || days.iter().any(|day| !(1..=7).contains(day)) {
            return Err(QuietError::Unreadable);
        }
        if from == until {
            return Err(QuietError::Empty);
        }
        if days.is_empty() {
            return Err(QuietError::NoDay);
        }
        Ok(Self { from, until, days, offers })
    }

    /// From when on, as `22:00`.
    #[must_use]
    pub fn from(&self) -> String {
        clock(self.from)
    }

    /// Until when, as `07:00`.
    #[must_use]
    pub fn until(&self) -> String {
        clock(self.until)
    }

    /// Whether it begins on a day; 1 is Monday.
    #[must_use]
    pub fn on(&self, day: u8) -> bool {
        self.days.contains(&day)
    }

    /// Whether offers ring all the same.
    #[must_use]
    pub const fn offers(&self) -> bool {
        self.offers
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The minute of a day that `22:00` stands for.
#[must_use]
pub fn minute(clock: &str) -> Option<u16> {
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// How somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bell {
    /// By kind of call.
    rings: BTreeMap<Call, Ring>,
    /// How loud, in percent.
    pub volume: u8,
    /// Whether notifications show what the customer wrote. Nobody's do unless they want it: they stand on locked screens
    /// and over shared ones, and the system keeps them.
    pub text: bool,
    /// Whether they come too while the page is before their eyes, but for the conversation that is open there.
    pub here: bool,
    /// When they want peace.
    pub quiet: Option<Quiet>,
}

impl Default for Bell {
    /// A soft tone for a new conversation and a knock for what runs out; what customers write makes no sound.
    fn default() -> Self {
        let ring = |tone| Ring { desktop: true, tone };
        let rings = BTreeMap::from([
            (Call::Offer, ring(Some(Tone::Chime))),
            (Call::Message, ring(None)),
            (Call::Mention, ring(Some(Tone::Drop))),
            (Call::Due, ring(Some(Tone::Knock))),
            (Call::Alarm, ring(Some(Tone::Knock))),
        ]);
        Self { rings, volume: 60, text: false, here: false, quiet: None }
    }
}

impl Bell {
    /// Settings as somebody chose them. More than all is as loud as it gets; what is said of no kind is its usual way.
    #[must_use]
    pub fn new(
        rings: BTreeMap<Call, Ring>,
        volume: u8,
        text: bool,
        here: bool,
        quiet: Option<Quiet>,
    ) -> Self {
        let mut all = Self::default().rings;
        all.extend(rings);
        Self { rings: all, volume: volume.min(100), text, here, quiet }
    }

    /// Settings as they were stored. Nothing, and what a later version wrote and this one can't read, are the usual ones.
    #[must_use]
    pub fn read(stored: Option<&str>) -> Self {
        stored.and_then(|text| serde_json::from_str::<Self>(text).ok()).map_or_else(Self::default, |bell| {
            Self::new(bell.rings, bell.volume, bell.text, bell.here, bell.quiet)
        })
    }

    /// As they are stored and handed to pages.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// How one kind of call is told.
    #[must_use]
    pub fn ring(&self, call: Call) -> Ring {
        self.rings.get(&call).copied().unwrap_or(Ring { desktop: true, tone: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_chosen_nothing_hears_a_new_conversation_and_no_message_and_shows_no_text() {
        let bell = Bell::read(None);
        assert_eq!(bell.ring(Call::Offer).tone, Some(Tone::Chime));
        assert_eq!(bell.ring(Call::Message), Ring { desktop: true, tone: None });
        assert!(!bell.text && !bell.here && bell.quiet.is_none());
    }

    #[test]
    fn what_was_chosen_comes_back_as_it_was() {
        let days = BTreeSet::from([1, 7]);
        let quiet = Quiet::new(22 * 60, 7 * 60, days, true).unwrap();
        let rings = BTreeMap::from([(Call::Message, Ring { desktop: false, tone: Some(Tone::Drop) })]);
        let bell = Bell::new(rings, 250, true, true, Some(quiet));
        assert_eq!(bell.volume, 100);
        assert_eq!(Bell::read(Some(&bell.json())), bell);
        let quiet = bell.quiet.unwrap();
        assert_eq!((quiet.from().as_str(), quiet.until().as_str()), ("22:00", "07:00"));
        assert!(quiet.on(7) && !quiet.on(3));
    }

    #[test]
    fn what_cannot_be_read_is_the_usual() {
        for stored in ["", "7", "{}", r#"{"rings":{"siren":{"desktop":true,"tone":null}}}"#] {
            assert_eq!(Bell::read(Some(stored)), Bell::default(), "{stored}");
        }
    }

    #[test]
    fn peace_needs_a_day_and_a_length() {
        let days = BTreeSet::from([1]);
        assert_eq!(Quiet::new(60, 60, days.clone(), false), Err(QuietError::Empty));
        assert_eq!(Quiet::new(60, 61, BTreeSet::new(), false), Err(QuietError::NoDay));
        assert_eq!(Quiet::new(60, 1440, days, false), Err(QuietError::Unreadable));
        assert_eq!(Quiet::new(60, 61, BTreeSet::from([8]), false), Err(QuietError::Unreadable));
        assert_eq!(
            (minute("22:30"), minute("24:00"), minute("7"), minute("07:5")),
            (Some(1350), None, None, None)
        );
    }
}
