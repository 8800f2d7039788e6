//! A whole pass: everything that waits against everybody who might take it.

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId};

use crate::{Candidate, Choice, Decision, Work, choose, floor::Floor};

/// What a pass decided for one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// Which.
    pub conversation: ConversationId,
    /// What becomes of it.
    pub decision: Decision,
    /// It waits, and this person's free slots are kept for it until there are enough.
    pub keeps: Option<PersonId>,
}

/// Decides everything that waits, in its turn, each as [`choose`] would after the ones before.
///
/// `candidates` are all who might take something or be waited for: a full one too, if a conversation prefers them.
/// The order of neither matters. The cost is conversations × candidates, 64 candidates at a time.
#[must_use]
pub fn assign(works: &[Work], candidates: &[Candidate], now: DateTime<Utc>) -> Vec<Routed> {
    let mut floor = Floor::new(candidates, now);
    in_turn(works).into_iter().map(|work| floor.decide(work)).collect()
}

/// What becomes of one conversation once all that come before it are decided, and how everybody fares in it; `None`
/// when it is not among `works`.
#[must_use]
pub fn explain(
    conversation: ConversationId,
    works: &[Work],
    candidates: &[Candidate],
    now: DateTime<Utc>,
) -> Option<Choice> {
    let mut floor = Floor::new(candidates, now);
    for work in in_turn(works) {
        if work.conversation == conversation {
            return Some(choose(work, floor.people(), now));
        }
        floor.decide(work);
    }
    None
}

/// All of it, what goes first first.
pub(crate) fn in_turn(works: &[Work]) -> Vec<&Work> {
    let mut works: Vec<_> = works.iter().map(|work| (work.place(), work)).collect();
    works.sort_unstable_by_key(|(place, _)| *place);
    works.into_iter().map(|(_, work)| work).collect()
}

#[cfg(test)]
mod tests {
    use domain::{PersonId, PresenceState, QueueId};

    use super::*;
    use crate::WaitReason;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_763_700_000 + second, 0).unwrap()
    }

    #[test]
    fn in_turn_and_among_equals_the_longest_wait() {
        let citas = QueueId::new();
        let work = |turn, since| Work::new(ConversationId::new(), citas, at(turn), at(since));
        let works = [work(30, 0), work(20, 20), work(-40, 30), work(20, 10)];
        let only = Candidate {
            queues: [citas].into(),
            ..Candidate::new(PersonId::new(), PresenceState::Available, 3, at(0))
        };
        let routed = assign(&works, &[only], at(60));
        let order: Vec<_> = routed.iter().map(|routed| routed.conversation).collect();
        assert_eq!(order, [2, 3, 1, 0].map(|index| works[index].conversation));
        assert_eq!(routed[3].decision, Decision::Wait { reason: WaitReason::EverybodyIsFull });
    }

    #[test]
    fn a_free_slot_is_kept_for_an_earlier_conversation_that_needs_two() {
        let citas = QueueId::new();
        let heavy = Work { weight: 2, ..Work::new(ConversationId::new(), citas, at(0), at(0)) };
        let light = Work::new(ConversationId::new(), citas, at(1), at(1));
        let ana = Candidate {
            queues: [citas].into(),
            load: 1,
            ..Candidate::new(PersonId::new(), PresenceState::Available, 2, at(0))
        };
        let works = [light.clone(), heavy.clone()];
        let routed = assign(&works, std::slice::from_ref(&ana), at(60));
        assert_eq!(routed[0].decision, Decision::Wait { reason: WaitReason::EverybodyIsFull });
        assert_eq!(routed[1].decision, Decision::Wait { reason: WaitReason::KeptForAnother });
        let why = explain(light.conversation, &works, &[ana], at(60)).unwrap();
        let verdict = crate::Verdict::KeepsRoom { conversation: heavy.conversation };
        assert_eq!(why.considered[0].verdict, verdict);
    }
}
