//! `bandeja migrate`.

use anyhow::Context;

use super::say;
use crate::{database, settings::Settings};

pub(super) async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let db = database::open(&settings.database).await?;
    let done = migrations::up(&db).await.context("migrate")?;
    if done.is_empty() {
        say("the schema is up to date")?;
    }
    for name in done {
        say(format_args!("applied {name}"))?;
    }
    Ok(())
}
