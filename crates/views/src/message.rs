//! One message in a thread. The same for everyone who may see it.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    ChannelKind, ContactId, Content, ConversationId, DeliveryState, MessageId,
    content::{Media, OrderItem},
    interactive::{Header, Interactive},
    outbound::{Advice, Hold},
    template::{HeaderValue, TemplateMessage},
};

use crate::{
    Arg, FileFacts, PersonTag, Tx, channels::costs::MessageCost, failure, failure::Failure, linkify, marks,
    preview, time,
};

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Contact {
        /// Who; gives the avatar its hue.
        id: ContactId,
        /// Their name, or address in the class of this thread.
        name: String,
    },
    /// A colleague.
    Person(PersonTag),
    /// The house itself: bot, automatic answer.
    Machine,
    /// Somebody of ours in the phone app beside us; who, nobody tells.
    PhoneApp,
}

/// How far a message of ours has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The state.
    pub state: DeliveryState,
    /// The vendor's code of a failure.
    pub error_code: Option<i64>,
    /// The adapter's advice on a failure.
    pub advice: Option<Advice>,
    /// Why it waits although nothing is wrong.
    pub held: Option<Hold>,
    /// Nothing happens before that: neither by itself nor, after a failure, by hand.
    pub until: Option<DateTime<Utc>>,
    /// What it cost, once that is decided.
    pub cost: Option<MessageCost>,
}

/// The message that one answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Who wrote it, by name.
    pub author: String,
    /// Its kind, the word of `Content::kind`.
    pub kind: String,
    /// Its words; empty when it has none.
    pub text: String,
    /// The quoted message and its conversation; only those who see that conversation can go there.
    pub message: Option<(MessageId, ConversationId)>,
}

/// One message in a thread.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageView {
    /// Which.
    pub id: MessageId,
    /// The id the sender's browser made, by which it finds the bubble it drew at once.
    pub client_id: Option<String>,
    /// Who wrote it; decides the side.
    pub author: Author,
    /// The channel's kind, by which failures are read.
    pub channel: ChannelKind,
    /// What it says.
    pub content: Content,
    /// When it was written, by the vendor's clock for customers.
    pub at: DateTime<Utc>,
    /// Place in the thread, made by [`time::seq`].
    pub seq: String,
    /// The file in it, once we know of it.
    pub file: Option<FileFacts>,
    /// How far it has come; `None` for messages of customers.
    pub delivery: Option<Delivery>,
    /// What it answers.
    pub quote: Option<Quote>,
    /// What surrounds it, and what became of it.
    pub around: Around,
    /// Grows with every change.
    pub version: i64,
}

/// What surrounds a message, and what became of it after it was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Around {
    /// What it said first, when it was corrected since.
    pub first: Option<Content>,
    /// Whether its author deleted it; what it said stays hidden.
    pub revoked: bool,
    /// Reactions: the emoji, and whether it is the customer's.
    pub reactions: Vec<(String, bool)>,
    /// The ad or post that led here.
    pub ad: Option<Ad>,
    /// Passed on from another chat: once, or many times.
    pub forwarded: Option<bool>,
    /// The product it asks about.
    pub product: Option<String>,
    /// Written while its contact was blocked: it told nobody.
    pub muted: bool,
}

/// The ad or post that led here, as far as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ad {
    /// Whether it is a post, not an ad.
    pub post: bool,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

impl Ad {
    /// The key of what it is.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        if self.post { "message-referral-post" } else { "message-referral" }
    }

    /// The key of what it is, with its headline.
    #[must_use]
    pub const fn named(&self) -> &'static str {
        if self.post { "message-referral-post-named" } else { "message-referral-named" }
    }

    /// The key of the link to it.
    #[must_use]
    pub const fn to_open(&self) -> &'static str {
        if self.post { "message-referral-post-open" } else { "message-referral-open" }
    }

    /// The address, if it is one of the web: anything else is not made a link.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.url.as_deref().filter(|url| {
            url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
                && !url.contains(char::is_whitespace)
        })
    }
}

/// A labelled file whose bytes are not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileView<'a> {
    /// Icon in the sprite.
    pub icon: &'static str,
    /// The sender's name for it, or what it is.
    pub title: String,
    /// What it is, when the title does not say, and its type.
    pub note: String,
    /// The words beside it.
    pub caption: Option<&'a str>,
}

impl MessageView {
    /// When, for machines.
    #[must_use]
    pub fn iso(&self) -> String {
        time::iso(&self.at)
    }

    /// Whether it is ours.
    #[must_use]
    pub fn is_out(&self) -> bool {
        !matches!(self.author, Author::Contact { .. })
    }

    /// The name of who wrote it.
    #[must_use]
    pub fn author_name(&self, tx: &Tx) -> String {
        match &self.author {
            Author::Contact { name, .. } => name.clone(),
            Author::Person(person) => person.name.clone(),
            Author::Machine => tx.t("author-machine"),
            Author::PhoneApp => tx.t("author-phone-app"),
        }
    }

    /// Initials for the avatar; empty for the machine.
    #[must_use]
    pub fn initials(&self) -> String {
        match &self.author {
            Author::Contact { name, .. } => crate::person::initials(name),
            Author::Person(person) => person.initials(),
            Author::Machine | Author::PhoneApp => String::new(),
        }
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        match &self.author {
            Author::Contact { id, .. } => crate::person::hue(id.0.as_bytes()),
            Author::Person(person) => person.hue(),
            Author::Machine | Author::PhoneApp => 265,
        }
    }

    /// Whether the machine wrote it.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        self.author == Author::Machine
    }

    /// The picture in place of initials, for what no person signed.
    #[must_use]
    pub const fn author_icon(&self) -> Option<&'static str> {
        match self.author {
            Author::Machine => Some("bot"),
            Author::PhoneApp => Some("user-round"),
            Author::Contact { .. } | Author::Person(_) => None,
        }
    }

    /// The sentence of a deleted message.
    #[must_use]
    pub fn revoked(&self, tx: &Tx) -> String {
        tx.t(if self.is_out() { "message-revoked-by-us" } else { "message-revoked" })
    }

    /// Who reacted how.
    #[must_use]
    pub fn reaction(&self, tx: &Tx, emoji: &str, from_customer: &bool) -> String {
        match (&self.author, *from_customer) {
            (Author::Contact { name, .. }, true) => {
                tx.with("line-reaction", [("name", Arg::Text(name)), ("emoji", Arg::Text(emoji))])
            }
            (_, true) => tx.a("reaction-customer", "emoji", emoji),
            (_, false) => tx.a("reaction-us", "emoji", emoji),
        }
    }

    /// The words it had first.
    #[must_use]
    pub fn first_words(&self) -> Option<&str> {
        self.around.first.as_ref().map(|first| first.text().unwrap_or_default())
    }

    /// Classes beside `msg`.
    #[must_use]
    pub fn classes(&self) -> &'static str {
        let state = self.delivery.as_ref().map(|delivery| delivery.state);
        match (self.is_out(), state) {
            (false, _) => "",
            (true, Some(DeliveryState::Failed)) => " out failed",
            (true, Some(DeliveryState::Queued | DeliveryState::Sending)) => " out pending",
            (true, _) if self.is_machine() => " out bot",
            (true, _) => " out",
        }
    }

    /// Reactions, corrections, deletions and notices are a line, not a bubble.
    #[must_use]
    pub fn is_line(&self) -> bool {
        matches!(
            self.content,
            Content::Reaction { .. } | Content::Revoke { .. } | Content::Welcome | Content::System { .. }
        )
    }

    /// The icon of such a line.
    #[must_use]
    pub fn line_icon(&self) -> &'static str {
        match self.content {
            Content::Reaction { .. } => "smile",
            Content::Revoke { .. } => "ban",
            _ => "info",
        }
    }

    /// The sentence of such a line.
    #[must_use]
    pub fn line(&self, tx: &Tx) -> String {
        let name = self.author_name(tx);
        match &self.content {
            Content::Reaction { emoji: Some(emoji), .. } => {
                tx.with("line-reaction", [("name", Arg::Text(&name)), ("emoji", Arg::Text(emoji))])
            }
            Content::Reaction { emoji: None, .. } => tx.a("line-reaction-removed", "name", &name),
            Content::Revoke { .. } => tx.a("line-revoke", "name", &name),
            Content::Welcome => tx.a("line-welcome", "name", &name),
            // The vendor's sentence holds both numbers, which not everybody may see.
            Content::System { event: Some(event), .. } if event.contains("number") => {
                tx.a("line-changed-number", "name", &name)
            }
            Content::System { event: Some(event), .. }
                if event.contains("user_id") || event.contains("identity") =>
            {
                tx.a("line-changed-id", "name", &name)
            }
            Content::System { body, .. } => tx.a("line-system", "text", body),
            _ => String::new(),
        }
    }

    /// What it says, without the wrapper of a correction.
    #[must_use]
    pub fn said(&self) -> &Content {
        match &self.content {
            Content::Edit { content, .. } => content,
            content => content,
        }
    }

    /// Whether it corrects an earlier message.
    #[must_use]
    pub fn is_edit(&self) -> bool {
        matches!(self.content, Content::Edit { .. })
    }

    /// The words of the quoted message in one line.
    #[must_use]
    pub fn quoted(&self, tx: &Tx) -> Option<(String, String)> {
        let quote = self.quote.as_ref()?;
        Some((quote.author.clone(), preview::line(tx, self.channel, &quote.kind, &quote.text, 120)))
    }

    /// Which message it answers, and in which conversation that is.
    #[must_use]
    pub fn quoted_at(&self) -> Option<(MessageId, ConversationId)> {
        self.quote.as_ref()?.message
    }

    /// The mark of the delivery: icon, class, key of its word.
    #[must_use]
    pub fn mark(&self) -> Option<(&'static str, &'static str, &'static str)> {
        self.delivery.as_ref().map(|delivery| mark(delivery.state))
    }

    /// What it cost, as a sentence.
    #[must_use]
    pub fn cost(&self, tx: &Tx) -> Option<String> {
        let cost = self.delivery.as_ref()?.cost.as_ref()?;
        Some(cost.sentence(tx))
    }

    /// Why it failed and what to do about it.
    #[must_use]
    pub fn trouble(&self, tx: &Tx) -> Option<String> {
        let delivery = self.delivery.as_ref()?;
        match delivery.state {
            DeliveryState::Uncertain => Some(tx.t("delivery-uncertain-why")),
            DeliveryState::Failed => {
                let (family, advice) = self.diagnosis(delivery);
                let what_to_do = match &delivery.until {
                    Some(until) => tx.a("advice-later-after", "when", &time::moment(until, tx)),
                    None => tx.t(failure::what_to_do(advice)),
                };
                Some(format!("{} {what_to_do}", tx.t(family.why())))
            }
            DeliveryState::Queued if delivery.held.is_none() && delivery.error_code.is_some() => {
                let (family, _) = self.diagnosis(delivery);
                Some(format!("{} {}", tx.t(family.why()), tx.t("held-queued-retry")))
            }
            _ => delivery.held.map(|hold| {
                let when = delivery.until.map(|until| time::moment(&until, tx)).unwrap_or_default();
                tx.a(failure::held(hold), "when", &when)
            }),
        }
    }

    fn diagnosis(&self, delivery: &Delivery) -> (Failure, Advice) {
        let family = match (delivery.error_code, delivery.advice) {
            (Some(code), _) => Failure::of(self.channel, code),
            // Ours, at the last moment: it was not even tried.
            (None, Some(Advice::UseTemplate)) => Failure::WindowClosed,
            (None, Some(Advice::Never)) => Failure::OptedOut,
            (None, _) => Failure::Unknown,
        };
        (family, delivery.advice.unwrap_or_else(|| family.usual_advice()))
    }

    /// Whether it waits, or nobody knows: nothing that has failed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.delivery.as_ref().is_some_and(|delivery| delivery.state != DeliveryState::Failed)
    }

    /// Whether nobody knows if it left.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        self.delivery.as_ref().is_some_and(|delivery| delivery.state == DeliveryState::Uncertain)
    }

    /// The vendor's code, for the curious.
    #[must_use]
    pub fn error_code(&self) -> Option<i64> {
        self.delivery.as_ref().and_then(|delivery| delivery.error_code)
    }

    /// Whether sending it again may help: always when its fate is unknown, and unless the refusal is final.
    #[must_use]
    pub fn can_resend(&self) -> bool {
        self.delivery.as_ref().is_some_and(|delivery| match delivery.state {
            DeliveryState::Uncertain => true,
            DeliveryState::Failed => {
                delivery.until.is_none()
                    && matches!(self.diagnosis(delivery).1, Advice::Later | Advice::FixChannel)
            }
            _ => false,
        })
    }

    /// Words as HTML: escaped, with links, and with WhatsApp's marks drawn where the channel has them.
    #[must_use]
    pub fn html(&self, text: &str) -> String {
        if self.channel == ChannelKind::TwilioSms { linkify::linkify(text) } else { marks::html(text) }
    }

    /// A file in words.
    #[must_use]
    pub fn paper<'a>(&self, tx: &Tx, media: &'a Media) -> FileView<'a> {
        let kind = self.said().kind();
        let word = tx.t(if media.voice { "kind-voice" } else { preview::word(kind) });
        let (title, what) = match &media.filename {
            Some(name) => (name.clone(), Some(word)),
            None => (word, None),
        };
        let kind_of_bytes = self.file.as_ref().and_then(|file| file.kind.as_deref());
        let extension = kind_of_bytes.or(media.mime.as_deref()).map(short_type);
        let size = self.file.as_ref().and_then(|file| file.size(tx));
        let note = what.into_iter().chain(extension).chain(size).collect::<Vec<_>>().join(" · ");
        FileView {
            icon: preview::icon(kind).unwrap_or("file-text"),
            title,
            note,
            caption: media.caption.as_deref(),
        }
    }

    /// Coordinates as people write them.
    #[must_use]
    pub fn coordinates(&self, latitude: &f64, longitude: &f64) -> String {
        format!("{latitude:.5}, {longitude:.5}")
    }

    /// What can be tapped under a template or a question, unless it was taken back.
    #[must_use]
    pub fn buttons(&self) -> Option<Vec<&str>> {
        let labels: Vec<&str> = match self.said() {
            _ if self.around.revoked => Vec::new(),
            Content::Template(template) => template.shown.buttons.iter().map(String::as_str).collect(),
            Content::Interactive(Interactive::Buttons { buttons, .. }) => {
                buttons.iter().map(|button| button.title.as_str()).collect()
            }
            Content::Interactive(Interactive::List { sections, .. }) => {
                sections.iter().flat_map(|section| &section.rows).map(|row| row.title.as_str()).collect()
            }
            Content::Interactive(Interactive::Link { label, .. }) => vec![label.as_str()],
            _ => Vec::new(),
        };
        (!labels.is_empty()).then_some(labels)
    }

    /// The words above a question of ours.
    #[must_use]
    pub fn question_header<'a>(&self, question: &'a Interactive) -> Option<&'a str> {
        match question {
            Interactive::Buttons { header: Some(Header::Text { text }), .. }
            | Interactive::Link { header: Some(Header::Text { text }), .. } => Some(text),
            Interactive::List { header, .. } => header.as_deref(),
            _ => None,
        }
    }

    /// The small print below it.
    #[must_use]
    pub fn question_footer<'a>(&self, question: &'a Interactive) -> Option<&'a str> {
        match question {
            Interactive::Buttons { footer, .. }
            | Interactive::List { footer, .. }
            | Interactive::Link { footer, .. } => footer.as_deref(),
            _ => None,
        }
    }

    /// The lines of an order: how many of what.
    #[must_use]
    pub fn order_lines(&self, items: &[OrderItem]) -> Vec<(String, String)> {
        items.iter().map(|item| (item.quantity.to_string(), item.product.clone())).collect()
    }
}

/// The mark of a delivery state: icon, class, key of its word.
#[must_use]
pub const fn mark(state: DeliveryState) -> (&'static str, &'static str, &'static str) {
    match state {
        DeliveryState::Queued | DeliveryState::Sending => ("clock-3", "", "delivery-sending"),
        DeliveryState::Uncertain => ("circle-help", "unsure", "delivery-uncertain"),
        DeliveryState::Accepted | DeliveryState::Sent => ("check", "", "delivery-sent"),
        DeliveryState::Delivered => ("check-check", "", "delivery-delivered"),
        DeliveryState::Read => ("check-check", "read", "delivery-read"),
        DeliveryState::Played => ("check-check", "read", "delivery-played"),
        DeliveryState::Failed => ("circle-alert", "fail", "delivery-failed"),
    }
}

/// `application/pdf; x=y` → `PDF`.
fn short_type(mime: &str) -> String {
    let essence = mime.split(';').next().unwrap_or(mime).trim();
    let name = essence.rsplit(['/', '.']).next().unwrap_or(essence);
    match name {
        "mpeg" if essence.starts_with("audio/") => "MP3".to_owned(),
        "plain" => "TXT".to_owned(),
        "document" => "DOCX".to_owned(),
        "sheet" => "XLSX".to_owned(),
        name => name.to_uppercase(),
    }
}

/// The message as a fragment, for `#thread-{conversation}`.
#[derive(Debug, Template)]
#[template(path = "message.html")]
pub struct MessageFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub message: &'a MessageView,
}

/// Icon and key of the file above a template's text, if it has one.
#[must_use]
pub const fn header_file(template: &TemplateMessage) -> Option<(&'static str, &'static str)> {
    match &template.header {
        Some(HeaderValue::Image(_)) => Some(("image", "kind-image")),
        Some(HeaderValue::Video(_)) => Some(("video", "kind-video")),
        Some(HeaderValue::Document(_)) => Some(("file-text", "kind-document")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, sample};

    #[test]
    fn marks_are_drawn_in_whatsapp_and_stay_typed_in_sms() {
        let mut message = sample::inbound(1, 0, sample::text("*Hola* <b>"));
        message.quote = Some(Quote {
            author: "Lucía".to_owned(),
            kind: "text".to_owned(),
            text: "_sí_".to_owned(),
            message: None,
        });
        let drawn = |message: &MessageView| {
            MessageFragment { tx: sample::tx(Lang::Es), message }.render().unwrap_or_default()
        };
        let whatsapp = drawn(&message);
        assert!(whatsapp.contains("<strong>Hola</strong> &#60;b&#62;"), "{whatsapp}");
        assert!(whatsapp.contains("</b>sí</span>"), "{whatsapp}");
        message.channel = ChannelKind::TwilioSms;
        let sms = drawn(&message);
        assert!(sms.contains("*Hola* &#60;b&#62;") && sms.contains("</b>_sí_</span>"), "{sms}");
    }
}
