//! What a vendor's account is billed in, and in which time zone its days begin.

use chrono::{DateTime, Utc};
use domain::ChannelId;
use pricing::Currency;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// An account's billing.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Billing {
    /// As `channel.account_key`.
    pub account_key: String,
    /// ISO 4217.
    pub currency: String,
    /// By IANA name.
    pub time_zone: String,
    /// `assumed`, `person` or `vendor`.
    pub source: String,
    /// Since when.
    pub changed_at: DateTime<Utc>,
}

/// Write down what is assumed of accounts nobody has told about: US dollars, and the company's time zone.
///
/// # Errors
/// When the database fails.
pub async fn assume(db: &impl ConnectionTrait, zone: chrono_tz::Tz) -> Result<(), DbErr> {
    rows::run(
        db,
        "insert into account_billing (account_key, time_zone)
         select distinct account_key, $1 from channel on conflict do nothing",
        [zone.name().into()],
    )
    .await?;
    Ok(())
}

/// The billing of an account.
///
/// # Errors
/// When the database fails.
pub async fn of(db: &impl ConnectionTrait, account_key: &str) -> Result<Option<Billing>, DbErr> {
    let found: Vec<Billing> = rows::all(
        db,
        "select account_key, currency, time_zone, source, changed_at from account_billing where account_key = $1",
        [account_key.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// Meta's accounts in use, with one of the channels of each.
///
/// # Errors
/// When the database fails.
pub async fn metas(db: &impl ConnectionTrait) -> Result<Vec<(ChannelId, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Account {
        id: ChannelId,
        account_key: String,
    }
    let found: Vec<Account> = rows::all(
        db,
        "select distinct on (account_key) id, account_key from channel
         where kind = 'whatsapp_cloud' and disabled_at is null order by account_key, id",
        [],
    )
    .await?;
    Ok(found.into_iter().map(|account| (account.id, account.account_key)).collect())
}

/// Where an account's billing was learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An admin said so.
    Person,
    /// The vendor said so.
    Vendor,
}

/// Set an account's billing. It counts for what is posted from now on; what is posted stays.
///
/// # Errors
/// When the database fails.
pub async fn set(
    tx: &impl ConnectionTrait,
    account_key: &str,
    currency: Currency,
    zone: chrono_tz::Tz,
    source: Source,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let source = match source {
        Source::Person => "person",
        Source::Vendor => "vendor",
    };
    rows::run(
        tx,
        "insert into account_billing (account_key, currency, time_zone, source, changed_at)
         values ($1, $2, $3, $4, $5)
         on conflict (account_key) do update set currency = excluded.currency, time_zone = excluded.time_zone,
             source = excluded.source, changed_at = excluded.changed_at",
        [account_key.into(), currency.as_str().into(), zone.name().into(), source.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The vendor told an account's currency: believed, unless an admin has said otherwise.
///
/// # Errors
/// When the database fails.
pub async fn vendor_says(
    db: &impl ConnectionTrait,
    account_key: &str,
    currency: Currency,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        db,
        "update account_billing set currency = $2, source = 'vendor', changed_at = $3
         where account_key = $1 and source <> 'person' and (currency <> $2 or source <> 'vendor')",
        [account_key.into(), currency.as_str().into(), now.into()],
    )
    .await?;
    Ok(())
}
