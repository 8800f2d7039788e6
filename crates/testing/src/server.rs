//! The throw-away server.

use std::{sync::OnceLock, time::Duration};

use embedded_postgres::{DataDir, Settings, Shared, scratch_folder};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

/// Long enough to last from one test program to the next, and through a short compilation.
const IDLE: Duration = Duration::from_secs(15);

/// Joins the server, or starts it. One hold per process is enough; it ends with the process.
pub fn shared() -> &'static Shared {
    static HOLD: OnceLock<Shared> = OnceLock::new();
    HOLD.get_or_init(|| {
        let folder = scratch_folder("bandeja-tests").expect("a folder for throw-away data");
        let dir = DataDir::resolve(&folder).expect("an account to run Postgres");
        Shared::join(&dir, &settings(), IDLE).expect("a throw-away Postgres")
    })
}

fn settings() -> Settings {
    // Nobody replicates it, and its tables are gone before they would need a vacuum.
    Settings::throw_away()
        .with("wal_level", "minimal")
        .with("max_wal_senders", "0")
        .with("autovacuum", "off")
        .with("max_connections", "500")
}

/// Whether data files are in memory, where copying a template file by file is the quickest.
pub fn is_in_memory() -> bool {
    shared().dir().path().starts_with("/dev/shm")
}

/// Connects, logging no statements.
pub async fn connect(url: &str, connections: u32) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url.to_owned());
    // A busy machine is no reason to fail.
    options
        .max_connections(connections)
        .connect_timeout(Duration::from_secs(60))
        .acquire_timeout(Duration::from_secs(60))
        .sqlx_logging(false);
    Database::connect(options).await.expect("connect to the throw-away Postgres")
}
