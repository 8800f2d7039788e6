//! Postgres goes and comes back while customers write: webhooks are refused meanwhile, pages reconnect, nothing is lost
//! and nothing doubled.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    path::PathBuf,
    process::Command,
};

use bandeja::{clock::Clock, database, settings::Settings};
use chrono::Utc;
use embedded_postgres::{DATABASE, DataDir, Server};
use reqwest::{Method, StatusCode};
use tokio::task::spawn_blocking;

use crate::clinic::{Ground, Node, Page, Place, Vendor, count, meta, until};

/// A Postgres of our own, which commits to disk as a real one does.
struct Postgres {
    dir: DataDir,
    server: Option<Server>,
}

impl Postgres {
    async fn start() -> Self {
        let folder: PathBuf =
            std::env::temp_dir().join(format!("bandeja-restart-{}", uuid::Uuid::now_v7().simple()));
        let dir = DataDir::resolve(&folder).unwrap();
        assert!(!dir.moved(), "the account that runs Postgres reaches {}", folder.display());
        let mut postgres = Self { dir, server: None };
        postgres.come_back().await;
        postgres
    }

    async fn come_back(&mut self) {
        let dir = self.dir.clone();
        let settings = embedded_postgres::Settings::default();
        self.server = Some(spawn_blocking(move || Server::start(&dir, &settings).unwrap()).await.unwrap());
    }

    /// Everybody is disconnected, then it ends in good order.
    async fn stop(&mut self) {
        let server = self.server.take().unwrap();
        spawn_blocking(move || server.stop().unwrap()).await.unwrap();
    }

    /// It is killed and comes back out of its log.
    async fn crash(&mut self) {
        let mut server = self.server.take().unwrap();
        let server = spawn_blocking(move || {
            let pid = server.pid().unwrap();
            let killed = Command::new("sh").arg("-c").arg(format!("kill -9 {pid}")).status().unwrap();
            assert!(killed.success());
            while !server.revive().unwrap() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            server
        });
        self.server = Some(server.await.unwrap());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.server.take());
        // A test that passed shouldn't fail for what it leaves behind.
        let _ = self.dir.remove();
        let _ = std::fs::remove_dir_all(self.dir.path());
    }
}

/// Customers who write all the time, and come again with what was not taken, as the vendor does.
struct Crowd<'a> {
    vendor: &'a Vendor,
    next: Cell<u32>,
    taken: RefCell<BTreeSet<u32>>,
    refused: Cell<u32>,
    is_over: Cell<bool>,
}

impl<'a> Crowd<'a> {
    fn new(vendor: &'a Vendor) -> Self {
        Self {
            vendor,
            next: Cell::new(0),
            taken: RefCell::default(),
            refused: Cell::new(0),
            is_over: Cell::new(false),
        }
    }

    async fn writes(&self, from: &str) {
        while !self.is_over.get() {
            let n = self.next.replace(self.next.get() + 1);
            let text =
                meta::text(from, &format!("wamid.{n}"), Utc::now().timestamp(), &format!("mensaje {n}"));
            let body = meta::messages(&[text]);
            loop {
                match self.vendor.posts(body.clone()).await {
                    StatusCode::OK => break,
                    StatusCode::SERVICE_UNAVAILABLE => self.refused.set(self.refused.get() + 1),
                    other => panic!("a webhook was answered {other}"),
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            self.taken.borrow_mut().insert(n);
        }
    }

    async fn until_more_are_taken(&self) {
        let before = self.taken.borrow().len();
        until("a webhook that is taken", || async { (self.taken.borrow().len() > before + 8).then_some(()) })
            .await;
    }

    async fn until_refused(&self) {
        let before = self.refused.get();
        until("a webhook that is refused", || async { (self.refused.get() > before).then_some(()) }).await;
    }
}

#[tokio::test]
async fn postgres_goes_and_comes_back_under_load() {
    let mut postgres = Postgres::start().await;
    let place = Place::free();
    let mut settings = Settings::defaults().unwrap().database;
    let url = postgres.dir.url(DATABASE);
    settings.url = Some(url.clone().into());
    let db = database::open(&settings).await.unwrap();
    migrations::up(&db).await.unwrap();
    let ground = Ground::lay(Box::new(()), &url, db, place.url.clone(), |_| {}).await;
    let node = Node::start(&ground, place, Clock::system()).await;
    let valeria = ground.world.agent("Valeria", 8).await;
    let valeria = ground.welcome(&node.url, "Valeria", valeria).await;

    let crowd = Crowd::new(&ground.vendor);
    let day = async {
        crowd.until_more_are_taken().await;
        until("her conversations", || async {
            let held = "select count(*) from conversation where state = 'assigned'";
            (count(&ground.db, held).await == 3).then_some(())
        })
        .await;
        let talk = crate::clinic::one(&ground.db, "select id from conversation limit 1").await.unwrap();
        let mut page = valeria.opens(talk).await;

        postgres.stop().await;
        crowd.until_refused().await;
        let code = page.until_it_ends().await;
        assert!([1012, 1013].contains(&code), "the page is told to come back: {code}");
        page.gets_in_the_end("/inbox", StatusCode::SERVICE_UNAVAILABLE).await;
        postgres.come_back().await;
        crowd.until_more_are_taken().await;
        page.gets_in_the_end("/inbox", StatusCode::OK).await;
        page.connect().await;

        postgres.crash().await;
        crowd.until_more_are_taken().await;
        crowd.is_over.set(true);
        page
    };
    let customers = ["51987000001", "51987000002", "51987000003"].map(|from| crowd.writes(from));
    let (mut page, _) = tokio::join!(day, futures_util::future::join_all(customers));

    let taken = i64::try_from(crowd.taken.borrow().len()).unwrap();
    until("everything applied", || async {
        (count(&ground.db, "select count(*) from receipt where state = 'new'").await == 0).then_some(())
    })
    .await;
    assert_eq!(count(&ground.db, "select count(*) from message").await, taken, "each once");
    assert_eq!(count(&ground.db, "select count(distinct vendor_id) from message").await, taken);
    assert_eq!(count(&ground.db, "select count(*) from conversation").await, 3);
    assert_eq!(count(&ground.db, "select count(*) from quarantine").await, 0);
    until("everything numbered", || async {
        (count(&ground.db, "select count(*) from event where seq is null").await == 0).then_some(())
    })
    .await;
    page.becomes_a_fresh_load().await;
    let _: &Page = &page;
    assert_eq!(page.request(Method::GET, "/health/ready").send().await.unwrap().status(), StatusCode::OK);
}
