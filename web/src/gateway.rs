//! Channels as senders: settings from the row, secrets opened, vendors at the addresses the operator set.

mod files;
mod questions;

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use channel_gateway::{
    AnySender, Courtesy, Http, Sender as _,
    twilio::{TwilioSender, TwilioSettings},
    verdict,
    whatsapp::{CloudSender, CloudSettings},
};
use domain::{
    ChannelId, ChannelKind,
    inbound::VendorError,
    outbound::{Advice, Outbound, SendOutcome},
};
use inbox::sending::Transmit;
use url::Url;

use self::{files::Files, questions::Questions};
use crate::{
    connections::{Connected, Connections, NotConnected},
    error::is_away,
    settings::VendorSettings,
    state::AppState,
};

/// A changed token or address counts at the latest after this.
const FRESH: Duration = Duration::from_secs(5);

/// Where Twilio reports. It repeats a callback only if the address asks for it, and never for longer than 15 seconds
/// (twilio.md §4).
const STATUS_CALLBACKS: &str = "/webhooks/twilio/status#rc=5&rp=ct,rt,5xx";

/// Sends through whichever channel.
pub struct Gateway {
    connections: Connections,
    vendors: VendorSettings,
    status_callback_url: Option<Url>,
    http: Http,
    files: Files,
    questions: Questions,
    senders: Mutex<HashMap<ChannelId, (Instant, AnySender)>>,
}

impl Gateway {
    /// A gateway for this process.
    #[must_use]
    pub fn new(state: &AppState, http: Http) -> Self {
        let public_url = state.settings.server.public_urls.first();
        let vendors = state.settings.vendors.clone();
        Self {
            connections: Connections::new(
                state.road.db.clone(),
                state.keyring.clone(),
                vendors.clone(),
                http.clone(),
            ),
            vendors,
            status_callback_url: public_url.and_then(|url| url.join(STATUS_CALLBACKS).ok()),
            files: Files::new(state),
            questions: Questions::new(state.road.db.clone()),
            http,
            senders: Mutex::default(),
        }
    }

    /// Shows the customer a small sign beside their message of that vendor id. Whether it was shown.
    ///
    /// # Errors
    /// When the channel can't be used, or the vendor said no. Not worth another try.
    pub async fn show(&self, channel: ChannelId, courtesy: Courtesy, message: &str) -> anyhow::Result<bool> {
        let sender = self.sender(channel).await?;
        let shown = sender.show(courtesy, message).await;
        shown.map_err(|error| anyhow::anyhow!("the vendor refused it with {}", error.code))
    }

    async fn sender(&self, id: ChannelId) -> anyhow::Result<AnySender> {
        if let Ok(senders) = self.senders.lock()
            && let Some((made_at, sender)) = senders.get(&id)
            && made_at.elapsed() < FRESH
        {
            return Ok(sender.clone());
        }
        let sender = self.make(id).await?;
        if let Ok(mut senders) = self.senders.lock() {
            senders.insert(id, (Instant::now(), sender.clone()));
        }
        Ok(sender)
    }

    async fn make(&self, id: ChannelId) -> anyhow::Result<AnySender> {
        let Connected { channel, settings } = self.connections.channel(id).await?;
        Ok(match channel.kind {
            ChannelKind::WhatsappCloud => AnySender::Cloud(CloudSender::new(
                self.http.clone(),
                CloudSettings {
                    base_url: self.vendors.whatsapp_url.clone(),
                    phone_number_id: settings.phone_number_id,
                    token: self.connections.secret(id, "access_token").await?,
                },
            )?),
            ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => AnySender::Twilio(TwilioSender::new(
                self.http.clone(),
                TwilioSettings {
                    base_url: self.vendors.twilio_url.clone(),
                    auth_token: self.connections.twilio_secret(id, &settings).await?,
                    auth_user: settings.auth_user.unwrap_or_else(|| settings.account.clone()),
                    account: settings.account,
                    from: settings.from,
                    messaging_service: settings.service,
                    status_callback_url: self
                        .status_callback_url
                        .clone()
                        .context("no public URL is set for status callbacks")?,
                    content_url: self.vendors.twilio_content_url.clone(),
                    messaging_url: self.vendors.twilio_messaging_url.clone(),
                },
            )?),
        })
    }
}

impl Transmit for Gateway {
    async fn send(&self, channel: ChannelId, message: &Outbound) -> SendOutcome {
        match self.sender(channel).await {
            Ok(sender) => {
                let mut message = message.clone();
                if let Err(outcome) = self.files.name(channel, &sender, &mut message.content).await {
                    return outcome;
                }
                if let AnySender::Twilio(twilio) = &sender
                    && let Err(outcome) = self.questions.name(channel, twilio, &mut message.content).await
                {
                    return outcome;
                }
                sender.send(&message).await
            }
            Err(error) => {
                tracing::error!(%channel, error = format!("{error:#}"), "channel {channel} can't send");
                not_sent(&error)
            }
        }
    }
}

/// Nothing was sent. While Postgres is away that mends itself; else a person mends the channel and sends again.
fn not_sent(error: &anyhow::Error) -> SendOutcome {
    let away = matches!(error.downcast_ref(), Some(NotConnected::Db(error)) if is_away(error));
    let error = VendorError { code: verdict::UNUSABLE_SETTINGS, detail: "the channel can't send".to_owned() };
    if away {
        SendOutcome::Retry { after: None, error }
    } else {
        SendOutcome::Refused(error, Advice::FixChannel)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::DbErr;

    use super::*;

    #[test]
    fn a_message_does_not_fail_because_postgres_is_away_for_a_moment() {
        let away = DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout);
        let away = anyhow::Error::from(NotConnected::from(away));
        assert!(matches!(not_sent(&away), SendOutcome::Retry { .. }));
        let unusable = anyhow::Error::from(NotConnected::NoSecret("access_token".to_owned()));
        assert!(matches!(not_sent(&unusable), SendOutcome::Refused(_, Advice::FixChannel)));
    }
}
