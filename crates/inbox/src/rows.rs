//! Set-based statements: many rows travel as one JSON parameter, so a batch is one round trip and one cached plan.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};
use serde::Serialize;

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
