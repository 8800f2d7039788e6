//! What the ledger may forget, in small bites so that nobody waits behind it.

use sea_orm::{ConnectionTrait, DbErr};

use crate::rows;

/// Raw webhooks are kept this long by default: vendors repeat for seven days (security.md §9).
pub const RECEIPTS_DAYS: i32 = 30;
/// Rows in one bite.
const BITE: i64 = 5000;

/// Forget the raw bodies of webhooks that were applied longer ago than that. What is or was in quarantine stays. How many.
///
/// # Errors
/// When the database fails; what was forgotten until then stays forgotten.
pub async fn forget_receipts(db: &impl ConnectionTrait, days: i32) -> Result<u64, DbErr> {
    let mut forgotten = 0;
    loop {
        let bite = rows::run(
            db,
            // The oldest of those that stay bounds the look: nothing behind it is read.
            "with stays as (
                 select id from receipt where received_at >= now() - make_interval(days => $1) order by id limit 1
             )
             delete from receipt where id in (
                 select id from receipt
                 where state = 'applied' and id < coalesce((select id from stays), 9223372036854775807)
                     and received_at < now() - make_interval(days => $1)
                     and not exists (select from quarantine q where q.receipt_id = receipt.id)
                 order by id limit $2)",
            [days.into(), BITE.into()],
        )
        .await?;
        forgotten += bite;
        if bite < BITE.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}
