//! The picker: choose an approved template, fill it, see how the customer will read it.

use askama::Template;
use domain::{
    TemplateId,
    template::{Button, Definition, Format, Header, Sendable, places},
};
use serde::Serialize;

use super::words;
use crate::{Tx, cost::Price};

/// What the composer shows of templates.
#[derive(Debug, Template)]
#[template(path = "picker.html")]
pub struct PickerFragment<'a> {
    /// Words.
    pub tx: Tx,
    /// Whom it is for.
    pub first_name: &'a str,
    /// What can be sent now.
    pub options: &'a [PickerOption],
}

/// A template that can be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickerOption {
    /// Which.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Its language.
    pub language: String,
    /// Its header in words.
    pub header: Option<String>,
    /// Its text.
    pub body: String,
    /// Its small print.
    pub footer: Option<String>,
    /// The labels of its buttons.
    pub buttons: Vec<String>,
    /// What is to be filled in.
    pub fields: Vec<Field>,
    /// What it costs while the reply window is open, and why; nothing for a category without prices.
    pub cost: Option<(String, String)>,
    /// The same, when it is closed.
    pub cost_after: Option<(String, String)>,
}

/// A value to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Where it belongs: `header`, `file`, `latitude`…, `body` or `button`.
    pub part: &'static str,
    /// The place's name or number, the kind of file, the number of the button.
    pub name: String,
    /// What to call it.
    pub label: String,
    /// What fills it to begin with.
    pub value: String,
    /// The most characters it takes.
    pub most: usize,
}

impl PickerOption {
    /// A template, with what is to be filled in; `first_name` begins where a place asks for a name.
    #[must_use]
    pub fn new(template: &Sendable, first_name: &str, tx: &Tx) -> Self {
        let Definition { header, body, footer, buttons, .. } = &template.definition;
        Self {
            id: template.id,
            name: template.name.clone(),
            category: template.category.clone(),
            language: template.language.clone(),
            header: match header {
                Some(Header::Text(words)) => Some(words.text.clone()),
                _ => None,
            },
            body: body.text.clone(),
            footer: footer.clone(),
            buttons: buttons.iter().filter_map(Button::label).map(str::to_owned).collect(),
            fields: fields(template, first_name, tx),
            cost: None,
            cost_after: None,
        }
    }

    /// With what it costs in the open window, and after it.
    #[must_use]
    pub fn costing(mut self, prices: Option<(&Price, &Price)>, tx: &Tx) -> Self {
        let told = |price: &Price| (price.told(tx), price.about(tx));
        self.cost = prices.map(|(open, _)| told(open));
        self.cost_after = prices.map(|(_, after)| told(after));
        self
    }

    fn about(&self, tx: &Tx) -> String {
        format!("{} · {}", words::category(&self.category, tx), self.language)
    }

    /// What the page's script needs to fill it.
    fn json(&self) -> String {
        serde_json::to_string(&self.fields).unwrap_or_else(|_| "[]".to_owned())
    }
}

fn fields(template: &Sendable, first_name: &str, tx: &Tx) -> Vec<Field> {
    let definition = &template.definition;
    let mut fields = Vec::new();
    let mut add = |part: &'static str, name: &str, label: String, value: &str, most: usize| {
        fields.push(Field { part, name: name.to_owned(), label, value: value.to_owned(), most });
    };
    // Twilio's contents name all their places themselves, and bring their own file.
    let own = template.content_sid.is_none();
    match definition.header.as_ref().filter(|_| own) {
        Some(Header::Text(words)) => {
            if let Some(place) = words.places().first() {
                add("header", place, tx.t("picker-header"), "", 60);
            }
        }
        Some(Header::Location) => {
            add("latitude", "", tx.t("picker-latitude"), "", 20);
            add("longitude", "", tx.t("picker-longitude"), "", 20);
            add("place", "", tx.t("picker-place"), "", 100);
            add("address", "", tx.t("picker-address"), "", 200);
        }
        Some(file) if file.file_sample().is_some() => {
            add("file", file.kind(), tx.t("picker-header-file"), "", 2_000);
        }
        _ => {}
    }
    let mut names: Vec<&str> = definition.body.places();
    names.extend(definition.elsewhere.iter().filter_map(|value| value.name.as_deref()));
    if definition.is_code() && names.is_empty() {
        names.push("1");
    }
    for name in names {
        let label = match template.format {
            Format::Named => named(name),
            Format::Positional => definition
                .body
                .sample(name)
                .map_or_else(|| tx.a("picker-value", "name", name), |sample| format!("{name} · {sample}")),
        };
        // Nearly every template greets by name first.
        let asks_for_name = matches!(name, "nombre" | "nome" | "name" | "first_name")
            || (name == "1" && greets(&definition.body.text));
        add("body", name, label, if asks_for_name { first_name } else { "" }, 1_024);
    }
    for (index, button) in definition.buttons.iter().enumerate() {
        match button {
            Button::Url { text, url, .. } if own && !places(url).is_empty() => {
                let label = tx.a("picker-button-url", "button", text);
                add("button", &index.to_string(), label, "", 2_000);
            }
            Button::CopyCode { .. } if own => {
                add("button", &index.to_string(), tx.t("picker-button-code"), "", 20)
            }
            _ => {}
        }
    }
    fields
}

/// `fecha_limite` as people read it.
fn named(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn greets(text: &str) -> bool {
    ["Hola {{1}}", "Olá {{1}}", "Oi {{1}}", "Hi {{1}}", "Hello {{1}}", "¡Hola {{1}}"]
        .iter()
        .any(|greeting| text.starts_with(greeting))
}
