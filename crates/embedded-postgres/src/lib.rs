//! A private Postgres for the demo and the tests.
//!
//! The server uses binaries that are already on the machine, keeps its files in a data folder of its
//! own and listens on a unix socket only, in a folder nobody else can enter. It never touches a
//! cluster of the system. Where the caller is root, which Postgres refuses, the server runs under the
//! account `postgres`, or under the owner of the data folder when there is one already.
//!
//! ```no_run
//! use embedded_postgres::{DataDir, Server, Settings};
//!
//! # fn main() -> Result<(), embedded_postgres::Error> {
//! let dir = DataDir::resolve(".bandeja".as_ref())?;
//! let server = Server::start(&dir, &Settings::default())?;
//! let url = server.url("bandeja");
//! # drop(url);
//! server.stop()?;
//! # Ok(())
//! # }
//! ```
//!
//! Everything here blocks: call it from the main thread, or from `spawn_blocking`. Unix only.

mod account;
mod binaries;
mod cluster;
mod data_dir;
mod error;
mod install;
mod pid_file;
mod probe;
mod server;
mod settings;
mod shared;
mod sys;

pub use binaries::Binaries;
pub use data_dir::{DATABASE, DataDir, connection_url};
pub use error::Error;
pub use install::{can_install, install};
pub use server::Server;
pub use settings::Settings;
pub use shared::{Shared, scratch_folder};
