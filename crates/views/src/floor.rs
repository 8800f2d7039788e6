//! The live floor: totals, queues, agents, conversations. What supervisors steer by.

mod agent;
mod alert;
mod conversation;
mod queue;
mod totals;

use askama::Template;

pub use agent::{FloorAgent, FloorAgentFragment};
pub use alert::{FloorAlert, FloorAlertFragment};
pub use conversation::{FloorConversation, FloorConversationFragment};
pub use queue::{FloorQueue, FloorQueueFragment};
pub use totals::{FloorTotals, FloorTotalsFragment};

use crate::{Frame, Tx};

/// GET /floor. Rows may come in any order: the page sorts them as the live channel does, by their `seq`.
#[derive(Debug, Template)]
#[template(path = "floor.html")]
pub struct FloorPage {
    /// What is around it; `live_view` is `floor`.
    pub frame: Frame,
    /// The figures over all of it.
    pub totals: FloorTotals,
    /// The queues in the viewer's reach.
    pub queues: Vec<FloorQueue>,
    /// The agents of those queues.
    pub agents: Vec<FloorAgent>,
    /// What calls for the viewer.
    pub alerts: Vec<FloorAlert>,
    /// The open conversations in the viewer's reach.
    pub conversations: Vec<FloorConversation>,
    /// Whether the viewer may give conversations to others. Without it the page offers nothing of the kind.
    pub may_assign: bool,
}

impl FloorPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn queues_in_order(&self) -> Vec<&FloorQueue> {
        in_order(&self.queues, FloorQueue::seq)
    }

    fn agents_in_order(&self) -> Vec<&FloorAgent> {
        in_order(&self.agents, FloorAgent::seq)
    }

    fn alerts_in_order(&self) -> Vec<&FloorAlert> {
        in_order(&self.alerts, FloorAlert::seq)
    }

    fn conversations_in_order(&self) -> Vec<&FloorConversation> {
        in_order(&self.conversations, FloorConversation::seq)
    }

    fn unassigned(&self) -> usize {
        self.conversations.iter().filter(|conversation| conversation.assignee.is_none()).count()
    }
}

fn in_order<T>(rows: &[T], seq: impl Fn(&T) -> String) -> Vec<&T> {
    let mut rows: Vec<&T> = rows.iter().collect();
    rows.sort_by_cached_key(|row| seq(row));
    rows
}
