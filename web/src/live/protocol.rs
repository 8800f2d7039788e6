//! The words between page and socket.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ConversationId;
use serde::{Deserialize, Serialize};

use crate::listing;

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum FromPage {
    /// First word on every socket: what the page shows, and up to where.
    Hello {
        /// Version of this protocol.
        v: u32,
        /// The cursor the page was drawn at.
        since: i64,
        /// What it shows.
        view: View,
        /// The open conversation.
        conv: Option<ConversationId>,
    },
    /// Another list or conversation was opened.
    View {
        /// The cursor the new pane was drawn at.
        since: i64,
        /// What it shows now.
        view: View,
        /// The open conversation.
        conv: Option<ConversationId>,
    },
    /// The end of the open thread is on a focused screen.
    Seen {
        /// Which conversation.
        conv: ConversationId,
        /// How many messages of the customer it showed.
        n: i64,
        /// It showed notes that name the reader.
        #[serde(default)]
        mentioned: bool,
    },
    /// What was read last there counts as unread again.
    Unseen {
        /// In which conversation.
        conv: ConversationId,
    },
    /// Words are being written, or no more.
    Typing {
        /// In which conversation.
        conv: ConversationId,
        /// Whether they still are.
        #[serde(default = "yes")]
        on: bool,
        /// Whether they are for colleagues alone: then the customer is shown nothing.
        #[serde(default)]
        note: bool,
    },
    /// The page with the open thread came before the eyes of who sits there, or went behind others.
    Look {
        /// Which conversation.
        conv: ConversationId,
        /// Whether it is seen.
        on: bool,
    },
    /// A key was pressed or the pointer used.
    Active,
}

const fn yes() -> bool {
    true
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum View {
    /// A list of conversations: `inbox?` and the query of its address.
    Inbox(Arc<domain::View>),
    /// The floor.
    Floor,
    /// Nothing live but one's own presence.
    Nothing,
}

impl View {
    /// The list, if it is one.
    #[must_use]
    pub fn list(&self) -> Option<&domain::View> {
        match self {
            Self::Inbox(view) => Some(view),
            Self::Floor | Self::Nothing => None,
        }
    }
}

impl TryFrom<String> for View {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('?').unwrap_or((&text, "")) {
            ("inbox", query) => Ok(Self::Inbox(Arc::new(listing::view(query)))),
            ("floor", _) => Ok(Self::Floor),
            ("none", _) => Ok(Self::Nothing),
            _ => Err("no such view"),
        }
    }
}

/// How an update is put into the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Into a container, in its order.
    Place,
    /// Over the element of that id.
    Morph,
    /// Take the element away.
    Delete,
    /// The conversation is no longer this person's to see.
    Gone,
    /// It is another by now: the page asks for it, if it still shows it.
    Stale,
}

/// One update, as it stands in a frame: ready to be put between others.
#[must_use]
pub fn update(to: &str, how: How, html: &str) -> String {
    #[derive(Serialize)]
    struct Update<'a> {
        to: &'a str,
        how: How,
        #[serde(skip_serializing_if = "str::is_empty")]
        h: &'a str,
    }
    serde_json::to_string(&Update { to, how, h: html }).unwrap_or_default()
}

/// The open conversation is no longer this person's to see.
#[must_use]
pub fn gone(conversation: ConversationId) -> String {
    update(&format!("thread-{conversation}"), How::Gone, "")
}

/// A frame: updates and the cursor after them. They are applied together or not at all.
#[must_use]
pub fn frame<'a>(seq: i64, updates: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = format!(r#"{{"s":{seq},"u":["#);
    let mut first = true;
    for update in updates {
        if !first {
            text.push(',');
        }
        first = false;
        text.push_str(update);
    }
    text.push_str("]}");
    text
}

/// From here on it is about what the page showed last; what came before is about what it showed before that.
#[must_use]
pub fn showing() -> String {
    r#"{"t":"showing"}"#.to_owned()
}

/// Catching up is done. Pages count by the server's clock: people's own go wrong.
#[must_use]
pub fn ready(seq: i64, now: DateTime<Utc>) -> String {
    format!(r#"{{"t":"ready","s":{seq},"now":{}}}"#, now.timestamp_millis())
}

/// Nothing happened, and the line is alive.
#[must_use]
pub fn heartbeat(seq: i64, now: DateTime<Utc>) -> String {
    format!(r#"{{"t":"hb","s":{seq},"now":{}}}"#, now.timestamp_millis())
}

/// Too far behind: the page fetches its panes again.
#[must_use]
pub fn reset(seq: i64) -> String {
    format!(r#"{{"t":"reset","s":{seq}}}"#)
}

/// This person read a conversation in another tab.
#[must_use]
pub fn read(conversation: ConversationId, n: i64) -> String {
    format!(r#"{{"t":"read","conv":"{conversation}","n":{n}}}"#)
}

/// This person means to come back to it: it counts as read up to here alone.
#[must_use]
pub fn unread(conversation: ConversationId, n: i64) -> String {
    format!(r#"{{"t":"unread","conv":"{conversation}","n":{n}}}"#)
}

/// This person's draft there is another version now; the page that wrote it knows.
#[must_use]
pub fn draft(conversation: ConversationId, note: bool, v: i64) -> String {
    format!(r#"{{"t":"draft","conv":"{conversation}","note":{note},"v":{v}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_json_whatever_the_customer_wrote() {
        let one = update("list", How::Place, "<li>\"hola\" \u{2028} </li>");
        let two = update("row-1", How::Delete, "");
        let frame: serde_json::Value = serde_json::from_str(&frame(7, [one.as_str(), two.as_str()])).unwrap();
        assert_eq!(frame["s"], 7);
        assert_eq!(frame["u"][0]["h"], "<li>\"hola\" \u{2028} </li>");
        assert_eq!(frame["u"][1]["how"], "delete");
    }

    #[test]
    fn a_page_that_says_something_else_is_not_understood() {
        let hello =
            |view| serde_json::from_str(&format!(r#"{{"t":"hello","v":1,"since":3,"view":"{view}"}}"#));
        let view = |view| match hello(view) {
            Ok(FromPage::Hello { view, .. }) => view,
            other => panic!("{other:?}"),
        };
        assert_eq!(view("inbox"), View::Inbox(Arc::new(domain::View::of(domain::List::Mine))));
        let vip = view("inbox?list=waiting&vip=1");
        assert!(vip.list().is_some_and(|list| list.filter.vip && list.list == domain::List::Waiting));
        assert!(
            serde_json::from_str::<FromPage>(r#"{"t":"hello","v":1,"since":3,"view":"everything"}"#).is_err()
        );
    }
}
