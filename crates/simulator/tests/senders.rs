//! Twilio beyond plain messages: contents and their approval, senders, services, the sandbox, second addresses.
#![expect(clippy::unwrap_used, reason = "a broken product is a failed test")]

mod support;

use std::{collections::HashMap, time::Duration};

use serde_json::{Value, json};
use support::{LUCIA, TWILIO, World, until};

const WHATSAPP: &str = "whatsapp:+14155238886";
const SMS: &str = "+14155550111";
const TO_LUCIA: &str = "whatsapp:+51987412306";
const INBOUND: &str = "/webhooks/twilio/messages";

/// Call Twilio with the account's token.
async fn call(world: &World, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let url = if path.starts_with("http") { path.to_owned() } else { world.url(&format!("/twilio{path}")) };
    let mut call =
        world.http.request(method.parse().unwrap(), url).basic_auth(TWILIO, Some("demo-twilio-token"));
    if let Some(body) = body {
        call = call.json(&body);
    }
    let answer = call.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

async fn forms(world: &World, path: &str, count: usize) -> Vec<HashMap<String, String>> {
    let found = until(|| (world.inbox.forms(path).len() >= count).then(|| world.inbox.forms(path))).await;
    let found = found.unwrap_or_else(|| panic!("{} forms", world.inbox.forms(path).len()));
    found.into_iter().map(|form| form.into_iter().collect()).collect()
}

/// Ask again and again until the answer is as wanted.
async fn becomes(world: &World, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let (_, answer) = call(world, "GET", path, None).await;
        if wanted(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{path} never became what was wanted");
}

async fn quick() -> World {
    World::with(|settings| settings.review = (20, 30)).await
}

#[tokio::test]
async fn a_content_is_made_submitted_approved_and_sent_outside_the_window() {
    let world = quick().await;
    let content = json!({ "friendly_name": "pedido_listo", "language": "es", "variables": { "1": "Ada" },
                          "types": { "twilio/text": { "body": "Hola {{1}}, tu pedido está listo." } } });
    let (status, made) = call(&world, "POST", "/v1/Content", Some(content)).await;
    assert_eq!(status, 201, "{made}");
    let sid = made["sid"].as_str().unwrap().to_owned();
    let send = async || {
        let form = [
            ("From", WHATSAPP),
            ("To", TO_LUCIA),
            ("ContentSid", &sid),
            ("ContentVariables", r#"{"1":"Lucía"}"#),
        ];
        world.twilio(&form).await.1["sid"].as_str().unwrap().to_owned()
    };
    let message = |sid: &str| format!("/2010-04-01/Accounts/{TWILIO}/Messages/{sid}.json");
    let early = send().await;
    let failed = becomes(&world, &message(&early), |message| message["status"] == "failed").await;
    assert_eq!(failed["error_code"], 63_016, "not approved yet");
    let approvals = format!("/v1/Content/{sid}/ApprovalRequests");
    assert_eq!(call(&world, "GET", &approvals, None).await.1["whatsapp"]["status"], "unsubmitted");
    let ask = json!({ "name": "pedido_listo", "category": "UTILITY" });
    let (status, asked) = call(&world, "POST", &format!("{approvals}/whatsapp"), Some(ask.clone())).await;
    assert_eq!((status, &asked["status"]), (201, &json!("received")));
    becomes(&world, &approvals, |answer| answer["whatsapp"]["status"] == "approved").await;
    assert_eq!(
        call(&world, "POST", &format!("{approvals}/whatsapp"), Some(ask)).await.0,
        400,
        "submitted already"
    );
    let sent = send().await;
    let sent = becomes(&world, &message(&sent), |message| message["status"] == "read").await;
    assert_eq!(sent["body"], "Hola Lucía, tu pedido está listo.");
    let priced = becomes(&world, sent["uri"].as_str().unwrap(), |message| !message["price"].is_null()).await;
    assert_eq!(priced["price"], "-0.00500");
    world.end().await;
}

#[tokio::test]
async fn contents_whatsapp_would_not_take_are_rejected_with_a_reason() {
    let world = quick().await;
    let submit = async |name: &str, body: &str, variables: Value| {
        let content = json!({ "friendly_name": name, "language": "es", "variables": variables, "types": { "twilio/text": { "body": body } } });
        let (_, made) = call(&world, "POST", "/v1/Content", Some(content)).await;
        let path = format!("/v1/Content/{}/ApprovalRequests", made["sid"].as_str().unwrap());
        call(
            &world,
            "POST",
            &format!("{path}/whatsapp"),
            Some(json!({ "name": name, "category": "UTILITY" })),
        )
        .await;
        becomes(&world, &path, |answer| answer["whatsapp"]["status"] == "rejected").await
    };
    let edge = submit("al_borde", "{{1}}, tu pedido está listo.", json!({ "1": "Ada" })).await;
    assert!(edge["whatsapp"]["rejection_reason"].as_str().unwrap().contains("start or end"));
    submit("sin_muestra", "Hola {{1}}, gracias.", json!({})).await;
    submit("otra_rechazada", "Hola, gracias.", json!({})).await;
    let wrong = json!({ "language": "es", "types": { "twilio/list-picker": { "body": "x", "button": "Ver", "items": [] } } });
    assert_eq!(call(&world, "POST", "/v1/Content", Some(wrong)).await.0, 400);
    world.end().await;
}

#[tokio::test]
async fn contents_come_page_by_page_with_their_approvals_and_can_be_deleted() {
    let world = World::new().await;
    world.control("contents", json!({ "name": "prueba", "count": 30 })).await;
    let mut next = json!("/v2/ContentAndApprovals?PageSize=25");
    let mut seen = Vec::new();
    while let Some(path) = next.as_str() {
        let (_, page) = call(&world, "GET", path, None).await;
        seen.extend(page["contents"].as_array().unwrap().clone());
        next = page["meta"]["next_page_url"].clone();
    }
    assert_eq!(seen.len(), 39);
    assert_eq!(seen[0]["approval_requests"]["status"], "approved");
    assert_eq!(seen[38]["approval_requests"]["status"], "unsubmitted");
    let sid = seen[38]["sid"].as_str().unwrap();
    world.control("contents", json!({ "sid": seen[0]["sid"], "status": "paused" })).await;
    let path = format!("/v1/Content/{}/ApprovalRequests", seen[0]["sid"].as_str().unwrap());
    assert_eq!(call(&world, "GET", &path, None).await.1["whatsapp"]["status"], "paused");
    assert_eq!(call(&world, "DELETE", &format!("/v1/Content/{sid}"), None).await.0, 204);
    assert_eq!(call(&world, "GET", &format!("/v1/Content/{sid}"), None).await.0, 404);
    world.end().await;
}

#[tokio::test]
async fn a_sender_is_made_verified_and_then_sends() {
    let world = quick().await;
    let new = "whatsapp:+5115550199";
    let body = json!({ "sender_id": new, "configuration": { "verification_method": "sms" }, "profile": { "name": "Sonrisas" } });
    let (status, made) = call(&world, "POST", "/v2/Channels/Senders", Some(body)).await;
    assert_eq!((status, &made["status"]), (202, &json!("CREATING")));
    let path = format!("/v2/Channels/Senders/{}", made["sid"].as_str().unwrap());
    becomes(&world, &path, |sender| sender["status"] == "PENDING_VERIFICATION").await;
    world.control("inbound", json!({ "channel": new, "from": LUCIA, "message": "hola" })).await;
    let form = [("From", new), ("To", TO_LUCIA), ("Body", "Hola")];
    assert_eq!(world.twilio(&form).await.1["code"], 63_007, "not online yet");
    let state = world.look("/control/twilio").await;
    let code = state["senders"].as_array().unwrap().iter().find(|one| one["address"] == new).unwrap()["code"]
        .clone();
    let verify = |code: Value| json!({ "configuration": { "verification_code": code } });
    assert_eq!(call(&world, "POST", &path, Some(verify(json!("000")))).await.0, 400);
    assert_eq!(call(&world, "POST", &path, Some(verify(code))).await.1["status"], "VERIFYING");
    let online = becomes(&world, &path, |sender| sender["status"] == "ONLINE").await;
    assert_eq!(online["properties"]["quality_rating"], "HIGH");
    assert_eq!(world.twilio(&form).await.0, 201);
    let (_, list) = call(&world, "GET", "/v2/Channels/Senders?Channel=whatsapp", None).await;
    assert_eq!(list["senders"].as_array().unwrap().len(), 2);
    assert_eq!(call(&world, "DELETE", &path, None).await.0, 204);
    world.end().await;
}

#[tokio::test]
async fn a_service_chooses_its_sender_and_brings_its_own_callback() {
    let world = World::new().await;
    let service = json!({ "sid": "MG00000000000000000000000000000001", "senders": [SMS], "status_callback": "/webhooks/twilio/status?of=service", "use_number": true });
    world.control("twilio", json!({ "service": service })).await;
    let form =
        [("MessagingServiceSid", "MG00000000000000000000000000000001"), ("To", LUCIA), ("Body", "Hola")];
    let (status, message) = world.twilio(&form).await;
    assert_eq!((status, &message["status"], &message["from"]), (201, &json!("accepted"), &Value::Null));
    let told = forms(&world, "/webhooks/twilio/status?of=service", 2).await;
    assert_eq!(
        (told[0]["From"].as_str(), told[0]["MessagingServiceSid"].as_str()),
        (SMS, "MG00000000000000000000000000000001")
    );
    let own = [
        form.as_slice(),
        &[("StatusCallback", "https://inbox.example.com/webhooks/twilio/status?of=message")],
    ]
    .concat();
    world.twilio(&own).await;
    forms(&world, "/webhooks/twilio/status?of=message", 2).await;
    let (_, refused) = world.twilio(&[("MessagingServiceSid", "MG1"), ("To", LUCIA), ("Body", "x")]).await;
    assert_eq!(refused["code"], 21_705);
    world.control("inbound", json!({ "channel": SMS, "from": LUCIA, "message": "hola" })).await;
    assert_eq!(
        forms(&world, INBOUND, 1).await[0]["MessagingServiceSid"],
        "MG00000000000000000000000000000001"
    );
    world.end().await;
}

#[tokio::test]
async fn a_scheduled_message_waits_for_its_time_or_is_cancelled() {
    let world = World::new().await;
    world
        .control(
            "twilio",
            json!({ "service": { "sid": "MG00000000000000000000000000000001", "senders": [SMS] } }),
        )
        .await;
    let at = (chrono::Utc::now() + chrono::TimeDelta::minutes(10)).to_rfc3339();
    let form = [
        ("MessagingServiceSid", "MG00000000000000000000000000000001"),
        ("To", LUCIA),
        ("Body", "Hola"),
        ("ScheduleType", "fixed"),
        ("SendAt", &at),
    ];
    let (_, first) = world.twilio(&form).await;
    let (_, second) = world.twilio(&form).await;
    assert_eq!(first["status"], "scheduled");
    let cancel = world.http.post(world.url(&format!("/twilio{}", second["uri"].as_str().unwrap())));
    let answer = cancel
        .basic_auth(TWILIO, Some("demo-twilio-token"))
        .form(&[("Status", "canceled")])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["status"], "canceled");
    world.control("time", json!({ "advance_seconds": 700 })).await;
    becomes(&world, first["uri"].as_str().unwrap(), |message| message["status"] == "delivered").await;
    let (_, second) = call(&world, "GET", second["uri"].as_str().unwrap(), None).await;
    assert_eq!(second["status"], "canceled");
    let soon = [
        ("MessagingServiceSid", "MG00000000000000000000000000000001"),
        ("To", LUCIA),
        ("Body", "x"),
        ("ScheduleType", "fixed"),
        ("SendAt", "2026-01-01T00:00:00Z"),
    ];
    assert_eq!(world.twilio(&soon).await.1["code"], 35_115);
    world.end().await;
}

#[tokio::test]
async fn in_the_sandbox_only_who_joined_is_heard_and_reached() {
    let world = World::new().await;
    world.control("twilio", json!({ "sender": WHATSAPP, "sandbox": true })).await;
    let write = |text: &'static str| {
        world.control(
            "inbound",
            json!({ "channel": WHATSAPP, "from": LUCIA, "message": text, "wait_ms": 300 }),
        )
    };
    assert_eq!(write("hola").await.0, 504, "Twilio answers by itself");
    let send = async || {
        world.twilio(&[("From", WHATSAPP), ("To", TO_LUCIA), ("Body", "Hola")]).await.1["uri"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let failed = becomes(&world, &send().await, |message| message["status"] == "failed").await;
    assert_eq!(failed["error_code"], 63_015);
    write("Join two-words").await;
    assert!(world.inbox.forms(INBOUND).is_empty(), "joining is between the customer and Twilio");
    assert_eq!(write("ya estoy").await.0, 200);
    becomes(&world, &send().await, |message| message["status"] == "read").await;
    world.control("time", json!({ "advance_seconds": 3 * 86_400 })).await;
    assert_eq!(write("¿siguen ahí?").await.0, 504, "membership is over");
    world.end().await;
}

#[tokio::test]
async fn what_the_first_address_refuses_goes_to_the_second() {
    let world = World::new().await;
    world.control("twilio", json!({ "fallback": "/webhooks/twilio/backup" })).await;
    world.inbox.refuse_next(1);
    let (status, answer) =
        world.control("inbound", json!({ "channel": SMS, "from": LUCIA, "message": "hola" })).await;
    assert_eq!((status, &answer["attempts"]), (200, &json!(2)));
    let form = &forms(&world, "/webhooks/twilio/backup", 1).await[0];
    assert_eq!((form["Body"].as_str(), form["ErrorCode"].as_str()), ("hola", "11200"));
    assert!(form["ErrorUrl"].ends_with(INBOUND));
    world.end().await;
}

#[tokio::test]
async fn every_group_of_parameters_arrives_as_twilio_writes_it() {
    let world = World::new().await;
    let sample = |name: &'static str| {
        world.control(
            "inbound",
            json!({ "channel": WHATSAPP, "from": LUCIA, "sample": name, "target": "SM7" }),
        )
    };
    for name in [
        "ad",
        "list_reply",
        "template_button",
        "place",
        "frequently_forwarded",
        "contacts",
        "flow_reply",
        "sticker",
    ] {
        assert_eq!(sample(name).await.0, 200, "{name}");
    }
    let told = forms(&world, INBOUND, 8).await;
    assert_eq!((told[0]["ReferralSourceType"].as_str(), told[0]["ReferralNumMedia"].as_str()), ("ad", "0"));
    assert!(told[0].contains_key("ReferralCtwaClid"));
    assert_eq!((told[1]["ListId"].as_str(), told[1]["OriginalRepliedMessageSid"].as_str()), ("row_1", "SM7"));
    assert_eq!((told[2]["MessageType"].as_str(), told[2]["ButtonPayload"].as_str()), ("button", "OPT_OUT"));
    assert!(told[2]["ChannelMetadata"].contains("ButtonText"));
    assert_eq!((told[3]["Label"].as_str(), told[3]["Latitude"].as_str()), ("Parque Kennedy", "-12.1321"));
    assert_eq!((told[4]["FrequentlyForwarded"].as_str(), told[4]["Forwarded"].as_str()), ("true", "true"));
    assert_eq!(told[5]["MediaContentType0"], "text/vcard");
    assert!(told[5]["MessageSid"].starts_with("MM"));
    assert!(told[6]["InteractiveData"].contains("flow_token"));
    assert_eq!(told[7]["MediaContentType0"], "image/webp");
    assert_eq!(sample("reaction").await.0, 400, "reactions are not passed on");
    world.end().await;
}

#[tokio::test]
async fn places_files_and_ordered_failures() {
    let world = World::new().await;
    world.control("inbound", json!({ "channel": WHATSAPP, "from": LUCIA, "message": "hola" })).await;
    let to = [("From", WHATSAPP), ("To", TO_LUCIA)];
    let place =
        [to.as_slice(), &[("Body", "Estamos aquí"), ("PersistentAction", "geo:-12.13,-77.03|Clínica")]]
            .concat();
    assert_eq!(world.twilio(&place).await.0, 201);
    let thread = world
        .look(&format!("/phone/thread?channel={WHATSAPP}&customer=51987412306").replace('+', "%2B"))
        .await;
    assert_eq!(thread["bubbles"][1]["card"]["name"], "Clínica");
    let picture = world.url("/phone/assets/photo.jpg");
    let (_, sent) = world.twilio(&[to.as_slice(), &[("MediaUrl", &picture)]].concat()).await;
    assert!(sent["sid"].as_str().unwrap().starts_with("MM"));
    becomes(&world, sent["uri"].as_str().unwrap(), |message| message["status"] == "read").await;
    let style = world.url("/phone/assets/phone.css");
    let (_, sent) = world.twilio(&[to.as_slice(), &[("MediaUrl", &style)]].concat()).await;
    let failed =
        becomes(&world, sent["uri"].as_str().unwrap(), |message| message["status"] == "failed").await;
    assert_eq!(failed["error_code"], 63_005);
    world.control("fail", json!({ "vendor": "twilio", "code": 21_408, "path": "Messages" })).await;
    let hello = [to.as_slice(), &[("Body", "x")]].concat();
    let (status, refused) = world.twilio(&hello).await;
    assert_eq!((status, &refused["code"]), (403, &json!(21_408)));
    world.control("fail", json!({ "vendor": "twilio", "code": 63_024, "late": true })).await;
    let (status, sent) = world.twilio(&hello).await;
    assert_eq!(status, 201);
    let failed =
        becomes(&world, sent["uri"].as_str().unwrap(), |message| message["status"] == "failed").await;
    assert_eq!(failed["error_code"], 63_024);
    world.end().await;
}

#[tokio::test]
async fn typing_marks_an_inbound_message_read_in_both_versions() {
    let world = World::new().await;
    let (_, answer) =
        world.control("inbound", json!({ "channel": WHATSAPP, "from": LUCIA, "message": "hola" })).await;
    let body = json!({ "channel": "WHATSAPP", "messageId": answer["id"] });
    assert_eq!(
        call(&world, "POST", "/v3/Indicators/Typing.json", Some(body)).await,
        (200, json!({ "success": true }))
    );
    let form = world
        .http
        .post(world.url("/twilio/v2/Indicators/Typing.json"))
        .basic_auth(TWILIO, Some("demo-twilio-token"));
    let unknown = form.form(&[("channel", "whatsapp"), ("messageId", "SM0")]).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    world.end().await;
}
