//! Files of outgoing messages: before a message leaves, its file gets the name that the vendor knows it by.

use channel_gateway::{AnySender, verdict};
use domain::{
    ChannelId, Content,
    content::Media,
    inbound::VendorError,
    outbound::{Advice, SendOutcome},
};
use sea_orm::DatabaseConnection;

use crate::state::AppState;

/// Where files of messages are looked up.
pub(super) struct Files {
    #[expect(dead_code, reason = "our own files are sent once they are kept")]
    db: DatabaseConnection,
}

impl Files {
    /// The files of this process.
    pub(super) fn new(state: &AppState) -> Self {
        Self { db: state.road.db.clone() }
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
        if media.vendor_media_id.is_some() || media.url.is_some() || media.file.is_none() {
            return Ok(());
        }
        self.ours(channel, sender, media).await
    }

    #[expect(clippy::unused_async, reason = "reads the file and hands it over once files are kept")]
    async fn ours(&self, _: ChannelId, _: &AnySender, _: &mut Media) -> Result<(), SendOutcome> {
        let error = VendorError { code: verdict::UNSENDABLE, detail: "files can't be sent yet".to_owned() };
        Err(SendOutcome::Refused(error, Advice::FixMessage))
    }
}
