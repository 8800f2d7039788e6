//! Taking over a vendor's list: the vendor is right about everything but our drafts.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{ChannelId, TemplateId, template::Listed};
use jobs::Terms;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rows;

/// The job that asks a vendor for all templates of an account.
pub const SYNC: &str = "templates.sync";

/// What the job is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// The account.
    pub account_key: String,
}

/// Asks for the list of an account to be taken over soon. Ring the bell of jobs after the commit.
///
/// # Errors
/// When the database fails.
pub async fn request(tx: &impl ConnectionTrait, account_key: &str) -> Result<(), DbErr> {
    let job = Sync { account_key: account_key.to_owned() };
    jobs::enqueue(tx, SYNC, &job, Terms::now().keyed(account_key)).await
}

/// The account a channel belongs to.
///
/// # Errors
/// When the database fails.
pub async fn account_of(db: &impl ConnectionTrait, id: ChannelId) -> Result<Option<String>, DbErr> {
    let sql = "select account_key from channel where id = $1";
    let found: Vec<Account> = rows::all(db, sql, [id.into()]).await?;
    Ok(found.into_iter().map(|account| account.account_key).next())
}

#[derive(FromQueryResult)]
struct Account {
    account_key: String,
}

/// When an account was last asked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct State {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended, well or not.
    pub finished_at: Option<DateTime<Utc>>,
    /// How many there were.
    pub found: Option<i32>,
    /// Why it failed, in the vendor's words.
    pub error: Option<String>,
}

/// When an account was last asked.
///
/// # Errors
/// When the database fails.
pub async fn state(db: &impl ConnectionTrait, account_key: &str) -> Result<Option<State>, DbErr> {
    let sql = "select started_at, finished_at, found, error from template_sync where account_key = $1";
    Ok(rows::all(db, sql, [account_key.into()]).await?.pop())
}

/// How many templates an account has, by status; deleted ones are not counted.
///
/// # Errors
/// When the database fails.
pub async fn counts(db: &impl ConnectionTrait, account_key: &str) -> Result<HashMap<String, i64>, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        status: String,
        count: i64,
    }
    let sql = "select status, count(*) from template where account_key = $1 and status <> 'DELETED' group by status";
    let counts: Vec<Count> = rows::all(db, sql, [account_key.into()]).await?;
    Ok(counts.into_iter().map(|count| (count.status, count.count)).collect())
}

/// Accounts in use; those that `waiting` have templates under review. Twilio tells nothing of its reviews, so its
/// accounts are asked while something waits (twilio.md §8).
///
/// # Errors
/// When the database fails.
pub async fn pending_accounts(db: &impl ConnectionTrait, waiting: bool) -> Result<Vec<String>, DbErr> {
    let sql = "select distinct account_key from channel
               where disabled_at is null and account_key <> '' and (not $1 or account_key like 'twilio:%' and exists (
                   select from template where template.account_key = channel.account_key and status = 'PENDING'))
               order by account_key";
    let found: Vec<Account> = rows::all(db, sql, [waiting.into()]).await?;
    Ok(found.into_iter().map(|account| account.account_key).collect())
}

/// Notes that an account is being asked.
///
/// # Errors
/// When the database fails.
pub async fn begin(db: &impl ConnectionTrait, account_key: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    rows::run(
        db,
        "insert into template_sync (account_key, started_at) values ($1, $2)
         on conflict (account_key) do update set started_at = excluded.started_at",
        [account_key.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Notes why an account could not be asked. The templates stay as they were.
///
/// # Errors
/// When the database fails.
pub async fn fail(
    db: &impl ConnectionTrait,
    account_key: &str,
    error: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        db,
        "update template_sync set finished_at = $2, error = $3 where account_key = $1",
        [account_key.into(), now.into(), error.chars().take(500).collect::<String>().into()],
    )
    .await?;
    Ok(())
}

/// What is sent to the database of each.
#[derive(Serialize)]
struct Item<'a> {
    id: TemplateId,
    vendor_id: &'a str,
    name: &'a str,
    language: &'a str,
    category: &'a str,
    status: &'a str,
    parameter_format: &'static str,
    components: Value,
    quality: Option<&'a str>,
    rejected_reason: Option<&'a str>,
    coming_category: Option<&'a str>,
    ttl_seconds: Option<i32>,
}

/// How long something handed in may be missing from the list: it is made a moment before it is listed.
const SETTLING: Duration = Duration::minutes(5);

/// Takes over the whole list of an account, as it was when asked at `asked`: new ones, changes, and what is no longer
/// there is marked deleted. Our drafts stay. What a notice told after `asked` is newer than the list.
///
/// # Errors
/// When the database fails.
pub async fn apply(
    tx: &DatabaseTransaction,
    account_key: &str,
    listed: &[Listed],
    asked: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    // One row for each id: a page that shifted while it was turned names some twice.
    let mut by_id: HashMap<&str, &Listed> = HashMap::new();
    by_id.extend(listed.iter().map(|one| (one.vendor_id.as_str(), one)));
    let mut listed: Vec<&Listed> = by_id.into_values().collect();
    listed.sort_by(|a, b| a.vendor_id.cmp(&b.vendor_id));
    let items: Vec<Item<'_>> = listed.iter().map(|one| item(one)).collect::<Result<_, _>>()?;
    let found = i32::try_from(items.len()).unwrap_or(i32::MAX);
    // Notices of the same account wait meanwhile, so that neither half overwrites the other.
    rows::run(
        tx,
        "select from template where account_key = $1 order by id for no key update",
        [account_key.into()],
    )
    .await?;
    // A draft that was handed in, and whose answer was lost, is found again by name and language.
    rows::run(
        tx,
        "update template set vendor_id = x.vendor_id, changed_at = $3
         from json_to_recordset($2::text::json) as x(vendor_id text, name text, language text)
         where template.account_key = $1 and template.vendor_id is null and template.submitted_at is not null
             and template.name = x.name and template.language = x.language
             and not exists (select from template other where other.account_key = $1 and other.vendor_id = x.vendor_id)",
        [account_key.into(), rows::recordset(&items)?, now.into()],
    )
    .await?;
    rows::run(
        tx,
        "insert into template as t (id, account_key, vendor_id, name, language, category, status, status_at,
             parameter_format, components, quality, quality_at, rejected_reason, coming_category, ttl_seconds,
             synced_at, created_at, changed_at)
         select x.id, $1, x.vendor_id, x.name, x.language, x.category, x.status, $3, x.parameter_format, x.components,
             x.quality, $3, x.rejected_reason, x.coming_category, x.ttl_seconds, $4, $4, $4
         from json_to_recordset($2::text::json) as x(id uuid, vendor_id text, name text, language text, category text,
             status text, parameter_format text, components jsonb, quality text, rejected_reason text,
             coming_category text, ttl_seconds integer)
         order by x.vendor_id
         on conflict (account_key, vendor_id) where vendor_id is not null do update set
             name = excluded.name, language = excluded.language, components = excluded.components,
             parameter_format = excluded.parameter_format, ttl_seconds = excluded.ttl_seconds,
             category = case when t.status_at > $3 then t.category else excluded.category end,
             status = case when t.status_at > $3 then t.status else excluded.status end,
             rejected_reason = case when t.status_at > $3 then t.rejected_reason else excluded.rejected_reason end,
             -- The list has no sentence; the notice's stays while its reason holds.
             rejection_detail = case when t.status_at > $3 or excluded.status = 'REJECTED' then t.rejection_detail end,
             status_at = case when t.status <> excluded.status then greatest(t.status_at, $3) else t.status_at end,
             quality = case when t.quality_at > $3 then t.quality else excluded.quality end,
             coming_category = case when t.coming_category_at > $4 then t.coming_category
                 else excluded.coming_category end,
             coming_category_at = case when t.coming_category_at > $4 then t.coming_category_at end,
             synced_at = excluded.synced_at,
             changed_at = case when (t.status, t.category, t.components, t.quality) is distinct from
                 (excluded.status, excluded.category, excluded.components, excluded.quality)
                 then excluded.changed_at else t.changed_at end",
        [account_key.into(), rows::recordset(&items)?, asked.into(), now.into()],
    )
    .await?;
    let ids: Vec<String> = listed.iter().map(|one| one.vendor_id.clone()).collect();
    rows::run(
        tx,
        "update template set status = 'DELETED', status_at = $3, changed_at = $4
         where account_key = $1 and vendor_id is not null and status <> 'DELETED' and vendor_id <> all($2)
             and status_at <= $3 and (submitted_at is null or submitted_at < $5)",
        [account_key.into(), ids.into(), asked.into(), now.into(), (asked - SETTLING).into()],
    )
    .await?;
    rows::run(
        tx,
        "update template_sync set finished_at = $2, found = $3, error = null where account_key = $1",
        [account_key.into(), now.into(), found.into()],
    )
    .await?;
    Ok(())
}

fn item(one: &Listed) -> Result<Item<'_>, DbErr> {
    Ok(Item {
        id: TemplateId::new(),
        vendor_id: &one.vendor_id,
        name: &one.name,
        language: &one.language,
        category: &one.category,
        status: &one.status,
        parameter_format: one.format.as_str(),
        components: serde_json::to_value(&one.definition).map_err(|error| DbErr::Json(error.to_string()))?,
        quality: one.quality.as_deref(),
        rejected_reason: one.rejected_reason.as_deref(),
        coming_category: one.coming_category.as_deref(),
        ttl_seconds: one.ttl_seconds,
    })
}
