//! The floor while work goes on: live, and always what a fresh load would show.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::clinic::{Clinic, Page};

async fn pauses(page: &Page) {
    let request = page.request(Method::PUT, "/me/presence").form(&[("state", "paused")]);
    page.person.browser.clone().send(request).await.is(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_supervisor_sees_everything_happen() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut floor = gabriela.opens_floor().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let conversations = "floor-conversations";
    floor.until("her conversation", |page| page.floor_says(conversations, "Lucía Paredes")).await;

    let mateo = clinic.agent("Mateo").await;
    let held_by_mateo = format!("data-holder=\"{}\"", mateo.id);
    floor.gives(talk, mateo.id).await.is(StatusCode::NO_CONTENT);
    floor.until("it is Mateo's", |page| page.floor_says(conversations, &held_by_mateo)).await;
    floor.becomes_a_fresh_load().await;

    // While nobody watches it the floor changes; afterwards it is as a fresh one.
    floor.cut();
    let his = mateo.opens(talk).await;
    his.replies(talk, "Buenos días").await.is(StatusCode::CREATED);
    pauses(&his).await;
    clinic.vendor().customer_writes("+51911111111", "Bruno Díaz", "¿Precio?").await;
    clinic.until_count("select count(*) from conversation where state = 'assigned'", 2).await;
    assert!(!floor.floor_says(conversations, "Bruno Díaz"));
    floor.connect().await;
    floor.becomes_a_fresh_load().await;
    assert!(floor.floor_says(conversations, "Bruno Díaz"));

    his.posts(&format!("/conversations/{talk}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    floor.until("it is gone", |page| !page.floor_says(conversations, "Lucía Paredes")).await;
    floor.becomes_a_fresh_load().await;
    valeria.opens_inbox().await.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn the_floor_is_not_an_agents_to_see() {
    let clinic = Clinic::open().await;
    let mut page = clinic.agent("Valeria").await.opens_inbox().await;
    page.person.get("/floor").await.is(StatusCode::FORBIDDEN);
    page.heard.clear();
    page.says(&json!({"t": "view", "since": 1, "view": "floor"})).await;
    page.until("an answer", |page| page.heard.iter().any(|word| word.contains("\"ready\""))).await;
    clinic.agent("Mateo").await;
    clinic.vendor().lucia_writes("Hola").await;
    clinic.vendor().customer_writes("+51911111111", "Bruno Díaz", "¿Precio?").await;
    clinic.until_count("select count(*) from conversation where state = 'assigned'", 2).await;
    // Her own presence comes last.
    pauses(&page).await;
    page.until("her presence", |page| page.shown.me.contains("data-state=\"paused\"")).await;
    let about_others = |word: &String| word.contains("floor-") || word.contains("Bruno");
    assert!(!page.heard.iter().any(about_others), "{:?}", page.heard);
}
