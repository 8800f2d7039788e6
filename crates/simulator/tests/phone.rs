//! The phone page's own surface; how it looks and feels is tried in a browser.

mod support;

use std::time::Duration;

use serde_json::json;
use support::{LUCIA, World};

const THREAD: &str = "/phone/thread?channel=200000000000001&customer=51987412306";

#[tokio::test]
async fn the_page_brings_its_own_files_and_allows_nothing_else() {
    let world = World::new().await;
    let page = world.http.get(world.url("/")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(!html.contains(" style=") && !html.contains(" onclick="), "the policy would refuse it");
    for name in ["phone.css", "phone.js", "bubbles.js", "words.js", "photo.jpg", "voice.ogg"] {
        let file = world.http.get(world.url(&format!("/phone/assets/{name}"))).send().await.unwrap();
        assert_eq!(file.status(), 200, "{name}");
        assert!(!file.bytes().await.unwrap().is_empty(), "{name}");
    }
    world.end().await;
}

#[tokio::test]
async fn the_customer_sees_ticks_and_what_the_business_answers() {
    let world = World::new().await;
    let hers = world.lucia_writes("hola").await;
    let theirs = world.reply(LUCIA, "Hola, Lucía").await;
    world.statuses_become(&theirs, &["sent", "delivered", "read"]).await;
    let reaction = json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "reaction", "reaction": { "message_id": hers, "emoji": "👍" } });
    let (_, answer) = world.call(&reaction).await;
    world.statuses_become(answer["messages"][0]["id"].as_str().unwrap(), &["sent"]).await;
    let thread = world.look(THREAD).await;
    let bubbles = thread["bubbles"].as_array().unwrap();
    assert_eq!(bubbles.len(), 2, "a reaction is no bubble");
    assert_eq!((&bubbles[0]["state"], &bubbles[0]["their_reaction"]), (&json!("delivered"), &json!("👍")));
    assert_eq!((&bubbles[1]["state"], &bubbles[1]["card"]["text"]), (&json!("read"), &json!("Hola, Lucía")));
    world.end().await;
}

#[tokio::test]
async fn a_message_nobody_waits_for_gets_its_second_tick_all_the_same() {
    let world = World::new().await;
    world.inbox.refuse_next(1);
    let (status, _) =
        world.control("inbound", json!({ "from": LUCIA, "message": "hola", "wait_ms": 0 })).await;
    assert_eq!(status, 202);
    for _ in 0..200 {
        if world.look(THREAD).await["bubbles"][0]["state"] == "delivered" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(world.look(THREAD).await["bubbles"][0]["state"], "delivered");
    world.end().await;
}

#[tokio::test]
async fn the_clock_moves_the_past_and_the_customers_next_word_is_of_now() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    world.control("time", json!({ "advance_seconds": 3_600 })).await;
    let thread = world.look(THREAD).await;
    assert_eq!(thread["moved_seconds"], 3_600);
    assert!(thread["window_seconds"].as_i64().unwrap() <= 23 * 3_600);
    world.lucia_writes("sigo aquí").await;
    let thread = world.look(THREAD).await;
    assert_eq!(thread["moved_seconds"], 0);
    assert!(thread["window_seconds"].as_i64().unwrap() > 23 * 3_600);
    assert_eq!(world.control("time", json!({ "advance_seconds": -1 })).await.0, 400, "time does not go back");
    world.end().await;
}

#[tokio::test]
async fn a_reset_forgets_what_is_on_its_way_too() {
    let world = World::new().await;
    world.control("faults", json!({ "delay_ms": [300, 300], "batch": 5 })).await;
    world.control("inbound", json!({ "from": LUCIA, "message": "hola", "wait_ms": 0 })).await;
    world.control("reset", json!({})).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(world.inbox.messages().is_empty());
    assert_eq!(world.look(THREAD).await["bubbles"], json!([]));
    world.lucia_writes("otra vez").await;
    assert_eq!(world.inbox.messages().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_downloaded_file_can_run_nothing() {
    let world = World::new().await;
    let upload = world
        .http
        .post(world.url("/phone/media?name=a.html"))
        .header("content-type", "text/html")
        .body("<script>");
    let answer: serde_json::Value = upload.send().await.unwrap().json().await.unwrap();
    let file = world
        .http
        .get(world.url(&format!("/phone/media/{}", answer["id"].as_str().unwrap())))
        .send()
        .await
        .unwrap();
    assert_eq!(file.headers()["content-disposition"], "attachment");
    assert_eq!(file.headers()["x-content-type-options"], "nosniff");
    world.end().await;
}

#[tokio::test]
async fn another_site_in_the_same_browser_can_change_nothing() {
    let world = World::new().await;
    let call = world.http.post(world.url("/control/reset")).header("sec-fetch-site", "cross-site").body("{}");
    assert_eq!(call.send().await.unwrap().status(), 403);
    world.end().await;
}
