//! The fields of contacts: which there are, and changing that.

use domain::{Attribute, AttributeKind, attribute::MOST_CHOICES};
use routing::{Policy, policy::Test};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use crate::{policy, rows};

/// There can't be more fields.
pub const MOST: usize = 100;
/// A name has no more characters.
pub const LONGEST_NAME: usize = 60;

/// Why the fields were not changed.
#[derive(Debug, thiserror::Error)]
pub enum AttributeError {
    /// There is no such field.
    #[error("no such field")]
    NotFound,
    /// The name is empty, too long, or has no letter or figure.
    #[error("not a name")]
    BadName,
    /// Another field has that name, or had that key.
    #[error("there is a field of that name")]
    Taken,
    /// A choice without choices, or with more than can be.
    #[error("no choices, or too many")]
    BadChoices,
    /// There are [`MOST`] of them.
    #[error("too many fields")]
    TooMany,
    /// Values of one kind can't become values of another.
    #[error("the kind of a field stays")]
    KindStays,
    /// Rules of the routing, published or drafted, look at it: their names.
    #[error("rules look at the field")]
    InUse(Vec<String>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// The fields there are, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Attribute>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        key: String,
        name: String,
        kind: serde_json::Value,
        sensitive: bool,
    }
    let found: Vec<Row> = rows::all(
        db,
        "select key, name, kind, sensitive from attribute where retired_at is null order by created_at, key",
        [],
    )
    .await?;
    found
        .into_iter()
        .map(|row| {
            Ok(Attribute {
                key: row.key,
                name: row.name,
                kind: rows::read(row.kind)?,
                sensitive: row.sensitive,
            })
        })
        .collect()
}

/// Whether values of this key are hidden from those who may not see addresses, also of a field that was retired.
///
/// # Errors
/// When the database fails.
pub async fn is_sensitive(db: &impl ConnectionTrait, key: &str) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        sensitive: bool,
    }
    let found: Vec<Row> =
        rows::all(db, "select sensitive from attribute where key = $1", [key.to_owned().into()]).await?;
    Ok(found.first().is_some_and(|row| row.sensitive))
}

/// Make a field. Its key comes from its name and stays; what must be hidden is ([`AttributeKind::hides`]). Answers the key.
///
/// # Errors
/// The refusals of [`AttributeError`].
pub async fn create(
    tx: &DatabaseTransaction,
    name: &str,
    kind: AttributeKind,
    sensitive: bool,
) -> Result<String, AttributeError> {
    let (name, kind) = (tidy_name(name)?, tidy_kind(kind)?);
    let key = Attribute::key_from(&name).ok_or(AttributeError::BadName)?;
    let known = locked(tx).await?;
    if known.len() >= MOST {
        return Err(AttributeError::TooMany);
    }
    if key == policy::CONTACT_NAME || is_named(&known, &name, None) {
        return Err(AttributeError::Taken);
    }
    let made = rows::run(
        tx,
        "insert into attribute (key, name, kind, sensitive) values ($1, $2, $3, $4) on conflict (key) do nothing",
        [key.clone().into(), name.into(), json(&kind)?, kind.hides(sensitive).into()],
    )
    .await?;
    if made == 0 { Err(AttributeError::Taken) } else { Ok(key) }
}

/// Change what a field is called, whether it is hidden, and its choices. Values that are chosen stay.
///
/// # Errors
/// The refusals of [`AttributeError`].
pub async fn change(tx: &DatabaseTransaction, wanted: Attribute) -> Result<(), AttributeError> {
    let (name, kind) = (tidy_name(&wanted.name)?, tidy_kind(wanted.kind)?);
    let known = locked(tx).await?;
    let before = known.iter().find(|one| one.key == wanted.key).ok_or(AttributeError::NotFound)?;
    let choices =
        matches!((&before.kind, &kind), (AttributeKind::Choice { .. }, AttributeKind::Choice { .. }));
    if before.kind != kind && !choices {
        return Err(AttributeError::KindStays);
    }
    if is_named(&known, &name, Some(&wanted.key)) {
        return Err(AttributeError::Taken);
    }
    rows::run(
        tx,
        "update attribute set name = $2, kind = $3, sensitive = $4 where key = $1",
        [wanted.key.into(), name.into(), json(&kind)?, kind.hides(wanted.sensitive).into()],
    )
    .await?;
    Ok(())
}

/// A field is asked for no longer. Its values stay with the contacts; nobody sees them.
///
/// # Errors
/// The refusals of [`AttributeError`].
pub async fn retire(tx: &DatabaseTransaction, key: &str) -> Result<(), AttributeError> {
    locked(tx).await?;
    let mut rules = looking_at(&policy::in_force(tx).await?.1, key);
    rules.extend(looking_at(&policy::draft(tx).await?.policy, key));
    rules.sort();
    rules.dedup();
    if !rules.is_empty() {
        return Err(AttributeError::InUse(rules));
    }
    let gone = rows::run(
        tx,
        "update attribute set retired_at = now() where key = $1 and retired_at is null",
        [key.to_owned().into()],
    )
    .await?;
    if gone == 0 { Err(AttributeError::NotFound) } else { Ok(()) }
}

/// The fields, which nobody else changes until the transaction ends; nor is a policy saved that might name one.
async fn locked(tx: &DatabaseTransaction) -> Result<Vec<Attribute>, DbErr> {
    policy::lock(tx).await?;
    all(tx).await
}

/// The names of the rules that look at a field.
fn looking_at(policy: &Policy, key: &str) -> Vec<String> {
    let looks = |test: &Test| matches!(test, Test::Attribute { name, .. } if name == key);
    let rules = policy.rules.iter().filter(|rule| rule.tests.iter().any(looks));
    rules.map(|rule| rule.name.clone()).collect()
}

fn is_named(known: &[Attribute], name: &str, except: Option<&str>) -> bool {
    let same = |one: &&Attribute| one.name.to_lowercase() == name.to_lowercase();
    known.iter().find(same).is_some_and(|one| Some(one.key.as_str()) != except)
}

fn tidy_name(name: &str) -> Result<String, AttributeError> {
    let name = name.trim();
    let fine = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fine { Ok(name.to_owned()) } else { Err(AttributeError::BadName) }
}

/// Choices without blanks and without the same one twice, whatever its case.
fn tidy_kind(kind: AttributeKind) -> Result<AttributeKind, AttributeError> {
    let AttributeKind::Choice { options } = kind else { return Ok(kind) };
    let mut tidy: Vec<String> = Vec::new();
    for option in options.iter().map(|option| option.trim()).filter(|option| !option.is_empty()) {
        if option.chars().count() > LONGEST_NAME || option.chars().any(char::is_control) {
            return Err(AttributeError::BadChoices);
        }
        if !tidy.iter().any(|known| known.to_lowercase() == option.to_lowercase()) {
            tidy.push(option.to_owned());
        }
    }
    if tidy.is_empty() || tidy.len() > MOST_CHOICES {
        return Err(AttributeError::BadChoices);
    }
    Ok(AttributeKind::Choice { options: tidy })
}

fn json(kind: &AttributeKind) -> Result<sea_orm::Value, DbErr> {
    serde_json::to_value(kind).map(Into::into).map_err(|error| DbErr::Json(error.to_string()))
}
