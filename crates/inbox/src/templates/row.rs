//! Templates as rows.

use chrono::{DateTime, Utc};
use domain::{
    TemplateId,
    template::{Definition, Draft, Format, Sendable, Status},
};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rows;

/// A template, and what the vendor thinks of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Which.
    pub id: TemplateId,
    /// Whose: as `channel.account_key`.
    pub account_key: String,
    /// The vendor's id; none while it is only ours.
    pub vendor_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Its category.
    pub category: String,
    /// Its status.
    pub status: Status,
    /// Since when.
    pub status_at: DateTime<Utc>,
    /// How its places are named.
    pub format: Format,
    /// What it consists of at the vendor; of a draft, here.
    pub definition: Definition,
    /// A change that was not handed in yet.
    pub edited: Option<Edited>,
    /// The vendor's word for how it is liked.
    pub quality: Option<String>,
    /// The vendor's word for why it was rejected.
    pub rejected_reason: Option<String>,
    /// The vendor's sentence about it, and what it recommends.
    pub rejection_detail: Option<String>,
    /// Why the vendor did not take what we handed in last.
    pub refusal: Option<Refusal>,
    /// What its category will be.
    pub coming_category: Option<String>,
    /// When that will be.
    pub coming_category_at: Option<DateTime<Utc>>,
    /// For how many seconds the vendor tries to deliver it.
    pub ttl_seconds: Option<i32>,
    /// When it was edited at the vendor while approved.
    pub edits: Vec<DateTime<Utc>>,
    /// When we last handed it in.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When the vendor last listed it.
    pub synced_at: Option<DateTime<Utc>>,
    /// When anything of it last changed.
    pub changed_at: DateTime<Utc>,
}

/// A change of a template that the vendor has: what is not in it stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The category.
    pub category: String,
    /// What it will consist of.
    pub definition: Definition,
    /// For how many seconds the vendor tries to deliver it.
    #[serde(default)]
    pub ttl_seconds: Option<i32>,
}

/// Why the vendor did not take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The vendor's code.
    pub code: i64,
    /// The vendor's second code, if there is one.
    #[serde(default)]
    pub subcode: Option<i64>,
    /// The vendor's sentence.
    pub sentence: String,
}

impl Template {
    /// As what is sent.
    #[must_use]
    pub fn sendable(&self) -> Sendable {
        Sendable {
            id: self.id,
            name: self.name.clone(),
            language: self.language.clone(),
            category: self.category.clone(),
            status: self.status.clone(),
            format: self.format,
            definition: self.definition.clone(),
            content_sid: self.vendor_id.clone().filter(|_| self.is_twilios()),
        }
    }

    /// As somebody goes on writing it: with the change that was not handed in yet.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let edited = self.edited.clone();
        let (category, definition, ttl_seconds) = match edited {
            Some(edited) => (edited.category, edited.definition, edited.ttl_seconds),
            None => (self.category.clone(), self.definition.clone(), self.ttl_seconds),
        };
        Draft {
            name: self.name.clone(),
            language: self.language.clone(),
            category,
            format: self.format,
            definition,
            ttl_seconds,
        }
    }

    /// Whether it is one of Twilio's contents.
    #[must_use]
    pub fn is_twilios(&self) -> bool {
        self.account_key.starts_with("twilio:")
    }
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: TemplateId,
    account_key: String,
    vendor_id: Option<String>,
    name: String,
    language: String,
    category: String,
    status: String,
    status_at: DateTime<Utc>,
    parameter_format: String,
    components: Value,
    edited: Option<Value>,
    quality: Option<String>,
    rejected_reason: Option<String>,
    rejection_detail: Option<String>,
    refusal: Option<Value>,
    coming_category: Option<String>,
    coming_category_at: Option<DateTime<Utc>>,
    ttl_seconds: Option<i32>,
    edits: Vec<DateTime<Utc>>,
    submitted_at: Option<DateTime<Utc>>,
    synced_at: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
}

impl TryFrom<Row> for Template {
    type Error = DbErr;

    fn try_from(row: Row) -> Result<Self, DbErr> {
        let unreadable = |error: serde_json::Error| DbErr::Json(format!("template {}: {error}", row.id));
        Ok(Self {
            definition: serde_json::from_value(row.components).map_err(unreadable)?,
            edited: row.edited.map(serde_json::from_value).transpose().map_err(unreadable)?,
            refusal: row.refusal.map(serde_json::from_value).transpose().map_err(unreadable)?,
            id: row.id,
            account_key: row.account_key,
            vendor_id: row.vendor_id,
            name: row.name,
            language: row.language,
            category: row.category,
            status: Status::read(&row.status),
            status_at: row.status_at,
            format: Format::read(&row.parameter_format),
            quality: row.quality,
            rejected_reason: row.rejected_reason,
            rejection_detail: row.rejection_detail,
            coming_category: row.coming_category,
            coming_category_at: row.coming_category_at,
            ttl_seconds: row.ttl_seconds,
            edits: row.edits,
            submitted_at: row.submitted_at,
            synced_at: row.synced_at,
            changed_at: row.changed_at,
        })
    }
}

/// All columns of a template, in one place.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, account_key, vendor_id, name, language, category, status, status_at, parameter_format,
                 components, edited, quality, rejected_reason, rejection_detail, refusal, coming_category,
                 coming_category_at, ttl_seconds, edits, submitted_at, synced_at, changed_at
             from template ",
            $rest
        )
    };
}

fn read(rows: Vec<Row>) -> Result<Vec<Template>, DbErr> {
    rows.into_iter().map(Template::try_from).collect()
}

/// All templates of an account that are not deleted, by name and language.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait, account_key: &str) -> Result<Vec<Template>, DbErr> {
    let sql = select!("where account_key = $1 and status <> 'DELETED' order by name, language, id");
    read(rows::all(db, sql, [account_key.into()]).await?)
}

/// One template of an account; deleted ones too.
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    account_key: &str,
    id: TemplateId,
) -> Result<Option<Template>, DbErr> {
    let sql = select!("where account_key = $1 and id = $2");
    Ok(read(rows::all(db, sql, [account_key.into(), id.into()]).await?)?.pop())
}

/// One template of an account, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn one(
    db: &impl ConnectionTrait,
    account_key: &str,
    id: TemplateId,
) -> Result<Option<Template>, DbErr> {
    let sql = select!("where account_key = $1 and id = $2 for no key update");
    Ok(read(rows::all(db, sql, [account_key.into(), id.into()]).await?)?.pop())
}

/// Those that notices of an account may be about, locked in the order of their ids.
pub(super) async fn concerned(
    db: &impl ConnectionTrait,
    accounts: Vec<String>,
    vendor_ids: Vec<String>,
    names: Vec<String>,
) -> Result<Vec<Template>, DbErr> {
    let sql = select!(
        "where account_key = any($1) and (vendor_id = any($2) or name = any($3)) order by id for no key update"
    );
    read(rows::all(db, sql, [accounts.into(), vendor_ids.into(), names.into()]).await?)
}
