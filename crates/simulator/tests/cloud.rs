//! Meta's side, as the product meets it.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{LUCIA, PHONE_ID, World, text_to, until};

#[tokio::test]
async fn a_customer_writes_and_the_product_gets_a_signed_webhook() {
    let world = World::new().await;
    let (status, answer) = world
        .control("inbound", json!({ "channel": "Sonrisas Lima", "from": LUCIA, "name": "Lucía", "message": "¿Aceptan tarjeta?" }))
        .await;
    assert_eq!((status, &answer["http_status"], &answer["accepted"]), (200, &json!(200), &json!(true)));
    let value = &world.inbox.bodies()[0]["entry"][0]["changes"][0]["value"];
    assert_eq!(value["metadata"]["phone_number_id"], PHONE_ID);
    assert_eq!(value["contacts"][0]["profile"]["name"], "Lucía");
    assert_eq!(value["messages"][0]["id"], answer["id"]);
    assert_eq!(value["messages"][0]["from"], "51987412306");
    assert_eq!(value["messages"][0]["text"]["body"], "¿Aceptan tarjeta?");
    assert!(value["messages"][0]["timestamp"].is_string());
    assert_eq!(world.inbox.questions(), 1, "the address was verified first, and once");
    world.end().await;
}

#[tokio::test]
async fn nothing_is_delivered_to_an_address_that_fails_verification() {
    let world = World::with(|settings| settings.cloud[0].verify_token = "another".to_owned()).await;
    let (status, answer) =
        world.control("inbound", json!({ "from": LUCIA, "message": "hola", "wait_ms": 200 })).await;
    assert_eq!((status, &answer["accepted"]), (504, &json!(false)));
    assert!(world.inbox.bodies().is_empty());
    world.end().await;
}

#[tokio::test]
async fn somebody_with_a_username_shows_no_number() {
    let world = World::new().await;
    world.control("inbound", json!({ "from": "@kevin.huaman", "message": "hola" })).await;
    let value = &world.inbox.bodies()[0]["entry"][0]["changes"][0]["value"];
    let (contact, message) = (&value["contacts"][0], &value["messages"][0]);
    assert!(contact.get("wa_id").is_none() && message.get("from").is_none());
    assert_eq!(contact["profile"]["username"], "kevin.huaman");
    let user_id = message["from_user_id"].as_str().unwrap();
    let body = json!({ "messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": { "body": "Hola, Kevin" } });
    let (status, answer) = world.call(&body).await;
    assert_eq!((status, &answer["contacts"][0]["user_id"]), (200, &json!(user_id)));
    let id = answer["messages"][0]["id"].as_str().unwrap();
    let statuses = world.statuses_become(id, &["sent", "delivered", "read"]).await;
    assert!(statuses[0].get("recipient_id").is_none());
    assert_eq!(statuses[0]["recipient_user_id"], user_id);
    world.end().await;
}

#[tokio::test]
async fn a_company_of_several_portfolios_sees_one_id_more() {
    let world = World::new().await;
    let parent = "PE.ENT.50123456789012345678";
    let write = |channel: &'static str| {
        let body = json!({ "channel": channel, "from": LUCIA, "parent_user_id": parent, "message": "hola" });
        world.control("inbound", body)
    };
    write("Sonrisas Lima").await;
    let value = world.inbox.bodies()[0]["entry"][0]["changes"][0]["value"].clone();
    assert_eq!(value["contacts"][0]["parent_user_id"], parent);
    assert_eq!(value["messages"][0]["from_parent_user_id"], parent);
    let id = world.reply(LUCIA, "Hola").await;
    let statuses = world.statuses_become(&id, &["sent", "delivered", "read"]).await;
    assert_eq!(statuses[0]["recipient_parent_user_id"], parent);
    write("whatsapp:+14155238886").await;
    let form = until(|| world.inbox.forms("/webhooks/twilio/messages").pop()).await.unwrap();
    assert!(form.contains(&("ParentExternalUserId".to_owned(), format!("whatsapp:{parent}"))));
    world.end().await;
}

#[tokio::test]
async fn a_reply_is_accepted_at_once_and_then_sent_delivered_and_read() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    let mut body = text_to(LUCIA, "¿En qué te ayudo?");
    body["biz_opaque_callback_data"] = json!("msg:8f1c / ñ");
    let (status, answer) = world.call(&body).await;
    assert_eq!(status, 200);
    let id = answer["messages"][0]["id"].as_str().unwrap();
    let statuses = world.statuses_become(id, &["sent", "delivered", "read"]).await;
    assert!(statuses.iter().all(|status| status["biz_opaque_callback_data"] == "msg:8f1c / ñ"));
    assert_eq!(statuses[0]["pricing"]["category"], "service");
    assert!(statuses[1].get("pricing").is_some() && statuses[2].get("pricing").is_none());
    let sent = world.look("/control/sent?to=%2B51987412306").await;
    assert_eq!(sent.as_array().unwrap().len(), 1);
    assert_eq!((&sent[0]["body"], &sent[0]["vendor_id"]), (&json!("¿En qué te ayudo?"), &json!(id)));
    assert_eq!(sent[0]["opaque"], "msg:8f1c / ñ");
    world.end().await;
}

#[tokio::test]
async fn free_text_after_a_day_is_accepted_and_fails_and_a_template_goes_through() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    world.control("time", json!({ "advance_seconds": 86_400 })).await;
    let id = world.reply(LUCIA, "¿Sigues ahí?").await;
    let failed = world.statuses_become(&id, &["failed"]).await;
    assert_eq!(failed[0]["errors"][0]["code"], 131_047);
    assert!(failed[0].get("pricing").is_none());
    let parameters = json!([{ "type": "text", "text": "Lucía" }, { "type": "text", "text": "lunes" }, { "type": "text", "text": "9:30" }]);
    let template = json!({ "name": "recordatorio_cita", "language": { "code": "es" },
                           "components": [{ "type": "body", "parameters": parameters }] });
    let body =
        json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "template", "template": template });
    let (_, answer) = world.call(&body).await;
    let statuses = world
        .statuses_become(answer["messages"][0]["id"].as_str().unwrap(), &["sent", "delivered", "read"])
        .await;
    assert_eq!(statuses[0]["pricing"]["category"], "utility");
    world.lucia_writes("Sí, aquí estoy").await;
    let id = world.reply(LUCIA, "Perfecto").await;
    world.statuses_become(&id, &["sent", "delivered", "read"]).await;
    world.end().await;
}

#[tokio::test]
async fn a_message_written_yesterday_opens_no_window() {
    let world = World::new().await;
    world.control("inbound", json!({ "from": LUCIA, "message": "hola", "at": -90_000 })).await;
    let id = world.reply(LUCIA, "Buenas").await;
    world.statuses_become(&id, &["failed"]).await;
    world.end().await;
}

#[tokio::test]
async fn wrong_tokens_numbers_and_bodies_are_refused_as_meta_does() {
    let world = World::new().await;
    let url = world.url(&format!("/graph/v26.0/{PHONE_ID}/messages"));
    let answer = world.http.post(&url).bearer_auth("wrong").json(&text_to(LUCIA, "x")).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 190);
    let other = url.replace(PHONE_ID, "299999999999999");
    let answer = world
        .http
        .post(other)
        .bearer_auth("demo-access-token")
        .json(&text_to(LUCIA, "x"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    let error = answer.json::<Value>().await.unwrap();
    assert_eq!((&error["error"]["code"], &error["error"]["error_subcode"]), (&json!(100), &json!(33)));
    let (status, answer) = world.call(&text_to("+5115550100", "x")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_021)));
    assert!(
        answer["error"]["error_data"]["details"].is_string() && answer["error"]["fbtrace_id"].is_string()
    );
    let (status, answer) = world.call(&text_to(LUCIA, &"x".repeat(4_097))).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_009)));
    assert_eq!(world.look("/control/sent").await, json!([]), "nothing refused was sent");
    world.end().await;
}

#[tokio::test]
async fn the_forty_sixth_message_to_one_customer_is_too_much_and_another_customer_is_not() {
    let world = World::with(|settings| settings.throughput = 1_000).await;
    for _ in 0..45 {
        world.reply(LUCIA, "x").await;
    }
    let (status, answer) = world.call(&text_to(LUCIA, "x")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_056)));
    world.reply("+51955208841", "x").await;
    world.end().await;
}

#[tokio::test]
async fn a_number_sends_so_many_in_a_second_and_no_more() {
    let world = World::with(|settings| settings.throughput = 2).await;
    let mut codes = Vec::new();
    for customer in 0..4 {
        codes.push(
            world.call(&text_to(&format!("+5199900000{customer}"), "x")).await.1["error"]["code"].clone(),
        );
    }
    assert_eq!(codes[..2], [Value::Null, Value::Null]);
    assert!(codes.contains(&json!(130_429)));
    world.end().await;
}

#[tokio::test]
async fn what_comes_in_counts_against_the_same_throughput() {
    let world = World::with(|settings| settings.throughput = 3).await;
    world.lucia_writes("uno").await;
    world.lucia_writes("dos").await;
    let to = |customer: u8| text_to(&format!("+5199900000{customer}"), "x");
    let mut codes = Vec::new();
    for customer in 0..3 {
        codes.push(world.call(&to(customer)).await.1["error"]["code"].clone());
    }
    assert!(codes.contains(&json!(130_429)), "three a second, both ways together: {codes:?}");
    world.control("time", json!({ "advance_seconds": 1 })).await;
    assert_eq!(world.call(&to(4)).await.0, 200);
    world.end().await;
}

#[tokio::test]
async fn reading_marks_the_customers_messages_and_unknown_ids_are_refused() {
    let world = World::new().await;
    let id = world.lucia_writes("hola").await;
    let read = |id: &str| json!({ "messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": { "type": "text" } });
    assert_eq!(world.call(&read(&id)).await, (200, json!({ "success": true })));
    let thread = world.look(&format!("/phone/thread?channel={PHONE_ID}&customer=51987412306")).await;
    assert_eq!(thread["bubbles"][0]["state"], "read");
    assert_eq!(world.call(&read("wamid.unknown")).await.1["error"]["code"], 131_009);
    world.end().await;
}

#[tokio::test]
async fn a_picture_can_be_fetched_with_the_token_and_only_for_five_minutes() {
    let world = World::new().await;
    let upload = world
        .http
        .post(world.url("/phone/media"))
        .header("content-type", "image/png")
        .body("png")
        .send()
        .await
        .unwrap();
    let id = upload.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    world.control("inbound", json!({ "from": LUCIA, "message": { "type": "image", "image": { "id": id, "caption": "mi muela" } } })).await;
    let image = world.inbox.messages()[0]["image"].clone();
    assert_eq!((&image["mime_type"], &image["caption"]), (&json!("image/png"), &json!("mi muela")));
    let resolved = world
        .http
        .get(world.url(&format!("/graph/v26.0/{id}")))
        .bearer_auth("demo-access-token")
        .send()
        .await
        .unwrap();
    let resolved: Value = resolved.json().await.unwrap();
    assert_eq!(resolved["file_size"], "3");
    let url = resolved["url"].as_str().unwrap();
    assert_eq!(world.http.get(url).send().await.unwrap().status(), 401);
    let fetch = || world.http.get(url).bearer_auth("demo-access-token").send();
    assert_eq!(fetch().await.unwrap().bytes().await.unwrap(), "png");
    world.control("time", json!({ "advance_seconds": 301 })).await;
    assert_eq!(fetch().await.unwrap().status(), 404);
    world.end().await;
}

#[tokio::test]
async fn an_upload_gives_an_id_that_can_be_sent() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    let part =
        reqwest::multipart::Part::bytes(b"jpeg".to_vec()).file_name("a.jpg").mime_str("image/jpeg").unwrap();
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", "image/jpeg")
        .part("file", part);
    let call = world
        .http
        .post(world.url(&format!("/graph/v26.0/{PHONE_ID}/media")))
        .bearer_auth("demo-access-token");
    let answer: Value = call.multipart(form).send().await.unwrap().json().await.unwrap();
    let image = |id: &Value| json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "image", "image": { "id": id } });
    assert_eq!(world.call(&image(&answer["id"])).await.0, 200);
    assert_eq!(world.call(&image(&json!("900"))).await.1["error"]["code"], 100);
    world.end().await;
}

#[tokio::test]
async fn a_file_s_id_is_of_no_use_to_another_number() {
    let (other, token) = ("200000000000002", "other-token");
    let world = World::with(|settings| {
        settings.cloud.push(simulator::CloudChannel {
            name: "Centro".to_owned(),
            phone_number_id: other.to_owned(),
            number: "+5115550101".to_owned(),
            waba_id: "100000000000002".to_owned(),
            access_token: token.to_owned(),
            ..simulator::CloudChannel::default()
        });
    })
    .await;
    let call = async |method: &str, path: &str, token: &str| {
        let url = world.url(&format!("/graph/v26.0/{path}"));
        let request = world.http.request(method.parse().unwrap(), url).bearer_auth(token);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["error"]["error_subcode"].clone())
    };
    let kept = world.http.post(world.url("/control/media?sample=image")).send().await.unwrap();
    let id = kept.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let image = json!({ "type": "image", "image": { "id": id } });
    world.control("inbound", json!({ "from": LUCIA, "message": image })).await;

    assert_eq!(call("GET", &id, token).await, (400, json!(33)));
    assert_eq!(call("GET", &format!("{id}?phone_number_id={other}"), "demo-access-token").await.0, 400);
    assert_eq!(call("GET", &format!("{id}?phone_number_id={PHONE_ID}"), "demo-access-token").await.0, 200);
    assert_eq!(call("DELETE", &id, token).await, (400, json!(33)));
    let send =
        json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "image", "image": { "id": id } });
    let url = world.url(&format!("/graph/v26.0/{other}/messages"));
    let refused = world.http.post(url).bearer_auth(token).json(&send).send().await.unwrap();
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], 100);
    assert_eq!(world.call(&send).await.0, 200, "whom it was sent to sends it on");
    world.end().await;
}

#[tokio::test]
async fn templates_are_listed_and_new_ones_are_reviewed() {
    let world = World::new().await;
    let url = world.url("/graph/v26.0/100000000000001/message_templates");
    let call = |url: String| world.http.get(url).bearer_auth("demo-access-token").send();
    let list: Value = call(format!("{url}?limit=5")).await.unwrap().json().await.unwrap();
    assert_eq!(list["data"].as_array().unwrap().len(), 5);
    let rest: Value =
        call(list["paging"]["next"].as_str().unwrap().to_owned()).await.unwrap().json().await.unwrap();
    assert_eq!(rest["data"].as_array().unwrap().len(), 4);
    assert!(rest["paging"].get("next").is_none());
    let template = json!({ "name": "pedido_listo", "language": "es_CO", "category": "UTILITY",
                           "components": [{ "type": "BODY", "text": "Tu pedido está listo." }] });
    let created =
        world.http.post(&url).bearer_auth("demo-access-token").json(&template).send().await.unwrap();
    assert_eq!(created.json::<Value>().await.unwrap()["status"], "PENDING");
    let update = until(|| {
        let bodies = world.inbox.bodies();
        bodies
            .into_iter()
            .find(|body| body["entry"][0]["changes"][0]["field"] == "message_template_status_update")
    });
    let update = update.await.expect("a webhook about the review");
    assert_eq!(update["entry"][0]["changes"][0]["value"]["event"], "APPROVED");
    assert_eq!(update["entry"][0]["changes"][0]["value"]["message_template_language"], "es-CO");
    world.end().await;
}

#[tokio::test]
async fn a_played_customer_reads_and_an_unplayed_one_waits() {
    let world = World::with(|settings| settings.auto_read = false).await;
    world.lucia_writes("hola").await;
    let id = world.reply(LUCIA, "Hola, Lucía").await;
    world.statuses_become(&id, &["sent", "delivered"]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(world.inbox.statuses(&id).len(), 2, "nobody looks at the phone");
    let url = world.url(&format!("/phone/live?channel={PHONE_ID}&customer=51987412306"));
    let mut page = world.http.get(url).send().await.unwrap();
    assert!(page.chunk().await.unwrap().unwrap().ends_with(b"{\"frame\":\"hello\"}\n\n"));
    world.statuses_become(&id, &["sent", "delivered", "read"]).await;
    world.end().await;
}

#[tokio::test]
async fn a_voice_note_is_played_after_it_is_read() {
    let world = World::new().await;
    world.lucia_writes("hola").await;
    let upload = world.http.post(world.url("/phone/media")).header("content-type", "audio/ogg").body("ogg");
    let id = upload.send().await.unwrap().json::<Value>().await.unwrap()["id"].clone();
    let body = json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "audio", "audio": { "id": id, "voice": true } });
    let (_, answer) = world.call(&body).await;
    let id = answer["messages"][0]["id"].as_str().unwrap();
    world.statuses_become(id, &["sent", "delivered", "read", "played"]).await;
    world.end().await;
}
