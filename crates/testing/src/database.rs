//! A test's own database.

use std::thread;

use sea_orm::DatabaseConnection;
use uuid::Uuid;

use crate::{server, template};

/// As many connections as a test may reasonably hold at once; thousands of tests share the server.
const CONNECTIONS: u32 = 8;

/// A database nobody else uses. Dropped with this value.
#[derive(Debug)]
pub struct TestDb {
    name: String,
    url: String,
    db: DatabaseConnection,
}

impl TestDb {
    /// A database with every migration applied and no rows.
    ///
    /// # Panics
    /// When there is no Postgres on this machine, or it refuses.
    pub async fn new() -> Self {
        let maintenance = maintenance().await;
        let template = template::ensure(&maintenance).await;
        let strategy = if server::is_in_memory() { "file_copy" } else { "wal_log" };
        Self::create(maintenance, &format!("template {template} strategy {strategy}")).await
    }

    /// A database with nothing in it, for tests of the migrations themselves.
    ///
    /// # Panics
    /// As [`TestDb::new`].
    pub async fn empty() -> Self {
        Self::create(maintenance().await, "template template0").await
    }

    async fn create(maintenance: DatabaseConnection, how: &str) -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        template::run(&maintenance, &format!("create database {name} {how}")).await;
        maintenance.close().await.expect("close");
        let url = server::shared().url(&name);
        let db = server::connect(&url, CONNECTIONS).await;
        Self { name, url, db }
    }

    /// A pool of connections to it.
    #[must_use]
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Its address, for programs that connect by themselves.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let name = self.name.clone();
        // The test's own runtime may be ending, and can't wait inside a drop: another thread has its own.
        let dropping = thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let maintenance = maintenance().await;
                template::run(&maintenance, &format!("drop database {name} with (force)")).await;
            });
        });
        // What is left behind goes with the server; a test that passed shouldn't fail for it.
        let _ = dropping.join();
    }
}

/// A connection to the database one creates others from.
async fn maintenance() -> DatabaseConnection {
    // Joining waits for files and processes, which would hold up the test's other tasks.
    let shared = tokio::task::spawn_blocking(server::shared).await.expect("join the throw-away Postgres");
    server::connect(&shared.url("postgres"), 1).await
}
