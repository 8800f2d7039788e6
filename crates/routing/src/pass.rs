//! A whole pass: everything that waits against everybody who might take it.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, binary_heap::PeekMut},
};

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, QueueId, event::AssignmentReason};

use crate::{Candidate, Decision, Skills, WaitReason, Work, choose::obstacle};

/// What a pass decided for one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// Which.
    pub conversation: ConversationId,
    /// What becomes of it.
    pub decision: Decision,
}

/// Decides everything that waits, in its turn, each as [`crate::choose`] would after the ones before.
///
/// Work that asks for the same is grouped, so the cost is candidates × kinds of work and then a few steps for each
/// conversation, however many wait.
#[must_use]
pub fn assign(works: &[Work], candidates: &[Candidate], now: DateTime<Utc>) -> Vec<Routed> {
    let mut floor = Floor { people: candidates.to_vec(), pools: Vec::new(), pools_of: HashMap::new() };
    let mut groups: HashMap<(QueueId, &Skills, Option<PersonId>), usize> = HashMap::new();

    let mut in_turn: Vec<&Work> = works.iter().collect();
    in_turn.sort_by_cached_key(|work| work.turn());
    in_turn
        .into_iter()
        .map(|work| {
            let group = (work.queue, &work.skills, work.returned_by);
            let pool = *groups.entry(group).or_insert_with(|| floor.gather(work));
            Routed { conversation: work.conversation, decision: floor.take(pool, work, now) }
        })
        .collect()
}

type Preference = (u32, DateTime<Utc>, PersonId);

/// Those who can take one kind of work.
struct Pool {
    /// Best first. Entries may be older than the person's present load; that only ever grows during a pass, so
    /// whoever comes out on top up to date is the best.
    best: BinaryHeap<Reverse<(Preference, usize)>>,
    /// How many of them have room.
    free: u32,
    /// Why it waits once nobody has.
    otherwise: WaitReason,
}

/// Everybody, as they stand while the pass goes on.
struct Floor {
    people: Vec<Candidate>,
    pools: Vec<Pool>,
    pools_of: HashMap<usize, Vec<usize>>,
}

impl Floor {
    fn gather(&mut self, work: &Work) -> usize {
        let index = self.pools.len();
        let mut pool = Pool { best: BinaryHeap::new(), free: 0, otherwise: WaitReason::NobodyServesTheQueue };
        for (person, candidate) in self.people.iter().enumerate() {
            match obstacle(work, candidate) {
                None => {
                    pool.best.push(Reverse((candidate.preference(), person)));
                    pool.free += 1;
                    pool.otherwise = WaitReason::EverybodyIsFull;
                    self.pools_of.entry(person).or_default().push(index);
                }
                Some(obstacle) => {
                    pool.otherwise = pool.otherwise.max(obstacle.wait_reason().unwrap_or(pool.otherwise));
                }
            }
        }
        self.pools.push(pool);
        index
    }

    fn take(&mut self, pool: usize, work: &Work, now: DateTime<Utc>) -> Decision {
        let free = self.pools[pool].free;
        let Some(person) = self.pools[pool].best(&self.people) else {
            return Decision::Wait { reason: self.pools[pool].otherwise };
        };
        let taker = &mut self.people[person];
        let reason = AssignmentReason::Routed {
            waited_seconds: work.waited_seconds(now),
            candidates: free,
            load: taker.load,
            capacity: taker.capacity,
        };
        taker.load += 1;
        taker.idle_since = taker.idle_since.max(now);
        if !taker.has_room() {
            for pool in self.pools_of.get(&person).into_iter().flatten() {
                self.pools[*pool].free -= 1;
            }
        }
        Decision::Assign { person: self.people[person].person, reason }
    }
}

impl Pool {
    /// The best who has room, having brought the entries above up to date.
    fn best(&mut self, people: &[Candidate]) -> Option<usize> {
        while let Some(mut top) = self.best.peek_mut() {
            let (known, person) = top.0;
            let now = people[person].preference();
            if !people[person].has_room() {
                PeekMut::pop(top);
            } else if known == now {
                return Some(person);
            } else {
                top.0.0 = now;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap, HashSet};

    use domain::{PresenceState, SkillId};
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::choose;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_763_700_000 + second, 0).unwrap()
    }

    /// A floor with three queues and two skills, so that pools overlap in every way.
    fn scene() -> impl Strategy<Value = (Vec<Work>, Vec<Candidate>)> {
        let queues: Vec<_> = (0..3).map(|_| QueueId::new()).collect();
        let skills: Vec<_> = (0..2).map(|_| SkillId::new()).collect();
        let some_skills = move |most: usize| {
            let skills = skills.clone();
            vec((select(skills), 1_u8..=5), 0..=most).prop_map(|pairs| pairs.into_iter().collect::<Skills>())
        };
        let work = (select(queues.clone()), some_skills(1), -1_i32..2, any::<bool>(), 0_i64..50).prop_map(
            |(queue, skills, priority, vip, waiting_since)| Work {
                conversation: ConversationId::new(),
                queue,
                skills,
                priority,
                vip,
                queued_at: at(waiting_since),
                returned_by: None,
            },
        );
        let presence = prop_oneof![
            5 => Just(PresenceState::Available),
            1 => Just(PresenceState::Paused),
            1 => Just(PresenceState::Offline),
        ];
        let candidate = (presence, vec(select(queues), 0..3), some_skills(2), 0_u32..5, 0_u32..5, 0_i64..50)
            .prop_map(|(presence, queues, skills, capacity, load, idle)| Candidate {
                person: PersonId::new(),
                presence,
                queues: queues.into_iter().collect::<BTreeSet<_>>(),
                skills,
                capacity,
                load,
                idle_since: at(idle),
            });
        (vec(work, 0..40), vec(candidate, 0..12))
    }

    proptest! {
        #[test]
        fn a_pass_decides_what_choosing_one_after_the_other_would((works, candidates) in scene()) {
            let now = at(100);
            let mut floor = candidates.clone();
            let mut one_by_one = works.clone();
            one_by_one.sort_by_key(Work::turn);
            let expected: Vec<_> = one_by_one.iter().map(|work| {
                let decision = choose(work, &floor, now).decision;
                if let Decision::Assign { person, .. } = &decision {
                    let taker = floor.iter_mut().find(|candidate| candidate.person == *person).unwrap();
                    taker.load += 1;
                    taker.idle_since = now;
                }
                Routed { conversation: work.conversation, decision }
            }).collect();
            prop_assert_eq!(assign(&works, &candidates, now), expected);
        }

        #[test]
        fn nobody_is_overfilled_and_nothing_goes_to_the_wrong_hands((works, candidates) in scene()) {
            let routed = assign(&works, &candidates, at(100));
            let by_id: HashMap<_, _> = works.iter().map(|work| (work.conversation, work)).collect();
            let mut given: HashMap<PersonId, u32> = HashMap::new();
            let mut seen = HashSet::new();
            for Routed { conversation, decision } in &routed {
                prop_assert!(seen.insert(*conversation), "decided once");
                let Decision::Assign { person, .. } = decision else { continue };
                let (work, taker) = (by_id[conversation], candidates.iter().find(|c| c.person == *person).unwrap());
                prop_assert!(taker.queues.contains(&work.queue));
                prop_assert_eq!(taker.lacks(&work.skills), None);
                prop_assert_eq!(taker.presence, PresenceState::Available);
                *given.entry(*person).or_default() += 1;
                prop_assert!(taker.load + given[person] <= taker.capacity);
            }
            prop_assert_eq!(seen.len(), works.len(), "all are decided");
        }

        #[test]
        fn whoever_waits_could_not_have_been_helped_and_nobody_jumped_the_line((works, candidates) in scene()) {
            let routed = assign(&works, &candidates, at(100));
            let by_id: HashMap<_, _> = works.iter().map(|work| (work.conversation, work)).collect();
            let mut after = candidates.clone();
            let mut waiting = Vec::new();
            for Routed { conversation, decision } in &routed {
                let work = by_id[conversation];
                match decision {
                    Decision::Wait { .. } => waiting.push(work),
                    Decision::Assign { person, .. } => {
                        let same_kind = |other: &&&Work| other.queue == work.queue && other.skills == work.skills;
                        prop_assert!(waiting.iter().find(same_kind).is_none(), "an earlier one of the kind waits");
                        after.iter_mut().find(|c| c.person == *person).unwrap().load += 1;
                    }
                }
            }
            for work in waiting {
                prop_assert!(after.iter().all(|candidate| obstacle(work, candidate).is_some()));
            }
        }
    }

    #[test]
    fn urgent_first_then_vip_then_the_longest_wait() {
        let citas = QueueId::new();
        let work = |priority, vip, since| Work {
            conversation: ConversationId::new(),
            queue: citas,
            skills: Skills::new(),
            priority,
            vip,
            queued_at: at(since),
            returned_by: None,
        };
        let (oldest, older_vip, young_vip, urgent) =
            (work(0, false, 0), work(0, true, 10), work(0, true, 20), work(1, false, 30));
        let only = Candidate {
            person: PersonId::new(),
            presence: PresenceState::Available,
            queues: [citas].into(),
            skills: Skills::new(),
            capacity: 3,
            load: 0,
            idle_since: at(0),
        };
        let works = [oldest, young_vip, urgent, older_vip];
        let routed = assign(&works, &[only], at(60));
        let order: Vec<_> = routed.iter().map(|routed| routed.conversation).collect();
        assert_eq!(order, [2, 3, 1, 0].map(|index| works[index].conversation));
        assert_eq!(routed[3].decision, Decision::Wait { reason: WaitReason::EverybodyIsFull });
    }

    #[test]
    fn five_hundred_agents_and_fifty_thousand_waiting_are_decided_within_a_moment() {
        let queues: Vec<_> = (0..20).map(|_| QueueId::new()).collect();
        let works: Vec<_> = (0..50_000)
            .map(|n| Work {
                conversation: ConversationId::new(),
                queue: queues[n % 20],
                skills: Skills::new(),
                priority: 0,
                vip: false,
                queued_at: at(0),
                returned_by: None,
            })
            .collect();
        let candidates: Vec<_> = (0..500)
            .map(|_| Candidate {
                person: PersonId::new(),
                presence: PresenceState::Available,
                queues: queues.iter().copied().collect(),
                skills: Skills::new(),
                capacity: 8,
                load: 0,
                idle_since: at(0),
            })
            .collect();
        let started = std::time::Instant::now();
        let routed = assign(&works, &candidates, at(60));
        let given = routed.iter().filter(|routed| matches!(routed.decision, Decision::Assign { .. })).count();
        assert_eq!(given, 4_000);
        // Agents × waiting would be 25 million looks; this allows a slow machine a hundred times what it takes.
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
    }
}
