//! Misbehaviour on request.

mod support;

use std::{collections::HashSet, time::Duration};

use serde_json::{Value, json};
use support::{LUCIA, World, text_to, until};

#[tokio::test]
async fn a_webhook_refused_with_503_comes_again() {
    let world = World::new().await;
    world.inbox.refuse_next(2);
    let (status, answer) = world.control("inbound", json!({ "from": LUCIA, "message": "hola" })).await;
    assert_eq!((status, &answer["attempts"]), (200, &json!(3)));
    assert_eq!(world.inbox.messages().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_webhook_refused_for_too_long_is_dropped() {
    let world = World::new().await;
    world.inbox.refuse_next(100);
    let (status, answer) = world.control("inbound", json!({ "from": LUCIA, "message": "hola" })).await;
    assert_eq!((status, &answer["attempts"], &answer["http_status"]), (504, &json!(5), &json!(503)));
    world.end().await;
}

#[tokio::test]
async fn duplicates_are_the_same_message_again() {
    let world = World::new().await;
    world.control("faults", json!({ "duplicate": 1.0 })).await;
    let id = world.lucia_writes("hola").await;
    let twice = until(|| (world.inbox.messages().len() == 2).then(|| world.inbox.messages()))
        .await
        .expect("a repeat");
    assert!(twice.iter().all(|message| message["id"] == id.as_str()));
    world.end().await;
}

#[tokio::test]
async fn updates_that_come_together_share_a_webhook() {
    let world = World::new().await;
    world.control("faults", json!({ "batch": 20 })).await;
    let writes = (0..20).map(|number| {
        let body = json!({ "from": format!("+5198700{number:04}"), "message": format!("mensaje {number}") });
        let world = &world;
        async move { world.control("inbound", body).await.0 }
    });
    assert!(futures_util::future::join_all(writes).await.iter().all(|status| *status == 200));
    let messages = world.inbox.messages();
    let ids: HashSet<&str> = messages.iter().map(|message| message["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 20);
    assert!(world.inbox.bodies().len() < 20, "{} webhooks", world.inbox.bodies().len());
    world.end().await;
}

#[tokio::test]
async fn noise_stands_beside_the_message_and_changes_nothing_in_it() {
    let world = World::new().await;
    world.control("faults", json!({ "noise": 1.0 })).await;
    let id = world.lucia_writes("hola").await;
    let changes = world.inbox.bodies()[0]["entry"][0]["changes"].clone();
    assert_eq!(changes[0]["field"], "orbit_hint");
    let message = &changes[1]["value"]["messages"][0];
    assert_eq!((&message["id"], &message["text"]["body"]), (&json!(id), &json!("hola")));
    assert!(message["from_logical_id"].is_string() && changes[1]["value"].get("statuses").is_none());
    world.end().await;
}

#[tokio::test]
async fn two_of_one_customer_in_a_batch_do_not_wait_for_each_other() {
    let world = World::new().await;
    world.control("faults", json!({ "batch": 5 })).await;
    let write = |text: &'static str| world.control("inbound", json!({ "from": LUCIA, "message": text }));
    let (one, two) = futures_util::future::join(write("uno"), write("dos")).await;
    assert_eq!((one.0, two.0), (200, 200));
    world.end().await;
}

#[tokio::test]
async fn without_faults_a_customer_is_heard_in_order_and_with_reorder_not() {
    let world = World::new().await;
    let order = || -> Vec<String> {
        world
            .inbox
            .messages()
            .iter()
            .map(|message| message["text"]["body"].as_str().unwrap().to_owned())
            .collect()
    };
    let burst = async |total: usize| {
        for number in 0..12 {
            // Not waiting for the product: the next one is written while this one is on its way.
            let message = format!("{number:02}");
            world.control("inbound", json!({ "from": LUCIA, "message": message, "wait_ms": 0 })).await;
        }
        until(|| (world.inbox.messages().len() == total).then_some(())).await.expect("all of them");
    };
    burst(12).await;
    let first = order();
    assert!(first.is_sorted(), "{first:?}");
    world.control("faults", json!({ "reorder": true })).await;
    burst(24).await;
    let second = order()[12..].to_vec();
    assert!(!second.is_sorted(), "{second:?}");
    world.end().await;
}

#[tokio::test]
async fn a_send_that_is_never_answered_was_accepted_all_the_same() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    world.control("faults", json!({ "timeout_after_accept": 1.0 })).await;
    let url = world.url("/graph/v26.0/200000000000001/messages");
    let call = world.http.post(url).bearer_auth("demo-access-token").timeout(Duration::from_millis(300));
    let error = call.json(&text_to(LUCIA, "¿Llegó?")).send().await.unwrap_err();
    assert!(error.is_timeout());
    let sent = world.look("/control/sent").await;
    assert_eq!(sent[0]["body"], "¿Llegó?");
    world.statuses_become(sent[0]["vendor_id"].as_str().unwrap(), &["sent", "delivered", "read"]).await;
    world.end().await;
}

#[tokio::test]
async fn refused_sends_are_not_accepted() {
    let world = World::new().await;
    for (fault, status) in [("status_429", 429), ("status_500", 500)] {
        world.control("faults", json!({ fault: 1.0 })).await;
        assert_eq!(world.call(&text_to(LUCIA, "x")).await.0, status);
        let form = [("From", "+14155550111"), ("To", LUCIA), ("Body", "x")];
        assert_eq!(world.twilio(&form).await.0, status);
    }
    assert_eq!(world.look("/control/sent").await, json!([]));
    world.end().await;
}

#[tokio::test]
async fn statuses_can_get_lost_fail_or_come_backwards() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    world.control("faults", json!({ "reorder_statuses": true })).await;
    let id = world.reply(LUCIA, "uno").await;
    let backwards = world.statuses_become(&id, &["read", "delivered", "sent"]).await;
    assert!(backwards[0]["timestamp"].as_str() >= backwards[2]["timestamp"].as_str());
    world.control("faults", json!({ "fail_delivery_code": 131_026 })).await;
    let id = world.reply(LUCIA, "dos").await;
    let failed = world.statuses_become(&id, &["sent", "failed"]).await;
    assert_eq!(failed[1]["errors"][0]["code"], 131_026);
    world.control("faults", json!({ "lose_status": 1.0 })).await;
    let id = world.reply(LUCIA, "tres").await;
    let lost = |event: &Value| event["kind"] == "lost";
    let mut seen = 0;
    for _ in 0..200 {
        seen = world
            .look("/control/events")
            .await
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| lost(event))
            .count();
        if seen == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((seen, world.inbox.statuses(&id).len()), (3, 0));
    world.end().await;
}

#[tokio::test]
async fn faults_are_set_as_a_whole_and_nonsense_is_refused() {
    let world = World::new().await;
    world
        .control(
            "faults",
            json!({ "duplicate": 0.1, "reorder": true, "delay_ms": [0, 500], "batch": 20, "status_429": 0.05,
        "status_500": 0.05, "timeout_after_accept": 0.02, "lose_status": 0.05 }),
        )
        .await;
    assert_eq!(world.look("/control/faults").await["delay_ms"], json!([0, 500]));
    world.control("faults", json!({})).await;
    assert_eq!(world.look("/control/faults").await["reorder"], false);
    assert_eq!(world.control("faults", json!({ "duplicate": 2 })).await.0, 400);
    assert_eq!(world.control("faults", json!({ "dupplicate": 1 })).await.0, 400);
    world.control("faults", json!({ "status_500": 1.0 })).await;
    world.control("reset", json!({})).await;
    assert_eq!(world.look("/control/faults").await["status_500"], 0.0);
    world.end().await;
}
