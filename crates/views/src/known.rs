//! What is known of a contact, from whom it is, and what of it is shown only to whoever asks.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{Attribute, AttributeKind, ConversationId, collected::Collector};

use crate::{Arg, Tx, form, time};

/// Whether a value is before the eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// It is.
    No,
    /// It is shown to this class of viewers when they ask for it, and that is noted down.
    UntilAsked,
    /// This class of viewers does not see it.
    Always,
}

/// A field of the company and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    /// Which, with its kind.
    pub attribute: Attribute,
    /// As it is stored; masked already when it is hidden.
    pub value: String,
    /// Whether it is.
    pub hidden: Hidden,
    /// From whom it is, where that is known.
    pub origin: Option<FieldOrigin>,
}

impl FieldLine {
    /// The value as people read it.
    #[must_use]
    pub fn shown(&self, tx: &Tx) -> String {
        match self.hidden {
            Hidden::No => crate::card::value(tx, &self.attribute.kind, &self.value),
            Hidden::UntilAsked | Hidden::Always => self.value.clone(),
        }
    }

    /// Whether it can be opened.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.hidden == Hidden::No && self.attribute.kind == AttributeKind::Link
    }

    /// Whether no person wrote it.
    #[must_use]
    pub fn was_collected(&self) -> bool {
        matches!(&self.origin, Some(FieldOrigin { from: Whom::Collected(..), .. }))
    }

    /// From whom it is and since when, in a sentence.
    #[must_use]
    pub fn origin_words(&self, tx: &Tx) -> Option<String> {
        let origin = self.origin.as_ref()?;
        let when = time::moment(&origin.at, tx);
        let (word, name) = match &origin.from {
            Whom::Person(name) => ("known-written", name.clone()),
            Whom::Collected(by, name) => ("known-collected", collector_name(tx, *by, name)),
        };
        Some(tx.with(word, [("name", Arg::Text(&name)), ("when", Arg::Text(&when))]))
    }
}

/// From whom a field is, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOrigin {
    /// From whom.
    pub from: Whom,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// From whom something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Somebody wrote it.
    Person(String),
    /// It was collected, by this, which is called so.
    Collected(Collector, String),
}

/// What one collector was told in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// What it is.
    pub by: Collector,
    /// What it is called.
    pub name: String,
    /// When it was told the last of it.
    pub at: DateTime<Utc>,
    /// In the order it was asked.
    pub values: Vec<CollectedValue>,
}

impl Collection {
    /// The key of its title.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self.by {
            Collector::Bot => "known-bot",
            Collector::Form => "known-form",
            Collector::Import => "known-import",
        }
    }

    /// Its icon.
    #[must_use]
    pub const fn icon(&self) -> &'static str {
        match self.by {
            Collector::Bot => "bot",
            Collector::Form => "clipboard-list",
            Collector::Import => "inbox",
        }
    }

    /// What it is called, where that says more than its title.
    #[must_use]
    pub fn name_words(&self, tx: &Tx) -> Option<String> {
        let plain = self.by == Collector::Form && matches!(self.name.as_str(), "" | "flow");
        (!plain && !self.name.is_empty()).then(|| collector_name(tx, self.by, &self.name))
    }
}

/// A value that was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CollectedValue {
    /// It stands in a field of the contact.
    Field(FieldLine),
    /// It stands beside the conversation.
    Said(Said),
}

/// A value beside a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What it is called where nobody sees it.
    pub key: String,
    /// The question, where it has a name.
    pub name: Option<String>,
    /// What was said; masked already when it is hidden.
    pub value: String,
    /// Whether it is.
    pub hidden: Hidden,
    /// Who corrected it.
    pub corrected_by: Option<String>,
}

impl Said {
    /// The question in words.
    #[must_use]
    pub fn question(&self, tx: &Tx) -> String {
        question(tx, &self.key, self.name.as_deref())
    }
}

/// A question by its name, or by its key where it has none.
#[must_use]
pub fn question(tx: &Tx, key: &str, name: Option<&str>) -> String {
    name.map_or_else(|| form::question(tx, key), str::to_owned)
}

fn collector_name(tx: &Tx, by: Collector, name: &str) -> String {
    match by {
        Collector::Form => form::title(tx, Some(name).filter(|name| !name.is_empty())),
        Collector::Bot | Collector::Import => name.to_owned(),
    }
}

/// `text` with all but its first and its last three letters or figures hidden (security.md §2); of a short one all.
#[must_use]
pub fn hide(text: &str) -> String {
    let known: Vec<usize> =
        text.chars().enumerate().filter(|(_, c)| c.is_alphanumeric()).map(|(at, _)| at).collect();
    let shows = |at: usize| match known.as_slice() {
        [first, .., third, second, last] if known.len() > 6 => [*first, *third, *second, *last].contains(&at),
        _ => false,
    };
    text.chars().enumerate().map(|(at, c)| if shows(at) || !c.is_alphanumeric() { c } else { '•' }).collect()
}

/// `GET /conversations/{id}/collected`: the form in which a value beside a conversation is corrected.
#[derive(Debug, Template)]
#[template(path = "said_form.html")]
pub struct SaidForm {
    /// The words.
    pub tx: Tx,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which value.
    pub key: String,
    /// The version that is shown.
    pub version: i32,
    /// The question in words.
    pub question: String,
    /// What stands there.
    pub value: String,
    /// The most characters of it.
    pub longest: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, sample};

    #[test]
    fn a_hidden_value_is_recognised_by_its_end_and_a_short_one_not_at_all() {
        assert_eq!(hide("12345218"), "1••••218");
        assert_eq!(hide("12.345.678-5"), "1•.•••.•78-5");
        assert_eq!(hide("12345"), "•••••");
    }

    #[test]
    fn a_field_says_from_whom_it_is() {
        let tx = sample::tx(Lang::Es);
        let at = sample::now();
        let line = |from| FieldLine {
            attribute: sample::attributes().remove(0),
            value: "Oro".to_owned(),
            hidden: Hidden::No,
            origin: Some(FieldOrigin { from, at }),
        };
        let bot = line(Whom::Collected(Collector::Bot, "Sonri".to_owned()));
        assert!(bot.was_collected() && bot.origin_words(&tx).unwrap().starts_with("Recogido por Sonri"));
        let person = line(Whom::Person("Valeria Quispe".to_owned()));
        assert!(!person.was_collected() && person.origin_words(&tx).unwrap().contains("Valeria Quispe"));
    }
}
