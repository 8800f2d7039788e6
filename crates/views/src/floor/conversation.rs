//! One conversation on the floor.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, MustAct, event::Alert};

use super::alert;
use crate::{ChannelTag, DueTag, PersonTag, Tx, preview, time};

/// Longest preview in characters; the column shows about thirty.
const PREVIEW: usize = 60;

/// One open conversation as supervisors see it. Goes to `#floor-conversations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorConversation {
    /// Which.
    pub conversation: ConversationId,
    /// Of whom; gives the avatar its hue.
    pub contact: ContactId,
    /// The contact's name, or their address in the class of this screen.
    pub contact_name: String,
    /// Whether the contact is a VIP.
    pub vip: bool,
    /// Through which channel.
    pub channel: ChannelTag,
    /// The queue's name.
    pub queue: String,
    /// Who of ours said the last thing, by first name; `None` when the customer did.
    pub last_author: Option<String>,
    /// The last message's kind, the word of `Content::kind`.
    pub preview_kind: String,
    /// The last message's words; empty when it has none.
    pub preview: String,
    /// Whose turn it is.
    pub must_act: MustAct,
    /// Since when.
    pub must_act_since: DateTime<Utc>,
    /// Who holds it.
    pub assignee: Option<PersonTag>,
    /// To whom it is offered, by name.
    pub offered_to: Option<String>,
    /// What falls due first.
    pub due: Option<DueTag>,
    /// By when; what its place goes by.
    pub due_at: Option<DateTime<Utc>>,
    /// What calls for a supervisor and was not seen by any.
    pub alerts: Vec<Alert>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Grows with every change of the conversation.
    pub version: i64,
}

impl FloorConversation {
    /// The place in the table: what falls due first at the top; then those that wait for us, the longest wait first.
    #[must_use]
    pub fn seq(&self) -> String {
        let turn = u8::from(!self.waits_for_us());
        let (_, _, _, own) = self.conversation.0.as_fields();
        let own = own.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let due = time::place(self.due_at);
        format!("{due}-{turn}-{:010}-{own}", self.must_act_since.timestamp().max(0))
    }

    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.contact_name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.contact.0.as_bytes())
    }

    /// The holder's id; empty for none.
    #[must_use]
    pub fn holder(&self) -> String {
        self.assignee.as_ref().map(|person| person.id.to_string()).unwrap_or_default()
    }

    /// The last message in one line.
    #[must_use]
    pub fn line(&self, tx: &Tx) -> String {
        preview::line(tx, self.channel.kind, &self.preview_kind, &self.preview, PREVIEW)
    }

    /// The icon before it.
    #[must_use]
    pub fn icon(&self) -> Option<&'static str> {
        preview::icon(&self.preview_kind)
    }

    /// What calls for a supervisor, for who looks at the mark.
    #[must_use]
    pub fn calls(&self, tx: &Tx) -> String {
        let sentences = self.alerts.iter().map(|what| alert::sentence(*what, self.assignee.as_ref(), tx));
        sentences.collect::<Vec<_>>().join("; ")
    }

    /// Whether the business owes an answer.
    #[must_use]
    pub fn waits_for_us(&self) -> bool {
        self.must_act == MustAct::Agent
    }
}

/// The conversation's row as a fragment.
#[derive(Debug, Template)]
#[template(path = "floor_conversation.html")]
pub struct FloorConversationFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub conversation: &'a FloorConversation,
}
