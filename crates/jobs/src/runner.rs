//! The worker: who does which kind of job, and the loop.

use std::{collections::HashMap, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, DbErr};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use crate::queue::{self, Job, LEASE};

/// Jobs done at the same time.
const CONCURRENT: i64 = 4;
/// A lost wake-up, or a job that falls due, costs at most this.
const POLL: Duration = Duration::from_secs(2);

/// Why a job was not done. The words are kept beside it, so they hold no secrets and nobody's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may go better later.
    #[error("{0}")]
    Retry(String),
    /// It never will.
    #[error("{0}")]
    GiveUp(String),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Retry(error.to_string())
    }
}

type Doing = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
type Handler = Arc<dyn Fn(Job) -> Doing + Send + Sync>;

/// Does jobs of the kinds it was taught. Other kinds are left to other workers.
#[derive(Clone, Default)]
pub struct Runner {
    handlers: HashMap<String, Handler>,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.handlers.keys()).finish()
    }
}

impl Runner {
    /// Teach it a kind.
    #[must_use]
    pub fn on<F, D>(mut self, kind: &str, handler: F) -> Self
    where
        F: Fn(Job) -> D + Send + Sync + 'static,
        D: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.handlers.insert(kind.to_owned(), Arc::new(move |job| Box::pin(handler(job))));
        self
    }

    /// Do what is due, a few jobs at a time; how many were claimed.
    ///
    /// # Errors
    /// When the database fails. Jobs under way are taken up again when their leases run out.
    pub async fn step(&self, db: &DatabaseConnection) -> Result<usize, DbErr> {
        let buried = queue::bury(db).await?;
        if buried > 0 {
            tracing::error!(buried, "{buried} jobs killed their workers and were given up");
        }
        let kinds = self.handlers.keys().cloned().collect();
        let jobs = queue::claim(db, kinds, CONCURRENT).await?;
        let claimed = jobs.len();
        let mut doing = JoinSet::new();
        for job in jobs {
            if let Some(handler) = self.handlers.get(&job.kind) {
                doing.spawn(work(db.clone(), Arc::clone(handler), job));
            }
        }
        while let Some(done) = doing.join_next().await {
            done.map_err(|error| DbErr::Custom(error.to_string()))??;
        }
        Ok(claimed)
    }

    /// The loop around [`Runner::step`]. Ends when `stop` is set, after the jobs under way.
    pub async fn run(self, db: DatabaseConnection, bell: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let rung = bell.notified();
            match self.step(&db).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(%error, "jobs could not be taken or recorded"),
            }
            tokio::select! {
                () = rung => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

async fn work(db: DatabaseConnection, handler: Handler, mut job: Job) -> Result<(), DbErr> {
    // A task of its own, so that a panic is a failure of this job alone.
    let mut doing = tokio::spawn(handler(job.clone()));
    let done = loop {
        tokio::select! {
            done = &mut doing => break done.unwrap_or_else(|_| Err(Failure::Retry("it broke off".to_owned()))),
            () = tokio::time::sleep(LEASE / 3) => if !job.prolong(&db).await? {
                // Enqueued anew, or taken over after a long silence: what comes of this run counts for nothing.
                tracing::warn!(job = %job.id, kind = job.kind, "job {} is no longer this worker's", job.id);
            },
        }
    };
    match done {
        Ok(()) => job.finish(&db).await,
        Err(failure) => {
            let hopeless = matches!(failure, Failure::GiveUp(_));
            let given_up = job.put_back(&db, &failure.to_string(), hopeless).await?;
            tracing::warn!(
                job = %job.id, kind = job.kind, tries = job.tries, given_up,
                "job {} failed: {failure}", job.id
            );
            Ok(())
        }
    }
}
