//! Templates at Meta: what is refused at once, what a review says, what becomes of them later.

#![expect(clippy::unwrap_used, reason = "a broken product is a failed test")]

mod support;

use serde_json::{Value, json};
use support::{LUCIA, World, until};

const WABA: &str = "100000000000001";

async fn quick() -> World {
    World::with(|settings| settings.review = (20, 30)).await
}

async fn graph(world: &World, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let url =
        if path.starts_with("http") { path.to_owned() } else { world.url(&format!("/graph/v26.0/{path}")) };
    let mut call = world.http.request(method.parse().unwrap(), url).bearer_auth("demo-access-token");
    if let Some(body) = body {
        call = call.json(body);
    }
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn create(world: &World, template: &Value) -> (u16, Value) {
    graph(world, "POST", &format!("{WABA}/message_templates"), Some(template)).await
}

/// A whole template with this name and these components.
fn template(name: &str, components: Value) -> Value {
    json!({ "name": name, "language": "es_CO", "category": "UTILITY", "components": components })
}

fn plain(name: &str) -> Value {
    template(name, json!([{ "type": "BODY", "text": format!("Tu pedido {name} está listo para recoger.") }]))
}

/// All changes of a field so far.
fn changes(world: &World, field: &str) -> Vec<Value> {
    let bodies = world.inbox.bodies();
    let entries = bodies.iter().flat_map(|body| body["entry"].as_array().unwrap().clone());
    let all = entries.flat_map(|entry| entry["changes"].as_array().unwrap().clone());
    all.filter(|change| change["field"] == field).map(|change| change["value"].clone()).collect()
}

/// Wait for what happened to a template.
async fn happens(world: &World, event: &str) -> Value {
    let find =
        || changes(world, "message_template_status_update").into_iter().find(|value| value["event"] == event);
    until(find)
        .await
        .unwrap_or_else(|| panic!("no {event}: {:?}", changes(world, "message_template_status_update")))
}

#[tokio::test]
async fn meta_refuses_what_breaks_its_rules_with_words_for_people() {
    let world = quick().await;
    let body = |text: &str| json!({ "type": "BODY", "text": text });
    let with = |text: &str, samples: Value| json!([{ "type": "BODY", "text": text, "example": { "body_text": [samples] } }]);
    let buttons = |all: Value| json!([body("Hola a todos"), { "type": "BUTTONS", "buttons": all }]);
    let cases = [
        (template("Pedido", json!([body("Hola")])), 2_388_046),
        (template("x", json!([])), 2_388_043),
        (template("x", json!([{ "type": "FOOTER", "text": "Hola" }])), 2_388_043),
        (template("x", json!([body(&"x".repeat(1_025))])), 2_388_040),
        (template("x", json!([body("Hola"), { "type": "FOOTER", "text": "x".repeat(61) }])), 2_388_040),
        (template("x", json!([body("Hola"), { "type": "FOOTER", "text": "Hola {{1}}" }])), 2_388_073),
        (
            template(
                "x",
                json!([{ "type": "HEADER", "format": "TEXT", "text": "{{1}} y {{2}}", "example": { "header_text": ["a", "b"] } }, body("Hola")]),
            ),
            2_388_047,
        ),
        (
            template(
                "x",
                json!([{ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::none"] } }, body("Hola")]),
            ),
            2_388_273,
        ),
        (template("x", with("Hola {{1}}, tu pedido está listo", json!([]))), 2_388_043),
        (template("x", with("Hola, tu pedido es el {{1}}", json!(["7"]))), 2_388_299),
        (template("x", with("Hola {{1}} {{2}}, gracias por todo y más", json!(["a", "b"]))), 2_388_072),
        (template("x", with("Sí {{1}}, o {{2}} no", json!(["a", "b"]))), 2_388_293),
        (template("x", with("Hola {{2}}, tu pedido está listo", json!(["a"]))), 2_388_072),
        (template("x", buttons(json!([{ "type": "QUICK_REPLY", "text": "x".repeat(26) }]))), 0),
        (
            template(
                "x",
                buttons(json!([{ "type": "URL", "text": "Ver", "url": "https://a.example/{{1}}" }])),
            ),
            2_388_043,
        ),
    ];
    for (template, subcode) in cases {
        let (status, answer) = create(&world, &template).await;
        let error = &answer["error"];
        assert_eq!((status, &error["code"]), (400, &json!(100)), "{template}");
        assert_eq!(error["error_subcode"].as_u64().unwrap_or_default(), subcode, "{template}: {answer}");
        assert!(error["error_user_msg"].is_string(), "{answer}");
    }
    let mut german = plain("x");
    german["language"] = json!("es_VE");
    assert_eq!(create(&world, &german).await.1["error"]["code"], 100, "there is no Spanish of Venezuela");
    german["language"] = json!("es");
    german["message_send_ttl_seconds"] = json!(10);
    assert_eq!(create(&world, &german).await.1["error"]["code"], 100);
    world.end().await;
}

#[tokio::test]
async fn a_named_template_with_a_picture_is_approved_and_sent() {
    let world = quick().await;
    let begin = "400000000000001/uploads?file_length=3&file_type=image/png";
    let session = graph(&world, "POST", begin, None).await.1["id"].as_str().unwrap().to_owned();
    let upload = world.http.post(world.url(&format!("/graph/v26.0/{session}")));
    let upload =
        upload.header("authorization", "OAuth demo-access-token").header("file_offset", "0").body("png");
    let handle = upload.send().await.unwrap().json::<Value>().await.unwrap()["h"].clone();
    let named = json!({ "name": "pedido_listo", "language": "es_CO", "category": "UTILITY", "parameter_format": "NAMED", "components": [
        { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": [handle] } },
        { "type": "BODY", "text": "Hola {{nombre}}, tu pedido {{orden}} está listo.", "example": { "body_text_named_params": [
            { "param_name": "nombre", "example": "Ana" }, { "param_name": "orden", "example": "A-17" }] } },
        { "type": "BUTTONS", "buttons": [
            { "type": "QUICK_REPLY", "text": "Gracias" },
            { "type": "URL", "text": "Ver", "url": "https://mi.tienda/p/{{1}}", "example": ["https://mi.tienda/p/A-17"] }] },
    ] });
    let (_, made) = create(&world, &named).await;
    assert_eq!(made["status"], "PENDING");
    let update = happens(&world, "APPROVED").await;
    assert!(update["message_template_id"].is_u64() && update["message_template_language"] == "es-CO");
    let id = made["id"].as_str().unwrap();
    let (_, shown) = graph(&world, "GET", &format!("{id}?fields=components,quality_score"), None).await;
    let picture = shown["components"][0]["example"]["header_handle"][0].as_str().unwrap();
    assert_eq!(world.http.get(picture).send().await.unwrap().bytes().await.unwrap(), "png");
    let send = |components: Value| {
        json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "template",
        "template": { "name": "pedido_listo", "language": { "code": "es_CO" }, "components": components } })
    };
    let link = world.url("/phone/assets/photo.jpg");
    let header = json!({ "type": "header", "parameters": [{ "type": "image", "image": { "link": link } }] });
    let body = json!({ "type": "body", "parameters": [
        { "type": "text", "parameter_name": "orden", "text": "A-18" }, { "type": "text", "parameter_name": "nombre", "text": "Lucía" }] });
    let button = json!({ "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": "A-18" }] });
    assert_eq!(
        world.call(&send(json!([body, button]))).await.1["error"]["code"],
        132_012,
        "the picture is missing"
    );
    assert_eq!(
        world.call(&send(json!([header, body]))).await.1["error"]["code"],
        131_008,
        "the link's end is missing"
    );
    let (status, answer) = world.call(&send(json!([header, body, button]))).await;
    assert_eq!((status, &answer["messages"][0]["message_status"]), (200, &json!("accepted")));
    world
        .statuses_become(answer["messages"][0]["id"].as_str().unwrap(), &["sent", "delivered", "read"])
        .await;
    let thread = world.look("/phone/thread?channel=200000000000001&customer=51987412306").await;
    let card = &thread["bubbles"][0]["card"];
    assert_eq!(
        (&card["text"], &card["links"][0]["url"]),
        (&json!("Hola Lucía, tu pedido A-18 está listo."), &json!("https://mi.tienda/p/A-18"))
    );
    assert!(card["src"].as_str().unwrap().starts_with("/phone/media/"));
    world.end().await;
}

#[tokio::test]
async fn rejections_come_with_their_reason_and_an_edit_tries_again() {
    let world = quick().await;
    let (_, made) = create(&world, &plain("aviso_rechazada_formato")).await;
    let update = happens(&world, "REJECTED").await;
    assert_eq!(update["reason"], "INVALID_FORMAT");
    assert!(update["rejection_info"]["recommendation"].is_string());
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(
        graph(&world, "GET", &format!("{id}?fields=rejected_reason"), None).await.1["rejected_reason"],
        "INVALID_FORMAT"
    );
    world.control("templates", json!({ "id": id, "status": "APPROVED" })).await;
    let edit = json!({ "components": [{ "type": "BODY", "text": "Tu pedido está listo desde hoy." }] });
    assert_eq!(graph(&world, "POST", &id, Some(&json!({ "name": "otro" }))).await.0, 400);
    assert_eq!(
        graph(&world, "POST", &id, Some(&json!({ "category": "MARKETING" }))).await.0,
        400,
        "approved"
    );
    assert_eq!(graph(&world, "POST", &id, Some(&edit)).await, (200, json!({ "success": true })));
    assert_eq!(graph(&world, "POST", &id, Some(&edit)).await.0, 400, "it is under review");
    world.control("templates", json!({ "id": id, "status": "APPROVED" })).await;
    assert_eq!(graph(&world, "POST", &id, Some(&edit)).await.0, 400, "once a day");
    world.end().await;
}

#[tokio::test]
async fn what_says_the_same_as_another_is_rejected_and_what_is_an_offer_becomes_marketing() {
    let world = quick().await;
    create(&world, &plain("uno")).await;
    happens(&world, "APPROVED").await;
    assert_eq!(create(&world, &plain("uno")).await.1["error"]["error_subcode"], 2_388_024);
    let mut twin = plain("uno");
    twin["name"] = json!("dos");
    create(&world, &twin).await;
    assert_eq!(happens(&world, "REJECTED").await["message_template_name"], "dos");
    assert_eq!(create(&world, &plain("promo_marzo")).await.1["category"], "MARKETING");
    world.end().await;
}

#[tokio::test]
async fn red_pauses_a_template_twice_and_then_for_good() {
    let world = quick().await;
    let name = "recordatorio_cita";
    let drive = |more: Value| {
        let mut body = json!({ "name": name, "language": "es" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.control("templates", body)
    };
    let parameters = ["Lucía", "lunes", "9:30"].map(|text| json!({ "type": "text", "text": text }));
    let send = json!({ "messaging_product": "whatsapp", "to": LUCIA, "type": "template", "template": {
        "name": name, "language": { "code": "es" }, "components": [{ "type": "body", "parameters": parameters }] } });
    drive(json!({ "quality": "YELLOW" })).await;
    drive(json!({ "quality": "RED" })).await;
    let paused = happens(&world, "PAUSED").await;
    assert_eq!(paused["other_info"]["title"], "FIRST_PAUSE");
    let quality = until(|| {
        (changes(&world, "message_template_quality_update").len() == 2)
            .then(|| changes(&world, "message_template_quality_update"))
    });
    let quality = quality.await.unwrap();
    assert_eq!(
        (&quality[1]["previous_quality_score"], &quality[1]["new_quality_score"]),
        (&json!("YELLOW"), &json!("RED"))
    );
    assert_eq!(world.call(&send).await.1["error"]["code"], 132_015);
    world.control("time", json!({ "advance_seconds": 3 * 3_600 })).await;
    assert_eq!(happens(&world, "APPROVED").await["other_info"]["title"], "UNPAUSE");
    assert_eq!(world.call(&send).await.0, 200);
    for pause in ["SECOND_PAUSE", "DISABLED"] {
        drive(json!({ "quality": "GREEN" })).await;
        drive(json!({ "quality": "RED" })).await;
        let told = until(|| {
            changes(&world, "message_template_status_update")
                .into_iter()
                .find(|one| one["other_info"]["title"] == pause)
        });
        told.await.unwrap_or_else(|| panic!("no {pause}"));
        world.control("time", json!({ "advance_seconds": 6 * 3_600 })).await;
    }
    assert_eq!(world.call(&send).await.1["error"]["code"], 132_016);
    let delete = graph(&world, "DELETE", &format!("{WABA}/message_templates?name={name}"), None).await;
    assert_eq!(delete.0, 400, "a disabled one can't be deleted");
    world.end().await;
}

#[tokio::test]
async fn another_category_is_announced_a_day_ahead() {
    let world = quick().await;
    world.control("templates", json!({ "name": "recordatorio_cita", "language": "es", "category": "MARKETING", "announced": true })).await;
    let first = until(|| changes(&world, "template_category_update").into_iter().next()).await.unwrap();
    assert_eq!(
        (&first["new_category"], &first["correct_category"]),
        (&json!("UTILITY"), &json!("MARKETING"))
    );
    world.control("time", json!({ "advance_seconds": 86_400 })).await;
    let second = until(|| changes(&world, "template_category_update").into_iter().nth(1)).await.unwrap();
    assert_eq!(
        (&second["previous_category"], &second["new_category"]),
        (&json!("UTILITY"), &json!("MARKETING"))
    );
    world.end().await;
}

#[tokio::test]
async fn a_deleted_name_rests_and_a_list_goes_page_by_page() {
    let world = quick().await;
    let path = format!("{WABA}/message_templates");
    let delete = |query: &str| {
        let path = format!("{path}?{query}");
        let world = &world;
        async move { graph(world, "DELETE", &path, None).await }
    };
    assert_eq!(delete("name=nadie").await.0, 400);
    assert_eq!(delete("name=confirmacion_cita").await, (200, json!({ "success": true })));
    let mut again = plain("confirmacion_cita");
    again["language"] = json!("es");
    assert_eq!(create(&world, &again).await.1["error"]["error_subcode"], 2_388_023);
    world.control("time", json!({ "advance_seconds": 30 * 86_400 })).await;
    assert_eq!(create(&world, &again).await.0, 200);
    world.control("templates", json!({ "name": "lote", "count": 60 })).await;
    let mut next = json!(format!(
        "{path}?fields=name,status&status=approved&summary=total_count,message_template_limit"
    ));
    let mut names = Vec::new();
    let mut pages = 0;
    while let Some(url) = next.as_str() {
        let (_, page) = graph(&world, "GET", url, None).await;
        assert_eq!(page["summary"]["message_template_limit"], 6_000);
        names.extend(
            page["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()),
        );
        next = page["paging"]["next"].clone();
        pages += 1;
    }
    assert!(pages == 3 && names.len() >= 66, "{pages} pages, {} names", names.len());
    let (_, first) = graph(&world, "GET", &format!("{path}?limit=2"), None).await;
    world.control("templates", json!({ "stale_cursors": true })).await;
    let stale = graph(&world, "GET", first["paging"]["next"].as_str().unwrap(), None).await;
    assert_eq!((stale.0, &stale.1["error"]["code"]), (400, &json!(131_059)));
    let (_, found) =
        graph(&world, "GET", &format!("{path}?name_or_content=prueba+n%C3%BAmero+7&fields=name"), None).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_code_is_written_by_meta_and_never_sent_to_a_hidden_number() {
    let world = quick().await;
    let otp = json!({ "name": "codigo", "language": "es", "category": "AUTHENTICATION", "components": [
        { "type": "BODY", "add_security_recommendation": true }, { "type": "FOOTER", "code_expiration_minutes": 5 },
        { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] }] });
    let mut wordy = otp.clone();
    wordy["components"][0] = json!({ "type": "BODY", "text": "Tu código es este." });
    assert_eq!(create(&world, &wordy).await.0, 400);
    assert_eq!(create(&world, &otp).await.0, 200);
    happens(&world, "APPROVED").await;
    let to = |place: &str, whom: &str| {
        let mut body = json!({ "messaging_product": "whatsapp", "type": "template", "template": { "name": "codigo", "language": { "code": "es" }, "components": [
            { "type": "body", "parameters": [{ "type": "text", "text": "123456" }] },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "123456" }] }] } });
        body[place] = json!(whom);
        body
    };
    assert_eq!(world.call(&to("recipient", "PE.70312984417203365518")).await.1["error"]["code"], 131_062);
    let (status, answer) = world.call(&to("to", LUCIA)).await;
    assert_eq!(status, 200, "{answer}");
    let statuses = world
        .statuses_become(answer["messages"][0]["id"].as_str().unwrap(), &["sent", "delivered", "read"])
        .await;
    assert_eq!(statuses[0]["pricing"]["category"], "authentication");
    world.end().await;
}
