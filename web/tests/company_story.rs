//! Who else has a conversation open and who writes there: told to colleagues, over the sockets that are there.

use domain::ConversationId;
use reqwest::StatusCode;
use routing::policy::Mode;
use sea_orm::TransactionTrait as _;
use serde_json::{Value, json};

use crate::clinic::{Clinic, Node, Page, one, until};

/// Nobody is given anything: whoever likes takes it.
async fn pulled(clinic: &Clinic) -> ConversationId {
    let alonso = clinic.ground.world.admin("Alonso").await;
    let tx = clinic.ground.db.begin().await.unwrap();
    let draft = inbox::policy::draft(&tx).await.unwrap();
    let now = chrono::Utc::now();
    let pull =
        |policy: &mut routing::Policy| policy.queues.iter_mut().for_each(|queue| queue.mode = Mode::Pull);
    let saved = inbox::policy::save(&tx, &alonso, draft.revision, pull, now).await.unwrap();
    inbox::policy::publish(&tx, &alonso, saved.revision, "", now).await.unwrap();
    tx.commit().await.unwrap();
    clinic.vendor().lucia_writes("Hola").await;
    let queued = "select id from conversation where state = 'queued'";
    until("a conversation that waits", || async { one(&clinic.ground.db, queued).await }).await
}

/// The line above the composer as the page was told last; empty where nobody else is there.
fn company(page: &Page) -> String {
    let updates = page.heard.iter().flat_map(|frame| {
        let frame: Value = serde_json::from_str(frame).unwrap();
        frame["u"].as_array().cloned().unwrap_or_default()
    });
    let mut ours = updates.filter(|one| one["to"].as_str().unwrap().starts_with("company-"));
    let Some(html) = ours.next_back().map(|one| one["h"].as_str().unwrap().to_owned()) else {
        return String::new();
    };
    let sentence = html.split_once("<span class=\"trunc\">").map_or("", |(_, rest)| rest);
    sentence.split_once('<').map_or("", |(words, _)| words).to_owned()
}

async fn is_told(page: &mut Page, words: &str) {
    page.until(words, |page| company(page) == words).await;
}

fn typing(talk: ConversationId, on: bool) -> Value {
    json!({ "t": "typing", "conv": talk, "on": on })
}

#[tokio::test]
async fn two_agents_at_one_conversation_are_told_of_each_other_as_long_as_both_are_there() {
    let clinic = Clinic::open().await;
    let (valeria, mateo) = (clinic.agent("Valeria").await, clinic.agent("Mateo").await);
    let talk = pulled(&clinic).await;
    let mut hers = valeria.opens(talk).await;
    let mut second_tab = valeria.opens(talk).await;
    assert_eq!(company(&hers), "", "alone");
    let mut his = mateo.opens(talk).await;
    is_told(&mut hers, "Mateo también está viendo esta conversación").await;
    is_told(&mut his, "Valeria también está viendo esta conversación").await;
    assert_eq!(company(&second_tab), "", "she is not told of herself");

    his.says(&typing(talk, true)).await;
    is_told(&mut hers, "Mateo está escribiendo…").await;
    is_told(&mut second_tab, "Mateo está escribiendo…").await;
    his.says(&typing(talk, false)).await;
    is_told(&mut hers, "Mateo también está viendo esta conversación").await;
    // Who stops in the midst of a word is no longer writing after a while, without saying so.
    his.says(&typing(talk, true)).await;
    is_told(&mut hers, "Mateo está escribiendo…").await;
    is_told(&mut hers, "Mateo también está viendo esta conversación").await;

    his.says(&json!({ "t": "look", "conv": talk, "on": false })).await;
    is_told(&mut hers, "").await;
    his.says(&json!({ "t": "look", "conv": talk, "on": true })).await;
    is_told(&mut hers, "Mateo también está viendo esta conversación").await;
    his.cut();
    is_told(&mut hers, "").await;

    his.connect().await;
    is_told(&mut hers, "Mateo también está viendo esta conversación").await;
    is_told(&mut his, "Valeria también está viendo esta conversación").await;
    hers.posts(&format!("/conversations/{talk}/claim"), &[]).await.is(StatusCode::NO_CONTENT);
    is_told(&mut hers, "").await;
    his.until("it is taken away from him", |page| page.talk.is_none()).await;
    his.heard.clear();
    hers.says(&typing(talk, true)).await;
    his.says(&typing(talk, true)).await;
    his.says(&json!({ "t": "view", "since": 1, "view": "inbox", "conv": talk })).await;
    second_tab.says(&json!({ "t": "typing", "conv": talk })).await;
    clinic.vendor().lucia_writes("¿Hola?").await;
    hers.until("the next message", |page| page.shows("¿Hola?")).await;
    assert_eq!((company(&hers), company(&his)), (String::new(), String::new()), "neither appears nor learns");
}

#[tokio::test]
async fn a_supervisor_watches_silently_until_she_writes() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let mut watching = clinic.supervisor("Gabriela").await.opens(talk).await;
    let mut peer = clinic.supervisor("Rosa").await.opens(talk).await;
    is_told(&mut watching, "Valeria y una persona más también están viendo esta conversación").await;
    is_told(&mut peer, "Valeria y una persona más también están viendo esta conversación").await;
    assert_eq!(company(&hers), "", "nobody is shown that they are watched");

    watching.says(&typing(talk, true)).await;
    is_told(&mut hers, "Gabriela está escribiendo…").await;
    watching.says(&typing(talk, false)).await;
    is_told(&mut hers, "").await;
    is_told(&mut peer, "Valeria y una persona más también están viendo esta conversación").await;
}

#[tokio::test]
async fn whoever_looks_through_another_node_is_told_too_and_a_node_that_is_gone_takes_its_people_along() {
    let clinic = Clinic::open().await;
    let other = Node::that_only_serves(&clinic.ground).await;
    let (valeria, mateo) = (clinic.agent("Valeria").await, clinic.agent("Mateo").await);
    let talk = pulled(&clinic).await;
    let mut hers = valeria.opens(talk).await;
    let mut his = mateo.at(&other.url).opens(talk).await;
    is_told(&mut hers, "Mateo también está viendo esta conversación").await;
    is_told(&mut his, "Valeria también está viendo esta conversación").await;
    his.says(&typing(talk, true)).await;
    is_told(&mut hers, "Mateo está escribiendo…").await;
    his.cut();
    is_told(&mut hers, "").await;
}
