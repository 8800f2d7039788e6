//! What holds for every conversation and every policy.

use std::array;

use chrono::NaiveTime;
use domain::{SkillId, TeamId};
use proptest::prelude::*;

use super::*;
use crate::{
    hours,
    policy::{
        AgentSilence, Calendar, CalendarId, CustomerSilence, Late, LateAction, Overflow, Relaxation, Relaxed,
        Span, Targets, Week,
    },
};

/// Seconds after ten in the morning that a test looks at.
const LAST: i64 = 240;

fn second(n: i64) -> DateTime<Utc> {
    after("10:00", n)
}

/// Closed for some seconds now and then.
fn calendar() -> impl Strategy<Value = Option<Calendar>> {
    let time = |n: i64| (second(n) - TimeDelta::hours(5)).time();
    let calendar = (0..60_i64, 0..60_i64, 0..60_i64).prop_map(move |(from, length, pause)| {
        let (one, two) = (from + length, from + length + pause);
        let spans =
            vec![Span { from: time(from), to: time(one) }, Span { from: time(two), to: NaiveTime::MIN }];
        Calendar {
            id: CalendarId(id(1)),
            name: "Día".into(),
            zone: America::Bogota,
            week: Week(array::from_fn(|_| spans.clone())),
            holidays: Vec::new(),
        }
    });
    prop::option::of(calendar)
}

fn soon() -> impl Strategy<Value = u32> {
    1..150_u32
}

fn patience() -> impl Strategy<Value = Queue> {
    let relaxation = prop::collection::vec(soon(), 0..3);
    let late = prop::collection::vec((soon(), 0..4_u8), 0..4);
    let targets = (prop::option::of(soon()), prop::option::of(soon()), prop::option::of(soon()));
    (relaxation, late, prop::option::of(soon()), targets).prop_map(|(relaxation, late, overflow, targets)| {
        let words = |text: &str| Message([("es".to_owned(), text.to_owned())].into());
        let relaxation =
            relaxation.into_iter().map(|after| Relaxation { after, relaxed: Relaxed::Lower { levels: 1 } });
        let late = late.into_iter().enumerate().map(|(n, (after, what))| Late {
            after,
            action: match what {
                0 => LateAction::Move { to: queue(3) },
                1 => LateAction::Tell { message: words(&n.to_string()) },
                _ => LateAction::Tag { tag: n.to_string() },
            },
        });
        let (first_response, next_response, resolution) = targets;
        Queue {
            relaxation: relaxation.collect(),
            late: late.collect(),
            overflow: overflow.map(|after| Overflow { after, to: queue(2) }),
            targets: Targets { first_response, next_response, resolution },
            calendar: Some(CalendarId(id(1))),
            ..Queue::usual(queue(1))
        }
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let agents = prop::option::of((soon(), 0..150_u32, any::<bool>()));
    let customers = prop::option::of((prop::option::of(soon()), prop::option::of(soon())));
    (patience(), agents, customers, calendar()).prop_map(|(queue, agents, customers, calendar)| {
        let words = |text: &str| Message([("es".to_owned(), text.to_owned())].into());
        let agent_silence = agents.map(|(warn_after, leave_after, back)| AgentSilence {
            warn_after,
            leave_after,
            then: if back { SilentAgent::BackToQueue } else { SilentAgent::Supervisor },
            pause: back,
        });
        let customer_silence = customers.map(|(remind_after, close_after)| CustomerSilence {
            remind_after,
            reminder: words("¿Sigue ahí?"),
            close_after,
            outcome: "silencio".into(),
        });
        let mut queue = Queue { agent_silence, customer_silence, ..queue };
        queue.messages.welcome = Some(words("Hola"));
        queue.messages.closed = Some(words("Cerrado"));
        queue.messages.expected_wait = Some(words("Espere"));
        Policy { queues: vec![queue], calendars: calendar.into_iter().collect(), ..Policy::default() }
    })
}

fn any_facts() -> impl Strategy<Value = DueFacts> {
    let state = prop::sample::select(ConversationState::ALL);
    let must_act = prop::sample::select(MustAct::ALL);
    let moment = || prop::option::of(0..40_i64);
    (
        (state, must_act, 0..40_i64, 0..40_i64),
        (moment(), moment(), prop::option::of(0..LAST), prop::option::of(0..LAST)),
    )
        .prop_map(|((state, must_act, queued, since), (assigned, answered, window, aside))| DueFacts {
            state,
            must_act,
            queued_at: second(queued),
            must_act_since: second(since),
            assigned_at: assigned.map(second),
            first_answered_at: answered.map(second),
            window_until: window.map(second),
            snoozed_until: aside.map(second),
            ..maria("10:00")
        })
}

/// What was done at which second, judged at each of these.
fn judged(policy: &Policy, facts: &DueFacts, seconds: impl Iterator<Item = i64>) -> Vec<(i64, Action)> {
    let mut memory = Memory::default();
    let mut done = Vec::new();
    for n in seconds {
        let judged = judge(facts, &memory, policy, second(n));
        done.extend(judged.actions.into_iter().map(|action| (n, action)));
        memory = judged.memory;
    }
    done
}

/// What may be said depends on the moment; everything else does not.
fn without_words(done: &[(i64, Action)]) -> Vec<&Action> {
    done.iter().map(|(_, action)| action).filter(|action| !matches!(action, Action::Say { .. })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn asking_again_asks_for_nothing(policy in any_policy(), facts in any_facts(), n in 0..LAST) {
        let first = judge(&facts, &Memory::default(), &policy, second(n));
        let again = judge(&facts, &first.memory, &policy, second(n));
        prop_assert_eq!(again.actions, []);
        prop_assert_eq!((again.memory, again.next), (first.memory, first.next));
    }

    #[test]
    fn second_by_second_or_in_jumps_the_same_is_done(
        policy in any_policy(), facts in any_facts(), jumps in prop::collection::btree_set(0..LAST, 0..6),
    ) {
        let steps = judged(&policy, &facts, 0..=LAST);
        let jumped = judged(&policy, &facts, jumps.into_iter().chain([LAST]));
        prop_assert_eq!(without_words(&steps), without_words(&jumped));
    }

    #[test]
    fn nothing_is_done_twice_and_what_is_said_neither(policy in any_policy(), facts in any_facts()) {
        let done = judged(&policy, &facts, 0..=LAST);
        let kinds: Vec<String> = done.iter().map(|(_, action)| match action {
            // Greeted once, whichever way.
            Action::Say { what: Said::Welcome | Said::Closed { .. }, .. } => "greeted".into(),
            Action::Say { what: Said::ExpectedWait { .. }, .. } => "wait told".into(),
            action => format!("{action:?}"),
        }).collect();
        let different: BTreeSet<&String> = kinds.iter().collect();
        prop_assert_eq!(different.len(), kinds.len(), "{:?}", done);
        // Whatever goes elsewhere is the last thing.
        let leaves = done.iter().position(|(_, action)| action.goes_elsewhere());
        prop_assert!(leaves.is_none_or(|at| at == done.len() - 1), "{:?}", done);
    }

    #[test]
    fn everything_is_done_at_its_second(policy in any_policy(), facts in any_facts()) {
        let (queue, calendar) = (&policy.queues[0], policy.calendars.first());
        let waited = |n: i64| hours::open_seconds(calendar, facts.queued_at, second(n));
        let held = facts.must_act_since.max(facts.assigned_at.unwrap_or(facts.must_act_since));
        for (n, action) in judged(&policy, &facts, 0..=LAST) {
            let (due, so_far) = match action {
                Action::Tag { tag } => (queue.late[tag.parse::<usize>().unwrap()].after, waited(n)),
                Action::Say { what: Said::Late, words } => (queue.late[words.parse::<usize>().unwrap()].after, waited(n)),
                Action::Relax { steps } => {
                    let before = queue.relaxation.iter().take(usize::try_from(steps).unwrap());
                    (before.map(|step| step.after).max().unwrap(), waited(n))
                }
                Action::Overflow { .. } => (queue.overflow.unwrap().after, waited(n)),
                Action::WarnSilentAgent => {
                    (queue.agent_silence.unwrap().warn_after, hours::open_seconds(calendar, held, second(n)))
                }
                Action::CloseSilent { .. } => {
                    let after = queue.customer_silence.as_ref().unwrap().close_after.unwrap();
                    (after, (second(n) - facts.must_act_since).num_seconds())
                }
                Action::Breached { promise } => {
                    let from = if promise == Promise::Next { facts.must_act_since } else { facts.opened_at };
                    (queue.targets.of(promise).unwrap(), hours::open_seconds(calendar, from, second(n)))
                }
                _ => continue,
            };
            prop_assert_eq!(so_far, i64::from(due));
        }
    }

    #[test]
    fn between_now_and_next_nothing_is_to_be_done(policy in any_policy(), facts in any_facts()) {
        let mut memory = Memory::default();
        let mut expected = Some(second(0));
        for n in 0..=LAST {
            let judged = judge(&facts, &memory, &policy, second(n));
            if expected == Some(second(n)) {
                prop_assert!(n == 0 || judged.memory != memory, "called for nothing");
                prop_assert!(judged.next.is_none_or(|next| next > second(n)));
                expected = judged.next;
            } else {
                prop_assert_eq!(&judged.actions, &[], "at second {}, expected {:?}", n, expected);
                prop_assert_eq!(&judged.memory, &memory);
                prop_assert_eq!(judged.next, expected);
            }
            memory = judged.memory;
        }
    }

    #[test]
    fn a_later_step_never_asks_for_more(
        skills in prop::collection::btree_map(0..5_u128, 1..=5_u8, 0..5),
        extra in prop::collection::btree_map(0..5_u128, 1..=5_u8, 0..5),
        steps in prop::collection::vec((0..3_u8, 0..5_u128), 0..6),
    ) {
        let with_ids = |skills: std::collections::BTreeMap<u128, u8>| -> Skills {
            skills.into_iter().map(|(skill, level)| (SkillId(id(skill)), level)).collect()
        };
        let relaxation = steps.iter().map(|(what, n)| Relaxation {
            after: 1,
            relaxed: match what {
                0 => Relaxed::Lower { levels: u8::try_from(*n).unwrap() },
                1 => Relaxed::Drop { skill: SkillId(id(*n)) },
                _ => Relaxed::Widen { teams: [TeamId(id(*n))].into() },
            },
        });
        let relaxation: Vec<_> = relaxation.collect();
        let queue = Queue { skills: with_ids(skills), relaxation, ..Queue::usual(queue(1)) };
        let extra = with_ids(extra);
        for step in 0..6 {
            let (before, after) = (asked(&queue, &extra, step), asked(&queue, &extra, step + 1));
            for (skill, level) in &after.skills {
                prop_assert!(before.skills.get(skill).is_some_and(|before| before >= level));
            }
            prop_assert!(after.widened.is_superset(&before.widened));
        }
    }
}
