//! The real program, killed in the worst moments. What was acknowledged survives, and nothing is said twice.

use std::{net::TcpListener, process::Stdio, time::Duration};

use chrono::Utc;
use futures_util::{StreamExt as _, stream};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::json;
use testing::TestDb;
use tokio::process::{Child, Command};
use url::Url;

use crate::clinic::{Ground, LUCIA, Person, count, meta, one, until};

/// The clinic, and the address its one program is reached at.
struct House {
    ground: Ground,
    url: Url,
    folder: std::path::PathBuf,
}

impl House {
    async fn build() -> Self {
        let test = TestDb::new().await;
        let (database, db) = (test.url().to_owned(), test.db().clone());
        let url: Url = format!("http://127.0.0.1:{}/", free_port()).parse().unwrap();
        let ground = Ground::lay(Box::new(test), &database, db, url.clone(), |_| {}).await;
        let folder = std::env::temp_dir().join(format!("bandeja-kill-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).unwrap();
        Self { ground, url, folder }
    }

    /// The program, once it is ready to serve.
    async fn start(&self, works: bool) -> Child {
        let settings = &self.ground.settings;
        let database = settings.database.url.as_ref().unwrap().expose_secret();
        let child = Command::new(env!("CARGO_BIN_EXE_bandeja"))
            .arg("serve")
            // Where no settings of whoever runs the tests lie about.
            .current_dir(&self.folder)
            .env("DATABASE_URL", database)
            .env("BANDEJA_SERVER__BIND", format!("127.0.0.1:{}", self.url.port().unwrap()))
            .env("BANDEJA_SERVER__PUBLIC_URLS", format!("[\"{}\"]", self.url))
            .env("BANDEJA_SERVER__WORKERS", "1")
            .env("BANDEJA_AUTH__SECOND_FACTOR", "nobody")
            .env("BANDEJA_KEYS__CURRENT", settings.keys.current.as_ref().unwrap().expose_secret())
            .env("BANDEJA_VENDORS__WHATSAPP_URL", settings.vendors.whatsapp_url.as_str())
            .env("BANDEJA_VENDORS__TWILIO_URL", settings.vendors.twilio_url.as_str())
            .env("BANDEJA_AUTH__ARGON2_MEMORY_KIB", "64")
            .env("BANDEJA_AUTH__ARGON2_PASSES", "1")
            .env("BANDEJA_DATABASE__ACQUIRE_SECONDS", "30")
            .env("BANDEJA_LOG__FILTER", "warn")
            .env("BANDEJA_WORKER__IN_SERVE", works.to_string())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let ready = self.url.join("/health/ready").unwrap();
        until("the program is ready", || async {
            reqwest::get(ready.clone()).await.ok().filter(|answer| answer.status() == StatusCode::OK)
        })
        .await;
        child
    }

    async fn valeria(&self) -> Person {
        let who = self.ground.world.agent("Valeria", 8).await;
        self.ground.welcome(&self.url, "Valeria", who).await
    }

    async fn count(&self, sql: &str) -> i64 {
        count(&self.ground.db, sql).await
    }

    async fn until_count(&self, sql: &str, wanted: i64) {
        until(&format!("{wanted}: {sql}"), || async { (self.count(sql).await == wanted).then_some(()) })
            .await;
    }

    /// Leases of the one that was killed run out.
    async fn two_minutes_go_by(&self) {
        self.ground.run("update lease set until = until - interval '2 minutes'").await;
        self.ground.run("update delivery set lease_until = lease_until - interval '2 minutes'").await;
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // What stays behind is an empty folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A port that the system gives to nobody by itself, so that it is still free after the program was killed.
fn free_port() -> u16 {
    std::iter::repeat_with(|| rand::random_range(20_000..32_000))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

async fn kill(mut program: Child) {
    // SIGKILL: no handler, no goodbye.
    program.kill().await.unwrap();
}

fn message(n: i64) -> Vec<u8> {
    let from = format!("5198700{:04}", n % 8);
    meta::messages(&[meta::text(
        &from,
        &format!("wamid.{n}"),
        Utc::now().timestamp(),
        &format!("mensaje {n}"),
    )])
}

#[tokio::test]
async fn what_was_acknowledged_before_the_kill_is_applied_after_it() {
    let house = House::build().await;
    let program = house.start(false).await;
    let valeria = house.valeria().await;
    for n in 0..5 {
        let at = Utc::now().timestamp();
        let body =
            meta::text(LUCIA.trim_start_matches('+'), &format!("wamid.{n}"), at, &format!("mensaje {n}"));
        assert_eq!(house.ground.vendor.posts(meta::messages(&[body])).await, StatusCode::OK);
    }
    assert_eq!(house.count("select count(*) from receipt where state = 'new'").await, 5);
    kill(program).await;

    let _program = house.start(true).await;
    house.until_count("select count(*) from message", 5).await;
    house.until_count("select count(*) from conversation where state = 'assigned'", 1).await;
    let talk = one(&house.ground.db, "select id from conversation").await.unwrap();
    let mut page = valeria.opens(talk).await;
    assert_eq!(page.bubbles(), ["mensaje 0", "mensaje 1", "mensaje 2", "mensaje 3", "mensaje 4"]);
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn killed_under_load_every_webhook_counts_once() {
    let house = House::build().await;
    let program = house.start(true).await;
    let vendor = &house.ground.vendor;
    // Six at a time, until the line breaks.
    let mut posts = stream::iter(0..10_000).map(async |n| (n, vendor.try_post(message(n)).await)).buffered(6);
    let mut taken = Vec::new();
    let mut program = Some(program);
    while let Some((n, status)) = posts.next().await {
        match status {
            Some(StatusCode::OK) => taken.push(n),
            _ => break,
        }
        if taken.len() == 100 {
            kill(program.take().unwrap()).await;
        }
    }
    drop(posts);
    assert!(taken.len() >= 100);

    // The vendor repeats what was not acknowledged, and a few that were.
    let _program = house.start(true).await;
    for n in 90..taken.len() as i64 + 10 {
        assert_eq!(vendor.posts(message(n)).await, StatusCode::OK);
    }
    house.until_count("select count(*) from receipt where state = 'new'", 0).await;
    house.until_count("select count(*) from message", taken.len() as i64 + 10).await;
    assert_eq!(house.count("select count(*) from conversation").await, 8);
    assert_eq!(
        house.count("select sum(inbound_count)::bigint from conversation").await,
        taken.len() as i64 + 10
    );
}

#[tokio::test]
async fn killed_while_the_vendor_is_called_a_message_is_uncertain_and_never_repeated() {
    let house = House::build().await;
    let vendor = &house.ground.vendor;
    let program = house.start(true).await;
    let valeria = house.valeria().await;
    vendor.lucia_writes("Hola").await;
    house.until_count("select count(*) from conversation where state = 'assigned'", 1).await;
    let talk = one(&house.ground.db, "select id from conversation").await.unwrap();
    let page = valeria.opens(talk).await;
    vendor.misbehaves(json!({ "timeout_after_accept": 1.0, "lose_status": 1.0 })).await;
    page.replies(talk, "¿Llegó?").await.is(StatusCode::CREATED);
    let sent = vendor.until_sent(1).await;
    assert_eq!(house.count("select count(*) from delivery_attempt where finished_at is null").await, 1);
    kill(program).await;

    vendor.misbehaves(json!({ "lose_status": 1.0 })).await;
    house.two_minutes_go_by().await;
    let _program = house.start(true).await;
    let mut page = valeria.opens(talk).await;
    page.until("uncertain", |page| page.shows_ticks("¿Llegó?", "class=\"unsure\"")).await;
    // What comes after goes its way, so whatever would have been repeated has been.
    page.replies(talk, "¿Y esto?").await.is(StatusCode::CREATED);
    page.until("a tick", |page| page.shows_ticks("¿Y esto?", "#i-check\"")).await;
    assert_eq!(vendor.sent_texts().await, ["¿Llegó?", "¿Y esto?"]);
    assert!(page.shows_ticks("¿Llegó?", "class=\"unsure\""));
    vendor.has_nothing_twice().await;

    let (id, ours) = (sent[0]["vendor_id"].as_str().unwrap(), sent[0]["opaque"].as_str().unwrap());
    let report = meta::statuses(&[meta::status(id, "delivered", Utc::now().timestamp(), Some(ours))]);
    assert_eq!(vendor.posts(report).await, StatusCode::OK);
    page.until("settled", |page| page.shows_ticks("¿Llegó?", "#i-check-check")).await;
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn a_reply_that_was_taken_before_the_kill_is_sent_after_it_and_once() {
    let house = House::build().await;
    let program = house.start(true).await;
    let valeria = house.valeria().await;
    house.ground.vendor.lucia_writes("Hola").await;
    house.until_count("select count(*) from conversation where state = 'assigned'", 1).await;
    kill(program).await;
    let program = house.start(false).await;
    let talk = one(&house.ground.db, "select id from conversation").await.unwrap();
    let page = valeria.opens(talk).await;
    let click = uuid::Uuid::now_v7().to_string();
    page.replies_as(talk, "Ya te atiendo", &click).await.is(StatusCode::CREATED);
    kill(program).await;
    assert!(house.ground.vendor.sent().await.is_empty());

    house.two_minutes_go_by().await;
    let _program = house.start(true).await;
    // The page was not sure either and sends the same click again.
    let mut page = valeria.opens(talk).await;
    page.replies_as(talk, "Ya te atiendo", &click).await.is(StatusCode::CREATED);
    page.until("ticks", |page| page.shows_ticks("Ya te atiendo", "class=\"read\"")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(house.ground.vendor.sent_texts().await, ["Ya te atiendo"]);
    assert_eq!(page.bubbles(), ["Hola", "Ya te atiendo"]);
}
