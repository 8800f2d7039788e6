//! The mark of a demo's database, which holds accounts with a published password.
//!
//! A comment on a table of ours: it needs no schema of its own and survives dump and restore, unlike a comment on the
//! database itself.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

const MARK: &str = "bandeja demo";

/// Marks the database as a demo's, for good.
///
/// # Errors
/// When the database refuses.
pub async fn set(db: &DatabaseConnection) -> Result<(), DbErr> {
    db.execute_unprepared(&format!("comment on table person is '{MARK}'")).await.map(drop)
}

/// Whether the database is a demo's.
///
/// # Errors
/// When the database can't be asked.
pub async fn is_set(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let question = Statement::from_sql_and_values(
        db.get_database_backend(),
        "select coalesce(obj_description(to_regclass('person')::oid, 'pg_class') = $1, false) as marked",
        [MARK.into()],
    );
    match db.query_one_raw(question).await? {
        Some(row) => row.try_get("", "marked"),
        None => Ok(false),
    }
}
