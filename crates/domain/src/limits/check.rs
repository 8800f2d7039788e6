//! Reading a message against the tables. The first flaw ends it.

use std::collections::HashSet;

use super::{Flaw, Form, Part, Problem, table};
use crate::{
    ChannelKind, Content,
    content::{ContactCard, Media},
    interactive::{Header, Interactive, ReplyButton, Section},
    template::{ButtonValueKind, HeaderValue, TemplateMessage},
};

/// Whether a channel of `kind` would take this message. Files are weighed by [`super::check_file`], when their bytes are
/// known.
///
/// # Errors
/// The first flaw.
pub fn check(kind: ChannelKind, content: &Content) -> Result<(), Flaw> {
    let form = content.form().ok_or_else(|| flaw(Part::Kind, Problem::NotTaken))?;
    if !table::takes(kind, form) {
        return Err(flaw(Part::Kind, Problem::NotTaken));
    }
    let rules = Rules { kind, form };
    match content {
        Content::Text { body } => rules.text(Part::Text, body),
        Content::Image(m) | Content::Video(m) | Content::Document(m) => rules.file(m),
        Content::Audio(m) | Content::Sticker(m) => rules.file(m),
        Content::Location { latitude, longitude, .. } => place(*latitude, *longitude),
        Content::Contacts { cards } => rules.cards(cards),
        Content::Reaction { target, emoji } => reaction(target, emoji.as_deref()),
        Content::Interactive(question) => rules.question(question),
        Content::Template(template) => rules.template(template),
        _ => Err(flaw(Part::Kind, Problem::NotTaken)),
    }
}

impl Content {
    /// The shape by which limits know it; `None` for what only customers and vendors send.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        Some(match self {
            Self::Text { .. } => Form::Text,
            Self::Image(_) => Form::Image,
            Self::Video(_) => Form::Video,
            Self::Audio(media) if media.voice => Form::Voice,
            Self::Audio(_) => Form::Audio,
            Self::Document(_) => Form::Document,
            Self::Sticker(media) if media.animated => Form::MovingSticker,
            Self::Sticker(_) => Form::Sticker,
            Self::Location { .. } => Form::Location,
            Self::Contacts { .. } => Form::Contacts,
            Self::Reaction { .. } => Form::Reaction,
            Self::Interactive(Interactive::Buttons { .. }) => Form::Buttons,
            Self::Interactive(Interactive::List { .. }) => Form::List,
            Self::Interactive(Interactive::Link { .. }) => Form::Link,
            Self::Interactive(Interactive::LocationRequest { .. }) => Form::LocationRequest,
            Self::Interactive(Interactive::ContactRequest { .. }) => Form::ContactRequest,
            Self::Template(_) => Form::Template,
            _ => return None,
        })
    }

    /// The shape by which the rules for files know its file: a header's is that of a message of its own.
    #[must_use]
    pub fn file_form(&self) -> Option<Form> {
        match self {
            Self::Interactive(
                Interactive::Buttons { header: Some(header), .. }
                | Interactive::Link { header: Some(header), .. },
            ) => match header {
                Header::Text { .. } => None,
                Header::Image(_) => Some(Form::Image),
                Header::Video(_) => Some(Form::Video),
                Header::Document(_) => Some(Form::Document),
            },
            Self::Template(template) => match template.header.as_ref()? {
                HeaderValue::Text(_) | HeaderValue::Location { .. } => None,
                HeaderValue::Image(_) => Some(Form::Image),
                HeaderValue::Video(_) => Some(Form::Video),
                HeaderValue::Document(_) => Some(Form::Document),
            },
            _ => self.media().and_then(|_| self.form()),
        }
    }
}

const fn flaw(part: Part, problem: Problem) -> Flaw {
    Flaw { part, problem }
}

fn place(latitude: f64, longitude: f64) -> Result<(), Flaw> {
    let within = |degrees: f64, most: f64| degrees.is_finite() && degrees.abs() <= most;
    if within(latitude, 90.0) && within(longitude, 180.0) {
        Ok(())
    } else {
        Err(flaw(Part::Place, Problem::Malformed))
    }
}

fn reaction(target: &str, emoji: Option<&str>) -> Result<(), Flaw> {
    if target.trim().is_empty() {
        return Err(flaw(Part::Target, Problem::Missing));
    }
    // One emoji can be a family of several signs, but no sign of any alphabet.
    let is_emoji = |text: &str| {
        let mut signs = text.chars();
        (1..=12).contains(&text.chars().count()) && !signs.any(|c| c.is_ascii() || c.is_alphanumeric())
            || is_keycap(text)
    };
    match emoji {
        Some(emoji) if !is_emoji(emoji) => Err(flaw(Part::Emoji, Problem::Malformed)),
        _ => Ok(()),
    }
}

/// `1️⃣` and its kin are a digit, a sign that asks for the picture, and a frame.
fn is_keycap(text: &str) -> bool {
    let mut signs = text.chars();
    signs.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '#' | '*'))
        && signs.next_back() == Some('\u{20E3}')
        && signs.all(|c| c == '\u{FE0F}')
}

/// Titles are shown as written, and Meta refuses marks in them: `*bold*`, `_slanted_`, `~struck~`.
fn has_markup(title: &str) -> bool {
    ['*', '_', '~', '`'].into_iter().any(|mark| title.matches(mark).count() > 1)
}

/// Whether a vendor, or a customer's browser, could go there.
fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty()) && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The limits for one shape of message on one channel.
#[derive(Clone, Copy)]
struct Rules {
    kind: ChannelKind,
    form: Form,
}

impl Rules {
    /// A text that must be there and fit.
    fn text(self, part: Part, text: &str) -> Result<(), Flaw> {
        let longest = table::most(self.kind, self.form, part);
        let longest = longest.ok_or_else(|| flaw(part, Problem::NotTaken))?;
        if text.trim().is_empty() {
            return Err(flaw(part, Problem::Missing));
        }
        let length = text.chars().count();
        if length > longest { Err(flaw(part, Problem::TooLong { length, longest })) } else { Ok(()) }
    }

    /// A text that may be missing.
    fn optional(self, part: Part, text: Option<&str>) -> Result<(), Flaw> {
        text.map_or(Ok(()), |text| self.text(part, text))
    }

    fn count(self, part: Part, count: usize) -> Result<(), Flaw> {
        let most = table::most(self.kind, self.form, part);
        let most = most.ok_or_else(|| flaw(part, Problem::NotTaken))?;
        match count {
            0 => Err(flaw(part, Problem::Missing)),
            count if count > most => Err(flaw(part, Problem::TooMany { count, most })),
            _ => Ok(()),
        }
    }

    fn file(self, media: &Media) -> Result<(), Flaw> {
        self.has_file(media)?;
        self.optional(Part::Caption, media.caption.as_deref())
    }

    fn has_file(self, media: &Media) -> Result<(), Flaw> {
        match media.url.as_deref() {
            Some(url) if !is_web_address(url) => Err(flaw(Part::File, Problem::Malformed)),
            None if media.file.is_none() && media.vendor_media_id.is_none() => {
                Err(flaw(Part::File, Problem::Missing))
            }
            _ => Ok(()),
        }
    }

    fn header_file(self, media: &Media) -> Result<(), Flaw> {
        self.count(Part::File, 1)?;
        if media.caption.is_some() {
            return Err(flaw(Part::Caption, Problem::NotTaken));
        }
        self.has_file(media)
    }

    fn cards(self, cards: &[ContactCard]) -> Result<(), Flaw> {
        self.count(Part::Cards, cards.len())?;
        if cards.iter().any(|card| card.name.trim().is_empty()) {
            return Err(flaw(Part::CardName, Problem::Missing));
        }
        Ok(())
    }

    fn question(self, question: &Interactive) -> Result<(), Flaw> {
        match question {
            Interactive::Buttons { header, body, footer, buttons } => {
                self.frame(header.as_ref(), body, footer.as_deref())?;
                self.buttons(buttons)
            }
            Interactive::List { header, body, footer, button, sections } => {
                self.optional(Part::Header, header.as_deref())?;
                self.text(Part::Body, body)?;
                self.optional(Part::Footer, footer.as_deref())?;
                self.text(Part::MenuButton, button)?;
                self.sections(sections)
            }
            Interactive::Link { header, body, footer, label, url } => {
                self.frame(header.as_ref(), body, footer.as_deref())?;
                self.text(Part::LinkLabel, label)?;
                self.text(Part::LinkAddress, url)?;
                if is_web_address(url) { Ok(()) } else { Err(flaw(Part::LinkAddress, Problem::Malformed)) }
            }
            Interactive::LocationRequest { body } | Interactive::ContactRequest { body } => {
                self.text(Part::Body, body)
            }
        }
    }

    fn frame(self, header: Option<&Header>, body: &str, footer: Option<&str>) -> Result<(), Flaw> {
        match header {
            None => {}
            Some(Header::Text { text }) => self.text(Part::Header, text)?,
            Some(Header::Image(media) | Header::Video(media) | Header::Document(media)) => {
                self.header_file(media)?;
            }
        }
        self.text(Part::Body, body)?;
        self.optional(Part::Footer, footer)
    }

    fn buttons(self, buttons: &[ReplyButton]) -> Result<(), Flaw> {
        self.count(Part::Buttons, buttons.len())?;
        let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
        for ReplyButton { id, title } in buttons {
            self.text(Part::ButtonId, id)?;
            self.text(Part::ButtonTitle, title)?;
            if has_markup(title) {
                return Err(flaw(Part::ButtonTitle, Problem::Malformed));
            }
            if !ids.insert(id) {
                return Err(flaw(Part::ButtonId, Problem::Repeated));
            }
            if !titles.insert(title.trim()) {
                return Err(flaw(Part::ButtonTitle, Problem::Repeated));
            }
        }
        Ok(())
    }

    fn sections(self, sections: &[Section]) -> Result<(), Flaw> {
        self.count(Part::Sections, sections.len())?;
        self.count(Part::Rows, sections.iter().map(|section| section.rows.len()).sum())?;
        let mut ids = HashSet::new();
        for Section { title, rows } in sections {
            self.optional(Part::SectionTitle, title.as_deref())?;
            if sections.len() > 1 && title.is_none() {
                return Err(flaw(Part::SectionTitle, Problem::Missing));
            }
            if rows.is_empty() {
                return Err(flaw(Part::Rows, Problem::Missing));
            }
            for row in rows {
                self.text(Part::RowId, &row.id)?;
                self.text(Part::RowTitle, &row.title)?;
                self.optional(Part::RowDescription, row.description.as_deref())?;
                if !ids.insert(&row.id) {
                    return Err(flaw(Part::RowId, Problem::Repeated));
                }
            }
        }
        Ok(())
    }

    fn template(self, template: &TemplateMessage) -> Result<(), Flaw> {
        if template.name.trim().is_empty() || template.language.trim().is_empty() {
            return Err(flaw(Part::Template, Problem::Missing));
        }
        match &template.header {
            None => {}
            Some(HeaderValue::Text(value)) => self.text(Part::Header, &value.text)?,
            Some(HeaderValue::Image(media) | HeaderValue::Video(media) | HeaderValue::Document(media)) => {
                self.header_file(media)?;
            }
            Some(HeaderValue::Location { latitude, longitude, .. }) => {
                let degrees = |text: &str| text.trim().parse::<f64>().unwrap_or(f64::NAN);
                place(degrees(latitude), degrees(longitude))?;
            }
        }
        for value in &template.body {
            self.text(Part::TemplateValue, &value.text)?;
        }
        // All named or all counted; Meta takes no mixture.
        let named = template.body.iter().filter(|value| value.name.is_some()).count();
        if named != 0 && named != template.body.len() {
            return Err(flaw(Part::TemplateValue, Problem::Malformed));
        }
        self.optional(Part::Body, Some(template.shown.body.as_str()).filter(|body| !body.is_empty()))?;
        for button in &template.buttons {
            let part = match button.kind {
                ButtonValueKind::Url => Part::LinkAddress,
                ButtonValueKind::CopyCode => Part::TemplateCode,
                ButtonValueKind::QuickReply | ButtonValueKind::Flow => Part::TemplateValue,
            };
            self.text(part, &button.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
