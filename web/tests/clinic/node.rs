//! One node of an installation: server, live pages and background work in this process.

use std::net::TcpListener;

use bandeja::{clock::Clock, server, state::AppState, worker};
use tokio::task::JoinHandle;
use url::Url;

use super::Ground;

/// A port that is ours already.
pub struct Place {
    listener: TcpListener,
    pub url: Url,
}

impl Place {
    pub fn free() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        Self { listener, url }
    }
}

/// A node that runs until it is dropped.
pub struct Node {
    pub state: AppState,
    pub url: Url,
    server: JoinHandle<std::io::Result<()>>,
    worker: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Node {
    pub async fn start(ground: &Ground, place: Place, clock: Clock) -> Self {
        let state = AppState::start(ground.settings.clone(), ground.db.clone(), clock).await.unwrap();
        let server = tokio::spawn(server::run(place.listener, &state).unwrap());
        let worker = Some(tokio::spawn(worker::run(state.clone())));
        Self { state, url: place.url, server, worker }
    }

    /// One more node, without background work.
    pub async fn that_only_serves(ground: &Ground) -> Self {
        let (place, settings) = (Place::free(), ground.settings.clone());
        let state = AppState::start(settings, ground.db.clone(), Clock::system()).await.unwrap();
        let server = tokio::spawn(server::run(place.listener, &state).unwrap());
        Self { state, url: place.url, server, worker: None }
    }

    /// One more node beside those that run: the same database and origin, a hub and a port of its own.
    pub async fn beside(ground: &Ground) -> Self {
        Self::start(ground, Place::free(), Clock::system()).await
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.state.stop.send_replace(true);
        self.server.abort();
        self.worker.iter().for_each(JoinHandle::abort);
    }
}
