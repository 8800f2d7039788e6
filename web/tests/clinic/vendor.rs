//! The vendors' side: customers who write, what was accepted, misbehaviour on request, and webhooks made by hand.

use std::{collections::BTreeSet, time::Duration};

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use simulator::{Pace, signing};
use url::Url;

use super::until;

/// A customer.
pub const LUCIA: &str = "+51987412306";
const LUCIA_NAME: &str = "Lucía Paredes";

/// Meta and Twilio.
pub struct Vendor {
    sim: simulator::Running,
    http: Client,
    webhooks: Url,
}

impl Vendor {
    pub async fn start(url: &Url, change: impl FnOnce(&mut simulator::Settings)) -> Self {
        let mut settings = simulator::Settings {
            pace: Pace { sent: (1, 5), delivered: (5, 10), read: (10, 20) },
            // As patient as the real one, and quicker in coming back.
            redelivery: [100, 200, 400, 500]
                .into_iter()
                .chain([1000; 120])
                .map(Duration::from_millis)
                .collect(),
            ..simulator::Settings::demo(url.as_str())
        };
        change(&mut settings);
        let sim = simulator::start(settings).await.unwrap();
        Self { sim, http: Client::new(), webhooks: url.clone() }
    }

    pub fn graph_url(&self) -> Url {
        format!("{}/v26.0", self.sim.graph_url()).parse().unwrap()
    }

    pub fn twilio_url(&self) -> Url {
        self.sim.twilio_url().parse().unwrap()
    }

    async fn control(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let url = format!("{}/control/{path}", self.sim.url());
        let answer = self.http.post(url).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Lucía writes, and the product has taken it. The vendor's id of it.
    pub async fn lucia_writes(&self, text: &str) -> String {
        self.customer_writes(LUCIA, LUCIA_NAME, text).await
    }

    pub async fn customer_writes(&self, from: &str, name: &str, text: &str) -> String {
        let writing = json!({ "from": from, "name": name, "message": text, "wait_ms": 60_000 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }

    /// Somebody writes to a number of ours, by its name or number.
    pub async fn writes_to(&self, channel: &str, from: &str, name: &str, text: &str) {
        let writing =
            json!({ "channel": channel, "from": from, "name": name, "message": text, "wait_ms": 60_000 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// Something at Meta changes: a `number`, an `account`, a `token` or an `app`.
    pub async fn becomes(&self, what: &str, change: Value) {
        let (status, answer) = self.control(what, &change).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// The code that came to a number.
    pub async fn code_of(&self, number: &str) -> String {
        let url = format!("{}/control/numbers", self.sim.url());
        let all: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let wanted = digits(number);
        let is_it =
            |one: &&Value| one["display_phone_number"].as_str().map(digits).as_deref() == Some(&wanted);
        all.iter().find(is_it).unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// Lucía sends an SMS, by way of Twilio.
    pub async fn lucia_texts(&self, text: &str) {
        let writing = json!({ "channel": "Sonrisas SMS", "from": LUCIA, "message": text, "wait_ms": 60_000 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// The same with a file.
    pub async fn lucia_texts_with(&self, text: &str, media: &str) {
        let message = json!({ "type": "image", "image": { "id": media, "caption": text } });
        let writing =
            json!({ "channel": "Sonrisas SMS", "from": LUCIA, "message": message, "wait_ms": 60_000 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// Lucía writes by WhatsApp, by way of Twilio.
    pub async fn lucia_writes_by_twilio(&self, text: &str) {
        let channel = "Sonrisas WhatsApp (Twilio)";
        let writing = json!({ "channel": channel, "from": LUCIA, "message": text, "wait_ms": 60_000 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// A file that a customer will send: `image`, `voice`, `pdf` and the like. The vendor's id of it.
    pub async fn keeps(&self, sample: &str) -> String {
        let (status, answer) = self.control(&format!("media?sample={sample}"), &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }

    /// Lucía sends a message of any kind, and the product has taken it.
    pub async fn lucia_sends(&self, kind: &str, object: Value) {
        let mut message = json!({ "type": kind });
        message[kind] = object;
        let writing = json!({ "from": LUCIA, "name": LUCIA_NAME, "message": message, "wait_ms": 60_000 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// Whatever the vendor keeps is older by so many seconds.
    pub async fn ages(&self, seconds: u64) {
        let (status, answer) = self.control("time", &json!({ "advance_seconds": seconds })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// Where Meta's files are, too.
    pub fn graph_root(&self) -> String {
        self.sim.graph_url()
    }

    /// Lucía sends an SMS, which Twilio can't deliver to us.
    pub async fn lucia_texts_in_vain(&self, text: &str) {
        let writing = json!({ "channel": "Sonrisas SMS", "from": LUCIA, "message": text, "wait_ms": 0 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    }

    /// Lucía writes whatever is in a message of hers, and goes on without waiting.
    pub async fn lucia_drops(&self, text: &str) {
        let writing = json!({ "from": LUCIA, "name": LUCIA_NAME, "message": text, "wait_ms": 0 });
        let (status, answer) = self.control("inbound", &writing).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    }

    /// Everybody at the vendors behaves but for these.
    pub async fn misbehaves(&self, faults: Value) {
        let (status, answer) = self.control("faults", &faults).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// Meta's reviewers decide, or customers like a template or don't.
    pub async fn reviewer(&self, decision: Value) {
        let (status, answer) = self.control("templates", &decision).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// One call more is refused by this order, at once or late.
    pub async fn refuses_once(&self, order: Value) {
        let (status, answer) = self.control("fail", &order).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// What the vendors accepted, oldest first.
    pub async fn sent(&self) -> Vec<Value> {
        let url = format!("{}/control/sent", self.sim.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// The words of it.
    pub async fn sent_texts(&self) -> Vec<String> {
        self.sent().await.iter().map(|sent| sent["body"].as_str().unwrap().to_owned()).collect()
    }

    /// Where a picture can be fetched by anybody.
    pub async fn picture(&self) -> Url {
        let (status, kept) = self.control("media?sample=image", &json!({})).await;
        assert_eq!(status, StatusCode::OK, "{kept}");
        format!("{}/phone/media/{}", self.sim.url(), kept["id"].as_str().unwrap()).parse().unwrap()
    }

    /// Where the customers' phones are.
    pub fn root(&self) -> &str {
        self.sim.url()
    }

    /// Twilio holds this content, and WhatsApp approved it.
    pub async fn has_approved_content(&self, content: &Value) {
        let url = format!("{}/v1/Content", self.sim.twilio_url());
        let post = async |url: &str, body: &Value| -> Value {
            let call = self.http.post(url).basic_auth(testing::TWILIO_ACCOUNT, Some("demo-twilio-token"));
            let answer = call.json(body).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
            answer.json().await.unwrap()
        };
        let made = post(&url, content).await;
        let sid = made["sid"].as_str().unwrap();
        let asked = json!({ "name": content["friendly_name"], "category": "UTILITY" });
        post(&format!("{url}/{sid}/ApprovalRequests/whatsapp"), &asked).await;
        let (status, answer) = self.control("contents", &json!({ "sid": sid, "status": "approved" })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// How many things of this kind the vendors noted: `read`, `typing`…
    pub async fn noted(&self, kind: &str) -> usize {
        let url = format!("{}/control/events", self.sim.url());
        let events: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        events.iter().filter(|event| event["kind"] == kind).count()
    }

    /// Wait until so many were accepted.
    pub async fn until_sent(&self, wanted: usize) -> Vec<Value> {
        until(&format!("{wanted} accepted by the vendor"), || async {
            Some(self.sent().await).filter(|sent| sent.len() >= wanted)
        })
        .await
    }

    /// No message of ours was accepted twice: our own id stands beside each.
    pub async fn has_nothing_twice(&self) {
        let sent = self.sent().await;
        let ids: BTreeSet<&str> = sent.iter().map(|sent| sent["opaque"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), sent.len(), "{sent:?}");
    }

    /// A webhook made by hand, signed as Meta signs.
    pub async fn posts(&self, body: Vec<u8>) -> StatusCode {
        let signature = signing::meta("demo-app-secret", &body);
        self.posts_signed(body, Some(&signature)).await
    }

    /// The same with any signature or none.
    pub async fn posts_signed(&self, body: Vec<u8>, signature: Option<&str>) -> StatusCode {
        self.webhook(body, signature).send().await.unwrap().status()
    }

    /// A webhook for somebody who may not be there: `None` where nobody answers.
    pub async fn try_post(&self, body: Vec<u8>) -> Option<StatusCode> {
        let signature = signing::meta("demo-app-secret", &body);
        self.webhook(body, Some(&signature)).send().await.ok().map(|answer| answer.status())
    }

    fn webhook(&self, body: Vec<u8>, signature: Option<&str>) -> RequestBuilder {
        let request = self.http.post(self.webhooks.join("/webhooks/whatsapp").unwrap()).body(body);
        match signature {
            Some(signature) => request.header("x-hub-signature-256", signature),
            None => request,
        }
    }

    /// A webhook of Twilio, signed for the address it is told to be.
    pub async fn twilio_posts(
        &self,
        path: &str,
        form: &[(&str, &str)],
        signature: Option<&str>,
    ) -> StatusCode {
        let url = self.webhooks.join(path).unwrap();
        let pairs: Vec<(String, String)> =
            form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let genuine = signing::twilio("demo-twilio-token", url.as_str(), &pairs);
        let request =
            self.http.post(url).form(form).header("x-twilio-signature", signature.unwrap_or(&genuine));
        request.send().await.unwrap().status()
    }

    /// The same, signed with a shared key of the account, or with what is said to be one.
    pub async fn twilio_posts_with_key(
        &self,
        path: &str,
        form: &[(&str, &str)],
        id: &str,
        secret: &str,
    ) -> StatusCode {
        let url = self.webhooks.join(path).unwrap();
        let pairs: Vec<(String, String)> =
            form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let settings = format!("key={id},algorithm=HMAC_SHA256");
        let signature = signing::twilio_sha256(secret, url.as_str(), &pairs);
        let request = self.http.post(url).form(form).header("x-twilio-signature", signature);
        request.header("x-twilio-webhooks-signature-settings", settings).send().await.unwrap().status()
    }

    /// A webhook of Twilio as JSON, whose hash is part of the signed address.
    pub async fn twilio_posts_json(&self, path: &str, body: &Value, hash: &str) -> StatusCode {
        let url = self.webhooks.join(&format!("{path}?bodySHA256={hash}")).unwrap();
        let signature = signing::twilio("demo-twilio-token", url.as_str(), &[]);
        let request = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        request.header("x-twilio-signature", signature).send().await.unwrap().status()
    }
}
