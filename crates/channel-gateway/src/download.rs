//! Fetching what customers sent: from the vendor's hosts alone with the vendor's credentials, from anywhere else without
//! any and never from inside (security.md §7).

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER},
    redirect,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{
    Fault,
    guard::{Exempt, PublicOnly, permit},
    whatsapp::graph::{Graph, GraphFault},
};

/// A whole file may take that long.
const LONGEST: Duration = Duration::from_secs(600);
/// And this long nothing may come.
const SILENCE: Duration = Duration::from_secs(30);
/// Where Meta keeps files (whatsapp-cloud.md §6).
const META: [&str; 4] = ["fbsbx.com", "facebook.com", "whatsapp.net", "fbcdn.net"];
/// Twilio's hosts (twilio.md §7).
const TWILIO: [&str; 1] = ["twilio.com"];

/// Why a file did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFile {
    /// The address does not work any more; the id may.
    #[error("the address does not work any more")]
    Gone,
    /// The vendor says no, and will say no again.
    #[error("the vendor refused it with status {0}")]
    Refused(u16),
    /// It may go better later.
    #[error("{reason}")]
    Later {
        /// What was seen.
        reason: &'static str,
        /// When the vendor asked to be asked again.
        after: Option<Duration>,
    },
    /// The address is one that we don't call.
    #[error("the address is not called: {0}")]
    NotCalled(&'static str),
}

/// Fetches files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Downloads {
    /// For the operator's own addresses.
    exempt: Exempt,
    direct: reqwest::Client,
    guarded: reqwest::Client,
}

/// A file that begins to come.
#[derive(Debug)]
pub struct Download {
    response: Response,
}

/// What a customer's file is, as Meta tells when asked by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is, for five minutes.
    pub url: String,
    /// Its hash, in hex or base64.
    pub sha256: Option<String>,
}

/// Asks Meta where a file is (`GET /{media-id}`).
///
/// # Errors
/// [`NoFile::Gone`] when the id's life is over, or it was never this number's.
pub async fn find(graph: &Graph, media_id: &str, phone_number_id: &str) -> Result<Found, NoFile> {
    let told = graph
        .get(&[media_id], &[("phone_number_id", phone_number_id)])
        .await
        .map_err(|fault| no_file(&fault))?;
    let url =
        told["url"].as_str().ok_or(NoFile::Later { reason: "the vendor told no address", after: None })?;
    Ok(Found { url: url.to_owned(), sha256: told["sha256"].as_str().map(str::to_owned) })
}

fn no_file(fault: &GraphFault) -> NoFile {
    match fault {
        Fault::Refused(error) if error.is_unknown_object() => NoFile::Gone,
        // A token can be mended.
        Fault::Refused(error) if error.is_about_access() => {
            NoFile::Later { reason: "the vendor does not accept the channel's token", after: None }
        }
        Fault::Refused(_) => NoFile::Refused(400),
        Fault::Wait { after, .. } => NoFile::Later { reason: "the vendor asks to wait", after: *after },
        Fault::Unusable => NoFile::NotCalled("no request can be made of it"),
        Fault::Unreachable(_) | Fault::Cut(_) => {
            NoFile::Later { reason: "no connection to the vendor", after: None }
        }
        Fault::Unreadable(_) => NoFile::Later { reason: "an answer nobody can read", after: None },
    }
}

impl Downloads {
    /// `operators`: the vendors' addresses as they are set. These are called wherever they are.
    ///
    /// # Errors
    /// When the system's TLS can't be set up.
    pub fn new<'a>(
        operators: impl IntoIterator<Item = &'a Url>,
        connect: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = || {
            reqwest::Client::builder()
                .connect_timeout(connect)
                .read_timeout(SILENCE)
                .timeout(LONGEST)
                .redirect(redirect::Policy::none())
                .no_proxy()
                // Meta's store is said to refuse callers without a name.
                .user_agent(concat!("bandeja/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self {
            exempt: Exempt::new(operators),
            direct: client().build()?,
            guarded: client().dns_resolver(PublicOnly).build()?,
        })
    }

    /// A file at Meta, with the channel's token.
    ///
    /// # Errors
    /// See [`NoFile`].
    pub async fn from_meta(&self, url: &str, token: &SecretString) -> Result<Download, NoFile> {
        let url = read(url)?;
        if !self.is_vendors(&url, &META) {
            return Err(NoFile::NotCalled("it is not the vendor's"));
        }
        let request = self.get(&url)?.bearer_auth(token.expose_secret());
        self.follow(request, &url).await
    }

    /// A file at Twilio, with the account's credentials; one that is elsewhere, without.
    ///
    /// # Errors
    /// See [`NoFile`].
    pub async fn from_twilio(
        &self,
        url: &str,
        user: &str,
        secret: &SecretString,
    ) -> Result<Download, NoFile> {
        let url = read(url)?;
        let mut request = self.get(&url)?;
        if self.is_vendors(&url, &TWILIO) {
            request = request.basic_auth(user, Some(secret.expose_secret()));
        }
        self.follow(request, &url).await
    }

    /// Over TLS to the vendor, or to the very place the operator set.
    fn is_vendors(&self, url: &Url, hosts: &[&str]) -> bool {
        let host = url.host_str().unwrap_or_default();
        let is_theirs = hosts.iter().any(|theirs| {
            host == *theirs || host.strip_suffix(theirs).is_some_and(|front| front.ends_with('.'))
        });
        self.exempt.contains(url) || (url.scheme() == "https" && is_theirs)
    }

    fn get(&self, url: &Url) -> Result<RequestBuilder, NoFile> {
        if self.exempt.contains(url) {
            return Ok(self.direct.get(url.clone()));
        }
        permit(url).map_err(NoFile::NotCalled)?;
        Ok(self.guarded.get(url.clone()))
    }

    /// One redirect, to which no credentials go: object stores refuse two of them (twilio.md §7), and nobody else's
    /// business are they anyway.
    async fn follow(&self, request: RequestBuilder, from: &Url) -> Result<Download, NoFile> {
        let response = send(request).await?;
        if !response.status().is_redirection() {
            return judge(response);
        }
        let to = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let to =
            to.and_then(|place| from.join(place).ok()).ok_or(NoFile::Refused(response.status().as_u16()))?;
        judge(send(self.get(&to)?).await?)
    }
}

fn read(url: &str) -> Result<Url, NoFile> {
    url.parse().map_err(|_| NoFile::NotCalled("it is none"))
}

async fn send(request: RequestBuilder) -> Result<Response, NoFile> {
    // The error's words hold the address, and the address ids and keys.
    request.send().await.map_err(|_| NoFile::Later { reason: "no connection", after: None })
}

fn judge(response: Response) -> Result<Download, NoFile> {
    let status = response.status();
    let wait = response.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
    let after = wait.map(Duration::from_secs);
    match status {
        _ if status.is_success() => Ok(Download { response }),
        // An address that is over answers with any of these; the id tells whether the file is, too.
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN => Err(NoFile::Gone),
        StatusCode::UNAUTHORIZED => {
            Err(NoFile::Later { reason: "the vendor does not accept the channel's secret", after })
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Err(NoFile::Later { reason: "the vendor asks to wait", after })
        }
        _ if status.is_server_error() => Err(NoFile::Later { reason: "the vendor is in trouble", after }),
        _ => Err(NoFile::Refused(status.as_u16())),
    }
}

impl Download {
    /// Its size, if the vendor tells.
    #[must_use]
    pub fn announced(&self) -> Option<u64> {
        self.response.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// Its type, as the vendor says.
    #[must_use]
    pub fn claimed_type(&self) -> Option<&str> {
        self.response.headers().get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The next piece of it; nothing at its end.
    ///
    /// # Errors
    /// When it breaks off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, NoFile> {
        self.response
            .chunk()
            .await
            .map_err(|_| NoFile::Later { reason: "the connection was cut", after: None })
    }
}

/// Whether a hash is the one the vendor announced, in hex or base64 (whatsapp-cloud.md §6: decided by its length). One
/// that is neither says nothing.
#[must_use]
pub fn is_hash(announced: &str, sha256: &[u8; 32]) -> bool {
    use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE};
    let announced = announced.trim();
    match announced.len() {
        64 => hex::decode(announced).is_ok_and(|hash| hash == sha256),
        44 => BASE64_STANDARD
            .decode(announced)
            .or_else(|_| BASE64_URL_SAFE.decode(announced))
            .is_ok_and(|hash| hash == sha256),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn downloads() -> Downloads {
        let operators: Url = "http://127.0.0.1:9/graph".parse().unwrap();
        Downloads::new([&operators], Duration::from_millis(300)).unwrap()
    }

    #[tokio::test]
    async fn a_token_goes_to_the_vendor_s_hosts_and_nowhere_else() {
        let (downloads, token) = (downloads(), SecretString::from("t"));
        for elsewhere in [
            "https://evil.example/x",
            "https://fbsbx.com.evil.example/x",
            "https://evilfbsbx.com/x",
            "http://lookaside.fbsbx.com/x",
            "http://127.0.0.1:10/x",
            "https://127.0.0.1/x",
            "lookaside.fbsbx.com",
        ] {
            let refused = downloads.from_meta(elsewhere, &token).await.unwrap_err();
            assert!(matches!(refused, NoFile::NotCalled(_)), "{elsewhere}: {refused:?}");
        }
        assert!(downloads.is_vendors(&"https://lookaside.fbsbx.com/a".parse().unwrap(), &META));
        assert!(downloads.is_vendors(&"https://api.twilio.com/a".parse().unwrap(), &TWILIO));
        assert!(!downloads.is_vendors(&"https://nottwilio.com/a".parse().unwrap(), &TWILIO));
        // The operator's own is called, and is not there.
        let silent = downloads.from_meta("http://127.0.0.1:9/x", &token).await.unwrap_err();
        assert!(matches!(silent, NoFile::Later { .. }), "{silent:?}");
    }

    #[test]
    fn a_hash_is_read_by_its_length() {
        let hash = [7; 32];
        assert!(is_hash(&hex::encode(hash), &hash));
        assert!(is_hash("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", &hash));
        assert!(!is_hash(&hex::encode([8; 32]), &hash));
        assert!(!is_hash("CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=", &hash));
        assert!(is_hash("<placeholder>", &hash), "that says nothing");
    }
}
