//! Who does which kind of job. Each room registers its own.
//!
//! A job is enqueued in the transaction that makes it necessary (`jobs::enqueue`); after the commit the writer rings
//! `state.wakes.work()`, here and on other nodes. Jobs run beside the road of messages, on requests' connections.

use std::sync::Arc;

use jobs::Runner;

use crate::{books, channels, files, gateway::Gateway, pages, state::AppState, templates};

/// What a job may use. Cheap to clone.
#[derive(Clone)]
pub struct Bench {
    /// The process.
    pub state: AppState,
    /// The vendors.
    pub gateway: Arc<Gateway>,
}

/// Every kind of job and who does it. To add one: `.on(KIND, …)` for what is enqueued, `.every(KIND, period, …)` for
/// what is done again and again; keep the handlers in the module of their subject.
#[must_use]
pub fn runner(bench: &Bench) -> Runner {
    let runner = channels::upkeep::teach(Runner::default(), bench);
    let runner = channels::blocking::teach(runner, bench);
    let runner = files::jobs(runner, bench);
    let runner = books::teach(runner, bench);
    let runner = pages::bulk::teach(runner, bench);
    templates::jobs(runner, bench)
}

/// Does jobs until the process ends, then finishes those under way.
pub async fn run(state: AppState, gateway: Arc<Gateway>) {
    let (db, bell, stop) = (state.db.clone(), state.wakes.jobs.clone(), state.stop.subscribe());
    runner(&Bench { state, gateway }).run(db, bell, stop).await;
}
