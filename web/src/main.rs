//! The one program: server, worker, demo, and what an operator needs beside them.

use std::process::ExitCode;

fn main() -> ExitCode {
    bandeja::memory::give_back();
    bandeja::cli::run()
}
