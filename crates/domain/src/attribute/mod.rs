//! What a company writes down about its contacts beside name and addresses: fields of its own choice, each of one kind.

mod national_id;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use national_id::NationalId;

/// Longer values are refused, in characters.
pub const LONGEST_VALUE: usize = 500;
/// A field has no more choices.
pub const MOST_CHOICES: usize = 100;

/// A field of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// What it is called where nobody sees it: in rules, exports and the API. Never changes.
    pub key: String,
    /// What people read.
    pub name: String,
    /// What may stand in it.
    pub kind: AttributeKind,
    /// Whether it is hidden from those who may not see addresses.
    #[serde(default)]
    pub sensitive: bool,
}

/// What may stand in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AttributeKind {
    /// Any text of one line.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Flag,
    /// One of these.
    Choice {
        /// In the order in which they are offered.
        options: Vec<String>,
    },
    /// An address of the web.
    Link,
    /// A number by which a state knows people or companies.
    NationalId {
        /// Which.
        of: NationalId,
    },
}

/// Why something can't stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is longer than [`LONGEST_VALUE`].
    TooLong,
    /// It has characters that no line of text has.
    Unreadable,
    /// It is no number.
    NoNumber,
    /// It is no day of the calendar, written year-month-day.
    NoDate,
    /// It is neither yes nor no.
    NoFlag,
    /// It is none of the choices.
    NoChoice,
    /// It is no address that begins with http:// or https://.
    NoLink,
    /// It has not the shape of this kind of number.
    NoId(NationalId),
    /// It has the shape, but its check digits are others: somebody mistyped it.
    Mistyped(NationalId),
}

impl AttributeKind {
    /// The one way in which a value is stored; `None` for an empty one, which is no value.
    ///
    /// # Errors
    /// Why it can't stand here.
    pub fn normalise(&self, text: &str) -> Result<Option<String>, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if text.chars().count() > LONGEST_VALUE {
            return Err(Fault::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(Fault::Unreadable);
        }
        match self {
            Self::Text => Ok(text.to_owned()),
            Self::Number => number(text).ok_or(Fault::NoNumber),
            Self::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(|day| day.format("%Y-%m-%d").to_string())
                .map_err(|_| Fault::NoDate),
            Self::Flag => match text {
                "true" | "false" => Ok(text.to_owned()),
                _ => Err(Fault::NoFlag),
            },
            Self::Choice { options } => {
                let same = |option: &&String| option.to_lowercase() == text.to_lowercase();
                options.iter().find(same).cloned().ok_or(Fault::NoChoice)
            }
            Self::Link => link(text).ok_or(Fault::NoLink),
            Self::NationalId { of } => of.normalise(text),
        }
        .map(Some)
    }

    /// A stored value as people write it.
    #[must_use]
    pub fn shown(&self, value: &str) -> String {
        match self {
            Self::NationalId { of } => of.written(value),
            _ => value.to_owned(),
        }
    }

    /// The word of the kind, as it is posted by forms.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Flag => "flag",
            Self::Choice { .. } => "choice",
            Self::Link => "link",
            Self::NationalId { .. } => "national_id",
        }
    }
}

impl Attribute {
    /// Whether `key` can name a field: lower case, figures and `_`, a letter first, 40 at most.
    #[must_use]
    pub fn is_key(key: &str) -> bool {
        key.starts_with(|first: char| first.is_ascii_lowercase())
            && key.len() <= 40
            && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    }

    /// A key made from a name: `Número de póliza` is `numero_de_poliza`; `None` when nothing of it remains.
    #[must_use]
    pub fn key_from(name: &str) -> Option<String> {
        let mut key = String::new();
        for c in name.to_lowercase().chars() {
            match plain(c) {
                Some(c) => key.push(c),
                None if !key.is_empty() && !key.ends_with('_') => key.push('_'),
                None => {}
            }
        }
        let key: String = key.trim_matches('_').chars().take(40).collect();
        let key = key.trim_end_matches('_').to_owned();
        let key = if key.starts_with(|c: char| c.is_ascii_digit()) { format!("n{key}") } else { key };
        Self::is_key(&key).then_some(key)
    }
}

/// A letter without its accent, or a figure.
const fn plain(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | '0'..='9' => c,
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        _ => return None,
    })
}

/// A decimal number with `.`, without superfluous zeros. Both `1.234,5` and `1,234.5` are refused: nobody can tell whether `1.234`
/// is one or a thousand, so only one separator is taken, as the decimal one.
fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.replace(',', ".");
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let only_figures = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !only_figures(whole) || !only_figures(part) || whole.len() + part.len() > 30 {
        return None;
    }
    if digits.ends_with('.') {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let part = part.trim_end_matches('0');
    let value = if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") };
    Some(if value == "0" { value } else { format!("{sign}{value}") })
}

/// Only addresses that a browser opens without running anything.
fn link(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let fine = matches!(scheme.as_str(), "http" | "https")
        && !host.is_empty()
        && !host.contains('@')
        && !rest.contains(char::is_whitespace);
    fine.then(|| format!("{scheme}://{rest}"))
}
