//! What the database remembers of its migrations: the table `schema_migration`.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

/// Any number, the same in every node.
const LOCK: i64 = 0x6261_6e64_656a;

/// An applied migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub name: String,
    pub checksum: String,
}

/// Waits until no other node migrates. Let go at the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    tx.execute_unprepared(&format!("select pg_advisory_xact_lock({LOCK})")).await?;
    Ok(())
}

/// Creates the table. Under the lock: two sessions creating it at once collide despite `if not exists`.
pub async fn prepare(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if exists(tx).await? {
        return Ok(());
    }
    tx.execute_unprepared(
        "create table schema_migration (
            name text primary key,
            checksum text not null,
            applied_at timestamptz not null default clock_timestamp()
        )",
    )
    .await?;
    Ok(())
}

/// The applied migrations, oldest first. None when nothing ever was.
pub async fn applied<C: ConnectionTrait>(db: &C) -> Result<Vec<Applied>, DbErr> {
    if !exists(db).await? {
        return Ok(Vec::new());
    }
    let select = "select name, checksum from schema_migration order by name";
    db.query_all_raw(statement(select, []))
        .await?
        .iter()
        .map(|row| Ok(Applied { name: row.try_get("", "name")?, checksum: row.try_get("", "checksum")? }))
        .collect()
}

/// Remembers a migration.
pub async fn add(tx: &DatabaseTransaction, name: &str, checksum: &str) -> Result<(), DbErr> {
    let insert = "insert into schema_migration (name, checksum) values ($1, $2)";
    tx.execute_raw(statement(insert, [name.into(), checksum.into()])).await?;
    Ok(())
}

/// Forgets a migration.
pub async fn remove(tx: &DatabaseTransaction, name: &str) -> Result<(), DbErr> {
    tx.execute_raw(statement("delete from schema_migration where name = $1", [name.into()])).await?;
    Ok(())
}

async fn exists<C: ConnectionTrait>(db: &C) -> Result<bool, DbErr> {
    let found = db
        .query_one_raw(statement("select to_regclass('schema_migration') is not null as found", []))
        .await?;
    found.map_or(Ok(false), |row| row.try_get("", "found"))
}

fn statement<const N: usize>(sql: &str, values: [sea_orm::Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
