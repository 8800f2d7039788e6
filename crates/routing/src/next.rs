//! What somebody who asks for the next conversation gets.

use chrono::{DateTime, Utc};
use domain::PersonId;

use crate::{Candidate, Decision, Routed, Work, assign};

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
    assign(works, &alone, now)
        .into_iter()
        .find(|routed| matches!(routed.decision, Decision::Assign { person: taker, .. } if taker == person))
}

fn with_room_only(person: PersonId, candidate: &Candidate) -> Candidate {
    let mut candidate = candidate.clone();
    if candidate.person != person {
        candidate.load = candidate.load.max(candidate.capacity);
    }
    candidate
}
