//! Days of people.

use chrono::{NaiveTime, TimeDelta};
use domain::PresenceState;

use super::{frame, mateo, now, pauses, tx, valeria};
use crate::{DayPage, DaySpan, Lang, Section, Theme, Was};

/// Valeria's Friday so far as she sees it, or Mateo's as his supervisor does; with nothing in it, or busy.
#[must_use]
pub fn day(lang: Lang, theme: Theme, own: bool, busy: bool) -> DayPage {
    let zone = tx(lang).zone;
    let date = now().with_timezone(&zone).date_naive();
    let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest();
    let begins = midnight.map_or_else(now, |midnight| midnight.to_utc());
    let lunch = pauses().into_iter().next();
    let mut from = begins + TimeDelta::minutes(8 * 60 + 2);
    let mut span = |state, code, minutes: Option<i64>, by_machine| {
        let until = minutes.map(|minutes| from + TimeDelta::minutes(minutes));
        let span = DaySpan { was: Was { state, code }, from, until, by_machine };
        from = until.unwrap_or(from);
        span
    };
    let spans = vec![
        span(PresenceState::Available, None, Some(74), false),
        span(PresenceState::PrePause, lunch.clone(), Some(3), false),
        span(PresenceState::Paused, lunch, Some(22), true),
        span(PresenceState::Offline, None, Some(1), true),
        span(PresenceState::Available, None, None, false),
    ];
    let totals = spans.iter().map(|span| (span.was.clone(), span.until.unwrap_or_else(now) - span.from));
    DayPage {
        frame: frame(lang, theme, if own { Section::Me } else { Section::Floor }),
        person: if own { valeria() } else { mateo() },
        own,
        may_set: !own,
        pauses: pauses(),
        date,
        today: true,
        begins,
        ends: begins + TimeDelta::days(1),
        now: now(),
        totals: if busy { totals.collect() } else { Vec::new() },
        spans: if busy { spans } else { Vec::new() },
    }
}
