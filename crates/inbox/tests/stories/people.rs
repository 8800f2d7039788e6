//! Who is who: spellings of a number, changed numbers, joined contacts; what a message becomes; the phone app beside us.

use chrono::Utc;
use domain::{Address, ContactId, ConversationId, PersonId};
use inbox::{
    Wakes, applier,
    assignment::{self, Move, Terms},
    consent::{self, Wishes},
    contacts::{self, MergeError, MergeReason},
    ledger::{Ledger, Receipt, Source},
};
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, Statement, TransactionTrait, Value};
use serde_json::{Value as Json, json};
use testing::{PHONE_NUMBER_ID, TWILIO_ACCOUNT, TestDb, WABA, World, meta};

const AT: i64 = 1_790_000_000;

struct Clinic {
    test: TestDb,
    world: World,
    ledger: Ledger,
}

#[derive(FromQueryResult)]
struct One<T: sea_orm::TryGetable> {
    one: T,
}

impl Clinic {
    async fn open() -> Self {
        let test = TestDb::new().await;
        let world = World::new(test.db()).await;
        let (ledger, _writer) = Ledger::start(test.db().clone(), Wakes::default());
        Self { test, world, ledger }
    }

    async fn take(&self, source: Source, body: Vec<u8>) {
        self.ledger.take(Receipt { source, query: String::new(), body }).await.expect("the ledger takes it");
    }

    /// A webhook, applied by itself.
    async fn hear(&self, body: Vec<u8>) {
        self.take(Source::Whatsapp, body).await;
        self.apply().await;
    }

    async fn apply(&self) {
        while applier::step(self.test.db(), Utc::now()).await.expect("apply").receipts > 0 {}
        assert_eq!(self.count("select count(*) as one from quarantine").await, 0, "nothing is put aside");
    }

    async fn ask<T: sea_orm::TryGetable>(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> T {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        One::<T>::find_by_statement(statement).one(self.test.db()).await.expect("ask").expect("an answer").one
    }

    async fn count(&self, sql: &str) -> i64 {
        self.ask(sql, []).await
    }

    async fn run(&self, sql: &str) {
        self.test.db().execute_unprepared(sql).await.expect("run");
    }

    async fn merge(&self, from: ContactId, into: ContactId, by: PersonId) -> Result<uuid::Uuid, MergeError> {
        let tx = self.test.db().begin().await.unwrap();
        let reason = MergeReason::Person { note: "la misma señora".to_owned() };
        let merged = contacts::merge(&tx, Some(by), from, into, &reason, Utc::now()).await?;
        tx.commit().await.unwrap();
        Ok(merged)
    }

    async fn undo(&self, merge: uuid::Uuid, by: PersonId) -> Result<(), MergeError> {
        let tx = self.test.db().begin().await.unwrap();
        contacts::undo(&tx, by, merge, Utc::now()).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    async fn contact_of(&self, phone: &str) -> ContactId {
        let sql = "select contact_id as one from identity where value = $1 and ended_at is null";
        ContactId(self.ask(sql, [phone.into()]).await)
    }
}

/// A webhook of any field.
fn change(field: &str, mut value: Json) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "5115550100", "phone_number_id": PHONE_NUMBER_ID});
    serde_json::to_vec(&json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA, "changes": [{"field": field, "value": value}]}],
    }))
    .unwrap()
}

/// A text from a phone with a user id.
fn from_user(phone: &str, user: &str, id: &str, at: i64, body: &str) -> Vec<u8> {
    let mut message = meta::text(phone, id, at, body);
    message["from_user_id"] = json!(user);
    let contacts = json!([{"profile": {"name": "Ana"}, "wa_id": phone, "user_id": user}]);
    change("messages", json!({"contacts": contacts, "messages": [message]}))
}

fn new_id(previous: &str, current: &str, phone: &str, at: i64) -> Vec<u8> {
    change(
        "user_id_update",
        json!({"user_id_update": [{"wa_id": phone, "detail": "changed",
            "user_id": {"previous": previous, "current": current}, "timestamp": at.to_string()}]}),
    )
}

fn with(kind: &str, from: &str, id: &str, at: i64, said: Json) -> Vec<u8> {
    let mut message = json!({"from": from, "id": id, "timestamp": at.to_string(), "type": kind});
    message[kind] = said;
    meta::messages(&[message])
}

fn edit(from: &str, id: &str, at: i64, original: &str, body: &str) -> Vec<u8> {
    let said = json!({"original_message_id": original, "message": {"type": "text", "text": {"body": body}}});
    with("edit", from, id, at, said)
}

fn reaction(from: &str, id: &str, at: i64, target: &str, emoji: Option<&str>) -> Vec<u8> {
    let said = match emoji {
        Some(emoji) => json!({"message_id": target, "emoji": emoji}),
        None => json!({"message_id": target}),
    };
    with("reaction", from, id, at, said)
}

fn echo(to: &str, id: &str, at: i64, body: &str) -> Vec<u8> {
    let echo = json!({"from": "5115550100", "to": to, "id": id, "timestamp": at.to_string(), "type": "text",
        "text": {"body": body}});
    change("smb_message_echoes", json!({"message_echoes": [echo]}))
}

#[tokio::test]
async fn a_number_in_two_spellings_is_one_customer_on_every_channel() {
    let clinic = Clinic::open().await;
    clinic.hear(meta::messages(&[meta::text("5215512345678", "wamid.1", AT, "Hola")])).await;
    let sms = format!(
        "From=%2B525512345678&To=%2B14155550111&Body=Hola&MessageSid=SM1&AccountSid={TWILIO_ACCOUNT}"
    );
    clinic.take(Source::TwilioMessage, sms.into_bytes()).await;
    clinic.apply().await;
    clinic.hear(meta::messages(&[meta::text("525512345678", "wamid.2", AT + 1, "¿Siguen ahí?")])).await;

    assert_eq!(clinic.count("select count(*) as one from contact").await, 1);
    assert_eq!(clinic.count("select count(*) as one from identity").await, 1);
    assert_eq!(clinic.count("select count(*) as one from conversation").await, 2, "one on each channel");
    let reply_to: String = clinic
        .ask(
            "select reply_address as one from conversation where channel_id = $1",
            [clinic.world.whatsapp.into()],
        )
        .await;
    assert_eq!(reply_to, "525512345678", "exactly as the vendor gave it last");
}

#[tokio::test]
async fn the_database_and_the_program_agree_on_what_is_one_number() {
    let clinic = Clinic::open().await;
    let mut numbers = vec!["+51987412306".to_owned(), "+5215512345678".to_owned(), "+14155550111".to_owned()];
    for country in ["52", "521", "54", "549", "55", "5511", "5411", "54911", "541115", "5493511", "54935115"]
    {
        for n in 0..80_u64 {
            let digits = (n * 7_919_311 + 2_345_678) % 1_000_000_000;
            for length in [6_u32, 7, 8, 9, 10] {
                let width = usize::try_from(length).unwrap();
                numbers.push(format!("+{country}{:0>width$}", digits % 10_u64.pow(length)));
            }
        }
    }
    for value in numbers {
        let address = Address { kind: domain::IdentityKind::Phone, value };
        let sql = "select match_key('phone', $1) as one";
        let of_database: String = clinic.ask(sql, [address.value.clone().into()]).await;
        assert_eq!(of_database, address.key(), "{}", address.value);
    }
}

#[tokio::test]
async fn a_changed_number_is_followed_in_order_and_told_once() {
    let clinic = Clinic::open().await;
    clinic.take(Source::Whatsapp, from_user("51987412306", "PE.1", "wamid.1", AT, "Hola")).await;
    clinic.take(Source::Whatsapp, new_id("PE.1", "PE.2", "51911111111", AT + 10)).await;
    clinic.take(Source::Whatsapp, from_user("51911111111", "PE.2", "wamid.2", AT + 20, "Cambié")).await;
    clinic.take(Source::Whatsapp, new_id("PE.1", "PE.2", "51911111111", AT + 10)).await;
    clinic.apply().await;

    assert_eq!(clinic.count("select count(*) as one from contact").await, 1);
    assert_eq!(clinic.count("select count(*) as one from conversation").await, 1);
    let live =
        "select count(*) as one from identity where ended_at is null and value in ('+51911111111', 'PE.2')";
    assert_eq!(clinic.count(live).await, 2);
    assert_eq!(
        clinic
            .count("select count(*) as one from identity where ended_at is not null and value = 'PE.1'")
            .await,
        1
    );
    assert_eq!(clinic.count("select count(*) as one from event where kind = 'address_changed'").await, 1);
    let reply_to: String = clinic.ask("select reply_address as one from conversation", []).await;
    assert_eq!(reply_to, "51911111111");
}

#[tokio::test]
async fn a_message_that_overtakes_the_notice_of_a_new_id_is_joined_with_its_owner() {
    let clinic = Clinic::open().await;
    clinic.hear(from_user("51987412306", "PE.1", "wamid.1", AT, "Hola")).await;
    clinic.hear(from_user("51911111111", "PE.2", "wamid.2", AT + 20, "Cambié")).await;
    assert_eq!(clinic.count("select count(*) as one from conversation where state <> 'closed'").await, 2);
    clinic.hear(new_id("PE.1", "PE.2", "51911111111", AT + 10)).await;

    assert_eq!(clinic.count("select count(*) as one from contact where merged_into is null").await, 1);
    assert_eq!(clinic.count("select count(*) as one from contact_merge where by_id is null").await, 1);
    assert_eq!(clinic.count("select count(*) as one from conversation where state <> 'closed'").await, 1);
    assert_eq!(clinic.count("select count(*) as one from message").await, 2, "nothing is lost");
    let open: String =
        clinic.ask("select reply_address as one from conversation where state <> 'closed'", []).await;
    assert_eq!(open, "51911111111");
    assert_eq!(
        clinic.count("select count(*) as one from contact_proposal where settled_at is null").await,
        0
    );
}

#[tokio::test]
async fn a_number_with_a_new_owner_does_not_bring_the_old_ones_history() {
    let clinic = Clinic::open().await;
    clinic.hear(from_user("51987412306", "PE.1", "wamid.1", AT, "Mi resultado, por favor")).await;
    clinic.hear(from_user("51987412306", "PE.9", "wamid.2", AT + 9_000_000, "Hola, ¿quién es?")).await;
    assert_eq!(clinic.count("select count(*) as one from contact").await, 2);
    assert_eq!(clinic.count("select count(*) as one from conversation").await, 2);
    let sql = "select count(*) as one from identity where value = '+51987412306' and ended_at is null";
    assert_eq!(clinic.count(sql).await, 1, "it is the new owner's alone");
}

#[tokio::test]
async fn what_is_corrected_deleted_and_reacted_to_changes_its_message_whatever_came_first() {
    let clinic = Clinic::open().await;
    let ana = "51987412306";
    clinic.hear(edit(ana, "wamid.e2", AT + 20, "wamid.1", "Mañana a las 10")).await;
    clinic.hear(meta::messages(&[meta::text(ana, "wamid.1", AT, "Mañana a las 8")])).await;
    clinic.hear(edit(ana, "wamid.e1", AT + 10, "wamid.1", "Mañana a las 9")).await;
    clinic.hear(reaction(ana, "wamid.r2", AT + 40, "wamid.1", None)).await;
    clinic.hear(reaction(ana, "wamid.r1", AT + 30, "wamid.1", Some("👍"))).await;
    clinic.hear(edit(ana, "wamid.e2", AT + 20, "wamid.1", "Mañana a las 10")).await;

    let shown: String = clinic.ask("select body as one from message where vendor_id = 'wamid.1'", []).await;
    assert_eq!(shown, "Mañana a las 10", "the latest word, not the one that came last");
    let first: String =
        clinic.ask("select content ->> 'body' as one from message where vendor_id = 'wamid.1'", []).await;
    assert_eq!(first, "Mañana a las 8");
    assert_eq!(clinic.count("select count(*) as one from message where applied_to is null").await, 1);
    assert_eq!(clinic.count("select count(*) as one from reaction where emoji is not null").await, 0);
    let listed: String = clinic.ask("select last_text as one from conversation", []).await;
    assert_eq!(listed, "Mañana a las 10");
    assert_eq!(clinic.count("select inbound_count as one from conversation").await, 1);

    clinic.hear(with("revoke", ana, "wamid.d", AT + 50, json!({"original_message_id": "wamid.1"}))).await;
    assert_eq!(
        clinic
            .count("select count(*) as one from message where revoked_at is not null and body is null")
            .await,
        1
    );
}

#[tokio::test]
async fn nobody_corrects_the_words_of_another_and_a_late_thumb_opens_nothing() {
    let clinic = Clinic::open().await;
    clinic.hear(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Gracias")])).await;
    clinic.hear(edit("51922222222", "wamid.e", AT + 5, "wamid.1", "Me deben mil soles")).await;
    let body: String = clinic.ask("select body as one from message where vendor_id = 'wamid.1'", []).await;
    assert_eq!(body, "Gracias");

    clinic.run("update conversation set state = 'closed', closed_at = now() - interval '3 days'").await;
    clinic.hear(reaction("51987412306", "wamid.r", AT + 300_000, "wamid.1", Some("👍"))).await;
    assert_eq!(clinic.count("select count(*) as one from conversation where state <> 'closed'").await, 0);
    assert_eq!(clinic.count("select count(*) as one from reaction where emoji = '👍'").await, 1);
}

#[tokio::test]
async fn an_answer_in_the_phone_app_is_ours_and_asks_for_nothing() {
    let clinic = Clinic::open().await;
    clinic.hear(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "¿Atienden hoy?")])).await;
    let window = "select extract(epoch from window_until)::bigint as one from conversation";
    let until = clinic.count(window).await;
    clinic.hear(echo("51987412306", "wamid.2", AT + 60, "Sí, hasta las 8")).await;
    clinic.hear(echo("51987412306", "wamid.2", AT + 60, "Sí, hasta las 8")).await;

    assert_eq!(clinic.count(window).await, until);
    assert_eq!(clinic.count("select count(*) as one from conversation where must_act = 'customer'").await, 1);
    assert_eq!(
        clinic.count("select count(*) as one from message where direction = 'out' and origin = 'echo'").await,
        1
    );
    assert_eq!(clinic.count("select count(*) as one from delivery").await, 0);
    let answered = "select count(*) as one from conversation where first_answered_at is not null";
    assert_eq!(clinic.count(answered).await, 1, "the promise of a first answer is kept");

    // To somebody who never wrote: it is kept, and nobody has to act.
    clinic.hear(echo("51933333333", "wamid.3", AT + 70, "Buenos días, le escribimos de la clínica")).await;
    assert_eq!(clinic.count("select count(*) as one from conversation where state = 'closed'").await, 1);
    clinic.run("update conversation set closed_at = now() where state = 'closed'").await;
    clinic.hear(meta::messages(&[meta::text("51933333333", "wamid.4", AT + 80, "Hola")])).await;
    assert_eq!(
        clinic.count("select count(*) as one from conversation").await,
        2,
        "the answer goes on with it"
    );
}

#[tokio::test]
async fn the_past_comes_in_order_read_and_without_a_window() {
    let clinic = Clinic::open().await;
    let book = json!({"state_sync": [{"type": "contact", "action": "add", "metadata": {"timestamp": AT.to_string()},
        "contact": {"full_name": "Ana Ruiz", "phone_number": "51987412306"}}]});
    clinic.hear(change("smb_app_state_sync", book)).await;
    let messages = json!([
        {"from": "5115550100", "to": "51987412306", "id": "wamid.h2", "timestamp": (AT - 500).to_string(),
         "type": "text", "text": {"body": "A las 9"}, "history_context": {"status": "READ"}},
        {"from": "51987412306", "id": "wamid.h1", "timestamp": (AT - 900).to_string(), "type": "text",
         "text": {"body": "¿A qué hora?"}, "history_context": {"status": "READ"}},
        {"from": "51987412306", "id": "wamid.h3", "timestamp": (AT - 400).to_string(),
         "type": "media_placeholder", "history_context": {"status": "PLAYED"}}]);
    let chunk = |progress: i32| {
        let history = json!([{"metadata": {"phase": 0, "chunk_order": 1, "progress": progress},
            "threads": [{"id": "51987412306", "messages": messages.clone()}]}]);
        change("history", json!({ "history": history }))
    };
    clinic.hear(chunk(55)).await;
    clinic.hear(chunk(100)).await;
    clinic.hear(chunk(55)).await;

    assert_eq!(clinic.count("select count(*) as one from message where origin = 'past'").await, 3);
    assert_eq!(clinic.count("select count(*) as one from contact where name = 'Ana Ruiz'").await, 1);
    let quiet = "select count(*) as one from conversation
        where state = 'closed' and window_until is null and inbound_count = 0 and must_act = 'customer'";
    assert_eq!(clinic.count(quiet).await, 1);
    assert_eq!(
        clinic.count("select (facts -> 'past' ->> 'progress')::bigint as one from channel_facts").await,
        100,
        "the furthest counts"
    );
    let image = json!({"messages": [{"from": "51987412306", "id": "wamid.h3", "timestamp": (AT - 400).to_string(),
        "type": "image", "image": {"mime_type": "image/jpeg", "sha256": "x", "id": "900"}}]});
    clinic.hear(change("history", image)).await;
    let kind: String = clinic.ask("select kind as one from message where vendor_id = 'wamid.h3'", []).await;
    assert_eq!(kind, "image");
    assert_eq!(clinic.count("select count(*) as one from message").await, 3);
}

#[tokio::test]
async fn a_wish_for_no_more_offers_is_kept_once_with_its_proof_and_the_newest_counts() {
    let clinic = Clinic::open().await;
    let wish = |value: &str, at: i64| {
        change(
            "user_preferences",
            json!({"contacts": [{"wa_id": "51987412306", "user_id": "PE.1"}],
                "user_preferences": [{"wa_id": "51987412306", "user_id": "PE.1", "category": "marketing_messages",
                    "detail": "User requested it", "value": value, "timestamp": at}]}),
        )
    };
    clinic.hear(wish("stop", AT)).await;
    clinic.hear(wish("stop", AT)).await;
    let ana = clinic.contact_of("+51987412306").await;
    let wishes = async || consent::wishes(clinic.test.db(), &[ana], clinic.world.whatsapp).await.unwrap();
    assert_eq!(wishes().await[&ana], Wishes { no_offers: true, nothing: false });
    assert_eq!(clinic.count("select count(*) as one from consent").await, 1);
    clinic.hear(wish("resume", AT + 60)).await;
    clinic.hear(wish("stop", AT)).await;
    assert_eq!(wishes().await.get(&ana), None);
    let edited = clinic.test.db().execute_unprepared("update consent set given = true").await;
    assert!(edited.is_err(), "a ledger is not corrected");
}

#[tokio::test]
async fn a_stop_that_is_told_again_is_one_word_whatever_happened_since() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.world.supervisor("Gabriela").await;
    let stop = || {
        format!(
            "MessageSid=SM1&AccountSid={TWILIO_ACCOUNT}&From=%2B51987412306&To=%2B14155550111&Body=STOP&NumMedia=0\
             &OptOutType=STOP"
        )
        .into_bytes()
    };
    let words = "select count(*) as one from consent";
    clinic.take(Source::TwilioMessage, stop()).await;
    clinic.run("update receipt set received_at = received_at - interval '1 minute'").await;
    clinic.apply().await;
    clinic.take(Source::TwilioMessage, stop()).await;
    clinic.apply().await;
    assert_eq!(clinic.count(words).await, 1, "Twilio gives no time, and asked twice");
    clinic.hear(meta::messages(&[meta::text("51911111111", "wamid.2", AT, "Soy Ana, baja")])).await;
    clinic.hear(meta::messages(&[meta::text("51911111111", "wamid.3", AT, "BAJA")])).await;
    let (old, new) = (clinic.contact_of("+51987412306").await, clinic.contact_of("+51911111111").await);
    clinic.merge(old, new, gabriela.person).await.unwrap();
    clinic.run("update receipt set state = 'new'").await;
    clinic.apply().await;
    assert_eq!(clinic.count(words).await, 2, "one for everything by SMS, one for offers");
    let wishes = consent::wishes(clinic.test.db(), &[new], clinic.world.sms).await.unwrap();
    assert_eq!(wishes[&new], Wishes { no_offers: true, nothing: true });
}

#[tokio::test]
async fn two_contacts_become_one_and_two_again_as_they_were() {
    let clinic = Clinic::open().await;
    let valeria = clinic.world.agent("Valeria", 5).await;
    let gabriela = clinic.world.supervisor("Gabriela").await;
    clinic.hear(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola")])).await;
    clinic
        .hear(meta::messages(&[meta::text("51911111111", "wamid.2", AT + 5, "Soy Ana, otro celular")]))
        .await;
    let (old, new) = (clinic.contact_of("+51987412306").await, clinic.contact_of("+51911111111").await);
    let talk_of = "select id as one from conversation where contact_id = $1";
    let newer = ConversationId(clinic.ask(talk_of, [new.into()]).await);
    let tx = clinic.test.db().begin().await.unwrap();
    let reason = domain::event::AssignmentReason::Taken;
    let give = Move {
        conversation: newer,
        from: None,
        to: Some(valeria.person),
        reason,
        by: None,
        terms: Terms::Done,
    };
    assignment::move_holders(&tx, &[give], Utc::now()).await.unwrap();
    tx.commit().await.unwrap();

    let merge = clinic.merge(new, old, gabriela.person).await.unwrap();
    let watched = "select count(*) as one from watch join conversation c on c.id = conversation_id where c.state = 'closed'";
    assert_eq!(clinic.count(watched).await, 0, "time asks nothing of what is closed");
    let load = "select load::bigint as one from presence";
    assert_eq!(clinic.count(load).await, 1, "she goes on with the one that stays open");
    assert_eq!(clinic.count("select count(*) as one from conversation where state = 'assigned'").await, 1);
    assert_eq!(clinic.contact_of("+51911111111").await, old);
    assert!(matches!(clinic.merge(new, old, gabriela.person).await, Err(MergeError::JoinedBefore)));
    assert!(matches!(clinic.merge(old, old, gabriela.person).await, Err(MergeError::Same)));

    clinic.undo(merge, gabriela.person).await.unwrap();
    assert_eq!(clinic.contact_of("+51911111111").await, new);
    let holder = "select count(*) as one from conversation where state <> 'closed'";
    assert_eq!(clinic.count(holder).await, 2);
    assert_eq!(clinic.count("select count(*) as one from contact where merged_into is not null").await, 0);
    assert!(matches!(clinic.undo(merge, gabriela.person).await, Err(MergeError::PartedBefore)));
    let holds: i64 = clinic
        .ask("select count(*) as one from conversation where assignee_id = $1", [valeria.person.into()])
        .await;
    assert_eq!(clinic.count(load).await, holds, "load is what she holds");
}

#[tokio::test]
async fn a_join_is_not_taken_back_once_the_customer_wrote_into_what_went_on() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.world.supervisor("Gabriela").await;
    clinic.hear(meta::messages(&[meta::text("51987412306", "wamid.1", AT, "Hola")])).await;
    clinic.hear(meta::messages(&[meta::text("51911111111", "wamid.2", AT + 5, "Soy Ana")])).await;
    let (old, new) = (clinic.contact_of("+51987412306").await, clinic.contact_of("+51911111111").await);
    let merge = clinic.merge(new, old, gabriela.person).await.unwrap();
    clinic.hear(meta::messages(&[meta::text("51911111111", "wamid.3", AT + 9, "¿Hola?")])).await;
    assert_eq!(clinic.count("select count(*) as one from conversation where state <> 'closed'").await, 1);
    assert!(matches!(clinic.undo(merge, gabriela.person).await, Err(MergeError::WroteSince)));
    assert_eq!(clinic.contact_of("+51911111111").await, old, "a refusal changes nothing");
}

#[tokio::test]
async fn webhooks_and_joins_at_once_lose_nothing() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.world.supervisor("Gabriela").await;
    clinic.hear(meta::messages(&[meta::text("51987412306", "wamid.0", AT, "Hola")])).await;
    clinic.hear(meta::messages(&[meta::text("51911111111", "wamid.1", AT, "Hola")])).await;
    let (old, new) = (clinic.contact_of("+51987412306").await, clinic.contact_of("+51911111111").await);
    for n in 2..30 {
        let from = if n % 2 == 0 { "51987412306" } else { "51911111111" };
        let text = meta::text(from, &format!("wamid.{n}"), AT + n, "otra");
        clinic.take(Source::Whatsapp, meta::messages(&[text])).await;
    }
    let joined = clinic.merge(new, old, gabriela.person);
    let (merged, ()) = tokio::join!(joined, clinic.apply());
    merged.unwrap();
    clinic.apply().await;
    assert_eq!(clinic.count("select count(*) as one from message").await, 30);
    assert_eq!(clinic.count("select count(*) as one from conversation where state <> 'closed'").await, 1);
    let strays = "select count(*) as one from conversation c join contact on contact.id = c.contact_id
        where contact.merged_into is not null";
    assert_eq!(clinic.count(strays).await, 0);
}

#[tokio::test]
async fn two_people_who_decide_on_overlapping_proposals_at_once_join_nobody_twice() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.world.supervisor("Gabriela").await.person;
    let alonso = clinic.world.supervisor("Alonso").await.person;
    // By number here, by id there, and a message with both: twice, around the same middle.
    for round in 0..6 {
        let phone = |n: i64| format!("5190000{round}{n:03}");
        let mut all = Vec::new();
        for n in 1..=3 {
            let text = meta::text(&phone(n), &format!("wamid.{round}.{n}"), AT + n, "Hola");
            clinic.hear(meta::messages(&[text])).await;
            all.push(clinic.contact_of(&format!("+{}", phone(n))).await);
        }
        let [a, b, c] = all[..] else { panic!("three") };
        for (one, other) in [(a, b), (b, c)] {
            let (one, other) = if one < other { (one, other) } else { (other, one) };
            clinic
                .run(&format!(
                    "insert into contact_proposal (id, one_id, other_id, reason, at)
                     values (gen_random_uuid(), '{one}', '{other}', '{{\"why\": \"same_message\"}}', now())"
                ))
                .await;
        }
        let (first, second) = match round {
            0 => ((b, a), (b, c)),
            1 => ((a, b), (b, c)),
            2 => ((a, b), (c, b)),
            3 => ((b, a), (c, b)),
            4 => ((a, b), (b, a)),
            _ => ((a, b), (a, b)),
        };
        let (one, other) =
            tokio::join!(clinic.merge(first.0, first.1, gabriela), clinic.merge(second.0, second.1, alonso));
        let done = [&one, &other].into_iter().filter(|result| result.is_ok()).count();
        for refused in [one, other].into_iter().filter_map(Result::err) {
            assert!(matches!(refused, MergeError::JoinedBefore), "{round}: {refused:?}");
        }
        let ids = format!("('{a}', '{b}', '{c}')");
        let of = async |sql: &str| clinic.count(&sql.replace("$ids", &ids)).await;
        let joined =
            of("select count(*) as one from contact where id in $ids and merged_into is not null").await;
        assert_eq!(
            joined,
            i64::try_from(done).unwrap(),
            "{round}: who is told that it worked has joined two"
        );
        assert!(done >= 1, "{round}");
        let joins = of("select count(*) as one from contact_merge where from_id in $ids").await;
        assert_eq!(joins, joined, "{round}");
        // Whose addresses and conversations they are now: somebody's who goes on.
        let living = "select count(*) as one from identity i join contact on contact.id = i.contact_id
            where contact.id in $ids and merged_into is null and i.ended_at is null";
        assert_eq!(of(living).await, 3, "{round}");
        let messages = "select count(*) as one from message m join conversation c on c.id = m.conversation_id
            join contact on contact.id = c.contact_id where contact.id in $ids and merged_into is null";
        assert_eq!(of(messages).await, 3, "{round}");
        let open = "select count(*) as one from conversation where contact_id in $ids and state <> 'closed'";
        assert_eq!(of(open).await, 3 - joined, "{round}");
        let undecided = "select count(*) as one from contact_proposal p where settled_at is null
            and (one_id in $ids or other_id in $ids)
            and exists (select from contact where id in (one_id, other_id) and merged_into is not null)";
        assert_eq!(of(undecided).await, 0, "{round}: nothing is asked about who is a part of another");
    }
}

#[tokio::test]
async fn what_a_customer_fills_into_forms_stands_beside_the_conversation_once() {
    let clinic = Clinic::open().await;
    let form = |id: &str, answers: Json| {
        json!({"from": "51987412306", "id": id, "timestamp": AT.to_string(), "type": "interactive", "interactive": {
            "type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": answers.to_string()}}})
    };
    let first = form(
        "wamid.f1",
        json!({"flow_token": "t", "sede": "Surco", "turno": ["sábado", "domingo"], "otro": ""}),
    );
    let webhook = meta::messages(&[first, form("wamid.f2", json!({"sede": "Miraflores"}))]);
    clinic.hear(webhook.clone()).await;
    clinic.hear(webhook).await;
    let kept: String = clinic
        .ask(
            "select string_agg(key || '=' || value, ' ' order by key) as one from collected where collector = 'form'",
            [],
        )
        .await;
    assert_eq!(kept, "sede=Miraflores turno=sábado, domingo", "the last word, and nothing that is empty");
    assert_eq!(clinic.count("select count(*) as one from event where kind = 'data_collected'").await, 2);
    assert_eq!(clinic.count("select count(*) as one from contact where attributes <> '{}'").await, 0);
}
