//! What people write on a contact: the dialog, and what was wrong with what they wrote.

use askama::Template;
use domain::{Attribute, AttributeKind, ContactId, PersonId, attribute::Fault};

use crate::{Tx, money::decimal, routing::words::language};

/// A field of the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardField {
    /// What it is.
    pub attribute: Attribute,
    /// What stands in it, as people write it; empty: nothing.
    pub value: String,
    /// Whether what stands in it is shown to nobody who does not ask for it: then it is masked, and not written here.
    pub hidden: bool,
}

impl CardField {
    /// The choices, with a value among them that is offered no longer.
    #[must_use]
    pub fn choices(&self) -> Vec<&str> {
        let AttributeKind::Choice { options } = &self.attribute.kind else { return Vec::new() };
        let old = Some(self.value.as_str())
            .filter(|value| !value.is_empty() && !options.iter().any(|option| option == value));
        options.iter().map(String::as_str).chain(old).collect()
    }

    /// What kind of input it is filled in with.
    #[must_use]
    pub const fn control(&self) -> &'static str {
        match self.attribute.kind {
            AttributeKind::Flag => "flag",
            AttributeKind::Choice { .. } => "choice",
            AttributeKind::Date => "date",
            AttributeKind::Number => "number",
            AttributeKind::Link => "url",
            AttributeKind::Text | AttributeKind::NationalId { .. } => "text",
        }
    }
}

/// `GET /contacts/{id}/card`.
#[derive(Debug, Template)]
#[template(path = "card.html")]
pub struct CardDialog {
    /// The words.
    pub tx: Tx,
    /// Whose card.
    pub contact: ContactId,
    /// The version that is shown.
    pub version: i32,
    /// The name.
    pub name: String,
    /// The most characters of it.
    pub longest: usize,
    /// Whether they go before others.
    pub vip: bool,
    /// Whose customer they are.
    pub owner: Option<PersonId>,
    /// Who may be.
    pub people: Vec<(PersonId, String)>,
    /// The language they stated: two small letters, or nothing.
    pub language: String,
    /// Languages to choose from.
    pub languages: Vec<String>,
    /// The company's fields.
    pub fields: Vec<CardField>,
}

impl CardDialog {
    fn is_owner(&self, person: &PersonId) -> bool {
        self.owner == Some(*person)
    }

    fn language_name(&self, code: &str) -> String {
        language(&self.tx, code)
    }
}

/// A stored value as people read it.
#[must_use]
pub fn value(tx: &Tx, kind: &AttributeKind, value: &str) -> String {
    match kind {
        AttributeKind::Flag => tx.t(if value == "true" { "card-yes" } else { "card-no" }),
        AttributeKind::Date => match value.parse() {
            Ok(day) => crate::time::date(day, tx),
            Err(_) => value.to_owned(),
        },
        // Without thousands told apart: as it is read it can be typed.
        AttributeKind::Number => value.replace('.', decimal(tx)),
        _ => kind.shown(value),
    }
}

/// Why something can't stand in a field.
#[must_use]
pub fn fault(tx: &Tx, fault: Fault) -> String {
    match fault {
        Fault::TooLong => tx.t("card-fault-too-long"),
        Fault::Unreadable => tx.t("card-fault-unreadable"),
        Fault::NoNumber => tx.t("card-fault-number"),
        Fault::TwoNumbers => tx.t("card-fault-two-numbers"),
        Fault::NoDate => tx.t("card-fault-date"),
        Fault::NoFlag => tx.t("card-fault-flag"),
        Fault::NoChoice => tx.t("card-fault-choice"),
        Fault::NoLink => tx.t("card-fault-link"),
        Fault::NoId(of) => tx.a("card-fault-id", "name", of.name()),
        Fault::Mistyped(of) => tx.a("card-fault-mistyped", "name", of.name()),
    }
}
