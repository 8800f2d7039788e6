//! The live channel: what pages are told, who is told it, and how they catch up.

use std::time::{Duration, Instant};

use domain::Event;
use inbox::events;
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::{Value, json};

use crate::{
    clinic::{Clinic, LUCIA, Node, PATIENCE, Page, meta, one},
    helpers::by_script,
};

/// Valeria holds Lucía's conversation and has it open.
async fn in_conversation(clinic: &Clinic) -> Page {
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    valeria.opens(clinic.held_conversation().await).await
}

/// The updates to threads and lists in what a page heard.
fn updates(page: &Page) -> Vec<Value> {
    let frames = page.heard.iter().map(|frame| serde_json::from_str::<Value>(frame).unwrap());
    frames.flat_map(|frame| frame["u"].as_array().cloned().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_socket_opens_only_for_our_own_pages_and_people() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let mut page = Page::drawn(valeria, "/inbox".to_owned()).await;
    for origin in ["", "null", "https://evil.test", "http://localhost"] {
        let refused = page.upgrade(Some(origin)).await.err();
        assert_eq!(refused, Some(StatusCode::FORBIDDEN), "{origin}");
    }
    assert!(page.upgrade(None).await.is_ok());
    page.person.browser.cookies.clear();
    let refused = page.upgrade(None).await.err();
    assert_eq!(refused, Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn whoever_asks_it_for_a_page_is_told_in_their_words_that_it_has_none() {
    let clinic = Clinic::open().await;
    let mut browser = clinic.agent("Valeria").await.browser;
    clinic.change("update person set locale = 'pt-BR'").await;
    let looked = browser.request(Method::GET, "/live").header("origin", clinic.ground.origin());
    let answer = browser.send(by_script(looked)).await.is(StatusCode::BAD_REQUEST).body;
    assert!(answer.contains("Este endereço é para páginas abertas"), "{answer}");
}

#[tokio::test]
async fn what_one_language_sees_is_drawn_once_and_nobodys_own() {
    let clinic = Clinic::open().await;
    let mut hers = in_conversation(&clinic).await;
    let talk = hers.talk.unwrap();
    let mut second_tab = hers.person.opens(talk).await;
    let mut watching = clinic.supervisor("Gabriela").await.opens(talk).await;
    hers.heard.clear();
    second_tab.heard.clear();
    watching.heard.clear();
    clinic.vendor().lucia_writes("¿Hay alguien?").await;
    hers.replies(talk, "Sí, dime").await.is(StatusCode::CREATED);
    for page in [&mut hers, &mut second_tab, &mut watching] {
        page.until("the ticks", |page| page.shows_ticks("Sí, dime", "class=\"read\"")).await;
    }
    let thread = |page: &Page| -> Vec<Value> {
        let to = [format!("thread-{talk}"), format!("state-{talk}")];
        updates(page).into_iter().filter(|update| to.iter().any(|to| update["to"] == **to)).collect()
    };
    assert!(thread(&hers).len() > 3);
    assert_eq!(thread(&hers), thread(&second_tab), "two tabs get the same bytes");
    assert_eq!(thread(&hers), thread(&watching), "two people get the same bytes");
    let secrets: Vec<String> = hers.person.browser.cookies.values().cloned().collect();
    for frame in hers.heard.iter().chain(&watching.heard) {
        for foreign in ["hx-", "nonce", "csrf", "<script"] {
            assert!(!frame.contains(foreign), "{foreign} in {frame}");
        }
        assert!(secrets.iter().all(|secret| !frame.contains(secret.as_str())));
    }
}

#[tokio::test]
async fn a_page_that_was_cut_off_gets_exactly_what_it_missed() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    let mut other_tab = page.person.opens(talk).await;
    page.cut();
    clinic.vendor().lucia_writes("uno").await;
    clinic.vendor().lucia_writes("dos").await;
    other_tab.replies(talk, "tres").await.is(StatusCode::CREATED);
    other_tab.until("the ticks", |page| page.shows_ticks("tres", "class=\"read\"")).await;
    assert_eq!(page.bubbles(), ["Hola"]);

    page.heard.clear();
    page.connect().await;
    assert_eq!(page.bubbles(), ["Hola", "uno", "dos", "tres"], "before it says that it is up to date");
    let bubbles: Vec<Value> = updates(&page)
        .into_iter()
        .filter(|update| update["h"].as_str().unwrap_or_default().contains("id=\"m-"))
        .collect();
    assert_eq!(bubbles.len(), 3, "each once, as it is now: {bubbles:#?}");
    assert_eq!(page.resets, 0);
    page.becomes_a_fresh_load().await;

    // Nothing missed, nothing told but what is theirs, which a page that comes is always told.
    page.cut();
    page.heard.clear();
    page.connect().await;
    assert!(updates(&page).iter().all(|update| update["to"] == "mine"), "{:?}", page.heard);
}

#[tokio::test]
async fn a_tab_asleep_while_everything_changed_equals_a_fresh_load_afterwards() {
    let clinic = Clinic::open().await;
    let mut asleep = in_conversation(&clinic).await;
    let talk = asleep.talk.unwrap();
    let mut list_asleep = asleep.person.opens_inbox().await;
    let mateo = clinic.agent("Mateo").await;
    let gabriela = clinic.supervisor("Gabriela").await;
    asleep.cut();
    list_asleep.cut();
    let supervising = gabriela.opens(talk).await;
    supervising.gives(talk, mateo.id).await.is(StatusCode::NO_CONTENT);
    clinic.vendor().lucia_writes("uno").await;
    clinic.vendor().customer_writes("+51911111111", "Bruno", "¿Precio?").await;
    clinic.until_count("select count(*) from conversation where state = 'assigned'", 2).await;
    list_asleep.becomes_a_fresh_load().await;
    assert!(!list_asleep.lists(talk));
    asleep.connect().await;
    assert_eq!(asleep.talk, None, "the thread is no longer hers to see");
    asleep.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn a_page_too_far_behind_fetches_everything_again() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    page.cut();
    let message = one(&clinic.ground.db, "select id from message").await.unwrap();
    let happened: Vec<_> =
        (0..1200).map(|_| (Event::MessageReceived { conversation: talk, message }, None)).collect();
    let tx = clinic.ground.db.begin().await.unwrap();
    events::append(&tx, &happened, chrono::Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
    clinic.until_count("select count(*) from event where seq is null", 0).await;
    clinic.vendor().lucia_writes("después de todo eso").await;
    clinic.until_count("select count(*) from event where seq is null", 0).await;
    page.connect().await;
    assert_eq!(page.resets, 1);
    assert!(page.shows("después de todo eso"));
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn events_committed_in_reversed_order_all_arrive() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    // Two people's transactions, the one that began first ends last; its row can't be seen before.
    let slow = clinic.ground.db.begin().await.unwrap();
    slow.execute_unprepared("update presence set state = 'paused', version = version + 1").await.unwrap();
    let event = Event::PresenceChanged { person: page.person.id, state: domain::PresenceState::Paused };
    events::append(&slow, &[(event, None)], chrono::Utc::now()).await.unwrap();

    let fast = clinic.ground.db.begin().await.unwrap();
    fast.execute_unprepared("update conversation set priority = 5, version = version + 1").await.unwrap();
    let message = one(&clinic.ground.db, "select id from message").await.unwrap();
    let event = Event::MessageReceived { conversation: talk, message };
    events::append(&fast, &[(event, None)], chrono::Utc::now()).await.unwrap();
    fast.commit().await.unwrap();
    clinic.node.state.wakes.relay();
    page.until("what was committed first", |page| {
        page.heard.last().is_some_and(|frame| frame.contains(&format!("row-{talk}")))
    })
    .await;
    slow.commit().await.unwrap();
    clinic.node.state.wakes.relay();
    page.until("what began first", |page| page.shown.me.contains("data-state=\"paused\"")).await;
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn a_page_that_does_not_read_is_closed_and_catches_up() {
    let clinic = Clinic::open().await;
    let mut reads = in_conversation(&clinic).await;
    let talk = reads.talk.unwrap();
    let mut stuck = reads.person.opens(talk).await;
    let now = chrono::Utc::now().timestamp();
    let long = "🦷".repeat(4096);
    let from = LUCIA.trim_start_matches('+');
    let messages: Vec<Value> =
        (now..now + 8).map(|at| meta::text(from, &format!("wamid.{at}"), at, &long)).collect();
    assert_eq!(clinic.vendor().posts(meta::messages(&messages)).await, StatusCode::OK);
    reads.until("the long messages", |page| page.bubbles().len() == 9).await;
    let ids = "select array_agg(id) from message";
    let ids: Vec<uuid::Uuid> = one(&clinic.ground.db, ids).await.unwrap();
    let happened: Vec<_> = ids
        .into_iter()
        .map(|id| (Event::MessageReceived { conversation: talk, message: domain::MessageId(id) }, None))
        .collect();
    // Until the buffers of the line are full. Each frame is waited for by the tab that reads, so that they are not put
    // together.
    let started = Instant::now();
    while !reads.person.get("/metrics").await.body.contains("bandeja_pages_let_go_total") {
        assert!(started.elapsed() < PATIENCE, "nobody lets go of the page that does not read");
        for _ in 0..10 {
            let tx = clinic.ground.db.begin().await.unwrap();
            events::append(&tx, &happened, chrono::Utc::now()).await.unwrap();
            tx.commit().await.unwrap();
            let heard = reads.heard.len();
            clinic.node.state.wakes.relay();
            reads.until("the next frame", |page| page.heard.len() > heard).await;
        }
    }
    clinic.vendor().lucia_writes("¿Sigues ahí?").await;
    reads.until("the last bubble", |page| page.shows("¿Sigues ahí?")).await;

    assert_eq!(stuck.until_it_ends().await, 1013);
    assert!(!stuck.shows("¿Sigues ahí?"), "it was let go before");
    stuck.connect().await;
    assert!(stuck.shows("¿Sigues ahí?"));
    stuck.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn whoever_is_shut_out_is_shown_the_door() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let id = page.person.id;
    clinic.ground.run(&format!("update person set disabled_at = now() where id = '{id}'")).await;
    assert_eq!(page.until_it_ends().await, 4401);
    assert_eq!(page.upgrade(None).await.err(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn whoever_loses_a_permission_hears_nothing_more() {
    let clinic = Clinic::open().await;
    let mut hers = in_conversation(&clinic).await;
    let talk = hers.talk.unwrap();
    let mut watching = clinic.supervisor("Gabriela").await.opens(talk).await;
    clinic
        .ground
        .run(
            "delete from role_permission where permission = 'conversation.read'
             and role_id = (select role_id from person where name = 'Gabriela')",
        )
        .await;
    // What is said until it counts may still be seen; from then on nothing is.
    let started = Instant::now();
    let mut n = 0;
    while watching.talk.is_some() {
        assert!(started.elapsed() < PATIENCE, "she still listens");
        let text = format!("aviso {n}");
        clinic.vendor().lucia_writes(&text).await;
        hers.until("the bubble", |page| page.shows(&text)).await;
        watching.until("bubble or end", |page| page.shows(&text) || page.talk.is_none()).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        n += 1;
    }
    let heard = watching.heard.len();
    clinic.vendor().lucia_writes("entre nosotras").await;
    hers.until("the bubble", |page| page.shows("entre nosotras")).await;
    watching.says(&json!({"t": "view", "since": 1, "view": "inbox", "conv": talk})).await;
    watching
        .until("an answer", |page| page.heard.iter().skip(heard).any(|word| word.contains("ready")))
        .await;
    let about = |word: &&String| word.contains("entre nosotras");
    assert_eq!(watching.heard.iter().filter(about).count(), 0);
}

#[tokio::test]
async fn a_message_through_one_node_reaches_the_pages_of_another() {
    let clinic = Clinic::open().await;
    let other = Node::beside(&clinic.ground).await;
    let valeria = clinic.agent("Valeria").await;
    let elsewhere = valeria.at(&other.url);
    let mut list = elsewhere.opens_inbox().await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    list.until("the row", |page| page.lists(talk)).await;
    let mut page = elsewhere.opens(talk).await;
    let here = valeria.opens(talk).await;
    here.replies(talk, "desde el otro nodo").await.is(StatusCode::CREATED);
    page.until("the ticks", |page| page.shows_ticks("desde el otro nodo", "class=\"read\"")).await;
    page.replies(talk, "y de vuelta").await.is(StatusCode::CREATED);
    let mut here = here;
    here.until("the ticks", |page| page.shows_ticks("y de vuelta", "class=\"read\"")).await;
    clinic.vendor().has_nothing_twice().await;
    page.becomes_a_fresh_load().await;
    here.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn whoever_comes_to_see_more_is_shown_what_was_there_before() {
    let clinic = Clinic::open().await;
    let hers = in_conversation(&clinic).await;
    let talk = hers.talk.unwrap();
    let mut mateo = clinic.agent("Mateo").await.opens_list("list=all").await;
    assert!(!mateo.lists(talk));
    clinic.ground.run("update queue set shared = true").await;
    mateo.until("what a colleague holds", |page| page.lists(talk)).await;
    assert_eq!(mateo.resets, 1);
    mateo.replies(talk, "Le contesto yo").await.is(StatusCode::CREATED);
    clinic.ground.run("update queue set shared = false").await;
    mateo.until("it is gone again", |page| !page.lists(talk)).await;
    mateo.becomes_a_fresh_load().await;
}
