//! Twilio's APIs for everything but messages: contents and their approvals, lists, senders.
//!
//! One call is one attempt. Twilio signs nothing in its answers, and its lists name whole addresses for their next
//! pages; those are followed only on the host they came from, because the secret goes along.

use std::fmt;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::{
    Fault, Http, NoBase,
    answer::Answer,
    http,
    json::{detail, mend},
    sender::endpoint,
};

/// An error of Twilio (twilio.md §6, error body).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioError {
    /// What to decide on; the HTTP status, negative, where there is none.
    pub code: i64,
    /// HTTP status.
    pub status: u16,
    /// Twilio's sentence.
    pub message: String,
}

impl TwilioError {
    /// Whether the secret is wrong or may not do this.
    #[must_use]
    pub const fn is_about_access(&self) -> bool {
        self.code == 20_003 || matches!(self.status, 401 | 403)
    }

    /// Whether what was asked for is not there.
    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        self.code == 20_404 || self.status == 404
    }
}

impl fmt::Display for TwilioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A negative code is ours: the vendor gave none.
        if self.code < 0 { f.write_str(&self.message) } else { write!(f, "({}) {}", self.code, self.message) }
    }
}

/// Why a call gave nothing.
pub type TwilioFault = Fault<TwilioError>;

/// Calls one API of Twilio as one account.
#[derive(Clone)]
pub struct Rest {
    http: Http,
    base_url: Url,
    user: String,
    secret: SecretString,
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

impl Rest {
    /// A client. `user` is the account's SID or an API key.
    #[must_use]
    pub const fn new(http: Http, base_url: Url, user: String, secret: SecretString) -> Self {
        Self { http, base_url, user, secret }
    }

    /// `GET /{path…}?{query}`.
    ///
    /// # Errors
    /// See [`TwilioFault`].
    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, TwilioFault> {
        self.call(self.request(Method::GET, self.url(path, query)?)).await
    }

    /// `POST /{path…}` with a JSON body.
    ///
    /// # Errors
    /// See [`TwilioFault`].
    pub async fn post(&self, path: &[&str], body: &Value) -> Result<Value, TwilioFault> {
        self.call(self.request(Method::POST, self.url(path, &[])?).json(body)).await
    }

    /// `POST /{path…}` with a form.
    ///
    /// # Errors
    /// See [`TwilioFault`].
    pub async fn post_form(&self, path: &[&str], form: &[(&str, &str)]) -> Result<Value, TwilioFault> {
        self.call(self.request(Method::POST, self.url(path, &[])?).form(form)).await
    }

    /// `DELETE /{path…}`. What is not there is deleted.
    ///
    /// # Errors
    /// See [`TwilioFault`].
    pub async fn delete(&self, path: &[&str]) -> Result<(), TwilioFault> {
        match self.call(self.request(Method::DELETE, self.url(path, &[])?)).await {
            Err(Fault::Refused(error)) if error.is_not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    /// All pages of a list whose items stand under `key`; at most `pages` of them.
    ///
    /// # Errors
    /// See [`TwilioFault`]. A next page elsewhere than at the configured host, or a list longer than that, is
    /// unreadable: half of it would pass for the whole.
    pub async fn all(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        key: &str,
        pages: usize,
    ) -> Result<Vec<Value>, TwilioFault> {
        let mut all = Vec::new();
        let mut url = self.url(path, query)?;
        for _ in 0..pages {
            let mut body = self.call(self.request(Method::GET, url.clone())).await?;
            let Value::Array(items) = body[key].take() else { return Err(Fault::Unreadable(200)) };
            all.extend(items);
            // The newer APIs write it whole and under `meta`, the oldest as a path (twilio.md §6, §8).
            let next = [&body["meta"]["next_page_url"], &body["next_page_uri"]]
                .into_iter()
                .find_map(|next| next.as_str().filter(|next| !next.is_empty()));
            let Some(next) = next else { return Ok(all) };
            url = self.next_page(next).filter(|next| *next != url).ok_or(Fault::Unreadable(200))?;
        }
        Err(Fault::Unreadable(200))
    }

    /// The whole address of what is kept there; it holds no secret.
    ///
    /// # Errors
    /// See [`TwilioFault`].
    pub(super) fn address(&self, path: &[&str]) -> Result<String, TwilioFault> {
        self.url(path, &[]).map(String::from)
    }

    /// The address of a next page, if it is at our host.
    fn next_page(&self, next: &str) -> Option<Url> {
        let url = self.base_url.join(next).ok()?;
        (url.origin() == self.base_url.origin()).then_some(url)
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, TwilioFault> {
        let mut url = endpoint(&self.base_url, path).map_err(|NoBase| Fault::Unusable)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).basic_auth(&self.user, Some(self.secret.expose_secret()))
    }

    async fn call(&self, request: RequestBuilder) -> Result<Value, TwilioFault> {
        judge(&http::attempt(request).await?)
    }
}

/// What an answer means.
fn judge(answer: &Answer) -> Result<Value, TwilioFault> {
    let status = answer.status;
    let body: Option<Value> = serde_json::from_str(&mend(&answer.body)).ok();
    if (200..300).contains(&status) {
        // A deletion answers 204 and nothing.
        return if answer.body.is_empty() { Ok(Value::Null) } else { body.ok_or(Fault::Unreadable(status)) };
    }
    let spoken = body.as_ref().and_then(|body| {
        let code = body["code"].as_i64()?;
        Some(TwilioError { code, status, message: detail(body["message"].as_str()) })
    });
    if status == 429 || spoken.as_ref().is_some_and(|error| error.code == 20_429) {
        let error = spoken.unwrap_or_else(|| unspoken(status));
        return Err(Fault::Wait { after: answer.retry_after, error });
    }
    match spoken {
        Some(error) if status < 500 => Err(Fault::Refused(error)),
        None if matches!(status, 401 | 403 | 404) => Err(Fault::Refused(unspoken(status))),
        _ => Err(Fault::Unreadable(status)),
    }
}

fn unspoken(status: u16) -> TwilioError {
    TwilioError { code: -i64::from(status), status, message: format!("HTTP {status}") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn rest() -> Rest {
        let base = "https://content.twilio.com/".parse().unwrap();
        Rest::new(Http::new().unwrap(), base, "SK1".into(), SecretString::from("hush"))
    }

    #[test]
    fn the_secret_goes_to_the_configured_host_alone() {
        let rest = rest();
        assert!(rest.next_page("https://content.twilio.com/v1/Content?Page=1").is_some());
        assert!(rest.next_page("/v1/Content?Page=1").is_some());
        for elsewhere in [
            "https://content.twilio.com.evil.example/v1",
            "http://content.twilio.com/v1",
            "//evil.example/v1",
        ] {
            assert!(rest.next_page(elsewhere).is_none(), "{elsewhere}");
        }
        assert!(!format!("{rest:?}").contains("hush"));
    }

    #[test]
    fn answers_are_told_apart() {
        let answer = |status, body: &str| Answer { status, retry_after: None, body: body.into() };
        let refusal = json!({"code": 20_404, "message": "not found", "status": 404}).to_string();
        let Err(Fault::Refused(error)) = judge(&answer(404, &refusal)) else { panic!("not refused") };
        assert!(error.is_not_found() && !error.is_about_access());
        assert_eq!(judge(&answer(204, "")), Ok(Value::Null));
        assert_eq!(judge(&answer(500, &refusal)), Err(Fault::Unreadable(500)));
        let Err(Fault::Refused(error)) = judge(&answer(401, "")) else { panic!("not refused") };
        assert!(error.is_about_access());
        let slow = Answer { retry_after: Some(Duration::from_secs(3)), ..answer(429, "") };
        assert!(matches!(judge(&slow), Err(Fault::Wait { after: Some(_), .. })));
    }
}
