//! From webhook to message: nothing lost, nothing doubled.

use chrono::Utc;
use domain::{ConversationState, DeliveryState, MessageId, MustAct};
use entity::{contact, conversation, delivery, event, identity, message, quarantine, receipt};
use inbox::{
    Wakes, applier,
    ledger::{Ledger, Receipt, Source},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::json;
use testing::{TestDb, World, meta};

const AT: i64 = 1_790_000_000;

/// The clinic with its ledger.
struct Clinic {
    test: TestDb,
    world: World,
    ledger: Ledger,
}

impl Clinic {
    async fn open() -> Self {
        let test = TestDb::new().await;
        let world = World::new(test.db()).await;
        let (ledger, _writer) = Ledger::start(test.db().clone(), Wakes::default());
        Self { test, world, ledger }
    }

    async fn webhook(&self, body: Vec<u8>) {
        let receipt = Receipt { source: Source::Whatsapp, query: String::new(), body };
        self.ledger.take(receipt).await.expect("the ledger takes it");
    }

    /// Apply until nothing is left.
    async fn apply(&self) {
        while applier::step(self.test.db(), Utc::now()).await.expect("apply").receipts > 0 {}
    }

    async fn bodies(&self) -> Vec<String> {
        message::Entity::find()
            .order_by_asc(message::Column::WrittenAt)
            .order_by_asc(message::Column::Position)
            .all(self.test.db())
            .await
            .expect("read messages")
            .into_iter()
            .filter_map(|row| row.body)
            .collect()
    }

    /// A message of ours in the only conversation, as the sender leaves it.
    async fn reply(&self, vendor_id: Option<&str>, state: DeliveryState) -> MessageId {
        let db = self.test.db();
        let talk = conversation::Entity::find().one(db).await.expect("read").expect("a conversation");
        let id = MessageId::new();
        let row = message::ActiveModel {
            id: Set(id),
            conversation_id: Set(talk.id),
            channel_id: Set(talk.channel_id),
            direction: Set("out".to_owned()),
            kind: Set("text".to_owned()),
            body: Set(Some("Hola".to_owned())),
            content: Set(json!({"kind": "text", "body": "Hola"})),
            vendor_id: Set(vendor_id.map(str::to_owned)),
            client_id: Set(None),
            author_id: Set(None),
            written_at: Set(Utc::now()),
            position: Set(1),
            reply_to: Set(None),
            context: Set(None),
            referral: Set(None),
            created_at: Set(Utc::now()),
            version: Set(1),
        };
        row.insert(db).await.expect("insert a reply");
        let row = delivery::ActiveModel {
            message_id: Set(id),
            channel_id: Set(talk.channel_id),
            conversation_id: Set(talk.id),
            position: Set(1),
            state: Set(state),
            changed_at: Set(Utc::now()),
            attempts: Set(1),
            due_at: Set(Utc::now()),
            lease_until: Set(None),
            error_code: Set(None),
            error_detail: Set(None),
            advice: Set(None),
            lane: Set(0),
            held: Set(None),
            pricing: Set(None),
        };
        row.insert(db).await.expect("insert its delivery");
        id
    }

    async fn delivery(&self, id: MessageId) -> delivery::Model {
        delivery::Entity::find_by_id(id).one(self.test.db()).await.expect("read").expect("a delivery")
    }
}

#[tokio::test]
async fn a_first_message_makes_a_contact_a_conversation_and_a_message() {
    let clinic = Clinic::open().await;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola 👋")])).await;
    clinic.apply().await;

    let talk = conversation::Entity::find().one(clinic.test.db()).await.unwrap().unwrap();
    assert_eq!(talk.state, ConversationState::Queued);
    assert_eq!(talk.queue_id, clinic.world.citas);
    assert_eq!((talk.must_act, talk.inbound_count), (MustAct::Agent, 1));
    assert_eq!(talk.last_text.as_deref(), Some("Hola 👋"));
    assert_eq!(
        talk.window_until.map(|until| until.timestamp()),
        Some(AT + 24 * 3600),
        "from the vendor's clock"
    );
    let who = contact::Entity::find().one(clinic.test.db()).await.unwrap().unwrap();
    assert_eq!(who.name, "Cliente 51987412306");
    let kinds: Vec<String> = event::Entity::find()
        .order_by_asc(event::Column::Id)
        .all(clinic.test.db())
        .await
        .unwrap()
        .into_iter()
        .map(|e| e.kind)
        .collect();
    assert_eq!(kinds, ["conversation_opened", "message_received"]);
}

#[tokio::test]
async fn the_same_webhook_sixteen_times_at_once_is_one_message() {
    let clinic = Clinic::open().await;
    let body = meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola")]);
    let takes = (0..16).map(|_| clinic.webhook(body.clone()));
    futures_util::future::join_all(takes).await;
    let (one, two) = tokio::join!(
        applier::step(clinic.test.db(), Utc::now()),
        applier::step(clinic.test.db(), Utc::now())
    );
    one.unwrap();
    two.unwrap();
    clinic.apply().await;
    clinic.webhook(body).await;
    clinic.apply().await;

    assert_eq!(clinic.bodies().await, ["Hola"]);
    assert_eq!(receipt::Entity::find().count(clinic.test.db()).await.unwrap(), 17, "every receipt is kept");
    let talk = conversation::Entity::find().one(clinic.test.db()).await.unwrap().unwrap();
    assert_eq!(talk.inbound_count, 1, "a repeat counts nowhere");
}

#[tokio::test]
async fn ten_first_messages_of_a_new_contact_at_once_make_one_conversation_in_order() {
    let clinic = Clinic::open().await;
    let texts: Vec<String> = (0..10).map(|n| format!("mensaje {n}")).collect();
    let webhooks = texts.iter().enumerate().map(|(n, text)| {
        clinic.webhook(meta::messages(&[meta::text("51987412306", &format!("wamid.{n}"), AT, text)]))
    });
    futures_util::future::join_all(webhooks).await;
    // Two appliers, as two nodes would run them.
    let db = clinic.test.db();
    let (one, two) = tokio::join!(applier::step(db, Utc::now()), applier::step(db, Utc::now()));
    one.unwrap();
    two.unwrap();
    clinic.apply().await;

    assert_eq!(
        clinic.bodies().await,
        texts,
        "the vendor's second is the same, so the order of receipt counts"
    );
    assert_eq!(contact::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(identity::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(conversation::Entity::find().count(db).await.unwrap(), 1);
}

#[tokio::test]
async fn a_broken_item_goes_into_quarantine_and_its_neighbours_go_on() {
    let clinic = Clinic::open().await;
    clinic
        .webhook(meta::messages(&[
            meta::text("51987412306", "wamid.1", AT, "antes"),
            json!({"from": "51987412306", "timestamp": "not a time", "type": "text"}),
            meta::text("51987412306", "wamid.3", AT + 1, "después"),
        ]))
        .await;
    clinic.webhook(b"{ this is no JSON".to_vec()).await;
    clinic.apply().await;

    assert_eq!(clinic.bodies().await, ["antes", "después"]);
    let aside =
        quarantine::Entity::find().order_by_asc(quarantine::Column::Id).all(clinic.test.db()).await.unwrap();
    assert_eq!(aside.iter().map(|entry| entry.item).collect::<Vec<_>>(), [Some(1), None]);
    assert!(aside.iter().all(|entry| !entry.reason.is_empty()));
    assert!(aside[0].raw.is_some(), "the broken part is kept as it came");
}

#[tokio::test]
async fn a_number_we_do_not_know_is_kept_aside_with_its_reason() {
    let clinic = Clinic::open().await;
    let body =
        String::from_utf8(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola")])).unwrap();
    clinic.webhook(body.replace(testing::PHONE_NUMBER_ID, "999").into_bytes()).await;
    clinic.apply().await;

    assert!(clinic.bodies().await.is_empty());
    let aside = quarantine::Entity::find().one(clinic.test.db()).await.unwrap().unwrap();
    assert_eq!(aside.reason, "no channel is connected as phone_number_id:999");
}

#[tokio::test]
async fn strange_text_arrives_as_it_was_written_and_nul_bytes_do_not_stop_it() {
    let clinic = Clinic::open().await;
    let long = "ñ".repeat(4096);
    let strange = ["👩‍👩‍👧‍👦 𝓗𝓸𝓵𝓪", "مرحبا بالعالم", long.as_str(), "a\u{0}b"];
    for (n, text) in strange.iter().enumerate() {
        let at = AT + i64::try_from(n).unwrap();
        clinic.webhook(meta::messages(&[meta::text("51987412306", &format!("wamid.{n}"), at, text)])).await;
    }
    clinic.apply().await;
    assert_eq!(clinic.bodies().await, ["👩‍👩‍👧‍👦 𝓗𝓸𝓵𝓪", "مرحبا بالعالم", long.as_str(), "ab"]);
}

#[tokio::test]
async fn a_message_soon_after_closing_goes_on_with_the_same_conversation_and_a_late_one_starts_another() {
    let clinic = Clinic::open().await;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "uno")])).await;
    clinic.apply().await;
    let close = async |ago: i64| {
        conversation::Entity::update_many()
            .col_expr(conversation::Column::State, sea_orm::sea_query::Expr::value("closed"))
            .col_expr(
                conversation::Column::ClosedAt,
                sea_orm::sea_query::Expr::value(Utc::now() - chrono::TimeDelta::hours(ago)),
            )
            .exec(clinic.test.db())
            .await
            .unwrap();
    };
    close(23).await;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.2", AT + 60, "dos")])).await;
    clinic.apply().await;
    assert_eq!(conversation::Entity::find().count(clinic.test.db()).await.unwrap(), 1, "reopened");
    close(25).await;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.3", AT + 120, "tres")])).await;
    clinic.apply().await;
    assert_eq!(conversation::Entity::find().count(clinic.test.db()).await.unwrap(), 2, "too late to go on");
}

#[tokio::test]
async fn statuses_repeated_reversed_and_early_end_at_the_right_ticks() {
    let clinic = Clinic::open().await;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola")])).await;
    clinic.apply().await;
    let known = clinic.reply(Some("wamid.OUT"), DeliveryState::Accepted).await;
    let unanswered = clinic.reply(None, DeliveryState::Uncertain).await;
    clinic
        .webhook(meta::statuses(&[
            meta::status("wamid.OUT", "read", AT + 3, None),
            meta::status("wamid.OUT", "delivered", AT + 2, None),
            meta::status("wamid.OUT", "sent", AT + 1, None),
            meta::status("wamid.OUT", "read", AT + 9, None),
            meta::status("wamid.NEW", "delivered", AT + 2, Some(&unanswered.to_string())),
            meta::status("wamid.NOBODYS", "sent", AT + 2, None),
        ]))
        .await;
    clinic.apply().await;

    assert_eq!(clinic.delivery(known).await.state, DeliveryState::Read);
    assert_eq!(clinic.delivery(unanswered).await.state, DeliveryState::Delivered, "settled by our own id");
    let settled = message::Entity::find_by_id(unanswered).one(clinic.test.db()).await.unwrap().unwrap();
    assert_eq!(settled.vendor_id.as_deref(), Some("wamid.NEW"));
    let changes = event::Entity::find()
        .filter(event::Column::Kind.eq("delivery_changed"))
        .count(clinic.test.db())
        .await
        .unwrap();
    assert_eq!(changes, 2, "one event for each message that moved");
}

#[tokio::test]
async fn a_vendors_clock_that_runs_ahead_does_not_hold_the_window_open() {
    let clinic = Clinic::open().await;
    let tomorrow = Utc::now().timestamp() + 20 * 3600;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.1", tomorrow, "uno")])).await;
    clinic
        .webhook(meta::messages(&[meta::text("51987412306", "wamid.2", Utc::now().timestamp(), "dos")]))
        .await;
    clinic.apply().await;

    let talk = conversation::Entity::find().one(clinic.test.db()).await.unwrap().unwrap();
    assert!(talk.window_until.unwrap() <= Utc::now() + chrono::TimeDelta::hours(24));
    assert_eq!(talk.last_text.as_deref(), Some("dos"), "the newer one is the newest");
    assert_eq!(clinic.bodies().await, ["uno", "dos"]);
}

#[tokio::test]
async fn a_report_that_tells_nothing_new_leaves_the_attempt_its_lease() {
    let clinic = Clinic::open().await;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola")])).await;
    clinic.apply().await;
    let known = clinic.reply(Some("wamid.OUT"), DeliveryState::Failed).await;
    let lease = Utc::now() + chrono::TimeDelta::minutes(2);
    let row =
        delivery::ActiveModel { message_id: Set(known), lease_until: Set(Some(lease)), ..Default::default() };
    row.update(clinic.test.db()).await.unwrap();
    clinic.webhook(meta::statuses(&[meta::status("wamid.OUT", "sent", AT, None)])).await;
    clinic.apply().await;
    let after = delivery::Entity::find_by_id(known).one(clinic.test.db()).await.unwrap().unwrap();
    assert_eq!(after.state, DeliveryState::Failed);
    assert!(after.lease_until.is_some());
}

#[tokio::test]
async fn the_late_failure_of_an_earlier_attempt_does_not_stop_the_one_a_person_sent_again() {
    let clinic = Clinic::open().await;
    clinic.webhook(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola")])).await;
    clinic.apply().await;
    let again = clinic.reply(None, DeliveryState::Sending).await;
    delivery::ActiveModel { message_id: Set(again), attempts: Set(2), ..Default::default() }
        .update(clinic.test.db())
        .await
        .unwrap();
    let report = |attempt: i32, id: &str, state: &str| {
        meta::status(id, state, AT + 1, Some(&format!("{again}.{attempt}")))
    };
    clinic.webhook(meta::statuses(&[report(1, "wamid.FIRST", "failed")])).await;
    clinic.apply().await;
    assert_eq!(clinic.delivery(again).await.state, DeliveryState::Sending);
    clinic.webhook(meta::statuses(&[report(2, "wamid.SECOND", "failed")])).await;
    clinic.apply().await;
    assert_eq!(clinic.delivery(again).await.state, DeliveryState::Failed, "its own failure counts");
}
