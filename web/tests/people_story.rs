//! What becomes of messages and contacts, on open pages: they end up as a fresh load would be.

use chrono::Utc;
use domain::ConversationId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testing::{PHONE_NUMBER_ID, WABA};

use crate::clinic::{Clinic, LUCIA, Page, one, until};

const LUCIA_ID: &str = "51987412306";

/// A webhook of any field.
fn change(field: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "5115550100", "phone_number_id": PHONE_NUMBER_ID});
    serde_json::to_vec(&json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA, "changes": [{"field": field, "value": value}]}],
    }))
    .unwrap()
}

fn lucia(kind: &str, id: &str, said: Value) -> Vec<u8> {
    let mut message = json!({"from": LUCIA_ID, "id": id, "type": kind,
        "timestamp": Utc::now().timestamp().to_string()});
    message[kind] = said;
    change(
        "messages",
        json!({"contacts": [{"profile": {"name": "Lucía"}, "wa_id": LUCIA_ID}], "messages": [message]}),
    )
}

fn thread(page: &Page) -> String {
    page.shown.thread.join("\n")
}

#[tokio::test]
async fn a_correction_a_thumb_and_an_answer_from_the_phone_app_show_at_once() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let vendor = clinic.vendor();
    let first = vendor.lucia_writes("Mañana a las 8").await;
    let mut page = valeria.opens(clinic.held_conversation().await).await;
    let edit =
        json!({"original_message_id": first, "message": {"type": "text", "text": {"body": "A las 9"}}});
    assert_eq!(vendor.posts(lucia("edit", "wamid.e", edit)).await, StatusCode::OK);
    page.until("the new words", |page| page.shows("A las 9")).await;
    assert!(thread(&page).contains("<details class=\"edited\">"), "what it said first is one click away");
    assert_eq!(page.bubbles().len(), 1, "one message, not two");

    let thumb = json!({"message_id": first, "emoji": "👍"});
    assert_eq!(vendor.posts(lucia("reaction", "wamid.r", thumb)).await, StatusCode::OK);
    page.until("the thumb", |page| thread(page).contains("class=\"react\"")).await;

    let echo = json!({"message_echoes": [{"from": "5115550100", "to": LUCIA_ID, "id": "wamid.echo", "type": "text",
        "timestamp": Utc::now().timestamp().to_string(), "text": {"body": "Confirmado"}}]});
    assert_eq!(vendor.posts(change("smb_message_echoes", echo)).await, StatusCode::OK);
    page.until("the echo", |page| page.shows("Confirmado")).await;
    assert_eq!(clinic.count("select count(*) from conversation where must_act = 'customer'").await, 1);
    page.becomes_a_fresh_load().await;
    assert!(vendor.sent_texts().await.is_empty(), "nothing is sent twice");
}

#[tokio::test]
async fn what_a_customer_deletes_is_gone_for_agents_and_kept_for_the_audit() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let vendor = clinic.vendor();
    let secret = vendor.lucia_writes("Mi clave es jirafa").await;
    let talk = clinic.held_conversation().await;
    let mut page = valeria.opens(talk).await;
    let revoke = json!({ "original_message_id": secret });
    assert_eq!(vendor.posts(lucia("revoke", "wamid.d", revoke)).await, StatusCode::OK);
    page.until("deleted", |page| !thread(page).contains("jirafa")).await;
    page.becomes_a_fresh_load().await;
    assert!(!page.shown.rows.join("").contains("jirafa"), "nor in the list");

    let id: uuid::Uuid =
        one(&clinic.ground.db, "select id from message where revoked_at is not null").await.unwrap();
    let path = format!("/messages/{id}/original");
    page.person.browser.clone().get(&path).await.is(StatusCode::FORBIDDEN);
    let who = clinic.ground.world.admin("Alonso").await;
    let mut alonso = clinic.ground.welcome(&clinic.node.url, "Alonso", who).await;
    let seen = alonso.get(&path).await.is(StatusCode::OK);
    assert!(seen.body.contains("jirafa") && seen.header("content-type").starts_with("text/plain"));
    assert_eq!(clinic.count("select count(*) from audit where action = 'message.original'").await, 1);
}

#[tokio::test]
async fn an_early_correction_gives_way_to_its_message() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let vendor = clinic.vendor();
    vendor.lucia_writes("Hola").await;
    let mut page = valeria.opens(clinic.held_conversation().await).await;
    let edit = json!({"original_message_id": "wamid.late", "message": {"type": "text", "text": {"body": "Son dos"}}});
    assert_eq!(vendor.posts(lucia("edit", "wamid.e", edit)).await, StatusCode::OK);
    page.until("a line of its own", |page| page.shows("Son dos")).await;
    let late = lucia("text", "wamid.late", json!({"body": "Somos dos"}));
    assert_eq!(vendor.posts(late).await, StatusCode::OK);
    page.until("its message", |page| thread(page).contains("class=\"edited\"")).await;
    page.becomes_a_fresh_load().await;
    assert_eq!(page.bubbles().len(), 2);
}

#[tokio::test]
async fn joining_two_contacts_shows_on_the_agents_page_and_is_taken_back() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let gabriela = clinic.supervisor("Gabriela").await.opens_floor().await;
    let vendor = clinic.vendor();
    vendor.customer_writes(LUCIA, "Lucía", "Hola").await;
    vendor.customer_writes("+51911111111", "Lucía (trabajo)", "Soy yo, desde el trabajo").await;
    clinic.until_count("select count(*) from conversation where state = 'assigned'", 2).await;
    let of = |name: &str| format!("select c.id from contact c where c.name = '{name}'");
    let home: uuid::Uuid = one(&clinic.ground.db, &of("Lucía")).await.unwrap();
    let work: uuid::Uuid = one(&clinic.ground.db, &of("Lucía (trabajo)")).await.unwrap();
    let talk: ConversationId =
        one(&clinic.ground.db, &format!("select id from conversation where contact_id = '{home}'"))
            .await
            .unwrap();
    let mut page = valeria.opens(talk).await;
    assert_eq!(page.shown.rows.len(), 2);

    let path = format!("/contacts/{work}/merge");
    let into = home.to_string();
    page.posts(&path, &[("into", &into)]).await.is(StatusCode::FORBIDDEN);
    let merged = gabriela.posts(&path, &[("into", &into), ("note", "es ella")]).await.is(StatusCode::CREATED);
    page.until("one conversation", |page| page.shown.rows.len() == 1).await;
    page.becomes_a_fresh_load().await;
    let again = gabriela.posts(&path, &[("into", &into)]).await.is(StatusCode::CONFLICT);
    assert!(again.body.contains("joined_before"), "{}", again.body);

    let merge = serde_json::from_str::<Value>(&merged.body).unwrap()["merge"].as_str().unwrap().to_owned();
    gabriela.posts(&format!("/contacts/merges/{merge}/undo"), &[]).await.is(StatusCode::NO_CONTENT);
    page.until("two again", |page| page.shown.rows.len() == 2).await;
    page.becomes_a_fresh_load().await;
    assert_eq!(clinic.count("select load::bigint from presence where load > 0").await, 2);
}

#[tokio::test]
async fn a_closed_conversation_is_its_last_holders_and_of_those_who_serve_the_contact_now() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let vendor = clinic.vendor();
    vendor.lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let page = valeria.opens(talk).await;
    page.posts(&format!("/conversations/{talk}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    let path = format!("/inbox/{talk}");
    let mut mateo = clinic.agent("Mateo").await;
    let mut gabriela = clinic.supervisor("Gabriela").await;
    page.person.browser.clone().get(&path).await.is(StatusCode::OK);
    gabriela.get(&path).await.is(StatusCode::OK);
    mateo.get(&path).await.is(StatusCode::NOT_FOUND);

    // Lucía writes by SMS, and Mateo takes it: now he reads what she said before.
    clinic.ground.run("update presence set capacity = 0 where load = 0 and person_id in (select id from person where name = 'Valeria')").await;
    vendor.lucia_texts("¿Me atienden por aquí?").await;
    until("Mateo has it", || async {
        one::<i64>(
            &clinic.ground.db,
            "select count(*) from conversation c join person p on p.id = c.assignee_id
            where p.name = 'Mateo'",
        )
        .await
        .filter(|count| *count == 1)
    })
    .await;
    mateo.get(&path).await.is(StatusCode::OK);
    clinic.ground.run("update queue set confidential = true").await;
    mateo.get(&path).await.is(StatusCode::NOT_FOUND);
    page.person.browser.clone().get(&path).await.is(StatusCode::OK);
}
