//! What an operator can set: read once at start; each part gets only its section.
//!
//! The embedded `settings.toml` holds every default with its explanation; `bandeja.toml` and the environment
//! override it, in that order.

mod network;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

pub use network::Network;

/// The defaults, commented: also the documentation of every setting.
pub const DEFAULTS: &str = include_str!("settings.toml");

/// The file that is read where none is named.
pub const FILE: &str = "bandeja.toml";

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The company.
    pub house: HouseSettings,
    /// Listening and answering.
    pub server: ServerSettings,
    /// Log lines.
    pub log: LogSettings,
    /// Postgres.
    pub database: DatabaseSettings,
    /// Waking other nodes.
    pub bus: BusSettings,
    /// Files of messages.
    pub media: MediaSettings,
    /// Keys that seal secrets.
    pub keys: KeySettings,
    /// Sign-in and sessions.
    pub auth: AuthSettings,
    /// Where vendors are called.
    pub vendors: VendorSettings,
    /// What came in, and what may have been missed.
    pub ledger: LedgerSettings,
    /// Background work.
    pub worker: WorkerSettings,
}

/// The company.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseSettings {
    /// Its name, as people read it.
    pub name: String,
    /// Where it is: the zone of times that are drawn for many at once.
    pub time_zone: chrono_tz::Tz,
}

/// Listening and answering.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Where to listen.
    pub bind: SocketAddr,
    /// Threads that answer requests.
    pub workers: usize,
    /// How long idle connections are kept.
    pub keep_alive_seconds: u64,
    /// How long a stop waits for running requests.
    pub shutdown_seconds: u64,
    /// The addresses people and vendors reach us by; the first one stands in links.
    pub public_urls: Vec<Url>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Opens `/metrics` to whoever presents it.
    #[serde(default)]
    pub metrics_token: Option<SecretString>,
}

/// Log lines.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// How they look.
    pub format: LogFormat,
    /// Which are written.
    pub filter: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For human eyes.
    Text,
}

/// Postgres.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// The connection; it holds a password.
    #[serde(default)]
    pub url: Option<SecretString>,
    /// Connections of this node at most.
    pub max_connections: u32,
    /// How long a request waits for one.
    pub acquire_seconds: u64,
    /// How long one may stay silent within a transaction.
    pub silent_seconds: u32,
}

/// Waking other nodes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusSettings {
    /// `nats://…`; empty for Postgres. May hold a password.
    pub url: SecretString,
}

/// Files of messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaSettings {
    /// `file://…` or `s3://…`.
    pub url: String,
    /// The largest file taken from customers.
    pub largest_megabytes: u64,
}

impl MediaSettings {
    /// The largest file taken, in bytes.
    #[must_use]
    pub const fn most(&self) -> u64 {
        self.largest_megabytes.saturating_mul(1024 * 1024)
    }
}

/// Keys that seal secrets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The key in base64.
    #[serde(default)]
    pub current: Option<SecretString>,
    /// A file that holds it in base64.
    #[serde(default)]
    pub current_file: Option<PathBuf>,
    /// Keys from before a rotation.
    #[serde(default)]
    pub previous_files: Vec<PathBuf>,
}

/// Sign-in and sessions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSettings {
    /// Minutes without activity after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which it ends in any case.
    pub absolute_hours: u32,
    /// The oldest session ends when a person opens one more.
    pub sessions_per_person: u32,
    /// Argon2id: memory.
    pub argon2_memory_kib: u32,
    /// Argon2id: passes.
    pub argon2_passes: u32,
    /// Argon2id: lanes.
    pub argon2_lanes: u32,
    /// What a signed-in person may ask in a second.
    pub requests_per_second: std::num::NonZeroU32,
    /// And at once.
    pub requests_at_once: std::num::NonZeroU32,
    /// Sign-ins that may wait for a core.
    pub waiting_sign_ins: usize,
    /// Failures of an account in 15 minutes before it has to wait.
    pub failures_per_account: u32,
    /// Failures from an address in 15 minutes before it has to wait.
    pub failures_per_address: u32,
    /// Who has to have a second factor.
    pub second_factor: FactorPolicy,
}

/// Who has to have a second factor. Everybody else may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactorPolicy {
    /// Whoever signs in.
    Everybody,
    /// Whose role reaches beyond their own work: supervisors, admins, and roles like theirs.
    Leads,
    /// Nobody has to.
    Nobody,
}

/// Where vendors are called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorSettings {
    /// Meta's Graph API.
    pub whatsapp_url: Url,
    /// Twilio's API.
    pub twilio_url: Url,
    /// Twilio's content API.
    pub twilio_content_url: Url,
    /// Twilio's API of senders and services.
    pub twilio_messaging_url: Url,
    /// Whether the holder's reading is shown to the customer.
    pub mark_read: bool,
    /// Whether the holder's writing is shown to the customer.
    pub show_typing: bool,
    /// How long connecting may take.
    pub connect_seconds: u64,
    /// How long a whole call may take; an unanswered one leaves its message uncertain.
    pub answer_seconds: u64,
}

/// What came in, and what may have been missed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// Raw webhooks are kept for so many days.
    pub body_days: u32,
    /// What became of them is kept for so many days.
    pub trail_days: u32,
    /// Without a node that takes webhooks for longer than this, something may have been missed.
    pub silence_seconds: u64,
    /// A status whose message nobody knows after so long is a sign of something missed.
    pub unknown_status_minutes: u64,
    /// How often Twilio's messages are listed.
    pub reconcile_minutes: u64,
    /// How often the vendors' own books are read.
    pub vendor_costs_hours: u64,
}

/// Background work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSettings {
    /// Whether `serve` does it too.
    pub in_serve: bool,
    /// What a lost hint may cost a conversation that waits.
    pub dispatch_poll_seconds: u64,
}

impl WorkerSettings {
    /// How often the dispatcher looks by itself.
    #[must_use]
    pub const fn dispatch_poll(&self) -> Duration {
        Duration::from_secs(self.dispatch_poll_seconds)
    }
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file or variable can't be read as what it should be.
    #[error("{0}")]
    Unreadable(#[from] Box<figment::Error>),
    /// A value can be read but makes no sense.
    #[error("{setting}: {problem}")]
    Senseless {
        /// Which one.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl Settings {
    /// Defaults, then the file (`bandeja.toml` where none is named), then the environment.
    ///
    /// # Errors
    /// Names the setting that is wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let file = match file {
            // A file that was asked for has to be there.
            Some(path) => Toml::file_exact(path),
            None => Toml::file(FILE),
        };
        let layers = Figment::from(Toml::string(DEFAULTS)).merge(file).merge(environment());
        Self::read(&layers)
    }

    /// The defaults alone: the start for the demo and the tests.
    ///
    /// # Errors
    /// When the embedded file is broken, which a test rules out.
    pub fn defaults() -> Result<Self, SettingsError> {
        Self::read(&Figment::from(Toml::string(DEFAULTS)))
    }

    fn read(layers: &Figment) -> Result<Self, SettingsError> {
        let settings: Self = layers.extract().map_err(Box::new)?;
        settings.server.sensible()?;
        settings.vendors.sensible()?;
        settings.ledger.sensible()?;
        Ok(settings)
    }
}

fn environment() -> Figment {
    // BANDEJA_CONFIG names the file; it is no setting.
    let ours = Env::prefixed("BANDEJA_").ignore(&["config"]).split("__");
    let usual = Env::raw().only(&["database_url", "bus_url", "media_url"]).map(|name| {
        // `DATABASE_URL` is `url` in `[database]`.
        name.as_str().to_ascii_lowercase().replace('_', ".").into()
    });
    Figment::from(ours).merge(usual)
}

impl ServerSettings {
    fn sensible(&self) -> Result<(), SettingsError> {
        let wrong = |problem: String| SettingsError::Senseless { setting: "server.public_urls", problem };
        if self.public_urls.is_empty() {
            return Err(wrong("at least one address is needed".to_owned()));
        }
        for url in &self.public_urls {
            if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
                return Err(wrong(format!("{url} is no http or https address")));
            }
            if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
                return Err(wrong(format!("{url} must have no path")));
            }
        }
        if self.workers == 0 {
            return Err(SettingsError::Senseless {
                setting: "server.workers",
                problem: "at least one".to_owned(),
            });
        }
        Ok(())
    }

    /// Whether people reach us over TLS, so that cookies can insist on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_urls.iter().all(|url| url.scheme() == "https")
    }

    /// Keep-alive as a duration.
    #[must_use]
    pub fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_seconds)
    }
}

impl LedgerSettings {
    fn sensible(&self) -> Result<(), SettingsError> {
        let wrong = |setting, problem: &str| {
            let problem = problem.to_owned();
            Err(SettingsError::Senseless { setting, problem })
        };
        // Meta repeats for seven days; what was forgotten before could not be told from what is new.
        if self.body_days < 8 || self.trail_days < self.body_days {
            return wrong("ledger.body_days", "at least 8, and no more than trail_days");
        }
        if self.silence_seconds < 30 {
            return wrong("ledger.silence_seconds", "at least 30");
        }
        if self.reconcile_minutes == 0 || self.unknown_status_minutes == 0 || self.vendor_costs_hours == 0 {
            return wrong("ledger.reconcile_minutes", "this and the other periods are at least 1");
        }
        Ok(())
    }
}

impl VendorSettings {
    /// Above this the sender itself gives a call up.
    const LONGEST_ANSWER_SECONDS: u64 = 55;

    fn sensible(&self) -> Result<(), SettingsError> {
        let wrong = |problem: &str| {
            let problem = problem.to_owned();
            Err(SettingsError::Senseless { setting: "vendors.answer_seconds", problem })
        };
        if self.answer_seconds > Self::LONGEST_ANSWER_SECONDS {
            return wrong("at most 55");
        }
        // Once a whole call ran out of time, nobody can say whether it had begun.
        if self.connect_seconds == 0 || self.connect_seconds >= self.answer_seconds {
            return wrong("must be longer than connect_seconds, which is at least one");
        }
        Ok(())
    }

    /// Fetches files: vendors' at the addresses set here, whatever those are.
    ///
    /// # Errors
    /// When the system's TLS can't be set up.
    pub fn downloads(&self) -> Result<channel_gateway::download::Downloads, reqwest::Error> {
        let ours = [&self.whatsapp_url, &self.twilio_url, &self.twilio_content_url];
        channel_gateway::download::Downloads::new(ours, Duration::from_secs(self.connect_seconds))
    }

    /// The client for calls to vendors.
    ///
    /// # Errors
    /// When the system's TLS can't be set up.
    pub fn http(&self) -> Result<channel_gateway::Http, reqwest::Error> {
        let (connect, answer) = (self.connect_seconds, self.answer_seconds);
        channel_gateway::Http::with_limits(Duration::from_secs(connect), Duration::from_secs(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_may_not_end_before_it_has_connected() {
        let layers = Figment::from(Toml::string(DEFAULTS));
        assert!(
            Settings::read(&layers.clone().merge(Toml::string("[vendors]\nanswer_seconds = 10"))).is_err()
        );
        assert!(
            Settings::read(&layers.clone().merge(Toml::string("[vendors]\nanswer_seconds = 56"))).is_err()
        );
        assert!(Settings::read(&layers.merge(Toml::string("[vendors]\nanswer_seconds = 11"))).is_ok());
    }

    #[test]
    fn the_embedded_defaults_are_complete() {
        let settings = Settings::defaults().unwrap();
        assert_eq!(settings.server.workers, 2);
        assert!(settings.database.url.is_none());
        assert!(!settings.server.is_https());
    }

    #[test]
    fn the_operations_guide_names_every_setting() {
        let guide = include_str!("../../../docs/operating.md");
        let mut section = "";
        for line in DEFAULTS.lines() {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']');
            }
            let Some((name, _)) = line.split_once(" = ") else { continue };
            let name = name.trim_start_matches("# ");
            let ours = format!("BANDEJA_{section}__{name}").to_uppercase();
            let usual = format!("{section}_{name}").to_uppercase();
            let is_named = [ours, usual].iter().any(|word| guide.contains(&format!("| `{word}` |")));
            assert!(section.is_empty() || is_named, "{section}.{name} is missing in docs/operating.md");
        }
    }

    #[test]
    fn a_misspelt_setting_is_refused_by_name() {
        let layers = Figment::from(Toml::string(DEFAULTS)).merge(Toml::string("[server]\nbinf = \"x\""));
        let error = Settings::read(&layers).unwrap_err().to_string();
        assert!(error.contains("binf"), "{error}");
    }

    #[test]
    fn a_public_address_with_a_path_is_refused() {
        let layers = Figment::from(Toml::string(DEFAULTS))
            .merge(Toml::string("[server]\npublic_urls = [\"https://example.test/inbox\"]"));
        let error = Settings::read(&layers).unwrap_err().to_string();
        assert!(error.contains("server.public_urls"), "{error}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let layers = Figment::from(Toml::string(DEFAULTS))
            .merge(Toml::string("[database]\nurl = \"postgres://bandeja:hunter2@host/bandeja\""));
        let settings = Settings::read(&layers).unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
