//! JSON as vendors really send it: mended before it is read, and read leniently.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// How deep a part may be that we keep as a value. Readers of JSON stop at 128, ours and others', and what we keep
/// stands inside more of it; what is deeper is kept as text.
const DEEPEST: usize = 64;

/// The longest name of a person or a place; the vendors allow far less.
const NAME: usize = 200;

/// The longest id of a vendor. Ids stand in indexes.
pub(crate) const ID: usize = 512;

/// The text of a body, without what neither serde nor Postgres takes.
///
/// A customer can type NUL (Postgres refuses it in `text` and `jsonb`) and half an emoji (a lone surrogate, no
/// character at all). Vendors pass both on as escapes. Escaped NULs are dropped, half characters become U+FFFD, everywhere:
/// in names, in values, in parts we only keep. A body without either is not copied.
pub(crate) fn mend(body: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(body);
    match mended(&text) {
        Some(mended) => Cow::Owned(mended),
        None => text,
    }
}

fn mended(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut mended: Option<String> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'\\', 0, rest)) {
        at += found;
        let rest = &bytes[at..];
        let (length, instead) = match unit(rest) {
            Some(0) => (6, Some("")),
            Some(0xD800..=0xDBFF) if matches!(rest.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => {
                (12, None)
            }
            Some(0xD800..=0xDFFF) => (6, Some("\u{FFFD}")),
            // Unescaped it is no JSON at all. Dropping it could join what stands around it to a new escape.
            _ if rest[0] == 0 => (1, Some("\u{FFFD}")),
            _ if rest.get(1) == Some(&0) => (1, None),
            // An escape cut short; what follows it must not complete it.
            None if rest.starts_with(b"\\u") => (1, Some("\u{FFFD}")),
            // Any other escape is two characters long as far as we care, and `\\` must not be taken for the
            // beginning of the next one.
            _ => (2, None),
        };
        if let Some(instead) = instead {
            let mended = mended.get_or_insert_with(|| String::with_capacity(text.len()));
            mended.push_str(&text[copied..at]);
            mended.push_str(instead);
            copied = at + length;
        }
        at += length;
    }
    mended.as_mut()?.push_str(&text[copied..]);
    mended
}

/// The UTF-16 unit that an escape at the very beginning stands for.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

/// A kept part as a value; a part that is only readable as text, or endlessly nested, stays text.
pub(crate) fn keep(raw: &RawValue) -> Value {
    value(raw.get()).unwrap_or_else(|| Value::String(raw.get().to_owned()))
}

/// JSON that travels inside a string, as JSON if it is.
pub(crate) fn inner(text: &str) -> Value {
    let text = mend(text.as_bytes());
    value(&text).unwrap_or_else(|| Value::String(text.into_owned()))
}

fn value(text: &str) -> Option<Value> {
    if depth(text) > DEEPEST { None } else { serde_json::from_str(text).ok() }
}

/// How deep the brackets of a JSON text go.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A JSON object as its names and still unread values, so that each part is read, or refused, alone.
///
/// Names are looked up, never required, and a value of another type than expected counts as absent. Nothing here
/// follows nesting, so depth costs nothing.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// `None` when it is no object.
    pub(crate) fn read(raw: &'a RawValue) -> Option<Self> {
        raw.get().starts_with('{').then(|| serde_json::from_str(raw.get()).ok()).flatten()
    }

    /// Every value under a name: an object may repeat a name, and a list must not be lost for that.
    pub(crate) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a RawValue> + 's {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, raw)| *raw)
            .filter(|raw| raw.get() != "null")
    }

    /// A value; null is absent, and of a repeated name the last counts, as in Postgres.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.all(name).last()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Text, or a number as it was written: ids are longer than any number type. Empty is absent.
    pub(crate) fn word(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).and_then(text).filter(|text| !text.is_empty())
    }

    /// The same, owned.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.word(name).map(Cow::into_owned)
    }

    /// Text that is shown as a name: no longer than names are.
    pub(crate) fn name(&self, name: &str) -> Option<String> {
        self.word(name).map(|text| text.chars().take(NAME).collect())
    }

    /// An id that a vendor gave; one without end is none.
    pub(crate) fn id(&self, name: &str) -> Option<String> {
        self.word(name).filter(|id| id.len() <= ID).map(Cow::into_owned)
    }

    /// A number, also one that is written as text.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.word(name)?.trim().parse().ok().filter(|number| f64::is_finite(*number))
    }

    /// A whole number, also one that is written as text.
    pub(crate) fn whole<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.word(name)?.trim().parse().ok()
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|raw| matches!(raw.get(), "true" | "\"true\""))
    }

    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        Self::read(self.get(name)?)
    }

    /// The items of a list; those of all lists of that name. `None` when there is none.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&'a RawValue>> {
        let mut lists = self.all(name).filter_map(list);
        let mut items = lists.next()?;
        items.extend(lists.flatten());
        Some(items)
    }

    /// Every name with its value as text; a value that is no text stands as its JSON.
    pub(crate) fn into_texts(self) -> impl Iterator<Item = (String, String)> + use<'a> {
        let texts = self.0.into_iter();
        texts.map(|(name, raw)| {
            (name.into_owned(), text(raw).map_or_else(|| raw.get().to_owned(), Cow::into_owned))
        })
    }

    /// A moment in unix seconds; `None` when it is missing or none.
    pub(crate) fn moment(&self, name: &str) -> Option<DateTime<Utc>> {
        moment(&self.word(name)?)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields<'de>, M::Error> {
                let mut fields = Vec::with_capacity(8);
                while let Some((Name(name), raw)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    fields.push((name, raw));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// Text, or a number as it was written.
pub(crate) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => {
            let inside = text.get(1..text.len() - 1)?;
            if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
                return Some(Cow::Borrowed(inside));
            }
            serde_json::from_str::<String>(text).ok().map(Cow::Owned)
        }
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(text)),
        _ => None,
    }
}

/// The items of a list; `None` when it is none.
pub(crate) fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    raw.get().starts_with('[').then(|| serde_json::from_str(raw.get()).ok()).flatten()
}

/// Unix seconds. A moment outside this century is a mistake (milliseconds, most likely), not a moment.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let seconds: i64 = text.parse().ok()?;
    (946_684_800..4_102_444_800).contains(&seconds).then(|| DateTime::from_timestamp(seconds, 0)).flatten()
}

/// A vendor's words about a failure, no longer than anybody reads: they are stored with every attempt.
pub(crate) fn detail(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().take(500).collect()
}

/// A name, no longer than names are.
pub(crate) fn shorten(name: &str) -> String {
    name.chars().take(NAME).collect()
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
        assert_eq!(
            read(b"{\"a\":\"b\0c\"}"),
            serde_json::json!({"a": "b\u{FFFD}c"}),
            "unescaped it is no JSON"
        );
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
    fn what_stands_around_a_nul_never_becomes_one() {
        for body in [&b"\\u\x000000"[..], b"\\\x00u0000", b"\\\x00\\u0000", b"\\u00\\u000000"] {
            let mended = mend(body).into_owned();
            assert!(!mended.contains('\0') && mended == mend(mended.as_bytes()), "{mended}");
        }
    }

    #[test]
    fn an_untroubled_body_is_not_copied() {
        assert!(matches!(mend(br#"{"a":"\u00e4\/"}"#), Cow::Borrowed(_)));
    }

    #[test]
    fn a_kept_part_is_never_deeper_than_a_reader_goes() {
        let nested = |depth: usize| {
            let text = format!("{}\"[[\\\"[[\"{}", "[".repeat(depth), "]".repeat(depth));
            keep(&RawValue::from_string(text).unwrap())
        };
        assert!(nested(64).is_array());
        assert!(nested(65).is_string());
        assert!(nested(100_000).is_string());
    }

    #[test]
    fn an_id_keeps_all_its_digits_and_a_repeated_name_loses_no_list() {
        let raw = RawValue::from_string(
            r#"{"id":123456789012345678901234567890,"a":[1],"\u0061":[2],"n":null,"t":"x\/y","t":"z","e":""}"#.to_owned(),
        )
        .unwrap();
        let fields = Fields::read(&raw).unwrap();
        assert_eq!(fields.text("id").as_deref(), Some("123456789012345678901234567890"));
        assert_eq!(fields.list("a").unwrap().len(), 2);
        assert_eq!(fields.text("t").as_deref(), Some("z"));
        assert!(!fields.has("n") && fields.has("e") && fields.text("e").is_none());
        assert!(Fields::read(&RawValue::from_string("[]".to_owned()).unwrap()).is_none());
    }
}
