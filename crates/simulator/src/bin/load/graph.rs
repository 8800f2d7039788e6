//! The smallest Graph API that takes messages: says yes at once and remembers what it was given.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use anyhow::Context as _;
use serde_json::{Value, json};
use simulator::wire::ids;

/// A message of ours as the vendor knows it.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The vendor's id.
    pub vendor_id: String,
    /// Ours, which statuses carry back.
    pub opaque: String,
    /// The customer.
    pub to: String,
}

type Inbox = Arc<Mutex<Vec<Accepted>>>;

/// The running stand-in.
pub struct Graph {
    accepted: Inbox,
    handle: ServerHandle,
}

impl Graph {
    /// Listen.
    ///
    /// # Errors
    /// When the address is taken.
    pub fn start(address: SocketAddr) -> anyhow::Result<Self> {
        let accepted = Inbox::default();
        let shared = web::Data::new(accepted.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/graph/{version}/{number}/messages", web::post().to(accept))
        })
        .workers(1)
        .disable_signals()
        .bind(address)
        .context("listen as the vendor")?
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self { accepted, handle })
    }

    /// How many messages came so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.accepted.lock().map_or(0, |accepted| accepted.len())
    }

    /// What came, once.
    #[must_use]
    pub fn take(&self) -> Vec<Accepted> {
        self.accepted.lock().map(|mut accepted| std::mem::take(&mut *accepted)).unwrap_or_default()
    }

    /// Listen no more.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

async fn accept(body: web::Json<Value>, accepted: web::Data<Inbox>) -> HttpResponse {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    // Marking as read and typing go to the same address.
    if text("to").is_empty() {
        return HttpResponse::Ok().json(json!({ "success": true }));
    }
    let to = text("to").trim_start_matches('+').to_owned();
    let vendor_id = ids::wamid(&to, rand::random());
    let answer = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": to, "wa_id": to }],
        "messages": [{ "id": vendor_id }],
    });
    if let Ok(mut accepted) = accepted.lock() {
        accepted.push(Accepted { vendor_id, opaque: text("biz_opaque_callback_data"), to });
    }
    HttpResponse::Ok().json(answer)
}
