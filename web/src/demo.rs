//! Everything on one machine, with a named world.

use crate::cli::DemoOptions;

/// Runs the demo until it is told to stop.
///
/// # Errors
/// When a part of it can't start.
pub fn run(_options: &DemoOptions) -> anyhow::Result<()> {
    anyhow::bail!("the demo is not built yet")
}
