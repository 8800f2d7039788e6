//! How many wait in each queue and are offered to nobody.

use domain::QueueId;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows;

/// A queue in which somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult, Deserialize)]
pub struct WaitingLine {
    /// Which.
    pub queue_id: QueueId,
    /// How many.
    pub waiting: i64,
}

/// Every queue in which somebody waits.
///
/// # Errors
/// When the database fails.
pub async fn by_queue(db: &impl ConnectionTrait) -> Result<Vec<WaitingLine>, DbErr> {
    rows::all(
        db,
        "select queue_id, count(*) as waiting from conversation where state = 'queued' and offered_to is null
         group by queue_id",
        [],
    )
    .await
}
