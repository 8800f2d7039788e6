//! What holds for every decision, whatever the floor looks like.
#![expect(clippy::unwrap_used, reason = "tests")]

mod always;
mod fairness;
mod scene;
