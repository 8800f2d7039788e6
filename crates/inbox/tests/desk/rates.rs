//! Who goes first, and how much: answers before what is sent to many, no more customers than a day has, and a vendor in
//! trouble that holds up nobody else.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    ChannelId, Content, ConversationId, DeliveryState, MessageId, Principal,
    checkup::NumberFacts,
    inbound::VendorError,
    outbound::{Advice, Outbound, SendOutcome},
    template::{Shown, TemplateMessage},
};
use inbox::{
    Wakes,
    reply::{self, Draft, Lane},
    sending::{self, ChannelSender, Transmit},
};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::scene::Scene;

/// A vendor that keeps silent on one channel, refuses as it is told, and remembers the order.
#[derive(Debug, Default)]
struct Vendor {
    heard: Mutex<Vec<String>>,
    silent_on: Mutex<Option<ChannelId>>,
    refuses: Mutex<Option<SendOutcome>>,
    called: Notify,
}

impl Vendor {
    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    async fn has_heard(&self, text: &str) {
        while !self.heard().iter().any(|heard| heard == text) {
            self.called.notified().await;
        }
    }
}

impl Transmit for Vendor {
    async fn send(&self, channel: ChannelId, message: &Outbound) -> SendOutcome {
        let text = message.content.text().unwrap().to_owned();
        self.heard.lock().unwrap().push(text);
        self.called.notify_waiters();
        if *self.silent_on.lock().unwrap() == Some(channel) {
            std::future::pending::<()>().await;
        }
        let refusal = self.refuses.lock().unwrap().clone();
        refusal.unwrap_or_else(|| SendOutcome::Accepted {
            vendor_id: format!("wamid.{}", message.message),
            held: None,
        })
    }
}

fn sender(scene: &Scene, vendor: &Arc<Vendor>) -> ChannelSender<Vendor> {
    ChannelSender::new(scene.db().clone(), Arc::clone(vendor), scene.channel, Uuid::now_v7())
}

fn error(code: i64) -> VendorError {
    VendorError { code, detail: "as the vendor says".to_owned() }
}

/// One of many.
async fn campaign(scene: &Scene, by: &Principal, talk: ConversationId, text: &str) -> MessageId {
    let tx = scene.begin().await;
    let draft = Draft { lane: Lane::Bulk, ..Draft::text(talk, Uuid::now_v7(), text) };
    let submitted = reply::submit(&tx, by, draft, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    submitted.message
}

/// A template to a customer who has not written for long.
async fn template(scene: &Scene, by: &Principal, talk: ConversationId, text: &str) -> MessageId {
    scene.run("update conversation set window_until = null where id = $1", [talk.into()]).await;
    scene
        .run(
            "insert into template (id, account_key, name, language, category, status, components)
             values ($1, 'waba:1', $2::text, 'es', 'UTILITY', 'APPROVED',
                 jsonb_build_object('body', jsonb_build_object('text', $2::text)))",
            [Uuid::now_v7().into(), text.into()],
        )
        .await;
    let shown = Shown { body: text.to_owned(), ..Shown::default() };
    let message = TemplateMessage {
        name: text.to_owned(),
        language: "es".to_owned(),
        shown,
        ..TemplateMessage::default()
    };
    let draft = Draft { content: Content::Template(message), ..Draft::text(talk, Uuid::now_v7(), "") };
    let tx = scene.begin().await;
    let submitted = reply::submit(&tx, by, draft, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    submitted.message
}

/// What was read of the number at Meta.
async fn knows(scene: &Scene, facts: NumberFacts) {
    inbox::channels::keep_facts(scene.db(), scene.channel, &facts, scene.now).await.unwrap();
}

async fn limit(scene: &Scene, word: &str) {
    knows(scene, NumberFacts { limit: Some(word.to_owned()), ..NumberFacts::default() }).await;
}

#[tokio::test]
async fn answers_go_before_what_is_sent_to_many() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let (first, second) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    scene.run("update channel set per_second = 1", []).await;
    for n in 0..3 {
        campaign(&scene, &valeria, first, &format!("oferta {n}")).await;
    }
    let answer = scene.reply(&valeria, second, "respuesta").await;
    let same = scene.reply(&valeria, first, "también").await;
    let vendor = Arc::new(Vendor::default());

    sender(&scene, &vendor).until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["respuesta"], "one message a second, and it is the agent's");
    assert_eq!(scene.stands(answer).await, DeliveryState::Accepted);

    scene.run("update channel set per_second = 1000", []).await;
    scene.run("update lease set until = now() - interval '1 second'", []).await;
    sender(&scene, &vendor).until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["respuesta", "también", "oferta 0", "oferta 1", "oferta 2"]);
    assert_eq!(scene.stands(same).await, DeliveryState::Accepted);
}

#[tokio::test]
async fn a_slow_campaign_leaves_room_for_answers() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    scene.run("update presence set capacity = 100", []).await;
    scene.run("update channel set per_second = 100000", []).await;
    for n in 0..12 {
        let talk = scene.talk_of(&valeria).await;
        campaign(&scene, &valeria, talk, &format!("oferta {n}")).await;
    }
    let vendor = Arc::new(Vendor::default());
    *vendor.silent_on.lock().unwrap() = Some(scene.channel);
    let mut sender = sender(&scene, &vendor);
    sender.step(scene.now).await.unwrap();
    sender.step(scene.now).await.unwrap();
    let sending = "select count(*) from delivery where state = 'sending'";
    assert_eq!(scene.count(sending, []).await, 6, "no call has ended yet");

    let talk = scene.talk_of(&valeria).await;
    scene.reply(&valeria, talk, "respuesta").await;
    sender.step(scene.now).await.unwrap();
    vendor.has_heard("respuesta").await;
}

#[tokio::test]
async fn one_customer_too_many_waits_until_the_first_counts_no_more_and_it_says_so() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    limit(&scene, "2").await;
    let talks = [scene.talk_of(&valeria).await, scene.talk_of(&valeria).await, scene.talk_of(&valeria).await];
    for (n, talk) in talks.iter().enumerate() {
        template(&scene, &valeria, *talk, &format!("cita {n}")).await;
    }
    let again = template(&scene, &valeria, talks[0], "otra vez").await;
    let vendor = Arc::new(Vendor::default());
    let mut sender = sender(&scene, &vendor);
    sender.until_idle(scene.now).await.unwrap();

    assert_eq!(vendor.heard(), ["cita 0", "cita 1", "otra vez"], "who counts already is none too many");
    assert_eq!(scene.stands(again).await, DeliveryState::Accepted);
    let waits = "select count(*) from delivery where state = 'queued' and held = 'customers_a_day'
                     and due_at between now() + interval '23 hours 59 minutes' and now() + interval '24 hours'";
    assert_eq!(scene.count(waits, []).await, 1);
    let told = "select count(*) from event where kind = 'delivery_changed' and data->>'state' = 'queued'";
    assert_eq!(scene.count(told, []).await, 1);

    // The third customer writes: an answer goes at once, past the template that waits.
    scene
        .run(
            "update conversation set window_until = now() + interval '1 hour' where id = $1",
            [talks[2].into()],
        )
        .await;
    scene.reply(&valeria, talks[2], "respuesta").await;
    sender.until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard().last().unwrap(), "respuesta");

    // A day later.
    scene.run("update conversation set window_until = null where id = $1", [talks[2].into()]).await;
    scene.run("update customer_begun set at = at - interval '24 hours'", []).await;
    scene.run("update delivery set due_at = due_at - interval '24 hours'", []).await;
    sender.until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard().last().unwrap(), "cita 2");
    assert_eq!(scene.count("select count(*) from delivery where held is not null", []).await, 0);
}

#[tokio::test]
async fn numbers_of_one_business_share_its_day_and_answers_inside_the_window_do_not_count() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    limit(&scene, "TIER_1").await;
    let (inside, outside) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    scene.reply(&valeria, inside, "dentro").await;
    template(&scene, &valeria, outside, "fuera").await;
    // Another number of the account has written to somebody this morning.
    let other = scene.talk(10).await;
    scene
        .run(
            "insert into customer_begun (portfolio, contact_id, at)
             select 'waba:1', contact_id, now() - interval '3 hours' from conversation where id = $1",
            [other.into()],
        )
        .await;
    let vendor = Arc::new(Vendor::default());
    sender(&scene, &vendor).until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["dentro"]);
    let waits = "select count(*) from delivery where held = 'customers_a_day'
                     and due_at between now() + interval '20 hours' and now() + interval '21 hours'";
    assert_eq!(scene.count(waits, []).await, 1, "until this morning's customer counts no more");
}

#[tokio::test]
async fn two_accounts_of_one_portfolio_share_its_day() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let facts = NumberFacts {
        limit: Some("TIER_1".to_owned()),
        portfolio_id: Some("500".to_owned()),
        ..NumberFacts::default()
    };
    knows(&scene, facts).await;
    let talk = scene.talk_of(&valeria).await;
    template(&scene, &valeria, talk, "fuera").await;
    let other = scene.talk(10).await;
    scene
        .run(
            "insert into customer_begun (portfolio, contact_id, at)
             select '500', contact_id, now() from conversation where id = $1",
            [other.into()],
        )
        .await;
    let vendor = Arc::new(Vendor::default());
    sender(&scene, &vendor).until_idle(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), [""; 0], "another account's customer took the day's last place");
}

#[tokio::test]
async fn a_number_that_is_in_the_app_on_a_phone_too_is_sent_by_more_slowly() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    for customer in 0..3 {
        let talk = scene.talk_of(&valeria).await;
        scene.reply(&valeria, talk, &format!("{customer}")).await;
    }
    knows(&scene, NumberFacts { on_app: true, ..NumberFacts::default() }).await;
    let vendor = Arc::new(Vendor::default());
    *vendor.silent_on.lock().unwrap() = Some(scene.channel);
    let step = sender(&scene, &vendor).step(scene.now).await.unwrap();
    assert_eq!(step.changed, 2, "a tenth of the twenty a second; of eighty all three would be");
    assert!(step.after.is_some_and(|after| after <= Duration::from_millis(50)), "then one in a twentieth");
}

#[tokio::test]
async fn when_the_number_itself_sent_too_much_nothing_else_is_tried_meanwhile() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let (first, second) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    let vendor = Arc::new(Vendor::default());
    let after = Some(Duration::from_secs(30));
    *vendor.refuses.lock().unwrap() = Some(SendOutcome::Retry { after, error: error(130_429) });
    let mut sender = sender(&scene, &vendor);
    scene.reply(&valeria, first, "uno").await;
    sender.until_idle(scene.now).await.unwrap();
    *vendor.refuses.lock().unwrap() = None;

    scene.reply(&valeria, second, "dos").await;
    let step = sender.step(scene.now).await.unwrap();
    assert_eq!(vendor.heard(), ["uno"]);
    assert!(step.after.is_some_and(|wait| wait > Duration::from_secs(20)), "{step:?}");
}

#[tokio::test]
async fn one_slow_channel_holds_up_no_other() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let slow = scene.talk_of(&valeria).await;
    let other = ChannelId::new();
    scene
        .run(
            "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
             values ($1, 'twilio_sms', 'SMS', '+14155550111', 'twilio:AC1:+1', 'twilio:AC1', $2)",
            [other.into(), scene.queue.into()],
        )
        .await;
    let quick = scene.talk_of(&valeria).await;
    scene.run("update conversation set channel_id = $1 where id = $2", [other.into(), quick.into()]).await;
    let vendor = Arc::new(Vendor::default());
    *vendor.silent_on.lock().unwrap() = Some(scene.channel);
    scene.reply(&valeria, slow, "lento").await;
    let (wakes, (stop, stopped)) = (Wakes::default(), watch::channel(false));
    let worker = tokio::spawn(sending::run(scene.db().clone(), Arc::clone(&vendor), wakes.clone(), stopped));
    vendor.has_heard("lento").await;

    for n in 0..5 {
        scene.reply(&valeria, quick, &format!("rápido {n}")).await;
        wakes.send();
        vendor.has_heard(&format!("rápido {n}")).await;
    }
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(20), worker).await.unwrap().unwrap();
    assert_eq!(scene.count("select count(*) from delivery where state = 'accepted'", []).await, 5);
}

#[tokio::test]
async fn who_stopped_us_at_the_carrier_is_believed_once() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    scene.run("update channel set kind = 'twilio_sms'", []).await;
    let vendor = Arc::new(Vendor::default());
    *vendor.refuses.lock().unwrap() = Some(SendOutcome::Refused(error(21_610), Advice::Never));
    scene.reply(&valeria, talk, "uno").await;
    scene.reply(&valeria, talk, "dos").await;
    sender(&scene, &vendor).until_idle(scene.now).await.unwrap();
    let stopped = "select count(*) from consent where purpose = 'anything' and not given and proof = '21610'";
    assert_eq!(scene.count(stopped, []).await, 1);
    assert_eq!(scene.count("select count(*) from event where kind = 'consent_changed'", []).await, 1);
}

#[tokio::test]
async fn a_thumb_that_did_not_arrive_is_taken_off_its_message() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let hers = MessageId::new();
    scene
        .run(
            "insert into message (id, conversation_id, channel_id, direction, kind, content, vendor_id, written_at, position)
             values ($1, $2, $3, 'in', 'text', '{}', 'wamid.hers', now(), 1)",
            [hers.into(), talk.into(), scene.channel.into()],
        )
        .await;
    let content = Content::Reaction { target: "wamid.hers".into(), emoji: Some("👍".into()) };
    let draft = Draft { content, ..Draft::text(talk, Uuid::now_v7(), "") };
    let tx = scene.begin().await;
    let thumb = reply::submit(&tx, &valeria, draft, scene.now).await.unwrap().message;
    tx.commit().await.unwrap();
    let marked = "select count(*) from reaction where message_id = $1 and emoji is not null";
    assert_eq!(scene.count(marked, [hers.into()]).await, 1);

    let vendor = Arc::new(Vendor::default());
    *vendor.refuses.lock().unwrap() = Some(SendOutcome::Refused(error(131_009), Advice::FixMessage));
    sender(&scene, &vendor).until_idle(scene.now).await.unwrap();
    assert_eq!(scene.stands(thumb).await, DeliveryState::Failed);
    assert_eq!(scene.count(marked, [hers.into()]).await, 0);
    let line = "select count(*) from message where id = $1 and applied_to is null";
    assert_eq!(scene.count(line, [thumb.into()]).await, 1, "it says itself why");
}

#[tokio::test]
async fn an_admin_is_told_once_of_a_refused_token_and_no_more_when_messages_go_out_again() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let vendor = Arc::new(Vendor::default());
    *vendor.refuses.lock().unwrap() = Some(SendOutcome::Refused(error(190), Advice::FixChannel));
    let mut sender = sender(&scene, &vendor);
    scene.reply(&valeria, talk, "uno").await;
    scene.reply(&valeria, talk, "dos").await;
    sender.until_idle(scene.now).await.unwrap();
    let open = "select count(*) from alarm where kind = 'token_invalid' and severity = 'critical' and channel_id = $1
                    and cleared_at is null";
    assert_eq!(scene.count(open, [scene.channel.into()]).await, 1);

    *vendor.refuses.lock().unwrap() = None;
    scene.reply(&valeria, talk, "tres").await;
    sender.until_idle(scene.now).await.unwrap();
    assert_eq!(scene.count(open, [scene.channel.into()]).await, 0);
    assert_eq!(scene.count("select count(*) from alarm", []).await, 1, "it stays in the record");
}
