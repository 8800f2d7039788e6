//! Templates: what may be sent outside the reply window.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::notices::{self, Told};

/// Take in what a vendor told of templates. A notice that came before changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn told(tx: &DatabaseTransaction, told: &[&Told], _now: DateTime<Utc>) -> Result<(), DbErr> {
    let _fresh = notices::keep(tx, told).await?;
    Ok(())
}
