//! Starts a private server in the folder named and prints its address; ends with its input.
//!
//! `cargo run --package embedded-postgres --example private -- /tmp/private`
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::{env, io, path::PathBuf};

use embedded_postgres::{DATABASE, DataDir, Error, Server, Settings, can_install, install};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args_os().nth(1).map_or_else(|| PathBuf::from(".private"), PathBuf::from);
    let server = match start(&folder) {
        Err(Error::NotInstalled) if can_install() => {
            install(|step| println!("{step}"))?;
            start(&folder)?
        }
        other => other?,
    };
    println!("{}", server.url(DATABASE));
    io::stdin().read_line(&mut String::new())?;
    Ok(server.stop()?)
}

fn start(folder: &std::path::Path) -> Result<Server, Error> {
    Server::start(&DataDir::resolve(folder)?, &Settings::default())
}
