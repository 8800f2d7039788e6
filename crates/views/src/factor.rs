//! The second factor: the question for a code, the key for an app, the recovery codes. Pages that stand alone.

use askama::Template;

use crate::{SignInError, Theme, Tx, sign_in};

/// What is around a page that stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// The words.
    pub tx: Tx,
    /// The colours.
    pub theme: Theme,
    /// The nonce of this answer's policy.
    pub nonce: String,
    /// Where assets are served.
    pub assets: String,
}

/// GET and POST /sign-in/code.
#[derive(Debug, Template)]
#[template(path = "sign_in_code.html")]
pub struct SignInCodePage {
    /// What is around it.
    pub bare: Bare,
    /// The token against forged forms.
    pub csrf: String,
    /// Who gave the right password.
    pub email: String,
    /// Where to go afterwards: a path of ours.
    pub next: String,
    /// Why the last code was refused.
    pub error: Option<SignInError>,
}

impl SignInCodePage {
    /// The sentence for the refusal.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        let tx = &self.bare.tx;
        Some(match self.error? {
            SignInError::Wrong => tx.t("code-wrong"),
            SignInError::Stale => tx.t("sign-in-stale"),
            SignInError::Throttled { wait_seconds } => sign_in::wait(tx, wait_seconds),
        })
    }
}

/// A key for an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The width of the picture in dots.
    pub width: usize,
    /// Its dark dots, as the path of a drawing.
    pub path: String,
    /// For fingers, in groups.
    pub text: String,
    /// Sealed, to be sent back with a code.
    pub sealed: String,
}

/// The page with a key for an app: at the sign-in of who must have a second factor, or asked for by who is signed in.
#[derive(Debug, Template)]
#[template(path = "factor_set_up.html")]
pub struct FactorSetUpPage {
    /// What is around it.
    pub bare: Bare,
    /// The token against forged forms.
    pub csrf: String,
    /// The key.
    pub key: Key,
    /// Whether somebody asked for it who is signed in.
    pub own: bool,
    /// Where to go afterwards: a path of ours.
    pub next: String,
    /// Whether the last code did not belong to the key.
    pub wrong: bool,
}

/// The recovery codes, shown once.
#[derive(Debug, Template)]
#[template(path = "factor_codes.html")]
pub struct FactorCodesPage {
    /// What is around it.
    pub bare: Bare,
    /// The codes.
    pub codes: Vec<String>,
    /// Where to go on: a path of ours.
    pub on: String,
}
