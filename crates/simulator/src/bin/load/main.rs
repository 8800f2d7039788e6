//! The load generator: how fast, how soon and how cheaply a customer's message reaches an agent's screen.
//!
//! It starts a server with a database of its own, makes fifty agents, signs them in as people do and opens their
//! sockets; then it plays Meta and watches what the sockets show. Every message carries a number, so a message that is
//! lost or shown twice is counted, and said first.
//!
//! It knows the server by its public surfaces alone (webhooks, pages, sockets, `/proc`) but for one thing: the fifty
//! agents are written straight into the database, because they are no part of what is measured.

mod agent;
mod desk;
mod figures;
mod graph;
mod house;
mod instance;
mod line;
mod proc;
mod scenarios;
mod tally;
mod webhook;
mod world;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Parser, ValueEnum};

/// Load on a Bandeja of its own; one JSON object per scenario on standard output.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub struct Options {
    /// What to measure; nothing means all.
    #[arg(value_enum)]
    scenarios: Vec<Scenario>,
    /// The program to measure.
    #[arg(long, value_name = "FILE", default_value = "target/release/bandeja")]
    bandeja: PathBuf,
    /// Where its database lives while this runs: on a disk, fsync is on. Removed at the end.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    data_dir: PathBuf,
    /// A big house to measure `inbox` in; the server is started on it as in production. Its people get a password.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// How often `inbox` asks for each page.
    #[arg(long, default_value_t = 200)]
    pages: usize,
    /// Agents, each with a socket, a list and an open conversation.
    #[arg(long, default_value_t = 50)]
    agents: usize,
    /// Conversations each agent holds before anything is measured.
    #[arg(long, default_value_t = 20)]
    conversations: usize,
    /// Webhooks under way at the same time, in closed loops.
    #[arg(long, default_value_t = 32)]
    in_flight: usize,
    /// Messages in a closed loop.
    #[arg(long, default_value_t = 20_000)]
    messages: usize,
    /// Rates of the open loops, in messages a second.
    #[arg(long, value_delimiter = ',', default_value = "30,300,1000")]
    rates: Vec<usize>,
    /// Seconds of each open loop.
    #[arg(long, default_value_t = 10)]
    seconds: usize,
    /// One message in this many is a new customer's first, so it is also routed.
    #[arg(long, default_value_t = 10)]
    new_one_in: usize,
    /// How often each scenario is run; the run in the middle is reported.
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Webhooks to the sockets of all agents, as fast as they are taken.
    A1,
    /// The same, with three of four webhooks being statuses of our own messages.
    A1Statuses,
    /// Open loop at 30, 300 and 1,000 messages a second.
    A3,
    /// Memory of idle sockets.
    B,
    /// First paint of the inbox.
    P,
    /// From an agent's closing one conversation to the next one on their screen.
    Freed,
    /// Pages and lists in a big house, which `--database` names.
    Inbox,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut options = Options::parse();
    if options.scenarios.is_empty() {
        // Memory and pages first: what comes before would weigh on them.
        options.scenarios =
            vec![Scenario::B, Scenario::P, Scenario::Freed, Scenario::A3, Scenario::A1, Scenario::A1Statuses];
    }
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was lost.
async fn run(options: &Options) -> anyhow::Result<bool> {
    if let [Scenario::Inbox] = options.scenarios.as_slice() {
        let database = options.database.as_deref().context("which house? --database names its database")?;
        house::pages(options, database).await?;
        return Ok(true);
    }
    let mut desk = desk::Desk::open(options).await?;
    let outcome = measure(options, &mut desk).await;
    desk.close().await.context("stop the server")?;
    outcome
}

async fn measure(options: &Options, desk: &mut desk::Desk) -> anyhow::Result<bool> {
    let mut complete = true;
    for scenario in &options.scenarios {
        let reports = match scenario {
            Scenario::A1 => vec![scenarios::closed(desk, options).await?],
            Scenario::A1Statuses => vec![scenarios::statuses(desk, options).await?],
            Scenario::A3 => scenarios::open(desk, options).await?,
            Scenario::B => vec![scenarios::idle(desk, options).await?],
            Scenario::P => vec![scenarios::page(desk, options).await?],
            Scenario::Freed => vec![scenarios::freed(desk, options).await?],
            Scenario::Inbox => bail!("inbox is measured in a house of its own: name it alone"),
        };
        for report in reports {
            complete &= report.lost == 0;
            figures::print(&report)?;
        }
    }
    Ok(complete)
}

/// Words for whoever runs this; standard output is for figures.
fn complain(words: &str) {
    use std::io::Write as _;
    // Where nobody reads, there is nothing to tell.
    let _ = writeln!(std::io::stderr(), "load: {words}");
}
