//! With what conversations are closed: a tree of outcomes, of which only the leaves are chosen, and what closing asks for.
//!
//! A conversation keeps the leaf it was closed with, and beside it the words of then: `Venta › Implante`. Time closes with
//! the words that its queue's settings say; where these are the name of a leaf, it is that leaf.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{ContactId, OutcomeId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows;

/// There can't be more outcomes, groups counted.
pub const MOST: usize = 300;
/// A name has no more characters.
pub const LONGEST_NAME: usize = 80;
/// A leaf lies no deeper: group, group of it, leaf.
pub const DEEPEST: usize = 3;
/// Stands between the names of a group and of what is in it.
pub const BETWEEN: &str = " › ";

/// An outcome, in the order of the tree: each group before what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub id: OutcomeId,
    /// The group it is in.
    pub parent: Option<OutcomeId>,
    /// Its name.
    pub name: String,
    /// Its name after those of its groups.
    pub path: String,
    /// How many groups it is in.
    pub depth: usize,
    /// Whether there is something in it: then it is not chosen itself.
    pub is_group: bool,
    /// Keys of the contact's fields that have to be filled in to close with it.
    pub required: BTreeSet<String>,
}

/// What closing asks for in the whole company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClosingRule {
    /// Whether there has to be an outcome.
    pub outcome_required: bool,
    /// Keys of the contact's fields that have to be filled in, whatever the outcome.
    pub required: BTreeSet<String>,
}

/// Why the outcomes were not changed.
#[derive(Debug, thiserror::Error)]
pub enum OutcomeError {
    /// There is no such outcome.
    #[error("no such outcome")]
    NotFound,
    /// The name is empty, too long, or has characters that no line has.
    #[error("not a name")]
    BadName,
    /// Another one beside it has that name.
    #[error("there is an outcome of that name")]
    Taken,
    /// There are [`MOST`] of them.
    #[error("too many outcomes")]
    TooMany,
    /// It would lie deeper than [`DEEPEST`].
    #[error("too deep")]
    TooDeep,
    /// There is no such field.
    #[error("no such field")]
    NoSuchField,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

#[derive(Debug, Clone, FromQueryResult)]
struct Row {
    id: OutcomeId,
    parent_id: Option<OutcomeId>,
    name: String,
    required: Vec<String>,
}

/// The outcomes there are, in the order of the tree.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Outcome>, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        "select id, parent_id, name, required from outcome where retired_at is null order by position, created_at, id",
        [],
    )
    .await?;
    let mut tree = Vec::with_capacity(found.len());
    grow(&found, None, "", 0, &mut tree);
    Ok(tree)
}

/// What is in a group, and in what is in it.
fn grow(all: &[Row], parent: Option<OutcomeId>, path: &str, depth: usize, tree: &mut Vec<Outcome>) {
    if depth > DEEPEST {
        return;
    }
    for row in all.iter().filter(|row| row.parent_id == parent) {
        let path = if path.is_empty() { row.name.clone() } else { format!("{path}{BETWEEN}{}", row.name) };
        tree.push(Outcome {
            id: row.id,
            parent: row.parent_id,
            name: row.name.clone(),
            path: path.clone(),
            depth,
            is_group: all.iter().any(|other| other.parent_id == Some(row.id)),
            required: row.required.iter().cloned().collect(),
        });
        grow(all, Some(row.id), &path, depth + 1, tree);
    }
}

/// What closing asks for.
///
/// # Errors
/// When the database fails.
pub async fn rule(db: &impl ConnectionTrait) -> Result<ClosingRule, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        outcome_required: bool,
        required: Vec<String>,
    }
    let found: Vec<Found> = rows::all(db, "select outcome_required, required from closing_rule", []).await?;
    Ok(found.into_iter().next().map_or_else(ClosingRule::default, |found| ClosingRule {
        outcome_required: found.outcome_required,
        required: found.required.into_iter().collect(),
    }))
}

/// Of these fields those that are empty for a contact, by name. A field that is not asked for any more is missing nowhere.
///
/// # Errors
/// When the database fails.
pub async fn missing(
    db: &impl ConnectionTrait,
    contact: ContactId,
    required: &BTreeSet<String>,
) -> Result<Vec<String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        name: String,
    }
    if required.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<String> = required.iter().cloned().collect();
    let found: Vec<Found> = rows::all(
        db,
        "select a.name from attribute a join contact k on k.id = $1
         where a.key = any($2) and a.retired_at is null and not k.attributes ? a.key
         order by a.created_at, a.key",
        [contact.into(), keys.into()],
    )
    .await?;
    Ok(found.into_iter().map(|found| found.name).collect())
}

/// An outcome as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Typed {
    /// Its name.
    pub name: String,
    /// The group it is in.
    pub parent: Option<OutcomeId>,
    /// Keys of fields.
    pub required: BTreeSet<String>,
}

/// Make an outcome, behind those beside it.
///
/// # Errors
/// The refusals of [`OutcomeError`].
pub async fn create(tx: &DatabaseTransaction, typed: Typed) -> Result<OutcomeId, OutcomeError> {
    let name = tidy(&typed.name)?;
    let known = locked(tx).await?;
    if known.len() >= MOST {
        return Err(OutcomeError::TooMany);
    }
    fits(&known, None, &name, typed.parent)?;
    check_fields(tx, &typed.required).await?;
    let id = OutcomeId::new();
    let required: Vec<String> = typed.required.into_iter().collect();
    rows::run(
        tx,
        "insert into outcome (id, parent_id, name, required, position)
         select $1, $2, $3, $4, coalesce(max(position) + 1, 0) from outcome where parent_id is not distinct from $2",
        [id.into(), typed.parent.into(), name.into(), required.into()],
    )
    .await?;
    Ok(id)
}

/// Change an outcome's name, group and fields.
///
/// # Errors
/// The refusals of [`OutcomeError`].
pub async fn change(tx: &DatabaseTransaction, id: OutcomeId, typed: Typed) -> Result<(), OutcomeError> {
    let name = tidy(&typed.name)?;
    let known = locked(tx).await?;
    if known.iter().all(|one| one.id != id) {
        return Err(OutcomeError::NotFound);
    }
    fits(&known, Some(id), &name, typed.parent)?;
    check_fields(tx, &typed.required).await?;
    let required: Vec<String> = typed.required.into_iter().collect();
    rows::run(
        tx,
        "update outcome set name = $2, parent_id = $3, required = $4 where id = $1",
        [id.into(), name.into(), typed.parent.into(), required.into()],
    )
    .await?;
    Ok(())
}

/// Put an outcome one place further up or down among those beside it. At the end of the line nothing changes.
///
/// # Errors
/// The refusals of [`OutcomeError`].
pub async fn shift(tx: &DatabaseTransaction, id: OutcomeId, up: bool) -> Result<(), OutcomeError> {
    let known = locked(tx).await?;
    let moved = known.iter().find(|one| one.id == id).ok_or(OutcomeError::NotFound)?;
    let mut beside: Vec<uuid::Uuid> =
        known.iter().filter(|one| one.parent == moved.parent).map(|one| one.id.0).collect();
    let Some(at) = beside.iter().position(|one| *one == id.0) else { return Err(OutcomeError::NotFound) };
    let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < beside.len()) };
    let Some(to) = to else { return Ok(()) };
    beside.swap(at, to);
    rows::run(
        tx,
        "update outcome o set position = t.at from unnest($1::uuid[]) with ordinality as t(id, at) where o.id = t.id",
        [beside.into()],
    )
    .await?;
    Ok(())
}

/// An outcome, and all that is in it, is chosen no longer. What was closed with it keeps it.
///
/// # Errors
/// The refusals of [`OutcomeError`].
pub async fn retire(tx: &DatabaseTransaction, id: OutcomeId, now: DateTime<Utc>) -> Result<(), OutcomeError> {
    locked(tx).await?;
    let gone = rows::run(
        tx,
        "with recursive gone as (
             select id from outcome where id = $1 and retired_at is null
             union select o.id from outcome o join gone on o.parent_id = gone.id)
         update outcome set retired_at = $2 where id in (select id from gone) and retired_at is null",
        [id.into(), now.into()],
    )
    .await?;
    if gone == 0 { Err(OutcomeError::NotFound) } else { Ok(()) }
}

/// Change what closing asks for.
///
/// # Errors
/// `NoSuchField`.
pub async fn set_rule(tx: &DatabaseTransaction, rule: ClosingRule) -> Result<(), OutcomeError> {
    check_fields(tx, &rule.required).await?;
    let required: Vec<String> = rule.required.into_iter().collect();
    rows::run(
        tx,
        "update closing_rule set outcome_required = $1, required = $2",
        [rule.outcome_required.into(), required.into()],
    )
    .await?;
    Ok(())
}

/// The outcomes, which nobody else changes until the transaction ends.
async fn locked(tx: &DatabaseTransaction) -> Result<Vec<Outcome>, DbErr> {
    rows::run(tx, "select from closing_rule for update", []).await?;
    all(tx).await
}

fn tidy(name: &str) -> Result<String, OutcomeError> {
    let name = name.trim();
    let fine = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fine { Ok(name.to_owned()) } else { Err(OutcomeError::BadName) }
}

/// Whether an outcome, new or there already with what is in it, fits into a group under a name.
fn fits(
    known: &[Outcome],
    id: Option<OutcomeId>,
    name: &str,
    parent: Option<OutcomeId>,
) -> Result<(), OutcomeError> {
    let at = |id: OutcomeId| known.iter().find(|one| one.id == id);
    let mut depth = 0;
    let mut above = parent;
    while let Some(group) = above {
        // A group is not in itself.
        if Some(group) == id {
            return Err(OutcomeError::TooDeep);
        }
        depth += 1;
        above = at(group).ok_or(OutcomeError::NotFound)?.parent;
    }
    if depth + id.map_or(1, |id| height(known, id)) > DEEPEST {
        return Err(OutcomeError::TooDeep);
    }
    let same = |one: &&Outcome| {
        one.parent == parent && Some(one.id) != id && one.name.to_lowercase() == name.to_lowercase()
    };
    if known.iter().any(|one| same(&one)) { Err(OutcomeError::Taken) } else { Ok(()) }
}

fn height(known: &[Outcome], id: OutcomeId) -> usize {
    let below = known.iter().filter(|one| one.parent == Some(id)).map(|one| height(known, one.id));
    1 + below.max().unwrap_or(0)
}

async fn check_fields(tx: &DatabaseTransaction, keys: &BTreeSet<String>) -> Result<(), OutcomeError> {
    let wanted: Vec<String> = keys.iter().cloned().collect();
    let found =
        rows::run(tx, "select from attribute where key = any($1) and retired_at is null", [wanted.into()])
            .await?;
    if usize::try_from(found).is_ok_and(|found| found == keys.len()) {
        Ok(())
    } else {
        Err(OutcomeError::NoSuchField)
    }
}
