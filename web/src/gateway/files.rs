//! Files of outgoing messages: before a message leaves, its file gets the name that the vendor knows it by.

use channel_gateway::{AnySender, verdict, whatsapp::CloudSender};
use chrono::{TimeDelta, Utc};
use domain::{
    ChannelId, Content, FileId,
    content::Media,
    inbound::VendorError,
    outbound::{Advice, SendOutcome},
};
use files::{Part, Store, StoreError};
use inbox::files::{self as records, ToSend};
use sea_orm::{DatabaseConnection, DbErr};

use crate::{
    files::links::{Links, plain_name},
    state::AppState,
};

/// Meta keeps what we hand over for 30 days (whatsapp-cloud.md §6); two of them are left for messages on their way.
const KEPT: TimeDelta = TimeDelta::days(28);

/// Where files of messages are looked up.
pub(super) struct Files {
    db: DatabaseConnection,
    store: Store,
    links: Links,
}

impl Files {
    /// The files of this process.
    pub(super) fn new(state: &AppState) -> Self {
        Self { db: state.road.db.clone(), store: state.files.clone(), links: state.links.clone() }
    }

    /// Gives the file of a message, if it has one of ours, what the vendor needs: an id of the vendor's
    /// (`vendor_media_id`, by [`channel_gateway::whatsapp::CloudSender::upload`]) or an address to fetch it from
    /// (`url`). One that has either is left as it is.
    ///
    /// # Errors
    /// What the message's outcome is then; nothing was sent.
    pub(super) async fn name(
        &self,
        channel: ChannelId,
        sender: &AnySender,
        content: &mut Content,
    ) -> Result<(), SendOutcome> {
        let Some(media) = content.media_mut() else { return Ok(()) };
        let Some(id) = media.file else { return Ok(()) };
        if media.vendor_media_id.is_some() || media.url.is_some() {
            return Ok(());
        }
        self.ours(id, channel, sender, media).await
    }

    async fn ours(
        &self,
        id: FileId,
        channel: ChannelId,
        sender: &AnySender,
        media: &mut Media,
    ) -> Result<(), SendOutcome> {
        let file = records::to_send(&self.db, id).await.map_err(|error| not_now(&error))?.ok_or_else(lost)?;
        match sender {
            AnySender::Cloud(sender) => {
                let known = records::at_vendor(&self.db, id, channel, Utc::now()).await;
                media.vendor_media_id = Some(match known.map_err(|error| not_now(&error))? {
                    Some(known) => known,
                    None => self.hand_over(id, channel, sender, &file, media).await?,
                });
            }
            AnySender::Twilio(_) => {
                let link = self.links.to(id, file.name.as_deref(), file.kind.as_deref(), Utc::now());
                media.url = Some(link.ok_or_else(no_address)?.into());
            }
        }
        Ok(())
    }

    async fn hand_over(
        &self,
        id: FileId,
        channel: ChannelId,
        sender: &CloudSender,
        file: &ToSend,
        media: &Media,
    ) -> Result<String, SendOutcome> {
        let bytes = self.store.read(id.0, Part::Whole).await.map_err(|error| match error {
            StoreError::NotFound => lost(),
            error => {
                tracing::error!(file = %id, error = &error as &dyn std::error::Error, "file {id} can't be read");
                again("the file can't be read at the moment")
            }
        })?;
        let kind = file.kind.as_deref().unwrap_or("application/octet-stream");
        // Meta wants to be told that there is Opus inside.
        let mime = if kind == "audio/ogg" { "audio/ogg; codecs=opus" } else { kind };
        let name = media.filename.clone().unwrap_or_else(|| plain_name(None, Some(kind)));
        let named = sender.upload(&name, mime, bytes.to_vec()).await?;
        // Forgotten, it would be handed over once more and reach nobody twice.
        if let Err(error) = records::name_at_vendor(&self.db, id, channel, &named, Utc::now() + KEPT).await {
            tracing::warn!(file = %id, %error, "the vendor's name of file {id} was not remembered");
        }
        Ok(named)
    }
}

fn not_now(error: &DbErr) -> SendOutcome {
    tracing::error!(%error, "a file could not be looked up");
    again("the file can't be looked up at the moment")
}

fn again(detail: &str) -> SendOutcome {
    let error = VendorError { code: verdict::NOT_CONNECTED, detail: detail.to_owned() };
    SendOutcome::Retry { after: None, error }
}

fn lost() -> SendOutcome {
    let error = VendorError { code: verdict::UNSENDABLE, detail: "the file is no longer there".to_owned() };
    SendOutcome::Refused(error, Advice::FixMessage)
}

fn no_address() -> SendOutcome {
    let detail = "no public URL is set to fetch files from".to_owned();
    SendOutcome::Refused(VendorError { code: verdict::UNUSABLE_SETTINGS, detail }, Advice::FixChannel)
}
