//! The Graph API for everything but messages: templates, numbers, accounts, profiles, tokens.
//!
//! One call is one attempt. Every call carries the token in a header, never in the address, and goes to the
//! configured host alone.

use std::{fmt, time::Duration};

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::{
    Fault, Http, NoBase,
    answer::Answer,
    http,
    json::{detail, mend},
    mac,
    sender::endpoint,
};

/// An error object of the Graph API (whatsapp-cloud.md §5.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    /// What to decide on.
    pub code: i64,
    /// More exactly, sometimes.
    pub subcode: Option<i64>,
    /// Meta's sentence for developers.
    pub message: String,
    /// Meta's heading for people.
    pub user_title: Option<String>,
    /// Meta's sentence for people.
    pub user_msg: Option<String>,
    /// What exactly is wrong.
    pub details: Option<String>,
    /// Meta says that it passes.
    pub transient: bool,
}

impl GraphError {
    /// The sentence that tells a person most.
    #[must_use]
    pub fn sentence(&self) -> &str {
        self.user_msg.as_deref().or(self.details.as_deref()).unwrap_or(&self.message)
    }

    /// Whether the token is missing, expired, revoked or may not do this (whatsapp-cloud.md §5.6).
    #[must_use]
    pub const fn is_about_access(&self) -> bool {
        matches!(self.code, 0 | 3 | 10 | 190 | 200..=299)
    }

    /// Whether what was asked for is not there, or not for this token: Meta doesn't tell the two apart.
    #[must_use]
    pub fn is_unknown_object(&self) -> bool {
        self.code == 33 || (self.code == 100 && self.subcode == Some(33))
    }

    fn read(error: &Value) -> Option<Box<Self>> {
        let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        let text =
            |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(|text| detail(Some(text)));
        let data = &error["error_data"];
        Some(Box::new(Self {
            code: number(&error["code"])?,
            subcode: number(&error["error_subcode"]),
            message: text(&error["message"]).unwrap_or_default(),
            user_title: text(&error["error_user_title"]),
            user_msg: text(&error["error_user_msg"]),
            // Sometimes the data is the text itself.
            details: text(&data["details"]).or_else(|| text(data)),
            transient: error["is_transient"].as_bool().unwrap_or_default(),
        }))
    }

    /// How long to wait, when the error asks for that: calls of the app (4), of the account (80007), of a token (17, 32,
    /// 613), the server itself (2, 131016). whatsapp-cloud.md §5.5, §5.6.
    const fn patience(&self) -> Option<u64> {
        match self.code {
            4 | 17 | 32 | 613 | 80_007 => Some(60),
            2 | 131_016 => Some(5),
            _ if self.transient => Some(5),
            _ => None,
        }
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A negative code is ours: the vendor gave none.
        if self.code < 0 {
            f.write_str(self.sentence())
        } else {
            write!(f, "({}) {}", self.code, self.sentence())
        }
    }
}

/// Why a call gave nothing.
pub type GraphFault = Fault<Box<GraphError>>;

/// Calls the Graph API as one system user.
#[derive(Clone)]
pub struct Graph {
    http: Http,
    base_url: Url,
    token: SecretString,
    proof: Option<String>,
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

impl Graph {
    /// A client. `base_url` holds the version (`https://graph.facebook.com/v26.0`).
    #[must_use]
    pub const fn new(http: Http, base_url: Url, token: SecretString) -> Self {
        Self { http, base_url, token, proof: None }
    }

    /// The same, proving with each call that the app's secret is known (`appsecret_proof`).
    #[must_use]
    pub fn with_proof(self, app_secret: &SecretString) -> Self {
        let proof = mac::sha256_hex(app_secret, self.token.expose_secret().as_bytes());
        Self { proof, ..self }
    }

    /// `GET /{path…}?{query}`.
    ///
    /// # Errors
    /// See [`GraphFault`].
    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, GraphFault> {
        self.call(self.request(Method::GET, path, query)?).await
    }

    /// `POST /{path…}` with a JSON body.
    ///
    /// # Errors
    /// See [`GraphFault`].
    pub async fn post(&self, path: &[&str], body: &Value) -> Result<Value, GraphFault> {
        self.call(self.request(Method::POST, path, &[])?.json(body)).await
    }

    /// `POST /{path…}?{query}` without a body.
    ///
    /// # Errors
    /// See [`GraphFault`].
    pub async fn post_query(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, GraphFault> {
        self.call(self.request(Method::POST, path, query)?).await
    }

    /// `DELETE /{path…}?{query}`.
    ///
    /// # Errors
    /// See [`GraphFault`].
    pub async fn delete(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, GraphFault> {
        self.call(self.request(Method::DELETE, path, query)?).await
    }

    /// `POST` or `DELETE /{path…}` with a JSON body: all of the answer, and what it means. Where a call is about several
    /// things at once, an error tells only that there is more to read.
    ///
    /// # Errors
    /// See [`GraphFault`]; only that nothing came back at all.
    pub async fn change(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<(Value, Result<Value, GraphFault>), GraphFault> {
        let answer = http::attempt(self.request(method, path, &[])?.json(body)).await?;
        let whole = serde_json::from_str(&mend(&answer.body)).unwrap_or(Value::Null);
        Ok((whole, judge(&answer)))
    }

    /// One page of a list (`data`), and the cursor of the next one. Meta's `next` is an address with the token in it;
    /// it only tells that there is more.
    ///
    /// # Errors
    /// See [`GraphFault`]; an answer without a list is unreadable.
    pub async fn page(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        after: Option<&str>,
    ) -> Result<Page, GraphFault> {
        let mut query = query.to_vec();
        query.extend(after.map(|cursor| ("after", cursor)));
        let mut body = self.get(path, &query).await?;
        let paging = &body["paging"];
        let more = paging["next"].as_str().is_some_and(|next| !next.is_empty());
        let cursor = paging["cursors"]["after"].as_str().filter(|cursor| !cursor.is_empty() && more);
        // A cursor that leads to itself would never end.
        let next = cursor.filter(|cursor| Some(*cursor) != after).map(str::to_owned);
        match body["data"].take() {
            Value::Array(data) => Ok(Page { data, next }),
            _ => Err(Fault::Unreadable(200)),
        }
    }

    /// All pages of a list; at most `pages` of them.
    ///
    /// # Errors
    /// See [`GraphFault`]. A list longer than that is unreadable: half of it would pass for the whole.
    pub async fn all(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        pages: usize,
    ) -> Result<Vec<Value>, GraphFault> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..pages {
            let page = self.page(path, query, cursor.as_deref()).await?;
            all.extend(page.data);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
        Err(Fault::Unreadable(200))
    }

    /// The id of the app our token was made with: files are given to it. Only Meta's own address sees the token in its
    /// query, as `debug_token` wants it (whatsapp-cloud.md §8.4).
    ///
    /// # Errors
    /// See [`GraphFault`]; an answer without an app is unreadable.
    pub async fn own_app(&self) -> Result<String, GraphFault> {
        let token = [("input_token", self.token.expose_secret())];
        let answer = self.get(&["debug_token"], &token).await?;
        let app = &answer["data"]["app_id"];
        let text = app.as_str().map(str::to_owned).or_else(|| app.as_u64().map(|id| id.to_string()));
        text.filter(|app| !app.is_empty()).ok_or(Fault::Unreadable(200))
    }

    /// Gives a file to Meta as a sample or a picture: the handle to name it by (whatsapp-cloud.md §6, Resumable Upload).
    ///
    /// # Errors
    /// See [`GraphFault`]; an answer without a handle is unreadable.
    pub async fn upload(
        &self,
        app: &str,
        name: &str,
        mime: &str,
        bytes: Vec<u8>,
    ) -> Result<String, GraphFault> {
        let length = bytes.len().to_string();
        let query = [("file_length", length.as_str()), ("file_type", mime), ("file_name", name)];
        let begun = self.post_query(&[app, "uploads"], &query).await?;
        let session =
            begun["id"].as_str().filter(|id| id.starts_with("upload:")).ok_or(Fault::Unreadable(200))?;
        // The session's id holds its own query: `upload:…?sig=…`.
        let mut url = self.base_url.clone();
        let (path, query) =
            session.split_once('?').map_or((session, None), |(path, query)| (path, Some(query)));
        url.path_segments_mut().map_err(|()| Fault::Unusable)?.pop_if_empty().push(path);
        url.set_query(query);
        let request = self
            .http
            .request(Method::POST, url)
            .header("Authorization", format!("OAuth {}", self.token.expose_secret()))
            .header("file_offset", "0")
            .body(bytes);
        let done = self.call(request).await?;
        done["h"]
            .as_str()
            .filter(|handle| !handle.is_empty())
            .map(str::to_owned)
            .ok_or(Fault::Unreadable(200))
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, GraphFault> {
        let mut url = endpoint(&self.base_url, path).map_err(|NoBase| Fault::Unusable)?;
        if !query.is_empty() || self.proof.is_some() {
            let mut pairs = url.query_pairs_mut();
            pairs.extend_pairs(query);
            pairs.extend_pairs(self.proof.as_ref().map(|proof| ("appsecret_proof", proof)));
        }
        Ok(self.http.request(method, url).bearer_auth(self.token.expose_secret()))
    }

    async fn call(&self, request: RequestBuilder) -> Result<Value, GraphFault> {
        judge(&http::attempt(request).await?)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What is on it.
    pub data: Vec<Value>,
    /// The cursor of the next one.
    pub next: Option<String>,
}

/// What an answer means.
fn judge(answer: &Answer) -> Result<Value, GraphFault> {
    let body: Option<Value> = serde_json::from_str(&mend(&answer.body)).ok();
    if let Some(error) = body.as_ref().and_then(|body| GraphError::read(&body["error"])) {
        let patience = error.patience().map(Duration::from_secs);
        if patience.is_some() || answer.status == 429 || answer.retry_after.is_some() {
            return Err(Fault::Wait { after: answer.retry_after.max(patience), error });
        }
        return Err(Fault::Refused(error));
    }
    match body {
        Some(body) if (200..300).contains(&answer.status) => Ok(body),
        _ if answer.status == 429 => {
            Err(Fault::Wait { after: answer.retry_after, error: unspoken(answer.status) })
        }
        _ => Err(Fault::Unreadable(answer.status)),
    }
}

fn unspoken(status: u16) -> Box<GraphError> {
    Box::new(GraphError {
        code: -i64::from(status),
        subcode: None,
        message: format!("HTTP {status}"),
        user_title: None,
        user_msg: None,
        details: None,
        transient: true,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &Value) -> Answer {
        Answer { status, retry_after: None, body: body.to_string().into_bytes() }
    }

    #[test]
    fn a_refusal_tells_what_meta_tells_people() {
        let body = json!({"error": {"message": "(#100) Invalid parameter", "code": 100, "error_subcode": 2_388_299,
            "error_user_title": "Variables", "error_user_msg": "Variables can't be at the start or end of the template.",
            "error_data": "BODY", "fbtrace_id": "A1"}});
        let Err(Fault::Refused(error)) = judge(&answer(400, &body)) else { panic!("not refused") };
        assert_eq!((error.code, error.subcode), (100, Some(2_388_299)));
        assert_eq!(error.details.as_deref(), Some("BODY"));
        assert_eq!(error.sentence(), "Variables can't be at the start or end of the template.");
        assert!(!error.is_about_access() && !error.is_unknown_object());
    }

    #[test]
    fn too_many_calls_ask_for_patience_and_are_no_refusal() {
        for (status, code) in [(400, 80_007), (400, 4), (503, 2)] {
            let body = json!({"error": {"message": "slowly", "code": code}});
            let waits = matches!(judge(&answer(status, &body)), Err(Fault::Wait { after: Some(_), .. }));
            assert!(waits, "{code}");
        }
        let told = Answer {
            retry_after: Some(Duration::from_secs(90)),
            ..answer(429, &json!({"error": {"code": 4}}))
        };
        let Err(Fault::Wait { after, .. }) = judge(&told) else { panic!("no wait") };
        assert_eq!(after, Some(Duration::from_secs(90)));
        let wordless = Answer { status: 429, retry_after: None, body: Vec::new() };
        assert!(matches!(judge(&wordless), Err(Fault::Wait { after: None, .. })));
    }

    #[test]
    fn a_page_of_a_proxy_is_no_answer() {
        let page = Answer { status: 502, retry_after: None, body: b"<html>".to_vec() };
        assert_eq!(judge(&page), Err(Fault::Unreadable(502)));
        let strange = Answer { status: 200, retry_after: None, body: b"ok".to_vec() };
        assert_eq!(judge(&strange), Err(Fault::Unreadable(200)));
    }

    #[test]
    fn the_token_is_in_no_debug_output_and_no_address() {
        let graph = Graph::new(
            Http::new().unwrap(),
            "https://graph.example/v26.0".parse().unwrap(),
            SecretString::from("EAAG-secret"),
        )
        .with_proof(&SecretString::from("app-secret"));
        assert!(!format!("{graph:?}").contains("EAAG"));
        let request = graph.request(Method::GET, &["1/2", "x"], &[("limit", "5")]).unwrap().build().unwrap();
        let url = request.url().as_str();
        assert!(url.starts_with("https://graph.example/v26.0/1%2F2/x?limit=5&appsecret_proof="), "{url}");
        assert!(!url.contains("EAAG"));
    }
}
