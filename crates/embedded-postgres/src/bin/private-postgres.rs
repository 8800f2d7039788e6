//! Runs a private Postgres by hand, or for a test that kills its owner: `private-postgres DIR` prints
//! `READY pid url` and ends with its standard input.

use std::{
    error::Error,
    io::{self, Write as _},
    path::Path,
};

use embedded_postgres::{DataDir, Server, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: private-postgres DIR")?;
    let server = Server::start(&DataDir::resolve(Path::new(&folder))?, &Settings::default())?;
    let pid = server.pid().map_or_else(|| "-".to_owned(), |pid| pid.to_string());
    let mut out = io::stdout();
    writeln!(out, "READY {pid} {}", server.url(embedded_postgres::DATABASE))?;
    out.flush()?;
    io::stdin().read_line(&mut String::new())?;
    server.stop()?;
    Ok(())
}
