//! A house that has worked for two years: made once by set-based SQL, kept for the next run.

use std::{fmt::Write as _, path::Path, time::Instant};

use domain::access::ready_made_roles;
use embedded_postgres::{DataDir, Server, Settings};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, FromQueryResult,
    Statement,
};

/// Messages in a conversation, on average.
const SAYS: u64 = 10;
/// Conversations written at once.
const CHUNK: u64 = 50_000;
const YEARS: u64 = 2;

/// A Postgres of its own with the data in it.
pub struct Big {
    pub db: DatabaseConnection,
    messages: u64,
    server: Server,
}

impl Big {
    /// Start what is there, or make it.
    pub async fn open(folder: &Path, messages: u64) -> Self {
        let folder = folder.join(format!("big-{messages}"));
        if !folder.join("made").exists() {
            say(&format!(
                "{} messages in {} take about {:.1} GB and {} minutes on two cores; they are kept in {}",
                messages,
                messages / SAYS,
                messages as f64 / 10e6 * 11.0 + 0.2,
                2 + messages / 800_000,
                folder.display(),
            ));
        }
        let dir = DataDir::resolve(&folder).expect("a folder for the database");
        let made = dir.path().join("made");
        let fresh = !made.exists();
        if fresh && dir.path().exists() {
            dir.remove().expect("what was half made goes");
        }
        let settings = if fresh { Settings::throw_away() } else { Settings::default() };
        let settings = [
            ("shared_buffers", "2GB"),
            ("effective_cache_size", "12GB"),
            ("maintenance_work_mem", "1GB"),
            ("max_wal_size", "1GB"),
            ("checkpoint_timeout", "30min"),
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
        ]
        .into_iter()
        .fold(settings, |settings, (name, value)| settings.with(name, value));
        let server = Server::start(&dir, &settings).expect("a Postgres of our own");
        let mut options = ConnectOptions::new(server.url("bandeja"));
        options.max_connections(8).sqlx_logging(false);
        let db = Database::connect(options).await.expect("a connection");
        migrations::up(&db).await.expect("the schema");
        let big = Self { db, messages, server };
        if fresh {
            big.make().await;
            std::fs::write(&made, "").expect("a mark that it is whole");
        }
        big.grant().await;
        big
    }

    /// Where the database is.
    pub fn url(&self) -> String {
        self.server.url("bandeja")
    }

    /// Stop; the data stays.
    pub async fn close(self) {
        self.db.close().await.expect("the connections end");
        self.server.stop().expect("Postgres stops");
    }

    async fn make(&self) {
        let conversations = self.messages / SAYS;
        let contacts = conversations * 2 / 5;
        let every = YEARS as f64 * 365.0 * 86_400.0 / conversations as f64;
        let begin = chrono::Utc::now().timestamp() as f64 - every * conversations as f64;
        let open = (conversations / 20).min(6_000);
        // Keys are right by construction, and asking for each would take longer than everything else.
        self.run("alter database bandeja set session_replication_role = replica; alter database bandeja set jit = off").await;
        let mut options = ConnectOptions::new(self.server.url("bandeja"));
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.expect("a connection");
        let run = async |what: &str, sql: &str| {
            let began = Instant::now();
            db.execute_unprepared(sql).await.expect(what);
            say(&format!("{what}: {:.0} s", began.elapsed().as_secs_f64()));
        };
        run("words", include_str!("words.sql")).await;
        run("house", include_str!("house.sql")).await;
        let people = include_str!("people.sql").replace("$from", "1").replace("$to", &contacts.to_string());
        run("contacts", &people).await;
        let indexes = [
            "create unique index message_vendor on message (channel_id, vendor_id) where vendor_id is not null",
            "create index message_thread on message (conversation_id, written_at, position)",
        ];
        run(
            "indexes away",
            "drop index message_vendor; drop index message_thread; drop index search_entry_words;
            drop index search_entry_conversation",
        )
        .await;
        for from in (0..conversations).step_by(CHUNK as usize) {
            let to = (from + CHUNK).min(conversations) - 1;
            let mut sql = include_str!("talks.sql").to_owned();
            for (name, value) in [
                ("$from", from.to_string()),
                ("$total", conversations.to_string()),
                ("$to", to.to_string()),
                ("$contacts", contacts.to_string()),
                ("$every", every.to_string()),
                ("$begin", begin.to_string()),
                ("$open", open.to_string()),
                ("$says", SAYS.to_string()),
            ] {
                sql = sql.replace(name, &value);
            }
            run(&format!("conversations to {}", to + 1), &sql).await;
        }
        for index in indexes {
            run("index", index).await;
        }
        run("statistics", "analyze").await;
        run("after", include_str!("after.sql")).await;
        run("index", "create index search_entry_words on search_entry using gin (words)").await;
        run("index", "create index search_entry_conversation on search_entry (conversation_id, at)").await;
        run("tools away", "drop table big_talk, big_said, big_phrase").await;
        run("vacuum", "vacuum").await;
        run("statistics", "analyze").await;
        self.run("alter database bandeja reset session_replication_role; checkpoint").await;
        self.tell().await;
    }

    /// Give the ready-made roles what they may do, also what they may since the house was made.
    async fn grant(&self) {
        for (role, grants) in ready_made_roles() {
            for (permission, scope) in grants {
                let statement = Statement::from_sql_and_values(
                    DatabaseBackend::Postgres,
                    "insert into role_permission (role_id, permission, scope) select id, $2, $3 from role where name = $1
                     on conflict do nothing",
                    [role.into(), permission.into(), scope.into()],
                );
                self.db.execute_raw(statement).await.expect("grant");
            }
        }
    }

    async fn run(&self, sql: &str) {
        for one in sql.split(';') {
            self.db.execute_unprepared(one).await.expect(one);
        }
    }

    /// How large it became.
    async fn tell(&self) {
        #[derive(FromQueryResult)]
        struct Size {
            name: String,
            bytes: i64,
        }
        let sizes = Size::find_by_statement(Statement::from_string(
            DatabaseBackend::Postgres,
            "select relname::text as name, pg_total_relation_size(oid) as bytes from pg_class
             where relkind = 'r' and relnamespace = 'public'::regnamespace order by 2 desc limit 8",
        ))
        .all(&self.db)
        .await
        .expect("sizes");
        let mut words = String::new();
        for Size { name, bytes } in sizes {
            let _ = write!(words, " {name} {:.2} GB;", bytes as f64 / 1e9);
        }
        say(&format!("on disk:{words}"));
    }
}

/// Words for whoever runs this; standard output is for figures.
pub fn say(words: &str) {
    eprintln!("big: {words}");
}
