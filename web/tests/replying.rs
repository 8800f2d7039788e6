//! Answers: sent once whatever happens, and shown as what is known about them.

use std::time::Duration;

use bandeja::clock::Clock;
use chrono::{DateTime, SubsecRound as _, Utc};
use reqwest::StatusCode;
use serde_json::json;

use crate::clinic::{Clinic, LUCIA, Page, meta, one, until};

const BLUE: &str = "class=\"read\"";
const UNSURE: &str = "class=\"unsure\"";

/// Valeria in front of Lucía's conversation.
async fn in_conversation(clinic: &Clinic) -> Page {
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    valeria.opens(clinic.held_conversation().await).await
}

#[tokio::test]
async fn a_double_click_is_one_message() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    let click = uuid::Uuid::now_v7().to_string();
    let (one, two) = tokio::join!(page.replies_as(talk, "Sí", &click), page.replies_as(talk, "Sí", &click));
    let (one, two) = (one.is(StatusCode::CREATED), two.is(StatusCode::CREATED));
    let id = |bubble: &str| bubble.split_once("id=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    assert_eq!(id(&one.body), id(&two.body));
    // And once more, much later.
    page.until("the ticks", |page| page.shows_ticks("Sí", BLUE)).await;
    page.replies_as(talk, "Sí", &click).await.is(StatusCode::CREATED);
    assert_eq!(page.bubbles(), ["Hola", "Sí"]);
    assert_eq!(clinic.vendor().sent_texts().await, ["Sí"]);
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn at_the_second_the_window_closes_nothing_more_is_taken() {
    let clock = Clock::manual(Utc::now().trunc_subsecs(0));
    let clinic = Clinic::at(clock.clone()).await;
    let valeria = clinic.agent("Valeria").await;
    let a_day = 24 * 3600;
    let at = Utc::now().timestamp() - a_day + 600;
    let body = meta::messages(&[meta::text(LUCIA.trim_start_matches('+'), "wamid.1", at, "Hola")]);
    assert_eq!(clinic.vendor().posts(body).await, StatusCode::OK);
    let page = valeria.opens(clinic.held_conversation().await).await;
    let talk = page.talk.unwrap();
    let closes: DateTime<Utc> =
        one(&clinic.ground.db, "select window_until from conversation").await.unwrap();
    assert_eq!(closes.timestamp(), at + a_day, "from the vendor's clock");

    let left = (closes - clock.now()).to_std().unwrap();
    clock.advance(left - Duration::from_secs(1));
    page.replies(talk, "en el último segundo").await.is(StatusCode::CREATED);
    clock.advance(Duration::from_secs(1));
    let refused = page.replies(talk, "tarde").await.is(StatusCode::CONFLICT);
    assert!(refused.body.contains("\"error\":\"window_closed\""), "{}", refused.body);
    assert_eq!(clinic.count("select count(*) from message where direction = 'out'").await, 1);
    assert_eq!(clinic.count("select count(*) from delivery").await, 1);
}

#[tokio::test]
async fn a_send_the_vendor_never_answered_is_uncertain_and_settled_by_its_report() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    clinic.vendor().misbehaves(json!({ "timeout_after_accept": 1.0, "lose_status": 1.0 })).await;
    page.replies(talk, "¿Llegó?").await.is(StatusCode::CREATED);
    page.until("uncertain", |page| page.shows_ticks("¿Llegó?", UNSURE)).await;
    let sent = clinic.vendor().until_sent(1).await;

    // Nothing the machine does sends it again, and what comes after it goes its way.
    clinic.vendor().misbehaves(json!({})).await;
    page.replies(talk, "¿Y esto?").await.is(StatusCode::CREATED);
    page.until("ticks", |page| page.shows_ticks("¿Y esto?", BLUE)).await;
    assert!(page.shows_ticks("¿Llegó?", UNSURE));
    assert_eq!(clinic.vendor().sent_texts().await, ["¿Llegó?", "¿Y esto?"]);

    let (id, ours) = (sent[0]["vendor_id"].as_str().unwrap(), sent[0]["opaque"].as_str().unwrap());
    let report = meta::statuses(&[meta::status(id, "delivered", Utc::now().timestamp(), Some(ours))]);
    assert_eq!(clinic.vendor().posts(report).await, StatusCode::OK);
    page.until("settled", |page| page.shows_ticks("¿Llegó?", "#i-check-check")).await;
    page.becomes_a_fresh_load().await;
    clinic.vendor().has_nothing_twice().await;
}

#[tokio::test]
async fn an_sms_is_answered_by_sms() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_texts("Hola por SMS").await;
    let talk = clinic.held_conversation().await;
    let mut page = valeria.opens(talk).await;
    assert_eq!(page.bubbles(), ["Hola por SMS"]);
    page.replies(talk, "Hola, Lucía").await.is(StatusCode::CREATED);
    page.until("delivered", |page| page.shows_ticks("Hola, Lucía", "#i-check-check")).await;
    let sent = clinic.vendor().sent().await;
    assert_eq!((sent.len(), sent[0]["to"].as_str()), (1, Some(LUCIA)));
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn a_vendor_that_is_too_busy_gets_it_later_and_once() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    clinic.vendor().misbehaves(json!({ "status_429": 1.0 })).await;
    page.replies(talk, "Paciencia").await.is(StatusCode::CREATED);
    let tried = "select count(*) from delivery_attempt where outcome = 'retry'";
    until("a first attempt", || async { (clinic.count(tried).await > 0).then_some(()) }).await;
    assert!(clinic.vendor().sent().await.is_empty());
    clinic.vendor().misbehaves(json!({})).await;
    page.until("ticks", |page| page.shows_ticks("Paciencia", BLUE)).await;
    assert_eq!(clinic.vendor().sent_texts().await, ["Paciencia"]);
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn whatever_the_vendor_answers_nothing_is_sent_twice() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    let faults = json!({ "status_429": 0.2, "status_500": 0.2, "timeout_after_accept": 0.1, "duplicate": 0.3,
        "reorder_statuses": true });
    clinic.vendor().misbehaves(faults).await;
    for n in 0..12 {
        page.replies(talk, &format!("respuesta {n}")).await.is(StatusCode::CREATED);
    }
    // The machine's part is over when nothing waits any more; the vendor behaves again so that it comes to that.
    let tried = "select count(*) from delivery_attempt";
    until("some attempts", || async { (clinic.count(tried).await > 4).then_some(()) }).await;
    clinic.vendor().misbehaves(json!({})).await;
    clinic.until_count("select count(*) from delivery where state in ('queued', 'sending')", 0).await;
    clinic.vendor().has_nothing_twice().await;
    // What the vendor has is what was written, in that order; a 500 that says nothing is left to a person.
    let texts = clinic.vendor().sent_texts().await;
    let number = |text: &String| text.trim_start_matches("respuesta ").parse::<u32>().unwrap();
    assert!(texts.iter().map(number).is_sorted(), "{texts:?}");
    let known = "select count(*) from delivery where state not in ('uncertain', 'failed')";
    assert!(clinic.count(known).await <= i64::try_from(texts.len()).unwrap());
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn reports_that_overtake_the_answer_come_backwards_or_twice_end_at_the_right_ticks() {
    let clinic = Clinic::open().await;
    let mut page = in_conversation(&clinic).await;
    let talk = page.talk.unwrap();
    clinic.vendor().misbehaves(json!({ "reorder_statuses": true, "duplicate": 1.0 })).await;
    page.replies(talk, "al revés").await.is(StatusCode::CREATED);
    page.until("blue ticks", |page| page.shows_ticks("al revés", BLUE)).await;
    // All three were heard, and none of them took the ticks back.
    clinic.until_count("select count(*) from status_report", 3).await;
    clinic.until_count("select count(*) from receipt where state = 'new'", 0).await;
    page.becomes_a_fresh_load().await;
    assert!(page.shows_ticks("al revés", BLUE));

    // Reports on a message of ours whose answer has not come: the call is still open.
    clinic.vendor().misbehaves(json!({ "timeout_after_accept": 1.0 })).await;
    page.replies(talk, "más rápido que la respuesta").await.is(StatusCode::CREATED);
    page.until("blue ticks", |page| page.shows_ticks("más rápido que la respuesta", BLUE)).await;
    clinic.until_count("select count(*) from delivery_attempt where finished_at is null", 0).await;
    page.becomes_a_fresh_load().await;
    assert!(page.shows_ticks("más rápido que la respuesta", BLUE), "the missing answer takes nothing back");
    clinic.vendor().has_nothing_twice().await;
}
