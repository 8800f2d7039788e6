//! Who looks at a conversation and who writes there, as colleagues are told: pure.
//!
//! Whoever may give a conversation to others and does not hold it watches silently (product.md, S3): a look of theirs is
//! shown to their peers and to nobody they watch over. What they write is no look: the customer would get two answers, so
//! that is shown to everybody who is there.

use std::collections::BTreeMap;

use domain::{ConversationFacts, ConversationId, Permission, PersonId, Principal};
use serde::{Deserialize, Serialize};

/// Somebody who has a conversation on their screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Who.
    pub person: PersonId,
    /// Whether it is not for those they watch over to know.
    pub silent: bool,
    /// Whether they are writing.
    pub typing: bool,
}

impl Look {
    /// The look of somebody with a conversation on their screen; `None` for who may not see it.
    #[must_use]
    pub fn of(viewer: &Principal, facts: &ConversationFacts, typing: bool) -> Option<Self> {
        let silent = watches_over(viewer, facts);
        viewer.can_see(facts).then_some(Self { person: viewer.person, silent, typing })
    }
}

/// Whether somebody supervises a conversation that is not theirs.
fn watches_over(viewer: &Principal, facts: &ConversationFacts) -> bool {
    facts.assignee != Some(viewer.person) && viewer.can(Permission::ConversationAssign, facts)
}

/// Everybody with a conversation on a screen, each once whatever number of tabs they have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookers(BTreeMap<PersonId, Look>);

impl Lookers {
    /// Take somebody in. One tab that is not silent is seen, and one that is written in writes.
    pub fn add(&mut self, look: Look) {
        let known = self.0.entry(look.person).or_insert(look);
        known.silent &= look.silent;
        known.typing |= look.typing;
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Look> {
        self.0.values().copied().collect()
    }

    /// Whom a viewer is told of: nobody if they may not see the conversation, never themselves; those who write first.
    #[must_use]
    pub fn beside(&self, viewer: &Principal, facts: &ConversationFacts) -> Vec<Look> {
        if !viewer.can_see(facts) {
            return Vec::new();
        }
        let peer = viewer.can(Permission::ConversationAssign, facts);
        let others = self.0.values().filter(|look| look.person != viewer.person);
        let mut told: Vec<Look> =
            others.filter(|look| look.typing || !look.silent || peer).copied().collect();
        told.sort_by_key(|look| !look.typing);
        told
    }
}

/// What one node tells the others of its lookers: conversations with all who look there.
pub type Told = Vec<(ConversationId, Vec<Look>)>;

/// As it travels, in pieces that Postgres carries (a NOTIFY holds less than 8,000 bytes).
#[must_use]
pub fn pieces(told: Told) -> Vec<String> {
    const MOST: usize = 6_000;
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for one in told {
        let Ok(text) = serde_json::to_string(&one) else { continue };
        // Hundreds of people in one conversation are not told of abroad.
        if text.len() > MOST {
            continue;
        }
        if piece.len() + text.len() > MOST {
            pieces.push(format!("[{piece}]"));
            piece.clear();
        }
        if !piece.is_empty() {
            piece.push(',');
        }
        piece.push_str(&text);
    }
    if !piece.is_empty() {
        pieces.push(format!("[{piece}]"));
    }
    pieces
}

/// Read a piece again; what another version can't read tells nothing.
#[must_use]
pub fn read(piece: &str) -> Told {
    serde_json::from_str(piece).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::{ConversationState, QueueId, access::ready_made_roles};

    use super::*;

    fn person_with(role: &str, serves: &[QueueId], team_queues: &[QueueId]) -> Principal {
        let grants = ready_made_roles().into_iter().find(|(name, _)| *name == role).unwrap().1;
        let set = |queues: &[QueueId]| queues.iter().copied().collect::<BTreeSet<_>>();
        let (serves, team_queues) = (set(serves), set(team_queues));
        Principal { person: PersonId::new(), grants, serves, team_queues, shares: BTreeSet::new() }
    }

    fn waiting_in(queue: QueueId, assignee: Option<PersonId>) -> ConversationFacts {
        let state = if assignee.is_some() { ConversationState::Assigned } else { ConversationState::Queued };
        ConversationFacts { assignee, queue, state, last_holder: assignee, holders_beside: Vec::new() }
    }

    fn lookers(facts: &ConversationFacts, looks: &[(&Principal, bool)]) -> Lookers {
        let mut all = Lookers::default();
        for (viewer, typing) in looks {
            Look::of(viewer, facts, *typing).into_iter().for_each(|look| all.add(look));
        }
        all
    }

    fn people(told: &[Look]) -> Vec<PersonId> {
        told.iter().map(|look| look.person).collect()
    }

    #[test]
    fn two_agents_before_one_waiting_conversation_are_told_of_each_other_and_not_of_themselves() {
        let citas = QueueId::new();
        let (valeria, mateo) = (person_with("agent", &[citas], &[]), person_with("agent", &[citas], &[]));
        let facts = waiting_in(citas, None);
        let all = lookers(&facts, &[(&valeria, false), (&valeria, false), (&mateo, false)]);
        assert_eq!(people(&all.beside(&valeria, &facts)), [mateo.person]);
        assert_eq!(people(&all.beside(&mateo, &facts)), [valeria.person]);
    }

    #[test]
    fn a_supervisor_watches_silently_until_she_writes_and_her_peers_know() {
        let citas = QueueId::new();
        let valeria = person_with("agent", &[citas], &[]);
        let gabriela = person_with("supervisor", &[], &[citas]);
        let rosa = person_with("supervisor", &[], &[citas]);
        let facts = waiting_in(citas, Some(valeria.person));
        let watching = lookers(&facts, &[(&valeria, false), (&gabriela, false), (&rosa, false)]);
        assert!(watching.beside(&valeria, &facts).is_empty());
        assert_eq!(watching.beside(&gabriela, &facts).len(), 2, "the holder and her peer");
        let writing = lookers(&facts, &[(&valeria, false), (&gabriela, true), (&rosa, false)]);
        assert_eq!(people(&writing.beside(&valeria, &facts)), [gabriela.person]);
        assert_eq!(writing.beside(&rosa, &facts)[0].person, gabriela.person, "who writes comes first");
        let hers = waiting_in(citas, Some(gabriela.person));
        let serving = lookers(&hers, &[(&gabriela, false), (&rosa, false)]);
        assert_eq!(people(&serving.beside(&rosa, &hers)), [gabriela.person], "who holds it does not watch");
    }

    #[test]
    fn who_may_not_see_it_neither_appears_nor_learns() {
        let (citas, ventas) = (QueueId::new(), QueueId::new());
        let valeria = person_with("agent", &[citas], &[]);
        let stranger = person_with("agent", &[ventas], &[]);
        let facts = waiting_in(citas, Some(valeria.person));
        let all = lookers(&facts, &[(&valeria, true), (&stranger, true)]);
        assert_eq!(people(&all.all()), [valeria.person]);
        assert!(all.beside(&stranger, &facts).is_empty());
    }

    #[test]
    fn what_travels_fits_into_a_notification_and_comes_back_whole() {
        let look = |typing| Look { person: PersonId::new(), silent: false, typing };
        let told: Told = (0..200).map(|_| (ConversationId::new(), vec![look(true), look(false)])).collect();
        let pieces = pieces(told.clone());
        assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.len() < 7_000));
        let back: Told = pieces.iter().flat_map(|piece| read(piece)).collect();
        assert_eq!(back, told);
        assert!(read("nonsense").is_empty());
    }
}
