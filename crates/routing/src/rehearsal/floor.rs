//! From event to event through a day.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashMap},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ContactId, ConversationId, PersonId, PresenceState, QueueId, event::PreferredAs};
use uuid::Uuid;

use super::{
    Arrival, Day, Destination, Report,
    report::{AgentDay, Talk},
};
use crate::{
    Candidate, Decision, Policy, Preferred, Skills, WaitReason, Work,
    due::{asked, steps_due},
    entry::enter,
    floor::Floor as Deciding,
    hours,
    policy::{Calendar, LateAction, Queue, StickyTo},
};

/// Something that happens; at the same moment in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// An agent is done with a conversation: the agent, then the conversation.
    Done(usize, usize),
    /// An agent goes on a pause.
    Pauses(usize),
    /// An agent goes home.
    Leaves(usize),
    /// An agent comes to work, or back to it.
    Comes(usize),
    /// A customer gives up waiting.
    GivesUp(usize),
    /// The next step of asking for less may be due.
    Relaxes(usize, QueueId),
    /// Another queue takes over.
    Moves(usize, QueueId, QueueId),
    /// A customer writes.
    Arrives(usize),
    /// Somebody is done wrapping up, or was waited for long enough.
    Wakes,
}

/// Where in turn: see [`Work::place`].
type Place = (DateTime<Utc>, DateTime<Utc>, ConversationId);

/// What waits, apart from its [`Work`].
struct Waiting {
    work: Work,
    /// Its place among what came.
    talk: usize,
    extra: Skills,
    /// Since when in this queue.
    since: DateTime<Utc>,
    /// For what, for how long.
    reasons: BTreeMap<WaitReason, i64>,
    /// For what at present, since when.
    reason: Option<(WaitReason, DateTime<Utc>)>,
}

/// How stale the reasons of waits may grow while nobody is free, in seconds.
const LOOK_AGAIN: i64 = 60;

pub(super) struct Floor<'a> {
    policy: &'a Policy,
    day: &'a Day,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    events: BinaryHeap<Reverse<(DateTime<Utc>, Event)>>,
    people: Vec<Candidate>,
    index: HashMap<PersonId, usize>,
    sheets: Vec<AgentDay>,
    /// In turn.
    waiting: BTreeMap<Place, Waiting>,
    /// Where in it, by their place among what came.
    places: HashMap<usize, Place>,
    /// What came to wait since anything was given out last.
    fresh: Vec<Place>,
    held: HashMap<usize, Work>,
    talks: Vec<Talk>,
    last_agents: HashMap<ContactId, PersonId>,
    looked: Option<DateTime<Utc>>,
}

impl<'a> Floor<'a> {
    pub(super) fn new(policy: &'a Policy, day: &'a Day) -> Self {
        let mut arrivals: Vec<usize> = (0..day.arrivals.len()).collect();
        arrivals.sort_by_key(|index| (day.arrivals[*index].at, *index));
        let first = arrivals.first().map(|index| day.arrivals[*index].at);
        let last = arrivals.last().map(|index| day.arrivals[*index].at);
        let begin = day.shifts.iter().map(|shift| shift.from).chain(first).min().unwrap_or_default();
        let mut floor = Self {
            policy,
            day,
            now: begin,
            until: day.shifts.iter().map(|shift| shift.to).chain(last).max().unwrap_or(begin),
            events: BinaryHeap::new(),
            people: Vec::new(),
            index: HashMap::new(),
            sheets: Vec::new(),
            waiting: BTreeMap::new(),
            places: HashMap::new(),
            fresh: Vec::new(),
            held: HashMap::new(),
            talks: Vec::new(),
            last_agents: HashMap::new(),
            looked: None,
        };
        for (person, agent) in &policy.agents {
            let teams: std::collections::BTreeSet<_> = day
                .teams
                .iter()
                .filter(|(_, people)| people.contains(person))
                .map(|(team, _)| *team)
                .collect();
            let serves =
                |queue: &&Queue| queue.members.contains(person) || !queue.served_by.is_disjoint(&teams);
            let candidate = Candidate {
                queues: policy.queues.iter().filter(serves).map(|queue| queue.id).collect(),
                teams,
                skills: agent.skills.clone(),
                at_most: agent.at_most.clone(),
                ..Candidate::new(*person, PresenceState::Offline, agent.capacity, begin)
            };
            floor.index.insert(*person, floor.people.len());
            floor.people.push(candidate);
            floor.sheets.push(AgentDay::new(*person));
        }
        for index in arrivals {
            let at = day.arrivals[index].at;
            floor.plan(at, Event::Arrives(index));
        }
        for shift in &day.shifts {
            let Some(person) = floor.index.get(&shift.person).copied() else { continue };
            floor.plan(shift.from, Event::Comes(person));
            floor.plan(shift.to, Event::Leaves(person));
            for (from, to) in &shift.pauses {
                let (from, to) = ((*from).max(shift.from), (*to).min(shift.to));
                if from < to {
                    floor.plan(from, Event::Pauses(person));
                    if to < shift.to {
                        floor.plan(to, Event::Comes(person));
                    }
                }
            }
        }
        floor
    }

    /// Nothing, as soon as it may not go on.
    pub(super) fn run(mut self, mut may_go_on: impl FnMut() -> bool) -> Option<Report> {
        while let Some(Reverse((at, event))) = self.events.pop() {
            if at > self.until {
                break;
            }
            if !may_go_on() {
                return None;
            }
            self.clock(at);
            self.happens(event);
            let more = self.events.peek().is_some_and(|Reverse((next, _))| *next == at);
            if !more {
                self.pass();
            }
        }
        self.clock(self.until);
        for waiting in std::mem::take(&mut self.waiting).into_values() {
            self.end_wait(waiting, None);
        }
        Some(Report::of(self.policy, &self.talks, self.sheets))
    }

    fn plan(&mut self, at: DateTime<Utc>, event: Event) {
        self.events.push(Reverse((at, event)));
    }

    /// Time goes by.
    fn clock(&mut self, at: DateTime<Utc>) {
        let seconds = (at - self.now).num_milliseconds().max(0) / 1_000;
        for (one, sheet) in self.people.iter().zip(&mut self.sheets) {
            if one.presence == PresenceState::Available {
                sheet.at_work += seconds;
                sheet.slot_seconds += seconds * i64::from(one.capacity);
                let wraps_up = one.busy_until.is_some_and(|until| until > self.now);
                let busy = if wraps_up { one.capacity } else { one.load.min(one.capacity) };
                sheet.busy_slot_seconds += seconds * i64::from(busy);
            }
        }
        self.now = self.now.max(at);
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Arrives(index) => self.arrives(index),
            Event::GivesUp(talk) => {
                if let Some(waiting) = self.take_from_line(talk) {
                    self.talks[talk].gave_up = true;
                    self.end_wait(waiting, None);
                }
            }
            Event::Relaxes(talk, queue) => {
                let now = self.now;
                let place = self.places.get(&talk);
                let waiting = place.and_then(|place| self.waiting.get_mut(place));
                if let Some(waiting) = waiting.filter(|one| one.work.queue == queue) {
                    let queue = self.policy.queue(queue);
                    let steps = steps_due(&queue, calendar(self.policy, &queue), waiting.since, now);
                    ask(&mut waiting.work, &queue, &waiting.extra, steps);
                }
            }
            Event::Moves(talk, from, to) => {
                let place = self.places.get(&talk);
                if place.and_then(|place| self.waiting.get(place)).is_some_and(|one| one.work.queue == from)
                    && let Some(mut waiting) = self.take_from_line(talk)
                {
                    // It keeps its turn. No circle: the check refuses one, and a queue is never gone to twice.
                    self.talks[talk].queues.push(to);
                    waiting.work.queue = to;
                    self.lines_up(waiting);
                }
            }
            Event::Done(person, talk) => {
                if let Some(work) = self.held.remove(&talk) {
                    let until = self.now + seconds(self.policy.queue(work.queue).wrap_up);
                    let one = &mut self.people[person];
                    one.load = one.load.saturating_sub(work.weight);
                    if let Some(load) = one.load_by_queue.get_mut(&work.queue) {
                        *load = load.saturating_sub(work.weight);
                    }
                    if until > self.now {
                        one.busy_until = one.busy_until.max(Some(until));
                        self.plan(until, Event::Wakes);
                    }
                }
            }
            Event::Comes(person) => self.people[person].presence = PresenceState::Available,
            Event::Pauses(person) => self.people[person].presence = PresenceState::Paused,
            Event::Leaves(person) => self.people[person].presence = PresenceState::Offline,
            Event::Wakes => {}
        }
    }

    fn arrives(&mut self, index: usize) {
        let arrival = &self.day.arrivals[index];
        let (queue, extra, priority) = match &arrival.to {
            Destination::Queue { queue, skills, priority } => (*queue, skills.clone(), *priority),
            Destination::Rules { facts } => {
                let entered = enter(self.policy, facts, arrival.at);
                (entered.queue, entered.skills, entered.priority)
            }
        };
        let talk = self.talks.len();
        let conversation = ConversationId(Uuid::from_u128(u128::try_from(index).unwrap_or(u128::MAX)));
        let turn = self.policy.turn(arrival.at, queue, priority, arrival.vip);
        let work = Work {
            weight: self.policy.weight(arrival.kind),
            ..Work::new(conversation, queue, turn, arrival.at)
        };
        self.talks.push(Talk::new(index, queue, arrival.at));
        if let Some(patience) = arrival.patience {
            self.plan(arrival.at + seconds(patience), Event::GivesUp(talk));
        }
        self.lines_up(Waiting {
            work,
            talk,
            extra,
            since: arrival.at,
            reasons: BTreeMap::new(),
            reason: None,
        });
    }

    /// It begins to wait in its work's queue, and what happens to it there as time goes by is planned.
    fn lines_up(&mut self, mut waiting: Waiting) {
        let queue = self.policy.queue(waiting.work.queue);
        let calendar = calendar(self.policy, &queue);
        let (talk, since) = (waiting.talk, self.now);
        waiting.since = since;
        ask(&mut waiting.work, &queue, &waiting.extra, steps_due(&queue, calendar, since, since));
        let arrival = &self.day.arrivals[self.talks[talk].arrival];
        waiting.work.preferred = self.preferred(&queue, arrival);
        let due = |after| hours::after_open_seconds(calendar, since, after);
        let mut planned = Vec::new();
        let mut latest = 0;
        for step in &queue.relaxation {
            latest = step.after.max(latest);
            planned.extend(due(latest).map(|at| (at, Event::Relaxes(talk, queue.id))));
        }
        let moved = queue.late.iter().filter_map(|late| match late.action {
            LateAction::Move { to } => Some((late.after, to)),
            _ => None,
        });
        let overflow = queue.overflow.map(|overflow| (overflow.after, overflow.to));
        let visited = &self.talks[talk].queues;
        let next =
            moved.chain(overflow).filter(|(_, to)| !visited.contains(to)).min_by_key(|(after, _)| *after);
        if let Some((after, to)) = next {
            planned.extend(due(after).map(|at| (at, Event::Moves(talk, queue.id, to))));
        }
        if let Some(preferred) = waiting.work.preferred {
            planned.push((preferred.until, Event::Wakes));
        }
        for (at, event) in planned {
            self.plan(at.max(since), event);
        }
        let place = waiting.work.place();
        self.places.insert(talk, place);
        self.fresh.push(place);
        self.waiting.insert(place, waiting);
    }

    fn preferred(&self, queue: &Queue, arrival: &Arrival) -> Option<Preferred> {
        let sticky = queue.sticky?;
        let owner = || arrival.owner.map(|person| (person, PreferredAs::Owner));
        let last = || {
            let last = self.last_agents.get(&arrival.contact).copied().or(arrival.last_agent);
            last.map(|person| (person, PreferredAs::LastAgent))
        };
        let (person, why) = match sticky.to {
            StickyTo::Owner => owner(),
            StickyTo::LastAgent => last(),
            StickyTo::OwnerOrLastAgent => owner().or_else(last),
        }?;
        Some(Preferred { person, until: arrival.at + seconds(sticky.wait), why })
    }

    /// Gives out what waits, as the router does: in turn, and no further than until nobody is free. Those behind are
    /// told what they wait for when they come, and once in a while.
    fn pass(&mut self) {
        let now = self.now;
        let free = |one: &Candidate| {
            one.presence == PresenceState::Available
                && one.room() > 0
                && one.busy_until.is_none_or(|until| until <= now)
        };
        let stale = self.looked.is_none_or(|looked| now - looked >= TimeDelta::seconds(LOOK_AGAIN));
        let fresh = std::mem::take(&mut self.fresh);
        let mut somebody = self.people.iter().any(free);
        if self.waiting.is_empty() || !(stale || somebody || !fresh.is_empty()) {
            return;
        }
        let mut floor = Deciding::new(&self.people, now);
        let mut given = Vec::new();
        let mut look = |waiting: &mut Waiting| match floor.decide(&waiting.work).decision {
            Decision::Assign { person, .. } => {
                given.push((person, waiting.talk));
                floor.people().iter().any(free)
            }
            Decision::Wait { reason } => {
                waiting.waits_for(Some(reason), now);
                true
            }
        };
        let mut last = None;
        if stale || somebody {
            for (place, waiting) in &mut self.waiting {
                let goes_on = look(waiting);
                somebody &= goes_on;
                last = Some(*place);
                if !(somebody || stale) {
                    break;
                }
            }
        }
        if stale {
            self.looked = Some(now);
        }
        for place in fresh.into_iter().filter(|place| last.is_none_or(|last| *place > last)) {
            if let Some(waiting) = self.waiting.get_mut(&place) {
                look(waiting);
            }
        }
        for (person, talk) in given {
            if let (Some(index), Some(waiting)) =
                (self.index.get(&person).copied(), self.take_from_line(talk))
            {
                self.give(index, waiting);
            }
        }
    }

    fn give(&mut self, index: usize, waiting: Waiting) {
        let one = &mut self.people[index];
        one.take(&waiting.work, self.now);
        self.sheets[index].taken += 1;
        let (person, talk) = (one.person, waiting.talk);
        let arrival = &self.day.arrivals[self.talks[talk].arrival];
        self.last_agents.insert(arrival.contact, person);
        self.plan(self.now + seconds(arrival.handle_seconds), Event::Done(index, talk));
        self.held.insert(talk, waiting.work.clone());
        self.end_wait(waiting, Some(person));
    }

    fn take_from_line(&mut self, talk: usize) -> Option<Waiting> {
        self.waiting.remove(&self.places.remove(&talk)?)
    }

    fn end_wait(&mut self, mut waiting: Waiting, taken_by: Option<PersonId>) {
        waiting.waits_for(None, self.now);
        let (queue, talk) =
            (self.policy.queue(self.talks[waiting.talk].queues[0]), &mut self.talks[waiting.talk]);
        talk.ended = self.now;
        talk.taken_by = taken_by;
        talk.open_seconds = hours::open_seconds(calendar(self.policy, &queue), talk.at, self.now);
        talk.why = waiting
            .reasons
            .into_iter()
            .max_by_key(|(reason, seconds)| (*seconds, *reason))
            .map(|(why, _)| why);
    }
}

impl Waiting {
    fn waits_for(&mut self, reason: Option<WaitReason>, now: DateTime<Utc>) {
        if let Some((before, since)) = self.reason {
            *self.reasons.entry(before).or_default() += (now - since).num_seconds();
        }
        self.reason = reason.map(|reason| (reason, now));
    }
}

/// What is asked for after so many steps.
fn ask(work: &mut Work, queue: &Queue, extra: &Skills, steps: u32) {
    let asked = asked(queue, extra, steps);
    (work.skills, work.widened, work.relaxed) = (asked.skills, asked.widened, steps);
}

fn calendar<'a>(policy: &'a Policy, queue: &Queue) -> Option<&'a Calendar> {
    let id = queue.calendar?;
    policy.calendars.iter().find(|calendar| calendar.id == id)
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}
