//! When there is no page to show.

use askama::Template;

use crate::{Theme, Tx};

/// A page for an HTTP error. Stands alone: the session may be what is missing.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The words.
    pub tx: Tx,
    /// The colours.
    pub theme: Theme,
    /// Where assets are served.
    pub assets: String,
    /// The HTTP status.
    pub status: u16,
    /// The request's id, to find it in the log; empty when there is none.
    pub request: String,
}

impl ErrorPage {
    /// The key of what happened.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self.status {
            400 | 405 | 422 => "error-400",
            401 => "error-401",
            403 => "error-403",
            404 => "error-404",
            413 => "error-413",
            429 => "error-429",
            503 => "error-503",
            _ => "error-500",
        }
    }

    /// The key of what to do.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self.status {
            400 | 405 | 422 => "error-400-advice",
            401 => "error-401-advice",
            403 => "error-403-advice",
            404 => "error-404-advice",
            413 => "error-413-advice",
            429 => "error-429-advice",
            503 => "error-503-advice",
            _ => "error-500-advice",
        }
    }
}
