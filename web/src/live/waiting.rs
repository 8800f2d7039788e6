//! How many wait, for the button that takes the next one. Told at most as often as the floor is.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use domain::{Permission, Principal};
use inbox::reading::waiting::{self, WaitingLine};
use sea_orm::{DatabaseConnection, DbErr};
use views::{NextFragment, NextUp, Template as _, Tx, askama};

use super::{
    draw::Drawing,
    protocol::{self, How},
};

/// What waits in each queue, as of an event.
pub struct Waiting {
    queues: Vec<WaitingLine>,
    version: i64,
}

impl Waiting {
    /// What a viewer may take of it.
    pub fn draw(&self, viewer: &Principal, tx: Tx) -> Result<String, askama::Error> {
        let next = next_up(&self.queues, viewer, self.version);
        Ok(protocol::update("next", How::Morph, &NextFragment { tx, next }.render()?))
    }
}

/// How many a person may take.
#[must_use]
pub fn next_up(queues: &[WaitingLine], viewer: &Principal, version: i64) -> NextUp {
    let theirs =
        queues.iter().filter(|line| viewer.reaches_queue(Permission::ConversationClaim, line.queue_id));
    NextUp { waiting: theirs.map(|line| line.waiting).sum(), version }
}

/// Read what waits, as of the event `version`.
pub async fn prepare(db: &DatabaseConnection, version: i64, now: DateTime<Utc>) -> Result<Drawing, DbErr> {
    let queues = waiting::by_queue(db).await?;
    Ok(Drawing::waiting(Rc::new(Waiting { queues, version }), now))
}
