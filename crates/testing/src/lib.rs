//! A database per test.
//!
//! ```no_run
//! # async fn story() {
//! let test = testing::TestDb::new().await;
//! let db: &sea_orm::DatabaseConnection = test.db();
//! # }
//! ```
//!
//! Every test gets a database of its own, cloned from a migrated template in about 20 ms, on a throw-away
//! server that all test processes share. Nothing has to be started first and nothing has to be stopped.
#![expect(
    clippy::expect_used,
    reason = "a test without its database fails at once, saying what was being done"
)]

mod database;
pub mod meta;
mod server;
mod template;
mod world;

pub use database::TestDb;
pub use world::{PHONE_NUMBER_ID, TWILIO_ACCOUNT, WABA, World};
