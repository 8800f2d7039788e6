//! What somebody who asks for the next conversation gets.

use chrono::{DateTime, Utc};
use domain::PersonId;

use crate::{Candidate, Decision, Routed, Work, floor::Floor, pass::in_turn};

/// The conversation the router would give `person` if nobody else had room: the first in turn that is theirs to take.
/// `None` when there is none, or they can take nothing.
#[must_use]
pub fn next_for(
    person: PersonId,
    works: &[Work],
    candidates: &[Candidate],
    now: DateTime<Utc>,
) -> Option<Routed> {
    let alone: Vec<_> = candidates.iter().map(|candidate| with_room_only(person, candidate)).collect();
    let mut floor = Floor::new(&alone, now);
    in_turn(works)
        .into_iter()
        .map(|work| floor.decide(work))
        .find(|routed| matches!(routed.decision, Decision::Assign { .. }))
}

fn with_room_only(person: PersonId, candidate: &Candidate) -> Candidate {
    let mut candidate = candidate.clone();
    if candidate.person != person {
        candidate.load = candidate.load.max(candidate.capacity);
    }
    candidate
}
