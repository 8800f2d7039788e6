//! Webhooks on their way to the product.
//!
//! Several are in flight at once, over kept-open connections. Those of one customer wait for each
//! other's first attempt, so that an ordinary demo reads in order; the fault `reorder` lifts that.

mod meta;
mod twilio;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::sim::{Sim, lock};

pub use meta::{Content, Update, post, question};
pub use twilio::{Letter, send};

/// Most webhooks in flight at once.
const IN_FLIGHT: usize = 64;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// HTTP status of the last attempt, if it was answered at all.
    pub status: Option<u16>,
    /// Attempts so far.
    pub attempts: usize,
    /// The product took it.
    pub accepted: bool,
    /// No attempt will follow.
    pub over: bool,
    /// How long the last attempt took.
    pub millis: u64,
}

/// Reports about one webhook, attempt by attempt.
pub type Reports = mpsc::UnboundedReceiver<Progress>;

/// What the deliveries share.
pub struct Couriers {
    lanes: Mutex<HashMap<(String, String), oneshot::Receiver<()>>>,
    gathering: Mutex<HashMap<String, Vec<meta::Waiting>>>,
    verified: tokio::sync::Mutex<HashSet<String>>,
    in_flight: Arc<Semaphore>,
}

impl Default for Couriers {
    fn default() -> Self {
        Self {
            lanes: Mutex::default(),
            gathering: Mutex::default(),
            verified: tokio::sync::Mutex::default(),
            in_flight: Arc::new(Semaphore::new(IN_FLIGHT)),
        }
    }
}

/// A place in the queue of one customer: wait for `before`; dropping `mine` lets the next one go.
struct Turn {
    before: Option<oneshot::Receiver<()>>,
    mine: oneshot::Sender<()>,
}

impl Couriers {
    /// Forget what was to be delivered; the tasks that carry it were ended before.
    pub fn clear(&self) {
        lock(&self.lanes).clear();
        lock(&self.gathering).clear();
    }

    fn turn(&self, channel: &str, customer: &str) -> Turn {
        let (mine, next) = oneshot::channel();
        let before = lock(&self.lanes).insert((channel.to_owned(), customer.to_owned()), next);
        Turn { before, mine }
    }
}

/// When a new webhook may leave: the delay asked for, or some disorder.
fn pause(sim: &Sim) -> Duration {
    let faults = sim.faults();
    let millis = match (faults.delay_ms, faults.reorder) {
        (Some(range), _) => sim.dice.between(range),
        (None, true) => sim.dice.between((0, 250)),
        (None, false) => 0,
    };
    Duration::from_millis(millis)
}

/// Wait for the pause, then for the customer's earlier webhooks; `None` where order doesn't matter.
async fn wait(sim: &Sim, turn: Turn, pause: Duration) -> Option<oneshot::Sender<()>> {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    if sim.faults().reorder {
        return None;
    }
    if let Some(before) = turn.before {
        // Ended without a word is ended, too.
        let _ = before.await;
    }
    Some(turn.mine)
}
