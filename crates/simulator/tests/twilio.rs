//! Twilio's side, as the product meets it.
#![expect(clippy::unwrap_used, reason = "a broken product is a failed test")]

mod support;

use std::collections::HashMap;

use serde_json::{Value, json};
use simulator::TwilioSignature;
use support::{LUCIA, TWILIO, World, until};

const WHATSAPP: &str = "whatsapp:+14155238886";
const SMS: &str = "+14155550111";
const INBOUND: &str = "/webhooks/twilio/messages";

async fn forms(world: &World, path: &str, count: usize) -> Vec<HashMap<String, String>> {
    let found = until(|| (world.inbox.forms(path).len() >= count).then(|| world.inbox.forms(path))).await;
    let found = found.unwrap_or_else(|| panic!("{} forms", world.inbox.forms(path).len()));
    found.into_iter().map(|form| form.into_iter().collect()).collect()
}

#[tokio::test]
async fn a_customer_writes_on_whatsapp_and_by_sms() {
    let world = World::new().await;
    let (status, answer) = world
        .control(
            "inbound",
            json!({ "channel": WHATSAPP, "from": LUCIA, "message": { "text": "Grüß Gott & 1+1=2 " } }),
        )
        .await;
    assert_eq!(status, 200, "{answer}");
    let form = &forms(&world, INBOUND, 1).await[0];
    assert_eq!(form["MessageSid"], answer["id"]);
    assert_eq!((form["From"].as_str(), form["WaId"].as_str()), ("whatsapp:+51987412306", "51987412306"));
    assert_eq!((form["Body"].as_str(), form["NumMedia"].as_str()), ("Grüß Gott & 1+1=2 ", "0"));
    assert_eq!(form["MessageType"], "text");
    world.control("inbound", json!({ "channel": "Sonrisas SMS", "from": LUCIA, "message": "STOP" })).await;
    let form = &forms(&world, INBOUND, 2).await[1];
    assert_eq!((form["From"].as_str(), form["OptOutType"].as_str()), (LUCIA, "STOP"));
    assert!(!form.contains_key("WaId"));
    let (status, refused) = world.twilio(&[("From", SMS), ("To", LUCIA), ("Body", "hola")]).await;
    assert_eq!((status, &refused["code"]), (400, &json!(21_610)));
    world.end().await;
}

#[tokio::test]
async fn a_tapped_button_and_a_hidden_number() {
    let world = World::new().await;
    let tap = json!({ "type": "button", "button": { "payload": "SI", "text": "Confirmar" }, "context": { "id": "SM1" } });
    world.control("inbound", json!({ "channel": WHATSAPP, "from": "@kevin.huaman", "message": tap })).await;
    let form = &forms(&world, INBOUND, 1).await[0];
    assert_eq!((form["ButtonPayload"].as_str(), form["Body"].as_str()), ("SI", "Confirmar"));
    assert_eq!(form["OriginalRepliedMessageSid"], "SM1");
    assert_eq!((form["From"].as_str(), form["WaId"].as_str()), ("whatsapp:PE.70312984417203365518", ""));
    world.end().await;
}

#[tokio::test]
async fn a_picture_waits_behind_a_password_and_a_redirect() {
    let world = World::new().await;
    let upload = world
        .http
        .post(world.url("/phone/media"))
        .header("content-type", "image/png")
        .body("png")
        .send()
        .await
        .unwrap();
    let id = upload.json::<Value>().await.unwrap()["id"].clone();
    world.control("inbound", json!({ "channel": WHATSAPP, "from": LUCIA, "message": { "type": "image", "image": { "id": id } } })).await;
    let form = &forms(&world, INBOUND, 1).await[0];
    assert_eq!((form["NumMedia"].as_str(), form["MediaContentType0"].as_str()), ("1", "image/png"));
    let url = &form["MediaUrl0"];
    assert_eq!(world.http.get(url).send().await.unwrap().status(), 401);
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let redirect = plain.get(url).basic_auth(TWILIO, Some("demo-twilio-token")).send().await.unwrap();
    assert_eq!(redirect.status(), 307);
    let location = redirect.headers()["location"].to_str().unwrap();
    assert_eq!(plain.get(location).send().await.unwrap().bytes().await.unwrap(), "png");
    assert_eq!(plain.get(location).basic_auth("a", Some("b")).send().await.unwrap().status(), 400);
    world.end().await;
}

#[tokio::test]
async fn a_reply_is_queued_and_then_called_back_about() {
    let world = World::new().await;
    world.control("inbound", json!({ "channel": WHATSAPP, "from": LUCIA, "message": "hola" })).await;
    let callback = "https://inbox.example.com/webhooks/twilio/status?m=8f1c";
    let (status, message) = world
        .twilio(&[
            ("From", WHATSAPP),
            ("To", "whatsapp:+51987412306"),
            ("Body", "Hola"),
            ("StatusCallback", callback),
        ])
        .await;
    assert_eq!(
        (status, &message["status"], &message["direction"]),
        (201, &json!("queued"), &json!("outbound-api"))
    );
    let told = forms(&world, "/webhooks/twilio/status?m=8f1c", 3).await;
    let names: Vec<&str> = told.iter().map(|form| form["MessageStatus"].as_str()).collect();
    assert_eq!(names, ["sent", "delivered", "read"]);
    assert!(told.iter().all(|form| form["MessageSid"] == message["sid"]));
    let sent = world.look("/control/sent").await;
    assert_eq!((&sent[0]["opaque"], &sent[0]["to"]), (&json!(callback), &json!(LUCIA)));
    world.end().await;
}

#[tokio::test]
async fn outside_the_window_free_text_fails_later_and_a_template_does_not() {
    let world = World::new().await;
    let callback = "https://inbox.example.com/webhooks/twilio/status";
    let to = [("From", WHATSAPP), ("To", "whatsapp:+51987412306"), ("StatusCallback", callback)];
    let (status, _) = world.twilio(&[to.as_slice(), &[("Body", "Hola")]].concat()).await;
    assert_eq!(status, 201);
    let told = forms(&world, "/webhooks/twilio/status", 1).await;
    assert_eq!((told[0]["MessageStatus"].as_str(), told[0]["ErrorCode"].as_str()), ("failed", "63016"));
    let contents = world
        .http
        .get(world.url("/twilio/v1/Content"))
        .basic_auth(TWILIO, Some("demo-twilio-token"))
        .send()
        .await
        .unwrap();
    let sid = contents.json::<Value>().await.unwrap()["contents"][0]["sid"].as_str().unwrap().to_owned();
    world
        .twilio(
            &[
                to.as_slice(),
                &[("ContentSid", &sid), ("ContentVariables", r#"{"1":"Lucía","2":"lunes","3":"9:30"}"#)],
            ]
            .concat(),
        )
        .await;
    let told = forms(&world, "/webhooks/twilio/status", 4).await;
    assert_eq!(told[3]["MessageStatus"], "read");
    assert!(world.look("/control/sent").await[1]["body"].as_str().unwrap().contains("Lucía"));
    world.end().await;
}

#[tokio::test]
async fn an_sms_is_never_read() {
    let world = World::new().await;
    let (_, message) = world.twilio(&[("From", SMS), ("To", LUCIA), ("Body", "Hola")]).await;
    let sid = message["sid"].as_str().unwrap();
    let url = world.url(&format!("/twilio/2010-04-01/Accounts/{TWILIO}/Messages/{sid}.json"));
    for _ in 0..100 {
        let call = world.http.get(&url).basic_auth(TWILIO, Some("demo-twilio-token"));
        let now: Value = call.send().await.unwrap().json().await.unwrap();
        if now["status"] == "delivered" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let now: Value = world
        .http
        .get(&url)
        .basic_auth(TWILIO, Some("demo-twilio-token"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(now["status"], "delivered");
    world.end().await;
}

#[tokio::test]
async fn requests_that_make_no_sense_get_twilios_codes() {
    let world = World::new().await;
    let cases: [(&[(&str, &str)], u64); 7] = [
        (&[("From", SMS), ("To", "+51987"), ("Body", "")], 21_619),
        (&[("From", SMS), ("To", "hola"), ("Body", "x")], 21_211),
        (&[("To", LUCIA), ("Body", "x")], 21_603),
        (&[("From", SMS), ("Body", "x")], 21_604),
        (&[("From", "+15550000000"), ("To", LUCIA), ("Body", "x")], 21_606),
        (&[("From", "whatsapp:+15550000000"), ("To", "whatsapp:+51987412306"), ("Body", "x")], 63_007),
        (&[("From", WHATSAPP), ("To", LUCIA), ("Body", "x")], 21_910),
    ];
    for (form, code) in cases {
        let (status, answer) = world.twilio(form).await;
        assert_eq!(
            (status, &answer["code"], &answer["status"]),
            (400, &json!(code), &json!(400)),
            "{form:?}"
        );
    }
    let long = "x".repeat(1_601);
    assert_eq!(world.twilio(&[("From", SMS), ("To", LUCIA), ("Body", &long)]).await.1["code"], 21_617);
    let url = world.url(&format!("/twilio/2010-04-01/Accounts/{TWILIO}/Messages.json"));
    let answer =
        world.http.post(url).basic_auth(TWILIO, Some("wrong")).form(&[("To", LUCIA)]).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 20_003);
    world.end().await;
}

#[tokio::test]
async fn the_list_is_filtered_by_time_and_read_page_by_page() {
    let world = World::new().await;
    for number in 0..5 {
        world.twilio(&[("From", SMS), ("To", LUCIA), ("Body", &number.to_string())]).await;
    }
    let get = async |path: String| -> Value {
        let call = world
            .http
            .get(world.url(&format!("/twilio{path}")))
            .basic_auth(TWILIO, Some("demo-twilio-token"));
        call.send().await.unwrap().json().await.unwrap()
    };
    let mut next =
        json!(format!("/2010-04-01/Accounts/{TWILIO}/Messages.json?PageSize=2&DateSent%3E=2020-01-01"));
    let mut bodies = Vec::new();
    while let Some(path) = next.as_str() {
        let page = get(path.to_owned()).await;
        bodies.extend(page["messages"].as_array().unwrap().iter().map(|message| message["body"].clone()));
        next = page["next_page_uri"].clone();
    }
    assert_eq!(bodies, ["4", "3", "2", "1", "0"]);
    let none = get(format!("/2010-04-01/Accounts/{TWILIO}/Messages.json?DateSent%3E=2999-01-01")).await;
    assert_eq!(none["messages"], json!([]));
    world.end().await;
}

/// A list of Twilio's, as it is just now.
async fn listed(world: &World, path: &str) -> Value {
    let url = world.url(&format!("/twilio/2010-04-01/Accounts/{TWILIO}/{path}"));
    let call = world.http.get(url).basic_auth(TWILIO, Some("demo-twilio-token"));
    call.send().await.unwrap().json().await.unwrap()
}

/// A file of the simulator's own.
async fn sample(world: &World, name: &str) -> String {
    let url = world.url(&format!("/control/media?sample={name}"));
    let kept: Value = world.http.post(url).send().await.unwrap().json().await.unwrap();
    kept["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn several_files_come_and_go_in_one_mms_and_whatsapp_takes_one() {
    let world = World::new().await;
    let ids = [sample(&world, "image").await, sample(&world, "pdf").await];
    let mms = json!({ "type": "mms", "mms": { "body": "dos cosas", "ids": ids } });
    let writing = |channel: &str| json!({ "channel": channel, "from": LUCIA, "message": mms });
    assert_eq!(world.control("inbound", writing(WHATSAPP)).await.0, 400);
    assert_eq!(world.control("inbound", writing(SMS)).await.0, 200);
    let form = &forms(&world, INBOUND, 1).await[0];
    assert_eq!((form["NumMedia"].as_str(), form["Body"].as_str()), ("2", "dos cosas"));
    assert_eq!(
        (form["MediaContentType0"].as_str(), form["MediaContentType1"].as_str()),
        ("image/jpeg", "application/pdf")
    );
    assert!(form["MessageSid"].starts_with("MM"));

    let urls = ids.map(|id| world.url(&format!("/phone/media/{id}")));
    let (status, sent) =
        world.twilio(&[("From", SMS), ("To", LUCIA), ("MediaUrl", &urls[0]), ("MediaUrl", &urls[1])]).await;
    assert_eq!((status, &sent["num_media"]), (201, &json!("2")), "{sent}");
    let path = format!("Messages/{}/Media.json", sent["sid"].as_str().unwrap());
    for _ in 0..200 {
        if listed(&world, &path).await["media_list"].as_array().unwrap().len() == 2 {
            world.end().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{}", listed(&world, &path).await);
}

#[tokio::test]
async fn the_list_tells_prices_both_ways_a_while_after() {
    let world = World::with(|settings| settings.pace.read = (300, 300)).await;
    world.control("inbound", json!({ "channel": SMS, "from": LUCIA, "message": "hola" })).await;
    let (_, sent) = world.twilio(&[("From", SMS), ("To", LUCIA), ("Body", &"a".repeat(161))]).await;
    assert_eq!((&sent["price"], &sent["price_unit"]), (&Value::Null, &Value::Null), "not known yet");
    let prices = |list: &Value| -> Vec<Value> {
        let all = list["messages"].as_array().unwrap();
        all.iter().map(|one| json!([one["direction"], one["price"], one["price_unit"]])).collect()
    };
    let wanted = [json!(["outbound-api", "-0.01580", "USD"]), json!(["inbound", "-0.00750", "USD"])];
    for _ in 0..200 {
        if prices(&listed(&world, "Messages.json").await) == wanted {
            world.end().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{}", listed(&world, "Messages.json").await);
}

#[tokio::test]
async fn a_503_is_final_unless_the_url_asks_for_more() {
    let world = World::new().await;
    world.inbox.refuse_next(1);
    let write = || world.control("inbound", json!({ "channel": SMS, "from": LUCIA, "message": "hola" }));
    let (status, answer) = write().await;
    assert_eq!((status, &answer["http_status"], &answer["attempts"]), (504, &json!(503), &json!(1)));
    world.end().await;

    let world = World::with(|settings| settings.twilio.inbound_path = format!("{INBOUND}#rc=3&rp=all")).await;
    world.inbox.refuse_next(2);
    let (status, answer) =
        world.control("inbound", json!({ "channel": SMS, "from": LUCIA, "message": "hola" })).await;
    assert_eq!((status, &answer["attempts"]), (200, &json!(3)));
    let tokens = world.inbox.tokens(INBOUND);
    assert!(
        tokens.len() == 3 && tokens.iter().all(|token| *token == tokens[0]),
        "one token for all attempts"
    );
    world.end().await;
}

#[tokio::test]
async fn webhooks_can_be_signed_with_a_shared_key() {
    let key = TwilioSignature::SharedKey { id: "SK1".to_owned(), secret: "shared-secret".to_owned() };
    let world = World::with(|settings| settings.twilio.signature = key).await;
    let (status, _) =
        world.control("inbound", json!({ "channel": SMS, "from": LUCIA, "message": "hola" })).await;
    assert_eq!(status, 200);
    world.end().await;
}
