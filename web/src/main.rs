//! The one program: server, worker, demo, and what an operator needs beside them.

use std::process::ExitCode;

// Gives the 19 MiB of each password hash back to the system; the usual allocator keeps them in every thread that hashed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bandeja::cli::run()
}
