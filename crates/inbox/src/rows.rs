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
    json(rows)
}

/// A parameter for `$n::text::json`.
pub(crate) fn json<T: Serialize + ?Sized>(rows: &T) -> Result<Value, DbErr> {
    serde_json::to_string(rows)
        .map(Value::from)
        .map_err(|error| DbErr::Type(format!("rows can't be written as JSON: {error}")))
}

/// What a JSON column or aggregate holds.
pub(crate) fn read<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> Result<T, DbErr> {
    serde_json::from_value(json).map_err(|error| DbErr::Json(error.to_string()))
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

/// `Visibility::contains` as SQL on `conversation c`, with the numbers of the five parameters of [`Reach`].
macro_rules! within {
    ($everything:literal, $person:literal, $unassigned_in:literal, $all_in:literal, $beside:literal) => {
        concat!(
            "($",
            $everything,
            " or c.assignee_id = $",
            $person,
            " or c.queue_id = any($",
            $all_in,
            ")
              or (c.assignee_id is null and c.state <> 'closed'
                  and (c.state <> 'snoozed' or c.last_holder_id is null) and c.queue_id = any($",
            $unassigned_in,
            "))
              or (c.state = 'snoozed' and c.last_holder_id = $",
            $person,
            ")
              or (c.state = 'closed' and (c.last_holder_id = $",
            $person,
            "
                  or ($",
            $beside,
            " and not (select confidential from queue where queue.id = c.queue_id)
                      and exists (select from conversation o where o.contact_id = c.contact_id
                          and o.state = 'assigned' and o.assignee_id = $",
            $person,
            ")))))"
        )
    };
}
pub(crate) use within;

/// The access rule as parameters for [`within`].
pub(crate) struct Reach {
    pub everything: bool,
    pub person: Option<uuid::Uuid>,
    pub unassigned_in: Vec<uuid::Uuid>,
    pub all_in: Vec<uuid::Uuid>,
    pub beside: bool,
}

impl Reach {
    pub fn of(reach: &domain::Visibility) -> Self {
        let nothing = Self {
            everything: false,
            person: None,
            unassigned_in: Vec::new(),
            all_in: Vec::new(),
            beside: false,
        };
        match reach {
            domain::Visibility::Nothing => nothing,
            domain::Visibility::Everything => Self { everything: true, ..nothing },
            domain::Visibility::Some { person, unassigned_in, all_in, beside } => Self {
                everything: false,
                person: Some(person.0),
                unassigned_in: unassigned_in.iter().map(|queue| queue.0).collect(),
                all_in: all_in.iter().map(|queue| queue.0).collect(),
                beside: *beside,
            },
        }
    }

    /// In the order of [`within`].
    pub fn values(self) -> [Value; 5] {
        [
            self.everything.into(),
            self.person.into(),
            self.unassigned_in.into(),
            self.all_in.into(),
            self.beside.into(),
        ]
    }
}
