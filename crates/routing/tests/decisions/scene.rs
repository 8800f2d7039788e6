//! Floors of every kind: queues, skills and teams that overlap, weights, limits, pauses, favourites.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, PresenceState, QueueId, SkillId, TeamId, event::PreferredAs};
use proptest::{collection::vec, option, prelude::*, sample::Index};
use routing::{Candidate, Decision, Preferred, Routed, Skills, Work};
use uuid::Uuid;

pub fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_763_700_000 + second, 0).unwrap()
}

pub fn queue(n: u8) -> QueueId {
    QueueId(Uuid::from_u128(0x1000 + u128::from(n)))
}

pub fn skill(n: u8) -> SkillId {
    SkillId(Uuid::from_u128(0x2000 + u128::from(n)))
}

fn team(n: u8) -> TeamId {
    TeamId(Uuid::from_u128(0x3000 + u128::from(n)))
}

fn skills(most: usize) -> impl Strategy<Value = Skills> {
    vec((0_u8..2, 1_u8..=5), 0..=most)
        .prop_map(|pairs| pairs.into_iter().map(|(n, level)| (skill(n), level)).collect())
}

fn few_of<T: Ord + std::fmt::Debug>(
    name: fn(u8) -> T,
    kinds: u8,
    most: usize,
) -> impl Strategy<Value = BTreeSet<T>> {
    vec(0..kinds, 0..=most).prop_map(move |numbers| numbers.into_iter().map(name).collect())
}

pub fn candidate() -> impl Strategy<Value = Candidate> {
    let presence = prop_oneof![
        8 => Just(PresenceState::Available),
        1 => Just(PresenceState::PrePause),
        1 => Just(PresenceState::Paused),
        1 => Just(PresenceState::Offline),
    ];
    let slots = (0_u32..6, 0_u32..6, option::weighted(0.2, (0_u8..3, 0_u32..3, 0_u32..3)));
    let times = (0_i64..50, option::weighted(0.15, 90_i64..110));
    (presence, few_of(queue, 3, 3), few_of(team, 2, 1), skills(2), slots, times).prop_map(
        |(presence, queues, teams, skills, (capacity, load, limit), (idle, busy))| Candidate {
            queues,
            teams,
            skills,
            load,
            at_most: limit.iter().map(|(n, most, _)| (queue(*n), *most)).collect(),
            load_by_queue: limit.iter().map(|(n, _, load)| (queue(*n), *load)).collect(),
            busy_until: busy.map(at),
            ..Candidate::new(PersonId::new(), presence, capacity, at(idle))
        },
    )
}

/// Up to 40 that wait and up to 12 who might take them.
pub fn scene() -> impl Strategy<Value = (Vec<Work>, Vec<Candidate>)> {
    let places = (0_u8..3, -20_i64..50, 0_i64..50);
    let wants = (
        skills(1),
        prop_oneof![4 => Just(1_u32), 1 => 2_u32..4, 1 => Just(0_u32)],
        few_of(team, 2, 1),
        option::weighted(0.15, 0_u8..2),
    );
    let people =
        (option::weighted(0.4, (any::<Index>(), 80_i64..120)), option::weighted(0.2, any::<Index>()));
    let work = (places, wants, people);
    (vec(work, 0..40), vec(candidate(), 0..12)).prop_map(|(works, team)| {
        let who = |index: Index| {
            team.get(index.index(team.len().max(1))).map_or_else(PersonId::new, |one| one.person)
        };
        let works = works
            .into_iter()
            .map(|((n, turn, since), (skills, weight, widened, handed), (preferred, barred))| Work {
                skills,
                weight,
                widened,
                team: handed.map(self::team),
                preferred: preferred.map(|(index, until)| Preferred {
                    person: who(index),
                    until: at(until),
                    why: PreferredAs::LastAgent,
                }),
                barred: barred.map(who).into_iter().collect(),
                ..Work::new(ConversationId::new(), queue(n), at(turn), at(since))
            })
            .collect();
        (works, team)
    })
}

/// Who was given what, by conversation.
pub fn takers(routed: &[Routed]) -> BTreeMap<ConversationId, PersonId> {
    routed
        .iter()
        .filter_map(|routed| match routed.decision {
            Decision::Assign { person, .. } => Some((routed.conversation, person)),
            Decision::Wait { .. } => None,
        })
        .collect()
}
