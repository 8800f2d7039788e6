//! Nodes that wake each other, through Postgres and through a real NATS.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bandeja::state::AppState;

use crate::helpers::TestApp;

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where distributions put it: Debian outside the usual path of ordinary users.
const PROGRAMS: [&str; 2] = ["nats-server", "/usr/sbin/nats-server"];

/// A NATS server of our own, stopped with the value.
struct Nats {
    process: Child,
    port: u16,
}

impl Nats {
    fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port())
    }

    fn on(port: u16) -> Self {
        let process = PROGRAMS
            .into_iter()
            .find_map(|program| {
                let mut command = Command::new(program);
                command.args(["-a", "127.0.0.1", "-p", &port.to_string()]);
                command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
            })
            .unwrap_or_else(|| panic!("a NATS server is missing: apt-get install nats-server"));
        Self { process, port }
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Ring here until it is heard there: the first rings may come before both have joined the bus.
async fn is_heard(from: &AppState, to: &AppState) {
    let started = Instant::now();
    loop {
        from.wakes.send();
        let heard = tokio::time::timeout(Duration::from_millis(200), to.wakes.sender.notified()).await;
        if heard.is_ok() {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "the other node was not woken");
    }
}

#[tokio::test]
async fn nodes_wake_each_other_through_postgres() {
    let app = TestApp::new().await;
    let other = app.another_node().await;
    is_heard(&app.state, &other).await;
    is_heard(&other, &app.state).await;
}

#[tokio::test]
async fn nodes_wake_each_other_through_nats_and_after_it_was_away() {
    let nats = Nats::start();
    let app = TestApp::with(|settings| settings.bus.url = nats.url().into()).await;
    let other = app.another_node().await;
    is_heard(&app.state, &other).await;
    is_heard(&other, &app.state).await;

    let port = nats.port;
    drop(nats);
    let _again = Nats::on(port);
    is_heard(&app.state, &other).await;
}
