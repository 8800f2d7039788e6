//! The room in which searches are done: a few at a time, whoever asks, so that the connections of a node stay with those
//! who answer, claim and read.

use std::{sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

use super::{LONGEST, SearchError, begin};

/// So many search at once on a node. Most are done in a few milliseconds.
const PLACES: usize = 3;
/// So long one waits for a place.
const WAITS: Duration = Duration::from_secs(1);

/// A few places to search from.
#[derive(Debug, Clone)]
pub struct Room {
    db: DatabaseConnection,
    places: Arc<Semaphore>,
    waits: Duration,
    longest: Duration,
}

impl Room {
    /// A room with as many places as a node has.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        Self::with(db, PLACES, WAITS, LONGEST)
    }

    /// A room with so many places, for one of which one waits so long, for a search of at most so long.
    #[must_use]
    pub fn with(db: DatabaseConnection, places: usize, waits: Duration, longest: Duration) -> Self {
        Self { db, places: Arc::new(Semaphore::new(places)), waits, longest }
    }

    /// Ask, in one transaction made for searching. It goes on by itself: a place is free when its connection is, and not
    /// when whoever asked has gone away.
    ///
    /// # Errors
    /// [`SearchError::Busy`] where no place gets free; [`SearchError::TooBroad`] when all of it together takes too long;
    /// what the question gives; or when the database fails.
    pub async fn ask<T, F>(
        &self,
        question: impl FnOnce(Arc<DatabaseTransaction>) -> F + Send + 'static,
    ) -> Result<T, SearchError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, SearchError>> + Send + 'static,
    {
        let place = timeout(self.waits, self.places.clone().acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(SearchError::Busy) };
        let (tell, told) = oneshot::channel();
        let Self { db, longest, .. } = self.clone();
        tokio::spawn(async move {
            let tx = match begin(&db, longest).await {
                Ok(tx) => Arc::new(tx),
                Err(error) => return drop(tell.send(Err(error.into()))),
            };
            let found = timeout(longest, question(tx.clone())).await;
            // Whoever asked is gone, or hears it now.
            drop(tell.send(found.unwrap_or(Err(SearchError::TooBroad))));
            // A statement that still runs is ended by its own limit; until then the connection is not free.
            if let Some(tx) = Arc::into_inner(tx)
                && let Err(error) = tx.rollback().await
            {
                tracing::warn!(%error, "a search could not be ended");
            }
            drop(place);
        });
        told.await.unwrap_or_else(|_| Err(SearchError::Db(DbErr::Custom("the search broke off".to_owned()))))
    }
}
