//! The thread on which messages travel: ledger, applier, dispatcher, sender.
//!
//! Each of them asks Postgres many small questions one after another. On a thread of their own, with connections of
//! their own, an answer is taken up where it arrives; among the threads of requests every answer would wake another one.

use std::{future::pending, thread};

use anyhow::Context as _;
use sea_orm::DatabaseConnection;
use tokio::{
    runtime::{self, Handle},
    sync::oneshot,
    task::JoinHandle,
};

use crate::{database, settings::DatabaseSettings};

/// The thread and its connections. Cloning shares them; the thread lives as long as the process.
#[derive(Clone)]
pub struct Road {
    handle: Handle,
    /// Connections of the thread.
    pub db: DatabaseConnection,
}

impl Road {
    /// Open the road.
    ///
    /// # Errors
    /// When the thread can't start or Postgres does not answer.
    pub async fn open(settings: DatabaseSettings) -> anyhow::Result<Self> {
        let (opened, has_opened) = oneshot::channel();
        thread::Builder::new()
            .name("road".to_owned())
            .spawn(move || {
                let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
                    Ok(runtime) => runtime,
                    Err(error) => return drop(opened.send(Err(error.into()))),
                };
                let handle = runtime.handle().clone();
                runtime.block_on(async move {
                    let road = database::open_for_loops(&settings).await.map(|db| Self { handle, db });
                    let is_open = road.is_ok();
                    if opened.send(road).is_ok() && is_open {
                        pending::<()>().await;
                    }
                });
            })
            .context("start the thread of messages")?;
        has_opened.await.context("the thread of messages ended")?
    }

    /// Do something on the road.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.handle.spawn(work)
    }

    /// Have what is started inside spawn its tasks on the road.
    pub fn start<T>(&self, start: impl FnOnce(DatabaseConnection) -> T) -> T {
        let _on_the_road = self.handle.enter();
        start(self.db.clone())
    }
}
