//! What a queue asks for after a while, and how long a wait may last.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::TeamId;

use crate::{
    Skills, hours,
    policy::{Calendar, Queue, Relaxed},
};

/// What is asked of who takes a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// What they must be able to do, and how well at least.
    pub skills: Skills,
    /// Teams whose people may take it beside those who serve the queue.
    pub widened: BTreeSet<TeamId>,
}

/// What `queue` asks for, together with the `extra` skills of one conversation, after so many steps of relaxation.
/// Each step asks for less than the one before, or for the same.
#[must_use]
pub fn asked(queue: &Queue, extra: &Skills, steps: u32) -> Asked {
    let mut skills = queue.skills.clone();
    for (skill, level) in extra {
        let asked = skills.entry(*skill).or_insert(*level);
        *asked = (*asked).max(*level);
    }
    let mut widened = BTreeSet::new();
    for step in queue.relaxation.iter().take(usize::try_from(steps).unwrap_or(usize::MAX)) {
        match &step.relaxed {
            Relaxed::Lower { levels } => skills.retain(|_, level| {
                *level = level.saturating_sub(*levels);
                *level > 0
            }),
            Relaxed::Drop { skill } => {
                skills.remove(skill);
            }
            Relaxed::Widen { teams } => widened.extend(teams),
        }
    }
    Asked { skills, widened }
}

/// When each step of relaxation is due for what waits since `queued_at`: none before the one above it.
pub(super) fn steps_at<'a>(
    queue: &'a Queue,
    calendar: Option<&'a Calendar>,
    queued_at: DateTime<Utc>,
) -> impl Iterator<Item = Option<DateTime<Utc>>> + 'a {
    let after = queue.relaxation.iter().scan(0, |latest, step| {
        *latest = step.after.max(*latest);
        Some(*latest)
    });
    after.map(move |after| hours::after_open_seconds(calendar, queued_at, after))
}

/// How many steps of relaxation have come by `now` for what waits since `queued_at`.
#[must_use]
pub fn steps_due(
    queue: &Queue,
    calendar: Option<&Calendar>,
    queued_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> u32 {
    let due = steps_at(queue, calendar, queued_at).take_while(|at| at.is_some_and(|at| at <= now)).count();
    u32::try_from(due).unwrap_or(u32::MAX)
}

/// About how long a wait will last, in seconds, rounded up to whole minutes; nobody at work: nobody knows.
#[must_use]
pub fn expected_wait(waiting_before: u32, agents_at_work: u32, seconds_each: u32) -> Option<u32> {
    if agents_at_work == 0 {
        return None;
    }
    let turns = u64::from(waiting_before) + 1;
    let seconds = turns * u64::from(seconds_each) / u64::from(agents_at_work);
    u32::try_from(seconds.div_ceil(60).max(1).saturating_mul(60)).ok()
}
