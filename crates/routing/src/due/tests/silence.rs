//! Stories of those who do not answer.

use super::*;

/// Ana holds María's conversation since 10:01 and owes an answer since 10:00.
fn held() -> DueFacts {
    DueFacts {
        state: ConversationState::Assigned,
        assigned_at: Some(at("10:01")),
        first_answered_at: Some(at("10:01")),
        ..maria("10:00")
    }
}

fn agents(leave_after: u32, then: &str) -> Value {
    json!({"agent_silence": {"warn_after": 300, "leave_after": leave_after, "then": then, "pause": true}})
}

#[test]
fn a_silent_agent_is_warned_and_then_left() {
    let mut story = Story::new(agents(600, "back_to_queue"), held());
    assert_eq!(story.judge(at("10:05:59")), []);
    assert_eq!(story.judge(at("10:06")), [Action::WarnSilentAgent]);
    assert_eq!(story.next, Some(at("10:11")));
    let left = Action::LeaveSilentAgent { then: SilentAgent::BackToQueue, pause: true };
    assert_eq!(story.judge(at("10:11")), [left]);
    assert_eq!(story.next, None);
    // Ben takes it over: his own silence begins with that.
    (story.facts.state, story.facts.queued_at) = (ConversationState::Queued, at("10:11"));
    assert_eq!(story.judge(at("10:11")), []);
    (story.facts.state, story.facts.assigned_at) = (ConversationState::Assigned, Some(at("10:12")));
    assert_eq!(story.judge(at("10:16")), []);
    assert_eq!(story.judge(at("10:17")), [Action::WarnSilentAgent]);
}

#[test]
fn left_to_the_supervisor_it_stays_and_that_is_told_once() {
    let mut story = Story::new(agents(600, "supervisor"), held());
    let left = Action::LeaveSilentAgent { then: SilentAgent::Supervisor, pause: true };
    assert_eq!(story.judge(at("10:12")), [Action::WarnSilentAgent, left]);
    assert_eq!(story.judge(at("12:00")), []);
    // Ana answers, María writes again: another silence.
    (story.facts.must_act, story.facts.must_act_since) = (MustAct::Customer, at("12:01"));
    assert_eq!(story.judge(at("12:01")), []);
    (story.facts.must_act, story.facts.must_act_since) = (MustAct::Agent, at("12:02"));
    assert_eq!(story.judge(at("12:07")), [Action::WarnSilentAgent]);
    // Warned alone, where it never leaves.
    let mut story = Story::new(agents(0, "back_to_queue"), held());
    assert_eq!(story.judge(at("17:00")), [Action::WarnSilentAgent]);
    assert_eq!(story.next, None);
}

#[test]
fn nobody_is_silent_after_closing_time_or_with_what_is_put_aside() {
    let mut story =
        Story::new(agents(600, "back_to_queue"), DueFacts { assigned_at: Some(at("17:58")), ..held() });
    assert_eq!(story.judge(at("23:00")), []);
    assert_eq!(story.judge(at("09:03") + TimeDelta::days(1)), [Action::WarnSilentAgent]);
    let snoozed = DueFacts { state: ConversationState::Snoozed, ..held() };
    assert_eq!(Story::new(agents(600, "back_to_queue"), snoozed).judge(at("17:00")), []);
}

fn customers() -> Value {
    json!({"customer_silence": {"remind_after": 3600, "reminder": {"es": "¿Sigue ahí?"}, "close_after": 86_400,
        "outcome": "sin respuesta"}})
}

/// María owes an answer since 16:00.
fn silent() -> DueFacts {
    DueFacts { must_act: MustAct::Customer, must_act_since: at("16:00"), ..held() }
}

#[test]
fn a_silent_customer_is_reminded_and_then_closed_by_the_clock() {
    let mut story = Story::new(customers(), silent());
    assert_eq!(story.judge(at("16:59:59")), []);
    assert_eq!(story.judge(at("17:00")), [say(Said::Reminder, "¿Sigue ahí?")]);
    let tomorrow = at("16:00") + TimeDelta::days(1);
    assert_eq!(story.next, Some(tomorrow));
    assert_eq!(story.judge(tomorrow), [Action::CloseSilent { outcome: "sin respuesta".into() }]);
    assert_eq!(story.next, None);
    story.facts.state = ConversationState::Closed;
    assert_eq!(story.judge(tomorrow), []);
}

#[test]
fn an_answer_starts_it_all_over() {
    let mut story = Story::new(customers(), silent());
    assert_eq!(story.judge(at("17:00")).len(), 1);
    (story.facts.must_act, story.facts.must_act_since) = (MustAct::Agent, at("17:10"));
    assert_eq!(story.judge(at("20:00")), []);
    assert_eq!(story.next, None);
    (story.facts.must_act, story.facts.must_act_since) = (MustAct::Customer, at("20:00"));
    assert_eq!(story.judge(at("21:00")), [say(Said::Reminder, "¿Sigue ahí?")]);
}

#[test]
fn a_reminder_is_said_in_time_inside_the_window_or_not_at_all() {
    let closed = DueFacts { window_until: Some(at("17:00")), ..silent() };
    assert_eq!(Story::new(customers(), closed).judge(at("17:00")), []);
    assert_eq!(Story::new(customers(), silent()).judge(at("17:30")).len(), 1);
    assert_eq!(Story::new(customers(), silent()).judge(at("17:30:01")), []);
    // Nobody is reminded and sent away in one breath.
    let mut settings = customers();
    settings["customer_silence"]["close_after"] = json!(3_660);
    let close = Action::CloseSilent { outcome: "sin respuesta".into() };
    assert_eq!(Story::new(settings, silent()).judge(at("17:01")), [close]);
}

#[test]
fn what_was_put_aside_comes_back_at_its_time_and_once() {
    let aside = |until: Option<&str>| DueFacts {
        state: ConversationState::Snoozed,
        must_act: MustAct::Customer,
        assigned_at: None,
        snoozed_until: until.map(at),
        ..held()
    };
    let mut story = Story::new(agents(600, "back_to_queue"), aside(Some("18:30")));
    assert_eq!(story.judge(at("18:29")), []);
    assert_eq!(story.judge(at("18:30")), [Action::Wake]);
    assert_eq!(story.judge(at("18:31")), [], "it is done once, while it stands there");
    let mut answer = Story::new(agents(600, "back_to_queue"), aside(None));
    assert_eq!(answer.judge(at("23:00")), []);
    let mut held = Story::new(
        agents(600, "back_to_queue"),
        DueFacts { state: ConversationState::Assigned, ..aside(Some("18:30")) },
    );
    assert_eq!(held.judge(at("18:31")), []);
}
