//! `bandeja db-url`.

use std::path::Path;

use embedded_postgres::{DATABASE, connection_url};

use super::say;

pub(super) fn print(data_dir: &Path) -> anyhow::Result<()> {
    say(connection_url(data_dir, DATABASE)?)?;
    Ok(())
}
