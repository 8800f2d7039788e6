//! Connecting channels and keeping them well: the vendor is asked here, and what it says is handed to the inbox.

pub mod blocking;
mod connect;
mod gather;
mod keys;
mod problem;
pub mod upkeep;

pub use connect::{Wanted, WantedSecrets, check, settle, store};
pub use gather::gather;
pub use keys::{CloudKeys, Keys, TwilioKeys};
pub use problem::{Problem, graph_problem, twilio_problem};

use std::sync::Arc;

use channel_gateway::Http;
use domain::{ChannelId, ChannelKind};
use inbox::channels::Sealed;
use sea_orm::DatabaseConnection;
use secrecy::SecretString;
use url::Url;

use crate::{
    connections::Connections,
    secrets::{Keyring, Place, SealError, last_four},
    settings::{Settings, VendorSettings},
    state::AppState,
    webhooks::secret_place,
};

/// What it takes to connect channels and to ask about them.
#[derive(Clone)]
pub struct Desk {
    /// Postgres.
    pub db: DatabaseConnection,
    /// Seals secrets.
    pub keyring: Arc<Keyring>,
    /// Opens channels.
    pub connections: Connections,
    /// Where the vendors are.
    pub vendors: VendorSettings,
    /// Where the vendors find us.
    pub public_urls: Vec<Url>,
    /// Calls them.
    pub http: Http,
}

impl Desk {
    /// The desk of a running process.
    #[must_use]
    pub fn of(state: &AppState) -> Self {
        Self {
            db: state.db.clone(),
            keyring: state.keyring.clone(),
            connections: state.connections.clone(),
            vendors: state.settings.vendors.clone(),
            public_urls: state.settings.server.public_urls.clone(),
            http: state.connections.http(),
        }
    }

    /// A desk for one command.
    ///
    /// # Errors
    /// When the keys or the system's TLS can't be used.
    pub fn open(settings: &Settings, db: DatabaseConnection) -> anyhow::Result<Self> {
        let keyring = Arc::new(Keyring::load(&settings.keys)?);
        let http = settings.vendors.http()?;
        let connections =
            Connections::new(db.clone(), keyring.clone(), settings.vendors.clone(), http.clone());
        Ok(Self {
            db,
            keyring,
            connections,
            vendors: settings.vendors.clone(),
            public_urls: settings.server.public_urls.clone(),
            http,
        })
    }

    /// Where a vendor's incoming messages should go.
    #[must_use]
    pub fn inbound_url(&self, kind: ChannelKind) -> String {
        self.inbound_urls(kind).into_iter().next().unwrap_or_default()
    }

    /// Everywhere they may go: each address of ours leads here.
    #[must_use]
    pub fn inbound_urls(&self, kind: ChannelKind) -> Vec<String> {
        let path = match kind {
            ChannelKind::WhatsappCloud => "/webhooks/whatsapp",
            ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => {
                "/webhooks/twilio/messages#rc=5&rp=ct,rt,5xx"
            }
        };
        self.public_urls.iter().filter_map(|url| url.join(path).ok()).map(String::from).collect()
    }

    /// A secret, sealed for its place.
    ///
    /// # Errors
    /// When it can't be sealed.
    pub fn seal(
        &self,
        channel: ChannelId,
        name: &str,
        generation: i32,
        secret: &SecretString,
    ) -> Result<Sealed, SealError> {
        let row = secret_place(channel, name, generation);
        let place = Place { table: "channel_secret", column: "sealed", row: &row };
        Ok(Sealed {
            name: name.to_owned(),
            generation,
            sealed: self.keyring.seal(place, secret)?,
            last_four: last_four(secret),
        })
    }
}
