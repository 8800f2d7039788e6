//! A clinic's day, on which nobody gives up, under its policy and with everybody pooled:
//! `cargo run --release -p routing --example rehearse`.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::{PersonId, QueueId, SkillId};
use routing::{
    Policy,
    policy::{Agent, Queue, Targets},
    rehearsal::{Day, pooled, rehearse},
};

fn main() {
    println!("agents  conversations  took ms  mean wait s  pooled s  within 5 min  occupancy  spread");
    for (agents, conversations) in [(12, 650), (50, 2_700), (100, 5_400)] {
        let policy = clinic(agents);
        let mut day = Day::generate(1, &policy, DateTime::<Utc>::UNIX_EPOCH, conversations);
        day.arrivals.iter_mut().for_each(|arrival| arrival.patience = None);
        let started = Instant::now();
        let report = rehearse(&policy, &day);
        let took = started.elapsed().as_secs_f64() * 1e3;
        println!(
            "{agents:>6} {conversations:>14} {took:>8.0} {:>12.1} {:>9.1} {:>12.1}% {:>9.1}% {:>7.2}",
            report.total.waits.mean,
            pooled(&policy, &day).total.waits.mean,
            report.total.service_level.unwrap_or(1.0) * 100.0,
            report.occupancy * 100.0,
            report.spread,
        );
    }
}

/// Five queues with a skill each; everybody serves three of them and knows their skills.
fn clinic(agents: usize) -> Policy {
    let queues: Vec<_> = (0..5).map(|_| (QueueId::new(), SkillId::new())).collect();
    let mut policy = Policy::default();
    for (queue, skill) in &queues {
        policy.queues.push(Queue {
            skills: [(*skill, 2)].into(),
            targets: Targets { first_response: Some(300), ..Targets::default() },
            ..Queue::usual(*queue)
        });
    }
    for place in 0..agents {
        let person = PersonId::new();
        let mut agent = Agent { capacity: 2, ..Agent::default() };
        for offset in 0..3 {
            let queue = (place + offset) % queues.len();
            agent.skills.insert(queues[queue].1, 3);
            policy.queues[queue].members.insert(person);
        }
        policy.agents.insert(person, agent);
    }
    policy
}
