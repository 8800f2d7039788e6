//! Why the schema could not be brought to where it should be.

use sea_orm::DbErr;

/// A refusal or a fault of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A migration's SQL differs from what was applied.
    #[error(
        "migration {name} was changed after it was applied; write a new one (a demo can start over with --reset)"
    )]
    Changed {
        /// The migration.
        name: String,
    },
    /// The database is ahead of the program.
    #[error("migration {name} is not known to this version of the program, so it can't take it back")]
    Unknown {
        /// The migration.
        name: String,
    },
    /// The SQL of a migration failed.
    #[error("migration {name} failed")]
    Failed {
        /// The migration.
        name: String,
        /// What the database said.
        #[source]
        source: DbErr,
    },
    /// The database failed otherwise.
    #[error("the database failed while migrating")]
    Database(#[from] DbErr),
}
