//! Writing templates: drafts, and what the vendor made of those that were handed in.
//!
//! The vendor answers at once, so handing in is a call between two transactions: [`prepare`] checks and notes that it is
//! on its way, the call is made, and [`record_submitted`] or [`record_refused`] writes down what came of it. A process
//! that dies in between leaves a draft with `submitted_at`; the next list, or the vendor's notice, finds it by its name.

use chrono::{DateTime, Duration, Utc};
use domain::{
    PersonId, TemplateId,
    template::{Account, Draft, Flaw, Other, Status, check, edit_allowed},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde_json::Value;

use super::row::{self, Edited, Refusal, Template};
use crate::rows;

/// Why a template was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is none with that id in this account.
    #[error("no such template")]
    NotFound,
    /// The vendor does not let it be edited in this status.
    #[error("a template that is {0} can't be edited")]
    NotEditable(Status),
    /// The vendor does not let it be deleted in this status.
    #[error("a template that is {0} can't be deleted")]
    NotDeletable(Status),
    /// It was edited too often; from then on it may be.
    #[error("the template was edited too often")]
    TooOften(DateTime<Utc>),
    /// The vendor would refuse it.
    #[error("the template has flaws")]
    Flaws(Vec<Flaw>),
    /// It is being handed in at this moment.
    #[error("the template is being handed in")]
    UnderWay,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// What is to be told the vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitting {
    /// The template as it is.
    pub template: Template,
    /// What it shall be.
    pub draft: Draft,
    /// Its id at the vendor: it is edited, not made.
    pub edits: Option<String>,
    /// Whether its category may go along: not of an approved one (whatsapp-cloud.md §7.3).
    pub with_category: bool,
}

/// What the vendor made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id at the vendor.
    pub vendor_id: String,
    /// Its status.
    pub status: String,
    /// Its category, when the vendor chose another.
    pub category: Option<String>,
}

fn json(value: &impl serde::Serialize) -> Result<Value, DbErr> {
    serde_json::to_value(value).map_err(|error| DbErr::Json(error.to_string()))
}

/// Keep what somebody has written so far; flaws don't matter yet. A new template is ours alone; of one that the vendor
/// has, the change waits beside it. Answers its id.
///
/// # Errors
/// The refusals of [`WriteError`].
pub async fn save(
    tx: &DatabaseTransaction,
    account_key: &str,
    id: Option<TemplateId>,
    by: PersonId,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<TemplateId, WriteError> {
    let Some(id) = id else {
        let id = TemplateId::new();
        insert(tx, account_key, id, by, draft, now).await?;
        return Ok(id);
    };
    let template = row::one(tx, account_key, id).await?.ok_or(WriteError::NotFound)?;
    if !template.status.can_be_edited() || (template.is_twilios() && template.vendor_id.is_some()) {
        return Err(WriteError::NotEditable(template.status));
    }
    if template.vendor_id.is_none() {
        rows::run(
            tx,
            "update template set name = $2, language = $3, category = $4, parameter_format = $5, components = $6,
                 ttl_seconds = $7, by_id = $8, changed_at = $9
             where id = $1",
            [
                id.into(),
                draft.name.clone().into(),
                draft.language.clone().into(),
                draft.category.clone().into(),
                draft.format.as_str().into(),
                json(&draft.definition)?.into(),
                draft.ttl_seconds.into(),
                by.into(),
                now.into(),
            ],
        )
        .await?;
    } else {
        // Name, language and the way places are named stay for ever (whatsapp-cloud.md §7.3).
        let edited = Edited {
            category: draft.category.clone(),
            definition: draft.definition.clone(),
            ttl_seconds: draft.ttl_seconds,
        };
        rows::run(
            tx,
            "update template set edited = $2, by_id = $3, changed_at = $4 where id = $1",
            [id.into(), json(&edited)?.into(), by.into(), now.into()],
        )
        .await?;
    }
    Ok(id)
}

async fn insert(
    tx: &DatabaseTransaction,
    account_key: &str,
    id: TemplateId,
    by: PersonId,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into template (id, account_key, name, language, category, status, status_at, parameter_format,
             components, ttl_seconds, by_id, created_at, changed_at)
         values ($1, $2, $3, $4, $5, 'DRAFT', $10, $6, $7, $8, $9, $10, $10)",
        [
            id.into(),
            account_key.into(),
            draft.name.clone().into(),
            draft.language.clone().into(),
            draft.category.clone().into(),
            draft.format.as_str().into(),
            json(&draft.definition)?.into(),
            draft.ttl_seconds.into(),
            by.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forget a change that was not handed in.
///
/// # Errors
/// When the database fails.
pub async fn discard(tx: &impl ConnectionTrait, id: TemplateId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "update template set edited = null, refusal = null, changed_at = $2 where id = $1 and edited is not null";
    rows::run(tx, sql, [id.into(), now.into()]).await.map(drop)
}

/// What is known of the account, for checking a template that is not `but`.
///
/// # Errors
/// When the database fails.
pub async fn account(
    db: &impl ConnectionTrait,
    account_key: &str,
    but: Option<TemplateId>,
    now: DateTime<Utc>,
) -> Result<Account, DbErr> {
    #[derive(FromQueryResult)]
    struct Known {
        name: String,
        language: String,
        body: Option<String>,
        footer: Option<String>,
        recent: bool,
    }
    let sql =
        "select name, language, components #>> '{body,text}' as body, components ->> 'footer' as footer,
                   coalesce(submitted_at > $3, false) as recent
               from template
               where account_key = $1 and id is distinct from $2 and status not in ('DELETED', 'DRAFT')";
    let but = but.map(|id| id.0);
    let known: Vec<Known> =
        rows::all(db, sql, [account_key.into(), but.into(), (now - Duration::hours(1)).into()]).await?;
    Ok(Account {
        within_an_hour: known.iter().filter(|one| one.recent).count().try_into().unwrap_or(u32::MAX),
        verified: None,
        others: known
            .into_iter()
            .map(|one| Other {
                name: one.name,
                language: one.language,
                body: one.body.unwrap_or_default(),
                footer: one.footer,
            })
            .collect(),
    })
}

/// What is wrong with a template that somebody is writing.
///
/// # Errors
/// When the database fails.
pub async fn flaws(
    db: &impl ConnectionTrait,
    account_key: &str,
    id: Option<TemplateId>,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<Vec<Flaw>, DbErr> {
    Ok(check(draft, &account(db, account_key, id, now).await?))
}

/// How long a call to the vendor can take at most; a mark older than this was left by a process that died.
const UNDER_WAY: Duration = Duration::minutes(2);

/// Checks what is to be handed in, and notes that it is on its way. Commit, call the vendor, then record what came of
/// it.
///
/// # Errors
/// The refusals of [`WriteError`].
pub async fn prepare(
    tx: &DatabaseTransaction,
    account_key: &str,
    id: TemplateId,
    now: DateTime<Utc>,
) -> Result<Submitting, WriteError> {
    let template = row::one(tx, account_key, id).await?.ok_or(WriteError::NotFound)?;
    let at_vendor = template.vendor_id.is_some();
    let unsubmitted = template.status == Status::Unsubmitted;
    if !(template.status.can_be_edited() || unsubmitted)
        || (template.is_twilios() && at_vendor && !unsubmitted)
    {
        return Err(WriteError::NotEditable(template.status));
    }
    if !at_vendor && template.submitted_at.is_some_and(|at| at > now - UNDER_WAY) {
        return Err(WriteError::UnderWay);
    }
    let approved = template.status == Status::Approved;
    if approved {
        edit_allowed(&template.edits, now).map_err(WriteError::TooOften)?;
    }
    let draft = template.draft();
    let flaws: Vec<Flaw> = flaws(tx, account_key, Some(id), &draft, now)
        .await?
        .into_iter()
        // What is at Twilio already is checked there; only new words are ours to check.
        .filter(|flaw| flaw.blocks && !unsubmitted)
        .collect();
    if !flaws.is_empty() {
        return Err(WriteError::Flaws(flaws));
    }
    rows::run(
        tx,
        "update template set submitted_at = $2, refusal = null, changed_at = $2 where id = $1",
        [id.into(), now.into()],
    )
    .await?;
    let edits = template.vendor_id.clone();
    Ok(Submitting { template, draft, edits, with_category: !approved })
}

/// The vendor took a new template for review.
///
/// # Errors
/// When the database fails.
pub async fn record_submitted(
    tx: &DatabaseTransaction,
    account_key: &str,
    id: TemplateId,
    taken: &Taken,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    // The list may have been asked in between, and brought it as a row of its own.
    rows::run(
        tx,
        "delete from template where account_key = $1 and vendor_id = $2 and id <> $3",
        [account_key.into(), taken.vendor_id.clone().into(), id.into()],
    )
    .await?;
    // A notice may have overtaken the answer: it knows more.
    rows::run(
        tx,
        "update template set vendor_id = $2, category = coalesce($4, category), refusal = null, edited = null,
             status = case when status in ('DRAFT', 'UNSUBMITTED') then $3 else status end,
             status_at = case when status in ('DRAFT', 'UNSUBMITTED') then submitted_at else status_at end, changed_at = $5
         where id = $1",
        [
            id.into(),
            taken.vendor_id.clone().into(),
            Status::read(&taken.status).word().to_owned().into(),
            taken.category.clone().into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The vendor took a change; it is under review again.
///
/// # Errors
/// When the database fails.
pub async fn record_edited(
    tx: &DatabaseTransaction,
    submitted: &Submitting,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let draft = &submitted.draft;
    let category = if submitted.with_category { &draft.category } else { &submitted.template.category };
    // A notice may have overtaken the answer: it knows more. The vendor tells whole seconds, so one of the second in which
    // the change was handed in counts too, if it is news.
    rows::run(
        tx,
        "with decided as (
             select id, (status, status_at) is distinct from ($7, $8::timestamptz)
                 and status_at >= date_trunc('second', submitted_at) as already
             from template where id = $1 for no key update
         )
         update template t set components = $2, category = $3, ttl_seconds = $4, edited = null, refusal = null,
             rejected_reason = case when already then rejected_reason end,
             rejection_detail = case when already then rejection_detail end,
             status = case when already then status else 'PENDING' end,
             status_at = case when already then status_at else greatest(status_at, submitted_at) end,
             edits = case when $5 then array_append(edits, submitted_at) else edits end, changed_at = $6
         from decided where t.id = decided.id",
        [
            submitted.template.id.into(),
            json(&draft.definition)?.into(),
            category.clone().into(),
            draft.ttl_seconds.into(),
            (submitted.template.status == Status::Approved).into(),
            now.into(),
            submitted.template.status.word().to_owned().into(),
            submitted.template.status_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The vendor did not take it: it stays as it was, with the vendor's sentence beside it, if it said one.
///
/// # Errors
/// When the database fails.
pub async fn record_refused(
    tx: &DatabaseTransaction,
    submitted: &Submitting,
    refusal: Option<&Refusal>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update template set refusal = $2, submitted_at = $3, changed_at = $4 where id = $1",
        [
            submitted.template.id.into(),
            refusal.map(json).transpose()?.into(),
            submitted.template.submitted_at.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// A template that may be deleted. Ours alone it is deleted at once, and there is nothing to tell the vendor.
///
/// # Errors
/// The refusals of [`WriteError`].
pub async fn delete(
    tx: &DatabaseTransaction,
    account_key: &str,
    id: TemplateId,
) -> Result<Option<Template>, WriteError> {
    let template = row::one(tx, account_key, id).await?.ok_or(WriteError::NotFound)?;
    if !template.status.can_be_deleted() {
        return Err(WriteError::NotDeletable(template.status));
    }
    if template.vendor_id.is_some() {
        return Ok(Some(template));
    }
    rows::run(tx, "delete from template where id = $1", [id.into()]).await?;
    Ok(None)
}

/// The vendor deleted it. Messages that were sent with it keep what they said.
///
/// # Errors
/// When the database fails.
pub async fn record_deleted(
    tx: &impl ConnectionTrait,
    id: TemplateId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let sql = "update template set status = 'DELETED', status_at = $2, edited = null, changed_at = $2 where id = $1";
    rows::run(tx, sql, [id.into(), now.into()]).await.map(drop)
}

/// The vendor ended a pause.
///
/// # Errors
/// When the database fails.
pub async fn unpaused(tx: &impl ConnectionTrait, id: TemplateId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "update template set status = 'APPROVED', status_at = $2, changed_at = $2
               where id = $1 and status = 'PAUSED'";
    rows::run(tx, sql, [id.into(), now.into()]).await.map(drop)
}
