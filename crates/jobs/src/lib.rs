//! A Postgres job queue that has never heard of an inbox.
