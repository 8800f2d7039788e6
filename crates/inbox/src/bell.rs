//! How somebody wants to be told of what calls for them.

use domain::{Bell, PersonId};
use sea_orm::{ConnectionTrait, DbErr};

use crate::rows;

/// Keep how a person wants to be told.
///
/// # Errors
/// When the database fails.
pub async fn set(db: &impl ConnectionTrait, person: PersonId, bell: &Bell) -> Result<(), DbErr> {
    rows::run(
        db,
        "update person set bell = $2::text::jsonb where id = $1",
        [person.into(), bell.json().into()],
    )
    .await
    .map(drop)
}

/// Keep whether single keys do something on a person's pages.
///
/// # Errors
/// When the database fails.
pub async fn set_single_keys(db: &impl ConnectionTrait, person: PersonId, on: bool) -> Result<(), DbErr> {
    rows::run(db, "update person set single_keys = $2 where id = $1", [person.into(), on.into()])
        .await
        .map(drop)
}
