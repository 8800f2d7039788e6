//! Twilio's webhooks: signed forms, retried only as the URL's fragment asks, all within 15 seconds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Progress, Reports, meta::answer, pause, wait};
use crate::{
    media::reach,
    settings::TwilioSignature,
    signing,
    sim::Sim,
    wire::twilio::{Form, encode, put},
};

const TOTAL: Duration = Duration::from_secs(15);

/// One form for the product.
pub struct Letter {
    /// The sender it is about.
    pub channel: String,
    /// The customer it is about.
    pub customer: String,
    /// The URL as the product gave it: signed over, and its fragment obeyed.
    pub url: String,
    /// The parameters.
    pub form: Form,
    /// Where it goes when that URL fails.
    pub fallback: Option<String>,
    /// Kind for the list of events.
    pub kind: &'static str,
    /// One line for the list of events.
    pub summary: String,
}

/// Which failures are tried again, and how often: the `#rc=…&rp=…` of a webhook URL.
#[derive(Debug, PartialEq, Eq)]
struct Policy {
    retries: usize,
    /// Longest wait for an answer to one attempt.
    patience: Duration,
    /// Longest time for all of them.
    total: Duration,
    connect: bool,
    read: bool,
    client_errors: bool,
    server_errors: bool,
}

impl Policy {
    fn of(url: &str) -> Self {
        let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
        let value = |name: &str| {
            url::form_urlencoded::parse(fragment.as_bytes())
                .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let retries = value("rc").and_then(|count| count.parse().ok()).unwrap_or(1).min(5);
        let which = value("rp").unwrap_or_else(|| "ct".to_owned());
        let has = |name: &str| which.split(',').any(|part| part == name || part == "all");
        let millis = |name: &str| {
            let given = value(name).and_then(|text| text.parse::<u64>().ok()).map(Duration::from_millis);
            given.map_or(TOTAL, |wait| wait.clamp(Duration::from_millis(100), TOTAL))
        };
        Self {
            retries,
            patience: millis("rt"),
            total: millis("tt"),
            connect: has("ct"),
            read: has("rt"),
            client_errors: has("4xx"),
            server_errors: has("5xx"),
        }
    }

    fn again(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Status(400..=499) => self.client_errors,
            Outcome::Status(500..) => self.server_errors,
            Outcome::Status(_) => false,
            Outcome::NotConnected => self.connect,
            Outcome::NotAnswered => self.read,
        }
    }
}

#[derive(Debug)]
enum Outcome {
    Status(u16),
    NotConnected,
    NotAnswered,
}

impl Outcome {
    fn status(&self) -> Option<u16> {
        if let Self::Status(status) = self { Some(*status) } else { None }
    }
}

/// Send a form off.
pub fn send(sim: &Arc<Sim>, letter: Letter) -> Reports {
    let (reports, progress) = mpsc::unbounded_channel();
    let turn = sim.couriers.turn(&letter.channel, &letter.customer);
    let pause = pause(sim);
    let carrier = Arc::clone(sim);
    sim.tasks.spawn(async move {
        let mine = wait(&carrier, turn, pause).await;
        deliver(&carrier, &letter, &reports, mine).await;
    });
    progress
}

async fn deliver<T>(sim: &Sim, letter: &Letter, reports: &mpsc::UnboundedSender<Progress>, turn: T) {
    let mut turn = Some(turn);
    let policy = Policy::of(&letter.url);
    let token = Uuid::from_bytes(sim.dice.bytes()).to_string();
    let begun = Instant::now();
    for attempts in 1.. {
        let started = Instant::now();
        let left = policy.total.saturating_sub(begun.elapsed()).min(policy.patience);
        let outcome = attempt(sim, letter, &letter.url, &letter.form, &token, left).await;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        turn.take();
        let accepted = matches!(outcome, Outcome::Status(200..=299));
        let again = !accepted
            && attempts <= policy.retries
            && policy.again(&outcome)
            && begun.elapsed() < policy.total;
        let kind = if accepted { letter.kind } else { "failed" };
        let summary = format!("{} · {} en {millis} ms", letter.summary, answer(outcome.status()));
        sim.journal.write(kind, &letter.channel, &letter.customer, summary, detail(&letter.form));
        let over = !again && (accepted || letter.fallback.is_none());
        // Whoever asked may have stopped listening.
        let _ = reports.send(Progress { status: outcome.status(), attempts, accepted, over, millis });
        if accepted {
            break;
        }
        if !again {
            if let Some(url) = &letter.fallback {
                fall_back(sim, letter, url, &outcome, reports, attempts).await;
            }
            return;
        }
        tokio::time::sleep(Duration::from_millis(sim.dice.between((50, 250)))).await;
    }
    if sim.dice.falls(sim.faults().duplicate) {
        tokio::time::sleep(Duration::from_millis(sim.dice.between((10, 150)))).await;
        let outcome = attempt(sim, letter, &letter.url, &letter.form, &token, TOTAL).await;
        let summary = format!("{} · {}", letter.summary, answer(outcome.status()));
        sim.journal.write("repeat", &letter.channel, &letter.customer, summary, detail(&letter.form));
    }
}

/// The second address of inbound messages: told what went wrong at the first (twilio.md §4).
async fn fall_back(
    sim: &Sim,
    letter: &Letter,
    url: &str,
    first: &Outcome,
    reports: &mpsc::UnboundedSender<Progress>,
    attempts: usize,
) {
    let mut form = letter.form.clone();
    let code = if first.status().is_some() { "11200" } else { "11205" };
    put(&mut form, "ErrorCode", code);
    put(&mut form, "ErrorUrl", letter.url.split('#').next().unwrap_or_default());
    let token = Uuid::from_bytes(sim.dice.bytes()).to_string();
    let started = Instant::now();
    let outcome = attempt(sim, letter, url, &form, &token, TOTAL).await;
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let accepted = matches!(outcome, Outcome::Status(200..=299));
    let summary = format!("{} · {} (respaldo)", letter.summary, answer(outcome.status()));
    let kind = if accepted { letter.kind } else { "failed" };
    sim.journal.write(kind, &letter.channel, &letter.customer, summary, detail(&form));
    // Whoever asked may have stopped listening.
    let _ = reports.send(Progress {
        status: outcome.status(),
        attempts: attempts + 1,
        accepted,
        over: true,
        millis,
    });
}

fn detail(form: &Form) -> Value {
    let fields: Map<String, Value> =
        form.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    Value::Object(fields)
}

async fn attempt(sim: &Sim, letter: &Letter, url: &str, form: &Form, token: &str, left: Duration) -> Outcome {
    let Ok(_place) = sim.couriers.in_flight.acquire().await else { return Outcome::NotConnected };
    let signed = url.split('#').next().unwrap_or_default();
    let mut request = sim
        .http
        .post(reach(sim, signed))
        .timeout(left)
        .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
        .header("user-agent", "TwilioProxy/1.1")
        .header("accept", "*/*")
        .header("i-twilio-idempotency-token", token);
    let signature = sim.twilio().signature.clone();
    request = match &signature {
        TwilioSignature::AuthToken => {
            let signature = signing::twilio(&sim.settings.twilio.auth_token, signed, form);
            request.header("x-twilio-signature", signature)
        }
        TwilioSignature::SharedKey { id, secret } => request
            .header("x-twilio-signature", signing::twilio_sha256(secret, signed, form))
            .header("x-twilio-webhooks-signature-settings", format!("key={id},algorithm=HMAC_SHA256")),
    };
    match request.body(encode(form)).send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            let xml = response.headers().get("content-type").is_some_and(|kind| {
                kind.to_str()
                    .is_ok_and(|kind| kind.starts_with("text/xml") || kind.starts_with("application/xml"))
            });
            // Reading to the end lets the connection be used again.
            let body = response.bytes().await.unwrap_or_default();
            debug(sim, letter, status, xml, &body);
            Outcome::Status(status)
        }
        Err(error) if error.is_connect() => Outcome::NotConnected,
        Err(_) => Outcome::NotAnswered,
    }
}

/// What Twilio's debugger would say about an answer to an inbound message (twilio.md §4).
fn debug(sim: &Sim, letter: &Letter, status: u16, xml: bool, body: &[u8]) {
    let code = match status {
        _ if letter.kind != "in" => return,
        200 if body.len() > 64 * 1024 => 11_750,
        200 if body.starts_with(b" ") || body.starts_with(b"\n") => 12_100,
        200 if !xml => 12_300,
        200 if !body.windows(9).any(|part| part == b"<Response") => 12_102,
        _ => return,
    };
    let summary = format!("{code} · {}", letter.summary);
    let detail = json!({ "code": code, "answer": String::from_utf8_lossy(&body[..body.len().min(500)]) });
    sim.journal.write("refused", &letter.channel, &letter.customer, summary, detail);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_only_a_refused_connection_is_tried_again() {
        let policy = Policy::of("https://inbox.example/webhooks/twilio/messages");
        assert!(policy.again(&Outcome::NotConnected));
        assert!(!policy.again(&Outcome::Status(503)));
        assert!(!policy.again(&Outcome::NotAnswered));
        assert_eq!(policy.retries, 1);
    }

    #[test]
    fn the_fragment_asks_for_more() {
        let policy = Policy::of("https://inbox.example/in#rc=5&rp=ct,rt,5xx");
        assert!(policy.again(&Outcome::Status(503)) && policy.again(&Outcome::NotAnswered));
        assert!(!policy.again(&Outcome::Status(404)));
        assert_eq!(policy.retries, 5);
        assert!(Policy::of("https://inbox.example/in#rp=all").again(&Outcome::Status(404)));
    }
}
