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

/// What keeps a candidate from taking `work`, whatever the others are; `None` for nothing.
///
/// The order is that of [`WaitReason`]: from what only the admin can change to what changes by itself.
pub(crate) fn obstacle(work: &Work, candidate: &Candidate, now: DateTime<Utc>) -> Option<Verdict> {
    let Work { weight, queue, .. } = *work;
    let needed = weight.max(1);
    if !candidate.serves(work) {
        return Some(Verdict::OtherQueue);
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
                .unwrap_or(WaitReason::NobodyServesTheQueue),
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
mod tests {
    use domain::{QueueId, TeamId, event::PreferredAs};

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_763_700_000 + second, 0).unwrap()
    }

    fn agent(queue: QueueId, load: u32, idle_since: i64) -> Candidate {
        Candidate {
            queues: [queue].into(),
            load,
            ..Candidate::new(PersonId::new(), PresenceState::Available, 3, at(idle_since))
        }
    }

    fn work(queue: QueueId, skills: &[(SkillId, u8)]) -> Work {
        Work {
            skills: skills.iter().copied().collect(),
            ..Work::new(ConversationId::new(), queue, at(0), at(0))
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
                Verdict::Full { load: 3, capacity: 3, weight: 1 },
                Verdict::LacksSkill { skill: english, needed: 2, has: 0 },
                Verdict::OtherQueue,
                Verdict::Away { presence: PresenceState::Paused },
            ]
        );
        let reason = AssignmentReason::Routed {
            waited_seconds: 60,
            candidates: 3,
            load: 1,
            capacity: 3,
            weight: 1,
            preferred: None,
            relaxed: 0,
            policy: 0,
        };
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
        let returned = Work { barred: [ana.person].into(), ..work(citas, &[]) };
        let decision = |team: &[Candidate]| choose(&returned, team, at(0)).decision;
        assert!(
            matches!(decision(&[ana.clone(), ben.clone()]), Decision::Assign { person, .. } if person == ben.person)
        );
        assert_eq!(decision(&[ana]), Decision::Wait { reason: WaitReason::OnlyBarred });
    }

    #[test]
    fn the_owner_goes_first_is_waited_for_while_full_and_passed_over_once_away() {
        let citas = QueueId::new();
        let (ana, ben) = (agent(citas, 2, 50), agent(citas, 0, 0));
        let preferred = Preferred { person: ana.person, until: at(30), why: PreferredAs::Owner };
        let hers = Work { preferred: Some(preferred), ..work(citas, &[]) };
        let with = |ana: Candidate, second: i64| {
            let choice = choose(&hers, &[ana, ben.clone()], at(second));
            let verdicts = choice.considered.iter().map(|considered| considered.verdict).collect::<Vec<_>>();
            (choice.decision, verdicts[0], verdicts[1])
        };
        let takes = |decision: &Decision, who: &Candidate| matches!(decision, Decision::Assign { person, .. } if *person == who.person);

        let (decision, hers, his) = with(ana.clone(), 0);
        assert!(takes(&decision, &ana), "although he is less loaded");
        assert_eq!((hers, his), (Verdict::Chosen, Verdict::NotPreferred));
        let Decision::Assign { reason: AssignmentReason::Routed { preferred, .. }, .. } = decision else {
            unreachable!()
        };
        assert_eq!(preferred, Some(PreferredAs::Owner));

        let full = Candidate { load: 3, ..ana.clone() };
        let (decision, _, his) = with(full.clone(), 29);
        assert_eq!(decision, Decision::Wait { reason: WaitReason::ForThePreferred });
        assert_eq!(his, Verdict::ReservedFor { person: ana.person, until: at(30) });
        assert!(takes(&with(full, 30).0, &ben), "long enough");

        let wrapping_up = Candidate { busy_until: Some(at(20)), ..ana.clone() };
        assert_eq!(with(wrapping_up.clone(), 10).1, Verdict::WrappingUp { until: at(20) });
        assert!(takes(&with(wrapping_up, 20).0, &ana));
        let gone = Candidate { presence: PresenceState::PrePause, load: 3, ..ana.clone() };
        assert!(takes(&with(gone, 0).0, &ben));
        let elsewhere = Candidate { queues: [].into(), load: 3, ..ana.clone() };
        assert!(takes(&with(elsewhere, 0).0, &ben));
        let nobody_of_that_name = choose(
            &Work {
                preferred: Some(Preferred {
                    person: PersonId::new(),
                    until: at(9),
                    why: PreferredAs::LastAgent,
                }),
                ..work(citas, &[])
            },
            std::slice::from_ref(&ben),
            at(0),
        );
        assert!(takes(&nobody_of_that_name.decision, &ben));
    }

    #[test]
    fn slots_are_counted_in_all_and_by_queue() {
        let citas = QueueId::new();
        let heavy = Work { weight: 2, ..work(citas, &[]) };
        let team = [
            Candidate { capacity: 1, ..agent(citas, 0, 0) },
            agent(citas, 2, 0),
            Candidate {
                at_most: [(citas, 2)].into(),
                load_by_queue: [(citas, 1)].into(),
                ..agent(citas, 1, 0)
            },
            Candidate { at_most: [(citas, 1)].into(), ..agent(citas, 0, 0) },
        ];
        let choice = choose(&heavy, &team, at(0));
        let verdicts: Vec<_> = choice.considered.iter().map(|considered| considered.verdict).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::TooHeavy { capacity: 1, weight: 2 },
                Verdict::Full { load: 2, capacity: 3, weight: 2 },
                Verdict::QueueFull { load: 1, at_most: 2, weight: 2 },
                Verdict::TooHeavy { capacity: 1, weight: 2 },
            ]
        );
        assert_eq!(choice.decision, Decision::Wait { reason: WaitReason::EverybodyIsFull });
        assert_eq!(choice.keeps, Some(team[1].person), "her free slot waits for a second one");
        assert_eq!(
            choose(&heavy, &team[..1], at(0)).decision,
            Decision::Wait { reason: WaitReason::TooHeavyForAnybody }
        );
    }

    #[test]
    fn people_of_a_team_it_was_widened_to_take_it_too() {
        let (citas, night) = (QueueId::new(), TeamId::new());
        let helper = Candidate { queues: [].into(), teams: [night].into(), ..agent(citas, 0, 0) };
        let widened = Work { widened: [night].into(), ..work(citas, &[]) };
        let decision = |work: &Work| choose(work, std::slice::from_ref(&helper), at(0)).decision;
        assert!(matches!(decision(&widened), Decision::Assign { .. }));
        assert_eq!(decision(&work(citas, &[])), Decision::Wait { reason: WaitReason::NobodyServesTheQueue });
    }
}
