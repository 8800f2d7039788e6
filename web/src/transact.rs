//! What a person asked for, in one transaction.

use std::time::Duration;

use inbox::faults::is_conflict;
use sea_orm::{DatabaseTransaction, TransactionTrait as _};

use crate::{error::PageError, state::AppState};

/// How often it is tried again where others were in its way.
const AGAIN: u32 = 3;
/// The pause before the first time; each is longer by as much.
const PAUSE: Duration = Duration::from_millis(10);

impl AppState {
    /// Do it and commit it. Where Postgres broke it off because others were in its way (a circle of locks, a conflict of
    /// what was read) nothing has happened, and it is done again from the beginning, a few times. So it does nothing but by
    /// its transaction; bells are rung after it.
    ///
    /// # Errors
    /// Its own; then nothing has happened either.
    pub async fn transact<T>(
        &self,
        operation: impl AsyncFn(&DatabaseTransaction) -> Result<T, PageError>,
    ) -> Result<T, PageError> {
        let mut again = 0;
        loop {
            match self.attempt(&operation).await {
                Err(PageError::Database(error)) if is_conflict(&error) && again < AGAIN => {
                    again += 1;
                    tracing::info!(%error, again, "others were in the way; tried again");
                    tokio::time::sleep(PAUSE * again).await;
                }
                done => return done,
            }
        }
    }

    async fn attempt<T>(
        &self,
        operation: &impl AsyncFn(&DatabaseTransaction) -> Result<T, PageError>,
    ) -> Result<T, PageError> {
        let tx = self.db.begin().await?;
        let done = operation(&tx).await?;
        tx.commit().await?;
        Ok(done)
    }
}
