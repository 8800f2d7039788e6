//! One file per table, with its scoped finders.
