//! The way in.

use askama::Template;

use crate::{Lang, Theme, Tx};

/// Why a sign-in was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInError {
    /// Address and password do not fit; which of them is not told.
    Wrong,
    /// Too many attempts; wait so many seconds.
    Throttled {
        /// Until the next attempt is heard.
        wait_seconds: i64,
    },
    /// The form was old; it has been renewed.
    Stale,
}

/// GET and POST /sign-in.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// The words.
    pub tx: Tx,
    /// The colours.
    pub theme: Theme,
    /// The nonce of this answer's policy.
    pub nonce: String,
    /// The token against forged forms.
    pub csrf: String,
    /// Where assets are served.
    pub assets: String,
    /// The company's name; empty before set-up.
    pub company: String,
    /// What was typed before, so that a refused person need not type it again.
    pub email: String,
    /// Where to go afterwards: a path of ours.
    pub next: String,
    /// Why the last attempt was refused.
    pub error: Option<SignInError>,
}

/// How long somebody has to wait who tried too often.
#[must_use]
pub fn wait(tx: &Tx, seconds: i64) -> String {
    if seconds < 60 {
        tx.n("sign-in-throttled-seconds", seconds.max(1))
    } else {
        tx.n("sign-in-throttled-minutes", seconds.saturating_add(59) / 60)
    }
}

impl SignInPage {
    /// The sentence for the refusal.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        Some(match self.error? {
            SignInError::Wrong => self.tx.t("sign-in-wrong"),
            SignInError::Stale => self.tx.t("sign-in-stale"),
            SignInError::Throttled { wait_seconds } => wait(&self.tx, wait_seconds),
        })
    }

    /// The languages on offer.
    #[must_use]
    pub const fn languages(&self) -> [Lang; 3] {
        Lang::ALL
    }
}
