//! Where a new person chooses their password.

use askama::Template;

use crate::{Theme, Tx};

/// GET and POST /welcome/{code}.
#[derive(Debug, Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
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
    /// Who is welcomed.
    pub name: String,
    /// Their sign-in name, for the browser's password store.
    pub email: String,
    /// What was wrong with the last choice: the key of its words.
    pub problem: Option<&'static str>,
}
