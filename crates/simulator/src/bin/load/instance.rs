//! The server that is measured, with a database of its own.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, bail};
use tokio::process::{Child, Command};

use crate::Options;

/// How long it may take to be ready: it also makes a database cluster.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// A house that is measured keeps nothing that needs sealing.
const NO_SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A running server.
pub struct Instance {
    child: Child,
    /// Its process.
    pub process: u32,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it calls the vendors.
    pub vendors: SocketAddr,
    database: String,
}

impl Instance {
    /// Start one and wait until it is ready.
    ///
    /// # Errors
    /// When it does not start, with what it said on standard error above.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let (address, vendors) = (free_address()?, free_address()?);
        let mut child = command(options)
            .args(["demo", "--reset", "--no-simulator", "--port", &address.port().to_string()])
            .args(["--simulator-port", &vendors.port().to_string(), "--data-dir"])
            .arg(&options.data_dir)
            .spawn()
            .with_context(|| format!("start {}", options.bandeja.display()))?;
        let process = ready(&mut child, address).await?;
        let database =
            output(Command::new(&options.bandeja).args(["db-url", "--data-dir"]).arg(&options.data_dir))
                .await
                .context("ask for the database's URL")?;
        Ok(Self { child, process, address, vendors, database })
    }

    /// Start one on a database that is there already, as in production, and wait until it is ready. One person may ask
    /// as fast as they like, because few people stand for many.
    ///
    /// # Errors
    /// As [`Instance::start`].
    pub async fn on(options: &Options, database: &str) -> anyhow::Result<Self> {
        let (address, vendors) = (free_address()?, free_address()?);
        let mut child = command(options)
            .arg("serve")
            .env("DATABASE_URL", database)
            .env(
                "MEDIA_URL",
                format!("file://{}", std::path::absolute(options.data_dir.join("media"))?.display()),
            )
            .env("BANDEJA_KEYS__CURRENT", NO_SECRET)
            .env("BANDEJA_SERVER__BIND", address.to_string())
            .env("BANDEJA_SERVER__PUBLIC_URLS", format!("[\"http://{address}\"]"))
            .env("BANDEJA_AUTH__REQUESTS_PER_SECOND", "100000")
            .env("BANDEJA_AUTH__REQUESTS_AT_ONCE", "100000")
            // Agents of a benchmark have a password and nothing else.
            .env("BANDEJA_AUTH__SECOND_FACTOR", "nobody")
            .spawn()
            .with_context(|| format!("start {}", options.bandeja.display()))?;
        let process = ready(&mut child, address).await?;
        Ok(Self { child, process, address, vendors, database: database.to_owned() })
    }

    /// Base URL of its pages.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Run SQL; the last statement's first column, line by line.
    ///
    /// # Errors
    /// When `psql` is missing or Postgres refuses.
    pub async fn sql(&self, script: &str) -> anyhow::Result<String> {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.database, "-c", script]);
        output(&mut psql).await.context("run psql")
    }

    /// Stop it as Ctrl-C does.
    ///
    /// # Errors
    /// When it does not end, or complains.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        output(Command::new("kill").args(["-INT", &self.process.to_string()])).await?;
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        let status = ended.context("the server does not stop")??;
        if status.success() { Ok(()) } else { bail!("the server ended with {status}") }
    }
}

fn command(options: &Options) -> Command {
    let mut command = Command::new(&options.bandeja);
    command
        // Fifty lines about sign-ins are no news here, nor that channels of a made house are known to no vendor.
        .env("RUST_LOG", "warn")
        .env("BANDEJA_LOG__FILTER", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Waits until it answers; its process.
async fn ready(child: &mut Child, address: SocketAddr) -> anyhow::Result<u32> {
    let process = child.id().context("the server ended at once")?;
    tokio::time::timeout(READY_WITHIN, answers(child, address))
        .await
        .context("the server did not get ready")??;
    Ok(process)
}

async fn answers(child: &mut Child, address: SocketAddr) -> anyhow::Result<()> {
    let url = format!("http://{address}/health/ready");
    loop {
        if let Some(status) = child.try_wait()? {
            bail!("the server ended with {status}");
        }
        // Refused connections are what waiting looks like.
        if reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A port nobody listens on. Somebody could take it before the server does; then the server says so.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

async fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output().await?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
