//! What agents do with a conversation beside answering, over HTTP and the socket.

use reqwest::StatusCode;

use crate::clinic::Clinic;

#[tokio::test]
async fn a_conversation_is_put_aside_stays_in_sight_and_comes_back_when_the_customer_writes() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("¿Llegó mi férula?").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    hers.replies(talk, "La pregunto y le aviso").await.is(StatusCode::CREATED);

    let menu = hers.gets(&format!("/conversations/{talk}/snooze")).await.is(StatusCode::OK).body;
    for words in ["Mañana", "En una semana", "Hasta que responda el cliente"] {
        assert!(menu.contains(words), "{words}: {menu}");
    }
    for bad in [
        [("until", "2020-01-01T09:00:00Z"), ("day", ""), ("hour", "")],
        [("until", "own"), ("day", "2020-01-01"), ("hour", "09:00")],
        [("until", "own"), ("day", "mañana"), ("hour", "tarde")],
        [("until", "<b>"), ("day", ""), ("hour", "")],
    ] {
        let answer = hers.posts(&format!("/conversations/{talk}/snooze"), &bad).await;
        assert!(answer.status.is_client_error() && answer.body.contains("snooze_time"), "{}", answer.body);
    }
    let answer = hers.posts(&format!("/conversations/{talk}/snooze"), &[("until", "answer")]).await;
    assert!(answer.is(StatusCode::OK).body.contains("Pospuesta hasta que responda"));
    hers.until("it left her list", |page| !page.lists(talk)).await;
    hers.until("the thread says so", |page| page.shown.state.contains("data-state=\"snoozed\"")).await;
    hers.until("a line", |page| page.shown.thread.concat().contains("la pospuso hasta que responda")).await;
    hers.becomes_a_fresh_load().await;

    let mateo = clinic.agent("Mateo").await;
    let his = mateo.opens_inbox().await;
    his.gets(&format!("/inbox/{talk}")).await.is(StatusCode::NOT_FOUND);
    his.posts(&format!("/conversations/{talk}/wake"), &[]).await.is(StatusCode::NOT_FOUND);

    clinic.vendor().lucia_writes("Hola, ¿hay novedades?").await;
    hers.until("it is back", |page| page.lists(talk)).await;
    hers.until("and says why", |page| page.shown.thread.concat().contains("ya no está pospuesta")).await;
    hers.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn whoever_put_it_aside_takes_that_back() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let tomorrow = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    hers.posts(&format!("/conversations/{talk}/snooze"), &[("until", &tomorrow)]).await.is(StatusCode::OK);
    hers.until("it left her list", |page| !page.lists(talk)).await;
    let answer = hers.posts(&format!("/conversations/{talk}/wake"), &[]).await.is(StatusCode::OK).body;
    assert!(answer.contains("La tienes otra vez"), "{answer}");
    hers.until("it is hers again", |page| page.lists(talk)).await;
    hers.until("a line", |page| page.shown.thread.concat().contains("la retomó")).await;
    hers.becomes_a_fresh_load().await;
    let again = hers.posts(&format!("/conversations/{talk}/wake"), &[]).await;
    assert!(again.is(StatusCode::CONFLICT).body.contains("not_snoozed"));
}
