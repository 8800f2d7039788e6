//! A reply leaves once, in order, or somebody is told.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use domain::{
    ChannelId, Content, DeliveryState, MessageId,
    inbound::VendorError,
    outbound::{Advice, Outbound, SendOutcome},
};
use inbox::{
    Wakes, reply,
    sending::{self, ChannelSender, Transmit},
};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::scene::Scene;

/// A vendor that does as it is told, and remembers what it was sent.
#[derive(Debug, Default)]
struct Vendor {
    heard: Mutex<Vec<(MessageId, String)>>,
    outcomes: Mutex<HashMap<String, VecDeque<SendOutcome>>>,
    silent_about: Mutex<Vec<String>>,
    called: Notify,
}

impl Vendor {
    fn answers(&self, text: &str, outcomes: impl IntoIterator<Item = SendOutcome>) {
        self.outcomes.lock().unwrap().insert(text.to_owned(), outcomes.into_iter().collect());
    }

    fn never_answers(&self, text: &str) {
        self.silent_about.lock().unwrap().push(text.to_owned());
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|(_, text)| text.clone()).collect()
    }

    async fn has_heard(&self, calls: usize) {
        while self.heard.lock().unwrap().len() < calls {
            self.called.notified().await;
        }
    }
}

impl Transmit for Vendor {
    async fn send(&self, _: ChannelId, message: &Outbound) -> SendOutcome {
        let Content::Text { body } = &message.content else { panic!("only texts are sent here") };
        self.heard.lock().unwrap().push((message.message, body.clone()));
        self.called.notify_one();
        if self.silent_about.lock().unwrap().contains(body) {
            std::future::pending::<()>().await;
        }
        let told = self.outcomes.lock().unwrap().get_mut(body).and_then(VecDeque::pop_front);
        told.unwrap_or_else(|| accepted(body))
    }
}

fn accepted(text: &str) -> SendOutcome {
    SendOutcome::Accepted { vendor_id: format!("wamid.{text}"), held: None }
}

fn error(code: i64) -> VendorError {
    VendorError { code, detail: "as the vendor says".to_owned() }
}

fn sender(scene: &Scene, vendor: &Arc<Vendor>) -> ChannelSender<Vendor> {
    ChannelSender::new(scene.db().clone(), Arc::clone(vendor), scene.channel, Uuid::now_v7())
}

/// As after a kill: what the lost node had in hand is forgotten, and its leases have run out.
async fn time_passes(scene: &Scene) {
    scene.run("update lease set until = now() - interval '1 second'", []).await;
    scene
        .run(
            "update delivery set lease_until = now() - interval '1 second' where lease_until is not null",
            [],
        )
        .await;
}

#[tokio::test]
async fn a_reply_is_sent_once_and_every_step_is_told() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let message = scene.reply(&valeria, talk, "Hola").await;
    let vendor = Arc::new(Vendor::default());

    let mut sender = sender(&scene, &vendor);
    sender.until_idle(scene.now).await.unwrap();
    sender.until_idle(scene.now).await.unwrap();

    assert_eq!(vendor.heard(), ["Hola"]);
    assert_eq!(scene.stands(message).await, DeliveryState::Accepted);
    let named = "select count(*) from message where vendor_id = 'wamid.Hola'";
    assert_eq!(scene.count(named, []).await, 1);
    for state in ["sending", "accepted"] {
        let told = "select count(*) from event where kind = 'delivery_changed' and data->>'state' = $1";
        assert_eq!(scene.count(told, [state.into()]).await, 1, "{state}");
    }
    let attempts =
        "select count(*) from delivery_attempt where outcome = 'accepted' and finished_at is not null";
    assert_eq!(scene.count(attempts, []).await, 1);
}

#[tokio::test]
async fn killed_between_call_and_record_it_is_uncertain_and_only_a_person_sends_it_again() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let message = scene.reply(&valeria, talk, "Hola").await;
    let vendor = Arc::new(Vendor::default());
    vendor.never_answers("Hola");

    let mut first = sender(&scene, &vendor);
    first.step(scene.now).await.unwrap();
    vendor.has_heard(1).await;
    assert_eq!(scene.stands(message).await, DeliveryState::Sending, "committed before the call");
    drop(first);
    time_passes(&scene).await;

    let mut second = sender(&scene, &vendor);
    second.until_idle(scene.now).await.unwrap();
    assert_eq!(scene.stands(message).await, DeliveryState::Uncertain);
    second.until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["Hola"], "the machine never repeats it");

    vendor.silent_about.lock().unwrap().clear();
    let tx = scene.begin().await;
    reply::resend(&tx, &valeria, message, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    second.until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["Hola", "Hola"]);
    let delivery = scene.delivery(message).await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Accepted, 2));
}

#[tokio::test]
async fn reports_that_came_before_the_answer_are_not_lost() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let message = scene.reply(&valeria, talk, "Hola").await;
    for state in ["delivered", "sent"] {
        scene
            .run(
                "insert into status_report (channel_id, vendor_id, state, receipt_id) values ($1, 'wamid.Hola', $2, 1)",
                [scene.channel.into(), state.into()],
            )
            .await;
    }

    sender(&scene, &Arc::new(Vendor::default())).until_idle(scene.now).await.unwrap();

    assert_eq!(scene.stands(message).await, DeliveryState::Delivered);
    assert_eq!(scene.count("select count(*) from status_report where message_id is null", []).await, 0);
}

#[tokio::test]
async fn lines_to_one_customer_keep_their_order_and_a_slow_one_holds_up_nobody_else() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let (slow, quick) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    scene.reply(&valeria, slow, "first").await;
    let second = scene.reply(&valeria, slow, "second").await;
    let other = scene.reply(&valeria, quick, "other").await;
    let next = scene.reply(&valeria, quick, "next").await;
    let vendor = Arc::new(Vendor::default());
    vendor.never_answers("first");

    let mut sender = sender(&scene, &vendor);
    while scene.stands(next).await != DeliveryState::Accepted {
        sender.step(scene.now).await.unwrap();
        tokio::task::yield_now().await;
    }

    assert_eq!(scene.stands(other).await, DeliveryState::Accepted);
    assert_eq!(scene.stands(second).await, DeliveryState::Queued, "the one before it has no answer yet");
    let heard = vendor.heard();
    assert!(!heard.contains(&"second".to_owned()));
    assert!(heard.iter().position(|t| t == "other") < heard.iter().position(|t| t == "next"));
}

#[tokio::test]
async fn a_retry_keeps_its_place_in_the_line() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let first = scene.reply(&valeria, talk, "first").await;
    scene.reply(&valeria, talk, "second").await;
    let vendor = Arc::new(Vendor::default());
    vendor.answers(
        "first",
        [SendOutcome::Retry { after: Some(Duration::from_secs(60)), error: error(131_056) }],
    );

    let mut sender = sender(&scene, &vendor);
    sender.until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["first"]);
    let waiting = scene.delivery(first).await;
    assert_eq!((waiting.state, waiting.error_code), (DeliveryState::Queued, Some(131_056)));

    scene.run("update delivery set due_at = now()", []).await;
    sender.until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["first", "first", "second"]);
    let sent = scene.delivery(first).await;
    assert_eq!((sent.state, sent.error_code), (DeliveryState::Accepted, None));
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reason_and_the_next_line_goes_on() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let bad = scene.reply(&valeria, talk, "bad").await;
    let unknown = scene.reply(&valeria, talk, "unknown").await;
    let good = scene.reply(&valeria, talk, "good").await;
    let vendor = Arc::new(Vendor::default());
    vendor.answers("bad", [SendOutcome::Refused(error(131_026), Advice::Never)]);
    vendor.answers("unknown", [SendOutcome::Uncertain { reason: "cut \0 off".to_owned() }]);

    sender(&scene, &vendor).until_idle(scene.now).await.unwrap();

    let failed = scene.delivery(bad).await;
    assert_eq!((failed.state, failed.error_code), (DeliveryState::Failed, Some(131_026)));
    assert_eq!(failed.advice.as_deref(), Some("never"));
    assert_eq!(scene.stands(unknown).await, DeliveryState::Uncertain);
    assert_eq!(scene.stands(good).await, DeliveryState::Accepted);
}

#[tokio::test]
async fn a_text_whose_window_closed_while_it_waited_is_not_sent() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let message = scene.reply(&valeria, talk, "Hola").await;
    let until = scene.conversation(talk).await.window_until.unwrap();
    let vendor = Arc::new(Vendor::default());

    sender(&scene, &vendor).until_idle(until).await.unwrap();

    assert!(vendor.heard().is_empty());
    let failed = scene.delivery(message).await;
    assert_eq!((failed.state, failed.advice.as_deref()), (DeliveryState::Failed, Some("use_template")));
    assert_eq!(failed.error_detail.as_deref(), Some("window_closed"));

    let in_time = scene.reply(&valeria, talk, "En hora").await;
    sender(&scene, &vendor).until_idle(until - TimeDelta::seconds(1)).await.unwrap();
    assert_eq!(scene.stands(in_time).await, DeliveryState::Queued, "the first node holds the lease");
    time_passes(&scene).await;
    sender(&scene, &vendor).until_idle(until - TimeDelta::seconds(1)).await.unwrap();
    assert_eq!(vendor.heard(), ["En hora"]);
}

#[tokio::test]
async fn the_forty_sixth_quick_line_to_one_customer_waits_and_others_do_not() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let (chatty, calm) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    scene.run("update channel set per_second = 100000", []).await;
    for line in 0..46 {
        scene.reply(&valeria, chatty, &format!("line {line}")).await;
    }
    let other = scene.reply(&valeria, calm, "calm").await;
    let vendor = Arc::new(Vendor::default());

    let mut sender = sender(&scene, &vendor);
    sender.until_idle(scene.now).await.unwrap();

    assert_eq!(vendor.heard().iter().filter(|text| text.starts_with("line")).count(), 45);
    assert_eq!(scene.stands(other).await, DeliveryState::Accepted);
    let after = sender.step(scene.now).await.unwrap().after;
    assert!(after.is_some_and(|after| after <= Duration::from_secs(6)), "{after:?}");
}

#[tokio::test]
async fn the_running_worker_sends_at_the_bell_and_ends_cleanly() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let (vendor, wakes) = (Arc::new(Vendor::default()), Wakes::default());
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(sending::run(scene.db().clone(), Arc::clone(&vendor), wakes.clone(), stopped));

    for (calls, text) in ["uno", "dos", "tres"].into_iter().enumerate() {
        scene.reply(&valeria, talk, text).await;
        wakes.send();
        vendor.has_heard(calls + 1).await;
    }
    stop.send(true).unwrap();
    worker.await.unwrap();

    assert_eq!(vendor.heard(), ["uno", "dos", "tres"]);
    let recorded = "select count(*) from delivery where state = 'accepted'";
    assert_eq!(scene.count(recorded, []).await, 3, "the last outcome was recorded before the end");
    assert_eq!(scene.count("select count(*) from lease", []).await, 0, "another node may go on at once");
}

#[tokio::test]
async fn a_call_that_is_cut_by_the_end_of_the_program_is_uncertain_at_once() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let message = scene.reply(&valeria, talk, "Hola").await;
    let vendor = Arc::new(Vendor::default());
    vendor.never_answers("Hola");
    let (stop, stopped) = watch::channel(false);
    let worker =
        tokio::spawn(sending::run(scene.db().clone(), Arc::clone(&vendor), Wakes::default(), stopped));
    vendor.has_heard(1).await;

    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(20), worker).await.unwrap().unwrap();

    assert_eq!(scene.stands(message).await, DeliveryState::Uncertain);
}
