//! Which faults of the database pass by themselves.

use sea_orm::{DbErr, RuntimeErr};

/// Whether it may go better later: a lost connection, a lock not got in time, a conflict with others.
#[must_use]
pub fn is_passing(error: &DbErr) -> bool {
    matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
        || code(error).is_some_and(|code| ["40", "55", "57"].iter().any(|class| code.starts_with(class)))
}

/// Whether two waited for each other in a circle, or wrote what the other had read: the transaction is gone, and the same
/// again goes better at once.
#[must_use]
pub fn is_conflict(error: &DbErr) -> bool {
    code(error).is_some_and(|code| code == "40001" || code == "40P01")
}

fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    cause.as_database_error().and_then(|fault| fault.code()).map(std::borrow::Cow::into_owned)
}
