//! Choosing a template to send, and filling it.

use domain::{
    TemplateId,
    template::{Filling, Obstacle, TemplateMessage, Unfilled, ValueFlaw, fill as filled, may_be_sent},
};
use sea_orm::{ConnectionTrait, DbErr};

use super::row::{self, Template};

/// Why a template can't be sent like this.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// There is none with that id in this account.
    #[error("no such template")]
    NotFound,
    /// It may not be sent.
    #[error("the template may not be sent")]
    Obstacle(Obstacle),
    /// Values are missing or unusable.
    #[error("the values don't fit the template")]
    Values(Vec<ValueFlaw>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Templates of an account that may be sent now, by name and language.
///
/// # Errors
/// When the database fails.
pub async fn sendable(db: &impl ConnectionTrait, account_key: &str) -> Result<Vec<Template>, DbErr> {
    let mut all = row::all(db, account_key).await?;
    all.retain(|template| may_be_sent(&template.status, &template.definition).is_ok());
    Ok(all)
}

/// The message that a template and values make, checked against the template as it is now.
///
/// # Errors
/// The refusals of [`FillError`].
pub async fn fill(
    db: &impl ConnectionTrait,
    account_key: &str,
    id: TemplateId,
    with: &Filling,
) -> Result<TemplateMessage, FillError> {
    let template = row::find(db, account_key, id).await?.ok_or(FillError::NotFound)?;
    filled(&template.sendable(), with).map_err(|unfilled| match unfilled {
        Unfilled::Obstacle(obstacle) => FillError::Obstacle(obstacle),
        Unfilled::Values(flaws) => FillError::Values(flaws),
    })
}
