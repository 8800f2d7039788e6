//! What costs what in a house of ten million messages. Run by `cargo xtask bench search`:
//! `big FOLDER MESSAGES [search [QUESTIONS [WHO [KIND]]] | explain ROLE NUMBER WORD | open]`; `open` says the database's URL and keeps
//! it up until the standard input ends.
#![expect(clippy::expect_used, reason = "a benchmark that can't go on ends at once")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the report is its output")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small numbers"
)]

mod data;
mod searching;

use std::path::PathBuf;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |at: usize| arguments.get(at).map(String::as_str);
    let number = |at: usize, otherwise| argument(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let folder = argument(0).map_or_else(|| PathBuf::from("target/bench-big"), PathBuf::from);
    let messages = number(1, 10_000_000) as u64;
    let big = data::Big::open(&folder, messages).await;
    match argument(2) {
        None | Some("search") => {
            searching::measure(&big.db, number(3, 300), argument(4), argument(5)).await;
        }
        Some("explain") => {
            let role = number(3, 2) as usize;
            searching::explain(&big.db, role, number(4, 508), argument(5).unwrap_or("cita")).await;
        }
        Some("open") => {
            println!("{}", big.url());
            // Whoever asked for it closes our input, or is gone.
            let _ = std::io::stdin().read_line(&mut String::new());
        }
        Some(other) => data::say(&format!("{other}: no such scenario")),
    }
    big.close().await;
}
