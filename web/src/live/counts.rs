//! How many each list holds: read once for all who are there, counted for each by the predicate that lists go by.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use domain::{List, Permission, Principal, View, ViewId};
use inbox::reading::open::{self, Open};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::Mutex;
use views::Counts;

use crate::listing;

/// What was open a moment ago is good enough for a page's first numbers: its socket is told better ones at once. So
/// nobody waits for newer ones; but they are read for those who come next.
const FRESH: Duration = Duration::from_secs(3);
/// Older numbers are shown to nobody.
const OLD: Duration = Duration::from_secs(30);
/// Reading and counting take at most this share of the time.
const SHARE: u32 = 20;
/// Pages are told at most this often.
const EVERY: Duration = Duration::from_millis(500);

/// A view that somebody saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Which.
    pub id: ViewId,
    /// What it shows.
    pub view: View,
}

/// All that is open, as it was read last on this node.
#[derive(Debug, Clone, Default)]
pub struct OpenNow {
    read: Arc<RwLock<Option<Read>>>,
    renewing: Arc<Mutex<()>>,
}

/// What was read, and when.
type Read = (Instant, Arc<Open>);

impl OpenNow {
    /// As of a moment ago, or read now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, db: &DatabaseConnection) -> Result<Arc<Open>, DbErr> {
        match self.known() {
            Some((at, open)) if at.elapsed() < FRESH => Ok(open),
            Some((at, open)) if at.elapsed() < OLD => {
                self.renew(db);
                Ok(open)
            }
            _ => self.read(db).await,
        }
    }

    fn known(&self) -> Option<Read> {
        self.read.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a page can be drawn without reading it.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.known().is_some_and(|(at, _)| at.elapsed() < OLD)
    }

    /// Read it for those who come next, if nobody has a moment ago: so that no page has to, not the first one either.
    pub(super) fn keep(&self, db: &DatabaseConnection) {
        if self.known().is_none_or(|(at, _)| at.elapsed() >= FRESH) {
            self.renew(db);
        }
    }

    /// Read it for those who come next; once, however many ask.
    fn renew(&self, db: &DatabaseConnection) {
        let Ok(turn) = self.renewing.clone().try_lock_owned() else { return };
        let (this, db) = (self.clone(), db.clone());
        tokio::spawn(async move {
            if let Err(error) = this.read(&db).await {
                tracing::warn!(%error, "what is open could not be counted; the next page tries again");
            }
            drop(turn);
        });
    }

    /// Read it now.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read(&self, db: &DatabaseConnection) -> Result<Arc<Open>, DbErr> {
        let open = Arc::new(open::read(db, Utc::now()).await?);
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), open.clone()));
        Ok(open)
    }
}

/// How long pages are left alone after reading and counting took so long.
pub(super) fn rest(took: Duration) -> Duration {
    EVERY.max(took * SHARE)
}

/// What a viewer's lists hold, and the views they saved.
#[must_use]
pub fn of(open: &Open, viewer: &Principal, saved: &[Saved], version: i64, now: DateTime<Utc>) -> Counts {
    let reach = viewer.reach(Permission::ConversationRead);
    let seen = open.seen_by(viewer.person, &reach);
    let count = |view: &View| seen.count(view, now);
    let lists = [List::Mine, List::Waiting, List::Snoozed, List::All];
    Counts {
        version,
        lists: lists
            .into_iter()
            .map(|list| (list, count(&View::of(list))))
            .chain([(List::Mentions, seen.mentions())])
            .collect(),
        queues: seen.queues(now).iter().map(|queue| (queue.queue, listing::queue_number(queue))).collect(),
        // What somebody has read is not known here, and what is over is not counted.
        saved: saved
            .iter()
            .filter(|one| !one.view.filter.unread && one.view.filter.text.is_none())
            .filter(|one| lists.contains(&one.view.list))
            .map(|one| (one.id, count(&one.view)))
            .collect(),
    }
}
