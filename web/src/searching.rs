//! Searches of this node's people: in a room of their own, and at a pace for each person.

use std::{num::NonZeroU32, sync::Arc};

use domain::PersonId;
use inbox::search::{SearchError, room::Room};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use crate::{auth::pace::Pace, error::PageError};

/// So many a second for one person (security.md §6).
const PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
/// Who types does not look that often for long: so many pass at once.
const AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(11);

/// Where searches are done; cheap to clone.
#[derive(Clone)]
pub struct Searches {
    room: Room,
    pace: Arc<Pace>,
}

impl Searches {
    /// Over a database.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        Self { room: Room::new(db), pace: Arc::new(Pace::new(PER_SECOND, AT_ONCE)) }
    }

    /// Ask for a person, in one transaction; `None` when it takes too long.
    ///
    /// # Errors
    /// Too fast, or busy; a page asks again by itself then. When the database fails.
    pub async fn ask<T, F>(
        &self,
        person: PersonId,
        question: impl FnOnce(Arc<DatabaseTransaction>) -> F + Send + 'static,
    ) -> Result<Option<T>, PageError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, SearchError>> + Send + 'static,
    {
        if !self.pace.admits(person) {
            return Err(PageError::TooFast);
        }
        match self.room.ask(question).await {
            Ok(found) => Ok(Some(found)),
            Err(SearchError::TooBroad) => Ok(None),
            Err(SearchError::Busy) => Err(PageError::Busy { retry_after: 1 }),
            Err(SearchError::Db(error)) => Err(error.into()),
        }
    }
}
