//! How long customers wait on average, beside the least that anybody could reach who knew from the beginning when which
//! agent becomes free: `cargo run --release -p routing --example optimum`.
//!
//! 10,000 conversations wait, 5 % of VIPs, each for one or two of 40 skills; 500 agents with two to six of them become
//! free at random. Who takes what does not change when somebody becomes free, so the least is exact: openings are taken
//! in the order of time, each if all taken so far and it can be given different conversations (they are a matroid).

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, PersonId, PresenceState, QueueId, SkillId};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IteratorRandom};
use routing::{Candidate, Policy, Skills, Work, next_for};

const WAITING: usize = 10_000;
const AGENTS: usize = 500;
const SEEDS: u64 = 3;

fn main() {
    println!("  seed  mean wait (s)  least (s)   ratio  served");
    for seed in 1..=SEEDS {
        let (works, team) = floor(seed);
        let openings = openings(&team, seed);
        let (router, least) = (by_router(works.clone(), &team, &openings), least(&works, &team, &openings));
        let mean = |waits: &[f64]| waits.iter().sum::<f64>() / waits.len() as f64;
        let (router_mean, least_mean) = (mean(&router), mean(&least));
        println!(
            "{seed:>6}  {router_mean:>13.2}  {least_mean:>9.2}  {:>6.4}  {}/{}",
            router_mean / least_mean,
            router.len(),
            least.len()
        );
    }
}

fn floor(seed: u64) -> (Vec<Work>, Vec<Candidate>) {
    let mut dice = StdRng::seed_from_u64(seed);
    let queues: Vec<_> = (0..5).map(|_| QueueId::new()).collect();
    let skills: Vec<_> = (0..40).map(|_| SkillId::new()).collect();
    let epoch = DateTime::<Utc>::UNIX_EPOCH;
    let team: Vec<Candidate> = (0..AGENTS)
        .map(|_| {
            let (served, known) = (dice.random_range(1..=4), dice.random_range(2..=6));
            let known = skills.iter().choose_multiple(&mut dice, known);
            Candidate {
                queues: queues.iter().copied().choose_multiple(&mut dice, served).into_iter().collect(),
                skills: known.into_iter().map(|skill| (*skill, dice.random_range(1..=5))).collect(),
                ..Candidate::new(PersonId::new(), PresenceState::Available, 1, epoch)
            }
        })
        .collect();
    let policy = Policy::default();
    let works = (0..WAITING)
        .map(|_| {
            // For something at least one agent can do.
            let able = &team[dice.random_range(0..AGENTS)];
            let few = dice.random_range(1..=2);
            let asked = able.skills.iter().choose_multiple(&mut dice, few);
            let asked: Skills =
                asked.into_iter().map(|(skill, level)| (*skill, dice.random_range(1..=*level))).collect();
            let queue = able.queues.iter().copied().choose(&mut dice).unwrap_or(queues[0]);
            let queued_at = epoch - TimeDelta::seconds(dice.random_range(0..3_600));
            let turn = policy.turn(queued_at, queue, 0, dice.random_bool(0.05));
            Work { skills: asked, ..Work::new(ConversationId::new(), queue, turn, queued_at) }
        })
        .collect();
    (works, team)
}

/// When who has room for one more, in seconds, in the order of time: each has one to five slots, and a conversation
/// lasts six minutes on average.
fn openings(team: &[Candidate], seed: u64) -> Vec<(f64, usize)> {
    let mut dice = StdRng::seed_from_u64(seed ^ 0xDEAD);
    let mut openings = Vec::new();
    for agent in 0..team.len() {
        for _slot in 0..dice.random_range(1..=5) {
            let mut at = 0.0;
            while at < 36_000.0 {
                at += -360.0 * (1.0 - dice.random::<f64>()).ln();
                openings.push((at, agent));
            }
        }
    }
    openings.sort_by(|one, other| one.0.total_cmp(&other.0));
    openings
}

/// What the router does: whoever has room takes the first in turn of what is theirs to take.
fn by_router(mut works: Vec<Work>, team: &[Candidate], openings: &[(f64, usize)]) -> Vec<f64> {
    works.sort_by_key(|work| (work.turn, work.queued_at));
    let mut waits = Vec::new();
    let mut idle = vec![false; team.len()];
    for (at, agent) in openings {
        if works.is_empty() {
            break;
        }
        // Nothing comes in, so who found nothing finds nothing later.
        if idle[*agent] {
            continue;
        }
        let free = &team[*agent];
        let given = next_for(free.person, &works, std::slice::from_ref(free), DateTime::UNIX_EPOCH);
        match given.and_then(|given| works.iter().position(|work| work.conversation == given.conversation)) {
            Some(place) => {
                works.remove(place);
                waits.push(*at);
            }
            None => idle[*agent] = true,
        }
    }
    waits
}

/// The least: openings in the order of time, each that can be added to those before.
fn least(works: &[Work], team: &[Candidate], openings: &[(f64, usize)]) -> Vec<f64> {
    let mut kinds: BTreeMap<(QueueId, Vec<(SkillId, u8)>), usize> = BTreeMap::new();
    for work in works {
        let asked = work.skills.iter().map(|(skill, level)| (*skill, *level)).collect();
        *kinds.entry((work.queue, asked)).or_default() += 1;
    }
    let (asked, mut left): (Vec<_>, Vec<usize>) = kinds.into_iter().unzip();
    let able = |agent: &Candidate, (queue, skills): &(QueueId, Vec<(SkillId, u8)>)| {
        agent.queues.contains(queue)
            && skills.iter().all(|(skill, level)| agent.skills.get(skill).is_some_and(|has| has >= level))
    };
    let can: Vec<Vec<usize>> = team
        .iter()
        .map(|agent| (0..asked.len()).filter(|kind| able(agent, &asked[*kind])).collect())
        .collect();
    // How many of a kind whom was given.
    let mut given: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); asked.len()];
    // Whoever could not be helped once never will be: what they can reach is all given.
    let mut done = vec![false; team.len()];
    let mut waits = Vec::new();
    for (at, agent) in openings {
        if done[*agent] || waits.len() == works.len() {
            continue;
        }
        // From agent to kind to an agent who gives one of that kind back, until there is a kind of which one is left.
        let mut came_from: Vec<Option<usize>> = vec![None; asked.len()];
        let mut gave: Vec<Option<usize>> = vec![None; team.len()];
        let mut seen = vec![false; team.len()];
        let mut looking = VecDeque::from([*agent]);
        seen[*agent] = true;
        let found = 'search: {
            while let Some(next) = looking.pop_front() {
                for kind in &can[next] {
                    if came_from[*kind].is_some() {
                        continue;
                    }
                    came_from[*kind] = Some(next);
                    if left[*kind] > 0 {
                        break 'search Some(*kind);
                    }
                    for holder in given[*kind].keys() {
                        if !seen[*holder] {
                            seen[*holder] = true;
                            gave[*holder] = Some(*kind);
                            looking.push_back(*holder);
                        }
                    }
                }
            }
            None
        };
        let Some(mut kind) = found else {
            (0..team.len()).filter(|other| seen[*other]).for_each(|other| done[other] = true);
            continue;
        };
        left[kind] -= 1;
        while let Some(taker) = came_from[kind] {
            *given[kind].entry(taker).or_default() += 1;
            let Some(back) = gave[taker].filter(|_| taker != *agent) else { break };
            if let Some(many) = given[back].get_mut(&taker) {
                *many -= 1;
                if *many == 0 {
                    given[back].remove(&taker);
                }
            }
            kind = back;
        }
        waits.push(*at);
    }
    waits
}
