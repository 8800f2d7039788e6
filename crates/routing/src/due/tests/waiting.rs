//! Stories of those who wait.

use domain::SkillId;

use super::*;

fn patience() -> Value {
    json!({
        "skills": {id(1).to_string(): 3},
        "relaxation": [
            {"after": 60, "relaxed": {"relaxed": "lower", "levels": 1}},
            {"after": 60, "relaxed": {"relaxed": "widen", "teams": [id(7)]}},
            {"after": 120, "relaxed": {"relaxed": "drop", "skill": id(1)}},
        ],
        "late": [
            {"after": 90, "action": {"action": "tell", "message": {"es": "Ya casi"}}},
            {"after": 90, "action": {"action": "tag", "tag": "tarde"}},
            {"after": 300, "action": {"action": "alert"}},
        ],
        "overflow": {"after": 600, "to": id(2)},
    })
}

#[test]
fn the_longer_it_waits_the_less_is_asked_until_another_queue_takes_over() {
    let mut story = Story::new(patience(), maria("10:00"));
    assert_eq!(story.judge(at("10:00:59")), []);
    assert_eq!(story.next, Some(at("10:01")));
    assert_eq!(story.judge(at("10:01")), [Action::Relax { steps: 1 }, Action::Relax { steps: 2 }]);
    let tag = Action::Tag { tag: "tarde".into() };
    assert_eq!(story.judge(at("10:01:30")), [say(Said::Late, "Ya casi"), tag]);
    assert_eq!(story.judge(at("10:02")), [Action::Relax { steps: 3 }]);
    assert_eq!(story.judge(at("10:05")), [Action::Alert { waited: 300 }]);
    assert_eq!(story.judge(at("10:10")), [Action::Overflow { to: queue(2) }]);
    assert_eq!(story.next, None);
    // It stands in queue 2 now, which does nothing.
    (story.facts.queue, story.facts.queued_at) = (queue(2), at("10:10"));
    assert_eq!(story.judge(at("10:30")), []);
}

#[test]
fn judged_late_everything_comes_once_in_its_order() {
    let mut story = Story::new(patience(), maria("10:00"));
    let late = [
        Action::Relax { steps: 1 },
        Action::Relax { steps: 2 },
        say(Said::Late, "Ya casi"),
        Action::Tag { tag: "tarde".into() },
        Action::Relax { steps: 3 },
        Action::Alert { waited: 300 },
        Action::Overflow { to: queue(2) },
    ];
    assert_eq!(story.judge(at("10:31:30")), late);
    // More than half an hour late there is nothing to say any more.
    let mut story = Story::new(patience(), maria("10:00"));
    assert_eq!(story.judge(at("10:31:31")).len(), late.len() - 1);
}

#[test]
fn a_new_wait_begins_anew_and_being_held_is_no_wait() {
    let mut story = Story::new(patience(), maria("10:00"));
    assert_eq!(story.judge(at("10:01")).len(), 2);
    story.facts.state = ConversationState::Assigned;
    assert_eq!(story.judge(at("10:20")), []);
    assert_eq!(story.next, None);
    (story.facts.state, story.facts.queued_at) = (ConversationState::Queued, at("10:20"));
    assert_eq!(story.judge(at("10:20")), []);
    assert_eq!(story.next, Some(at("10:21")));
    assert_eq!(story.judge(at("10:21")), [Action::Relax { steps: 1 }, Action::Relax { steps: 2 }]);
}

#[test]
fn waits_stand_still_while_nobody_is_there() {
    let mut story = Story::new(patience(), maria("17:59:30"));
    assert_eq!(story.judge(at("23:00")), []);
    let tomorrow = at("09:00:30") + TimeDelta::days(1);
    assert_eq!(story.next, Some(tomorrow));
    assert_eq!(story.judge(tomorrow), [Action::Relax { steps: 1 }, Action::Relax { steps: 2 }]);
}

#[test]
fn what_moves_ends_the_wait_after_all_that_was_due_with_it() {
    let late = json!([
        {"after": 60, "action": {"action": "move", "to": id(3)}},
        {"after": 60, "action": {"action": "tag", "tag": "tarde"}},
        {"after": 61, "action": {"action": "alert"}},
    ]);
    let settings = json!({"late": late, "overflow": {"after": 60, "to": id(2)}});
    let mut story = Story::new(settings, maria("10:00"));
    let moved = [Action::Tag { tag: "tarde".into() }, Action::Move { to: queue(3) }];
    assert_eq!(story.judge(at("10:30")), moved);
}

#[test]
fn a_policy_published_during_the_wait_takes_no_step_twice() {
    let mut story = Story::new(patience(), maria("10:00"));
    assert_eq!(story.judge(at("10:01:40")).len(), 4);
    let mut settings = patience();
    settings["relaxation"].as_array_mut().unwrap().truncate(1);
    settings["late"]
        .as_array_mut()
        .unwrap()
        .push(json!({"after": 95, "action": {"action": "tag", "tag": "nueva"}}));
    story.policy = policy(settings);
    assert_eq!(story.judge(at("10:01:41")), [Action::Tag { tag: "nueva".into() }]);
}

#[test]
fn what_is_asked_falls_step_by_step() {
    let policy = policy(patience());
    let queue: &Queue = &policy.queues[0];
    let extra: Skills = [(SkillId(id(1)), 1), (SkillId(id(2)), 1)].into();
    let after = |steps: u32| {
        let asked = asked(queue, &extra, steps);
        let skills: Vec<_> = asked.skills.iter().map(|(skill, level)| (skill.0.as_u128(), *level)).collect();
        (skills, asked.widened.len())
    };
    assert_eq!(after(0), (vec![(1, 3), (2, 1)], 0));
    assert_eq!(after(1), (vec![(1, 2)], 0));
    assert_eq!(after(2), (vec![(1, 2)], 1));
    assert_eq!(after(3), (vec![], 1));
    assert_eq!(after(99), (vec![], 1));
    let calendar = policy.calendar_of(queue);
    let due = |time: &str| steps_due(queue, calendar, at("10:00"), at(time));
    assert_eq!([due("10:00:59"), due("10:01"), due("10:02"), due("23:00")], [0, 2, 3, 3]);
}

#[test]
fn a_wait_is_told_in_whole_minutes() {
    assert_eq!(expected_wait(0, 1, 240), Some(240));
    assert_eq!(expected_wait(2, 1, 241), Some(780));
    assert_eq!(expected_wait(2, 6, 240), Some(120));
    assert_eq!(expected_wait(0, 100, 240), Some(60));
    assert_eq!(expected_wait(5, 0, 240), None);
    assert_eq!(expected_wait(u32::MAX, 1, u32::MAX), None);
}
