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
    /// It may be read as one number or as another: its one separator may be that of decimals or of thousands.
    TwoNumbers,
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
            Self::Number => number(text),
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

    /// Whether what stands in it is hidden from those who may not see addresses: as the company chose, but for the numbers by
    /// which states know people, which always are.
    #[must_use]
    pub const fn hides(&self, chosen: bool) -> bool {
        chosen || matches!(self, Self::NationalId { .. })
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

/// A decimal number with `.`, without superfluous zeros, from either spelling: with both separators the last is the decimal one,
/// and the other groups thousands. `1.500` is one and a half or one thousand five hundred, as countries have it: refused.
fn number(text: &str) -> Result<String, Fault> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.chars().all(|c| c.is_ascii_digit() || SEPARATORS.contains(&c)) {
        return Err(Fault::NoNumber);
    }
    let (whole, part) = split(digits)?;
    if whole.is_empty() || whole.len() + part.len() > 30 {
        return Err(Fault::NoNumber);
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let part = part.trim_end_matches('0');
    let value = match part.len() {
        0 => whole.to_owned(),
        // One zero stays where it would be what is refused.
        3 if may_group(whole) => format!("{whole}.{part}0"),
        _ => format!("{whole}.{part}"),
    };
    Ok(if value == "0" { value } else { format!("{sign}{value}") })
}

const SEPARATORS: [char; 2] = ['.', ','];

/// What is before the decimal separator, without those of thousands, and what is behind it.
fn split(digits: &str) -> Result<(String, &str), Fault> {
    let Some(at) = digits.rfind(SEPARATORS) else { return Ok((digits.to_owned(), "")) };
    let (head, last, tail) = (&digits[..at], &digits[at..=at], &digits[at + 1..]);
    let other = if last == "." { ',' } else { '.' };
    if tail.is_empty() {
        Err(Fault::NoNumber)
    } else if head.contains(last) {
        Ok((ungrouped(digits, last)?, ""))
    } else if head.contains(other) {
        Ok((ungrouped(head, &other.to_string())?, tail))
    } else if tail.len() == 3 && may_group(head) {
        Err(Fault::TwoNumbers)
    } else {
        Ok((head.to_owned(), tail))
    }
}

/// Whether figures may be the thousands of a number.
fn may_group(whole: &str) -> bool {
    (1..=3).contains(&whole.len()) && !whole.starts_with('0')
}

/// A whole number whose thousands are told apart.
fn ungrouped(text: &str, separator: &str) -> Result<String, Fault> {
    let mut groups = text.split(separator);
    let fine = groups.next().is_some_and(may_group) && groups.all(|group| group.len() == 3);
    if fine { Ok(text.replace(separator, "")) } else { Err(Fault::NoNumber) }
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
