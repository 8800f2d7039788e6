//! One conversation that calls for a supervisor.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, event::Alert};

use crate::{PersonTag, Tx};

/// What of a conversation calls for a supervisor, until one of them has seen it. Goes to `#floor-alerts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorAlert {
    /// Which.
    pub conversation: ConversationId,
    /// Of whom.
    pub contact: ContactId,
    /// The contact's name, or their address in the class of this screen.
    pub contact_name: String,
    /// What, the oldest first.
    pub what: Vec<Alert>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The queue's name.
    pub queue: String,
    /// Who holds it.
    pub assignee: Option<PersonTag>,
    /// Grows with every change of the conversation.
    pub version: i64,
}

impl FloorAlert {
    /// The place in the list: who calls for longest, first.
    #[must_use]
    pub fn seq(&self) -> String {
        format!("{:016}-{}", self.since.timestamp_micros().max(0), self.conversation)
    }

    /// Red for a broken promise; amber for what may still go well.
    #[must_use]
    pub fn class(&self) -> &'static str {
        if self.what.iter().copied().any(is_breach) { "bad" } else { "warn" }
    }

    /// The icon.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        if self.class() == "bad" { "timer" } else { "triangle-alert" }
    }

    /// Everything that calls, a sentence each.
    #[must_use]
    pub fn sentences(&self, tx: &Tx) -> Vec<String> {
        self.what.iter().map(|alert| sentence(*alert, self.assignee.as_ref(), tx)).collect()
    }

    /// The holder's id; empty for none.
    #[must_use]
    pub fn holder(&self) -> String {
        self.assignee.as_ref().map(|person| person.id.to_string()).unwrap_or_default()
    }
}

const fn is_breach(alert: Alert) -> bool {
    matches!(alert, Alert::FirstResponseLate | Alert::NextResponseLate | Alert::ResolutionLate)
}

/// What calls for a supervisor, in a sentence.
pub(super) fn sentence(alert: Alert, holder: Option<&PersonTag>, tx: &Tx) -> String {
    match (alert, holder) {
        (Alert::WaitsTooLong, _) => tx.t("floor-alert-waits"),
        (Alert::AgentSilent, Some(holder)) => tx.a("floor-alert-silent-of", "name", &holder.name),
        (Alert::AgentSilent, None) => tx.t("floor-alert-silent"),
        (Alert::FirstResponseLate, _) => tx.t("floor-alert-first"),
        (Alert::NextResponseLate, _) => tx.t("floor-alert-next"),
        (Alert::ResolutionLate, _) => tx.t("floor-alert-resolution"),
    }
}

/// The alert as a fragment.
#[derive(Debug, Template)]
#[template(path = "floor_alert.html")]
pub struct FloorAlertFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub alert: &'a FloorAlert,
}
