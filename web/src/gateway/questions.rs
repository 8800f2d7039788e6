//! Questions by Twilio: each becomes a content there, once, and is sent by its SID (twilio.md §8).

use channel_gateway::{
    twilio::{TwilioSender, content_of},
    verdict,
};
use domain::{
    ChannelId, Content,
    inbound::VendorError,
    outbound::{Advice, SendOutcome},
    template::TemplateMessage,
};
use inbox::contents;
use sea_orm::{DatabaseConnection, DbErr};
use sha2::{Digest as _, Sha256};

use crate::error::is_away;

/// Contents that were made of questions.
pub(super) struct Questions {
    db: DatabaseConnection,
}

impl Questions {
    /// Questions remembered in `db`.
    pub(super) const fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Puts the content in the place of a question, as Twilio wants it. Other messages are left as they are.
    ///
    /// # Errors
    /// What the message's outcome is then; nothing was sent.
    pub(super) async fn name(
        &self,
        channel: ChannelId,
        sender: &TwilioSender,
        content: &mut Content,
    ) -> Result<(), SendOutcome> {
        let Content::Interactive(question) = content else { return Ok(()) };
        // Refused by the sender itself, in its own words.
        let Some(types) = content_of(question) else { return Ok(()) };
        let hash = hex::encode(Sha256::digest(types.to_string()));
        let sid = match contents::find(&self.db, channel, &hash).await.map_err(|error| not_now(&error))? {
            Some(sid) => sid,
            None => {
                let sid = sender.create_content(&format!("bandeja_{}", &hash[..16]), &types).await?;
                contents::keep(&self.db, channel, &hash, &sid).await.map_err(|error| not_now(&error))?;
                sid
            }
        };
        *content =
            Content::Template(TemplateMessage { content_sid: Some(sid), ..TemplateMessage::default() });
        Ok(())
    }
}

fn not_now(error: &DbErr) -> SendOutcome {
    tracing::warn!(%error, "the contents of questions can't be read or kept");
    let told = VendorError { code: verdict::NOT_ANSWERED, detail: "the database is away".to_owned() };
    if is_away(error) {
        SendOutcome::Retry { after: None, error: told }
    } else {
        SendOutcome::Refused(told, Advice::Later)
    }
}
