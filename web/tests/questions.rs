//! How many questions a page asks Postgres: as many for one conversation as for ten thousand.

use std::sync::atomic::Ordering;

use domain::{ContactId, ConversationId, MessageId, Principal};
use reqwest::StatusCode;

use crate::{
    clinic::until,
    helpers::{Browser, TestApp},
};

/// The lists that an address can ask for, besides one's own.
const LISTS: [&str; 5] = ["waiting", "mentions", "snoozed", "all", "closed"];

/// The questions of one answer to somebody who is remembered, by a node that remembers.
async fn questions(app: &TestApp, browser: &mut Browser, path: &str) -> usize {
    first(app, browser, path).await;
    first(app, browser, path).await
}

/// The questions of one answer, by a node that remembers what is everybody's.
async fn first(app: &TestApp, browser: &mut Browser, path: &str) -> usize {
    // Numbers that are renewed beside a page are not its own.
    app.state.hub.open.get(app.db()).await.unwrap();
    app.state.directory.places().await.unwrap();
    cold(app, browser, path).await
}

/// The questions of one answer, whatever is remembered.
async fn cold(app: &TestApp, browser: &mut Browser, path: &str) -> usize {
    let before = app.questions.load(Ordering::SeqCst);
    browser.get(path).await.is(StatusCode::OK);
    app.questions.load(Ordering::SeqCst) - before
}

/// Conversations that an agent holds; one of them.
async fn held_by(app: &TestApp, agent: &Principal) -> ConversationId {
    let talks: Vec<ConversationId> = (0..3).map(|_| ConversationId::new()).collect();
    for talk in &talks {
        let (contact, message) = (ContactId::new(), MessageId::new());
        let (channel, queue) = (app.world.whatsapp, app.world.citas);
        let rows = format!(
            "with contact as (insert into contact (id, name) values ('{contact}', 'Lucía')),
             conversation as (
                 insert into conversation (id, contact_id, channel_id, queue_id, state, assignee_id, reply_address,
                     must_act_since, opened_at, queued_at, last_activity_at, inbound_count)
                 values ('{talk}', '{contact}', '{channel}', '{queue}', 'assigned', $1, '51987412306',
                     now(), now(), now(), now(), 1)
             )
             insert into message (id, conversation_id, channel_id, direction, kind, body, content, written_at, position)
             values ('{message}', '{talk}', '{channel}', 'in', 'text', 'Hola', '{{\"kind\":\"text\",\"body\":\"Hola\"}}',
                 now(), 4096)"
        );
        app.run(&rows, agent.person).await;
    }
    talks[0]
}

#[tokio::test]
async fn the_inbox_asks_two_questions_and_an_open_conversation_four() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let talk = held_by(&app, &valeria).await;
    let mut browser = app.signed_in("Valeria").await;
    assert_eq!(questions(&app, &mut browser, "/inbox").await, 2);
    assert_eq!(questions(&app, &mut browser, &format!("/inbox/{talk}")).await, 4);
}

#[tokio::test]
async fn every_list_asks_as_many_as_ones_own() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    held_by(&app, &valeria).await;
    let mut browser = app.signed_in("Valeria").await;
    for list in LISTS {
        assert_eq!(questions(&app, &mut browser, &format!("/inbox?list={list}")).await, 2, "{list}");
    }
}

#[tokio::test]
async fn a_supervisor_asks_as_many_and_two_more_about_who_the_customer_may_be() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let talk = held_by(&app, &valeria).await;
    app.with_password(app.world.supervisor("Gabriela").await).await;
    let mut browser = app.signed_in("Gabriela").await;
    assert_eq!(questions(&app, &mut browser, "/inbox").await, 2);
    for list in LISTS {
        assert_eq!(questions(&app, &mut browser, &format!("/inbox?list={list}")).await, 2, "{list}");
    }
    assert_eq!(questions(&app, &mut browser, &format!("/inbox/{talk}?list=all")).await, 6);
    // What does not stand in the list is read by itself.
    assert_eq!(questions(&app, &mut browser, &format!("/inbox/{talk}")).await, 7);
}

#[tokio::test]
async fn an_admin_asks_as_many_as_a_supervisor_and_one_for_the_line_that_says_so() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let talk = held_by(&app, &valeria).await;
    app.with_password(app.world.admin("Alonso").await).await;
    let mut browser = app.signed_in("Alonso").await;
    assert_eq!(questions(&app, &mut browser, "/inbox").await, 2);
    for list in LISTS {
        assert_eq!(questions(&app, &mut browser, &format!("/inbox?list={list}")).await, 2, "{list}");
    }
    assert_eq!(questions(&app, &mut browser, &format!("/inbox/{talk}?list=all")).await, 7);
    // What does not stand in the list is read by itself.
    assert_eq!(questions(&app, &mut browser, &format!("/inbox/{talk}")).await, 8);
}

#[tokio::test]
async fn whoever_is_not_remembered_is_asked_for_once() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    held_by(&app, &valeria).await;
    app.with_password(app.world.supervisor("Gabriela").await).await;
    app.with_password(app.world.admin("Alonso").await).await;
    for name in ["Valeria", "Gabriela", "Alonso"] {
        let mut browser = app.signed_in(name).await;
        assert_eq!(first(&app, &mut browser, "/inbox").await, 3, "{name} has just signed in");
        assert_eq!(first(&app, &mut browser, "/inbox").await, 2, "{name} is remembered");
        app.later(5);
        assert_eq!(first(&app, &mut browser, "/inbox?list=all").await, 3, "{name} comes back");
        // That they are there is written down with the same question.
        app.later(61);
        assert_eq!(first(&app, &mut browser, "/inbox").await, 3, "{name} was idle");
    }
}

#[tokio::test]
async fn the_first_page_of_a_node_asks_four() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    held_by(&app, &valeria).await;
    let mut browser = app.signed_in("Valeria").await;
    // What the lists hold is counted before anybody comes.
    until("the numbers are kept", || async { app.state.hub.open.is_kept().then_some(()) }).await;
    // Who it is, where things stand, the rows, and the names of queues and channels.
    assert_eq!(cold(&app, &mut browser, "/inbox").await, 4);
    assert_eq!(cold(&app, &mut browser, "/inbox").await, 2);
}
