//! Bytes whose rows went, and files that were attached and never sent.

use std::time::Duration;

use jobs::Failure;

use crate::jobs::Bench;

/// A draft may lie about for a day.
const DRAFTS: Duration = Duration::from_secs(24 * 3600);
/// Files forgotten in one bite.
const BITE: i64 = 200;

pub(super) async fn tidy(Bench { state, .. }: Bench) -> Result<(), Failure> {
    inbox::files::sweep(&state.db, DRAFTS).await?;
    inbox::macros::files::sweep(&state.db, DRAFTS).await?;
    loop {
        let gone = inbox::files::gone(&state.db, BITE).await?;
        if gone.is_empty() {
            return Ok(());
        }
        for id in &gone {
            state.files.delete(id.0).await.map_err(|error| Failure::Retry(error.to_string()))?;
        }
        inbox::files::forget(&state.db, &gone).await?;
    }
}
