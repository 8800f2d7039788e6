//! Operations on a real database, told as stories.
#![expect(clippy::expect_used, reason = "a story that can't be told fails at once, saying where")]

mod ingest;
mod numbering;
