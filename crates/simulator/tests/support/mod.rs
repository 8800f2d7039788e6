//! A small product: it verifies what it is sent with its own idea of the signatures, and keeps it.
#![allow(dead_code, reason = "each test program uses its own part of it")]
#![expect(clippy::unwrap_used, reason = "a broken product is a failed test")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use simulator::{Pace, Running, Settings};

pub const PHONE_ID: &str = "200000000000001";
pub const LUCIA: &str = "+51987412306";
pub const TWILIO: &str = "AC00000000000000000000000000000001";

/// Form parameters, in order of arrival.
pub type Form = Vec<(String, String)>;

/// A form that was posted.
struct Posted {
    uri: String,
    form: Form,
    token: String,
}

/// What the product got.
#[derive(Default)]
pub struct Inbox {
    bodies: Mutex<Vec<Value>>,
    paths: Mutex<Vec<String>>,
    forms: Mutex<Vec<Posted>>,
    refusals: AtomicUsize,
    bad_signatures: AtomicUsize,
    questions: AtomicUsize,
    public: Mutex<String>,
}

impl Inbox {
    /// All Meta bodies, in order of arrival.
    pub fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().clone()
    }

    /// The paths Meta's bodies were posted to.
    pub fn paths(&self) -> Vec<String> {
        self.paths.lock().unwrap().clone()
    }

    fn items(&self, list: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for body in self.bodies() {
            for change in body["entry"][0]["changes"].as_array().unwrap() {
                items.extend(change["value"][list].as_array().cloned().unwrap_or_default());
            }
        }
        items
    }

    /// All inbound messages, repeated ones too.
    pub fn messages(&self) -> Vec<Value> {
        self.items("messages")
    }

    /// The statuses of one message, by name, in order of arrival.
    pub fn statuses(&self, id: &str) -> Vec<Value> {
        self.items("statuses").into_iter().filter(|status| status["id"] == id).collect()
    }

    /// Forms posted to a path.
    pub fn forms(&self, path: &str) -> Vec<Form> {
        let forms = self.forms.lock().unwrap();
        forms.iter().filter(|posted| posted.uri == path).map(|posted| posted.form.clone()).collect()
    }

    /// The idempotency tokens of the forms posted to a path.
    pub fn tokens(&self, path: &str) -> Vec<String> {
        let forms = self.forms.lock().unwrap();
        forms.iter().filter(|posted| posted.uri == path).map(|posted| posted.token.clone()).collect()
    }

    pub fn bad_signatures(&self) -> usize {
        self.bad_signatures.load(Ordering::SeqCst)
    }

    pub fn questions(&self) -> usize {
        self.questions.load(Ordering::SeqCst)
    }

    /// Answer the next webhooks with 503.
    pub fn refuse_next(&self, count: usize) {
        self.refusals.store(count, Ordering::SeqCst);
    }

    fn refuses(&self) -> bool {
        self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

/// A product and a simulator that talk to each other.
pub struct World {
    pub inbox: Arc<Inbox>,
    pub sim: Running,
    pub http: reqwest::Client,
    product: ServerHandle,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let inbox = Arc::new(Inbox::default());
        let shared = web::Data::from(Arc::clone(&inbox));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/webhooks/whatsapp", web::get().to(question))
                .route("/webhooks/whatsapp", web::post().to(meta))
                .route("/webhooks/twilio/{what}", web::post().to(twilio))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let product = server.handle();
        tokio::spawn(server);
        let mut settings = Settings {
            public_url: Some("https://inbox.example.com".to_owned()),
            pace: Pace { sent: (1, 5), delivered: (5, 10), read: (10, 20) },
            redelivery: [50, 100, 100, 100].map(Duration::from_millis).to_vec(),
            ..Settings::demo(&base)
        };
        change(&mut settings);
        *inbox.public.lock().unwrap() = settings.public_base().to_owned();
        let sim = simulator::start(settings).await.unwrap();
        Self { inbox, sim, http: reqwest::Client::new(), product }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sim.url())
    }

    pub async fn control(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.http.post(self.url(&format!("/control/{path}"))).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn look(&self, path: &str) -> Value {
        self.http.get(self.url(path)).send().await.unwrap().json().await.unwrap()
    }

    /// Lucía writes to the number at Meta; answers the id of her message.
    pub async fn lucia_writes(&self, text: &str) -> String {
        let (status, answer) = self.control("inbound", json!({ "from": LUCIA, "message": text })).await;
        assert_eq!(status, 200, "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }

    /// The business calls `messages` of its number.
    pub async fn call(&self, body: &Value) -> (u16, Value) {
        let url = self.url(&format!("/graph/v26.0/{PHONE_ID}/messages"));
        let answer = self.http.post(url).bearer_auth("demo-access-token").json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The business sends a text; answers the id.
    pub async fn reply(&self, to: &str, text: &str) -> String {
        let (status, answer) = self.call(&text_to(to, text)).await;
        assert_eq!(status, 200, "{answer}");
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The business posts to Twilio's `Messages.json`.
    pub async fn twilio(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let url = self.url(&format!("/twilio/2010-04-01/Accounts/{TWILIO}/Messages.json"));
        let call = self.http.post(url).basic_auth(TWILIO, Some("demo-twilio-token")).form(form);
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Wait until the statuses of a message are these, in this order.
    pub async fn statuses_become(&self, id: &str, wanted: &[&str]) -> Vec<Value> {
        until(|| {
            let statuses = self.inbox.statuses(id);
            let names: Vec<&str> = statuses.iter().map(|status| status["status"].as_str().unwrap()).collect();
            (names == wanted).then_some(statuses)
        })
        .await
        .unwrap_or_else(|| panic!("statuses: {:?}", self.inbox.statuses(id)))
    }

    pub async fn end(self) {
        assert_eq!(self.inbox.bad_signatures(), 0, "every webhook was signed");
        self.sim.stop().await;
        self.product.stop(false).await;
    }
}

pub fn text_to(to: &str, text: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "to": to, "type": "text", "text": { "body": text } })
}

/// Look again and again for up to five seconds.
pub async fn until<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(5) {
        if let Some(found) = look() {
            return Some(found);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    None
}

async fn question(inbox: web::Data<Inbox>, request: HttpRequest) -> HttpResponse {
    inbox.questions.fetch_add(1, Ordering::SeqCst);
    let query = request.query_string();
    if !query.contains("hub.mode=subscribe") || !query.contains("hub.verify_token=demo-verify-token") {
        return HttpResponse::Forbidden().finish();
    }
    let challenge = query.split('&').find_map(|pair| pair.strip_prefix("hub.challenge=")).unwrap();
    HttpResponse::Ok().body(challenge.to_owned())
}

async fn meta(inbox: web::Data<Inbox>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(b"demo-app-secret").unwrap();
    mac.update(&body);
    let expected = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    if request.headers().get("x-hub-signature-256").unwrap().to_str().unwrap() != expected {
        inbox.bad_signatures.fetch_add(1, Ordering::SeqCst);
        return HttpResponse::Unauthorized().finish();
    }
    assert!(body.is_ascii(), "everything outside ASCII is escaped");
    if inbox.refuses() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    inbox.paths.lock().unwrap().push(request.uri().to_string());
    inbox.bodies.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    HttpResponse::Ok().finish()
}

async fn twilio(inbox: web::Data<Inbox>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let form: Form = url::form_urlencoded::parse(&body).into_owned().collect();
    let mut sorted = form.clone();
    sorted.sort();
    sorted.dedup();
    let mut text = format!("{}{}", inbox.public.lock().unwrap(), request.uri());
    for (name, value) in &sorted {
        text.push_str(name);
        text.push_str(value);
    }
    let signature =
        |header: &str| request.headers().get(header).map(|value| value.to_str().unwrap().to_owned());
    let bytes = if signature("x-twilio-webhooks-signature-settings").is_some() {
        let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(b"shared-secret").unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    } else {
        let mut mac = <Hmac<sha1::Sha1> as KeyInit>::new_from_slice(b"demo-twilio-token").unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    if signature("x-twilio-signature") != Some(STANDARD.encode(bytes)) {
        inbox.bad_signatures.fetch_add(1, Ordering::SeqCst);
        return HttpResponse::Forbidden().finish();
    }
    let token = signature("i-twilio-idempotency-token").unwrap();
    inbox.forms.lock().unwrap().push(Posted { uri: request.uri().to_string(), form, token });
    if inbox.refuses() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::Ok().content_type("text/xml").body("<Response/>")
}
