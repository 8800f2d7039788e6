//! How many questions a page asks Postgres: as many for one conversation as for ten thousand.

use std::sync::atomic::Ordering;

use domain::{ContactId, ConversationId, MessageId};
use reqwest::StatusCode;

use crate::helpers::{Browser, TestApp};

/// The questions of one answer, with whatever is remembered for seconds remembered.
async fn questions(app: &TestApp, browser: &mut Browser, path: &str) -> usize {
    browser.get(path).await;
    let before = app.questions.load(Ordering::SeqCst);
    browser.get(path).await.is(StatusCode::OK);
    app.questions.load(Ordering::SeqCst) - before
}

#[tokio::test]
async fn the_inbox_asks_two_questions_and_an_open_conversation_four() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
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
        app.run(&rows, valeria.person).await;
    }
    assert_eq!(questions(&app, &mut browser, "/inbox").await, 2);
    assert_eq!(questions(&app, &mut browser, &format!("/inbox/{}", talks[0])).await, 4);
}
