//! Queues that hand on to each other.

use std::collections::{BTreeMap, BTreeSet};

use domain::QueueId;

use super::{Fault, Field, Place, Thing};
use crate::policy::{LateAction, Queue};

/// Where a queue hands on to, and which of its settings say so.
pub(super) fn exits(queue: &Queue) -> impl Iterator<Item = (QueueId, Field)> {
    let overflow = queue.overflow.map(|overflow| (overflow.to, Field::Overflow));
    let moves = queue.late.iter().enumerate().filter_map(|(step, late)| match late.action {
        LateAction::Move { to } => Some((to, Field::Late { step })),
        _ => None,
    });
    overflow.into_iter().chain(moves)
}

/// Every set of queues each of which leads to all others, with the settings that lead from one to another.
pub(super) fn circles(queues: &[Queue]) -> Vec<(Fault, Vec<Place>)> {
    let mut ways: BTreeMap<QueueId, BTreeSet<QueueId>> = BTreeMap::new();
    for queue in queues {
        ways.entry(queue.id).or_default().extend(exits(queue).map(|(to, _)| to));
    }
    let reach: BTreeMap<QueueId, BTreeSet<QueueId>> =
        ways.keys().map(|from| (*from, reachable(&ways, *from))).collect();
    let leads = |from: &QueueId, to: &QueueId| reach.get(from).is_some_and(|reach| reach.contains(to));

    let mut seen: BTreeSet<QueueId> = BTreeSet::new();
    let mut found = Vec::new();
    for queue in queues {
        if seen.contains(&queue.id) {
            continue;
        }
        let circle: BTreeSet<QueueId> = ways
            .keys()
            .filter(|other| **other == queue.id || (leads(&queue.id, other) && leads(other, &queue.id)))
            .copied()
            .collect();
        seen.extend(&circle);
        // One that leads to itself alone is another flaw.
        if circle.len() < 2 {
            continue;
        }
        let members = || queues.iter().filter(|queue| circle.contains(&queue.id));
        let places = members()
            .flat_map(|queue| {
                let inside = exits(queue).filter(|(to, _)| *to != queue.id && circle.contains(to));
                inside.map(|(_, field)| Place { thing: Thing::Queue(queue.id), field })
            })
            .collect();
        found.push((Fault::Circle { queues: members().map(|queue| queue.id).collect() }, places));
    }
    found
}

fn reachable(ways: &BTreeMap<QueueId, BTreeSet<QueueId>>, from: QueueId) -> BTreeSet<QueueId> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![from];
    while let Some(queue) = ahead.pop() {
        for next in ways.get(&queue).into_iter().flatten() {
            if reached.insert(*next) {
                ahead.push(*next);
            }
        }
    }
    reached
}
