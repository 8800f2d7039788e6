//! The worker: who does which kind of job, and the loop.

use std::{collections::HashMap, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, DbErr};
use tokio::{
    sync::{Notify, Semaphore, watch},
    task::{JoinError, JoinSet},
};

use crate::{
    PERIODIC,
    queue::{self, Job, LEASE},
};

/// Jobs of one kind done at the same time, where nothing else is said.
const TOGETHER: usize = 2;
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

/// What a worker knows about a kind.
#[derive(Clone)]
struct Skill {
    does: Arc<dyn Fn(Job) -> Doing + Send + Sync>,
    /// A slow kind fills its own places and nobody else's.
    places: Arc<Semaphore>,
    /// How long after it is done it is due again.
    period: Option<Duration>,
}

/// Does jobs of the kinds it was taught. Other kinds are left to other workers.
#[derive(Clone, Default)]
pub struct Runner {
    skills: HashMap<String, Skill>,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.skills.keys()).finish()
    }
}

impl Runner {
    /// Teach it a kind, of which it does two at a time.
    #[must_use]
    pub fn on<F, D>(self, kind: &str, handler: F) -> Self
    where
        F: Fn(Job) -> D + Send + Sync + 'static,
        D: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.on_many(kind, TOGETHER, handler)
    }

    /// Teach it a kind, of which it does up to `together` at a time.
    #[must_use]
    pub fn on_many<F, D>(self, kind: &str, together: usize, handler: F) -> Self
    where
        F: Fn(Job) -> D + Send + Sync + 'static,
        D: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.teach(kind, together, None, handler)
    }

    /// Teach it a kind that is done again and again, `period` after it was last done, by one worker of the
    /// installation. What fails is tried again sooner, and never given up. Enqueue it with the key [`PERIODIC`] to
    /// have it done at once.
    #[must_use]
    pub fn every<F, D>(self, kind: &str, period: Duration, handler: F) -> Self
    where
        F: Fn(Job) -> D + Send + Sync + 'static,
        D: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.teach(kind, 1, Some(period), handler)
    }

    fn teach<F, D>(mut self, kind: &str, together: usize, period: Option<Duration>, handler: F) -> Self
    where
        F: Fn(Job) -> D + Send + Sync + 'static,
        D: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let skill = Skill {
            does: Arc::new(move |job| Box::pin(handler(job))),
            places: Arc::new(Semaphore::new(together)),
            period,
        };
        self.skills.insert(kind.to_owned(), skill);
        self
    }

    /// Write the periodic jobs down that are not there yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schedule(&self, db: &DatabaseConnection) -> Result<(), DbErr> {
        for (kind, _) in self.skills.iter().filter(|(_, skill)| skill.period.is_some()) {
            queue::ensure(db, kind, PERIODIC).await?;
        }
        Ok(())
    }

    /// Do what is due, a few jobs at a time; how many were claimed.
    ///
    /// # Errors
    /// When the database fails. Jobs under way are taken up again when their leases run out.
    pub async fn step(&self, db: &DatabaseConnection) -> Result<usize, DbErr> {
        let mut doing = JoinSet::new();
        let claimed = self.begin(db, &mut doing, || false).await?;
        while let Some(done) = doing.join_next().await {
            done.map_err(|error| DbErr::Custom(error.to_string()))??;
        }
        Ok(claimed)
    }

    /// Begin what is due and has a place; how many were claimed. Nothing, once it `stops`.
    async fn begin(
        &self,
        db: &DatabaseConnection,
        doing: &mut JoinSet<Result<(), DbErr>>,
        stops: impl Fn() -> bool,
    ) -> Result<usize, DbErr> {
        let buried = queue::bury(db).await?;
        if buried > 0 {
            tracing::error!(buried, "{buried} jobs killed their workers and were given up");
        }
        let places: Vec<(&String, usize)> = self
            .skills
            .iter()
            .map(|(kind, skill)| (kind, skill.places.available_permits()))
            .filter(|(_, places)| *places > 0)
            .collect();
        // After the places were counted: one that became free since belongs to the next worker.
        if stops() {
            return Ok(0);
        }
        let jobs = queue::claim(db, &places).await?;
        let claimed = jobs.len();
        for job in jobs {
            let Some(skill) = self.skills.get(&job.kind).cloned() else { continue };
            // One task claims, so the place that was counted is there.
            let place = Arc::clone(&skill.places).try_acquire_owned();
            let db = db.clone();
            doing.spawn(async move {
                let _place = place;
                work(db, skill, job).await
            });
        }
        Ok(claimed)
    }

    /// The loop. Ends when `stop` is set, after the jobs under way.
    pub async fn run(self, db: DatabaseConnection, bell: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        let mut doing = JoinSet::new();
        let mut is_scheduled = false;
        while !*stop.borrow() {
            let rung = bell.notified();
            if !is_scheduled {
                match self.schedule(&db).await {
                    Ok(()) => is_scheduled = true,
                    Err(error) => tracing::error!(%error, "periodic jobs could not be written down"),
                }
            }
            if let Err(error) = self.begin(&db, &mut doing, || *stop.borrow()).await {
                tracing::error!(%error, "jobs could not be taken");
            }
            tokio::select! {
                () = rung => {}
                () = tokio::time::sleep(POLL) => {}
                Some(done) = doing.join_next() => tell(done),
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        while let Some(done) = doing.join_next().await {
            tell(done);
        }
    }
}

fn tell(done: Result<Result<(), DbErr>, JoinError>) {
    match done {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "what became of a job could not be recorded"),
        Err(error) => tracing::error!(%error, "a job broke off"),
    }
}

async fn work(db: DatabaseConnection, skill: Skill, mut job: Job) -> Result<(), DbErr> {
    // A task of its own, so that a panic is a failure of this job alone.
    let mut doing = tokio::spawn((skill.does)(job.clone()));
    let done = loop {
        tokio::select! {
            done = &mut doing => break done.unwrap_or_else(|_| Err(Failure::Retry("it broke off".to_owned()))),
            () = tokio::time::sleep(LEASE / 3) => if !job.prolong(&db).await? {
                // Enqueued anew, or taken over after a long silence: what comes of this run counts for nothing.
                tracing::warn!(job = %job.id, kind = job.kind, "job {} is no longer this worker's", job.id);
            },
        }
    };
    match (done, skill.period) {
        (Ok(()), None) => job.finish(&db).await,
        (Ok(()), Some(period)) => job.again(&db, period).await,
        (Err(failure), period) => {
            let given_up = match period {
                None => {
                    job.put_back(&db, &failure.to_string(), matches!(failure, Failure::GiveUp(_))).await?
                }
                Some(period) => {
                    job.put_off(&db, &failure.to_string(), period).await?;
                    false
                }
            };
            tracing::warn!(
                job = %job.id, kind = job.kind, tries = job.tries, given_up,
                "job {} failed: {failure}", job.id
            );
            Ok(())
        }
    }
}
