//! Everything on one machine, with a named world: private Postgres, server, worker, simulator.

mod macros;
mod routing;
mod world;

use std::{
    fs,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::Context as _;
use embedded_postgres::{DATABASE, DataDir, Error as PostgresError, Server, Settings as PostgresSettings};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{
    cli::{DemoOptions, runtime},
    clock::Clock,
    database, demo_mark, secrets, server,
    settings::{FactorPolicy, LogFormat, Settings},
    state::AppState,
    telemetry, worker,
};

/// Runs the demo until it is told to stop.
///
/// # Errors
/// When a part of it can't start; says which, and what to do.
pub fn run(options: &DemoOptions) -> anyhow::Result<()> {
    let dir = DataDir::resolve(&options.data_dir).context("prepare the data folder")?;
    if dir.moved() {
        say(&format!(
            "The account that runs Postgres can't reach {}; the data is in {}.",
            options.data_dir.display(),
            dir.path().display()
        ));
    }
    if options.reset {
        dir.remove().context("empty the data folder")?;
    }
    // On the main thread, before any runtime: Postgres ends when the thread ends that started it.
    let postgres = start_postgres(&dir)?;
    let outcome = runtime()?.block_on(everything(options, &dir, &postgres));
    postgres.stop().context("stop the private Postgres")?;
    outcome
}

fn start_postgres(dir: &DataDir) -> anyhow::Result<Server> {
    let settings = PostgresSettings::default();
    match Server::start(dir, &settings) {
        Err(PostgresError::NotInstalled) if embedded_postgres::can_install() => {
            say("Postgres is not installed. Installing the package:");
            embedded_postgres::install(say).context("install Postgres")?;
            Server::start(dir, &settings)
        }
        started => started,
    }
    .context("start the private Postgres")
}

async fn everything(options: &DemoOptions, dir: &DataDir, postgres: &Server) -> anyhow::Result<()> {
    let settings = settings(options, dir, postgres)?;
    telemetry::start_logging(&settings.log)?;
    let listener = TcpListener::bind(settings.server.bind)
        .with_context(|| format!("port {} is taken; choose another one with --port", options.port))?;
    let db = database::open(&settings.database).await?;
    migrations::up(&db).await.context("bring the schema up to date (with an older demo's data: --reset)")?;
    let state = AppState::start(settings, db, Clock::system()).await?;
    if !demo_mark::is_set(&state.db).await? {
        world::found(&state).await.context("found the demo's world")?;
        demo_mark::set(&state.db).await?;
    }
    let simulator = if options.no_simulator { None } else { Some(start_simulator(options).await?) };
    let server = server::run(listener, &state).context("start the server")?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let mut working = tokio::spawn(worker::run(state.clone()));
    welcome(options, dir);

    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.context("listen for Ctrl-C")?,
        ended = &mut working => return ended.context("the worker broke off")?,
    }
    say("Stopping…");
    // Nobody is left to hear it when every part has ended already.
    let _ = state.stop.send(true);
    handle.stop(true).await;
    if let Some(simulator) = simulator {
        simulator.stop().await;
    }
    working.await.context("the worker broke off")??;
    serving.await.context("the server broke off")??;
    state.db.close().await.context("close the database")?;
    Ok(())
}

/// The defaults, and what makes them a demo's.
fn settings(options: &DemoOptions, dir: &DataDir, postgres: &Server) -> anyhow::Result<Settings> {
    let mut settings = Settings::defaults()?;
    settings.house.name = "Clínica Dental Sonrisas".to_owned();
    settings.server.bind = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let own = |host: &str| Url::parse(&format!("http://{host}:{}", options.port));
    settings.server.public_urls = vec![own("localhost")?, own("127.0.0.1")?];
    settings.server.shutdown_seconds = 5;
    // Whoever tries it has no app at hand; everybody may set one up.
    settings.auth.second_factor = FactorPolicy::Nobody;
    settings.log.format = LogFormat::Text;
    settings.log.filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn,bandeja=info".to_owned());
    settings.database.url = Some(SecretString::from(postgres.url(DATABASE)));
    settings.database.max_connections = 20;
    settings.media.url = format!("file://{}", dir.path().join("media").display());
    settings.keys.current = Some(key(&dir.path().join("key"))?);
    let simulator = format!("http://127.0.0.1:{}", options.simulator_port);
    settings.vendors.whatsapp_url = Url::parse(&format!("{simulator}/graph/v26.0"))?;
    settings.vendors.twilio_url = Url::parse(&format!("{simulator}/twilio"))?;
    settings.vendors.twilio_content_url = Url::parse(&format!("{simulator}/twilio"))?;
    settings.vendors.twilio_messaging_url = Url::parse(&format!("{simulator}/twilio"))?;
    // The vendors are next door: what they don't answer soon, they don't answer.
    (settings.vendors.connect_seconds, settings.vendors.answer_seconds) = (2, 8);
    Ok(settings)
}

/// The demo's own key, made at its first start.
fn key(path: &Path) -> anyhow::Result<SecretString> {
    match fs::read_to_string(path) {
        Ok(key) => return Ok(SecretString::from(key.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    }
    let key = secrets::new_key();
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(key.expose_secret().as_bytes()))
        .with_context(|| format!("write {}", path.display()))?;
    Ok(key)
}

async fn start_simulator(options: &DemoOptions) -> anyhow::Result<simulator::Running> {
    let mut settings = simulator::Settings::demo(&format!("http://127.0.0.1:{}", options.port));
    settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, options.simulator_port));
    // The data outlives this process. Ids that come again would be taken for redeliveries.
    settings.seed = rand::random();
    simulator::start(settings).await.with_context(|| {
        format!(
            "start the simulator on port {}; choose another one with --simulator-port",
            options.simulator_port
        )
    })
}

fn welcome(options: &DemoOptions, dir: &DataDir) {
    let (port, simulator_port) = (options.port, options.simulator_port);
    let phone = if options.no_simulator {
        String::new()
    } else {
        format!("  The customer's phone   http://localhost:{simulator_port}/\n")
    };
    say(&format!(
        "\nBandeja is ready. Ctrl-C stops everything; the data stays in {data}.\n\n\
         \x20 Inbox and floor        http://localhost:{port}/\n{phone}\n\
         \x20 valeria@demo.test      agent (also mateo@, camila@, diego@, renata@)\n\
         \x20 gabriela@demo.test     supervisor\n\
         \x20 admin@demo.test        admin\n\
         \x20 Password of all        {password}\n",
        data = dir.path().display(),
        password = world::PASSWORD,
    ));
}

/// Words for whoever started the demo, as opposed to log lines.
fn say(words: &str) {
    // Where nobody reads, there is nothing to tell.
    let _ = writeln!(std::io::stdout(), "{words}");
}
