//! What can go wrong, in words a newcomer can act on.

use std::{io, path::PathBuf, process::ExitStatus, time::Duration};

use crate::install::how_to_install;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No Postgres of version 15 or later on this machine.
    #[error(
        "Postgres 15 or later is not installed. Install it with\n\n    {}\n\nor name the folder of its binaries in \
         PG_BINDIR, or a server in DATABASE_URL.",
        how_to_install()
    )]
    NotInstalled,
    /// The data folder was made by a version of Postgres that isn't here any more.
    #[error("{} was made by Postgres {major}, which is not installed here", path.display())]
    OtherVersion {
        /// The cluster.
        path: PathBuf,
        /// The version it needs.
        major: u32,
    },
    /// Root can't run Postgres, and there is no account to run it instead.
    #[error(
        "Postgres can't run as root and there is no account `postgres`. Make one with\n\n    useradd --system postgres"
    )]
    NoAccount,
    /// The short folder for the socket belongs to somebody else.
    #[error("{} should be a folder of ours that nobody else can enter; remove it", path.display())]
    SocketFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A program of Postgres, or apt, failed.
    #[error("{program} failed ({status}):\n{output}")]
    Program {
        /// The program's name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it wrote.
        output: String,
    },
    /// The server did not accept connections in time.
    #[error("Postgres was not ready after {} s:\n{log}", waited.as_secs())]
    NotReady {
        /// How long we waited.
        waited: Duration,
        /// The end of its log.
        log: String,
    },
    /// The server did not stop in time.
    #[error("Postgres (pid {pid}) did not stop within {} s", waited.as_secs())]
    NotStopped {
        /// The server's process.
        pid: i32,
        /// How long we waited.
        waited: Duration,
    },
    /// The operating system refused something.
    #[error("could not {doing} {}", path.display())]
    Io {
        /// A verb: "create", "read".
        doing: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// The refusal.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: names what was being done to which path.
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }
}
