//! What Meta makes of messages: limits of people and prices, files, opt-outs, variants of numbers.

#![expect(clippy::unwrap_used, reason = "a broken product is a failed test")]

mod support;

use serde_json::{Value, json};
use support::{LUCIA, PHONE_ID, World, text_to, until};

const MARKETING: &str = "seguimiento_cotizacion";

fn template(to: &str, name: &str, values: &[&str]) -> Value {
    let parameters: Vec<Value> = values.iter().map(|text| json!({ "type": "text", "text": text })).collect();
    json!({ "messaging_product": "whatsapp", "to": to, "type": "template", "template": {
        "name": name, "language": { "code": "es" }, "components": [{ "type": "body", "parameters": parameters }] } })
}

fn quote(to: &str) -> Value {
    template(to, MARKETING, &["Jorge", "ortodoncia"])
}

/// Send, and answer the error with which it fails, or the price with which it is sent.
async fn outcome(world: &World, body: &Value) -> Value {
    let (status, answer) = world.call(body).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    let first = until(|| world.inbox.statuses(&id).into_iter().next()).await.unwrap();
    if first["status"] == "failed" { first["errors"][0]["code"].clone() } else { first["pricing"].clone() }
}

#[tokio::test]
async fn who_stopped_marketing_gets_none_until_they_resume() {
    let world = World::new().await;
    world.control("notices", json!({ "name": "marketing_stop", "from": LUCIA })).await;
    let told = world.inbox.bodies()[0]["entry"][0].clone();
    assert!(
        told.get("time").is_none()
            && told["changes"][0]["value"]["user_preferences"][0]["timestamp"].is_i64()
    );
    assert_eq!(outcome(&world, &quote(LUCIA)).await, 131_050);
    world.lucia_writes("hola").await;
    assert_eq!(outcome(&world, &text_to(LUCIA, "Hola")).await["category"], "service");
    world.control("notices", json!({ "name": "marketing_resume", "from": LUCIA })).await;
    assert_eq!(outcome(&world, &quote(LUCIA)).await["category"], "marketing");
    assert_eq!(outcome(&world, &quote("+13055550100")).await, 131_049, "marketing to the United States");
    world.end().await;
}

#[tokio::test]
async fn a_portfolio_reaches_so_many_people_a_day() {
    let world = World::with(|settings| settings.throughput = 1_000).await;
    world.control("account", json!({ "tier": "TIER_250", "quiet": true })).await;
    for number in 0..250 {
        assert_eq!(world.call(&quote(&format!("+5198800{number:04}"))).await.0, 200);
    }
    assert_eq!(outcome(&world, &quote("+51988009999")).await, 131_048);
    assert_eq!(outcome(&world, &quote("+51988000007")).await["type"], "regular", "somebody reached already");
    world.control("inbound", json!({ "from": "+51988009999", "message": "hola" })).await;
    assert_eq!(outcome(&world, &quote("+51988009999")).await["type"], "regular", "their window is open");
    world.end().await;
}

#[tokio::test]
async fn the_first_service_messages_of_a_month_are_free_and_an_advertisement_opens_three_days() {
    let world = World::with(|settings| settings.free_service = 2).await;
    world.lucia_writes("hola").await;
    for wanted in ["free_customer_service", "free_customer_service", "regular"] {
        assert_eq!(outcome(&world, &text_to(LUCIA, "x")).await["type"], wanted);
    }
    let jorge = "+51955208841";
    world.control("inbound", json!({ "from": jorge, "sample": "ad" })).await;
    let id = world.reply(jorge, "¡Hola, Jorge!").await;
    let statuses = world.statuses_become(&id, &["sent", "delivered", "read"]).await;
    assert_eq!(statuses[0]["pricing"]["type"], "free_entry_point");
    assert_eq!(statuses[0]["conversation"]["origin"]["type"], "referral_conversion");
    assert!(statuses[0]["conversation"]["expiration_timestamp"].is_string());
    assert!(statuses[1]["conversation"].get("expiration_timestamp").is_none());
    assert_eq!(outcome(&world, &quote(jorge)).await["type"], "free_entry_point");
    world.control("time", json!({ "advance_seconds": 72 * 3_600 })).await;
    assert_eq!(outcome(&world, &quote(jorge)).await["type"], "regular");
    world.end().await;
}

#[tokio::test]
async fn numbers_have_one_form_at_whatsapp_and_customers_show_theirs() {
    let world = World::new().await;
    for (written, known) in [
        ("+525512345678", "5215512345678"),
        ("+541123456789", "5491123456789"),
        ("+5531987654321", "553187654321"),
    ] {
        let (_, answer) = world.call(&quote(written)).await;
        assert_eq!(
            (&answer["contacts"][0]["input"], &answer["contacts"][0]["wa_id"]),
            (&json!(written), &json!(known))
        );
    }
    world.control("inbound", json!({ "from": "+525512345678", "message": "hola" })).await;
    assert_eq!(world.inbox.messages()[0]["from"], "525512345678", "as it was given");
    assert_eq!(
        outcome(&world, &text_to("+5215512345678", "x")).await["category"],
        "service",
        "one window for both forms"
    );
    assert_eq!(world.look("/control/sent?to=%2B525512345678").await.as_array().unwrap().len(), 2);
    world.end().await;
}

#[tokio::test]
async fn files_must_fit_their_kind_and_voices_be_opus() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    let keep = async |sample: &str| {
        let url = world.url(&format!("/control/media?sample={sample}"));
        world.http.post(url).send().await.unwrap().json::<Value>().await.unwrap()["id"].clone()
    };
    let send = |kind: &str, more: Value| json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": kind, kind: more });
    let (voice, film, sticker) = (keep("voice").await, keep("video").await, keep("sticker").await);
    assert_eq!(
        outcome(&world, &send("audio", json!({ "id": voice, "voice": true }))).await["category"],
        "service"
    );
    assert_eq!(outcome(&world, &send("audio", json!({ "id": film }))).await, 131_053);
    assert_eq!(outcome(&world, &send("image", json!({ "id": sticker }))).await, 131_053);
    assert_eq!(outcome(&world, &send("sticker", json!({ "id": sticker }))).await["category"], "service");
    let link = world.url("/phone/assets/phone.css");
    assert_eq!(outcome(&world, &send("image", json!({ "link": link }))).await, 131_053);
    let url = world.url("/control/media?name=largo.mp4&size=104857601");
    let large = world.http.post(url).header("content-type", "video/mp4").body("film").send().await.unwrap();
    let id = large.json::<Value>().await.unwrap()["id"].clone();
    world
        .control("inbound", json!({ "from": LUCIA, "message": { "type": "video", "video": { "id": id } } }))
        .await;
    let message = world.inbox.messages().pop().unwrap();
    assert_eq!((&message["errors"][0]["code"], message["video"].get("id")), (&json!(131_052), None));
    world.end().await;
}

#[tokio::test]
async fn what_is_kept_of_a_file_ends_after_its_days() {
    let world = World::new().await;
    let url = world.url("/control/media?sample=image");
    let id = world.http.post(url).send().await.unwrap().json::<Value>().await.unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let resolve =
        || world.http.get(world.url(&format!("/graph/v26.0/{id}"))).bearer_auth("demo-access-token").send();
    assert_eq!(resolve().await.unwrap().status(), 200);
    let other = world.url(&format!("/graph/v26.0/{id}?phone_number_id=1"));
    assert_eq!(world.http.get(other).bearer_auth("demo-access-token").send().await.unwrap().status(), 400);
    world.control("time", json!({ "advance_seconds": 7 * 86_400 })).await;
    assert_eq!(resolve().await.unwrap().status(), 400, "seven days for what a customer sent");
    world.end().await;
}

#[tokio::test]
async fn an_account_that_lost_its_standing_is_refused() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    let code = async || world.call(&text_to(LUCIA, "x")).await.1["error"]["code"].clone();
    world.control("account", json!({ "status": "DISABLED" })).await;
    assert_eq!(code().await, 131_031);
    world
        .control(
            "account",
            json!({ "status": "ACTIVE", "restrictions": ["RESTRICTED_BIZ_INITIATED_MESSAGING"] }),
        )
        .await;
    assert_eq!(code().await, Value::Null, "answering is still allowed");
    assert_eq!(world.call(&quote("+51955208841")).await.1["error"]["code"], 368);
    world.control("account", json!({ "restrictions": [] })).await;
    world.control("number", json!({ "mode": "SANDBOX", "allowed": ["+51955208841"] })).await;
    assert_eq!(code().await, 131_030);
    world.control("number", json!({ "mode": "LIVE", "throughput": "HIGH" })).await;
    assert_eq!(code().await, Value::Null);
    let marketing = world.url(&format!("/graph/v26.0/{PHONE_ID}/marketing_messages"));
    let post = async |body: &Value| {
        let answer =
            world.http.post(&marketing).bearer_auth("demo-access-token").json(body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    assert_eq!(post(&text_to(LUCIA, "x")).await["error"]["code"], 134_100);
    let id = post(&quote(LUCIA)).await["messages"][0]["id"].as_str().unwrap().to_owned();
    let sent = until(|| world.inbox.statuses(&id).into_iter().next()).await.unwrap();
    assert_eq!(sent["pricing"]["category"], "marketing_lite");
    world.end().await;
}

#[tokio::test]
async fn a_shared_number_sends_twenty_a_second_and_echoes_its_app() {
    let world = World::with(|settings| settings.cloud[0].coexistence = true).await;
    let mut refused = 0;
    for number in 0..60 {
        let (status, _) = world.call(&quote(&format!("+5198900{number:04}"))).await;
        refused += usize::from(status == 400);
    }
    assert!(refused > 0, "eighty fit into a second elsewhere");
    let (_, echo) = world
        .control("notices", json!({ "name": "echo", "from": LUCIA, "message": "Desde el teléfono" }))
        .await;
    let bodies = world.inbox.bodies();
    let value = bodies
        .iter()
        .map(|body| &body["entry"][0]["changes"][0]["value"])
        .find(|value| value["message_echoes"].is_array())
        .unwrap();
    assert_eq!(
        (&value["message_echoes"][0]["id"], &value["message_echoes"][0]["to"]),
        (&echo["id"], &json!("51987412306"))
    );
    world.end().await;
}

#[tokio::test]
async fn customers_change_their_words_and_take_them_back() {
    let world = World::new().await;
    let id = world.lucia_writes("a las 9").await;
    let write = |sample: &'static str, text: &'static str| {
        world.control("inbound", json!({ "from": LUCIA, "sample": sample, "target": id, "text": text }))
    };
    write("edit", "a las 10").await;
    let thread = "/phone/thread?channel=200000000000001&customer=51987412306";
    let bubble = world.look(thread).await["bubbles"][0].clone();
    assert_eq!((&bubble["card"]["text"], &bubble["edited"]), (&json!("a las 10"), &json!(true)));
    write("revoke", "").await;
    assert_eq!(world.look(thread).await["bubbles"][0]["revoked"], true);
    let kinds: Vec<Value> = world.inbox.messages().iter().map(|message| message["type"].clone()).collect();
    assert_eq!(kinds, ["text", "edit", "revoke"]);
    let heart = |id: &str| json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "reaction", "reaction": { "message_id": id, "emoji": "❤️" } });
    assert_eq!(outcome(&world, &heart(&id)).await, 131_009, "it was taken back");
    world.end().await;
}

#[tokio::test]
async fn an_identity_that_must_be_proved_is_proved() {
    let world = World::new().await;
    let url = world.url(&format!("/graph/v26.0/{PHONE_ID}/settings"));
    let on = json!({ "user_identity_change": { "enable_identity_key_check": true } });
    assert_eq!(
        world.http.post(url).bearer_auth("demo-access-token").json(&on).send().await.unwrap().status(),
        200
    );
    world.lucia_writes("hola").await;
    let hash = world.inbox.bodies()[0]["entry"][0]["changes"][0]["value"]["contacts"][0]["identity_key_hash"]
        .clone();
    let mut body = text_to(LUCIA, "Hola");
    body["recipient_identity_key_hash"] = json!("otra");
    assert_eq!(world.call(&body).await.1["error"]["code"], 137_000);
    body["recipient_identity_key_hash"] = hash;
    assert_eq!(world.call(&body).await.0, 200);
    world.end().await;
}

#[tokio::test]
async fn meta_keeps_books_that_can_be_asked_by_day_country_and_kind() {
    let world = World::with(|settings| settings.free_service = 1).await;
    world.lucia_writes("hola").await;
    for _ in 0..3 {
        outcome(&world, &text_to(LUCIA, "x")).await;
    }
    outcome(&world, &quote("+573001112233")).await;
    outcome(&world, &text_to("+573001112233", "no window: it fails and costs nothing")).await;
    let books = async |arguments: &str| -> Value {
        let now = chrono::Utc::now().timestamp();
        let (start, end) = (now - 86_400, now + 60);
        let field = format!("pricing_analytics.start({start}).end({end}){arguments}");
        let url = world.url("/graph/v26.0/100000000000001");
        let call = world.http.get(url).query(&[("fields", format!("currency,{field}"))]);
        call.bearer_auth("demo-access-token").send().await.unwrap().json().await.unwrap()
    };
    let points = |answer: &Value| -> Vec<Value> {
        answer["pricing_analytics"]["data"][0]["data_points"].as_array().cloned().unwrap_or_default()
    };
    let daily = ".granularity(DAILY)";
    let sum = |points: &[Value]| points.iter().map(|point| point["volume"].as_i64().unwrap()).sum::<i64>();
    let mut whole = books(daily).await;
    for _ in 0..200 {
        if sum(&points(&whole)) == 4 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        whole = books(daily).await;
    }
    assert_eq!(sum(&points(&whole)), 4, "{whole}");
    let by = ".dimensions([\"COUNTRY\",\"PRICING_CATEGORY\",\"PRICING_TYPE\"])";
    let mut lines = points(&books(&format!("{daily}{by}")).await);
    for line in &mut lines {
        assert_eq!(line["end"].as_i64().unwrap() - line["start"].as_i64().unwrap(), 86_400);
        let fields = line.as_object_mut().unwrap();
        fields.retain(|name, _| name != "start" && name != "end");
    }
    let line = |country: &str, category: &str, kind: &str, volume: u8, cost: f64| json!({ "country": country, "pricing_category": category, "pricing_type": kind, "volume": volume, "cost": cost });
    let wanted = [
        line("CO", "MARKETING", "REGULAR", 1, 0.0125),
        line("PE", "SERVICE", "FREE_CUSTOMER_SERVICE", 1, 0.0),
        line("PE", "SERVICE", "REGULAR", 2, 0.06),
    ];
    assert_eq!(lines, wanted);
    let paid = ".pricing_types([\"REGULAR\"]).country_codes([\"PE\"]).phone_numbers([\"+51 1 5550100\"])";
    assert_eq!(sum(&points(&books(&format!("{daily}{paid}")).await)), 2);
    let nobody = books(&format!("{daily}.country_codes([\"BR\"])")).await;
    assert!(nobody.get("pricing_analytics").is_none() && nobody["currency"] == "USD", "{nobody}");
    assert!(books(".granularity(MONTHLY)").await.get("pricing_analytics").is_none(), "the month runs");
    for wrong in
        ["", ".granularity(DAY)", ".granularity(DAILY).dimensions([\"AGENT\"])", ".granularity(DAILY"]
    {
        assert_eq!(books(wrong).await["error"]["code"], 100, "{wrong}");
    }
    world.control("account", json!({ "partner_pays": true, "quiet": true })).await;
    let hidden = points(&books(daily).await);
    assert!(sum(&hidden) == 4 && hidden[0].get("cost").is_none(), "a partner's account is told no costs");
    world.end().await;
}
