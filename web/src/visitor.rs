//! What is known of whoever asks, signed in or not: their language and colours.

use actix_web::{HttpMessage, HttpRequest, http::header};
use chrono_tz::Tz;
use views::{Lang, Theme, Tx};

use crate::{auth::SignedIn, pages::words};

/// The cookie that remembers a language chosen on the sign-in page.
pub const LANGUAGE: &str = "lang";

/// The language and colours of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The words.
    pub tx: Tx,
    /// The colours.
    pub theme: Theme,
}

impl Visitor {
    /// As the person has set it; before anybody signed in, as they chose on the page or their browser asks.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        if let Some(viewer) = request.extensions().get::<SignedIn>() {
            return Self { tx: words(viewer), theme: Theme::parse(&viewer.theme) };
        }
        let remembered = request.cookie(LANGUAGE).and_then(|cookie| Lang::parse(cookie.value()));
        let lang = Self::chosen(request).or(remembered).unwrap_or_else(|| {
            let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            Lang::accept(header.unwrap_or_default())
        });
        Self { tx: Tx::new(lang, Tz::UTC), theme: Theme::default() }
    }

    /// The language that a link of the page names, as in `?lang=en`.
    #[must_use]
    pub fn chosen(request: &HttpRequest) -> Option<Lang> {
        let query = url::form_urlencoded::parse(request.query_string().as_bytes());
        query.into_iter().find(|(name, _)| name == "lang").and_then(|(_, tag)| Lang::parse(&tag))
    }
}
