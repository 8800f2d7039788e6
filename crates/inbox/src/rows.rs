//! Set-based statements: many rows travel as one JSON parameter, so a batch is one round trip and one cached plan.

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult,
    Statement, TransactionTrait as _, Value,
};
use serde::Serialize;

/// For a transaction that only looks rows up by their keys: whatever the statistics say, and they say little while a
/// table is young, a hundred keys are a hundred index look-ups. One plan for each statement, made once, and not
/// compiled: that takes longer than running it.
const BY_KEYS: &str = "set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; \
    set local enable_hashjoin = off; set local enable_mergejoin = off; set local jit = off;";

/// A transaction of its kind alone, across all nodes, that finds rows by their keys.
pub(crate) async fn begin_alone(db: &DatabaseConnection, kind: i32) -> Result<DatabaseTransaction, DbErr> {
    let tx = db.begin().await?;
    // 1112: any number nobody else uses. Held until the transaction ends, whoever crashes.
    tx.execute_unprepared(&format!("{BY_KEYS} select pg_advisory_xact_lock(1112, {kind})")).await?;
    Ok(tx)
}

/// A parameter for `json_to_recordset($n::text::json)`.
pub(crate) fn recordset<T: Serialize>(rows: &[T]) -> Result<Value, DbErr> {
    serde_json::to_string(rows)
        .map(Value::from)
        .map_err(|error| DbErr::Type(format!("rows can't be written as JSON: {error}")))
}

/// A statement with its parameters.
pub(crate) fn statement<const N: usize>(sql: &'static str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values)
}

/// Run a statement; how many rows it touched.
pub(crate) async fn run<const N: usize>(
    db: &impl ConnectionTrait,
    sql: &'static str,
    values: [Value; N],
) -> Result<u64, DbErr> {
    Ok(db.execute_raw(statement(sql, values)).await?.rows_affected())
}

/// Run a statement and read its rows.
pub(crate) async fn all<R: FromQueryResult, const N: usize>(
    db: &impl ConnectionTrait,
    sql: &'static str,
    values: [Value; N],
) -> Result<Vec<R>, DbErr> {
    R::find_by_statement(statement(sql, values)).all(db).await
}
