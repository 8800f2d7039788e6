//! Questions that a vendor keeps for us as contents, so that each is made once for an account.

use domain::ChannelId;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// The vendor's id of the content with this hash, in the account of `channel`.
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    hash: &str,
) -> Result<Option<String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Kept {
        content_sid: String,
    }

    let kept: Vec<Kept> = rows::all(
        db,
        "select content_sid from content_at_vendor
         where account_key = (select account_key from channel where id = $1) and hash = $2",
        [channel.into(), hash.into()],
    )
    .await?;
    Ok(kept.into_iter().next().map(|kept| kept.content_sid))
}

/// Remember it. Where two made the same at once, the first is kept; both can be sent.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    hash: &str,
    content_sid: &str,
) -> Result<(), DbErr> {
    rows::run(
        db,
        "insert into content_at_vendor (account_key, hash, content_sid)
         select account_key, $2, $3 from channel where id = $1
         on conflict do nothing",
        [channel.into(), hash.into(), content_sid.into()],
    )
    .await?;
    Ok(())
}
