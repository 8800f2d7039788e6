//! Starting and stopping.

use std::{io, net::SocketAddr, sync::Arc};

use actix_web::{
    App, HttpResponse, HttpServer,
    body::MessageBody,
    dev::{ServerHandle, ServiceRequest, ServiceResponse},
    http::Method,
    middleware::{Next, from_fn},
    web,
};

use crate::{control, gate, graph, phone, settings::Settings, sim::Sim, twilio};

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("the simulator could not listen")]
    Listen(#[source] io::Error),
    /// The HTTP client for webhooks could not be built.
    #[error("the simulator could not build its HTTP client")]
    Client(#[source] reqwest::Error),
}

/// A simulator that runs; dropping it leaves it running, as long as its runtime does.
pub struct Running {
    addr: SocketAddr,
    sim: Arc<Sim>,
    handle: ServerHandle,
    server: tokio::task::JoinHandle<io::Result<()>>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Base URL of the Graph stand-in: what a channel's vendor URL is set to.
    #[must_use]
    pub fn graph_url(&self) -> String {
        format!("{}/graph", self.sim.own_url)
    }

    /// Base URL of the Twilio stand-in.
    #[must_use]
    pub fn twilio_url(&self) -> String {
        format!("{}/twilio", self.sim.own_url)
    }

    /// Base URL of everything else, the phone page first.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.sim.own_url
    }

    /// Stop: no answer, webhook or status is waited for.
    pub async fn stop(self) {
        self.sim.tasks.stop();
        self.handle.stop(false).await;
        // What the server still had to say no longer matters.
        let _ = self.server.await;
    }
}

/// A page of some other site, open in the same browser, must not play with a simulator on this machine.
async fn refuse_other_sites(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let cross = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if cross && request.method() != Method::GET {
        return Ok(request.into_response(HttpResponse::Forbidden().finish()).map_into_boxed_body());
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Start a simulator on the current tokio runtime.
///
/// # Errors
/// If the address can't be listened on, or the client can't be built.
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    let listener = std::net::TcpListener::bind(settings.listen).map_err(StartError::Listen)?;
    let addr = listener.local_addr().map_err(StartError::Listen)?;
    let own_url = settings.own_url.clone().unwrap_or_else(|| format!("http://{addr}"));
    let sim = Sim::new(settings, own_url.trim_end_matches('/').to_owned()).map_err(StartError::Client)?;
    let shared = web::Data::from(Arc::clone(&sim));
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(refuse_other_sites))
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(32 * 1024 * 1024))
            .app_data(web::JsonConfig::default().limit(1024 * 1024))
            .service(web::scope("/graph").wrap(from_fn(gate::graph)).configure(graph::routes))
            .service(web::scope("/twilio").wrap(from_fn(gate::twilio)).configure(twilio::routes))
            .service(web::scope("/control").configure(control::routes))
            .configure(phone::routes)
    })
    .workers(2)
    .disable_signals()
    // A caller who hangs up during a held answer is gone, and so is the answer.
    .h1_allow_half_closed(false)
    .listen(listener)
    .map_err(StartError::Listen)?
    .run();
    let handle = server.handle();
    let server = tokio::spawn(server);
    tracing::info!(%addr, "the simulator listens on {addr}");
    Ok(Running { addr, sim, handle, server })
}
