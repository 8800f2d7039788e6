//! The clinic at work: nodes with their background work on ports of their own, the vendors' stand-ins beside them, and
//! people with open pages.

mod ground;
mod html;
mod node;
mod page;
mod people;
mod vendor;
pub use testing::meta;

use std::{
    future::Future,
    time::{Duration, Instant},
};

use bandeja::{clock::Clock, settings::Settings};
use domain::{ContactId, ConversationId};
use sea_orm::ConnectionTrait as _;
use testing::TestDb;

pub use ground::{Ground, count, one};
pub use node::{Node, Place};
pub use page::Page;
pub use people::Person;
pub use vendor::{LUCIA, Vendor};

/// How long anything may take on a busy machine before a test says that it never comes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One node at work on a database of its own.
pub struct Clinic {
    pub ground: Ground,
    pub node: Node,
}

impl Clinic {
    /// The clinic on an ordinary day.
    pub async fn open() -> Self {
        Self::at(Clock::system()).await
    }

    /// The clinic at a time that tests may move. Only people's requests look at it; the background work lives in the
    /// present.
    pub async fn at(clock: Clock) -> Self {
        let test = TestDb::new().await;
        let (url, db) = (test.url().to_owned(), test.db().clone());
        let place = Place::free();
        let ground = Ground::lay(Box::new(test), &url, db, place.url.clone(), |_| {}).await;
        let node = Node::start(&ground, place, clock).await;
        Self { ground, node }
    }

    /// The clinic with a dispatcher that never looks by itself: whoever forgets to wake it is found out.
    pub async fn that_only_listens() -> Self {
        Self::with(|settings| settings.worker.dispatch_poll_seconds = 24 * 60 * 60).await
    }

    /// The clinic with other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let test = TestDb::new().await;
        let (url, db) = (test.url().to_owned(), test.db().clone());
        let place = Place::free();
        let mut ground = Ground::lay(Box::new(test), &url, db, place.url.clone(), |_| {}).await;
        change(&mut ground.settings);
        let node = Node::start(&ground, place, Clock::system()).await;
        Self { ground, node }
    }

    pub async fn agent(&self, name: &str) -> Person {
        let who = self.ground.world.agent(name, 8).await;
        self.ground.welcome(&self.node.url, name, who).await
    }

    pub async fn supervisor(&self, name: &str) -> Person {
        let who = self.ground.world.supervisor(name).await;
        self.ground.welcome(&self.node.url, name, who).await
    }

    pub async fn admin(&self, name: &str) -> Person {
        let who = self.ground.world.admin(name).await;
        self.ground.welcome(&self.node.url, name, who).await
    }

    pub fn vendor(&self) -> &Vendor {
        &self.ground.vendor
    }

    /// How many rows a question counts.
    pub async fn count(&self, sql: &str) -> i64 {
        count(&self.ground.db, sql).await
    }

    /// Something is different in the database.
    pub async fn change(&self, sql: &str) {
        self.ground.db.execute_unprepared(sql).await.unwrap();
    }

    /// Wait until a question counts so many.
    pub async fn until_count(&self, sql: &str, wanted: i64) {
        until(&format!("{wanted}: {sql}"), || async { (self.count(sql).await == wanted).then_some(()) })
            .await;
    }

    /// Lucía's conversation, as soon as somebody holds it.
    pub async fn held_conversation(&self) -> ConversationId {
        until("a conversation that somebody holds", || async {
            one(&self.ground.db, "select id from conversation where state = 'assigned'").await
        })
        .await
    }

    /// Whose conversation it is.
    pub async fn contact_of(&self, talk: ConversationId) -> ContactId {
        let sql = format!("select contact_id from conversation where id = '{talk}'");
        until("its contact", || one(&self.ground.db, &sql)).await
    }
}

/// Look again and again until there is something.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "it never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
