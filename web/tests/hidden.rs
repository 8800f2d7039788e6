//! A colleague's conversation does not exist: not by any route, not by the socket.

use std::num::NonZeroU32;

use bandeja::routes;
use domain::ConversationId;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::clinic::{Clinic, Page, one};

/// The same request about a conversation that is there and about one that is not.
async fn ask(page: &Page, method: &Method, path: &str, talk: ConversationId) -> (StatusCode, String) {
    let path = path.replace("{conversation}", &talk.to_string()).replace("{id}", &talk.to_string());
    let before = views::time::seq(&chrono::Utc::now(), 1);
    let mut request = page.request(method.clone(), &format!("{path}?before={before}"));
    request = match path.rsplit('/').next() {
        Some("messages") => {
            request.form(&[("client_id", uuid::Uuid::now_v7().to_string()), ("body", "hola".to_owned())])
        }
        Some("assignee") => request.form(&[("person", page.person.id.to_string())]),
        _ => request,
    };
    let answer = page.person.browser.clone().send(request).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn every_route_answers_as_if_it_did_not_exist() {
    // One person asks every route in a row, faster than people are let otherwise.
    let clinic = Clinic::with(|settings| settings.auth.requests_at_once = NonZeroU32::MAX).await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Esto es privado").await;
    let talk = clinic.held_conversation().await;
    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    // Whoever clicks for it in the moment it is taken is told by whom; this is much later.
    clinic.ground.run("update assignment set started_at = started_at - interval '1 hour'").await;
    let before = clinic.count("select sum(version)::bigint from conversation").await;
    let mut asked = 0;
    for route in routes::table() {
        if !route.path.contains("{conversation}") && !route.path.starts_with("/conversations/{id}") {
            continue;
        }
        let method: Method = route.method.as_str().parse().unwrap();
        let hidden = ask(&mateo, &method, route.path, talk).await;
        let absent = ask(&mateo, &method, route.path, ConversationId::new()).await;
        assert!(hidden.0.is_client_error(), "{} {}: {}", route.method, route.path, hidden.0);
        assert_eq!(hidden, absent, "{} {}", route.method, route.path);
        asked += 1;
    }
    assert!(asked >= 6, "{asked}");
    assert_eq!(
        clinic.count("select sum(version)::bigint from conversation").await,
        before,
        "nothing happened"
    );

    // Nor does a message of it.
    let hers = valeria.opens(talk).await;
    hers.replies(talk, "Claro").await.is(StatusCode::CREATED);
    let ours: uuid::Uuid =
        one(&clinic.ground.db, "select id from message where direction = 'out'").await.unwrap();
    let hidden = mateo.posts(&format!("/messages/{ours}/resend"), &[]).await;
    let absent = mateo.posts(&format!("/messages/{}/resend", uuid::Uuid::now_v7()), &[]).await;
    assert_eq!((hidden.status, hidden.body), (absent.status, absent.body));
}

#[tokio::test]
async fn the_socket_answers_as_if_it_did_not_exist() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Esto es privado").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let mateo = clinic.agent("Mateo").await;
    let mut nosy = mateo.opens_inbox().await;
    let mut asking_for_nothing = mateo.opens_inbox().await;

    // As if it had been open for long: everything since the beginning is asked for.
    let nothing = ConversationId::new();
    for (page, conversation) in [(&mut nosy, talk), (&mut asking_for_nothing, nothing)] {
        page.heard.clear();
        page.says(&json!({"t": "view", "since": 1, "view": "inbox", "conv": conversation})).await;
        page.says(&json!({"t": "seen", "conv": conversation, "n": 1})).await;
        page.until("an answer", |page| page.heard.iter().any(|word| word.contains("\"ready\""))).await;
    }
    clinic.vendor().lucia_writes("Y esto también").await;
    hers.replies(talk, "Queda entre nosotras").await.is(StatusCode::CREATED);
    hers.until("the ticks", |page| page.shows_ticks("Queda entre nosotras", "class=\"read\"")).await;
    // Something of their own comes last, so that whatever would have come has come.
    for page in [&mut nosy, &mut asking_for_nothing] {
        let request = page.request(Method::PUT, "/me/presence").form(&[("state", "paused")]);
        page.person.browser.clone().send(request).await.is(StatusCode::NO_CONTENT);
        page.until("their own presence", |page| page.shown.me.contains("data-state=\"paused\"")).await;
    }
    let told = |page: &Page, conversation: ConversationId| -> Vec<String> {
        let about = |word: &&String| word.contains(&conversation.to_string()) || word.contains("privado");
        let words = page.heard.iter().filter(about);
        words
            .map(|word| {
                word.replace(&conversation.to_string(), "…").split_once("\"u\"").unwrap().1.to_owned()
            })
            .collect()
    };
    assert_eq!(told(&nosy, talk), told(&asking_for_nothing, nothing));
    assert_eq!(clinic.count("select count(*) from read_mark").await, 0);
    nosy.becomes_a_fresh_load().await;
}
