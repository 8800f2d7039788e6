//! Administration: which fields contacts have.

use askama::Template;
use domain::{Attribute, AttributeKind, NationalId};

use crate::{Frame, Tx};

/// What stands in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeForm {
    /// The field that is changed; `None`: a new one.
    pub key: Option<String>,
    /// What it is called.
    pub name: String,
    /// The word of its kind; `national_id:cpf` for a number of a state.
    pub kind: String,
    /// The choices, one on each line.
    pub options: String,
    /// Whether it is hidden from those who may not see addresses.
    pub sensitive: bool,
}

impl AttributeForm {
    /// A field, to be changed.
    #[must_use]
    pub fn of(attribute: &Attribute) -> Self {
        Self {
            key: Some(attribute.key.clone()),
            name: attribute.name.clone(),
            kind: code(&attribute.kind),
            options: match &attribute.kind {
                AttributeKind::Choice { options } => options.join("\n"),
                _ => String::new(),
            },
            sensitive: attribute.sensitive,
        }
    }

    /// Whether it is hidden and nobody is asked.
    fn must_hide(&self) -> bool {
        self.kind().is_some_and(|kind| kind.hides(false))
    }

    /// The kind that was chosen.
    #[must_use]
    pub fn kind(&self) -> Option<AttributeKind> {
        Some(match self.kind.as_str() {
            "text" => AttributeKind::Text,
            "number" => AttributeKind::Number,
            "date" => AttributeKind::Date,
            "flag" => AttributeKind::Flag,
            "link" => AttributeKind::Link,
            "choice" => AttributeKind::Choice { options: self.options.lines().map(str::to_owned).collect() },
            other => {
                AttributeKind::NationalId { of: NationalId::parse(other.strip_prefix("national_id:")?)? }
            }
        })
    }
}

fn code(kind: &AttributeKind) -> String {
    match kind {
        AttributeKind::NationalId { of } => format!("national_id:{of}"),
        other => other.word().to_owned(),
    }
}

/// What a kind is called.
#[must_use]
pub fn kind_word(tx: &Tx, kind: &AttributeKind) -> String {
    match kind {
        AttributeKind::NationalId { of } => of.name().to_owned(),
        other => tx.t(&format!("attribute-kind-{}", other.word())),
    }
}

/// GET /admin/attributes.
#[derive(Debug, Template)]
#[template(path = "attributes.html")]
pub struct AttributesPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields there are.
    pub attributes: Vec<Attribute>,
    /// The form.
    pub form: AttributeForm,
    /// What was just done: its key.
    pub done: Option<&'static str>,
    /// Why something was not done, in a sentence.
    pub refused: Option<String>,
}

impl AttributesPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    /// The kinds to choose from: what is posted, and the words.
    fn kinds(&self) -> Vec<(String, String)> {
        let plain = [
            AttributeKind::Text,
            AttributeKind::Number,
            AttributeKind::Date,
            AttributeKind::Flag,
            AttributeKind::Choice { options: Vec::new() },
            AttributeKind::Link,
        ];
        let ids = NationalId::ALL.iter().map(|of| AttributeKind::NationalId { of: *of });
        plain.into_iter().chain(ids).map(|kind| (code(&kind), kind_word(&self.tx(), &kind))).collect()
    }

    fn kind_of(&self, attribute: &Attribute) -> String {
        let word = kind_word(&self.tx(), &attribute.kind);
        match &attribute.kind {
            AttributeKind::Choice { options } => format!("{word}: {}", options.join(", ")),
            _ => word,
        }
    }

    fn is_changed(&self, attribute: &Attribute) -> bool {
        self.form.key.as_ref() == Some(&attribute.key)
    }
}
