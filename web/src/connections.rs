//! Channels as accounts at their vendors: settings from the row, secrets opened, clients at the addresses the operator
//! set. Senders, background jobs and handlers all come by their clients here.

use std::sync::Arc;

use channel_gateway::{Http, twilio::rest::Rest, whatsapp::graph::Graph};
use domain::{ChannelId, ChannelKind};
use entity::{channel, channel_secret};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    secrets::{Keyring, Place, SealError},
    settings::VendorSettings,
    webhooks::secret_place,
};

/// Opens channels: who they are at their vendor, and how to call it.
#[derive(Clone)]
pub struct Connections {
    db: DatabaseConnection,
    keyring: Arc<Keyring>,
    vendors: VendorSettings,
    http: Http,
}

/// What `channel.settings` holds, for all kinds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ChannelSettings {
    /// Meta's id of the WhatsApp Business account.
    pub waba: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of our app; needed to give it files.
    pub app: Option<String>,
    /// Twilio's account SID.
    pub account: String,
    /// Who signs in at Twilio, if not the account: an API key.
    pub auth_user: Option<String>,
    /// Our address at Twilio, `+…` or `whatsapp:+…`.
    pub from: String,
    /// Twilio's messaging service in front of it, if there is one.
    pub service: Option<String>,
}

/// A channel with its settings read.
#[derive(Debug, Clone)]
pub struct Connected {
    /// Its row.
    pub channel: channel::Model,
    /// Its settings.
    pub settings: ChannelSettings,
}

/// A channel of Meta's, ready for calls about it.
#[derive(Debug, Clone)]
pub struct CloudAccount {
    /// Whose.
    pub of: Connected,
    /// The client.
    pub graph: Graph,
}

/// A channel of Twilio's, ready for calls about it.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    /// Whose.
    pub of: Connected,
    /// The API of accounts and messages (`/2010-04-01/…`).
    pub api: Rest,
    /// The API of contents (`/v1/Content…`).
    pub content: Rest,
}

/// The account behind a channel, whoever the vendor is.
#[derive(Debug, Clone)]
pub enum Account {
    /// Meta's.
    Cloud(CloudAccount),
    /// Twilio's.
    Twilio(TwilioAccount),
}

/// Why a channel can't be worked with. It names no secret.
#[derive(Debug, thiserror::Error)]
pub enum NotConnected {
    /// There is no such channel any more.
    #[error("the channel is no longer there")]
    Gone,
    /// Its settings are not what we write.
    #[error("the channel's settings can't be read")]
    Settings(#[source] serde_json::Error),
    /// A secret was never entered.
    #[error("the channel has no {0}")]
    NoSecret(String),
    /// A secret stays closed.
    #[error("the channel's {0} can't be opened")]
    Sealed(String, #[source] SealError),
    /// It belongs to the other vendor.
    #[error("the channel is of another kind")]
    OtherVendor,
    /// Postgres.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Connections {
    /// Connections read from `db`.
    #[must_use]
    pub const fn new(
        db: DatabaseConnection,
        keyring: Arc<Keyring>,
        vendors: VendorSettings,
        http: Http,
    ) -> Self {
        Self { db, keyring, vendors, http }
    }

    /// The client for calls that these connections share.
    #[must_use]
    pub fn http(&self) -> Http {
        self.http.clone()
    }

    /// A channel and its settings.
    ///
    /// # Errors
    /// See [`NotConnected`].
    pub async fn channel(&self, id: ChannelId) -> Result<Connected, NotConnected> {
        let channel = channel::Entity::find_by_id(id).one(&self.db).await?.ok_or(NotConnected::Gone)?;
        let settings = serde_json::from_value(channel.settings.clone()).map_err(NotConnected::Settings)?;
        Ok(Connected { channel, settings })
    }

    /// The newest secret of that name.
    ///
    /// # Errors
    /// See [`NotConnected`].
    pub async fn secret(&self, channel: ChannelId, name: &str) -> Result<SecretString, NotConnected> {
        let row = channel_secret::Entity::find()
            .filter(channel_secret::Column::ChannelId.eq(channel))
            .filter(channel_secret::Column::Name.eq(name))
            .order_by_desc(channel_secret::Column::Generation)
            .one(&self.db)
            .await?
            .ok_or_else(|| NotConnected::NoSecret(name.to_owned()))?;
        let place_row = secret_place(channel, &row.name, row.generation);
        let place = Place { table: "channel_secret", column: "sealed", row: &place_row };
        self.keyring.open(place, &row.sealed).map_err(|error| NotConnected::Sealed(name.to_owned(), error))
    }

    /// What signs in at Twilio: the secret of the API key where there is one, else the auth token, which always stays the
    /// key of the webhooks' signatures (twilio.md §1).
    ///
    /// # Errors
    /// See [`NotConnected`].
    pub async fn twilio_secret(
        &self,
        id: ChannelId,
        settings: &ChannelSettings,
    ) -> Result<SecretString, NotConnected> {
        if settings.auth_user.is_none() {
            return self.secret(id, "auth_token").await;
        }
        match self.secret(id, "api_secret").await {
            Err(NotConnected::NoSecret(_)) => self.secret(id, "auth_token").await,
            other => other,
        }
    }

    /// The account behind a channel.
    ///
    /// # Errors
    /// See [`NotConnected`].
    pub async fn account(&self, id: ChannelId) -> Result<Account, NotConnected> {
        let of = self.channel(id).await?;
        Ok(match of.channel.kind {
            ChannelKind::WhatsappCloud => {
                let token = self.secret(id, "access_token").await?;
                let graph = Graph::new(self.http.clone(), self.vendors.whatsapp_url.clone(), token);
                // Not every app demands the proof, but every app takes it.
                let graph = match self.secret(id, "app_secret").await {
                    Ok(secret) => graph.with_proof(&secret),
                    Err(NotConnected::NoSecret(_)) => graph,
                    Err(error) => return Err(error),
                };
                Account::Cloud(CloudAccount { of, graph })
            }
            ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => {
                let secret = self.twilio_secret(id, &of.settings).await?;
                let user = of.settings.auth_user.clone().unwrap_or_else(|| of.settings.account.clone());
                let rest = |base| Rest::new(self.http.clone(), base, user.clone(), secret.clone());
                let api = rest(self.vendors.twilio_url.clone());
                let content = rest(self.vendors.twilio_content_url.clone());
                Account::Twilio(TwilioAccount { of, api, content })
            }
        })
    }

    /// A channel of Meta's.
    ///
    /// # Errors
    /// See [`NotConnected`].
    pub async fn cloud(&self, id: ChannelId) -> Result<CloudAccount, NotConnected> {
        match self.account(id).await? {
            Account::Cloud(account) => Ok(account),
            Account::Twilio(_) => Err(NotConnected::OtherVendor),
        }
    }

    /// A channel of Twilio's.
    ///
    /// # Errors
    /// See [`NotConnected`].
    pub async fn twilio(&self, id: ChannelId) -> Result<TwilioAccount, NotConnected> {
        match self.account(id).await? {
            Account::Twilio(account) => Ok(account),
            Account::Cloud(_) => Err(NotConnected::OtherVendor),
        }
    }

    /// Any channel in use of an account (`waba:…`, `twilio:…`): what belongs to the account is asked through it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_of(&self, account_key: &str) -> Result<Option<ChannelId>, DbErr> {
        let found = channel::Entity::find()
            .filter(channel::Column::AccountKey.eq(account_key))
            .filter(channel::Column::DisabledAt.is_null())
            .order_by_asc(channel::Column::CreatedAt)
            .order_by_asc(channel::Column::Id)
            .one(&self.db)
            .await?;
        Ok(found.map(|row| row.id))
    }
}
