//! Who may do a thing alone for a while, across nodes. By the database's clock, so nodes need not agree on theirs.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use crate::rows;

/// Take a lease or prolong one's own; whether it is held now.
///
/// # Errors
/// When the database fails; then nothing is known and nothing may be done.
pub async fn hold(
    db: &impl ConnectionTrait,
    name: &str,
    holder: Uuid,
    length: Duration,
) -> Result<bool, DbErr> {
    let held = rows::run(
        db,
        "insert into lease as l (name, holder, until)
         values ($1, $2, clock_timestamp() + make_interval(secs => $3))
         on conflict (name) do update set holder = excluded.holder, until = excluded.until
         where l.holder = excluded.holder or l.until < clock_timestamp()",
        [name.into(), holder.into(), length.as_secs_f64().into()],
    )
    .await?;
    Ok(held > 0)
}

/// Give a lease back before it runs out, so that another node need not wait.
///
/// # Errors
/// When the database fails; the lease then runs out by itself.
pub async fn release(db: &impl ConnectionTrait, name: &str, holder: Uuid) -> Result<(), DbErr> {
    rows::run(db, "delete from lease where name = $1 and holder = $2", [name.into(), holder.into()]).await?;
    Ok(())
}
