//! What stands before every endpoint of both vendors: the faults, and refusals ordered by `/control/fail`.

use std::{sync::Mutex, time::Duration};

use actix_web::{
    HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, Uri,
        header::{HeaderValue, RETRY_AFTER},
    },
    middleware::Next,
    web,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    graph::{self, errors::Refusal},
    sim::{Sim, lock},
    twilio::errors as twilio,
};

/// A refusal that was ordered.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// `meta` or `twilio`; without it, both.
    #[serde(default)]
    pub vendor: Option<String>,
    /// A piece of the path and query it is for; without it, any.
    #[serde(default)]
    pub path: Option<String>,
    /// `GET`, `POST` or `DELETE`; without it, any.
    #[serde(default)]
    pub method: Option<String>,
    /// The vendor's code.
    pub code: u32,
    /// Meta's second code.
    #[serde(default)]
    pub subcode: Option<u32>,
    /// HTTP status, where it isn't the usual one.
    #[serde(default)]
    pub status: Option<u16>,
    /// What is said about it.
    #[serde(default)]
    pub details: Option<String>,
    /// Not at once: the message is accepted, and fails with this code.
    #[serde(default)]
    pub late: bool,
    /// How often; without it, once.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// All orders that wait for their call.
#[derive(Default)]
pub struct Orders(Mutex<Vec<Order>>);

impl Orders {
    /// One more.
    pub fn add(&self, order: Order) {
        lock(&self.0).push(order);
    }

    /// Those that still wait.
    pub fn list(&self) -> Vec<Order> {
        lock(&self.0).clone()
    }

    /// Forget them.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The code with which the message just accepted by this vendor is to fail.
    pub fn late(&self, vendor: &str) -> Option<u32> {
        self.take(|order| order.late && of(order, vendor)).map(|order| order.code)
    }

    fn now(&self, vendor: &str, method: &Method, target: &str) -> Option<Order> {
        self.take(|order| {
            !order.late
                && of(order, vendor)
                && order.path.as_ref().is_none_or(|piece| target.contains(piece.as_str()))
                && order.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
        })
    }

    fn take(&self, wanted: impl Fn(&Order) -> bool) -> Option<Order> {
        let mut orders = lock(&self.0);
        let place = orders.iter().position(wanted)?;
        let order = orders.get_mut(place)?;
        order.times = order.times.saturating_sub(1);
        let taken = order.clone();
        if order.times == 0 {
            orders.remove(place);
        }
        Some(taken)
    }
}

fn of(order: &Order, vendor: &str) -> bool {
    order.vendor.as_ref().is_none_or(|wanted| wanted == vendor)
}

/// The gate of the Graph API.
pub async fn graph(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    pass(request, next, "meta").await
}

/// The gate of Twilio's APIs.
pub async fn twilio(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    pass(request, next, "twilio").await
}

async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    vendor: &'static str,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(sim) = request.app_data::<web::Data<Sim>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if let Some(millis) = sim.faults().answer_ms {
        tokio::time::sleep(Duration::from_millis(sim.dice.between(millis))).await;
    }
    let path = request.path().to_owned();
    if let Some(answer) = refusal(&sim, vendor, request.method(), request.uri()) {
        return Ok(request.into_response(answer));
    }
    let changes = request.method() != Method::GET;
    let answer = next.call(request).await?.map_into_boxed_body();
    let faults = sim.faults();
    if changes
        && answer.status().is_success()
        && faults.concerns(&path)
        && sim.dice.falls(faults.timeout_after_accept)
    {
        // Accepted, and the caller never hears of it; dropped when they hang up.
        tokio::time::sleep(Duration::from_secs(600)).await;
        let (request, _) = answer.into_parts();
        return Ok(ServiceResponse::new(request, HttpResponse::GatewayTimeout().finish()));
    }
    Ok(answer)
}

fn refusal(sim: &Sim, vendor: &str, method: &Method, uri: &Uri) -> Option<HttpResponse> {
    let faults = sim.faults();
    let path = uri.path();
    let ordered = sim.orders.now(vendor, method, &uri.to_string()).map(|order| {
        let details = order.details.clone().unwrap_or_else(|| "As ordered by /control/fail.".to_owned());
        if vendor == "meta" {
            let refusal =
                Refusal { status: order.status, subcode: order.subcode, ..Refusal::new(order.code, details) };
            (order.code, refusal.answer(&graph::trace(sim)))
        } else {
            let mut refusal = twilio::Refusal::new(order.code, details);
            refusal.status = order.status.unwrap_or(refusal.status);
            (order.code, refusal.answer())
        }
    });
    let answer = ordered.or_else(|| {
        if !faults.concerns(path) {
            return None;
        }
        if sim.dice.falls(faults.status_429) {
            return Some(too_many(sim, vendor, path, faults.retry_after));
        }
        sim.dice.falls(faults.status_500).then(|| broken(sim, vendor, path))
    });
    let (code, answer) = answer?;
    let summary = format!("{code} · {method} {path}");
    sim.journal.write("refused", "", "", summary, json!({ "code": code, "path": path }));
    Some(answer)
}

/// Messages have a rate of their own at Meta; everything else counts against the account.
fn too_many(sim: &Sim, vendor: &str, path: &str, after: Option<u64>) -> (u32, HttpResponse) {
    let (code, mut answer) = if vendor == "twilio" {
        (20_429, twilio::Refusal::new(20_429, "Too Many Requests").answer())
    } else {
        let (code, details) = if path.ends_with("messages") {
            (130_429, "Cloud API message throughput has been reached.")
        } else {
            (80_007, "There have been too many calls to this WhatsApp Business account.")
        };
        let refusal = Refusal { status: Some(429), ..Refusal::new(code, details) };
        (code, refusal.answer(&graph::trace(sim)))
    };
    if let Some(Ok(seconds)) = after.map(|seconds| HeaderValue::from_str(&seconds.to_string())) {
        answer.headers_mut().insert(RETRY_AFTER, seconds);
    }
    (code, answer)
}

fn broken(sim: &Sim, vendor: &str, path: &str) -> (u32, HttpResponse) {
    if vendor == "twilio" {
        return (20_500, twilio::Refusal::new(20_500, "Internal Server Error").answer());
    }
    let code = if path.ends_with("messages") { 131_000 } else { 131_016 };
    let refusal = Refusal::new(code, "An unknown error happened. Try again later.");
    (code, refusal.answer(&graph::trace(sim)))
}
