//! The migrated database that the others are copies of.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement, TransactionTrait as _};

use crate::server;

/// Any number, the same in every test process.
const LOCK: i64 = 0x7465_6d70_6c61_7465;

/// The name of a template with every migration applied. The first to ask makes it.
pub async fn ensure(maintenance: &DatabaseConnection) -> String {
    let name = format!("template_{}", migrations::hash());
    if exists(maintenance, &name).await {
        return name;
    }
    // A template can't be made inside a transaction, but the lock can be held in one beside it.
    let url = server::shared().url("postgres");
    let locker = server::connect(&url, 1).await;
    let lock = locker.begin().await.expect("begin");
    lock.execute_unprepared(&format!("select pg_advisory_xact_lock({LOCK})"))
        .await
        .expect("wait for the template");
    if !exists(maintenance, &name).await {
        make(maintenance, &name).await;
    }
    lock.commit().await.expect("commit");
    locker.close().await.expect("close");
    name
}

/// Under another name until it is complete, so that a killed test leaves no half template.
async fn make(maintenance: &DatabaseConnection, name: &str) {
    let unfinished = format!("{name}_unfinished");
    run(maintenance, &format!("drop database if exists {unfinished} with (force)")).await;
    run(maintenance, &format!("create database {unfinished}")).await;
    let db = server::connect(&server::shared().url(&unfinished), 1).await;
    migrations::up(&db).await.expect("migrate the template");
    db.close().await.expect("close the template");
    run(maintenance, &format!("alter database {unfinished} rename to {name}")).await;
}

async fn exists(maintenance: &DatabaseConnection, name: &str) -> bool {
    let select = "select 1 from pg_database where datname = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, select, [name.into()]);
    maintenance.query_one_raw(statement).await.expect("look for the template").is_some()
}

/// Runs one statement.
pub async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.expect(sql);
}
