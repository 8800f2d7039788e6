//! Everybody, as they stand while a pass goes on.
//!
//! Nearly every conversation asks for something else, so nothing is gained by grouping them. Instead there is a set of
//! people, a bit each, for every fact that can keep somebody from taking one: who serves a queue, who has a skill at a
//! level, who has room for a weight. A decision intersects a dozen of them, 64 people to a word; only those who come
//! out are looked at one by one.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState, QueueId, SkillId, TeamId};

use crate::{
    Candidate, Decision, Routed, WaitReason, Work,
    choose::{First, first, keeping, nobody, reason},
    set::Set,
};

/// Who could hold a weight with nothing else to do, and who has room for it now.
#[derive(Debug)]
struct Room {
    ever: Set,
    now: Set,
}

/// Everybody, as they stand while a pass goes on.
#[derive(Debug)]
pub(crate) struct Floor {
    now: DateTime<Utc>,
    people: Vec<Candidate>,
    index: HashMap<PersonId, usize>,
    serve: HashMap<QueueId, Set>,
    members: HashMap<TeamId, Set>,
    levels: HashMap<SkillId, Vec<(usize, u8)>>,
    /// By skill and the level asked for; found when first asked for.
    skilled: HashMap<(SkillId, u8), Set>,
    available: Set,
    wrapping_up: Set,
    keep_room: Set,
    /// By slots taken.
    loads: BTreeMap<u32, Set>,
    /// By weight; found when first asked for.
    rooms: HashMap<u32, Room>,
    /// The same within a queue, for queues somebody has a limit for.
    rooms_in: HashMap<QueueId, HashMap<u32, Room>>,
}

impl Floor {
    /// The floor before the first decision.
    pub(crate) fn new(candidates: &[Candidate], now: DateTime<Utc>) -> Self {
        let people: Vec<Candidate> =
            candidates.iter().map(|candidate| Candidate { kept_for: None, ..candidate.clone() }).collect();
        let none = || Set::none(people.len());
        let mut floor = Self {
            now,
            index: HashMap::new(),
            serve: HashMap::new(),
            members: HashMap::new(),
            levels: HashMap::new(),
            skilled: HashMap::new(),
            available: Set::of(&people, |one| one.presence == PresenceState::Available),
            wrapping_up: Set::of(&people, |one| one.busy_until.is_some_and(|until| until > now)),
            keep_room: none(),
            loads: BTreeMap::new(),
            rooms: HashMap::new(),
            rooms_in: HashMap::new(),
            people: Vec::new(),
        };
        for (index, one) in people.iter().enumerate() {
            floor.index.entry(one.person).or_insert(index);
            floor.loads.entry(one.load).or_insert_with(none).insert(index);
            for queue in &one.queues {
                floor.serve.entry(*queue).or_insert_with(none).insert(index);
            }
            for team in &one.teams {
                floor.members.entry(*team).or_insert_with(none).insert(index);
            }
            for (skill, level) in &one.skills {
                floor.levels.entry(*skill).or_default().push((index, *level));
            }
            for queue in one.at_most.keys() {
                floor.rooms_in.entry(*queue).or_default();
            }
        }
        floor.people = people;
        floor
    }

    /// Everybody, in the order given.
    pub(crate) fn people(&self) -> &[Candidate] {
        &self.people
    }

    /// Decides one and writes down what follows for those who come after it. As [`crate::choose`] does, without the
    /// account of everybody.
    pub(crate) fn decide(&mut self, work: &Work) -> Routed {
        let conversation = work.conversation;
        let preferred = work.preferred.and_then(|preferred| self.index.get(&preferred.person).copied());
        let first = first(work, preferred.map(|index| &self.people[index]), self.now);
        let able = self.able(work);
        let taker = match (&able, first) {
            (_, First::Takes(_)) => preferred,
            (Ok(able), First::Nobody) => self.best(able),
            _ => None,
        };
        if let (Ok(able), Some(taker)) = (&able, taker) {
            let reason = reason(work, &self.people[taker], able.count(), first, self.now);
            self.give(taker, work);
            let decision = Decision::Assign { person: self.people[taker].person, reason };
            return Routed { conversation, decision, keeps: None };
        }
        let mut keeps = None;
        if work.weight > 1 {
            let keeper = match first {
                First::Awaited(_) => {
                    preferred.filter(|index| keeping(work, &self.people[*index], self.now).is_some())
                }
                _ => self.keeper(work),
            };
            if let Some(keeper) = keeper {
                self.people[keeper].kept_for = Some(work.conversation);
                self.keep_room.insert(keeper);
                keeps = Some(self.people[keeper].person);
            }
        }
        let decision = Decision::Wait { reason: able.err().unwrap_or(WaitReason::ForThePreferred) };
        Routed { conversation, decision, keeps }
    }

    /// Those who can take it, whatever the others are; if nobody, what was missing last. In the order of
    /// [`crate::choose::obstacle`].
    fn able(&mut self, work: &Work) -> Result<Set, WaitReason> {
        let queue = work.queue;
        let mut able = self.fit(work)?;
        able.keep(&self.available);
        check(&able, WaitReason::EverybodyIsAway)?;
        let weight = work.weight.max(1);
        if let Some(room) = self.rooms.get(&weight) {
            able.keep(&room.now);
        }
        if let Some(room) = self.rooms_in.get(&queue).and_then(|rooms| rooms.get(&weight)) {
            able.keep(&room.now);
        }
        check(&able, WaitReason::EverybodyIsFull)?;
        able.drop(&self.wrapping_up);
        check(&able, WaitReason::WrappingUp)?;
        able.drop(&self.keep_room);
        check(&able, WaitReason::KeptForAnother)?;
        self.without_barred(&mut able, work);
        check(&able, WaitReason::OnlyBarred)?;
        Ok(able)
    }

    /// Those who could take it if they were there and had nothing else to do.
    fn fit(&mut self, work: &Work) -> Result<Set, WaitReason> {
        let some = match work.team {
            Some(team) => self.members.get(&team),
            None => self.serve.get(&work.queue),
        };
        let mut fit = some.cloned().unwrap_or_else(|| Set::none(self.people.len()));
        for team in work.widened.iter().filter(|_| work.team.is_none()) {
            if let Some(members) = self.members.get(team) {
                fit.join(members);
            }
        }
        check(&fit, nobody(work))?;
        for (skill, level) in &work.skills {
            fit.keep(self.skilled(*skill, *level));
        }
        check(&fit, WaitReason::NobodyHasTheSkills)?;
        let weight = work.weight.max(1);
        let people = &self.people;
        let room = self.rooms.entry(weight).or_insert_with(|| Room {
            ever: Set::of(people, |one| one.capacity >= weight),
            now: Set::of(people, |one| one.room() >= weight),
        });
        fit.keep(&room.ever);
        if let Some(rooms) = self.rooms_in.get_mut(&work.queue) {
            let room = rooms.entry(weight).or_insert_with(|| Room {
                ever: Set::of(people, |one| one.at_most.get(&work.queue).is_none_or(|most| *most >= weight)),
                now: Set::of(people, |one| one.room_in(work.queue).is_none_or(|room| room >= weight)),
            });
            fit.keep(&room.ever);
        }
        check(&fit, WaitReason::TooHeavyForAnybody)?;
        Ok(fit)
    }

    fn skilled(&mut self, skill: SkillId, needed: u8) -> &Set {
        let Self { skilled, levels, people, .. } = self;
        skilled.entry((skill, needed)).or_insert_with(|| {
            if needed == 0 {
                return Set::of(people, |_| true);
            }
            let mut set = Set::none(people.len());
            for (index, has) in levels.get(&skill).into_iter().flatten() {
                set.put(*index, *has >= needed);
            }
            set
        })
    }

    fn without_barred(&self, able: &mut Set, work: &Work) {
        for index in work.barred.iter().filter_map(|person| self.index.get(person)) {
            able.remove(*index);
        }
    }

    /// The least loaded, then the longest idle, then the lowest id.
    fn best(&self, able: &Set) -> Option<usize> {
        self.loads
            .values()
            .find_map(|loaded| loaded.both(able).min_by_key(|index| self.people[*index].preference()))
    }

    /// Whose slots are kept for work that needs more of them than anybody has free.
    fn keeper(&mut self, work: &Work) -> Option<usize> {
        let mut may = self.fit(work).ok()?;
        may.keep(&self.available);
        may.drop(&self.keep_room);
        if let Some(room) = self.rooms.get(&work.weight) {
            may.drop(&room.now);
        }
        self.without_barred(&mut may, work);
        may.iter()
            .filter_map(|index| {
                let one = &self.people[index];
                let missing = (one.room() > 0).then(|| work.weight - one.room())?;
                Some((missing, one.idle_since, one.person, index))
            })
            .min()
            .map(|(.., index)| index)
    }

    fn give(&mut self, index: usize, work: &Work) {
        let people = self.people.len();
        let one = &mut self.people[index];
        if let Some(loaded) = self.loads.get_mut(&one.load) {
            loaded.remove(index);
        }
        one.take(work, self.now);
        self.loads.entry(one.load).or_insert_with(|| Set::none(people)).insert(index);
        for (weight, room) in &mut self.rooms {
            room.now.put(index, one.room() >= *weight);
        }
        for (weight, room) in self.rooms_in.get_mut(&work.queue).into_iter().flatten() {
            room.now.put(index, one.room_in(work.queue).is_none_or(|room| room >= *weight));
        }
    }
}

fn check(set: &Set, otherwise: WaitReason) -> Result<(), WaitReason> {
    if set.is_empty() { Err(otherwise) } else { Ok(()) }
}
