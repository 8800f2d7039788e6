//! What a form holds, name by name, exactly as it was typed: so that nothing typed is lost when it is refused.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use domain::SkillId;
use routing::{Skills, policy::Message};

/// The languages messages are written in.
pub const LANGUAGES: [&str; 3] = ["es", "pt", "en"];

/// A form's values by the names of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    /// As a browser posts it.
    #[must_use]
    pub fn read(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            typed.add(&name, value.replace('\0', ""));
        }
        typed
    }

    /// One more value under a name.
    pub fn add(&mut self, name: &str, value: impl Display) {
        self.0.entry(name.to_owned()).or_default().push(value.to_string());
    }

    /// The one value of a name.
    pub fn set(&mut self, name: &str, value: impl Display) {
        self.0.insert(name.to_owned(), vec![value.to_string()]);
    }

    /// The value of a name, without space around it; empty where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
    }

    /// All values of a name.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// All values of a name that can be read as what they are to be.
    pub fn ids<'a, T: FromStr>(&'a self, name: &str) -> impl Iterator<Item = T> + use<'a, T> {
        self.all(name).iter().filter_map(|value| value.parse().ok())
    }

    /// Names that begin so, without the beginning, with their values.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, values)| {
            Some((name.strip_prefix(prefix)?.strip_prefix('.')?, values.first()?.trim()))
        })
    }

    /// The lines of a text, or what commas part, without empty ones.
    pub fn lines<'a>(&'a self, name: &str) -> impl Iterator<Item = String> + use<'a> {
        let texts = self.all(name).iter().flat_map(|text| text.split(['\n', ',']));
        texts.map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
    }

    /// A length of time, in the largest unit that says it in a whole number.
    pub fn set_span(&mut self, name: &str, seconds: Option<u32>) {
        let Some(seconds) = seconds else { return };
        let (value, unit) = match seconds {
            0 => (0, "s"),
            _ if seconds.is_multiple_of(3_600) => (seconds / 3_600, "h"),
            _ if seconds.is_multiple_of(60) => (seconds / 60, "m"),
            _ => (seconds, "s"),
        };
        self.set(name, value);
        self.set(&format!("{name}.unit"), unit);
    }

    /// A length of time in seconds; none where nothing was typed.
    ///
    /// # Errors
    /// When it is no number, or more than a year.
    pub fn span(&self, name: &str) -> Result<Option<u32>, NotANumber> {
        let Some(value) = self.number::<u32>(name)? else { return Ok(None) };
        let unit = match self.get(&format!("{name}.unit")) {
            "h" => 3_600,
            "m" => 60,
            _ => 1,
        };
        let seconds = value.checked_mul(unit).filter(|seconds| *seconds <= LONGEST);
        seconds.map(Some).ok_or(NotANumber)
    }

    /// A number; none where nothing was typed.
    ///
    /// # Errors
    /// When it is no number of this kind.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, NotANumber> {
        match self.get(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| NotANumber),
        }
    }

    /// A message in its languages.
    pub fn set_words(&mut self, name: &str, message: Option<&Message>) {
        for (language, words) in message.into_iter().flat_map(|message| &message.0) {
            self.set(&format!("{name}.{language}"), words);
        }
    }

    /// A message in its languages; none where there is not a word.
    #[must_use]
    pub fn words(&self, name: &str) -> Option<Message> {
        let words: BTreeMap<String, String> = self
            .under(name)
            .filter(|(language, words)| language.len() == 2 && !words.is_empty())
            .map(|(language, words)| (language.to_owned(), words.replace("\r\n", "\n")))
            .collect();
        (!words.is_empty()).then_some(Message(words))
    }

    /// Skills with their levels.
    pub fn set_levels(&mut self, name: &str, skills: &Skills) {
        for (skill, level) in skills {
            self.set(&format!("{name}.{skill}"), level);
        }
    }

    /// Skills with their levels; without those at none.
    #[must_use]
    pub fn levels(&self, name: &str) -> Skills {
        self.under(name)
            .filter_map(|(skill, level)| Some((skill.parse::<SkillId>().ok()?, level.parse::<u8>().ok()?)))
            .filter(|(_, level)| *level > 0)
            .collect()
    }

    /// Draws the rows `name.0.…`, `name.1.…` together, without those that were taken away or whose `mark` is empty, by
    /// time where `by_time` names a length of time. Answers how many there are.
    pub fn rows(&mut self, name: &str, mark: &str, by_time: Option<&str>) -> usize {
        let prefix = format!("{name}.");
        let mut rows: BTreeMap<usize, BTreeMap<String, Vec<String>>> = BTreeMap::new();
        let names: Vec<String> = self.0.keys().filter(|key| key.starts_with(&prefix)).cloned().collect();
        for key in names {
            let Some((row, part)) = key.strip_prefix(&prefix).and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            let (Ok(row), part) = (row.parse(), part.to_owned()) else { continue };
            if let Some(values) = self.0.remove(&key) {
                rows.entry(row).or_default().insert(part, values);
            }
        }
        let mut kept: Vec<Self> = rows
            .into_values()
            .map(Self)
            .filter(|row| !row.get(mark).is_empty() && row.get("gone").is_empty())
            .collect();
        if let Some(time) = by_time {
            kept.sort_by_key(|row| row.span(time).ok().flatten().unwrap_or(u32::MAX));
        }
        let count = kept.len();
        for (at, row) in kept.into_iter().enumerate() {
            self.0.extend(row.0.into_iter().map(|(part, values)| (format!("{name}.{at}.{part}"), values)));
        }
        count
    }
}

/// A year, in seconds: nobody means more.
const LONGEST: u32 = 366 * 86_400;

/// What was typed is no number, or far too large a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_come_back_as_they_went() {
        for seconds in [0, 1, 59, 60, 90, 3_600, 5_400, 86_400] {
            let mut typed = Typed::default();
            typed.set_span("after", Some(seconds));
            assert_eq!(typed.span("after"), Ok(Some(seconds)));
        }
        let typed =
            |value: &str| Typed::read(vec![("a".into(), value.into()), ("a.unit".into(), "h".into())]);
        assert_eq!(typed(" ").span("a"), Ok(None));
        assert_eq!(typed("-1").span("a"), Err(NotANumber));
        assert_eq!(typed("4000000000").span("a"), Err(NotANumber), "too long to be counted");
    }

    #[test]
    fn rows_close_up_and_stand_in_the_order_of_time() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut typed = Typed::read(vec![
            pair("late.0.action", "alert"),
            pair("late.0.after", "10"),
            pair("late.0.after.unit", "m"),
            pair("late.1.action", "tag"),
            pair("late.1.gone", "1"),
            pair("late.3.action", "tell"),
            pair("late.3.after", "30"),
            pair("late.4.action", ""),
            pair("late", "kept"),
        ]);
        assert_eq!(typed.rows("late", "action", Some("after")), 2);
        assert_eq!((typed.get("late.0.action"), typed.get("late.1.action")), ("tell", "alert"));
        assert_eq!((typed.get("late.2.action"), typed.get("late")), ("", "kept"));
    }
}
