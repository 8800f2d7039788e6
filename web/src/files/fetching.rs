//! Fetching what a customer sent. A failure delays no message: it is tried again until the vendor's time is over.

use std::time::Duration;

use channel_gateway::download::{self, Download, NoFile};
use chrono::{DateTime, TimeDelta, Utc};
use files::{Intake, IntakeError, StoreError, Taken};
use inbox::files::{Fetch, Loss, Waiting};
use jobs::{Failure, Job};
use sea_orm::TransactionTrait as _;

use super::facts;
use crate::{
    connections::{Account, NotConnected},
    jobs::Bench,
    state::AppState,
};

/// An address of Meta's lives five minutes (whatsapp-cloud.md §6); one that is nearly over is not tried.
const ADDRESS: TimeDelta = TimeDelta::seconds(270);
/// What arrives damaged is asked for again so often.
const DAMAGED_TRIES: i32 = 3;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Why a file is not here yet, or never will be.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Vendor(#[from] NoFile),
    #[error("the file is too large")]
    TooBig,
    #[error("what came is not what was announced")]
    Damaged,
    #[error("the channel can't be used")]
    Channel(#[source] NotConnected),
    #[error("the file can't be kept")]
    Store(#[from] StoreError),
    #[error("the file can't be written down")]
    Intake(#[source] IntakeError),
}

impl From<IntakeError> for Trouble {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::TooBig(_) => Self::TooBig,
            error @ IntakeError::Io(_) => Self::Intake(error),
        }
    }
}

/// What follows from a trouble.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Again(Duration),
    Lost(Loss),
}

/// Fetches the file of a job; a file that nobody waits for any more is done.
pub(super) async fn fetch(Bench { state, .. }: Bench, job: Job) -> Result<(), Failure> {
    let Fetch { file } =
        serde_json::from_value(job.payload).map_err(|error| Failure::GiveUp(error.to_string()))?;
    let Some(waiting) = inbox::files::waiting(&state.db, file).await? else { return Ok(()) };
    // By the present: vendors have no other.
    let now = Utc::now();
    let outcome = match take(&state, &waiting, now).await {
        Ok(taken) => keep(&state, &waiting, &taken).await.map(|()| taken),
        Err(trouble) => Err(trouble),
    };
    let tx = state.db.begin().await?;
    match outcome {
        Ok(taken) => {
            inbox::files::arrived(&tx, &waiting, &facts(&taken), now).await?;
            metrics::counter!("bandeja_files_total", "outcome" => "stored").increment(1);
        }
        Err(trouble) => match next(&trouble, waiting.tries, waiting.until, now) {
            Next::Lost(loss) => {
                tracing::warn!(file = %file, error = &trouble as &dyn std::error::Error, "file {file} will not come");
                inbox::files::lost(&tx, &waiting, loss, now).await?;
                metrics::counter!("bandeja_files_total", "outcome" => "lost").increment(1);
            }
            Next::Again(wait) => {
                tracing::info!(file = %file, error = &trouble as &dyn std::error::Error, "file {file} did not come yet");
                inbox::files::again(&tx, &waiting, wait, now).await?;
            }
        },
    }
    tx.commit().await?;
    state.wakes.relay();
    Ok(())
}

/// The decision, as a function.
fn next(trouble: &Trouble, tries: i32, until: DateTime<Utc>, now: DateTime<Utc>) -> Next {
    let mut wait = pause(tries);
    match trouble {
        Trouble::TooBig => return Next::Lost(Loss::TooBig),
        Trouble::Damaged if tries + 1 >= DAMAGED_TRIES => return Next::Lost(Loss::Damaged),
        // The id itself is gone: nothing brings it back.
        Trouble::Vendor(NoFile::Gone) => return Next::Lost(Loss::Expired),
        Trouble::Vendor(NoFile::Refused(_) | NoFile::NotCalled(_)) => return Next::Lost(Loss::Denied),
        Trouble::Vendor(NoFile::Later { after: Some(after), .. }) => {
            wait = wait.max((*after).min(LONGEST_PAUSE))
        }
        _ => {}
    }
    if now + wait >= until { Next::Lost(Loss::Expired) } else { Next::Again(wait) }
}

/// 2, 4, 8 … seconds, at most an hour.
fn pause(tries: i32) -> Duration {
    let power = u32::try_from(tries).unwrap_or(0).min(12);
    Duration::from_secs(2).saturating_mul(1 << power).min(LONGEST_PAUSE)
}

async fn take(state: &AppState, file: &Waiting, now: DateTime<Utc>) -> Result<Taken, Trouble> {
    let (taken, announced) = match state
        .connections
        .account(file.channel_id)
        .await
        .map_err(Trouble::Channel)?
    {
        Account::Cloud(account) => {
            let token =
                state.connections.secret(file.channel_id, "access_token").await.map_err(Trouble::Channel)?;
            let number = &account.of.settings.phone_number_id;
            // What stands in the message works at first; after that, and where it does not, the id is asked.
            let at_once =
                file.vendor_url.as_deref().filter(|_| file.tries == 0 && now - file.created_at < ADDRESS);
            let first = match at_once {
                Some(url) => Some(state.downloads.from_meta(url, &token).await),
                None => None,
            };
            let (download, announced) = match (first, &file.vendor_media_id) {
                (Some(Ok(download)), _) => (download, file.vendor_sha256.clone()),
                (Some(Err(error)), None) => return Err(error.into()),
                (Some(Err(error @ (NoFile::Later { .. } | NoFile::NotCalled(_)))), Some(_)) => {
                    return Err(error.into());
                }
                (None, None) => return Err(NoFile::Gone.into()),
                (_, Some(media)) => {
                    let found = download::find(&account.graph, media, number).await?;
                    let download =
                        state.downloads.from_meta(&found.url, &token).await.map_err(still_there)?;
                    (download, file.vendor_sha256.clone().or(found.sha256))
                }
            };
            (receive(state, download).await?, announced)
        }
        Account::Twilio(account) => {
            let secret =
                state.connections.secret(file.channel_id, "auth_token").await.map_err(Trouble::Channel)?;
            let settings = &account.of.settings;
            let user = settings.auth_user.as_deref().unwrap_or(&settings.account);
            let url = file.vendor_url.as_deref().ok_or(NoFile::Gone)?;
            let download = state.downloads.from_twilio(url, user, &secret).await?;
            (receive(state, download).await?, None)
        }
    };
    match announced {
        Some(hash) if !download::is_hash(&hash, &taken.sha256) => Err(Trouble::Damaged),
        _ => Ok(taken),
    }
}

/// The id was known a moment ago, so a fresh address that does not work is a trouble that passes.
fn still_there(error: NoFile) -> NoFile {
    match error {
        NoFile::Gone => NoFile::Later { reason: "a fresh address does not work", after: None },
        error => error,
    }
}

async fn receive(state: &AppState, mut download: Download) -> Result<Taken, Trouble> {
    let most = state.settings.media.most();
    if download.announced().is_some_and(|bytes| bytes > most) {
        return Err(Trouble::TooBig);
    }
    let mut intake = Intake::new(most).await?;
    while let Some(piece) = download.next().await? {
        intake.take(&piece).await?;
    }
    Ok(intake.finish().await?)
}

async fn keep(state: &AppState, file: &Waiting, taken: &Taken) -> Result<(), Trouble> {
    if let Some(small) = taken.picture.as_ref().and_then(|picture| picture.small.clone()) {
        state.files.keep_thumbnail(file.id.0, small).await?;
    }
    Ok(state.files.keep(file.id.0, taken.path()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(after: Option<Duration>) -> Trouble {
        Trouble::Vendor(NoFile::Later { reason: "no connection", after })
    }

    #[test]
    fn it_is_tried_again_further_and_further_apart_until_the_vendor_s_time_is_over() {
        let now = Utc::now();
        let until = now + TimeDelta::days(7);
        let again = |tries| next(&later(None), tries, until, now);
        assert_eq!(again(0), Next::Again(Duration::from_secs(2)));
        assert_eq!(again(3), Next::Again(Duration::from_secs(16)));
        assert_eq!(again(200), Next::Again(Duration::from_secs(3600)));
        let asked = later(Some(Duration::from_secs(90)));
        assert_eq!(next(&asked, 0, until, now), Next::Again(Duration::from_secs(90)));
        let late = until - TimeDelta::seconds(1);
        assert_eq!(next(&later(None), 0, until, late), Next::Lost(Loss::Expired));
    }

    #[test]
    fn what_is_gone_too_large_or_denied_is_not_asked_for_again() {
        let now = Utc::now();
        let lost = |trouble: Trouble, tries| next(&trouble, tries, now + TimeDelta::days(7), now);
        assert_eq!(lost(Trouble::Vendor(NoFile::Gone), 0), Next::Lost(Loss::Expired));
        assert_eq!(lost(Trouble::TooBig, 0), Next::Lost(Loss::TooBig));
        assert_eq!(lost(Trouble::Vendor(NoFile::NotCalled("x")), 0), Next::Lost(Loss::Denied));
        assert_eq!(lost(Trouble::Damaged, 0), Next::Again(Duration::from_secs(2)));
        assert_eq!(lost(Trouble::Damaged, 2), Next::Lost(Loss::Damaged));
    }
}
