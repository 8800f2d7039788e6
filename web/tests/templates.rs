//! Templates: written, reviewed by the vendor, and picked when the reply window is closed.

use chrono::Utc;
use reqwest::{Method, StatusCode};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::{
    clinic::{Clinic, LUCIA, Person, meta, one, until},
    helpers::Answer,
};

/// An admin at the builder.
struct Builder<'a> {
    clinic: &'a Clinic,
    who: Person,
    csrf: String,
}

impl<'a> Builder<'a> {
    async fn at(clinic: &'a Clinic) -> Self {
        let who = clinic.ground.world.admin("Alonso").await;
        let mut who = clinic.ground.welcome(&clinic.node.url, "Alonso", who).await;
        let page = who.get("/me").await.is(StatusCode::OK).body;
        let (_, rest) = page.split_once("<meta name=\"csrf\" content=\"").unwrap();
        let csrf = rest.split_once('"').unwrap().0.to_owned();
        Self { clinic, who, csrf }
    }

    fn base(&self) -> String {
        format!("/admin/channels/{}/templates", self.clinic.ground.world.whatsapp)
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.who.browser.request(method, &format!("{}{path}", self.base()));
        let request = crate::helpers::by_script(request).header("x-csrf", &self.csrf);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.who.browser.send(request).await
    }

    /// A draft that is saved; its id.
    async fn writes(&mut self, name: &str, body: &str) -> String {
        let answer = self.ask(Method::POST, "", Some(&draft(name, body))).await.is(StatusCode::OK);
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        answer["id"].as_str().unwrap().to_owned()
    }

    async fn submits(&mut self, id: &str) -> Answer {
        self.ask(Method::POST, &format!("/{id}/submit"), None).await
    }

    async fn becomes(&self, id: &str, status: &str) {
        let sql = format!("select count(*) from template where id = '{id}' and status = '{status}'");
        self.clinic.until_count(&sql, 1).await;
    }

    async fn list(&mut self) -> String {
        let path = self.base();
        self.who.get(&path).await.is(StatusCode::OK).body
    }
}

const WORDS: &str = "Hola {{1}}, tu evaluación de alineadores ya está lista. Te esperamos.";

fn draft(name: &str, body: &str) -> Value {
    json!({
        "name": name, "language": "es", "category": "UTILITY", "format": "POSITIONAL",
        "definition": {
            "body": { "text": body, "samples": [{ "text": "Lucía" }] },
            "footer": "Clínica Dental Sonrisas",
            "buttons": [{ "button": "quick_reply", "text": "Sí, quiero agendar" }],
        },
    })
}

fn picked(template: &str, values: &[&str]) -> Value {
    let body: Vec<Value> = values.iter().map(|value| json!({ "name": "1", "text": value })).collect();
    json!({ "client_id": uuid::Uuid::now_v7(), "content": {
        "kind": "template", "template": template, "name": "", "language": "", "body": body,
        "shown": { "body": "whatever the browser says it reads" },
    } })
}

#[tokio::test]
async fn a_template_is_written_approved_picked_in_a_closed_window_and_arrives() {
    let clinic = Clinic::open().await;
    let mut alonso = Builder::at(&clinic).await;
    let id = alonso.writes("evaluacion_lista", WORDS).await;
    assert!(alonso.list().await.contains("Borrador"));
    alonso.submits(&id).await.is(StatusCode::NO_CONTENT);
    alonso.becomes(&id, "APPROVED").await;

    let valeria = clinic.agent("Valeria").await;
    let yesterday = Utc::now().timestamp() - 25 * 3600;
    let wrote = meta::messages(&[meta::text(LUCIA.trim_start_matches('+'), "wamid.1", yesterday, "Hola")]);
    assert_eq!(clinic.vendor().posts(wrote).await, StatusCode::OK);
    let mut page = valeria.opens(clinic.held_conversation().await).await;
    let talk = page.talk.unwrap();
    page.replies(talk, "¿Sigues ahí?").await.is(StatusCode::CONFLICT);
    let picker = page.gets(&format!("/conversations/{talk}/templates")).await.is(StatusCode::OK).body;
    assert!(picker.contains(&id) && picker.contains("evaluacion_lista"), "{picker}");

    let messages = format!("/conversations/{talk}/messages");
    page.posts_json(&messages, &picked(&id, &[])).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    page.posts_json(&messages, &picked(&id, &["Lucía"])).await.is(StatusCode::CREATED);
    let read = "Hola Lucía, tu evaluación de alineadores ya está lista. Te esperamos.";
    page.until("the bubble", |page| page.shown.thread.iter().any(|entry| entry.contains(read))).await;
    let sent = clinic.vendor().until_sent(1).await;
    assert_eq!(sent[0]["body"], read);

    alonso.clinic.vendor().reviewer(json!({ "name": "evaluacion_lista", "quality": "RED" })).await;
    alonso.becomes(&id, "PAUSED").await;
    page.posts_json(&messages, &picked(&id, &["Lucía"])).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let picker = page.gets(&format!("/conversations/{talk}/templates")).await.body;
    assert!(!picker.contains(&id), "what is paused can't be picked");
    assert!(alonso.list().await.contains("Pausada por baja calidad"));
}

#[tokio::test]
async fn a_list_whose_cursor_went_stale_is_read_again_from_its_beginning_once() {
    let clinic = Clinic::open().await;
    let mut alonso = Builder::at(&clinic).await;
    let account = format!(
        "account_key = (select account_key from channel where id = '{}')",
        clinic.ground.world.whatsapp
    );
    // The first list is asked for by itself.
    let listed = format!("select count(*) from template_sync where finished_at is not null and {account}");
    clinic.until_count(&listed, 1).await;
    clinic.vendor().reviewer(json!({ "name": "confirmacion_cita", "count": 120 })).await;
    let stale = |times: u32| json!({ "vendor": "meta", "path": "after=", "method": "GET", "code": 131_059, "times": times });
    let came = format!("select count(*) from template where name like 'confirmacion_cita%' and {account}");
    let before = clinic.count(&came).await;

    clinic.vendor().refuses_once(stale(2)).await;
    alonso.ask(Method::POST, "/sync", None).await;
    let failed = "select count(*) from template_sync where error like '%131059%'";
    clinic.until_count(failed, 1).await;
    assert_eq!(clinic.count(&came).await, before, "half a list is none");

    clinic.vendor().refuses_once(stale(1)).await;
    alonso.ask(Method::POST, "/sync", None).await;
    clinic.until_count(failed, 0).await;
    clinic.until_count(&came, before + 120).await;
}

#[tokio::test]
async fn a_rejection_is_shown_with_its_reason_and_a_refusal_with_metas_sentence() {
    let clinic = Clinic::open().await;
    let mut alonso = Builder::at(&clinic).await;
    let id = alonso.writes("oferta_rechazada_promo", WORDS).await;
    alonso.submits(&id).await.is(StatusCode::NO_CONTENT);
    alonso.becomes(&id, "REJECTED").await;
    let list = alonso.list().await;
    assert!(list.contains("Rechazada: contenido promocional"), "{list}");
    assert!(list.contains("Corregir y reenviar"));

    let flawed = alonso.writes("sin_cuerpo", "{{1}} hola").await;
    alonso.submits(&flawed).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    alonso.becomes(&flawed, "DRAFT").await;

    // Somebody made the same one at the vendor, and we have not heard of it yet.
    let asked = Utc::now().to_rfc3339();
    alonso.ask(Method::POST, "/sync", None).await.is(StatusCode::SEE_OTHER);
    let listed = format!(
        "select count(*) from template_sync
         where account_key like 'waba:%' and finished_at > '{asked}'"
    );
    clinic.until_count(&listed, 1).await;
    let forget = "delete from template where name = 'recordatorio_cita'";
    clinic.ground.db.execute_unprepared(forget).await.unwrap();
    let twin = alonso.writes("recordatorio_cita", "Hola {{1}}, otra vez te esperamos en la clínica.").await;
    let refused = alonso.submits(&twin).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("There is already es content"), "Meta's own sentence: {}", refused.body);
    alonso.becomes(&twin, "DRAFT").await;
    assert!(alonso.list().await.contains("El proveedor no la aceptó"));
    assert_eq!(alonso.ask(Method::DELETE, &format!("/{twin}"), None).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_vendors_list_is_taken_over_and_a_coming_category_announced() {
    let clinic = Clinic::open().await;
    let mut alonso = Builder::at(&clinic).await;
    clinic.vendor().reviewer(json!({ "name": "mas", "count": 130 })).await;
    alonso.ask(Method::POST, "/sync", None).await.is(StatusCode::SEE_OTHER);
    let sql = "select count(*) from template where status = 'APPROVED'";
    until("all pages of the list", || async { (clinic.count(sql).await > 130).then_some(()) }).await;
    clinic.vendor().reviewer(json!({ "name": "recordatorio_cita", "language": "es", "category": "MARKETING", "announced": true })).await;
    clinic.until_count("select count(*) from template where coming_category = 'MARKETING'", 1).await;
    assert!(alonso.list().await.contains("Cambiará a Marketing"));
    let id: uuid::Uuid = one(
        &clinic.ground.db,
        "select id from template where name = 'recordatorio_cita' and language = 'es' and account_key like 'waba:%'",
    )
    .await
    .unwrap();
    alonso.ask(Method::DELETE, &format!("/{id}"), None).await.is(StatusCode::NO_CONTENT);
    alonso.becomes(&id.to_string(), "DELETED").await;
}

#[tokio::test]
async fn agents_read_templates_and_write_none() {
    let clinic = Clinic::open().await;
    let mut alonso = Builder::at(&clinic).await;
    let id = alonso.writes("borrador", WORDS).await;
    let valeria = clinic.agent("Valeria").await;
    let page = valeria.opens_inbox().await;
    let path = alonso.base();
    page.gets(&path).await.is(StatusCode::OK);
    let shown = page.gets(&format!("{path}/{id}")).await.is(StatusCode::OK);
    assert!(!shown.body.contains("tpl-submit"));
    page.posts_json(&path, &draft("otra", WORDS)).await.is(StatusCode::FORBIDDEN);
    page.gets(&format!("{path}/new")).await.is(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn for_a_time_after_the_window_a_template_is_planned_and_goes_out() {
    let clinic = Clinic::open().await;
    let mut alonso = Builder::at(&clinic).await;
    let id = alonso.writes("recordatorio_planeado", WORDS).await;
    alonso.submits(&id).await.is(StatusCode::NO_CONTENT);
    alonso.becomes(&id, "APPROVED").await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let page = valeria.opens(talk).await;
    let words = page.gets(&format!("/conversations/{talk}/later")).await.is(StatusCode::OK).body;
    assert!(words.contains("data-closes="), "{words}");
    let dialog =
        page.gets(&format!("/conversations/{talk}/later?template=true")).await.is(StatusCode::OK).body;
    assert!(dialog.contains("a cualquier hora") && !dialog.contains("data-closes="), "{dialog}");

    let at = (Utc::now().with_timezone(&chrono_tz::America::Lima) + chrono::TimeDelta::hours(30))
        .format("%Y-%m-%dT%H:%M")
        .to_string();
    let mut plan = picked(&id, &["Lucía"]);
    plan["at"] = json!(at);
    page.posts_json(&format!("/conversations/{talk}/planned"), &plan).await.is(StatusCode::CREATED);
    // Its time comes after the window has closed.
    clinic.change("update conversation set window_until = now() - interval '1 minute'").await;
    clinic.change("update planned set due_at = now()").await;
    let sent = clinic.vendor().until_sent(1).await;
    assert_eq!(sent[0]["body"], WORDS.replace("{{1}}", "Lucía"), "{sent:?}");
}
