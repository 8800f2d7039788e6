//! The simulator on its own: `simulate --webhooks http://127.0.0.1:8080`.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Parser;
use simulator::{Settings, TwilioSignature};

/// Stand-ins for Meta and Twilio, with a phone page. Without options: the demo world.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Where to listen.
    #[arg(long, env = "SIMULATOR_LISTEN", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Where the product listens: webhooks are posted there.
    #[arg(long, env = "SIMULATOR_WEBHOOKS", default_value = "http://127.0.0.1:8080")]
    webhooks: String,
    /// The address the product is known by; Twilio signs over it. Without it: the same as --webhooks.
    #[arg(long, env = "SIMULATOR_PUBLIC_URL")]
    public_url: Option<String>,
    /// The address the simulator is reached at, for links to media.
    #[arg(long, env = "SIMULATOR_OWN_URL")]
    own_url: Option<String>,
    /// Start of the random choices. Without it they differ each time, the vendors' ids among them.
    #[arg(long)]
    seed: Option<u64>,
    /// Post webhooks without asking Meta's verification question first.
    #[arg(long)]
    no_verification: bool,
    /// Leave messages delivered until somebody opens the customer on the phone page.
    #[arg(long)]
    no_auto_read: bool,
    /// Messages a number may send in a second.
    #[arg(long, default_value_t = 80)]
    throughput: u32,
    /// App secret of the WhatsApp number.
    #[arg(long, env = "SIMULATOR_APP_SECRET", hide_env_values = true)]
    app_secret: Option<String>,
    /// Sign Twilio's webhooks with a shared key (HMAC-SHA256) instead of the auth token: `ID:SECRET`.
    #[arg(long, env = "SIMULATOR_SHARED_KEY", hide_env_values = true)]
    shared_key: Option<String>,
}

impl Options {
    fn settings(self) -> anyhow::Result<Settings> {
        let mut settings = Settings {
            listen: self.listen,
            public_url: self.public_url,
            own_url: self.own_url,
            seed: self.seed.unwrap_or_else(rand::random),
            verify_webhook: !self.no_verification,
            auto_read: !self.no_auto_read,
            throughput: self.throughput,
            ..Settings::demo(&self.webhooks)
        };
        if let (Some(secret), Some(channel)) = (self.app_secret, settings.cloud.first_mut()) {
            channel.app_secret = secret;
        }
        if let Some(key) = self.shared_key {
            let (id, secret) = key.split_once(':').context("--shared-key is ID:SECRET")?;
            settings.twilio.signature =
                TwilioSignature::SharedKey { id: id.to_owned(), secret: secret.to_owned() };
        }
        Ok(settings)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::new("info")).init();
    let running = simulator::start(Options::parse().settings()?).await.context("start the simulator")?;
    tracing::info!("phone page: {}/", running.url());
    tokio::signal::ctrl_c().await.context("wait for Ctrl-C")?;
    running.stop().await;
    Ok(())
}
