use std::collections::BTreeSet;

use domain::{ChannelId, PersonId, SkillId};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    WaitReason,
    policy::{Overflow, Relaxation, Relaxed, Sticky, StickyTo, Targets},
};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_763_715_600 + second, 0).unwrap()
}

fn queue(n: u128) -> QueueId {
    QueueId(Uuid::from_u128(n))
}

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

const ENGLISH: SkillId = SkillId(Uuid::from_u128(77));

/// A queue served by these people, which promises an answer within a minute.
fn served_by(n: u128, people: &[u128]) -> Queue {
    Queue {
        members: people.iter().map(|n| person(*n)).collect(),
        targets: Targets { first_response: Some(60), ..Targets::default() },
        ..Queue::usual(queue(n))
    }
}

/// Agents with a slot each, and these queues.
fn policy(agents: &[u128], queues: Vec<Queue>) -> Policy {
    let agent = Agent { capacity: 1, ..Agent::default() };
    Policy {
        agents: agents.iter().map(|n| (person(*n), agent.clone())).collect(),
        queues,
        ..Policy::default()
    }
}

/// Somebody new who writes to queue 1.
fn arrival(second: i64, handle_seconds: u32) -> Arrival {
    Arrival {
        at: at(second),
        contact: ContactId::new(),
        kind: ChannelKind::WhatsappCloud,
        to: Destination::Queue { queue: queue(1), skills: Skills::new(), priority: 0 },
        vip: false,
        owner: None,
        last_agent: None,
        handle_seconds,
        patience: None,
    }
}

/// An hour of these people.
fn hour(people: &[u128], arrivals: Vec<Arrival>) -> Day {
    let shift = |n: &u128| Shift { person: person(*n), from: at(0), to: at(3_600), pauses: Vec::new() };
    Day { arrivals, shifts: people.iter().map(shift).collect(), ..Day::default() }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn one_agent_and_three_customers_by_hand() {
    let day = hour(&[1], vec![arrival(0, 50), arrival(10, 100), arrival(20, 300), arrival(3_595, 300)]);
    let report = rehearse(&policy(&[1], vec![served_by(1, &[1])]), &day);
    // Taken at 0, 50, 150 and 3,595.
    let figures = &report.total;
    assert_eq!((figures.offered, figures.answered, figures.abandoned, figures.waiting), (4, 4, 0, 0));
    assert!(near(figures.waits.mean, 42.5));
    let Waits { median, p90, p95, max, .. } = figures.waits;
    assert_eq!((median, p90, p95, max), (0, 130, 130, 130));
    assert_eq!(figures.service_level, Some(0.75));
    assert_eq!(report.queues, [(queue(1), figures.clone())].into());
    assert!(near(report.occupancy, (450.0 + 5.0) / 3_600.0));
    assert!(near(report.spread, 0.0));
    let longest = &report.worst[0];
    assert_eq!((longest.arrival, longest.waited, longest.taken_by), (2, 130, Some(person(1))));
    assert_eq!(longest.why, Some(WaitReason::EverybodyIsFull));
}

#[test]
fn customers_give_up_and_some_still_wait_at_the_end() {
    let patient = |second, patience| Arrival { patience, ..arrival(second, 10) };
    let arrivals = vec![arrival(0, 4_000), patient(10, Some(50)), patient(20, None), patient(3_580, None)];
    let figures = rehearse(&policy(&[1], vec![served_by(1, &[1])]), &hour(&[1], arrivals)).total;
    assert_eq!((figures.answered, figures.abandoned, figures.waiting), (1, 1, 2));
    assert_eq!(figures.service_level, Some(1.0 / 3.0), "of the last one nobody knows yet");
}

#[test]
fn the_longer_it_waits_the_less_is_asked() {
    let lower = Relaxation { after: 90, relaxed: Relaxed::Lower { levels: 2 } };
    let asking = Queue { skills: [(ENGLISH, 3)].into(), relaxation: vec![lower], ..served_by(1, &[1]) };
    let mut policy = policy(&[1], vec![asking]);
    policy.agents.get_mut(&person(1)).unwrap().skills.insert(ENGLISH, 1);
    let report = rehearse(&policy, &hour(&[1], vec![arrival(100, 60)]));
    assert_eq!(report.total.waits.max, 90);
    assert_eq!(report.worst[0].why, Some(WaitReason::NobodyHasTheSkills));
}

#[test]
fn another_queue_takes_over_and_the_wait_counts_where_it_began() {
    let lost = Queue { overflow: Some(Overflow { after: 120, to: queue(2) }), ..served_by(1, &[]) };
    let back = Queue { overflow: Some(Overflow { after: 10, to: queue(1) }), ..served_by(2, &[1]) };
    let report = rehearse(&policy(&[1], vec![lost, back]), &hour(&[1], vec![arrival(0, 60)]));
    let figures = &report.queues[&queue(1)];
    assert_eq!((figures.answered, figures.moved, figures.waits.max), (1, 1, 120));
    assert!(!report.queues.contains_key(&queue(2)));
}

#[test]
fn whoever_wrote_before_goes_to_the_same_agent_unless_it_takes_too_long() {
    let sticky = Sticky { to: StickyTo::LastAgent, wait: 60 };
    let usual = served_by(1, &[1, 2]);
    let waits_for_her = Queue { sticky: Some(sticky), ..usual.clone() };
    let maria = ContactId::new();
    let of_maria = |second, lasts| Arrival { contact: maria, ..arrival(second, lasts) };
    // Agent 1 takes Maria's first, then another; Maria is back while agent 1 is busy, and agent 2 is free.
    let day =
        |busy| hour(&[1, 2], vec![of_maria(0, 10), arrival(1, 20), arrival(100, busy), of_maria(110, 10)]);
    let waited = |queue: &Queue, busy| {
        let report = rehearse(&policy(&[1, 2], vec![queue.clone()]), &day(busy));
        (report.total.waits.max, report.agents.iter().map(|agent| agent.taken).collect::<Vec<_>>())
    };
    assert_eq!(waited(&usual, 50), (0, vec![2, 2]));
    assert_eq!(waited(&waits_for_her, 50), (40, vec![3, 1]), "until agent 1 is done");
    assert_eq!(waited(&waits_for_her, 500), (60, vec![2, 2]), "no longer than a minute");
}

#[test]
fn nobody_is_given_anything_while_they_wrap_up_pause_or_are_at_home() {
    let slow = Queue { wrap_up: 30, ..served_by(1, &[1]) };
    let mut day = hour(&[1], vec![arrival(0, 100), arrival(1, 100), arrival(210, 10), arrival(4_000, 10)]);
    day.shifts[0].pauses.push((at(200), at(600)));
    day.shifts.push(Shift { person: person(1), from: at(5_000), to: at(6_000), pauses: Vec::new() });
    let report = rehearse(&policy(&[1], vec![slow]), &day);
    // The second at 130 after wrapping up, the third after the pause, the fourth on the evening shift.
    assert!(near(report.total.waits.mean, (129.0 + 390.0 + 1_000.0) / 4.0));
    assert_eq!(report.agents[0].at_work, 3_200 + 1_000);
    let why: Vec<_> = report.worst.iter().map(|long| long.why).collect();
    assert_eq!(
        why,
        [WaitReason::EverybodyIsAway, WaitReason::EverybodyIsAway, WaitReason::EverybodyIsFull].map(Some)
    );
}

#[test]
fn two_policies_side_by_side() {
    let day = hour(&[1, 2], (0..20).map(|n| arrival(n * 60, 120)).collect());
    let alone = rehearse(&policy(&[1], vec![served_by(1, &[1])]), &day);
    let together = rehearse(&policy(&[1, 2], vec![served_by(1, &[1, 2])]), &day);
    let comparison = compare(&alone, &together);
    assert!(comparison.total.before.waits.mean > 500.0 && near(comparison.total.after.waits.mean, 0.0));
    assert_eq!(comparison.queues[&queue(1)].after, together.total);
    assert!(near(comparison.agents[&person(2)].before, 0.0));
    assert!(near(comparison.agents[&person(2)].after, 1_200.0 / 3_600.0));
}

/// A clinic with three queues, one of them in English, and twelve agents.
fn clinic() -> Policy {
    let people: Vec<u128> = (1..=12).collect();
    let english = Queue { skills: [(ENGLISH, 2)].into(), ..served_by(3, &people) };
    let mut clinic = policy(&people, vec![served_by(1, &people[..8]), served_by(2, &people[4..]), english]);
    for (agent, level) in clinic.agents.values_mut().zip((0..4_u8).cycle()) {
        agent.capacity = 2;
        agent.skills.insert(ENGLISH, level + 1);
    }
    clinic
}

#[test]
fn a_generated_day_has_two_peaks_and_can_be_had_again() {
    let day = Day::generate(7, &clinic(), at(0), 2_000);
    assert_eq!(day, Day::generate(7, &clinic(), at(0), 2_000));
    assert_ne!(day, Day::generate(8, &clinic(), at(0), 2_000));
    let in_hours = |from: i64| {
        let span = at(from * 3_600)..at((from + 2) * 3_600);
        day.arrivals.iter().filter(|arrival| span.contains(&arrival.at)).count()
    };
    let (morning, noon, evening) = (in_hours(2), in_hours(5), in_hours(8));
    assert!(morning > 2 * noon && evening > noon * 3 / 2, "{morning} {noon} {evening}");
    let contacts: BTreeSet<_> = day.arrivals.iter().map(|arrival| arrival.contact).collect();
    assert!((1_500..1_800).contains(&contacts.len()), "one in six wrote before");
    assert_eq!(Day::generate(7, &Policy::default(), at(0), 10).arrivals, []);
}

#[test]
fn a_made_day_is_as_it_was_asked_for() {
    let recipe = Recipe { seed: 3, per_hour: 60, people: Some(5), handle_seconds: 240, vip_percent: 30 };
    let mut clinic = clinic();
    clinic.agents.get_mut(&person(2)).unwrap().capacity = 0;
    let day = Day::made(&recipe, &clinic, at(0));
    assert_eq!(day, Day::made(&recipe, &clinic, at(0)));
    assert_eq!(day.arrivals.len(), 660);
    let people: Vec<_> = day.shifts.iter().map(|shift| shift.person).collect();
    assert_eq!(people, [1, 3, 4, 5, 6].map(person), "who has no slots does not come");
    let vips = day.arrivals.iter().filter(|arrival| arrival.vip).count();
    assert!((150..250).contains(&vips), "{vips}");
    let all: u64 = day.arrivals.iter().map(|arrival| u64::from(arrival.handle_seconds)).sum();
    assert!((239..=240).contains(&(all / 660)), "{all}");
    // Nothing else changes with the share of VIPs.
    let mut fewer = Day::made(&Recipe { vip_percent: 0, ..recipe }, &clinic, at(0));
    assert!(fewer.arrivals.iter().all(|arrival| !arrival.vip));
    for (one, other) in fewer.arrivals.iter_mut().zip(&day.arrivals) {
        one.vip = other.vip;
    }
    assert_eq!(fewer, day);
}

#[test]
fn what_if_two_more_came_everybody_had_a_slot_more_or_nobody_asked_for_english() {
    let english = Queue { skills: [(ENGLISH, 3)].into(), ..served_by(1, &[1]) };
    let mut policy = policy(&[1, 2], vec![english, served_by(2, &[2])]);
    policy.agents.get_mut(&person(1)).unwrap().skills.insert(ENGLISH, 3);
    let mut day = hour(&[1], (0..4).map(|n| arrival(n, 600)).collect());
    day.shifts[0].pauses.push((at(1_000), at(1_200)));
    let day = day;
    let waits = |what_if: &WhatIf| {
        let (mut policy, mut day) = (policy.clone(), day.clone());
        let extra = what_if.apply(&mut policy, &mut day).unwrap();
        (rehearse(&policy, &day).total.waits.max, extra)
    };
    assert_eq!(waits(&WhatIf::default()), (1_797, Vec::new()));
    let two = vec![More { queue: queue(1), people: 2 }];
    // Both speak English as the first does, and pause when they do.
    let two_more = WhatIf { more: two.clone(), ..WhatIf::default() };
    let (longest, extra) = waits(&two_more);
    assert_eq!((longest, extra.len()), (597, 2));
    assert!(extra.iter().all(|one| !policy.agents.contains_key(one)));
    assert_eq!(waits(&WhatIf { capacity: 1, ..WhatIf::default() }).0, 598);
    assert_eq!(waits(&WhatIf { more: two, capacity: 1, ..WhatIf::default() }).0, 0);
    assert_eq!(waits(&WhatIf { capacity: -3, ..WhatIf::default() }).0, 1_797, "nobody has less than a slot");

    // Nobody there speaks English, and nobody who serves the second queue is there.
    let mut silent = policy.clone();
    silent.agents.get_mut(&person(1)).unwrap().skills.clear();
    assert_eq!(rehearse(&silent, &day).total.answered, 0);
    let (mut free, mut same) = (silent.clone(), day.clone());
    WhatIf { without: [ENGLISH].into(), ..WhatIf::default() }.apply(&mut free, &mut same).unwrap();
    assert_eq!(rehearse(&free, &same).total.answered, 4);
    let nobody = WhatIf { more: vec![More { queue: queue(2), people: 1 }], ..WhatIf::default() };
    let refused = nobody.apply(&mut policy.clone(), &mut day.clone());
    assert_eq!(refused, Err(NobodyToBeLike { queue: queue(2) }));
}

#[test]
fn whoever_is_of_a_serving_team_takes_its_conversations_and_whoever_supervises_does_not() {
    let (serving, watching) = (TeamId(Uuid::from_u128(5)), TeamId(Uuid::from_u128(6)));
    let by_team = Queue { served_by: [serving].into(), teams: [watching].into(), ..served_by(1, &[]) };
    let mut day = hour(&[1, 2], vec![arrival(0, 60), arrival(1, 60)]);
    day.teams = [(serving, [person(1)].into()), (watching, [person(2)].into())].into();
    let report = rehearse(&policy(&[1, 2], vec![by_team]), &day);
    assert_eq!(report.agents.iter().map(|agent| agent.taken).collect::<Vec<_>>(), [2, 0]);
}

#[test]
fn a_rehearsal_ends_as_soon_as_it_may_not_go_on() {
    let day = hour(&[1], (0..50).map(|n| arrival(n, 600)).collect());
    let policy = policy(&[1], vec![served_by(1, &[1])]);
    let mut asked = 0;
    let given_up = rehearse_while(&policy, &day, || {
        asked += 1;
        asked < 10
    });
    assert_eq!((given_up, asked), (None, 10));
    assert_eq!(rehearse_while(&policy, &day, || true), Some(rehearse(&policy, &day)));
}

#[test]
fn what_the_rules_say_now_decides_about_yesterday() {
    use crate::{
        entry::EntryFacts,
        policy::{Entry, EntryRule, EntryRuleId},
    };
    let rule = EntryRule {
        id: EntryRuleId(Uuid::nil()),
        name: "todo".into(),
        on: true,
        tests: Vec::new(),
        entry: Entry {
            queue: queue(2),
            skills: Skills::new(),
            speaks_language: false,
            priority: 0,
            tags: BTreeSet::new(),
            greeting: None,
        },
    };
    let facts = EntryFacts {
        channel: ChannelId(Uuid::nil()),
        kind: ChannelKind::WhatsappCloud,
        text: None,
        stated_language: None,
        referral: None,
        attributes: BTreeMap::new(),
        vip: false,
        owned: false,
        last_closed: None,
        fallback_queue: queue(1),
    };
    let came = Arrival { to: Destination::Rules { facts: Box::new(facts) }, ..arrival(0, 10) };
    let mut settings = policy(&[1], vec![served_by(1, &[1]), served_by(2, &[1])]);
    let went_to =
        |policy: &Policy| *rehearse(policy, &hour(&[1], vec![came.clone()])).queues.keys().next().unwrap();
    assert_eq!(went_to(&settings), queue(1));
    settings.rules.push(rule);
    assert_eq!(went_to(&settings), queue(2));
}

#[test]
fn a_pool_shows_what_it_costs_that_not_everybody_takes_everything() {
    let clinic = clinic();
    for seed in 0..3 {
        let mut day = Day::generate(seed, &clinic, at(0), 700);
        day.arrivals.iter_mut().for_each(|arrival| arrival.patience = None);
        let (as_it_is, pool) = (rehearse(&clinic, &day).total, pooled(&clinic, &day).total);
        assert_eq!((pool.offered, pool.answered), (as_it_is.offered, as_it_is.answered));
        assert!(pool.waits.mean < as_it_is.waits.mean, "{pool:?} {as_it_is:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_day_adds_up(seed: u64, conversations in 0_u32..600) {
        let clinic = clinic();
        let day = Day::generate(seed, &clinic, at(0), conversations);
        let report = rehearse(&clinic, &day);
        prop_assert_eq!(&report, &rehearse(&clinic, &day));
        let figures = &report.total;
        prop_assert_eq!(figures.offered, conversations);
        prop_assert_eq!(figures.answered + figures.abandoned + figures.waiting, conversations);
        prop_assert_eq!(report.queues.values().map(|queue| queue.offered).sum::<u32>(), conversations);
        prop_assert_eq!(report.agents.iter().map(|agent| agent.taken).sum::<u32>(), figures.answered);
        for agent in &report.agents {
            prop_assert!((0.0..=1.0).contains(&agent.occupancy));
        }
        let Waits { median, p90, p95, max, .. } = figures.waits;
        prop_assert!(0 <= median && median <= p90 && p90 <= p95 && p95 <= max);
    }
}
