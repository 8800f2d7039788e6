//! The command line.

mod channel;
mod check;
mod db_url;
mod migrate;
mod rehearse;
mod routes;
mod serve;
mod user;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::{settings::Settings, telemetry};

/// Bandeja: one inbox for all channels.
#[derive(Debug, Parser)]
#[command(name = "bandeja", version, about)]
struct Cli {
    /// Settings file (default: bandeja.toml, if there is one).
    #[arg(long, global = true, env = "BANDEJA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages, sockets and webhooks; with the background work, unless settings say otherwise.
    Serve,
    /// Do the background work alone.
    Worker,
    /// Bring the database's schema up to date.
    Migrate,
    /// Look at settings, database and schema, and say what is wrong.
    Check,
    /// Print every route: method, path, permission.
    Routes {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// People who sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// Connected numbers.
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// Play a day under two routings and compare waits, service level and occupancy, before one is published.
    /// Nothing is changed by it.
    Rehearse(Box<rehearse::Options>),
    /// Print the connection URL of a data folder's private Postgres.
    DbUrl {
        /// The data folder.
        #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
        data_dir: PathBuf,
    },
    /// Everything on one machine: Postgres, a named world, server, worker, simulator.
    Demo(DemoOptions),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Create a person, or invite one again, and print a one-time link.
    Add(NewUser),
    /// Take the second factor of a person away who has lost device and recovery codes, and end their sessions. Make sure
    /// that it is they who ask.
    RemoveSecondFactor {
        /// The sign-in name.
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Subcommand)]
enum ChannelCommand {
    /// Ask the vendor about a number and connect it. Secrets come from the environment (BANDEJA_CHANNEL_APP_SECRET,
    /// …_ACCESS_TOKEN, …_VERIFY_TOKEN, …_AUTH_TOKEN, …_API_SECRET) or the standard input, never as arguments.
    Add(NewChannel),
}

/// A channel to connect.
#[derive(Debug, Args)]
struct NewChannel {
    /// `whatsapp_cloud`, `twilio_whatsapp` or `twilio_sms`.
    #[arg(long)]
    kind: String,
    /// The name people will know it by.
    #[arg(long)]
    name: String,
    /// The queue where its conversations begin.
    #[arg(long)]
    queue: String,
    /// Meta: the WhatsApp account's id.
    #[arg(long)]
    waba: Option<String>,
    /// Meta: the number's id.
    #[arg(long)]
    phone_number_id: Option<String>,
    /// Meta: the app's id.
    #[arg(long)]
    app: Option<String>,
    /// Twilio: the account's SID.
    #[arg(long)]
    account: Option<String>,
    /// Twilio: an API key's SID.
    #[arg(long)]
    api_key: Option<String>,
    /// Twilio: the number or sender, `+…`.
    #[arg(long)]
    sender: Option<String>,
    /// Twilio: a messaging service's SID.
    #[arg(long)]
    service: Option<String>,
    /// Read secrets from the standard input too, as lines `app_secret=…`.
    #[arg(long)]
    secrets_stdin: bool,
}

/// A person to create.
#[derive(Debug, Args)]
struct NewUser {
    /// The sign-in name.
    #[arg(long)]
    email: String,
    /// Full name.
    #[arg(long)]
    name: String,
    /// `agent`, `supervisor`, `admin`, or a role of your own.
    #[arg(long)]
    role: String,
}

/// The folder of the demo where none is named.
pub const DATA_DIR: &str = ".bandeja";

/// How the demo runs.
#[derive(Debug, Clone, Args)]
pub struct DemoOptions {
    /// Where the pages are.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Where the simulator is.
    #[arg(long, default_value_t = 8090)]
    pub simulator_port: u16,
    /// Where its data is kept.
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
    /// Begin again with an empty data folder.
    #[arg(long)]
    pub reset: bool,
    /// Without the simulator.
    #[arg(long)]
    pub no_simulator: bool,
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(&cli) {
        Ok(code) => code,
        Err(error) => {
            // Settings come before logging, so this can't be a log line. Where even this fails, the code tells.
            let _ = writeln!(std::io::stderr(), "bandeja: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: &Cli) -> anyhow::Result<ExitCode> {
    let config = cli.config.as_deref();
    match &cli.command {
        Command::Serve => runtime()?.block_on(serve::serve(settings(config)?))?,
        Command::Worker => runtime()?.block_on(serve::work(settings(config)?))?,
        Command::Migrate => runtime()?.block_on(migrate::migrate(&settings(config)?))?,
        Command::Check => return runtime()?.block_on(check::check(config)),
        Command::Routes { json } => routes::print(*json)?,
        Command::User(UserCommand::Add(new)) => runtime()?.block_on(user::add(&settings(config)?, new))?,
        Command::User(UserCommand::RemoveSecondFactor { email }) => {
            runtime()?.block_on(user::remove_second_factor(&settings(config)?, email))?;
        }
        Command::Channel(ChannelCommand::Add(new)) => {
            runtime()?.block_on(channel::add(&settings(config)?, new))?;
        }
        Command::Rehearse(options) => runtime()?.block_on(rehearse::rehearse(&settings(config)?, options))?,
        Command::DbUrl { data_dir } => db_url::print(data_dir)?,
        // Not inside a runtime: the private Postgres belongs to the main thread.
        Command::Demo(options) => crate::demo::run(options)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(config: Option<&Path>) -> anyhow::Result<Settings> {
    let settings = Settings::load(config).context("the settings can't be used")?;
    telemetry::start_logging(&settings.log)?;
    Ok(settings)
}

/// The runtime of a command.
///
/// # Errors
/// When the machine refuses threads.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the runtime")
}

/// Prints a line of the answer, as opposed to a log line.
fn say(line: impl std::fmt::Display) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
