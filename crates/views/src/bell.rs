//! What pages go by when they ring: what is theirs, what calls for a supervisor, and how somebody wants to be told.

use askama::Template;
use domain::{
    Bell, ConversationId,
    bell::{Call, Tone},
};

use crate::{DueTag, FloorAlert, Frame, Tx};

/// A conversation of somebody's own, as far as ringing and counting need to know it. Goes to `#mine`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mine {
    /// Which.
    pub conversation: ConversationId,
    /// The contact's name, or their address in the class of this screen.
    pub contact_name: String,
    /// What was said last, in a line.
    pub line: String,
    /// The queue's name.
    pub queue: String,
    /// How many messages of the customer it has.
    pub inbound_count: i32,
    /// How many of them its holder has read, where that was asked.
    pub read_count: Option<i32>,
    /// Since when an answer is owed, in seconds since 1970.
    pub waits_since: Option<i64>,
    /// By when something was promised.
    pub due: Option<DueTag>,
    /// Until when free text may be sent, in seconds since 1970, where an answer is owed.
    pub window_until: Option<i64>,
    /// They took it themselves a moment ago.
    pub taken: bool,
    /// Grows with every change of the conversation.
    pub version: i64,
}

/// One of them.
#[derive(Debug, Template)]
#[template(path = "mine.html")]
pub struct MineFragment<'a> {
    /// What to hand over.
    pub mine: &'a Mine,
}

/// All of somebody's, for `#mine`.
#[derive(Debug, Template)]
#[template(
    source = r#"<ul id="mine" hidden data-told>{% for mine in all %}{% include "mine.html" %}{% endfor %}</ul>"#,
    ext = "html"
)]
pub struct AllMineFragment<'a> {
    /// All of them.
    pub all: &'a [Mine],
}

/// What calls for a supervisor, for `#alarms`.
#[derive(Debug, Template)]
#[template(path = "alarm_mark.html")]
pub struct AlarmMarkFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What calls.
    pub alert: &'a FloorAlert,
}

/// All that calls for a supervisor, for `#alarms`.
#[derive(Debug, Template)]
#[template(
    source = r#"<ul id="alarms" hidden data-told>{% for alert in all %}{% include "alarm_mark.html" %}{% endfor %}</ul>"#,
    ext = "html"
)]
pub struct AllAlarmsFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// All of them.
    pub all: &'a [FloorAlert],
}

/// A kind of call in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLine {
    /// Its word in the form's fields.
    pub call: &'static str,
    /// The key of its words.
    pub word: String,
    /// Whether it comes as a notification.
    pub desktop: bool,
    /// The sounds to choose from.
    pub tones: Vec<ToneChoice>,
}

/// A sound to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToneChoice {
    /// Its word in the form's fields.
    pub tone: &'static str,
    /// The key of its words.
    pub word: String,
    /// Whether it is the one.
    pub chosen: bool,
}

/// The part of one's own account in which one says how to be told.
#[derive(Debug)]
pub struct BellForm<'a> {
    /// What is around it.
    pub frame: &'a Frame,
}

impl BellForm<'_> {
    /// How they are told now.
    #[must_use]
    pub const fn bell(&self) -> &Bell {
        &self.frame.viewer.bell
    }

    /// The kinds of call this person may get.
    #[must_use]
    pub fn calls(&self) -> Vec<CallLine> {
        let viewer = &self.frame.viewer;
        Call::ALL
            .iter()
            .filter(|call| match call {
                Call::Alarm => viewer.sees_floor,
                Call::Offer | Call::Message | Call::Mention | Call::Due => true,
            })
            .map(|call| {
                let ring = viewer.bell.ring(*call);
                let tones = Tone::ALL.iter().map(|tone| ToneChoice {
                    tone: tone.as_str(),
                    word: format!("bell-tone-{tone}"),
                    chosen: ring.tone == Some(*tone),
                });
                CallLine {
                    call: call.as_str(),
                    word: format!("bell-{call}"),
                    desktop: ring.desktop,
                    tones: tones.collect(),
                }
            })
            .collect()
    }

    /// The days of the week, Monday first: number, key of the word, and whether hours of peace begin on it. Who has none
    /// sees all days chosen.
    #[must_use]
    pub fn days(&self) -> Vec<(u8, String, bool)> {
        let quiet = self.bell().quiet.as_ref();
        (1..=7).map(|day| (day, format!("bell-day-{day}"), quiet.is_none_or(|quiet| quiet.on(day)))).collect()
    }

    /// From when on there is peace.
    #[must_use]
    pub fn quiet_from(&self) -> String {
        self.bell().quiet.as_ref().map_or_else(|| "22:00".to_owned(), domain::bell::Quiet::from)
    }

    /// Until when.
    #[must_use]
    pub fn quiet_until(&self) -> String {
        self.bell().quiet.as_ref().map_or_else(|| "07:00".to_owned(), domain::bell::Quiet::until)
    }

    /// Whether offers ring all the same.
    #[must_use]
    pub fn quiet_offers(&self) -> bool {
        self.bell().quiet.as_ref().is_some_and(domain::bell::Quiet::offers)
    }
}
