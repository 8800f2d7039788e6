//! While somebody writes: drafts, quick replies, answers to a message, reactions.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::clinic::{Clinic, Page};

async fn keeps(page: &Page, body: &str, version: i64) -> crate::helpers::Answer {
    let path = format!("/conversations/{}/draft", page.talk.unwrap());
    page.puts(&path, &[("note", "false"), ("body", body), ("version", &version.to_string())]).await
}

#[tokio::test]
async fn a_second_tab_hears_of_a_draft_and_does_not_write_over_it() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let (one, mut two) = (valeria.opens(talk).await, valeria.opens(talk).await);
    assert_eq!(keeps(&one, "Buenas tardes", 0).await.is(StatusCode::OK).body, r#"{"v":1}"#);
    let word = format!(r#"{{"t":"draft","conv":"{talk}","note":false,"v":1}}"#);
    two.until("word of the draft", |page| page.heard.contains(&word)).await;

    let other = keeps(&two, "Buenos días", 0).await.is(StatusCode::CONFLICT);
    let other: Value = serde_json::from_str(&other.body).unwrap();
    assert_eq!((&other["body"], &other["v"]), (&json!("Buenas tardes"), &json!(1)));
    keeps(&two, "Buenos días", 1).await.is(StatusCode::OK);

    // A supervisor who looks in sees it, a colleague who can't does not.
    let gabriela = clinic.supervisor("Gabriela").await.opens(talk).await;
    let seen = gabriela.gets(&format!("/conversations/{talk}/drafts")).await.is(StatusCode::OK).body;
    assert!(seen.contains("Buenos días") && seen.contains("\"name\":\"Valeria\""), "{seen}");
    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    mateo.gets(&format!("/conversations/{talk}/drafts")).await.is(StatusCode::NOT_FOUND);
    let path = format!("/conversations/{talk}/draft");
    mateo
        .puts(&path, &[("note", "false"), ("body", "Hola"), ("version", "0")])
        .await
        .is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_quick_reply_is_filled_from_the_conversation_and_done_after_it() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let page = valeria.opens(talk).await;
    let form = [
        ("name", "Hasta luego"),
        ("body", "Gracias, {{contact.first_name}}. {{agent.name}} de {{queue}}"),
        ("whose", "own"),
        ("note", "{{contact.name}} quedó contenta"),
        ("close", "with-none"),
    ];
    page.posts("/macros", &form).await.is(StatusCode::SEE_OTHER);
    let wrong = page.posts("/macros", &[("name", "x"), ("body", "{{nombre}}"), ("whose", "own")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("{{nombre}}"), "as it was typed");

    let offered = page.gets(&format!("/conversations/{talk}/macros")).await.is(StatusCode::OK).body;
    let offered: Value = serde_json::from_str(&offered).unwrap();
    let one = &offered[0];
    let text: String =
        one["body"].as_array().unwrap().iter().map(|piece| piece["text"].as_str().unwrap()).collect();
    assert_eq!(
        (one["name"].as_str(), text.as_str()),
        (Some("hasta-luego"), "Gracias, Lucía. Valeria de Citas")
    );

    page.replies(talk, &text).await.is(StatusCode::CREATED);
    let path = format!("/conversations/{talk}/macros/{}", one["id"].as_str().unwrap());
    let client = uuid::Uuid::now_v7().to_string();
    page.posts(&path, &[("client_id", &client)]).await.is(StatusCode::NO_CONTENT);
    assert_eq!(clinic.count("select count(*) from conversation where state = 'closed'").await, 1);
    assert_eq!(
        clinic.count("select count(*) from note where body = 'Lucía Paredes quedó contenta'").await,
        1
    );

    // Somebody else's are not there to be used.
    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    mateo.posts(&path, &[("client_id", &client)]).await.is(StatusCode::NOT_FOUND);
    assert!(!mateo.gets("/macros").await.is(StatusCode::OK).body.contains("hasta-luego"));
}

#[tokio::test]
async fn an_answer_quotes_its_message_and_a_reaction_comes_and_goes() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("¿Aceptan tarjeta?").await;
    let talk = clinic.held_conversation().await;
    let mut page = valeria.opens(talk).await;
    let asked = page.shown.thread.iter().find(|entry| entry.contains("id=\"m-")).unwrap();
    let id = asked.split_once("id=\"m-").unwrap().1.split_once('"').unwrap().0.to_owned();
    let path = format!("/conversations/{talk}/messages");
    let client = uuid::Uuid::now_v7().to_string();
    let answer = [("client_id", client.as_str()), ("body", "Sí"), ("reply_to", id.as_str())];
    page.posts(&path, &answer).await.is(StatusCode::CREATED);
    page.until("the quote", |page| page.shown.thread.iter().any(|one| one.contains("class=\"quote\""))).await;

    let react = async |page: &Page, content: Value| {
        let message = json!({ "client_id": uuid::Uuid::now_v7(), "content": content, "reply_to": id });
        page.posts_json(&path, &message).await.status
    };
    let thumb = json!({ "kind": "reaction", "target": "", "emoji": "👍" });
    assert_eq!(react(&page, thumb).await, StatusCode::CREATED);
    page.until("the thumb", |page| page.shown.thread.iter().any(|one| one.contains("data-ours=\"👍\"")))
        .await;
    assert_eq!(react(&page, json!({ "kind": "reaction", "target": "" })).await, StatusCode::CREATED);
    page.until("no thumb", |page| page.shown.thread.iter().all(|one| !one.contains("data-ours"))).await;
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn an_answer_for_later_stands_under_the_thread_and_goes_out_once() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut page = valeria.opens(talk).await;
    let dialog = page.gets(&format!("/conversations/{talk}/later")).await.is(StatusCode::OK).body;
    assert!(dialog.contains("type=\"datetime-local\""), "{dialog}");

    let path = format!("/conversations/{talk}/planned");
    let plan = |client: &str, at: &str| json!({ "client_id": client, "content": { "kind": "text", "body": "¿Cómo amaneció?" }, "at": at });
    let now = chrono::Utc::now().with_timezone(&chrono_tz::America::Lima);
    let at = |ahead: chrono::TimeDelta| (now + ahead).format("%Y-%m-%dT%H:%M").to_string();
    let beyond = page
        .posts_json(&path, &plan(&uuid::Uuid::now_v7().to_string(), &at(chrono::TimeDelta::hours(25))))
        .await;
    assert_eq!(beyond.status, StatusCode::CONFLICT);
    assert!(beyond.body.contains("beyond_window") && beyond.body.contains("plantilla"), "{}", beyond.body);
    for wrong in ["2026-02-30T09:00", "mañana", "2020-01-01T09:00"] {
        let refused = page.posts_json(&path, &plan(&uuid::Uuid::now_v7().to_string(), wrong)).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{wrong}");
    }
    let click = uuid::Uuid::now_v7().to_string();
    for _ in 0..2 {
        page.posts_json(&path, &plan(&click, &at(chrono::TimeDelta::hours(2)))).await.is(StatusCode::CREATED);
    }
    let card = format!("\"to\":\"planned-{talk}\"");
    page.until("the card", |page| page.heard.iter().any(|frame| frame.contains(&card))).await;
    assert_eq!(clinic.count("select count(*) from planned").await, 1);

    clinic.change("update planned set due_at = now()").await;
    page.until("it goes out", |page| page.shows("¿Cómo amaneció?")).await;
    assert_eq!(clinic.vendor().until_sent(1).await.len(), 1);
    clinic.until_count("select count(*) from planned where state = 'sent'", 1).await;

    // The customer writes before the next one goes: nothing is sent, and she is asked.
    let click = uuid::Uuid::now_v7().to_string();
    page.posts_json(&path, &plan(&click, &at(chrono::TimeDelta::hours(3)))).await.is(StatusCode::CREATED);
    clinic.vendor().lucia_writes("Ya estoy mejor").await;
    page.until("she is asked", |page| {
        page.heard.iter().any(|frame| frame.contains("el cliente escribió después"))
    })
    .await;
    let id: String =
        crate::clinic::one(&clinic.ground.db, "select id::text from planned where state = 'asked'")
            .await
            .unwrap();
    let gone = page
        .person
        .browser
        .clone()
        .send(page.request(reqwest::Method::DELETE, &format!("/planned/{id}")))
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    page.posts(&format!("/planned/{id}/send"), &[]).await.is(StatusCode::NOT_FOUND);
    assert_eq!(clinic.vendor().sent_texts().await, ["¿Cómo amaneció?"]);
}

async fn goes_up(page: &Page, path: &str, bytes: &'static [u8]) -> crate::helpers::Answer {
    let request = page
        .request(reqwest::Method::POST, path)
        .header("content-type", "application/octet-stream")
        .body(bytes);
    page.person.browser.clone().send(request).await
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

#[tokio::test]
async fn a_quick_reply_brings_its_file_and_an_answer_for_later_takes_it_along() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("¿Tienen lista de precios?").await;
    let talk = clinic.held_conversation().await;
    let mut page = valeria.opens(talk).await;
    let kept = goes_up(&page, "/macros/files?name=Precios.pdf", PDF).await.is(StatusCode::CREATED);
    let kept: Value = serde_json::from_str(&kept.body).unwrap();
    let file = kept["id"].as_str().unwrap();
    let form = [("name", "Precios"), ("body", ""), ("whose", "own"), ("files", file)];
    page.posts("/macros", &form).await.is(StatusCode::SEE_OTHER);
    assert!(page.gets("/macros").await.is(StatusCode::OK).body.contains("Precios.pdf"));
    page.gets(&format!("/macros/files/{file}")).await.is(StatusCode::OK);
    goes_up(&page, "/macros/files?name=virus.exe", b"MZ\x90\0").await.is(StatusCode::UNPROCESSABLE_ENTITY);

    let offered = page.gets(&format!("/conversations/{talk}/macros")).await.is(StatusCode::OK).body;
    let offered: Value = serde_json::from_str(&offered).unwrap();
    assert_eq!(offered[0]["files"], json!(["Precios.pdf"]));
    let path = format!("/conversations/{talk}/macros/{}/files", offered[0]["id"].as_str().unwrap());
    let put = page.posts(&path, &[]).await.is(StatusCode::CREATED);
    let put: Value = serde_json::from_str(&put.body).unwrap();
    let attached = &put["files"][0]["file"];
    assert_eq!((&attached["kind"], &attached["caption"]), (&json!("document"), &json!(true)));

    // Two messages for one time: all of it or nothing.
    let at = (chrono::Utc::now().with_timezone(&chrono_tz::America::Lima) + chrono::TimeDelta::hours(2))
        .format("%Y-%m-%dT%H:%M")
        .to_string();
    let content = json!({ "kind": "document", "file": attached["id"], "caption": "Los precios" });
    let plan = |second: &str| {
        json!({ "client_id": uuid::Uuid::now_v7(), "content": content, "at": at,
            "more": [{ "client_id": uuid::Uuid::now_v7(), "content": { "kind": "text", "body": second } }] })
    };
    let path = format!("/conversations/{talk}/planned");
    let long = "x".repeat(5_000);
    assert_eq!(page.posts_json(&path, &plan(&long)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(clinic.count("select count(*) from planned").await, 0);
    page.posts_json(&path, &plan("¿Algo más?")).await.is(StatusCode::CREATED);
    page.until("the card", |page| page.heard.iter().any(|frame| frame.contains("Precios.pdf · Los precios")))
        .await;
    let again = page.posts_json(&path, &plan("¿Algo más?")).await;
    assert!(again.status == StatusCode::CONFLICT && again.body.contains("file_gone"), "{}", again.body);

    clinic.change("update planned set due_at = now()").await;
    let sent = clinic.vendor().until_sent(2).await;
    assert_eq!((&sent[0]["type"], &sent[1]["body"]), (&json!("document"), &json!("¿Algo más?")));

    // The bytes of the quick reply's own copy are there still; then they are lost.
    let again = page
        .posts(&format!("/conversations/{talk}/macros/{}/files", offered[0]["id"].as_str().unwrap()), &[])
        .await;
    assert!(again.body.contains("\"file\""), "{}", again.body);
    let lost: uuid::Uuid = file.parse().unwrap();
    files::Store::open(&clinic.ground.settings.media.url).unwrap().delete(lost).await.unwrap();
    let lost = page
        .posts(&format!("/conversations/{talk}/macros/{}/files", offered[0]["id"].as_str().unwrap()), &[])
        .await;
    assert!(lost.body.contains("ya no está"), "{}", lost.body);
}
