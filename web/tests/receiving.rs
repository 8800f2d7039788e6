//! Webhooks over HTTP: nothing lost, nothing doubled, nothing taken from strangers, everything shown as it was written.

use chrono::Utc;
use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;
use simulator::signing;

use crate::clinic::{Clinic, LUCIA, meta};

/// Lucía's number as Meta writes it.
fn lucia() -> &'static str {
    LUCIA.trim_start_matches('+')
}

#[tokio::test]
async fn the_same_webhook_sixteen_times_at_once_is_one_message() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let body = meta::messages(&[meta::text(lucia(), "wamid.1", Utc::now().timestamp(), "Hola")]);
    let posts = join_all((0..16).map(|_| clinic.vendor().posts(body.clone()))).await;
    assert!(posts.iter().all(|status| *status == StatusCode::OK), "{posts:?}");
    clinic.until_count("select count(*) from receipt where state = 'applied'", 16).await;

    let mut page = valeria.opens(clinic.held_conversation().await).await;
    assert_eq!(page.bubbles(), ["Hola"]);
    assert_eq!(clinic.count("select inbound_count from conversation").await, 1, "a repeat counts nowhere");
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn ten_first_messages_at_once_are_one_conversation_in_order() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let now = Utc::now().timestamp();
    let texts: Vec<String> = (0..10).map(|n| format!("mensaje {n}")).collect();
    let mut bodies: Vec<_> = texts
        .iter()
        .zip(now - 10..)
        .map(|(text, at)| meta::messages(&[meta::text(lucia(), &format!("wamid.{at}"), at, text)]))
        .collect();
    bodies.reverse();
    let posts = join_all(bodies.into_iter().map(|body| clinic.vendor().posts(body))).await;
    assert!(posts.iter().all(|status| *status == StatusCode::OK), "{posts:?}");
    clinic.until_count("select count(*) from message", 10).await;

    assert_eq!(clinic.count("select count(*) from contact").await, 1);
    assert_eq!(clinic.count("select count(*) from conversation").await, 1);
    let page = valeria.opens(clinic.held_conversation().await).await;
    assert_eq!(page.bubbles(), texts, "in the order of the vendor's clock, however they came");
}

#[tokio::test]
async fn one_broken_item_does_not_hold_up_its_neighbours() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let now = Utc::now().timestamp();
    let body = meta::messages(&[
        meta::text(lucia(), "wamid.1", now, "antes"),
        json!({"from": lucia(), "timestamp": "not a time", "type": "text"}),
        meta::text(lucia(), "wamid.3", now + 1, "después"),
    ]);
    assert_eq!(clinic.vendor().posts(body).await, StatusCode::OK);
    clinic.until_count("select count(*) from message", 2).await;
    let page = valeria.opens(clinic.held_conversation().await).await;
    assert_eq!(page.bubbles(), ["antes", "después"]);
    assert_eq!(clinic.count("select count(*) from quarantine where item = 1 and raw is not null").await, 1);
}

#[tokio::test]
async fn strangers_are_refused_and_leave_no_trace() {
    let clinic = Clinic::open().await;
    let vendor = clinic.vendor();
    let body = meta::messages(&[meta::text(lucia(), "wamid.1", Utc::now().timestamp(), "Hola")]);
    let genuine = signing::meta("demo-app-secret", &body);
    let mut changed = body.clone();
    *changed.last_mut().unwrap() = b' ';
    let foreign = signing::meta("somebody-elses-secret", &body);
    let tries = [
        (body.clone(), None),
        (body.clone(), Some("")),
        (body.clone(), Some(&genuine[..genuine.len() - 2])),
        (body.clone(), Some(genuine.trim_start_matches("sha256="))),
        (body.clone(), Some(foreign.as_str())),
        (changed, Some(genuine.as_str())),
    ];
    for (body, signature) in tries {
        assert_eq!(vendor.posts_signed(body, signature).await, StatusCode::UNAUTHORIZED, "{signature:?}");
    }
    let form = [("From", LUCIA), ("To", "+14155550111"), ("Body", "Hola"), ("MessageSid", "SM1")];
    let tried = vendor.twilio_posts("/webhooks/twilio/messages", &form, Some("bm90IGEgc2lnbmF0dXJl")).await;
    assert_eq!(tried, StatusCode::UNAUTHORIZED);
    assert_eq!(clinic.count("select count(*) from receipt").await, 0);

    assert_eq!(vendor.posts_signed(body, Some(&genuine)).await, StatusCode::OK);
    clinic.until_count("select count(*) from message", 1).await;
}

#[tokio::test]
async fn whoever_keeps_knocking_wrongly_is_told_to_stop_and_the_vendor_beside_them_is_heard() {
    let clinic = Clinic::open().await;
    let body = meta::messages(&[meta::text(lucia(), "wamid.1", Utc::now().timestamp(), "Hola")]);
    for n in 0..12 {
        let refused = clinic.vendor().posts_signed(body.clone(), Some("sha256=00")).await;
        let told = if n < 10 { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(refused, told, "{n}");
    }
    assert_eq!(clinic.count("select count(*) from receipt").await, 0);
    // Behind a proxy they may share an address.
    assert_eq!(clinic.vendor().posts(body).await, StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read() {
    let clinic = Clinic::open().await;
    let huge = vec![b'x'; 4 * 1024 * 1024 + 1];
    assert_eq!(clinic.vendor().posts(huge).await, StatusCode::PAYLOAD_TOO_LARGE);
    let long = "x".repeat(64 * 1024);
    let form = [("From", LUCIA), ("Body", long.as_str())];
    let tried = clinic.vendor().twilio_posts("/webhooks/twilio/messages", &form, None).await;
    assert_eq!(tried, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(clinic.count("select count(*) from receipt").await, 0);
}

#[tokio::test]
async fn what_customers_write_is_shown_as_they_wrote_it() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let long = "ñ".repeat(4096);
    let texts = ["👩‍👩‍👧‍👦 𝓗𝓸𝓵𝓪 🦷", "مرحبا بالعالم", "עברית", long.as_str(), "<b>no</b> & \"sí\""];
    let now = Utc::now().timestamp();
    let mut messages: Vec<_> = texts
        .iter()
        .zip(now - 100..)
        .map(|(text, at)| meta::text(lucia(), &format!("wamid.{at}"), at, text))
        .collect();
    messages.push(meta::text(lucia(), "wamid.nul", now - 50, "a\u{0}b"));
    let mut odd = meta::text(lucia(), "wamid.odd", now - 40, "con un campo nuevo");
    odd["a_field_of_tomorrow"] = json!({ "deep": [1, 2, 3] });
    messages.push(odd);
    messages.push(json!({
        "from": lucia(), "id": "wamid.type", "timestamp": (now - 30).to_string(), "type": "hologram",
        "hologram": { "id": "1" },
    }));
    assert_eq!(clinic.vendor().posts(meta::messages(&messages)).await, StatusCode::OK);
    clinic.until_count("select count(*) from message", 8).await;

    let mut page = valeria.opens(clinic.held_conversation().await).await;
    let shown = page.bubbles();
    assert_eq!(shown[..4], texts[..4]);
    assert!(shown[4].contains("&#60;b&#62;no") || shown[4].contains("&lt;b&gt;no"), "{}", shown[4]);
    assert_eq!(shown[5..7], ["ab", "con un campo nuevo"]);
    assert!(page.shown.thread.iter().any(|entry| entry.contains("hologram")), "an unknown type is named");
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn noise_repeats_and_disorder_of_the_vendor_change_nothing() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let faults = json!({ "noise": 1.0, "duplicate": 1.0, "reorder": true, "batch": 5, "delay_ms": [0, 60] });
    clinic.vendor().misbehaves(faults).await;
    for n in 0..20 {
        clinic.vendor().lucia_drops(&format!("mensaje {n}")).await;
    }
    clinic.until_count("select count(*) from message", 20).await;
    clinic.until_count("select count(*) from receipt where state = 'new'", 0).await;
    assert_eq!(clinic.count("select inbound_count from conversation").await, 20);
    assert_eq!(clinic.count("select count(*) from quarantine").await, 0);
    let mut page = valeria.opens(clinic.held_conversation().await).await;
    assert_eq!(page.bubbles().len(), 20);
    page.becomes_a_fresh_load().await;
}
