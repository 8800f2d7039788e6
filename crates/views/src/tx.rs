//! Words in three languages. Every template has a [`Tx`] and asks it for text by key.

use std::{borrow::Cow, collections::HashMap};

use chrono_tz::Tz;
use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader};

// Names and numbers stand in sentences without invisible direction marks around them; customer text is isolated by
// `dir="auto"` in the templates instead.
static_loader! {
    static WORDS = {
        locales: "./locales",
        fallback_language: "es",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ES: LanguageIdentifier = langid!("es");
static PT_BR: LanguageIdentifier = langid!("pt-BR");
static EN: LanguageIdentifier = langid!("en");

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Latin American Spanish, the source.
    #[default]
    Es,
    /// Brazilian Portuguese.
    PtBr,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Es, Self::PtBr, Self::En];

    /// The tag that is stored with a person and names the folder of words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::PtBr => "pt-BR",
            Self::En => "en",
        }
    }

    /// The tag for `<html lang>`, with which the browser formats dates and numbers.
    #[must_use]
    pub const fn html(self) -> &'static str {
        match self {
            Self::Es => "es-419",
            Self::PtBr => "pt-BR",
            Self::En => "en",
        }
    }

    /// The language's own name.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Es => "Español",
            Self::PtBr => "Português",
            Self::En => "English",
        }
    }

    /// The language behind a tag (`pt`, `pt-BR`, `es-419`…); `None` for one we do not speak.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
            "es" => Some(Self::Es),
            "pt" => Some(Self::PtBr),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that we speak, else the source.
    #[must_use]
    pub fn accept(header: &str) -> Self {
        header
            .split(',')
            .find_map(|part| Self::parse(part.split(';').next().unwrap_or_default()))
            .unwrap_or_default()
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::Es => &ES,
            Self::PtBr => &PT_BR,
            Self::En => &EN,
        }
    }
}

/// The words for one render: a language, and the time zone of times written by the server.
///
/// Both are the viewer's, in pages and in what is pushed to them: most times are formatted again by the browser, but those
/// within sentences stand as they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tx {
    /// The language.
    pub lang: Lang,
    /// The time zone of times within sentences, and of the fallback texts in `<time>`.
    pub zone: Tz,
}

impl Tx {
    /// Words in `lang`, times in `zone`.
    #[must_use]
    pub const fn new(lang: Lang, zone: Tz) -> Self {
        Self { lang, zone }
    }

    /// The text of `key`. A missing key shows itself, and fails the test of keys.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        WORDS.try_lookup(self.lang.id(), key).unwrap_or_else(|| key.to_owned())
    }

    /// The text of `key` for a number, which the words know as `$count`.
    #[must_use]
    pub fn n(&self, key: &str, count: impl Count) -> String {
        self.with(key, [("count", Arg::Number(count.count()))])
    }

    /// The text of `key` with one argument.
    #[must_use]
    pub fn a(&self, key: &str, name: &'static str, value: &str) -> String {
        self.with(key, [(name, Arg::Text(value))])
    }

    /// The text of `key` with arguments.
    #[must_use]
    pub fn with<'a>(&self, key: &str, args: impl IntoIterator<Item = (&'static str, Arg<'a>)>) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'a>> =
            args.into_iter().map(|(name, value)| (Cow::Borrowed(name), value.into())).collect();
        WORDS.try_lookup_with_args(self.lang.id(), key, &args).unwrap_or_else(|| key.to_owned())
    }
}

/// What stands for a `$name` in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arg<'a> {
    /// Words, put in as they are; the template escapes the sentence.
    Text(&'a str),
    /// A number, which may choose a plural form.
    Number(i64),
}

impl<'a> From<Arg<'a>> for FluentValue<'a> {
    fn from(arg: Arg<'a>) -> Self {
        match arg {
            Arg::Text(text) => text.into(),
            Arg::Number(number) => number.into(),
        }
    }
}

/// A number in a sentence. Templates hand their arguments over by reference, so references count too.
pub trait Count {
    /// The number.
    fn count(&self) -> i64;
}

impl Count for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Count for i32 {
    fn count(&self) -> i64 {
        i64::from(*self)
    }
}

impl Count for usize {
    fn count(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        T::count(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_first_of_its_languages_that_we_speak() {
        assert_eq!(Lang::accept("de-DE,de;q=0.9,pt;q=0.8,en;q=0.7"), Lang::PtBr);
        assert_eq!(Lang::accept("es-419,es;q=0.9"), Lang::Es);
        assert_eq!(Lang::accept("zh"), Lang::Es);
        assert_eq!(Lang::accept(""), Lang::Es);
    }
}
