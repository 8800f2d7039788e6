//! The schema's history: plain SQL, one folder per migration, run in order, each in one transaction.
//!
//! To add one, write `sql/NNNN_name/up.sql` and `down.sql` and name it in [`HISTORY`]. One that has been
//! released is never edited: its checksum is recorded in the database.

mod error;
mod history;
mod migration;
mod record;

pub use error::Error;
pub use history::{History, State, Status};
pub use migration::Migration;

use sea_orm::DatabaseConnection;

/// A migration from the folder of that name.
macro_rules! migration {
    ($name:literal) => {
        Migration::new(
            $name,
            include_str!(concat!("../sql/", $name, "/up.sql")),
            include_str!(concat!("../sql/", $name, "/down.sql")),
        )
    };
}

/// Bandeja's migrations, oldest first.
pub const HISTORY: History = History::new(&[
    migration!("0001_start"),
    migration!("0002_files"),
    migration!("0003_contacts"),
    migration!("0004_templates"),
    migration!("0005_channels"),
    migration!("0006_costs"),
    migration!("0007_ledger"),
    migration!("0008_lanes"),
    migration!("0009_consent_source"),
    migration!("0010_routing"),
    migration!("0011_contact_card"),
    migration!("0012_alerts"),
    migration!("0013_waits"),
    migration!("0014_work"),
    migration!("0015_notes"),
    migration!("0016_drafts_macros"),
    migration!("0017_send_later"),
    migration!("0017_signature"),
    migration!("0018_lists"),
    migration!("0019_search"),
    migration!("0020_settings"),
    migration!("0021_bell"),
    migration!("0022_composer"),
    migration!("0023_origins"),
    migration!("0024_blocks"),
    migration!("0025_closed"),
    migration!("0026_names"),
    migration!("0026_national_ids"),
    migration!("0027_reopening"),
    migration!("0028_shared_queues"),
]);

/// Applies what is missing and returns its names. Nodes that start together wait for each other.
///
/// # Errors
/// [`Error::Changed`] when an applied migration was edited; [`Error::Failed`] when one fails, which
/// leaves the database as it was before that one.
pub async fn up(db: &DatabaseConnection) -> Result<Vec<&'static str>, Error> {
    HISTORY.up(db).await
}

/// Takes back the newest `steps` migrations and returns their names.
///
/// # Errors
/// [`Error::Unknown`] when the newest was made by a later version of the program.
pub async fn down(db: &DatabaseConnection, steps: usize) -> Result<Vec<&'static str>, Error> {
    HISTORY.down(db, steps).await
}

/// Every migration known to the program or to the database, oldest first. Changes nothing.
///
/// # Errors
/// When the database can't be asked.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<Status>, Error> {
    HISTORY.status(db).await
}

/// A name for exactly this history: databases with the same one have the same schema.
#[must_use]
pub fn hash() -> String {
    HISTORY.hash()
}
