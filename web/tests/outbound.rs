//! Answers of every kind on their way to the customer: what the vendors are given, and what they are spared.

use channel_gateway::verdict;
use domain::{ChannelKind, limits::Problem};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use views::{Lang, Tx, failure::Failure};

use crate::clinic::{Clinic, LUCIA, Page, one, until};

const DELIVERED: &str = "select count(*) from delivery where state in ('delivered', 'read', 'played')";

async fn with_lucia(clinic: &Clinic) -> Page {
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    valeria.opens(clinic.held_conversation().await).await
}

/// A message of any kind, as programs post it.
async fn sends(page: &Page, message: &Value) -> (StatusCode, Value) {
    let mut message = message.clone();
    message["client_id"] = json!(uuid::Uuid::now_v7());
    let path = format!("/conversations/{}/messages", page.talk.unwrap());
    let answer = page.person.browser.clone().send(page.request(Method::POST, &path).json(&message)).await;
    let body = serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body));
    (answer.status, body)
}

/// The simulator takes it as Meta would, and the customer gets it.
async fn arrives(clinic: &Clinic, page: &Page, content: Value) -> Value {
    let before = clinic.vendor().sent().await.len();
    let (status, answer) = sends(page, &json!({ "content": content })).await;
    assert_eq!(status, StatusCode::CREATED, "{content}: {answer}");
    let sent = until(&format!("Meta takes {content}"), || async {
        let failed = clinic.count("select count(*) from delivery where state = 'failed'").await;
        assert_eq!(failed, 0, "{content}");
        clinic.vendor().sent().await.get(before).cloned()
    })
    .await;
    sent["payload"].clone()
}

#[tokio::test]
async fn meta_takes_every_kind_that_needs_no_file_of_ours() {
    let clinic = Clinic::open().await;
    let page = with_lucia(&clinic).await;
    let text =
        arrives(&clinic, &page, json!({"kind": "text", "body": "Mire https://clinica.example/citas"})).await;
    assert_eq!(text["text"]["preview_url"], true);
    let image = json!({"kind": "image", "url": clinic.vendor().picture().await, "caption": "Su placa"});
    assert_eq!(arrives(&clinic, &page, image).await["image"]["caption"], "Su placa");
    let place = json!({"kind": "location", "latitude": -12.1, "longitude": -77.03, "name": "Clínica"});
    assert_eq!(arrives(&clinic, &page, place).await["location"]["latitude"], "-12.1");
    let card = json!({"name": "Recepción Sonrisas", "phones": ["+5115550100"], "emails": []});
    arrives(&clinic, &page, json!({"kind": "contacts", "cards": [card]})).await;
    let buttons = json!({"kind": "interactive", "form": "buttons", "body": "¿Viene?", "footer": "Sonrisas",
        "header": {"header": "text", "text": "Su cita"},
        "buttons": [{"id": "si", "title": "Sí"}, {"id": "no", "title": "No"}]});
    assert_eq!(arrives(&clinic, &page, buttons).await["interactive"]["type"], "button");
    let list = json!({"kind": "interactive", "form": "list", "body": "¿Cuándo?", "button": "Ver",
        "sections": [{"title": "Hoy", "rows": [{"id": "r1", "title": "9:00", "description": "Dra. Paz"}]},
            {"title": "Mañana", "rows": [{"id": "r2", "title": "10:00"}]}]});
    assert_eq!(arrives(&clinic, &page, list).await["interactive"]["type"], "list");
    let link = json!({"kind": "interactive", "form": "link", "body": "Listo", "label": "Abrir",
        "url": "https://clinica.example/r/1"});
    assert_eq!(arrives(&clinic, &page, link).await["interactive"]["type"], "cta_url");
    for form in ["location_request", "contact_request"] {
        let asked = json!({"kind": "interactive", "form": form, "body": "¿Nos ayuda?"});
        arrives(&clinic, &page, asked).await;
    }
    clinic.vendor().has_nothing_twice().await;
}

#[tokio::test]
async fn an_answer_quotes_and_a_thumb_comes_and_goes() {
    let clinic = Clinic::open().await;
    let page = with_lucia(&clinic).await;
    let hers: uuid::Uuid =
        one(&clinic.ground.db, "select id from message where direction = 'in'").await.unwrap();
    let vendor_id: String =
        one(&clinic.ground.db, "select vendor_id from message where direction = 'in'").await.unwrap();
    let said = [
        json!({"content": {"kind": "text", "body": "Claro"}, "reply_to": hers}),
        json!({"content": {"kind": "reaction", "target": "", "emoji": "👍"}, "reply_to": hers}),
        json!({"content": {"kind": "reaction", "target": vendor_id}}),
    ];
    for message in &said {
        assert_eq!(sends(&page, message).await.0, StatusCode::CREATED, "{message}");
    }
    let sent = clinic.vendor().until_sent(said.len()).await;
    assert_eq!(sent[0]["payload"]["context"]["message_id"], json!(vendor_id));
    assert_eq!(sent[1]["payload"]["reaction"], json!({"message_id": vendor_id, "emoji": "👍"}));
    assert_eq!(sent[2]["payload"]["reaction"], json!({"message_id": vendor_id, "emoji": ""}));
    clinic.until_count("select count(*) from delivery where state in ('sent', 'delivered', 'read')", 3).await;
}

#[tokio::test]
async fn what_the_vendor_would_refuse_is_told_at_once_and_goes_nowhere() {
    let clinic = Clinic::open().await;
    let page = with_lucia(&clinic).await;
    let four: Vec<Value> =
        (0..4).map(|n| json!({"id": n.to_string(), "title": format!("Opción {n}")})).collect();
    let content = json!({"kind": "interactive", "form": "buttons", "body": "¿?", "buttons": four});
    let (status, refusal) = sends(&page, &json!({ "content": content })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = Problem::TooMany { count: 4, most: 3 };
    assert_eq!(refusal["error"], "flawed");
    assert_eq!(refusal["flaw"]["part"], "buttons");
    assert_eq!(refusal["flaw"]["problem"], problem.as_str());
    assert_eq!((&refusal["flaw"]["count"], &refusal["flaw"]["most"]), (&json!(4), &json!(3)));
    assert_eq!(refusal["message"], "Botones: hay 4 y caben 3.");
    for nonsense in
        [json!({"content": {"kind": "telepathy"}}), json!({}), json!({"content": {"kind": "text"}})]
    {
        let (status, _) = sends(&page, &nonsense).await;
        assert!(status.is_client_error(), "{nonsense}: {status}");
    }
    let (status, _) = sends(&page, &json!({"content": {"kind": "text", "body": "a\u{0}b"}})).await;
    assert_eq!(status, StatusCode::CREATED, "what no table takes is left out");
    assert_eq!(clinic.count("select count(*) from message where direction = 'out'").await, 1);
}

#[tokio::test]
async fn the_holder_s_reading_and_writing_is_shown_and_a_watcher_s_is_not() {
    let clinic = Clinic::open().await;
    let mut valeria = with_lucia(&clinic).await;
    let talk = valeria.talk.unwrap();
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut watcher = gabriela.opens(talk).await;
    watcher.says(&json!({"t": "seen", "conv": talk, "n": 1})).await;
    watcher.says(&json!({"t": "typing", "conv": talk})).await;
    // The watcher's words are taken in before the holder's are said.
    clinic.until_count("select count(*) from read_mark", 1).await;
    valeria.says(&json!({"t": "seen", "conv": talk, "n": 1})).await;
    until("the customer sees blue ticks", || async {
        (clinic.vendor().noted("read").await == 1).then_some(())
    })
    .await;
    valeria.says(&json!({"t": "typing", "conv": talk})).await;
    valeria.says(&json!({"t": "typing", "conv": talk})).await;
    until("the customer sees that somebody writes", || async {
        (clinic.vendor().noted("typing").await == 1).then_some(())
    })
    .await;
    assert_eq!(clinic.vendor().noted("read").await, 1);
}

#[tokio::test]
async fn an_sms_takes_no_buttons_and_a_long_text_is_refused_in_words() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_texts("Hola por SMS").await;
    let page = valeria.opens(clinic.held_conversation().await).await;
    let buttons = json!({"kind": "interactive", "form": "buttons", "body": "¿?",
        "buttons": [{"id": "si", "title": "Sí"}]});
    let (status, refusal) = sends(&page, &json!({ "content": buttons })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refusal["message"], "Este tipo de mensaje: este canal no lo admite.");
    let long = json!({"kind": "text", "body": "a".repeat(1_601)});
    let (status, refusal) = sends(&page, &json!({ "content": long })).await;
    assert_eq!((status, refusal["error"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("too_long")));
    let text = json!({"kind": "text", "body": "a".repeat(1_600)});
    assert_eq!(sends(&page, &json!({ "content": text })).await.0, StatusCode::CREATED);
    let sent = clinic.vendor().until_sent(1).await;
    assert_eq!(sent[0]["to"], LUCIA);
    clinic.until_count(DELIVERED, 1).await;
}

#[test]
fn every_code_of_the_vendors_tables_is_told_in_words() {
    for kind in ChannelKind::ALL {
        for code in verdict::codes(*kind) {
            let family = Failure::of(*kind, code);
            assert_ne!(family, Failure::Unknown, "{kind} {code}");
            for lang in [Lang::Es, Lang::PtBr, Lang::En] {
                let tx = Tx::new(lang, chrono_tz::America::Lima);
                assert_ne!(tx.t(family.why()), family.why(), "{lang:?}: {kind} {code}");
            }
        }
    }
}

/// The clinic's SMS channel is a WhatsApp sender of the same Twilio account from now on.
pub async fn by_twilios_whatsapp(clinic: &Clinic) -> Page {
    clinic
        .change(
            "update channel set kind = 'twilio_whatsapp', address = '+14155238886',
                 vendor_key = account_key || ':whatsapp:+14155238886',
                 settings = settings || '{\"from\": \"whatsapp:+14155238886\"}'
             where kind = 'twilio_sms'",
        )
        .await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes_by_twilio("Hola").await;
    valeria.opens(clinic.held_conversation().await).await
}

#[tokio::test]
async fn by_twilio_a_question_is_made_into_a_content_once() {
    let clinic = Clinic::open().await;
    let mut page = by_twilios_whatsapp(&clinic).await;
    let buttons = json!({"kind": "interactive", "form": "buttons", "body": "¿Viene?",
        "buttons": [{"id": "si", "title": "Sí"}, {"id": "no", "title": "No"}]});
    let list = json!({"kind": "interactive", "form": "list", "body": "¿Cuándo?", "button": "Ver",
        "sections": [{"rows": [{"id": "r1", "title": "9:00"}, {"id": "r2", "title": "10:00"}]}]});
    let first = arrives(&clinic, &page, buttons.clone()).await;
    let again = arrives(&clinic, &page, buttons).await;
    let menu = arrives(&clinic, &page, list).await;
    assert_eq!(first["ContentSid"], again["ContentSid"]);
    assert_ne!(first["ContentSid"], menu["ContentSid"]);
    assert_eq!(clinic.count("select count(*) from content_at_vendor").await, 2);
    let image = json!({"kind": "image", "url": clinic.vendor().picture().await, "caption": "Su placa"});
    assert_eq!(arrives(&clinic, &page, image).await["Body"], "Su placa");
    clinic.until_count(DELIVERED, 4).await;
    let talk = page.talk.unwrap();
    page.says(&json!({"t": "typing", "conv": talk})).await;
    until("Lucía sees that somebody writes", || async {
        (clinic.vendor().noted("typing").await == 1).then_some(())
    })
    .await;
}

/// The clinic's reminder, as Meta has it.
async fn knows_the_reminder(clinic: &Clinic) {
    clinic
        .change(
            "insert into template (id, account_key, vendor_id, name, language, category, status, components)
             select gen_random_uuid(), account_key, '1', 'recordatorio_cita', 'es', 'UTILITY', 'APPROVED',
                 '{\"body\": {\"text\": \"Hola {{1}}, te recordamos tu cita el {{2}} a las {{3}}.\"}}'
             from channel where kind = 'whatsapp_cloud'",
        )
        .await;
}

#[tokio::test]
async fn a_day_after_her_last_word_only_a_template_reaches_lucia() {
    let clinic = Clinic::open().await;
    let page = with_lucia(&clinic).await;
    knows_the_reminder(&clinic).await;
    clinic.vendor().ages(25 * 3600).await;
    clinic.change("update conversation set window_until = now() - interval '1 hour'").await;
    let (status, refusal) = sends(&page, &json!({"content": {"kind": "text", "body": "¿Sigue ahí?"}})).await;
    assert_eq!((status, refusal["error"].as_str()), (StatusCode::CONFLICT, Some("window_closed")));

    let values = json!([{"text": "Lucía"}, {"text": "lunes"}, {"text": "9:30"}]);
    let reminder = json!({"kind": "template", "name": "recordatorio_cita", "language": "es", "body": values,
        "shown": {"body": ""}});
    let sent = arrives(&clinic, &page, reminder.clone()).await;
    assert_eq!(sent["template"]["components"][0]["parameters"][2]["text"], "9:30");
    clinic.until_count(DELIVERED, 1).await;

    let mut unfilled = reminder;
    unfilled["body"] = json!([{"text": "Lucía"}]);
    let (status, refusal) = sends(&page, &json!({ "content": unfilled })).await;
    assert_eq!(
        (status, &refusal["flaw"]["part"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("template_value"))
    );
}

#[tokio::test]
async fn who_wants_no_more_offers_is_spared_them_and_who_stops_us_is_left_alone() {
    let clinic = Clinic::open().await;
    let page = with_lucia(&clinic).await;
    knows_the_reminder(&clinic).await;
    clinic
        .change(
            "insert into template (id, account_key, vendor_id, name, language, category, status, components)
             select gen_random_uuid(), account_key, '2', 'limpieza_a_mitad', 'es', 'MARKETING', 'APPROVED',
                 '{\"body\": {\"text\": \"Tu limpieza a mitad de precio.\"}}'
             from channel where kind = 'whatsapp_cloud'",
        )
        .await;
    clinic.vendor().lucia_writes("BAJA").await;
    let words = "select count(*) from consent";
    clinic.until_count(words, 1).await;
    let template = |name: &str, body: Value| {
        json!({"content": {"kind": "template", "name": name, "language": "es", "body": body,
            "shown": {"body": ""}}})
    };
    let (status, refusal) = sends(&page, &template("limpieza_a_mitad", json!([]))).await;
    assert_eq!((status, refusal["error"].as_str()), (StatusCode::CONFLICT, Some("no_offers")));
    assert!(refusal["message"].as_str().unwrap().contains("no recibir más promociones"), "{refusal}");
    let values = json!([{"text": "Lucía"}, {"text": "lunes"}, {"text": "9:30"}]);
    assert_eq!(sends(&page, &template("recordatorio_cita", values)).await.0, StatusCode::CREATED);
    clinic.until_count(DELIVERED, 1).await;

    clinic.vendor().lucia_texts("STOP").await;
    let sms =
        "select c.id from conversation c join channel on channel.id = c.channel_id and kind = 'twilio_sms'
        where assignee_id is not null";
    let talk = until("Valeria has the SMS", || one(&clinic.ground.db, sms)).await;
    let talk = domain::ConversationId(talk);
    clinic.until_count(words, 2).await;
    let by_sms = page.person.opens(talk).await;
    let refused = by_sms.replies(talk, "¿Seguro?").await.is(StatusCode::CONFLICT);
    assert!(
        refused.body.contains("opted_out") && refused.body.contains("por otro medio"),
        "{}",
        refused.body
    );
    assert_eq!(clinic.vendor().sent().await.len(), 1);
    clinic.vendor().lucia_texts("START").await;
    clinic.until_count(words, 3).await;
    by_sms.replies(talk, "Gracias").await.is(StatusCode::CREATED);
    clinic.until_count(DELIVERED, 2).await;
}

#[tokio::test]
async fn a_failure_says_why_and_from_when_on_to_try_again_and_an_admin_hears_of_the_worst() {
    let clinic = Clinic::open().await;
    let mut page = with_lucia(&clinic).await;
    let talk = page.talk.unwrap();
    clinic
        .vendor()
        .refuses_once(json!({"vendor": "meta", "path": "messages", "code": 131_049, "late": true}))
        .await;
    page.replies(talk, "Oferta").await.is(StatusCode::CREATED);
    page.until("why", |page| page.shown.thread.iter().any(|entry| entry.contains("Inténtalo después del")))
        .await;
    let id = one::<uuid::Uuid>(&clinic.ground.db, "select message_id from delivery").await.unwrap();
    let again = page.posts(&format!("/messages/{id}/resend"), &[]).await.is(StatusCode::CONFLICT);
    assert!(again.body.contains("\"error\":\"not_yet\""), "{}", again.body);

    clinic.vendor().refuses_once(json!({"vendor": "meta", "path": "messages", "code": 190})).await;
    page.replies(talk, "¿Hola?").await.is(StatusCode::CREATED);
    page.until("why", |page| page.shown.thread.iter().any(|entry| entry.contains("credenciales"))).await;
    let open = "select count(*) from alarm where kind = 'token_invalid' and cleared_at is null";
    clinic.until_count(open, 1).await;
    page.replies(talk, "Ya").await.is(StatusCode::CREATED);
    clinic.until_count(open, 0).await;
    page.becomes_a_fresh_load().await;
}

/// Seconds between the end of an attempt at the first message and the start of the next.
async fn pauses(clinic: &Clinic) -> Vec<f64> {
    let sql = "select coalesce(string_agg(extract(epoch from b.started_at - a.finished_at)::text, ' '
                   order by a.number), '')
               from delivery_attempt a join delivery_attempt b on b.message_id = a.message_id
                   and b.number = a.number + 1";
    let all: String = one(&clinic.ground.db, sql).await.unwrap();
    all.split_whitespace().map(|seconds| seconds.parse().unwrap()).collect()
}

#[tokio::test]
async fn a_vendor_that_asks_for_patience_gets_it_and_the_line_keeps_its_order() {
    let clinic = Clinic::open().await;
    let page = with_lucia(&clinic).await;
    let talk = page.talk.unwrap();
    clinic.vendor().misbehaves(json!({"status_429": 1.0, "retry_after": 2, "only": ["messages"]})).await;
    page.replies(talk, "Uno").await.is(StatusCode::CREATED);
    clinic.until_count("select count(*) from delivery_attempt where outcome = 'retry'", 1).await;
    clinic.vendor().misbehaves(json!({})).await;
    clinic.until_count(DELIVERED, 1).await;
    let waited = pauses(&clinic).await;
    assert!(waited.len() == 1 && waited[0] >= 1.9, "as long as Retry-After says: {waited:?}");

    clinic.change("delete from delivery_attempt").await;
    let pair = json!({"vendor": "meta", "path": "messages", "code": 131_056, "times": 2});
    clinic.vendor().refuses_once(pair).await;
    for text in ["Dos", "Tres"] {
        page.replies(talk, text).await.is(StatusCode::CREATED);
    }
    clinic.until_count(DELIVERED, 3).await;
    let waited = pauses(&clinic).await;
    assert!(waited.len() == 2 && waited[0] >= 0.9 && waited[1] >= 3.9, "1 s, then 4 s: {waited:?}");
    assert_eq!(clinic.vendor().sent_texts().await, ["Uno", "Dos", "Tres"]);
    clinic.vendor().has_nothing_twice().await;
}
