//! The background work: what `worker` does alone and `serve` does too.

use crate::state::AppState;

/// Works until it is told to stop.
///
/// # Errors
/// When the work can't begin.
pub async fn run(_state: AppState) -> anyhow::Result<()> {
    Ok(())
}
