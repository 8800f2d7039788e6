//! Taking over a vendor's list: when asked to, every day, and while Twilio has something under review.

use std::time::Duration;

use channel_gateway::{Fault, twilio::contents, whatsapp::templates as cloud};
use domain::template::Listed;
use inbox::templates::{self, SYNC, Sync};
use jobs::{Failure, Job, Runner};
use sea_orm::{ConnectionTrait, TransactionTrait as _};

use crate::{connections::Account, jobs::Bench, state::AppState};

const DAILY: &str = "templates.daily";
const WAITING: &str = "templates.waiting";
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Twilio tells nothing of its reviews, which take minutes (twilio.md §8).
const A_WHILE: Duration = Duration::from_secs(3 * 60);

/// The jobs about templates.
#[must_use]
pub fn jobs(runner: Runner, bench: &Bench) -> Runner {
    let [one, daily, waiting] = std::array::from_fn(|_| bench.state.clone());
    runner
        .on(SYNC, move |job| sync(one.clone(), job))
        .every(DAILY, A_DAY, move |_| request_all(daily.clone(), false))
        .every(WAITING, A_WHILE, move |_| request_all(waiting.clone(), true))
}

async fn request_all(state: AppState, waiting: bool) -> Result<(), Failure> {
    request(&state.db, waiting).await?;
    state.wakes.work();
    Ok(())
}

async fn request(db: &impl ConnectionTrait, waiting: bool) -> Result<(), Failure> {
    for account in templates::pending_accounts(db, waiting).await? {
        templates::request(db, &account).await?;
    }
    Ok(())
}

async fn sync(state: AppState, job: Job) -> Result<(), Failure> {
    let Sync { account_key } =
        serde_json::from_value(job.payload).map_err(|error| Failure::GiveUp(error.to_string()))?;
    let Some(channel) = state.connections.channel_of(&account_key).await? else { return Ok(()) };
    let asked = state.clock.now();
    templates::begin(&state.db, &account_key, asked).await?;
    let listed = match state.connections.account(channel).await {
        Ok(account) => list(&account).await,
        Err(error) => Err((error.to_string(), false)),
    };
    let now = state.clock.now();
    match listed {
        Ok((listed, unread)) => {
            if unread > 0 {
                tracing::warn!(unread, %channel, "{unread} templates of channel {channel} can't be read");
            }
            let tx = state.db.begin().await?;
            templates::apply(&tx, &account_key, &listed, asked, now).await?;
            tx.commit().await?;
            Ok(())
        }
        Err((why, passes)) => {
            templates::fail(&state.db, &account_key, &why, now).await?;
            // What won't pass is shown to an admin; asking again is theirs, or tomorrow's.
            if passes { Err(Failure::Retry(why)) } else { Ok(()) }
        }
    }
}

/// All of an account; or why not, in the vendor's words, and whether it may go better later.
async fn list(account: &Account) -> Result<(Vec<Listed>, usize), (String, bool)> {
    fn why<E: std::fmt::Display>(fault: Fault<E>) -> (String, bool) {
        (fault.to_string(), fault.passes())
    }
    match account {
        Account::Cloud(account) => cloud::list(&account.graph, &account.of.settings.waba).await.map_err(why),
        Account::Twilio(account) => contents::list(&account.content).await.map_err(why),
    }
}
