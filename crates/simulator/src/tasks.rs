//! Work that goes on after the answer: deliveries and statuses, ended together at stop.

use std::sync::Mutex;

use tokio::{runtime::Handle, task::JoinSet};

use crate::sim::lock;

/// Tasks on the runtime that started the simulator (the web server's workers have their own).
pub struct Tasks {
    handle: Handle,
    set: Mutex<JoinSet<()>>,
}

impl Tasks {
    /// Tasks on the current runtime.
    pub fn here() -> Self {
        Self { handle: Handle::current(), set: Mutex::default() }
    }

    /// Run on, unless the simulator stops first.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut set = lock(&self.set);
        while set.try_join_next().is_some() {}
        set.spawn_on(work, &self.handle);
    }

    /// End everything that still runs.
    pub fn stop(&self) {
        lock(&self.set).abort_all();
    }
}
