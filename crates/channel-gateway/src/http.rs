//! Calls to vendors: one attempt, within limits, and an honest account of how it was cut.

use std::{error::Error, time::Duration};

use domain::{
    inbound::VendorError,
    outbound::{Advice, SendOutcome},
};
use reqwest::{
    Method, RequestBuilder, Response,
    header::{DATE, HeaderName, RETRY_AFTER},
    redirect,
};
use url::Url;

use crate::{
    answer::{Answer, retry_after},
    verdict::{NOT_CONNECTED, UNUSABLE_SETTINGS},
};

/// How much of an answer is read. Those to a message are a few hundred bytes, a page of templates a few hundred kB.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// So long a connection may lie idle and be used again. Servers close idle ones without a word, the quickest after five
/// seconds; a request that meets its closing may have arrived or not, and a message so sent is nobody's to vouch for.
const LONGEST_IDLE: Duration = Duration::from_secs(3);

/// The client for calls to vendors. Its own type, so that no client that follows redirects (and posts twice) or
/// waits for ever can be used by mistake. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct Http(reqwest::Client);

impl Http {
    /// A client that connects within 10 and answers within 30 seconds.
    ///
    /// # Errors
    /// When the system's TLS can't be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        Self::with_limits(Duration::from_secs(10), Duration::from_secs(30))
    }

    /// A client with other limits. `connect` must be the shorter one: once the whole call ran out of time, nobody
    /// can say whether it had begun.
    ///
    /// # Errors
    /// When the system's TLS can't be set up.
    pub fn with_limits(connect: Duration, total: Duration) -> Result<Self, reqwest::Error> {
        reqwest::Client::builder()
            .connect_timeout(connect)
            .timeout(total)
            .pool_idle_timeout(LONGEST_IDLE)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("bandeja/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
    }

    pub(crate) fn post(&self, url: &Url) -> RequestBuilder {
        self.0.post(url.clone())
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.0.request(method, url)
    }
}

/// How a call ended without an answer. The words name no address: those are full of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cut {
    /// No request can be made of this; nothing was sent.
    Unusable,
    /// No connection came about; nothing was sent.
    NotConnected(String),
    /// It was cut after bytes may have left.
    After(&'static str),
}

/// Makes one attempt: the answer, or what it means for a message that there is none.
pub(crate) async fn call(request: RequestBuilder) -> Result<Answer, SendOutcome> {
    attempt(request).await.map_err(|cut| match cut {
        Cut::Unusable => {
            let detail = "no request can be made of this".to_owned();
            SendOutcome::Refused(VendorError { code: UNUSABLE_SETTINGS, detail }, Advice::FixChannel)
        }
        Cut::NotConnected(detail) => {
            SendOutcome::Retry { after: None, error: VendorError { code: NOT_CONNECTED, detail } }
        }
        Cut::After(reason) => SendOutcome::Uncertain { reason: reason.to_owned() },
    })
}

/// Makes one attempt.
pub(crate) async fn attempt(request: RequestBuilder) -> Result<Answer, Cut> {
    match request.send().await {
        Ok(response) => Ok(read(response).await),
        Err(error) => Err(without_answer(&error)),
    }
}

/// Reads what comes. A body that breaks off is judged by what arrived of it: a refusal stays one, and a success
/// without its id is uncertain.
async fn read(mut response: Response) -> Answer {
    let header = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let retry_after = retry_after(header(RETRY_AFTER), header(DATE));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = LONGEST_ANSWER - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    Answer { status, retry_after, body }
}

/// Without a connection (refused, no such name, no TLS) nothing was sent, so it may be tried again. Any later cut,
/// and any timeout but that of connecting, comes after bytes may have left.
fn without_answer(error: &reqwest::Error) -> Cut {
    if error.is_builder() {
        return Cut::Unusable;
    }
    if error.is_connect() {
        return Cut::NotConnected(format!("no connection: {}", root(error)));
    }
    Cut::After(if error.is_timeout() { "no answer in time" } else { "the connection was cut" })
}

/// The innermost cause. The outer ones name the address, which is full of ids.
fn root(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
