//! What a vendor would refuse in a template, found before it is asked (whatsapp-cloud.md §7.2).

use serde::Serialize;

use super::{
    Button, Definition, Format, Header, Text,
    definition::categories,
    languages::is_language,
    limits::{META, TemplateLimits, time_to_live},
    places::places,
};

/// A template that somebody is writing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Its category.
    pub category: String,
    /// How its places are named.
    pub format: Format,
    /// What it consists of.
    pub definition: Definition,
    /// For how many seconds the vendor may try to deliver it; −1 = 30 days.
    pub ttl_seconds: Option<i32>,
}

/// What is known of the account it is for.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Its other templates.
    pub others: Vec<Other>,
    /// Whether its business is verified, if known.
    pub verified: Option<bool>,
    /// Templates handed in within the last hour.
    pub within_an_hour: u32,
}

/// Another template of the account.
#[derive(Debug, Clone, Default)]
pub struct Other {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Its text.
    pub body: String,
    /// Its small print.
    pub footer: Option<String>,
}

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "spot", content = "at", rename_all = "snake_case")]
pub enum Spot {
    /// The name.
    Name,
    /// The language.
    Language,
    /// The category.
    Category,
    /// The time for delivery.
    Ttl,
    /// The header.
    Header,
    /// The sample of the header.
    HeaderSample,
    /// The text.
    Body,
    /// The sample of a place in the text.
    Sample(String),
    /// The small print.
    Footer,
    /// The buttons as a whole.
    Buttons,
    /// A button's label, by its place from 0.
    Button(usize),
    /// A button's address, number or code.
    ButtonValue(usize),
    /// The terms of a one-time code.
    Code,
    /// The account.
    Account,
}

/// What is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "wrong", rename_all = "snake_case")]
pub enum Wrong {
    /// It is needed, and empty.
    Missing,
    /// It has too many characters.
    TooLong {
        /// Its characters.
        length: usize,
        /// The limit.
        most: usize,
    },
    /// It has characters that are not taken.
    Characters,
    /// It is none of those there are.
    Unknown,
    /// Another template has this name and language.
    Taken,
    /// Another template of this language has the same text and small print.
    Duplicate {
        /// Its name.
        of: String,
    },
    /// Places are not taken here.
    NoPlaces,
    /// There are too many places.
    TooManyPlaces {
        /// The limit.
        most: usize,
    },
    /// Some places are counted and some named, or the other kind than was chosen.
    Mixed,
    /// A place's name has other characters than a–z, 0–9 and `_`.
    PlaceName {
        /// What stands there.
        name: String,
    },
    /// Counting has a gap.
    Gap {
        /// The number that is missing.
        missing: usize,
    },
    /// It begins with a place.
    Leading,
    /// It ends with a place.
    Trailing,
    /// Two places stand side by side.
    Adjacent,
    /// There are many places for so few words; the vendor may refuse it.
    FewWords {
        /// Words there should be.
        needed: usize,
    },
    /// There are too many.
    TooMany {
        /// How many.
        count: usize,
        /// The limit.
        most: usize,
    },
    /// Buttons that answer stand between others.
    Scattered,
    /// Two are the same.
    Repeated,
    /// It is no address, number or code.
    Malformed,
    /// The place of an address is not at its end.
    PlaceNotLast,
    /// It does not go with this category.
    NotInCategory,
    /// It lies outside what is taken.
    OutOfRange {
        /// The least.
        least: i32,
        /// The most.
        most: i32,
    },
    /// Too many were handed in within the last hour.
    TooFast {
        /// The limit.
        most: u32,
    },
}

/// A flaw. One that does not block is advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flaw {
    /// Where.
    #[serde(flatten)]
    pub at: Spot,
    /// What.
    #[serde(flatten)]
    pub what: Wrong,
    /// Whether the vendor would refuse it.
    pub blocks: bool,
}

/// All that the vendor would refuse, and what it might.
#[must_use]
pub fn check(draft: &Draft, account: &Account) -> Vec<Flaw> {
    let mut check = Check { limits: &META, flaws: Vec::new() };
    check.identity(draft, account);
    let definition = &draft.definition;
    if draft.category == categories::AUTHENTICATION {
        check.one_time_code(definition);
    } else {
        check.text(draft);
        check.footer(definition.footer.as_deref());
        check.buttons(&definition.buttons);
        if definition.is_code() {
            check.flaw(Spot::Code, Wrong::NotInCategory);
        }
        check.duplicate(draft, account);
    }
    check.ttl(draft);
    check.quota(account);
    check.flaws
}

struct Check<'a> {
    limits: &'a TemplateLimits,
    flaws: Vec<Flaw>,
}

impl Check<'_> {
    fn flaw(&mut self, at: Spot, what: Wrong) {
        self.flaws.push(Flaw { at, what, blocks: true });
    }

    fn advice(&mut self, at: Spot, what: Wrong) {
        self.flaws.push(Flaw { at, what, blocks: false });
    }

    /// A text that has to be there, and not too long. Whether it is.
    fn words(&mut self, at: Spot, text: &str, most: usize) -> bool {
        let length = text.chars().count();
        if text.trim().is_empty() {
            self.flaw(at, Wrong::Missing);
        } else if length > most {
            self.flaw(at, Wrong::TooLong { length, most });
        } else {
            return true;
        }
        false
    }

    fn identity(&mut self, draft: &Draft, account: &Account) {
        let name = &draft.name;
        if self.words(Spot::Name, name, self.limits.name.most) {
            let taken = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if !name.bytes().all(taken) {
                self.flaw(Spot::Name, Wrong::Characters);
            }
        }
        if draft.language.is_empty() {
            self.flaw(Spot::Language, Wrong::Missing);
        } else if !is_language(&draft.language) {
            self.flaw(Spot::Language, Wrong::Unknown);
        }
        if !categories::ALL.contains(&draft.category.as_str()) {
            let what = if draft.category.is_empty() { Wrong::Missing } else { Wrong::Unknown };
            self.flaw(Spot::Category, what);
        }
        if account.others.iter().any(|other| other.name == *name && other.language == draft.language) {
            self.flaw(Spot::Name, Wrong::Taken);
        }
    }

    fn text(&mut self, draft: &Draft) {
        match &draft.definition.header {
            Some(Header::Text(header)) => self.header(header, draft.format),
            Some(file) if file.file_sample() == Some(None) => self.flaw(Spot::HeaderSample, Wrong::Missing),
            _ => {}
        }
        let body = &draft.definition.body;
        if self.words(Spot::Body, &body.text, self.limits.body.most) {
            self.places(&Spot::Body, body, draft.format);
            self.around(&body.text);
        }
        for name in body.places() {
            if body.sample(name).is_none() {
                self.flaw(Spot::Sample(name.to_owned()), Wrong::Missing);
            }
        }
    }

    fn header(&mut self, header: &Text, format: Format) {
        if !self.words(Spot::Header, &header.text, self.limits.header.most) {
            return;
        }
        let most = self.limits.header_places.most;
        if places(&header.text).len() > most {
            self.flaw(Spot::Header, Wrong::TooManyPlaces { most });
        } else {
            self.places(&Spot::Header, header, format);
        }
        if header.places().iter().any(|name| header.sample(name).is_none()) {
            self.flaw(Spot::HeaderSample, Wrong::Missing);
        }
    }

    /// Places are of one kind, named as they should be, and counted without a gap.
    fn places(&mut self, at: &Spot, text: &Text, format: Format) {
        let found = places(&text.text);
        let unusable = found.iter().find(|place| place.number().is_none() && !place.is_named());
        if let Some(place) = unusable {
            self.flaw(at.clone(), Wrong::PlaceName { name: place.name.to_owned() });
            return;
        }
        let counted = found.iter().filter(|place| place.number().is_some()).count();
        let expected = if format == Format::Named { 0 } else { found.len() };
        if counted != expected {
            self.flaw(at.clone(), Wrong::Mixed);
            return;
        }
        if format == Format::Positional {
            let numbers: Vec<usize> = found.iter().filter_map(super::places::Place::number).collect();
            let most = numbers.iter().copied().max().unwrap_or(0);
            // Numbers can be as large as somebody types; the first gap is enough.
            if let Some(missing) = (1..=most).take(numbers.len() + 1).find(|number| !numbers.contains(number))
            {
                self.flaw(at.clone(), Wrong::Gap { missing });
            }
        }
    }

    /// Nothing but words at both ends and between places, and enough of them.
    fn around(&mut self, text: &str) {
        let found = places(text);
        let (Some(first), Some(last)) = (found.first(), found.last()) else { return };
        if text[..first.start].trim().is_empty() {
            self.flaw(Spot::Body, Wrong::Leading);
        }
        if text[last.end..].trim().is_empty() {
            self.flaw(Spot::Body, Wrong::Trailing);
        }
        let side_by_side = |pair: &[super::Place<'_>]| text[pair[0].end..pair[1].start].trim().is_empty();
        if found.windows(2).any(side_by_side) {
            self.flaw(Spot::Body, Wrong::Adjacent);
        }
        let words =
            super::render(text, |_| Some(" ")).split_whitespace().filter(|word| has_letter(word)).count();
        let needed = found.len() * self.limits.words_for_a_place + 1;
        if words < needed {
            self.advice(Spot::Body, Wrong::FewWords { needed });
        }
    }

    fn footer(&mut self, footer: Option<&str>) {
        let Some(footer) = footer else { return };
        if self.words(Spot::Footer, footer, self.limits.footer.most) && !places(footer).is_empty() {
            self.flaw(Spot::Footer, Wrong::NoPlaces);
        }
    }

    fn buttons(&mut self, buttons: &[Button]) {
        let limits = self.limits;
        let count = |kind: &str| buttons.iter().filter(|button| button.kind() == kind).count();
        let most_of = [
            (buttons.len(), limits.buttons.most),
            (count("quick_reply"), limits.quick_replies.most),
            (count("url"), limits.urls.most),
            (count("phone"), limits.phones.most),
            (count("copy_code"), limits.copy_codes.most),
        ];
        // The first that is too many; the others would say the same again.
        if let Some((count, most)) = most_of.into_iter().find(|(count, most)| count > most) {
            self.flaw(Spot::Buttons, Wrong::TooMany { count, most });
        }
        // All that answer come first, or all come last.
        let replies: Vec<bool> = buttons.iter().map(|button| button.kind() == "quick_reply").collect();
        if replies.windows(2).filter(|pair| pair[0] != pair[1]).count() > 1 {
            self.flaw(Spot::Buttons, Wrong::Scattered);
        }
        for (at, button) in buttons.iter().enumerate() {
            self.button(at, button);
            let same = |other: &Button| other.label().is_some() && other.label() == button.label();
            if buttons[..at].iter().any(same) {
                self.flaw(Spot::Button(at), Wrong::Repeated);
            }
        }
    }

    fn button(&mut self, at: usize, button: &Button) {
        let limits = self.limits;
        match button {
            Button::QuickReply { text }
            | Button::Url { text, .. }
            | Button::Phone { text, .. }
            | Button::Flow { text, .. } => {
                if self.words(Spot::Button(at), text, limits.label.most) && !places(text).is_empty() {
                    self.flaw(Spot::Button(at), Wrong::NoPlaces);
                }
            }
            Button::OneTimeCode { .. } => self.flaw(Spot::Button(at), Wrong::NotInCategory),
            Button::CopyCode { .. } | Button::Other(_) => {}
        }
        let value = Spot::ButtonValue(at);
        match button {
            Button::Url { url, sample, .. } if self.words(value.clone(), url, limits.url.most) => {
                self.address(at, url, sample.as_deref());
            }
            Button::Phone { number, .. } => {
                let digits = number.strip_prefix('+').unwrap_or(number);
                let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b' ' || b == b'-');
                let enough = digits.bytes().filter(u8::is_ascii_digit).count() >= 5;
                if self.words(value.clone(), number, limits.phone.most) && !(plain && enough) {
                    self.flaw(value, Wrong::Malformed);
                }
            }
            Button::CopyCode { sample } => {
                let plain = sample.bytes().all(|b| b.is_ascii_graphic());
                if self.words(value.clone(), sample, limits.code_sample.most) && !plain {
                    self.flaw(value, Wrong::Characters);
                }
            }
            _ => {}
        }
    }

    fn address(&mut self, at: usize, url: &str, sample: Option<&str>) {
        let value = Spot::ButtonValue(at);
        let found = places(url);
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let fixed = found.first().map_or(url.len(), |place| place.start);
        let host_ends =
            host.and_then(|host| host.find('/')).map(|end| end + url.len() - host.unwrap_or("").len());
        let has_host = host.is_some_and(|host| {
            let name = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
            name.contains('.') && !name.starts_with('.') && !name.ends_with('.')
        });
        let plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
        if !has_host || !plain || (!found.is_empty() && host_ends.is_none_or(|end| fixed <= end)) {
            self.flaw(value, Wrong::Malformed);
            return;
        }
        match found.as_slice() {
            [] => {}
            [only] if only.end == url.len() => {
                if only.number() != Some(1) {
                    self.flaw(value, Wrong::PlaceName { name: only.name.to_owned() });
                } else if sample.is_none_or(|sample| sample.trim().is_empty()) {
                    self.flaw(value, Wrong::Missing);
                }
            }
            [_] => self.flaw(value, Wrong::PlaceNotLast),
            _ => self.flaw(value, Wrong::TooManyPlaces { most: 1 }),
        }
    }

    /// One-time codes have no words of ours: a button, and how long they hold.
    fn one_time_code(&mut self, definition: &Definition) {
        if definition.header.is_some() {
            self.flaw(Spot::Header, Wrong::NotInCategory);
        }
        if definition.footer.is_some() {
            self.flaw(Spot::Footer, Wrong::NotInCategory);
        }
        let (least, most) = self.limits.code_minutes;
        let minutes = definition.code.unwrap_or_default().minutes;
        if minutes.is_some_and(|minutes| !(least..=most).contains(&minutes)) {
            self.flaw(Spot::Code, Wrong::OutOfRange { least: least.into(), most: most.into() });
        }
        let [Button::OneTimeCode { how, text, autofill, apps, terms_accepted }] =
            definition.buttons.as_slice()
        else {
            self.flaw(Spot::Buttons, Wrong::NotInCategory);
            return;
        };
        for label in [text, autofill].into_iter().flatten() {
            self.words(Spot::Button(0), label, self.limits.label.most);
        }
        let by_app = matches!(how.as_str(), "ONE_TAP" | "ZERO_TAP");
        let most = self.limits.apps.most;
        if !by_app && how != "COPY_CODE" {
            self.flaw(Spot::Button(0), Wrong::Unknown);
        } else if by_app && apps.is_empty() {
            self.flaw(Spot::ButtonValue(0), Wrong::Missing);
        } else if apps.len() > most {
            self.flaw(Spot::ButtonValue(0), Wrong::TooMany { count: apps.len(), most });
        }
        if how == "ZERO_TAP" && !terms_accepted {
            self.flaw(Spot::Code, Wrong::Missing);
        }
    }

    fn duplicate(&mut self, draft: &Draft, account: &Account) {
        let body = draft.definition.body.text.trim();
        let footer = |footer: Option<&str>| footer.unwrap_or_default().trim().to_owned();
        let own = footer(draft.definition.footer.as_deref());
        let same = |other: &&Other| {
            other.language == draft.language
                && other.name != draft.name
                && other.body.trim() == body
                && footer(other.footer.as_deref()) == own
        };
        if let Some(other) = account.others.iter().find(same).filter(|_| !body.is_empty()) {
            self.flaw(Spot::Body, Wrong::Duplicate { of: other.name.clone() });
        }
    }

    fn ttl(&mut self, draft: &Draft) {
        let Some(ttl) = draft.ttl_seconds.filter(|ttl| *ttl != -1) else { return };
        if let Some(range) = time_to_live(&draft.category)
            && !range.contains(&ttl)
        {
            self.flaw(Spot::Ttl, Wrong::OutOfRange { least: *range.start(), most: *range.end() });
        }
    }

    fn quota(&mut self, account: &Account) {
        let count = account.others.len();
        let full = |most: u32| usize::try_from(most).is_ok_and(|most| count >= most);
        let (few, many) = (self.limits.unverified.most, self.limits.verified.most);
        match account.verified {
            _ if full(many) => self.flaw(Spot::Account, Wrong::TooMany { count, most: many as usize }),
            Some(false) if full(few) => {
                self.flaw(Spot::Account, Wrong::TooMany { count, most: few as usize })
            }
            None if full(few) => self.advice(Spot::Account, Wrong::TooMany { count, most: few as usize }),
            _ => {}
        }
        let most = self.limits.an_hour.most;
        if account.within_an_hour >= most {
            self.flaw(Spot::Account, Wrong::TooFast { most });
        }
    }
}

fn has_letter(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}
