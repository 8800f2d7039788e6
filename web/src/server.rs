//! The HTTP server around the route table.

use std::{io, net::TcpListener};

use actix_web::{
    App, HttpServer,
    dev::Server,
    middleware::{Compress, from_fn},
    web::{self, Data, ServiceConfig},
};

use crate::{books, error, request_log, routes, security_headers, state::AppState};

/// Gives an app what its handlers take, and all routes.
pub fn configure(state: &AppState) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let state = state.clone();
    move |config| {
        config
            .app_data(Data::new(state.db.clone()))
            .app_data(Data::new(state.clock.clone()))
            .app_data(Data::from(state.auth.clone()))
            .app_data(Data::from(state.keyring.clone()))
            .app_data(Data::from(state.settings.clone()))
            .app_data(Data::new(state));
        routes::register(config);
        config.default_service(web::to(|| async { Err::<(), _>(error::PageError::NotFound) }));
    }
}

/// Serves on an open listener. The caller decides when it ends, with the handle of the returned server.
///
/// # Errors
/// When the listener can't be used.
pub fn run(listener: TcpListener, state: &AppState) -> io::Result<Server> {
    let settings = state.settings.server.clone();
    tokio::spawn(books::stay_alive(state.clone()));
    let state = state.clone();
    let server = HttpServer::new(move || {
        // Wrapped from the inside out.
        App::new()
            .configure(configure(&state))
            .wrap(from_fn(error::present))
            .wrap(from_fn(security_headers::add))
            .wrap(Compress::default())
            .wrap(from_fn(request_log::write))
    })
    .workers(settings.workers)
    .keep_alive(settings.keep_alive())
    .shutdown_timeout(settings.shutdown_seconds)
    // Frames are small and people wait for them: never held back to be sent together.
    .tcp_nodelay(true)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}
