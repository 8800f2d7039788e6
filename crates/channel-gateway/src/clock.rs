//! What time it is at a vendor: every answer carries its `Date`.

use chrono::{DateTime, Utc};
use reqwest::{Method, header::DATE};
use url::Url;

use crate::Http;

/// The vendor's clock, from whatever it answers; `None` when it answers nothing or tells no time.
pub async fn vendor_time(http: &Http, base_url: &Url) -> Option<DateTime<Utc>> {
    let answer = http.request(Method::GET, base_url.clone()).send().await.ok()?;
    let date = answer.headers().get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(date).ok().map(|at| at.to_utc())
}

/// What an address of our own answers to a plain question: its status and the beginning of its text.
///
/// # Errors
/// What kept it from answering.
pub async fn ask(http: &Http, url: &Url) -> Result<(u16, String), String> {
    let request = http.request(Method::GET, url.clone());
    let answer = crate::http::attempt(request).await.map_err(|cut| match cut {
        crate::http::Cut::Unusable => "unusable address".to_owned(),
        crate::http::Cut::NotConnected(why) => why,
        crate::http::Cut::After(why) => why.to_owned(),
    })?;
    let text = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
    Ok((answer.status, text))
}
