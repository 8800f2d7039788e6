//! What holds now, read once per process and version.

use std::sync::{Arc, Mutex, PoisonError};

use routing::{Policy, policy::Pause};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// The routing that holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Published {
    /// Its number; 0: nothing was published yet, everything is as usual.
    pub version: u32,
    /// What it says.
    pub policy: Arc<Policy>,
}

impl Published {
    /// What agents may pause for.
    #[must_use]
    pub fn pauses(&self) -> Vec<Pause> {
        if self.version == 0 { Pause::ready_made() } else { self.policy.pauses.clone() }
    }
}

/// Documents that were read already, newest last, by digest: reading the same one again gives the same. One process
/// may speak to several databases, so it is the digest that counts and not the number.
static READ: Mutex<Vec<(String, Arc<Policy>)>> = Mutex::new(Vec::new());
/// More than one only while versions change.
const KEPT: usize = 8;

#[derive(FromQueryResult)]
struct Newest {
    version: i32,
    digest: String,
}

#[derive(FromQueryResult)]
struct Document {
    document: serde_json::Value,
}

/// The routing that holds now: one look at an index, unless it is new.
///
/// # Errors
/// When the database fails.
pub async fn current(db: &impl ConnectionTrait) -> Result<Published, DbErr> {
    let newest: Vec<Newest> =
        rows::all(db, "select version, digest from routing_policy order by version desc limit 1", []).await?;
    let Some(newest) = newest.into_iter().next() else { return Ok(Published::default()) };
    known_as(db, newest.version, newest.digest).await
}

/// A version that is known to be the newest, for those who read its number and digest together with other things.
pub(crate) async fn known_as(
    db: &impl ConnectionTrait,
    number: i32,
    digest: String,
) -> Result<Published, DbErr> {
    let version = number.unsigned_abs();
    if let Some(policy) = remembered(&digest) {
        return Ok(Published { version, policy });
    }
    let found: Vec<Document> =
        rows::all(db, "select document from routing_policy where version = $1", [number.into()]).await?;
    let document = found.into_iter().next().map(|row| row.document).unwrap_or_default();
    let policy = Arc::new(rows::read(document)?);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if read.len() == KEPT {
        read.remove(0);
    }
    read.push((digest, Arc::clone(&policy)));
    Ok(Published { version, policy })
}

fn remembered(digest: &str) -> Option<Arc<Policy>> {
    let read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    read.iter().find(|(known, _)| known == digest).map(|(_, policy)| Arc::clone(policy))
}
