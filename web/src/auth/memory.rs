//! What this node has read about sessions in the last few seconds.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::SessionId;

use super::SignedIn;

/// How long an ended session or a lost permission may go unnoticed: five seconds, less the second between two looks of
/// an open page.
pub const BELIEVED_FOR: Duration = Duration::from_secs(4);

/// Above this, what is too old is thrown out before more is kept.
const SWEEP_AT: usize = 1024;

/// Sessions by id, each with the time it was read (by a clock that never goes back).
pub(super) struct Memory(Mutex<HashMap<SessionId, (SignedIn, Duration)>>);

impl Memory {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    pub(super) fn recall(&self, session: SessionId, at: Duration) -> Option<SignedIn> {
        let known = self.lock();
        let (viewer, read_at) = known.get(&session)?;
        (at.saturating_sub(*read_at) < BELIEVED_FOR).then(|| viewer.clone())
    }

    /// Keeps what was read. `read_at` is the time before the question, not after the answer.
    pub(super) fn keep(&self, viewer: SignedIn, read_at: Duration) {
        let mut known = self.lock();
        if known.len() >= SWEEP_AT {
            known.retain(|_, (_, kept_at)| read_at.saturating_sub(*kept_at) < BELIEVED_FOR);
        }
        known.insert(viewer.session, (viewer, read_at));
    }

    pub(super) fn forget(&self, session: SessionId) {
        self.lock().remove(&session);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, (SignedIn, Duration)>> {
        // Nothing panics while it is held; if something did, a map is still a map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
