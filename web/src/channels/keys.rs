//! What a channel is called and opened with at its vendor, before it is connected and after.

use channel_gateway::{
    twilio::rest::Rest,
    whatsapp::{app::as_app, graph::Graph},
};
use domain::{ChannelId, ChannelKind};
use secrecy::SecretString;

use super::Desk;
use crate::connections::NotConnected;

/// A number at Meta.
#[derive(Clone)]
pub struct CloudKeys {
    /// The account's id.
    pub waba: String,
    /// The number's id.
    pub number: String,
    /// The app's id, if known.
    pub app: Option<String>,
    /// The app's secret.
    pub app_secret: Option<SecretString>,
    /// The access token.
    pub token: SecretString,
}

impl CloudKeys {
    /// Calls with the token.
    #[must_use]
    pub fn graph(&self, desk: &Desk) -> Graph {
        let graph = Graph::new(desk.http.clone(), desk.vendors.whatsapp_url.clone(), self.token.clone());
        match &self.app_secret {
            Some(secret) => graph.with_proof(secret),
            None => graph,
        }
    }

    /// Calls as the app `id`; `None` without its secret.
    #[must_use]
    pub fn as_app(&self, desk: &Desk, id: &str) -> Option<Graph> {
        let secret = self.app_secret.as_ref().filter(|_| !id.is_empty())?;
        Some(as_app(desk.http.clone(), desk.vendors.whatsapp_url.clone(), id, secret))
    }
}

/// A sender or number at Twilio.
#[derive(Clone)]
pub struct TwilioKeys {
    /// The account's SID.
    pub account: String,
    /// Who signs in: the account, or an API key.
    pub user: String,
    /// With what.
    pub secret: SecretString,
    /// Our address, `+…` or `whatsapp:+…`.
    pub from: String,
    /// The messaging service in front of it.
    pub service: Option<String>,
}

impl TwilioKeys {
    /// The API of accounts and messages.
    #[must_use]
    pub fn api(&self, desk: &Desk) -> Rest {
        let base = desk.vendors.twilio_url.clone();
        Rest::new(desk.http.clone(), base, self.user.clone(), self.secret.clone())
    }

    /// The API of senders and services.
    #[must_use]
    pub fn messaging(&self, desk: &Desk) -> Rest {
        let base = desk.vendors.twilio_messaging_url.clone();
        Rest::new(desk.http.clone(), base, self.user.clone(), self.secret.clone())
    }
}

/// Either.
#[derive(Clone)]
pub enum Keys {
    /// Meta's.
    Cloud(CloudKeys),
    /// Twilio's.
    Twilio(TwilioKeys),
}

impl Keys {
    /// Those of a connected channel.
    ///
    /// # Errors
    /// See [`NotConnected`].
    pub async fn of(desk: &Desk, id: ChannelId) -> Result<Self, NotConnected> {
        let found = desk.connections.channel(id).await?;
        let settings = found.settings;
        Ok(match found.channel.kind {
            ChannelKind::WhatsappCloud => {
                let app_secret = match desk.connections.secret(id, "app_secret").await {
                    Ok(secret) => Some(secret),
                    Err(NotConnected::NoSecret(_)) => None,
                    Err(error) => return Err(error),
                };
                let waba = found.channel.account_key.strip_prefix("waba:").unwrap_or(&settings.waba);
                Self::Cloud(CloudKeys {
                    waba: waba.to_owned(),
                    number: settings.phone_number_id,
                    app: settings.app,
                    app_secret,
                    token: desk.connections.secret(id, "access_token").await?,
                })
            }
            ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => {
                let secret = desk.connections.twilio_secret(id, &settings).await?;
                Self::Twilio(TwilioKeys {
                    user: settings.auth_user.unwrap_or_else(|| settings.account.clone()),
                    account: settings.account,
                    secret,
                    from: settings.from,
                    service: settings.service,
                })
            }
        })
    }
}
