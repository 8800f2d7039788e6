//! The past of a contact above an open conversation, their files, and what they said they allow: within reach.

use domain::{ContactId, ConversationId};
use inbox::reading::conversations;
use reqwest::StatusCode;

use crate::clinic::{Clinic, Page, one, until};

async fn closes(page: &Page, talk: ConversationId) {
    page.posts(&format!("/conversations/{talk}/close"), &[]).await.is(StatusCode::NO_CONTENT);
}

/// Longer ago than customers come back to the same conversation.
async fn weeks_pass(clinic: &Clinic) {
    for column in ["opened_at", "closed_at", "last_activity_at"] {
        clinic.change(&format!("update conversation set {column} = {column} - interval '20 days'")).await;
    }
    clinic.change("update message set written_at = written_at - interval '20 days'").await;
}

#[tokio::test]
async fn what_was_said_before_stands_above_as_far_as_one_may_see_it() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Quiero blanqueamiento").await;
    let first = clinic.held_conversation().await;
    let page = valeria.opens(first).await;
    closes(&page, first).await;
    weeks_pass(&clinic).await;
    clinic.vendor().lucia_texts("Ahora por SMS").await;
    let second = clinic.held_conversation().await;
    closes(&valeria.opens(second).await, second).await;
    weeks_pass(&clinic).await;
    clinic.vendor().lucia_writes("Hola de nuevo").await;
    let third = clinic.held_conversation().await;
    let page = valeria.opens(third).await;

    let past = page.gets(&format!("/inbox/{third}/past")).await.is(StatusCode::OK).body;
    assert!(past.contains("Ahora por SMS"), "a number is one person's by whatever channel: {past}");
    assert!(past.contains("cerrada por Valeria") && past.contains(&format!("data-past=\"{second}\"")));
    let before = page.gets(&format!("/inbox/{third}/past?of={second}")).await.is(StatusCode::OK).body;
    assert!(before.contains("Quiero blanqueamiento"), "{before}");
    let oldest = format!("/inbox/{third}/past?of={first}");
    page.gets(&oldest).await.is(StatusCode::NO_CONTENT);
    let place = "1795356854-000000000004096";
    page.gets(&format!("/inbox/{third}/past?of={first}&before={place}")).await.is(StatusCode::OK);

    // A contact of somebody else's is no part of this one's past.
    clinic.vendor().customer_writes("+51900000002", "Bruno", "Soy Bruno").await;
    let brunos =
        "select id from conversation where contact_id = (select id from contact where name = 'Bruno')";
    let bruno: uuid::Uuid =
        until("Bruno's conversation", || async { one(&clinic.ground.db, brunos).await }).await;
    page.gets(&format!("/inbox/{third}/past?of={bruno}&before={place}")).await.is(StatusCode::NOT_FOUND);
    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    mateo.gets(&format!("/inbox/{third}/past")).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_began_later_by_another_channel_stands_in_the_thread_as_far_as_one_may_see_it() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola por WhatsApp").await;
    let first = clinic.held_conversation().await;
    let mut page = valeria.opens(first).await;
    clinic.vendor().lucia_texts("Y por SMS").await;
    let with_her = |page: &Page| {
        page.shown.thread.concat().contains("También por Sonrisas SMS · Citas · abierta, con Valeria")
    };
    page.until("that there is another", with_her).await;
    let sql = format!("select id from conversation where id <> '{first}'");
    let second: uuid::Uuid = one(&clinic.ground.db, &sql).await.unwrap();
    let line = page.shown.thread.iter().position(|entry| entry.contains("id=\"parallel-")).unwrap();
    assert!(page.shown.thread[..line].concat().contains("Hola por WhatsApp"), "in its place");
    let itself = format!("/inbox/{first}/past?talk={second}");
    assert!(page.gets(&itself).await.is(StatusCode::OK).body.contains("Y por SMS"));
    let soon = "9999999999-000000000000000";
    let older = page.gets(&format!("/inbox/{first}/earlier?before={soon}")).await.is(StatusCode::OK).body;
    assert_eq!(older.matches(&format!("parallel-{second}")).count(), 1, "also where older ones are fetched");
    let other = ConversationId(second);
    let begins = valeria.opens(other).await.shown.thread.concat();
    assert!(!begins.contains("parallel-"), "what was there before stands above");

    closes(&page, other).await;
    let is_over = |page: &Page| page.shown.thread.concat().contains("Sonrisas SMS · Citas · cerrada");
    page.until("that it is over", is_over).await;

    // Mateo has it now.
    let mateo = clinic.agent("Mateo").await.id;
    clinic
        .change(&format!(
            "update conversation set state = 'assigned', closed_at = null, assignee_id = '{mateo}',
                 last_holder_id = '{mateo}' where id = '{second}'"
        ))
        .await;
    assert!(!page.fresh().await.thread.concat().contains("parallel-"));
    page.gets(&itself).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_contact_told_a_person_is_noted_with_how_they_said_so() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut page = valeria.opens(talk).await;
    let lucia = clinic.contact_of(talk).await;
    let url = format!("/contacts/{lucia}/consent");
    assert!(page.gets(&url).await.is(StatusCode::OK).body.contains("Anotar un consentimiento"));
    let said = |given, proof| [("purpose", "marketing"), ("given", given), ("proof", proof)];
    page.posts(&url, &said("true", "  ")).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    page.posts(&url, &[("purpose", "everything"), ("given", "true"), ("proof", "x")])
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(clinic.count("select count(*) from consent").await, 0, "nothing is changed");

    page.posts(&url, &said("true", "Por teléfono, al reservar")).await.is(StatusCode::NO_CONTENT);
    page.posts(&url, &said("false", "En recepción")).await.is(StatusCode::NO_CONTENT);
    assert_eq!(clinic.count("select count(*) from consent where channel_id is null").await, 2);
    assert_eq!(clinic.count("select count(*) from audit where action = 'contact.consent'").await, 2);
    page.until("the line of it", |page| page.shown.thread.concat().contains("Valeria")).await;
    let panel = valeria.browser.clone().get(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    assert!(panel.contains("«En recepción»") && !panel.contains("«Por teléfono"), "the newest word counts");

    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    mateo.gets(&url).await.is(StatusCode::NOT_FOUND);
    mateo.posts(&url, &said("true", "Me lo dijo")).await.is(StatusCode::NOT_FOUND);
    let files = format!("/contacts/{lucia}/files");
    assert!(page.gets(&files).await.is(StatusCode::OK).body.contains("Todavía no hay archivos"));
    mateo.gets(&files).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_panel_names_ten_other_conversations_and_says_that_there_are_more() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let before = async |many| {
        let sql = format!(
            "insert into conversation (id, contact_id, channel_id, queue_id, state, last_holder_id, reply_address,
                 must_act_since, opened_at, queued_at, closed_at, last_activity_at)
             select gen_random_uuid(), c.contact_id, c.channel_id, c.queue_id, 'closed', c.assignee_id, '+51', t, t, t, t, t
             from conversation c, generate_series(1, {many}) n, lateral (select now() - make_interval(days => n) as t) at
             where c.id = '{talk}'"
        );
        clinic.change(&sql).await;
    };
    let panel = async || valeria.browser.clone().get(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    let named = |panel: &str| panel.matches("class=\"past\"").count();
    before(10).await;
    let ten = panel().await;
    assert_eq!((named(&ten), ten.contains("Hay más de antes")), (10, false));
    before(1).await;
    let more = panel().await;
    assert_eq!((named(&more), more.contains("Hay más de antes")), (10, true));

    // Threads with a contact are told of another conversation of theirs, however many others have just written.
    clinic.vendor().customer_writes("+51900000002", "Bruno", "Soy Bruno").await;
    clinic.until_count("select count(*) from contact", 2).await;
    let lucia = clinic.contact_of(talk).await;
    let bruno: uuid::Uuid =
        one(&clinic.ground.db, "select id from contact where name = 'Bruno'").await.unwrap();
    let both = [ContactId(bruno), lucia];
    let newest = conversations::newest_of(&clinic.ground.db, &both, 5).await.unwrap();
    assert_eq!(newest.len(), 1 + 5, "so many of each");
    assert!(newest.contains(&talk));
}

#[tokio::test]
async fn a_stop_by_sms_is_told_as_one_of_sms() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let lucia = clinic.contact_of(talk).await;
    let stopped = format!(
        "insert into consent (contact_id, channel_id, purpose, given, proof, at)
         select '{lucia}', id, 'anything', false, 'STOP', now() from channel where kind = 'twilio_sms'"
    );
    clinic.change(&stopped).await;
    let panel = async || valeria.browser.clone().get(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    let sms: String =
        one(&clinic.ground.db, "select name from channel where kind = 'twilio_sms'").await.unwrap();
    assert!(panel().await.contains(&format!("Pidió que no le escribamos por {sms}, ni promociones")));

    let page = valeria.opens(talk).await;
    let told = [("purpose", "anything"), ("given", "false"), ("proof", "Por teléfono")];
    page.posts(&format!("/contacts/{lucia}/consent"), &told).await.is(StatusCode::NO_CONTENT);
    clinic.change(&stopped.replace("false, 'STOP'", "true, 'START'")).await;
    let panel = panel().await;
    assert!(panel.contains("Pidió que no le escribamos<") && panel.contains("«Por teléfono»"), "{panel}");
    assert!(!panel.contains("Acepta que le escribamos") && !panel.contains("«STOP»"), "{panel}");
}

#[tokio::test]
async fn an_answer_leads_to_what_it_answers() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("¿Aceptan tarjeta?").await;
    let talk = clinic.held_conversation().await;
    let page = valeria.opens(talk).await;
    let message: uuid::Uuid = one(&clinic.ground.db, "select id from message").await.unwrap();
    let body = serde_json::json!({ "client_id": uuid::Uuid::now_v7(), "content": { "kind": "text", "body": "Sí" },
        "reply_to": message });
    page.posts_json(&format!("/conversations/{talk}/messages"), &body).await.is(StatusCode::CREATED);
    let drawn = valeria.browser.clone().get(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    assert!(drawn.contains(&format!("href=\"/inbox/{talk}?at={message}\"")), "the quote is a way back");
}
