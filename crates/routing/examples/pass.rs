//! How long a pass takes: `cargo run --release -p routing --example pass`.
//!
//! Every conversation asks for two to six of forty skills at some level, so nearly none asks for the same as another.
//! Agents know eight to twenty, have one to five slots, half of them taken. 5 % are VIPs. Mixed: one in five takes two
//! slots, one in ten prefers somebody, and half of the agents have a limit for a queue.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, PersonId, PresenceState, QueueId, SkillId, event::PreferredAs};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IteratorRandom};
use routing::{Candidate, Decision, Policy, Preferred, Skills, Work, assign};

const REPEATS: u32 = 7;

fn main() {
    println!("mixed waiting agents   median ms  ns/(waiting×agents)   given");
    for mixed in [false, true] {
        for agents in [125, 250, 500] {
            for waiting in [1_000, 2_000, 5_000, 10_000] {
                let (works, team) = floor(waiting, agents, mixed, 7);
                let now = DateTime::UNIX_EPOCH + TimeDelta::hours(2);
                let mut given = 0;
                let mut took: Vec<Duration> = (0..REPEATS)
                    .map(|_| {
                        let started = Instant::now();
                        let routed = assign(&works, &team, now);
                        let took = started.elapsed();
                        given = routed
                            .iter()
                            .filter(|one| matches!(one.decision, Decision::Assign { .. }))
                            .count();
                        took
                    })
                    .collect();
                took.sort_unstable();
                let median = took[took.len() / 2].as_secs_f64();
                let pair = median * 1e9 / f64::from(waiting) / f64::from(agents);
                println!(
                    "{mixed:>5} {waiting:>7} {agents:>6} {:>11.2} {pair:>20.2} {given:>7}",
                    median * 1e3
                );
            }
        }
    }
}

fn floor(waiting: u32, agents: u32, mixed: bool, seed: u64) -> (Vec<Work>, Vec<Candidate>) {
    let mut dice = StdRng::seed_from_u64(seed);
    let queues: Vec<_> = (0..5).map(|_| QueueId::new()).collect();
    let skills: Vec<_> = (0..40).map(|_| SkillId::new()).collect();
    let some = |dice: &mut StdRng, few: usize, levels: std::ops::RangeInclusive<u8>| -> Skills {
        let chosen = skills.iter().choose_multiple(dice, few);
        chosen.into_iter().map(|skill| (*skill, dice.random_range(levels.clone()))).collect()
    };
    let policy = Policy::default();
    let people: Vec<_> = (0..agents).map(|_| PersonId::new()).collect();
    let works = (0..waiting)
        .map(|_| {
            let queued_at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(dice.random_range(0..3_600));
            let queue = queues[dice.random_range(0..5)];
            let turn = policy.turn(queued_at, queue, dice.random_range(0..3), dice.random_bool(0.05));
            let few = dice.random_range(2..=6);
            Work {
                skills: some(&mut dice, few, 1..=3),
                weight: if mixed && dice.random_bool(0.2) { 2 } else { 1 },
                preferred: (mixed && dice.random_bool(0.1)).then(|| Preferred {
                    person: people[dice.random_range(0..people.len())],
                    until: queued_at + TimeDelta::minutes(90),
                    why: PreferredAs::LastAgent,
                }),
                ..Work::new(ConversationId::new(), queue, turn, queued_at)
            }
        })
        .collect();
    let team = people
        .iter()
        .map(|person| {
            let capacity = dice.random_range(1..=5);
            let known = dice.random_range(8..=20);
            let idle = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(dice.random_range(0..3_600));
            let served = dice.random_range(1..=3);
            Candidate {
                queues: queues.iter().copied().choose_multiple(&mut dice, served).into_iter().collect(),
                skills: some(&mut dice, known, 1..=5),
                load: capacity / 2,
                at_most: (mixed && dice.random_bool(0.5)).then(|| (queues[0], 1)).into_iter().collect(),
                ..Candidate::new(*person, PresenceState::Available, capacity, idle)
            }
        })
        .collect();
    (works, team)
}
