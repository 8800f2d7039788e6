//! Over many decisions: nobody starves, and equals are loaded alike.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, PersonId, PresenceState};
use proptest::{collection::vec, prelude::*};
use routing::{
    Candidate, Policy, Skills, Work, assign,
    policy::{Queue, Targets},
};

use crate::scene::{at, queue, skill, takers};

/// Two queues with promises of their own, one of which has VIPs far ahead.
fn policy() -> Policy {
    let promised = |n: u8, seconds, vip| Queue {
        targets: Targets { first_response: Some(seconds), ..Targets::default() },
        vip_head_start: vip,
        priority: i16::from(n),
        ..Queue::usual(queue(n))
    };
    let mut policy =
        Policy { queues: vec![promised(0, 60, None), promised(1, 200, Some(90))], ..Policy::default() };
    policy.order.per_priority = 20;
    policy.order.vip = 30;
    policy
}

/// A floor on which work comes and goes, second by second.
struct Day {
    policy: Policy,
    waiting: Vec<Work>,
    team: Vec<Candidate>,
    held: Vec<(PersonId, Work, DateTime<Utc>)>,
}

impl Day {
    fn arrives(&mut self, now: DateTime<Utc>, n: u8, priority: i16, vip: bool, skills: Skills, weight: u32) {
        let turn = self.policy.turn(now, queue(n), priority, vip);
        let work = Work { skills, weight, ..Work::new(ConversationId::new(), queue(n), turn, now) };
        self.waiting.push(work);
    }

    /// Ends what is over by `now`, then gives out what waits; what was given, and to whom as they were before.
    fn pass(&mut self, now: DateTime<Utc>, lasts: TimeDelta) -> Vec<(Work, Candidate)> {
        self.held.retain(|(person, work, until)| {
            let over = *until <= now;
            if over {
                let one = self.team.iter_mut().find(|one| one.person == *person).unwrap();
                one.load -= work.weight;
            }
            !over
        });
        let takers = takers(&assign(&self.waiting, &self.team, now));
        let before = self.team.clone();
        let mut given = Vec::new();
        for work in std::mem::take(&mut self.waiting) {
            let Some(person) = takers.get(&work.conversation) else {
                self.waiting.push(work);
                continue;
            };
            let one = self.team.iter_mut().find(|one| one.person == *person).unwrap();
            one.take(&work, now);
            self.held.push((*person, work.clone(), now + lasts));
            given.push((work, before.iter().find(|one| one.person == *person).unwrap().clone()));
        }
        given
    }
}

fn agent(queues: &[u8], skills: &[(u8, u8)], capacity: u32) -> Candidate {
    Candidate {
        queues: queues.iter().map(|n| queue(*n)).collect(),
        skills: skills.iter().map(|(n, level)| (skill(*n), *level)).collect(),
        ..Candidate::new(PersonId::new(), PresenceState::Available, capacity, at(0))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_that_comes_later_than_the_bound_goes_before_what_it_competes_with(
        arrivals in vec((0_u8..2, -3_i16..=10, any::<bool>(), 0_u8..3, 1_i64..40), 300),
    ) {
        let policy = policy();
        let bound = policy.longest_overtaking();
        let team = vec![agent(&[0, 1], &[(0, 3)], 2), agent(&[0], &[], 1), agent(&[1], &[(0, 1), (1, 2)], 2)];
        let mut day = Day { policy, waiting: Vec::new(), team, held: Vec::new() };
        let mut overtaken = false;
        for (second, (n, priority, vip, asked, lasts)) in (0_i64..).zip(arrivals) {
            let now = at(second * 3);
            let skills = if asked == 0 { Skills::new() } else { [(skill(asked - 1), 1)].into() };
            day.arrives(now, n, priority, vip, skills, 1);
            for (later, taker) in day.pass(now, TimeDelta::seconds(lasts)) {
                let passed_over = |work: &&Work| {
                    work.queued_at < later.queued_at && taker.serves(work) && taker.lacks(&work.skills).is_none()
                };
                for work in day.waiting.iter().filter(passed_over) {
                    overtaken = true;
                    prop_assert!(later.queued_at - work.queued_at <= bound);
                }
            }
        }
        prop_assert!(overtaken, "a day on which nothing overtakes proves nothing");
    }

    #[test]
    fn what_needs_two_slots_is_not_starved_by_what_needs_one(lasts in vec(30_i64..60, 150)) {
        let team = vec![agent(&[0], &[], 2), agent(&[0], &[], 2)];
        let mut day = Day { policy: Policy::default(), waiting: Vec::new(), team, held: Vec::new() };
        let mut waited = None;
        for (step, lasts) in (0_i64..).zip(lasts) {
            let now = at(step * 3);
            // All four slots are taken when it comes,.
            day.arrives(now, 0, 0, false, Skills::new(), if step == 4 { 2 } else { 1 });
            for (work, _) in day.pass(now, TimeDelta::seconds(lasts)) {
                if work.weight == 2 {
                    waited = Some(now - work.queued_at);
                }
            }
        }
        // One agent's free slot is kept until their other conversation ends: twice the longest conversation at most.
        prop_assert!(waited.is_some_and(|waited| waited <= TimeDelta::seconds(2 * 60)), "{waited:?}");
    }

    #[test]
    fn equals_never_differ_by_more_than_one(works in vec((0_u8..2, 0_u8..3), 0..80), sizes in (1_usize..6, 1_usize..6)) {
        let alike = |kind: &Candidate, size| vec![kind.clone(); size].into_iter().map(|one| Candidate { person: PersonId::new(), ..one });
        let kinds = [agent(&[0, 1], &[(0, 3)], 6), agent(&[1], &[(1, 1)], 6)];
        let team: Vec<_> = alike(&kinds[0], sizes.0).chain(alike(&kinds[1], sizes.1)).collect();
        let works: Vec<_> = works.into_iter().map(|(n, asked)| {
            let skills = if asked == 0 { Skills::new() } else { [(skill(asked - 1), 1)].into() };
            Work { skills, ..Work::new(ConversationId::new(), queue(n), at(0), at(0)) }
        }).collect();
        let mut loads: BTreeMap<PersonId, u32> = team.iter().map(|one| (one.person, 0)).collect();
        for person in takers(&assign(&works, &team, at(0))).values() {
            *loads.get_mut(person).unwrap() += 1;
        }
        for kind in &kinds {
            let group = || team.iter().filter(|one| one.queues == kind.queues).map(|one| loads[&one.person]);
            prop_assert!(group().max().unwrap() - group().min().unwrap() <= 1);
        }
    }
}
