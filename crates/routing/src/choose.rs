//! One conversation, decided and explained.

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, PresenceState, SkillId, event::AssignmentReason};
use serde::{Deserialize, Serialize};

use crate::{Candidate, Decision, Preferred, WaitReason, Work};

/// A decision and how every candidate fared in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What was decided.
    pub decision: Decision,
    /// It needs more slots than anybody has free: whose slots are kept for it until there are enough.
    pub keeps: Option<PersonId>,
    /// Everybody who was looked at, in the order given.
    pub considered: Vec<Considered>,
}

/// How one candidate fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// Who.
    pub person: PersonId,
    /// Chosen, or why not.
    pub verdict: Verdict,
}

/// Chosen, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Takes it.
    Chosen,
    /// Neither serves the queue nor is of a team it was widened to.
    OtherQueue,
    /// Is not of the team it was handed to.
    OtherTeam,
    /// Lacks a skill, or is not good enough at it.
    LacksSkill {
        /// Which.
        skill: SkillId,
        /// The level asked for.
        needed: u8,
        /// The level they have; 0 is none.
        has: u8,
    },
    /// Has fewer slots than it takes, or may use fewer for this queue, even with nothing else to do.
    TooHeavy {
        /// How many slots they may use for it.
        capacity: u32,
        /// How many it takes.
        weight: u32,
    },
    /// On a pause, about to be, or not at work.
    Away {
        /// What they are.
        presence: PresenceState,
    },
    /// Has too few slots free.
    Full {
        /// How many slots are taken.
        load: u32,
        /// How many they have.
        capacity: u32,
        /// How many it takes.
        weight: u32,
    },
    /// Conversations of this queue take as many of their slots as they may.
    QueueFull {
        /// How many slots this queue's take.
        load: u32,
        /// How many they may take.
        at_most: u32,
        /// How many it takes.
        weight: u32,
    },
    /// Finishes up what they closed.
    WrappingUp {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Has room, and keeps it for an earlier conversation that needs more.
    KeepsRoom {
        /// For which.
        conversation: ConversationId,
    },
    /// Put it back, declined it, or let the offer lapse.
    Barred,
    /// Could have, but it waits for the one who goes first.
    ReservedFor {
        /// Who goes first.
        person: PersonId,
        /// How long it waits for them.
        until: DateTime<Utc>,
    },
    /// Could have, but so could the one who goes first.
    NotPreferred,
    /// Could have, but has more slots taken than the chosen one.
    Busier {
        /// How many.
        load: u32,
    },
    /// Could have and has as few taken, but was given one more recently.
    IdleForLess,
}

/// What work waits for that is nobody's to take.
pub(crate) const fn nobody(work: &Work) -> WaitReason {
    if work.team.is_some() { WaitReason::NobodyOfTheTeam } else { WaitReason::NobodyServesTheQueue }
}

/// What keeps a candidate from taking `work`, whatever the others are; `None` for nothing.
///
/// The order is that of [`WaitReason`]: from what only the admin can change to what changes by itself.
pub(crate) fn obstacle(work: &Work, candidate: &Candidate, now: DateTime<Utc>) -> Option<Verdict> {
    let Work { weight, queue, .. } = *work;
    let needed = weight.max(1);
    if !candidate.serves(work) {
        return Some(if work.team.is_some() { Verdict::OtherTeam } else { Verdict::OtherQueue });
    }
    if let Some((skill, needed, has)) = candidate.lacks(&work.skills) {
        return Some(Verdict::LacksSkill { skill, needed, has });
    }
    let Candidate { load, capacity, presence, .. } = *candidate;
    let most = candidate.at_most.get(&queue).map_or(capacity, |at_most| capacity.min(*at_most));
    if needed > most {
        return Some(Verdict::TooHeavy { capacity: most, weight });
    }
    if presence != PresenceState::Available {
        return Some(Verdict::Away { presence });
    }
    if candidate.room() < needed {
        return Some(Verdict::Full { load, capacity, weight });
    }
    if let (Some(room), Some(at_most)) = (candidate.room_in(queue), candidate.at_most.get(&queue))
        && room < needed
    {
        return Some(Verdict::QueueFull { load: at_most - room, at_most: *at_most, weight });
    }
    if let Some(until) = candidate.busy_until
        && until > now
    {
        return Some(Verdict::WrappingUp { until });
    }
    if let Some(conversation) = candidate.kept_for
        && conversation != work.conversation
    {
        return Some(Verdict::KeepsRoom { conversation });
    }
    work.barred.contains(&candidate.person).then_some(Verdict::Barred)
}

impl Verdict {
    /// What work of which this is the best verdict waits for; `None` when somebody could take it.
    pub(crate) fn wait_reason(self) -> Option<WaitReason> {
        match self {
            Self::OtherQueue => Some(WaitReason::NobodyServesTheQueue),
            Self::OtherTeam => Some(WaitReason::NobodyOfTheTeam),
            Self::LacksSkill { .. } => Some(WaitReason::NobodyHasTheSkills),
            Self::TooHeavy { .. } => Some(WaitReason::TooHeavyForAnybody),
            Self::Away { .. } => Some(WaitReason::EverybodyIsAway),
            Self::Full { .. } | Self::QueueFull { .. } => Some(WaitReason::EverybodyIsFull),
            Self::WrappingUp { .. } => Some(WaitReason::WrappingUp),
            Self::KeepsRoom { .. } => Some(WaitReason::KeptForAnother),
            Self::Barred => Some(WaitReason::OnlyBarred),
            Self::ReservedFor { .. } => Some(WaitReason::ForThePreferred),
            Self::Chosen | Self::NotPreferred | Self::Busier { .. } | Self::IdleForLess => None,
        }
    }

    /// Whether it passes by itself while they are at work.
    fn passes(self) -> bool {
        matches!(
            self,
            Self::Full { .. } | Self::QueueFull { .. } | Self::WrappingUp { .. } | Self::KeepsRoom { .. }
        )
    }
}

/// What the one who goes before all others makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// There is none, or they are passed over.
    Nobody,
    /// They take it.
    Takes(Preferred),
    /// It waits for them.
    Awaited(Preferred),
}

/// What becomes of `work` by the one who goes before all others, who is `candidate` if they are known at all.
pub(crate) fn first(work: &Work, candidate: Option<&Candidate>, now: DateTime<Utc>) -> First {
    let (Some(preferred), Some(candidate)) = (work.preferred, candidate) else { return First::Nobody };
    match obstacle(work, candidate, now) {
        None => First::Takes(preferred),
        Some(verdict)
            if verdict.passes() && now < preferred.until && !work.barred.contains(&preferred.person) =>
        {
            First::Awaited(preferred)
        }
        Some(_) => First::Nobody,
    }
}

/// Sorts those whose slots may be kept for `work`: fewest missing, then longest idle. `None`: not theirs.
///
/// Without it, work that takes one slot would for ever go before work that takes two, a slot at a time.
pub(crate) fn keeping(
    work: &Work,
    candidate: &Candidate,
    now: DateTime<Utc>,
) -> Option<(u32, DateTime<Utc>, PersonId)> {
    let full = matches!(obstacle(work, candidate, now), Some(Verdict::Full { .. }));
    let may = work.weight > 1
        && full
        && candidate.kept_for.is_none()
        && candidate.room() > 0
        && !work.barred.contains(&candidate.person);
    may.then(|| (work.weight - candidate.room(), candidate.idle_since, candidate.person))
}

/// Why `chosen` was.
pub(crate) fn reason(
    work: &Work,
    chosen: &Candidate,
    able: usize,
    first: First,
    now: DateTime<Utc>,
) -> AssignmentReason {
    AssignmentReason::Routed {
        waited_seconds: work.waited_seconds(now),
        candidates: u32::try_from(able).unwrap_or(u32::MAX),
        load: chosen.load,
        capacity: chosen.capacity,
        weight: work.weight,
        preferred: if let First::Takes(preferred) = first { Some(preferred.why) } else { None },
        relaxed: work.relaxed,
        policy: 0,
    }
}

/// Picks the agent who should take `work`, or says why it has to wait, and accounts for everybody.
///
/// The one who goes first takes it, if they can; else the one with the fewest slots taken, the longest idle, the
/// lowest id.
#[must_use]
pub fn choose(work: &Work, candidates: &[Candidate], now: DateTime<Utc>) -> Choice {
    let obstacles: Vec<_> = candidates.iter().map(|candidate| obstacle(work, candidate, now)).collect();
    let preferred = work
        .preferred
        .and_then(|preferred| candidates.iter().find(|candidate| candidate.person == preferred.person));
    let first = first(work, preferred, now);
    let able: Vec<_> = candidates
        .iter()
        .zip(&obstacles)
        .filter_map(|(candidate, obstacle)| obstacle.is_none().then_some(candidate))
        .collect();
    let chosen = match first {
        First::Takes(_) => preferred,
        First::Awaited(_) => None,
        First::Nobody => able.iter().copied().min_by_key(|candidate| candidate.preference()),
    };
    let verdict = |candidate: &Candidate, obstacle: Option<Verdict>| match (obstacle, first, chosen) {
        (Some(obstacle), ..) => obstacle,
        (None, First::Awaited(Preferred { person, until, .. }), _) => Verdict::ReservedFor { person, until },
        (None, _, Some(chosen)) if candidate.person != chosen.person => match first {
            First::Takes(_) => Verdict::NotPreferred,
            _ if candidate.load > chosen.load => Verdict::Busier { load: candidate.load },
            _ => Verdict::IdleForLess,
        },
        (None, ..) => Verdict::Chosen,
    };
    let considered: Vec<_> = candidates
        .iter()
        .zip(&obstacles)
        .map(|(candidate, obstacle)| Considered {
            person: candidate.person,
            verdict: verdict(candidate, *obstacle),
        })
        .collect();
    let decision = match chosen {
        Some(chosen) => {
            Decision::Assign { person: chosen.person, reason: reason(work, chosen, able.len(), first, now) }
        }
        None => Decision::Wait {
            reason: considered
                .iter()
                .filter_map(|considered| considered.verdict.wait_reason())
                .max()
                .unwrap_or(nobody(work)),
        },
    };
    let keeps = match (&decision, first) {
        (Decision::Assign { .. }, _) => None,
        (_, First::Awaited(_)) => preferred.and_then(|candidate| keeping(work, candidate, now)),
        _ => candidates.iter().filter_map(|candidate| keeping(work, candidate, now)).min(),
    };
    Choice { decision, keeps: keeps.map(|(.., person)| person), considered }
}

#[cfg(test)]
mod tests;
