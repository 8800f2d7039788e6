//! What a page shows, and so what it is told of.

use domain::{ConversationId, List, Permission, PersonId};

use crate::{
    auth::SignedIn,
    live::{draw::Topic, protocol::View},
};

/// What one socket shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    /// The list or board.
    pub view: View,
    /// The open conversation.
    pub conversation: Option<ConversationId>,
}

impl Showing {
    /// What it is interested in, for a person.
    pub fn topics(&self, person: PersonId) -> impl Iterator<Item = Topic> {
        let of_view = match &self.view {
            View::Inbox(view) if view.list == List::Mine => {
                vec![Topic::Mine(person), Topic::Waiting, Topic::Counts]
            }
            View::Inbox(_) => vec![Topic::Lists, Topic::Waiting, Topic::Counts],
            View::Floor => vec![Topic::Floor],
            View::Nothing => Vec::new(),
        };
        of_view.into_iter().chain([Topic::Me(person)]).chain(self.conversation.map(Topic::Thread))
    }

    /// Whether what it shows is told with the floor, after a while.
    pub(super) fn is_slow(&self) -> bool {
        match &self.view {
            View::Inbox(view) => view.list != List::Mine,
            View::Floor => true,
            View::Nothing => false,
        }
    }
}

/// All that a socket is interested in: what it shows, and what is told on every page of its person.
pub(super) fn topics_of(showing: &Showing, viewer: &SignedIn) -> impl Iterator<Item = Topic> {
    let alarms = watches_alarms(viewer).then_some(Topic::Alarms);
    showing.topics(viewer.principal.person).chain(alarms)
}

pub(super) fn watches_alarms(viewer: &SignedIn) -> bool {
    viewer.principal.holds(Permission::ConversationAssign)
}
