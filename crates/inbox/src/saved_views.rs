//! Views of lists that people keep under a name: for themselves, or for everybody.

use domain::{Permission, PersonId, Principal, ViewId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows;

/// The longest name.
pub const LONGEST_NAME: usize = 60;
/// How many one person keeps.
pub const MOST: i64 = 50;

/// A view under its name.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, Deserialize)]
pub struct SavedView {
    /// Which.
    pub id: ViewId,
    /// Who saved it.
    pub owner_id: PersonId,
    /// Whether everybody has it.
    pub shared: bool,
    /// Its name.
    pub name: String,
    /// What it shows: the query of its address.
    pub query: String,
}

/// Why a view was not saved or taken away.
#[derive(Debug, thiserror::Error)]
pub enum SavedViewError {
    /// It has no name.
    #[error("no name")]
    NoName,
    /// Its name is longer than [`LONGEST_NAME`].
    #[error("a name of {0} characters")]
    LongName(usize),
    /// The person keeps [`MOST`] already.
    #[error("too many")]
    TooMany,
    /// Not theirs to share.
    #[error("not allowed to share")]
    Forbidden,
    /// There is none, or none that is theirs to take away.
    #[error("no such view")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Those of person `$1` and those of everybody, by name, as one JSON value.
macro_rules! views {
    () => {
        "select json_agg(v) from (
             select id, owner_id, shared, name, query from saved_view where owner_id = $1 or shared
             order by shared desc, lower(name), id) v"
    };
}
pub(crate) use views;

/// One's own and those of everybody, by name.
///
/// # Errors
/// When the database fails.
pub async fn of(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<SavedView>, DbErr> {
    rows::all(
        db,
        "select id, owner_id, shared, name, query from saved_view where owner_id = $1 or shared
         order by shared desc, lower(name), id",
        [person.into()],
    )
    .await
}

/// Keep a view. One of the same name and owner becomes this.
///
/// # Errors
/// The refusals of [`SavedViewError`].
pub async fn save(
    tx: &impl ConnectionTrait,
    by: &Principal,
    name: &str,
    query: &str,
    shared: bool,
) -> Result<ViewId, SavedViewError> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 {
        return Err(SavedViewError::NoName);
    }
    if length > LONGEST_NAME {
        return Err(SavedViewError::LongName(length));
    }
    if shared && !by.holds(Permission::ViewShare) {
        return Err(SavedViewError::Forbidden);
    }
    #[derive(FromQueryResult)]
    struct Same {
        id: ViewId,
    }
    let same: Vec<Same> = rows::all(
        tx,
        "update saved_view set query = $3, shared = $4 where owner_id = $1 and name = $2 returning id",
        [by.person.into(), name.into(), query.into(), shared.into()],
    )
    .await?;
    if let Some(same) = same.first() {
        return Ok(same.id);
    }
    let id = ViewId::new();
    let added = rows::run(
        tx,
        "insert into saved_view (id, owner_id, shared, name, query)
         select $1, $2, $3, $4, $5 where (select count(*) from saved_view where owner_id = $2) < $6",
        [id.into(), by.person.into(), shared.into(), name.into(), query.into(), MOST.into()],
    )
    .await?;
    if added == 0 { Err(SavedViewError::TooMany) } else { Ok(id) }
}

/// Take a view away: one's own, or with the permission to share one of everybody's.
///
/// # Errors
/// The refusals of [`SavedViewError`].
pub async fn remove(tx: &impl ConnectionTrait, by: &Principal, id: ViewId) -> Result<(), SavedViewError> {
    let removed = rows::run(
        tx,
        "delete from saved_view where id = $1 and (owner_id = $2 or (shared and $3))",
        [id.into(), by.person.into(), by.holds(Permission::ViewShare).into()],
    )
    .await?;
    if removed == 0 { Err(SavedViewError::NotFound) } else { Ok(()) }
}
