//! Files and templates all the way: from the agent's page to the customer's phone, byte by byte.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    clinic::{Clinic, LUCIA, Page, Person, one, until},
    helpers::by_script,
    outbound::by_twilios_whatsapp,
};

const PHOTO: &[u8] = include_bytes!("../../crates/simulator/assets/photo.jpg");
const FILM: &[u8] = include_bytes!("../../crates/simulator/assets/clip.mp4");
const SOUND: &[u8] = include_bytes!("../../crates/simulator/assets/voice.ogg");
const STICKER: &[u8] = include_bytes!("../../crates/simulator/assets/sticker.webp");
const PAPER: &[u8] = include_bytes!("../../crates/simulator/assets/quote.pdf");
const RECORDED: &[u8] = include_bytes!("../../crates/voice-note/fixtures/chromium.webm");
const ARRIVED: &str = "select count(*) from delivery where state in ('delivered', 'read', 'played')";

/// Attach a file as the composer does; what the server says of it.
async fn attaches(page: &Page, query: &str, bytes: &[u8]) -> Value {
    let request = page
        .request(Method::POST, &format!("/conversations/{}/files?{query}", page.talk.unwrap()))
        .header("content-type", "application/octet-stream")
        .body(bytes.to_vec());
    let answer = page.person.browser.clone().send(request).await.is(StatusCode::CREATED);
    serde_json::from_str(&answer.body).unwrap()
}

/// The content of a message that is such a file.
fn content_of(file: &Value, caption: Option<&str>) -> Value {
    json!({ "kind": file["kind"], "file": file["id"], "voice": file["voice"], "caption": caption })
}

/// It is taken, and so often did something arrive then: what the vendor was told.
async fn arrives(clinic: &Clinic, page: &Page, content: &Value) -> Value {
    let before = clinic.vendor().sent().await.len();
    let message = json!({ "client_id": uuid::Uuid::now_v7(), "content": content });
    let path = format!("/conversations/{}/messages", page.talk.unwrap());
    let answer = page.posts_json(&path, &message).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{content}: {}", answer.body);
    let wanted = i64::try_from(before).unwrap() + 1;
    until(&format!("it arrives: {content}"), || async {
        let failed: Option<String> = one(
            &clinic.ground.db,
            "select coalesce(error_code, 0) || ' ' || coalesce(error_detail, '') from delivery
             where state in ('failed', 'uncertain')",
        )
        .await;
        assert_eq!(failed, None, "{content}");
        (clinic.count(ARRIVED).await == wanted).then_some(())
    })
    .await;
    clinic.vendor().sent().await.pop().unwrap()
}

/// What a phone shows last, and the bytes of the file in it.
async fn on_the_phone(clinic: &Clinic, channel: &str) -> (Value, Vec<u8>) {
    let root = clinic.vendor().root();
    let customer = LUCIA.trim_start_matches('+');
    let thread = reqwest::Client::new()
        .get(format!("{root}/phone/thread"))
        .query(&[("channel", channel), ("customer", customer)]);
    let thread: Value = thread.send().await.unwrap().json().await.unwrap();
    let card = thread["bubbles"].as_array().unwrap().last().unwrap()["card"].clone();
    let src = card["src"].as_str().unwrap_or_else(|| panic!("a file in {card}"));
    let bytes = reqwest::get(format!("{root}{src}")).await.unwrap().error_for_status().unwrap();
    (card, bytes.bytes().await.unwrap().to_vec())
}

/// How each kind is attached, and what it becomes.
const FILES: [(&str, &[u8], &str); 5] = [
    ("name=placa.jpg", PHOTO, "image"),
    ("name=cita.mp4", FILM, "video"),
    ("name=audio.ogg", SOUND, "audio"),
    ("name=hola.webp", STICKER, "sticker"),
    ("name=Cotizaci%C3%B3n.pdf", PAPER, "document"),
];

#[tokio::test]
async fn every_file_reaches_a_phone_by_meta_as_it_was_attached() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let page = valeria.opens(clinic.held_conversation().await).await;
    let number = "200000000000001";
    for (query, bytes, kind) in FILES {
        let file = attaches(&page, query, bytes).await;
        assert_eq!(file["kind"], kind, "{query}");
        let caption = ["image", "video", "document"].contains(&kind).then_some("mire");
        let sent = arrives(&clinic, &page, &content_of(&file, caption)).await;
        let told = &sent["payload"][kind];
        assert!(told["id"].is_string() && told.get("link").is_none(), "handed over first: {told}");
        assert_eq!(told.get("caption").and_then(Value::as_str), caption);
        assert_eq!(
            told.get("filename").and_then(Value::as_str),
            (kind == "document").then_some("Cotización.pdf")
        );
        let (card, shown) = on_the_phone(&clinic, number).await;
        assert_eq!((&card["kind"], shown == bytes), (&json!(kind), true), "{query}");
    }
    let note = attaches(&page, "voice=true&type=audio%2Fwebm", RECORDED).await;
    let sent = arrives(&clinic, &page, &content_of(&note, None)).await;
    assert_eq!(sent["payload"]["audio"]["voice"], true);
    let (_, shown) = on_the_phone(&clinic, number).await;
    assert!(shown.starts_with(b"OggS") && shown.windows(8).any(|at| at == b"OpusHead"));

    let above = attaches(&page, "name=placa.jpg", PHOTO).await;
    let question = json!({"kind": "interactive", "form": "buttons", "body": "¿Es esta?",
        "header": {"header": "image", "file": above["id"]},
        "buttons": [{"id": "si", "title": "Sí"}]});
    let sent = arrives(&clinic, &page, &question).await;
    assert!(sent["payload"]["interactive"]["header"]["image"]["id"].is_string(), "{sent}");
    assert!(on_the_phone(&clinic, number).await.1 == PHOTO);
}

#[tokio::test]
async fn every_file_that_twilio_takes_is_fetched_from_us_as_it_was_attached() {
    let clinic = Clinic::open().await;
    let page = by_twilios_whatsapp(&clinic).await;
    let channel = "whatsapp:+14155238886";
    for (query, bytes, kind) in FILES {
        let file = attaches(&page, query, bytes).await;
        assert_eq!(file["kind"], kind, "{query}");
        let caption = ["image", "video", "document"].contains(&kind).then_some("mire");
        let sent = arrives(&clinic, &page, &content_of(&file, caption)).await;
        assert_eq!(sent["payload"].get("Body").and_then(Value::as_str), caption, "{query}");
        assert!(on_the_phone(&clinic, channel).await.1 == bytes, "{query}");
    }
    let note = attaches(&page, "voice=true&type=audio%2Fwebm", RECORDED).await;
    arrives(&clinic, &page, &content_of(&note, None)).await;
    assert!(on_the_phone(&clinic, channel).await.1.starts_with(b"OggS"));
    let place = json!({"kind": "location", "latitude": -12.1, "longitude": -77.03, "name": "Clínica | Lima"});
    let sent = arrives(&clinic, &page, &place).await;
    assert_eq!(sent["payload"]["PersistentAction"], "geo:-12.1,-77.03|Clínica   Lima");
}

#[tokio::test]
async fn an_mms_carries_pictures_sounds_and_papers_but_no_sticker() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_texts("Hola").await;
    let page = valeria.opens(clinic.held_conversation().await).await;
    for (query, bytes) in [("name=placa.jpg", PHOTO), ("name=audio.ogg", SOUND), ("name=c.pdf", PAPER)] {
        let file = attaches(&page, query, bytes).await;
        let sent = arrives(&clinic, &page, &content_of(&file, Some("mire"))).await;
        assert_eq!(sent["payload"]["Body"], "mire", "{query}");
        assert!(on_the_phone(&clinic, "+14155550111").await.1 == bytes, "{query}");
    }
    let request = page
        .request(Method::POST, &format!("/conversations/{}/files?name=hola.webp", page.talk.unwrap()))
        .header("content-type", "application/octet-stream")
        .body(STICKER.to_vec());
    let refused = page.person.browser.clone().send(request).await;
    assert!(refused.status.is_client_error(), "{}", refused.body);
}

/// An admin, with the token that a script of the page says.
struct Admin {
    who: Person,
    csrf: String,
}

impl Admin {
    async fn of(clinic: &Clinic) -> Self {
        let who = clinic.ground.world.admin("Alonso").await;
        let mut who = clinic.ground.welcome(&clinic.node.url, "Alonso", who).await;
        let page = who.get("/me").await.is(StatusCode::OK).body;
        let (_, rest) = page.split_once("<meta name=\"csrf\" content=\"").unwrap();
        let csrf = rest.split_once('"').unwrap().0.to_owned();
        Self { who, csrf }
    }

    async fn posts(&mut self, path: &str, body: Vec<u8>, kind: &str) -> Value {
        let request = self.who.browser.request(Method::POST, path);
        let request = by_script(request).header("x-csrf", &self.csrf).header("content-type", kind).body(body);
        let answer = self.who.browser.send(request).await;
        assert!(
            !answer.status.is_client_error() && !answer.status.is_server_error(),
            "{path}: {}",
            answer.body
        );
        serde_json::from_str(&answer.body).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_template_with_a_picture_names_and_buttons_is_written_approved_filled_and_read() {
    let clinic = Clinic::open().await;
    let mut alonso = Admin::of(&clinic).await;
    let base = format!("/admin/channels/{}/templates", clinic.ground.world.whatsapp);
    let sample = alonso
        .posts(&format!("{base}/sample?name=placa.jpg&type=image%2Fjpeg"), PHOTO.to_vec(), "image/jpeg")
        .await;
    let draft = json!({
        "name": "radiografia_lista", "language": "es", "category": "UTILITY", "format": "NAMED",
        "definition": {
            "header": { "header": "image", "sample": sample["handle"] },
            "body": { "text": "Hola {{nombre}}, la radiografía {{numero}} ya está lista para recoger.",
                "samples": [{ "name": "nombre", "text": "Ana" }, { "name": "numero", "text": "A-17" }] },
            "footer": "Clínica Dental Sonrisas",
            "buttons": [{ "button": "quick_reply", "text": "Gracias" },
                { "button": "url", "text": "Ver", "url": "https://clinica.example/r/{{1}}",
                  "sample": "https://clinica.example/r/A-17" }],
        },
    });
    let made = alonso.posts(&base, draft.to_string().into_bytes(), "application/json").await;
    let id = made["id"].as_str().unwrap();
    alonso.posts(&format!("{base}/{id}/submit"), Vec::new(), "application/json").await;
    clinic
        .until_count(&format!("select count(*) from template where id = '{id}' and status = 'APPROVED'"), 1)
        .await;

    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let page = valeria.opens(clinic.held_conversation().await).await;
    clinic.vendor().ages(25 * 3600).await;
    clinic.change("update conversation set window_until = now() - interval '1 hour'").await;
    let above = attaches(&page, "name=placa.jpg", PHOTO).await;
    let filled = json!({ "kind": "template", "template": id, "name": "", "language": "",
        "header": { "header": "image", "file": above["id"] },
        "body": [{ "name": "numero", "text": "B-2" }, { "name": "nombre", "text": "Lucía" }],
        "buttons": [{ "index": 0, "kind": "quick_reply", "text": "gracias:B-2" },
            { "index": 1, "kind": "url", "text": "B-2" }],
        "shown": { "body": "" } });
    let sent = arrives(&clinic, &page, &filled).await;
    let parts = &sent["payload"]["template"]["components"];
    assert_eq!(parts[1]["parameters"][0]["parameter_name"], "nombre", "{parts}");
    let (card, picture) = on_the_phone(&clinic, "200000000000001").await;
    assert!(picture == PHOTO);
    assert_eq!(card["text"], "Hola Lucía, la radiografía B-2 ya está lista para recoger.");
    assert_eq!(card["links"][0]["url"], "https://clinica.example/r/B-2");
    assert_eq!(card["buttons"][0]["payload"], "gracias:B-2");
}

/// The channel's templates, as its account lists them; one of them.
async fn listed(clinic: &Clinic, name: &str) -> uuid::Uuid {
    let mut alonso = Admin::of(clinic).await;
    let base = format!("/admin/channels/{}/templates", clinic.ground.world.sms);
    alonso.posts(&format!("{base}/sync"), Vec::new(), "application/json").await;
    let sql = format!(
        "select id from template where name = '{name}' and language = 'es' and status = 'APPROVED'
             and vendor_id like 'HX%'"
    );
    until(&format!("{name} is listed"), || one(&clinic.ground.db, &sql)).await
}

fn values(template: uuid::Uuid, values: &[&str]) -> Value {
    let body: Vec<Value> = values.iter().map(|text| json!({ "text": text })).collect();
    json!({ "kind": "template", "template": template, "name": "", "language": "", "body": body,
        "shown": { "body": "" } })
}

#[tokio::test]
async fn a_content_with_a_picture_of_its_own_is_the_way_to_whoever_was_silent_for_a_day() {
    let clinic = Clinic::open().await;
    let picture = clinic.vendor().picture().await;
    let (address, file) = picture.as_str().rsplit_once('/').unwrap();
    let content = json!({ "friendly_name": "placa_lista", "language": "es",
        "variables": { "1": "Ana", "2": file },
        "types": { "twilio/media": { "body": "Hola {{1}}, tu placa está lista para recoger.",
            "media": [format!("{address}/{{{{2}}}}")] } } });
    clinic.vendor().has_approved_content(&content).await;
    let page = by_twilios_whatsapp(&clinic).await;
    let template = listed(&clinic, "placa_lista").await;
    clinic.vendor().ages(25 * 3600).await;
    clinic.change("update conversation set window_until = now() - interval '1 hour'").await;
    let sent = arrives(&clinic, &page, &values(template, &["Lucía", file])).await;
    assert_eq!(sent["body"], "Hola Lucía, tu placa está lista para recoger.");
    let told: Value = serde_json::from_str(sent["payload"]["ContentVariables"].as_str().unwrap()).unwrap();
    assert_eq!(told, json!({ "1": "Lucía", "2": file }));
    assert!(on_the_phone(&clinic, "whatsapp:+14155238886").await.1 == PHOTO);
}

#[tokio::test]
async fn a_content_goes_by_sms_as_its_text() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_texts("Hola").await;
    let page = valeria.opens(clinic.held_conversation().await).await;
    let template = listed(&clinic, "recordatorio_cita").await;
    let sent = arrives(&clinic, &page, &values(template, &["Lucía", "lunes", "9:30"])).await;
    assert!(
        sent["body"].as_str().unwrap().starts_with("Hola Lucía, te recordamos tu cita el lunes a las 9:30")
    );
    assert!(sent["payload"].get("Body").is_none() && sent["payload"]["ContentSid"].is_string());
}
