//! The port through which replies leave, whoever the vendor is.

use domain::{
    inbound::VendorError,
    outbound::{Outbound, SendOutcome},
};
use url::Url;

use crate::{twilio::TwilioSender, verdict, whatsapp::CloudSender};

/// Sends messages through one channel.
pub trait Sender {
    /// Makes one attempt and says what came of it. It never tries again by itself: only the caller, who wrote the
    /// attempt down, may do that.
    fn send(&self, message: &Outbound) -> impl Future<Output = SendOutcome> + Send;
}

/// A sender of any vendor.
#[derive(Debug, Clone)]
pub enum AnySender {
    /// WhatsApp by Meta.
    Cloud(CloudSender),
    /// WhatsApp or SMS by Twilio.
    Twilio(TwilioSender),
}

impl Sender for AnySender {
    async fn send(&self, message: &Outbound) -> SendOutcome {
        match self {
            Self::Cloud(sender) => sender.send(message).await,
            Self::Twilio(sender) => sender.send(message).await,
        }
    }
}

/// A base address that no path can be put under (`mailto:…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the vendor's base address takes no path")]
pub struct NoBase;

/// The address of an endpoint. Ids become segments, whatever characters are in them.
pub(crate) fn endpoint(base: &Url, segments: &[&str]) -> Result<Url, NoBase> {
    let mut url = base.clone();
    url.path_segments_mut().map_err(|()| NoBase)?.pop_if_empty().extend(segments);
    Ok(url)
}

/// A refusal of ours, before anything was sent. The code is one of [`crate::verdict`].
pub(crate) fn refused(kind: domain::ChannelKind, code: i64, detail: &str) -> SendOutcome {
    let error = VendorError { code, detail: detail.to_owned() };
    SendOutcome::Refused(error, verdict::advice_for(kind, code))
}
