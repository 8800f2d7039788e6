//! JSON as vendors really send it: mended before it is read, and read leniently.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, value::RawValue};

/// The text of a body, without what neither serde nor Postgres takes.
///
/// A customer can type NUL (Postgres refuses it in `text` and `jsonb`) and half an emoji (a lone surrogate, no
/// character at all). Vendors pass both on as escapes. NULs are dropped, half characters become U+FFFD, everywhere:
/// in names, in values, in parts we only keep.
pub(crate) fn mend(body: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(body);
    if !text.contains('\0') && !text.contains("\\u0000") && !has_surrogate(&text) {
        return text;
    }
    let mut mended = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(['\\', '\0']) {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match unit(rest) {
            Some(0) => 6,
            Some(0xD800..=0xDBFF) if matches!(rest.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => {
                mended.push_str(&rest[..12]);
                12
            }
            Some(0xD800..=0xDFFF) => {
                mended.push('\u{FFFD}');
                6
            }
            _ if rest.starts_with('\0') => 1,
            // Any other escape is two characters long as far as we care, and `\\` must not be taken for the
            // beginning of the next one.
            _ => {
                let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
                mended.push_str(&rest[..end]);
                end
            }
        };
        rest = &rest[taken..];
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

/// Whether the text may hold an escaped surrogate; most bodies don't, and are not copied.
fn has_surrogate(text: &str) -> bool {
    text.contains("\\ud") || text.contains("\\uD")
}

/// The UTF-16 unit that an escape at the very beginning stands for.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    // from_str_radix would also take a sign.
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

/// A kept part as a value; a part that is only readable as text stays text.
pub(crate) fn keep(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::String(raw.get().to_owned()))
}

/// JSON that travels inside a string, as JSON if it is.
pub(crate) fn inner(text: &str) -> Value {
    serde_json::from_str(&mend(text.as_bytes())).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// Text that some versions send as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(D::Error::custom("neither text nor number")),
        }
    }
}

/// A number that some versions send as text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number(pub f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        match text.trim().parse() {
            Ok(number) if f64::is_finite(number) => Ok(Self(number)),
            _ => Err(D::Error::custom("no number")),
        }
    }
}

/// A vendor's words about a failure, no longer than anybody reads: they are stored with every attempt.
pub(crate) fn detail(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().take(500).collect()
}

/// A text that says something: absent, null and empty are one.
pub(crate) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8]) -> Value {
        serde_json::from_str(&mend(body)).unwrap()
    }

    #[test]
    fn nul_disappears_from_names_and_values_and_nothing_else_does() {
        assert_eq!(read(br#"{"a\u0000b":"c\u0000d\u00e4\n"}"#), serde_json::json!({"ab": "cd\u{e4}\n"}));
        assert_eq!(read(b"{\"a\":\"b\0c\"}"), serde_json::json!({"a": "bc"}));
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_text_and_stays() {
        assert_eq!(read(br#"{"a":"\\u0000"}"#), serde_json::json!({"a": "\\u0000"}));
    }

    #[test]
    fn half_an_emoji_becomes_the_replacement_character() {
        assert_eq!(read(br#"["\ud83d\ude00"]"#), serde_json::json!(["\u{1F600}"]));
        assert_eq!(
            read(br#"["\ud83d", "\ude00x", "\ud83d\ud83d\ude00"]"#),
            serde_json::json!(["\u{FFFD}", "\u{FFFD}x", "\u{FFFD}\u{1F600}"])
        );
    }

    #[test]
    fn an_untroubled_body_is_not_copied() {
        assert!(matches!(mend(br#"{"a":"\u00e4\/"}"#), Cow::Borrowed(_)));
    }
}
