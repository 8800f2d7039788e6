//! Meta beside messages: tokens, subscriptions, numbers and their life, profiles, blocks, uploads.
#![expect(clippy::unwrap_used, reason = "a broken product is a failed test")]

mod support;

use serde_json::{Value, json};
use support::{LUCIA, PHONE_ID, World, text_to, until};

const WABA: &str = "100000000000001";
const APP: &str = "400000000000001";
const TOKEN: &str = "demo-access-token";

/// Call the Graph API with the number's token.
async fn graph(world: &World, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let url = world.url(&format!("/graph/v26.0/{path}"));
    let mut call = world.http.request(method.parse().unwrap(), url).bearer_auth(TOKEN);
    if let Some(body) = body {
        call = call.json(&body);
    }
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn get(world: &World, path: &str) -> Value {
    graph(world, "GET", path, None).await.1
}

async fn post(world: &World, path: &str, body: Value) -> (u16, Value) {
    graph(world, "POST", path, Some(body)).await
}

fn code(answer: &(u16, Value)) -> (u16, u64, u64) {
    let error = &answer.1["error"];
    (
        answer.0,
        error["code"].as_u64().unwrap_or_default(),
        error["error_subcode"].as_u64().unwrap_or_default(),
    )
}

/// Wait for a change of a field, and answer its value.
async fn told(world: &World, field: &str) -> Value {
    let find = || {
        let bodies = world.inbox.bodies();
        let entries = bodies.iter().flat_map(|body| body["entry"].as_array().unwrap().clone());
        let mut changes = entries.flat_map(|entry| entry["changes"].as_array().unwrap().clone());
        changes.find(|change| change["field"] == field).map(|change| change["value"].clone())
    };
    until(find).await.unwrap_or_else(|| panic!("nothing about {field}"))
}

#[tokio::test]
async fn a_token_says_what_it_is_good_for_until_it_is_revoked() {
    let world = World::new().await;
    let debug = format!("debug_token?input_token={TOKEN}");
    let data = get(&world, &debug).await["data"].clone();
    assert_eq!(
        (&data["is_valid"], &data["app_id"], &data["expires_at"]),
        (&json!(true), &json!(APP), &json!(0))
    );
    assert_eq!(data["granular_scopes"][0]["target_ids"], json!([WABA]));
    world.control("token", json!({ "scopes": ["whatsapp_business_messaging"] })).await;
    assert_eq!(code(&graph(&world, "GET", &format!("{WABA}/message_templates"), None).await), (403, 200, 0));
    world.lucia_writes("hola").await;
    world.reply(LUCIA, "Hola").await;
    world.control("token", json!({ "scopes": ["whatsapp_business_management"] })).await;
    assert_eq!(world.call(&text_to(LUCIA, "x")).await.1["error"]["code"], 10);
    world.control("token", json!({ "assets": [] })).await;
    assert_eq!(code(&graph(&world, "GET", WABA, None).await), (400, 100, 33));
    world.control("token", json!({ "expires_in": -5 })).await;
    assert_eq!(code(&graph(&world, "GET", PHONE_ID, None).await), (401, 190, 463));
    world.control("token", json!({ "expires_in": 0, "valid": false })).await;
    assert_eq!(code(&graph(&world, "GET", PHONE_ID, None).await), (401, 190, 460));
    let app_token = format!("{APP}%7Cdemo-app-secret");
    let by_app = world.url(&format!("/graph/v26.0/{debug}&access_token={app_token}"));
    let data: Value = world.http.get(by_app).send().await.unwrap().json().await.unwrap();
    assert_eq!(data["data"]["is_valid"], false, "the app may still ask");
    world.end().await;
}

#[tokio::test]
async fn without_a_subscription_nothing_arrives_and_nobody_says_so() {
    let world = World::new().await;
    let apps = format!("{WABA}/subscribed_apps");
    assert_eq!(get(&world, &apps).await["data"][0]["whatsapp_business_api_data"]["id"], APP);
    graph(&world, "DELETE", &apps, None).await;
    assert_eq!(get(&world, &apps).await["data"], json!([]));
    let write = || world.control("inbound", json!({ "from": LUCIA, "message": "hola", "wait_ms": 300 }));
    assert_eq!(write().await.0, 504);
    assert_eq!(post(&world, &apps, json!({})).await, (200, json!({ "success": true })));
    assert_eq!(write().await.0, 200);
    assert_eq!(world.inbox.messages().len(), 1);
    let fields = get(&world, &format!("{APP}/subscriptions")).await;
    let named = |name: &str| {
        fields["data"][0]["fields"].as_array().unwrap().iter().any(|field| field["name"] == name)
    };
    assert!(named("messages") && named("message_template_status_update") && !named("calls"));
    world.control("app", json!({ "fields": ["account_update"] })).await;
    assert_eq!(write().await.0, 504, "the field messages is not subscribed");
    let app_token = format!("{APP}%7Cdemo-app-secret");
    let url = world.url(&format!("/graph/v26.0/{APP}/subscriptions?access_token={app_token}"));
    let form = [
        ("object", "whatsapp_business_account"),
        ("callback_url", "https://inbox.example.com/webhooks/whatsapp"),
        ("verify_token", "demo-verify-token"),
        ("fields", "messages,account_update"),
    ];
    let answer = world.http.post(url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(write().await.0, 200);
    world.end().await;
}

#[tokio::test]
async fn an_override_is_asked_first_and_takes_messages_alone() {
    let world = World::new().await;
    let path = format!("{WABA}/subscribed_apps");
    let set = |uri: &str, token: &str| json!({ "override_callback_uri": uri, "verify_token": token });
    let own = "https://inbox.example.com/webhooks/whatsapp?of=waba";
    assert_eq!(code(&post(&world, &path, set(own, "wrong")).await), (400, 2_200, 0));
    assert_eq!(post(&world, &path, set(own, "demo-verify-token")).await.0, 200);
    let of_number = json!({ "webhook_configuration": set("https://inbox.example.com/webhooks/whatsapp?of=number", "demo-verify-token") });
    assert_eq!(post(&world, PHONE_ID, of_number).await.0, 200);
    let shown = get(&world, &format!("{PHONE_ID}?fields=webhook_configuration")).await;
    assert!(shown["webhook_configuration"]["phone_number"].as_str().unwrap().ends_with("?of=number"));
    assert_eq!(shown["webhook_configuration"]["whatsapp_business_account"], own);
    world.lucia_writes("hola").await;
    world.control("notices", json!({ "name": "security" })).await;
    let paths = world.inbox.paths();
    assert!(paths.contains(&"/webhooks/whatsapp?of=number".to_owned()), "{paths:?}");
    assert!(
        paths.contains(&"/webhooks/whatsapp".to_owned()),
        "management fields go to the app's address: {paths:?}"
    );
    let gone = json!({ "webhook_configuration": { "override_callback_uri": "" } });
    post(&world, PHONE_ID, gone).await;
    world.lucia_writes("otra vez").await;
    assert!(world.inbox.paths().contains(&"/webhooks/whatsapp?of=waba".to_owned()));
    world.end().await;
}

#[tokio::test]
async fn fields_are_given_as_asked_and_unknown_ones_refused() {
    let world = World::new().await;
    let number = get(&world, &format!("{PHONE_ID}?fields=health_status,throughput,is_pin_enabled")).await;
    assert_eq!(number["health_status"]["can_send_message"], "AVAILABLE");
    assert_eq!((&number["throughput"]["level"], number.get("verified_name")), (&json!("STANDARD"), None));
    let usual = get(&world, PHONE_ID).await;
    assert_eq!((&usual["display_phone_number"], &usual["id"]), (&json!("+51 155 50100"), &json!(PHONE_ID)));
    assert_eq!(code(&graph(&world, "GET", &format!("{PHONE_ID}?fields=nombre"), None).await).1, 100);
    world.control("account", json!({ "pays": false })).await;
    let account = get(
        &world,
        &format!("{WABA}?fields=currency,health_status,business_verification_status,primary_funding_id"),
    )
    .await;
    assert_eq!(
        (&account["currency"], &account["health_status"]["can_send_message"]),
        (&json!("USD"), &json!("BLOCKED"))
    );
    assert!(account.get("primary_funding_id").is_none());
    world.lucia_writes("hola").await;
    let id = world.reply(LUCIA, "x").await;
    assert_eq!(world.statuses_become(&id, &["failed"]).await[0]["errors"][0]["code"], 131_042);
    let live = format!(
        "{WABA}/phone_numbers?fields=id&filtering=%5B%7B%22field%22%3A%22account_mode%22%2C%22operator%22%3A%22EQUAL%22%2C%22value%22%3A%22SANDBOX%22%7D%5D"
    );
    assert_eq!(get(&world, &live).await["data"], json!([]));
    world.end().await;
}

#[tokio::test]
async fn a_new_number_is_added_proved_registered_and_writes() {
    let world = World::new().await;
    let add = json!({ "cc": "51", "phone_number": "15550177", "verified_name": "Sonrisas Sur" });
    let (status, added) = post(&world, &format!("{WABA}/phone_numbers"), add.clone()).await;
    assert_eq!(status, 200, "{added}");
    let id = added["id"].as_str().unwrap().to_owned();
    assert_eq!(code(&post(&world, &format!("{WABA}/phone_numbers"), add).await), (400, 100, 2_388_012));
    let register = |pin: &str| json!({ "messaging_product": "whatsapp", "pin": pin });
    let path = |what: &str| format!("{id}/{what}");
    assert_eq!(code(&post(&world, &path("register"), register("246810")).await).1, 133_006);
    let ask = json!({ "code_method": "SMS", "language": "es" });
    assert_eq!(post(&world, &path("request_code"), ask.clone()).await.0, 200);
    assert_eq!(
        code(&post(&world, &path("verify_code"), json!({ "code": "000000" })).await),
        (400, 136_025, 2_388_093)
    );
    let numbers = world.look("/control/numbers").await;
    let sent = numbers.as_array().unwrap().iter().find(|number| number["id"] == id.as_str()).unwrap()["code"]
        .clone();
    assert_eq!(post(&world, &path("verify_code"), json!({ "code": sent })).await.0, 200);
    assert_eq!(code(&post(&world, &path("request_code"), ask).await), (400, 136_024, 2_388_091));
    assert_eq!(post(&world, &path("register"), register("246810")).await.0, 200);
    assert_eq!(told(&world, "phone_number_quality_update").await["event"], "ONBOARDING");
    world.control("inbound", json!({ "channel": id, "from": LUCIA, "message": "hola" })).await;
    let (status, _) = post(&world, &path("messages"), text_to(LUCIA, "Hola desde el sur")).await;
    assert_eq!(status, 200);
    assert_eq!(get(&world, &format!("{WABA}/phone_numbers")).await["data"].as_array().unwrap().len(), 2);
    world.end().await;
}

#[tokio::test]
async fn pins_are_guessed_five_times_and_numbers_registered_ten_times() {
    let world = World::new().await;
    let path = format!("{PHONE_ID}/register");
    let register = |pin: &str| json!({ "messaging_product": "whatsapp", "pin": pin });
    assert_eq!(code(&post(&world, &path, register("12")).await).1, 100);
    for _ in 0..5 {
        assert_eq!(code(&post(&world, &path, register("000000")).await).1, 133_005);
    }
    assert_eq!(code(&post(&world, &path, register("123456")).await).1, 133_008, "not even the right one");
    world.control("time", json!({ "advance_seconds": 86_500 })).await;
    assert_eq!(post(&world, &path, register("123456")).await.0, 200);
    assert_eq!(post(&world, PHONE_ID, json!({ "pin": "654321" })).await.0, 200);
    assert_eq!(told(&world, "security").await["event"], "PIN_CHANGED");
    for _ in 0..3 {
        post(&world, &path, register("654321")).await;
    }
    assert_eq!(code(&post(&world, &path, register("654321")).await).1, 133_016);
    world.control("time", json!({ "advance_seconds": 3 * 86_400 })).await;
    assert_eq!(graph(&world, "POST", &format!("{PHONE_ID}/deregister"), None).await.0, 200);
    assert_eq!(world.call(&text_to(LUCIA, "x")).await.1["error"]["code"], 133_010);
    world.end().await;
}

#[tokio::test]
async fn a_number_moves_to_another_account_once_everything_is_ready() {
    let world = World::new().await;
    let there = "100000000000009";
    world.control("account", json!({ "waba": there, "pays": false, "quiet": true })).await;
    let path = format!("{there}/phone_numbers");
    let migrate = json!({ "cc": "51", "phone_number": "15550100", "migrate_phone_number": true });
    assert_eq!(
        code(&post(&world, &path, migrate.clone()).await),
        (400, 100, 2_388_001),
        "two-step verification is on"
    );
    world.control("number", json!({ "pin": "", "quiet": true })).await;
    assert_eq!(code(&post(&world, &path, migrate.clone()).await), (400, 100, 2_388_103), "nobody pays there");
    world.control("account", json!({ "waba": there, "pays": true })).await;
    let (status, moved) = post(&world, &path, migrate).await;
    assert_eq!(status, 200, "{moved}");
    let id = moved["id"].as_str().unwrap().to_owned();
    post(&world, &format!("{id}/request_code"), json!({ "code_method": "VOICE", "language": "es" })).await;
    let numbers = world.look("/control/numbers").await;
    let sent = numbers.as_array().unwrap().iter().find(|number| number["id"] == id.as_str()).unwrap()["code"]
        .clone();
    post(&world, &format!("{id}/verify_code"), json!({ "code": sent })).await;
    world.lucia_writes("hola").await;
    world.reply(LUCIA, "la última desde aquí").await;
    let register = json!({ "messaging_product": "whatsapp", "pin": "112233" });
    assert_eq!(post(&world, &format!("{id}/register"), register).await.0, 200);
    assert_eq!(code(&graph(&world, "GET", PHONE_ID, None).await), (400, 100, 33), "the old id is no more");
    assert_eq!(
        get(&world, &format!("{id}?fields=verified_name")).await["verified_name"],
        "Clínica Dental Sonrisas"
    );
    assert_eq!(get(&world, &format!("{there}/message_templates")).await["data"].as_array().unwrap().len(), 9);
    world.end().await;
}

#[tokio::test]
async fn a_new_name_is_reviewed() {
    let world = World::with(|settings| settings.review = (20, 30)).await;
    post(&world, PHONE_ID, json!({ "new_display_name": "Sonrisas Miraflores" })).await;
    let again = post(&world, PHONE_ID, json!({ "new_display_name": "Otro nombre" })).await;
    assert_eq!(code(&again), (400, 100, 2_494_100), "one review at a time");
    let update = told(&world, "phone_number_name_update").await;
    assert_eq!(
        (&update["decision"], &update["requested_verified_name"]),
        (&json!("APPROVED"), &json!("Sonrisas Miraflores"))
    );
    assert_eq!(
        get(&world, &format!("{PHONE_ID}?fields=verified_name")).await["verified_name"],
        "Sonrisas Miraflores"
    );
    world.end().await;
}

#[tokio::test]
async fn the_profile_keeps_its_limits_and_takes_an_uploaded_picture() {
    let world = World::new().await;
    let path = format!("{PHONE_ID}/whatsapp_business_profile");
    let write = async |more: Value| {
        let mut body = json!({ "messaging_product": "whatsapp" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&world, &path, body).await
    };
    for wrong in [
        json!({ "about": "" }),
        json!({ "about": "x".repeat(140) }),
        json!({ "description": "x".repeat(513) }),
        json!({ "vertical": "DENTIST" }),
        json!({ "websites": ["sonrisas.example"] }),
        json!({ "websites": ["https://a.example", "https://b.example", "https://c.example"] }),
        json!({ "profile_picture_handle": "4::none" }),
        json!({ "color": "red" }),
    ] {
        assert_eq!(code(&write(wrong.clone()).await).1, 100, "{wrong}");
    }
    let begin = format!("{APP}/uploads?file_length=6&file_type=image/png&file_name=a.png");
    let session = graph(&world, "POST", &begin, None).await.1["id"].as_str().unwrap().to_owned();
    let part = async |offset: &str, bytes: &'static str| {
        let call = world.http.post(world.url(&format!("/graph/v26.0/{session}")));
        let call = call.header("authorization", format!("OAuth {TOKEN}")).header("file_offset", offset);
        call.body(bytes).send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!(part("0", "abc").await["file_offset"], 3);
    assert_eq!(part("0", "def").await["error"]["code"], 100, "it goes on where it stopped");
    let handle = part("3", "def").await["h"].clone();
    assert_eq!(write(json!({ "profile_picture_handle": handle, "about": "Abierto" })).await.0, 200);
    let fields = "?fields=about,vertical,profile_picture_url,websites";
    let profile = get(&world, &format!("{path}{fields}")).await["data"][0].clone();
    assert_eq!((&profile["about"], &profile["vertical"]), (&json!("Abierto"), &json!("HEALTH")));
    let picture = world.http.get(profile["profile_picture_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(picture.bytes().await.unwrap(), "abcdef");
    world.end().await;
}

#[tokio::test]
async fn only_who_wrote_today_can_be_blocked_and_is_then_not_heard() {
    let world = World::new().await;
    let path = format!("{PHONE_ID}/block_users");
    let body = |user: &str| json!({ "messaging_product": "whatsapp", "block_users": [{ "user": user }] });
    let refused = post(&world, &path, body(LUCIA)).await;
    assert_eq!(
        (code(&refused).1, &refused.1["block_users"]["failed_users"][0]["errors"][0]["code"]),
        (139_100, &json!(131_047))
    );
    world.lucia_writes("hola").await;
    let (status, answer) = post(&world, &path, body(LUCIA)).await;
    assert_eq!((status, &answer["block_users"]["added_users"][0]["wa_id"]), (200, &json!("51987412306")));
    let write = || world.control("inbound", json!({ "from": LUCIA, "message": "¿hola?", "wait_ms": 200 }));
    assert_eq!(write().await.0, 504);
    let id = world.reply(LUCIA, "x").await;
    assert_eq!(world.statuses_become(&id, &["failed"]).await[0]["errors"][0]["code"], 130_403);
    graph(&world, "DELETE", &path, Some(body(LUCIA))).await;
    assert_eq!(write().await.0, 200);
    world.end().await;
}

#[tokio::test]
async fn a_shared_number_syncs_once_and_within_a_day() {
    let world = World::with(|settings| settings.cloud[0].coexistence = true).await;
    let path = format!("{PHONE_ID}/smb_app_data");
    let sync = |kind: &str| json!({ "messaging_product": "whatsapp", "sync_type": kind });
    assert!(post(&world, &path, sync("smb_app_state_sync")).await.1["request_id"].is_string());
    let book = told(&world, "smb_app_state_sync").await;
    assert_eq!(book["state_sync"][0]["action"], "add");
    assert_eq!(code(&post(&world, &path, sync("smb_app_state_sync")).await).1, 2_593_107);
    post(&world, &path, sync("history")).await;
    let history = told(&world, "history").await;
    assert_eq!(history["history"][0]["metadata"]["phase"], 0);
    let late = until(|| {
        let bodies = world.inbox.bodies();
        bodies
            .into_iter()
            .find(|body| body["entry"][0]["changes"][0]["value"]["messages"][0]["type"] == "image")
    });
    let late = late.await.expect("the file of a placeholder");
    assert_eq!(late["entry"][0]["changes"][0]["field"], "history");
    assert_eq!(
        late["entry"][0]["changes"][0]["value"]["messages"][0]["image"]["sha256"].as_str().unwrap().len(),
        64
    );
    world.control("number", json!({ "coexistence": true, "onboarded_seconds_ago": 90_000 })).await;
    assert_eq!(code(&post(&world, &path, sync("history")).await).1, 2_593_108);
    let register = json!({ "messaging_product": "whatsapp", "pin": "123456" });
    assert_eq!(code(&post(&world, &format!("{PHONE_ID}/register"), register).await).1, 100);
    world.end().await;
}

#[tokio::test]
async fn faults_stand_before_every_endpoint_or_before_those_that_are_named() {
    let world = World::new().await;
    world
        .control("faults", json!({ "status_429": 1.0, "retry_after": 7, "only": ["/message_templates"] }))
        .await;
    let url = world.url(&format!("/graph/v26.0/{WABA}/message_templates"));
    let answer = world.http.get(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 80_007);
    assert_eq!(graph(&world, "GET", PHONE_ID, None).await.0, 200);
    world.control("faults", json!({ "status_500": 1.0 })).await;
    assert_eq!(graph(&world, "GET", PHONE_ID, None).await.0, 500);
    world.control("faults", json!({})).await;
    world.control("fail", json!({ "vendor": "meta", "path": PHONE_ID, "code": 131_031, "times": 2 })).await;
    for wanted in [403, 403, 200] {
        assert_eq!(graph(&world, "GET", PHONE_ID, None).await.0, wanted);
    }
    world.end().await;
}

#[tokio::test]
async fn every_notice_and_every_sample_has_a_name_and_arrives() {
    let world = World::new().await;
    let known = world.look("/control/notices").await;
    for name in known["notices"].as_array().unwrap() {
        let body = json!({ "name": name, "from": "+51955208841", "to": "+51955208899", "target": "wamid.x" });
        let (status, answer) = world.control("notices", body).await;
        assert_eq!(status, 200, "{name}: {answer}");
        if name == "number_change" {
            world.control("reset", json!({})).await;
        }
    }
    for name in known["samples"].as_array().unwrap() {
        let (status, answer) =
            world.control("inbound", json!({ "from": LUCIA, "sample": name, "target": "wamid.x" })).await;
        assert_eq!(status, 200, "{name}: {answer}");
    }
    let partner = world
        .inbox
        .bodies()
        .into_iter()
        .find(|body| body["entry"][0]["changes"][0]["value"]["event"] == "PARTNER_ADDED");
    let entry = partner.unwrap()["entry"][0].clone();
    assert_eq!(
        (&entry["id"], entry["time"].is_i64()),
        (&json!("500000000000001"), true),
        "the portfolio's news"
    );
    let system = world.inbox.messages().into_iter().find(|message| message["type"] == "system").unwrap();
    assert_eq!(system["from"], "51955208841");
    let large =
        world.inbox.messages().into_iter().find(|message| message["errors"][0]["code"] == 131_052).unwrap();
    assert!(large["video"].get("id").is_none());
    world.end().await;
}
