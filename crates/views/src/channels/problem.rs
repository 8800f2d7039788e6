//! Why something could not be done, beside the field it is about or above the form.

use crate::Tx;

/// A problem in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemLine {
    /// The field's name; empty for the whole form.
    pub field: &'static str,
    /// Which sentence: `problem-…`.
    pub says: &'static str,
    /// The vendor's words, a name or a number in it.
    pub detail: String,
}

impl ProblemLine {
    /// The sentence.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        tx.a(&format!("problem-{}", self.says), "detail", &self.detail)
    }
}

/// The problems with a field.
#[must_use]
pub fn about<'a>(problems: &'a [ProblemLine], field: &str) -> Vec<&'a ProblemLine> {
    problems.iter().filter(|one| one.field == field).collect()
}

/// Every sentence there is, so that a test can ask for its words.
pub const PROBLEMS: &[&str] = &[
    "needed",
    "digits",
    "sid",
    "number",
    "name",
    "rate",
    "reopening",
    "connected",
    "database",
    "token",
    "token-of-other-app",
    "permissions",
    "asset",
    "app-secret",
    "number-elsewhere",
    "sender-elsewhere",
    "account-not-active",
    "two-step-on",
    "destination-not-ready",
    "not-movable",
    "code-not-sent",
    "code-wrong",
    "pin-wrong",
    "pin-guesses",
    "not-verified",
    "not-registered",
    "recently-deleted",
    "too-often",
    "webhook-refused",
    "unknown-object",
    "no-permission",
    "vendor",
    "twilio-credentials",
    "no-answer",
    "wait",
    "pin-digits",
    "code-digits",
    "too-long",
    "about-empty",
    "email",
    "sites",
    "site",
    "vertical",
    "picture",
    "not-opened",
    "test-nobody",
    "test-window",
    "test-stopped",
    "test-closed",
    "step-passed",
];
