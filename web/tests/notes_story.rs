//! Notes on open pages: in the order of the thread, for those who see the conversation, and never for the customer.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::clinic::{Clinic, Page};

async fn notes(page: &Page, body: &str, client: &str) -> crate::helpers::Answer {
    let path = format!("/conversations/{}/notes", page.talk.unwrap());
    page.posts(&path, &[("client_id", client), ("body", body)]).await
}

fn shows_note(page: &Page, words: &str) -> bool {
    page.shown.thread.iter().any(|entry| entry.contains("class=\"msg note out\"") && entry.contains(words))
}

#[tokio::test]
async fn a_note_reaches_colleagues_once_and_the_customer_never() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let gabriela = clinic.supervisor("Gabriela").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let (mut hers, mut watching) = (valeria.opens(talk).await, gabriela.opens(talk).await);
    let click = uuid::Uuid::now_v7().to_string();
    let body = "@Gabriela, ¿le hago <b>descuento</b>?\nMire https://example.com";
    let (one, two) = tokio::join!(notes(&hers, body, &click), notes(&hers, body, &click));
    assert_eq!((one.status, two.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", one.body);
    assert_eq!(one.body, two.body, "a double click is one note");

    hers.until("the note", |page| shows_note(page, "descuento")).await;
    watching.until("the note", |page| shows_note(page, "<b class=\"at\">@Gabriela</b>")).await;
    assert!(shows_note(&watching, "&#60;b&#62;descuento"), "words stay words: {:#?}", watching.shown.thread);
    clinic.vendor().lucia_writes("¿Siguen ahí?").await;
    hers.until("the customer", |page| page.shows("¿Siguen ahí?")).await;
    hers.replies(talk, "Sí, ya le digo").await.is(StatusCode::CREATED);
    hers.until("the reply", |page| page.shows("Sí, ya le digo")).await;
    hers.becomes_a_fresh_load().await;
    watching.becomes_a_fresh_load().await;
    assert_eq!(clinic.vendor().until_sent(1).await.len(), 1);
    assert_eq!(clinic.vendor().sent_texts().await, ["Sí, ya le digo"]);

    // Whoever is named hears it wherever they are, until the thread's end was before them.
    let heard = watching.heard.join("");
    assert!(heard.contains(&format!("mention-{talk}")), "she is told");
    assert_eq!(clinic.count("select count(*) from mention where seen_at is null").await, 1);
    watching.says(&json!({ "t": "seen", "conv": talk, "n": 2, "mentioned": true })).await;
    clinic.until_count("select count(*) from mention where seen_at is null", 0).await;
    watching
        .until("the word is taken away", |page| {
            page.heard
                .iter()
                .any(|frame| frame.contains(&format!("\"to\":\"mention-{talk}\",\"how\":\"delete\"")))
        })
        .await;
}

#[tokio::test]
async fn whoever_cannot_see_it_is_not_offered_and_naming_them_is_refused_kindly() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mateo = clinic.agent("Mateo").await;
    clinic.supervisor("Gabriela").await;
    let page = valeria.opens(talk).await;

    let answer = page.gets(&format!("/conversations/{talk}/readers")).await.is(StatusCode::OK);
    let offered: Value = serde_json::from_str(&answer.body).unwrap();
    let names: Vec<&str> =
        offered.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Gabriela"]);
    let refused = notes(&page, "@Mateo, mira", &uuid::Uuid::now_v7().to_string()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Mateo no puede ver esta conversación"), "{}", refused.body);
    assert_eq!(clinic.count("select count(*) from note").await, 0);

    // What he can't see he can't write on either, nor learn who sees it.
    let his = mateo.opens_inbox().await;
    let path = format!("/conversations/{talk}/notes");
    let note = [("client_id", uuid::Uuid::now_v7().to_string()), ("body", "Hola".to_owned())];
    let note: Vec<(&str, &str)> = note.iter().map(|(name, value)| (*name, value.as_str())).collect();
    his.posts(&path, &note).await.is(StatusCode::NOT_FOUND);
    his.gets(&format!("/conversations/{talk}/readers")).await.is(StatusCode::NOT_FOUND);
}
