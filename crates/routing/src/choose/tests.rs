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
    Work { skills: skills.iter().copied().collect(), ..Work::new(ConversationId::new(), queue, at(0), at(0)) }
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
            preferred: Some(Preferred { person: PersonId::new(), until: at(9), why: PreferredAs::LastAgent }),
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
        Candidate { at_most: [(citas, 2)].into(), load_by_queue: [(citas, 1)].into(), ..agent(citas, 1, 0) },
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
