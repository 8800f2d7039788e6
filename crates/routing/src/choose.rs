//! One conversation, decided and explained.

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState, SkillId, event::AssignmentReason};
use serde::{Deserialize, Serialize};

use crate::{Candidate, Decision, WaitReason, Work};

/// A decision and how every candidate fared in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What was decided.
    pub decision: Decision,
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
    /// Does not serve the queue.
    OtherQueue,
    /// Lacks a skill, or is not good enough at it.
    LacksSkill {
        /// Which.
        skill: SkillId,
        /// The level asked for.
        needed: u8,
        /// The level they have; 0 is none.
        has: u8,
    },
    /// On a pause or not at work.
    Away {
        /// What they are.
        presence: PresenceState,
    },
    /// Holds as many as they may.
    Full {
        /// How many they hold.
        load: u32,
        /// How many they may hold.
        capacity: u32,
    },
    /// Has just put it back into the queue.
    PutItBack,
    /// Could have, but holds more than the chosen one.
    Busier {
        /// How many they hold.
        load: u32,
    },
    /// Could have and holds as few, but was given one more recently.
    IdleForLess,
}

/// What keeps a candidate from taking `work`, whatever the others are; `None` for nothing.
pub(crate) fn obstacle(work: &Work, candidate: &Candidate) -> Option<Verdict> {
    if !candidate.queues.contains(&work.queue) {
        return Some(Verdict::OtherQueue);
    }
    if let Some((skill, needed, has)) = candidate.lacks(&work.skills) {
        return Some(Verdict::LacksSkill { skill, needed, has });
    }
    if candidate.presence != PresenceState::Available {
        return Some(Verdict::Away { presence: candidate.presence });
    }
    let Candidate { load, capacity, .. } = *candidate;
    if !candidate.has_room() {
        return Some(Verdict::Full { load, capacity });
    }
    (work.returned_by == Some(candidate.person)).then_some(Verdict::PutItBack)
}

impl Verdict {
    /// What a queue of which this is the best verdict waits for; `None` when somebody could take it.
    pub(crate) fn wait_reason(self) -> Option<WaitReason> {
        match self {
            Self::OtherQueue => Some(WaitReason::NobodyServesTheQueue),
            Self::LacksSkill { .. } => Some(WaitReason::NobodyHasTheSkills),
            Self::Away { .. } => Some(WaitReason::EverybodyIsAway),
            Self::Full { .. } => Some(WaitReason::EverybodyIsFull),
            Self::PutItBack => Some(WaitReason::OnlyWhoPutItBack),
            Self::Chosen | Self::Busier { .. } | Self::IdleForLess => None,
        }
    }
}

/// Picks the agent who should take `work`, or says why it has to wait, and accounts for everybody.
#[must_use]
pub fn choose(work: &Work, candidates: &[Candidate], now: DateTime<Utc>) -> Choice {
    let obstacles: Vec<_> = candidates.iter().map(|candidate| obstacle(work, candidate)).collect();
    let free = || candidates.iter().zip(&obstacles).filter(|(_, obstacle)| obstacle.is_none());
    let chosen = free().map(|(candidate, _)| candidate).min_by_key(|candidate| candidate.preference());

    let decision = match chosen {
        Some(chosen) => Decision::Assign {
            person: chosen.person,
            reason: AssignmentReason::Routed {
                waited_seconds: work.waited_seconds(now),
                candidates: u32::try_from(free().count()).unwrap_or(u32::MAX),
                load: chosen.load,
                capacity: chosen.capacity,
            },
        },
        None => Decision::Wait {
            reason: obstacles
                .iter()
                .flatten()
                .filter_map(|verdict| verdict.wait_reason())
                .max()
                .unwrap_or(WaitReason::NobodyServesTheQueue),
        },
    };
    let verdict = |candidate: &Candidate, obstacle: Option<Verdict>| match (obstacle, chosen) {
        (Some(obstacle), _) => obstacle,
        (None, Some(chosen)) if candidate.person != chosen.person => {
            if candidate.load > chosen.load {
                Verdict::Busier { load: candidate.load }
            } else {
                Verdict::IdleForLess
            }
        }
        (None, _) => Verdict::Chosen,
    };
    let considered = candidates
        .iter()
        .zip(&obstacles)
        .map(|(candidate, obstacle)| Considered {
            person: candidate.person,
            verdict: verdict(candidate, *obstacle),
        })
        .collect();
    Choice { decision, considered }
}

#[cfg(test)]
mod tests {
    use domain::{ConversationId, QueueId};

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_763_700_000 + second, 0).unwrap()
    }

    fn agent(queue: QueueId, load: u32, idle_since: i64) -> Candidate {
        Candidate {
            person: PersonId::new(),
            presence: PresenceState::Available,
            queues: [queue].into(),
            skills: [].into(),
            capacity: 3,
            load,
            idle_since: at(idle_since),
        }
    }

    fn work(queue: QueueId, skills: &[(SkillId, u8)]) -> Work {
        Work {
            conversation: ConversationId::new(),
            queue,
            skills: skills.iter().copied().collect(),
            priority: 0,
            vip: false,
            queued_at: at(0),
            returned_by: None,
        }
    }

    #[test]
    fn the_least_loaded_takes_it_and_everybody_else_learns_why_not() {
        let (citas, english) = (QueueId::new(), SkillId::new());
        let good = |mut agent: Candidate| {
            agent.skills.insert(english, 3);
            agent
        };
        let team = [
            good(agent(citas, 2, 0)),
            good(agent(citas, 1, 5)),
            good(agent(citas, 1, 9)),
            good(agent(citas, 3, 0)),
            agent(citas, 0, 0),
            good(agent(QueueId::new(), 0, 0)),
            good(Candidate { presence: PresenceState::Paused, ..agent(citas, 0, 0) }),
        ];
        let choice = choose(&work(citas, &[(english, 2)]), &team, at(60));
        let verdicts: Vec<_> = choice.considered.iter().map(|considered| considered.verdict).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Busier { load: 2 },
                Verdict::Chosen,
                Verdict::IdleForLess,
                Verdict::Full { load: 3, capacity: 3 },
                Verdict::LacksSkill { skill: english, needed: 2, has: 0 },
                Verdict::OtherQueue,
                Verdict::Away { presence: PresenceState::Paused },
            ]
        );
        let reason = AssignmentReason::Routed { waited_seconds: 60, candidates: 3, load: 1, capacity: 3 };
        assert_eq!(choice.decision, Decision::Assign { person: team[1].person, reason });
    }

    #[test]
    fn waiting_names_the_nearest_cure() {
        let (citas, english) = (QueueId::new(), SkillId::new());
        let reason =
            |team: &[Candidate], skills: &[(SkillId, u8)]| match choose(&work(citas, skills), team, at(0))
                .decision
            {
                Decision::Wait { reason } => Some(reason),
                Decision::Assign { .. } => None,
            };
        let away = Candidate { presence: PresenceState::Offline, ..agent(citas, 0, 0) };
        assert_eq!(reason(&[], &[]), Some(WaitReason::NobodyServesTheQueue));
        assert_eq!(reason(&[agent(QueueId::new(), 0, 0)], &[]), Some(WaitReason::NobodyServesTheQueue));
        assert_eq!(reason(&[agent(citas, 0, 0)], &[(english, 1)]), Some(WaitReason::NobodyHasTheSkills));
        assert_eq!(reason(std::slice::from_ref(&away), &[]), Some(WaitReason::EverybodyIsAway));
        assert_eq!(reason(&[away, agent(citas, 3, 0)], &[]), Some(WaitReason::EverybodyIsFull));
        assert_eq!(reason(&[agent(citas, 2, 0)], &[]), None);
    }

    #[test]
    fn what_was_put_back_goes_to_somebody_else() {
        let citas = QueueId::new();
        let (ana, ben) = (agent(citas, 0, 0), agent(citas, 2, 0));
        let returned = Work { returned_by: Some(ana.person), ..work(citas, &[]) };
        let decision = |team: &[Candidate]| choose(&returned, team, at(0)).decision;
        assert!(
            matches!(decision(&[ana.clone(), ben.clone()]), Decision::Assign { person, .. } if person == ben.person)
        );
        assert_eq!(decision(&[ana]), Decision::Wait { reason: WaitReason::OnlyWhoPutItBack });
    }
}
