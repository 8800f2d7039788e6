use chrono_tz::America;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{Policy, Skills, policy::Queue};

mod properties;
mod silence;
mod waiting;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn queue(n: u128) -> QueueId {
    QueueId(id(n))
}

/// A time of day on a Monday in Bogotá, as `12:30` or `12:30:05`.
fn at(time: &str) -> DateTime<Utc> {
    let time = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
    DateTime::parse_from_rfc3339(&format!("2026-11-23T{time}-05:00")).unwrap().to_utc()
}

fn after(start: &str, seconds: i64) -> DateTime<Utc> {
    at(start) + TimeDelta::seconds(seconds)
}

/// Queue 1 is open from 9 to 18 on weekdays and does what the settings say.
fn policy(settings: Value) -> Policy {
    let day = json!([{"from": "09:00:00", "to": "18:00:00"}]);
    let mut settings = settings;
    settings["id"] = json!(id(1));
    settings["calendar"] = json!(id(1));
    serde_json::from_value(json!({
        "calendars": [{"id": id(1), "name": "Día", "zone": America::Bogota.name(),
            "week": [day, day, day, day, day, [], []]}],
        "queues": [settings],
    }))
    .unwrap()
}

/// María writes at this time and waits in queue 1; two are before her and one agent takes four minutes for each.
fn maria(time: &str) -> DueFacts {
    DueFacts {
        state: ConversationState::Queued,
        kind: ChannelKind::WhatsappCloud,
        queue: queue(1),
        queued_at: at(time),
        opened_at: at(time),
        assigned_at: None,
        snoozed_until: None,
        must_act: MustAct::Agent,
        must_act_since: at(time),
        first_answered_at: None,
        customer_wrote_at: Some(at(time)),
        window_until: Some(at(time) + TimeDelta::hours(24)),
        language: Some("es".into()),
        greeting: None,
        waiting_before: 2,
        agents_at_work: 1,
        seconds_each: 240,
    }
}

/// A conversation that is judged again and again, each time with what is remembered.
struct Story {
    policy: Policy,
    facts: DueFacts,
    memory: Memory,
    next: Option<DateTime<Utc>>,
}

impl Story {
    fn new(settings: Value, facts: DueFacts) -> Self {
        Self { policy: policy(settings), facts, memory: Memory::default(), next: None }
    }

    /// What is to be done now, but for the times of promises. Asking again gives nothing.
    fn judge(&mut self, now: DateTime<Utc>) -> Vec<Action> {
        let mut actions = self.judge_all(now);
        actions.retain(|action| !matches!(action, Action::Due(_)));
        actions
    }

    fn judge_all(&mut self, now: DateTime<Utc>) -> Vec<Action> {
        let judged = judge(&self.facts, &self.memory, &self.policy, now);
        assert!(judged.next.is_none_or(|next| next > now));
        // As it is stored.
        self.memory = serde_json::from_value(serde_json::to_value(&judged.memory).unwrap()).unwrap();
        assert_eq!(self.memory, judged.memory);
        self.next = judged.next;
        let again = judge(&self.facts, &self.memory, &self.policy, now);
        assert_eq!((again.actions, again.memory, again.next), (vec![], self.memory.clone(), self.next));
        judged.actions
    }
}

fn say(what: Said, words: &str) -> Action {
    Action::Say { what, words: words.into() }
}

#[test]
fn promises_are_kept_in_opening_hours_and_broken_once() {
    let settings = json!({"targets": {"first_response": 600, "next_response": 300, "resolution": 36_000}});
    let mut story = Story::new(settings, maria("17:55"));
    // Five minutes today and five tomorrow; ten hours end on Tuesday at 18:55 of the clock of hours: Wednesday 9:55.
    let tuesday = |time: &str| at(time) + TimeDelta::days(1);
    let wednesday = |time: &str| at(time) + TimeDelta::days(2);
    let due = DueTimes { first: Some(tuesday("09:05")), next: None, resolution: Some(wednesday("09:55")) };
    assert_eq!(story.judge_all(at("17:55")), [Action::Due(due)]);
    assert_eq!(story.next, Some(at("17:55:05")));
    assert_eq!(story.judge_all(tuesday("09:04")), []);
    assert_eq!(story.judge_all(tuesday("09:05")), [Action::Breached { promise: Promise::First }]);

    // Ana takes it and answers; María writes again.
    story.facts.state = ConversationState::Assigned;
    story.facts.assigned_at = Some(tuesday("09:06"));
    story.facts.first_answered_at = Some(tuesday("09:07"));
    (story.facts.must_act, story.facts.must_act_since) = (MustAct::Customer, tuesday("09:07"));
    let due = DueTimes { first: None, ..due };
    assert_eq!(story.judge_all(tuesday("09:07")), [Action::Due(due)]);
    (story.facts.must_act, story.facts.must_act_since) = (MustAct::Agent, tuesday("09:10"));
    let due = DueTimes { next: Some(tuesday("09:15")), ..due };
    assert_eq!(story.judge_all(tuesday("09:10")), [Action::Due(due)]);
    // Judged late, with another agent by then: still one breach each.
    story.facts.assigned_at = Some(tuesday("09:20"));
    let breached = [Promise::Next, Promise::Resolution].map(|promise| Action::Breached { promise });
    assert_eq!(story.judge_all(wednesday("10:00")), breached);
    story.facts.assigned_at = Some(wednesday("10:01"));
    assert_eq!(story.judge_all(wednesday("10:01")), []);

    story.facts.state = ConversationState::Closed;
    assert_eq!(story.judge_all(wednesday("10:02")), [Action::Due(DueTimes::default())]);
    assert_eq!(story.next, None);
}

#[test]
fn where_nothing_was_decided_nothing_is_asked_for() {
    let mut story = Story::new(json!({}), maria("10:00"));
    assert_eq!(story.judge_all(at("10:00")), []);
    assert_eq!(story.judge_all(at("17:00")), []);
    assert_eq!(story.next, None);
}

fn greetings() -> Value {
    json!({"messages": {
        "welcome": {"es": "¡Hola!", "pt": "Olá!"},
        "closed": {"es": "Abrimos {opens}"},
        "expected_wait": {"es": "Unos {wait}"},
    }})
}

#[test]
fn whoever_writes_is_welcomed_once_and_told_how_long_it_may_last() {
    let mut story = Story::new(greetings(), maria("10:00"));
    assert_eq!(story.judge(at("10:00:01")), [say(Said::Welcome, "¡Hola!")]);
    assert_eq!(story.next, Some(at("10:00:05")));
    // Three turns of four minutes.
    assert_eq!(story.judge(at("10:00:05")), [say(Said::ExpectedWait { seconds: 720 }, "Unos {wait}")]);
    story.facts.customer_wrote_at = Some(at("10:05"));
    story.facts.queued_at = at("10:06");
    assert_eq!(story.judge(at("10:10")), []);

    // Opened again the next day: another episode.
    story.facts.opened_at = at("10:20");
    story.facts.customer_wrote_at = Some(at("10:20"));
    story.facts.queued_at = at("10:20");
    assert_eq!(story.judge(at("10:20")), [say(Said::Welcome, "¡Hola!")]);
}

#[test]
fn who_is_taken_at_once_is_not_told_of_a_wait() {
    let mut story = Story::new(greetings(), maria("10:00"));
    assert_eq!(story.judge(at("10:00")).len(), 1);
    story.facts.state = ConversationState::Assigned;
    assert_eq!(story.judge(at("10:01")), []);
    let mut story = Story::new(greetings(), DueFacts { agents_at_work: 0, ..maria("10:00") });
    assert_eq!(story.judge(at("10:01")), [say(Said::Welcome, "¡Hola!")]);
}

#[test]
fn languages_and_greetings_of_rules() {
    let portuguese = DueFacts { language: Some("pt".into()), ..maria("10:00") };
    assert_eq!(Story::new(greetings(), portuguese).judge(at("10:00")), [say(Said::Welcome, "Olá!")]);
    let greeting = Message([("es".into(), "Vimos su anuncio".into())].into());
    let from_ad = |time: &str| DueFacts { greeting: Some(greeting.clone()), ..maria(time) };
    let welcome = say(Said::Welcome, "Vimos su anuncio");
    let said = Story::new(greetings(), from_ad("10:00")).judge(at("10:00"));
    assert_eq!(said, std::slice::from_ref(&welcome));
    let closed = say(Said::Closed { opens: Some(at("09:00")) }, "Abrimos {opens}");
    assert_eq!(Story::new(greetings(), from_ad("07:00")).judge(at("07:00")), [closed]);
    assert_eq!(Story::new(json!({}), from_ad("07:00")).judge(at("07:00")), [welcome]);
}

#[test]
fn at_night_they_are_told_when_it_opens() {
    let mut story = Story::new(greetings(), maria("20:00"));
    let opens = Some(at("09:00") + TimeDelta::days(1));
    assert_eq!(story.judge(at("20:00:30")), [say(Said::Closed { opens }, "Abrimos {opens}")]);
    // In the morning the message is too old for a word about the wait.
    assert_eq!(story.next, Some(at("09:00:05") + TimeDelta::days(1)));
    assert_eq!(story.judge(at("09:01") + TimeDelta::days(1)), []);
    // Shortly before opening it is not.
    let mut story = Story::new(greetings(), maria("08:50"));
    assert_eq!(story.judge(at("08:50")).len(), 1);
    assert_eq!(story.judge(at("09:00:05")), [say(Said::ExpectedWait { seconds: 720 }, "Unos {wait}")]);
}

#[test]
fn a_backlog_wakes_nobody_up() {
    let mut story = Story::new(greetings(), maria("10:00"));
    assert_eq!(story.judge(at("10:30:01")), []);
    // Nor does the next message get the welcome that the first one missed.
    story.facts.customer_wrote_at = Some(at("10:31"));
    assert_eq!(story.judge(at("10:31")), []);
    assert_eq!(Story::new(greetings(), maria("10:00")).judge(at("10:30")).len(), 2);
}

#[test]
fn nothing_is_said_where_free_text_is_not_allowed_or_somebody_has_spoken() {
    let closed = DueFacts { window_until: Some(at("10:00")), ..maria("10:00") };
    assert_eq!(Story::new(greetings(), closed.clone()).judge(at("10:01")), []);
    let sms = DueFacts { kind: ChannelKind::TwilioSms, window_until: None, ..closed };
    assert_eq!(Story::new(greetings(), sms).judge(at("10:01")).len(), 2);
    for facts in [
        DueFacts { first_answered_at: Some(at("10:00")), ..maria("10:00") },
        DueFacts { state: ConversationState::Bot, ..maria("10:00") },
        DueFacts { state: ConversationState::Closed, ..maria("10:00") },
        DueFacts { must_act: MustAct::Customer, customer_wrote_at: None, ..maria("10:00") },
    ] {
        assert_eq!(Story::new(greetings(), facts).judge(at("10:01")), []);
    }
}
