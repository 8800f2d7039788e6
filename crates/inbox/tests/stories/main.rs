//! Operations on a real database, told as stories.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a story that can't be told fails at once, saying where"
)]

mod books;
mod costs;
mod echoes;
mod entering;
mod hostile;
mod ingest;
mod ledger;
mod numbering;
mod people;
mod recipients;
mod reconciling;
mod reopening;
mod search;
