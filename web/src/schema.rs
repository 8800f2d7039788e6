//! Whether the database has the schema this program needs.

use anyhow::{Context, bail};
use migrations::State;
use sea_orm::DatabaseConnection;

/// The schema is complete. One that is ahead of us is fine: during a deploy the newer version has migrated already.
///
/// # Errors
/// Says what is missing and what to do about it.
pub async fn is_current(db: &DatabaseConnection) -> anyhow::Result<()> {
    let status = migrations::status(db).await.context("ask which migrations were applied")?;
    let named = |state: State| {
        let names: Vec<&str> =
            status.iter().filter(|one| one.state == state).map(|one| one.name.as_str()).collect();
        names.join(", ")
    };
    let (pending, changed) = (named(State::Pending), named(State::Changed));
    if !changed.is_empty() {
        bail!("migrations were applied with other contents than this program has: {changed}");
    }
    if !pending.is_empty() {
        bail!("migrations are missing: {pending}; run `bandeja migrate`");
    }
    Ok(())
}
