//! `cargo xtask`: everything a checkout is good for, on a machine that has nothing yet.
#![expect(clippy::print_stdout, reason = "a command-line tool prints")]

mod bench;
mod docker;
mod node;
mod process;
mod setup;
mod spdx;
mod supply;
mod test;
mod totals;

use std::{env, process::ExitCode};

const USAGE: &str = "\
cargo xtask test [--only STEP]...   the whole test-suite; steps: setup, format, lints, tests,
                                    doc-tests, licences, docker, browser
cargo xtask bench [SCENARIO]...     the benchmarks: b, p, a3, a1, a1-statuses, parse,
                                    routing; one JSON object per scenario";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) =
        arguments.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let outcome = match command {
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => Err(format!("unknown command `{command}`\n\n{USAGE}")),
    };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
