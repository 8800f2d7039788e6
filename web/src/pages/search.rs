//! Search: the page, the same as you type, and the palette.

use std::collections::{BTreeSet, HashMap};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use chrono::{DateTime, Days, NaiveDate};
use domain::{ChannelId, ConversationId, Permission, PersonId, QueueId, typed::Typed, wall};
use inbox::{
    reading::{self, choices::Choices, conversations::ConversationLine},
    search::{
        Direction, Filters, Place, contacts,
        messages::{self, Hit},
    },
};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use views::{
    ChannelTag, Choice, Found, FoundContact, FoundFragment, FoundMessage, Looked, Palette, PaletteFound,
    PersonTag, SearchForm, SearchPage, Section, Tx,
};

use super::{frame, html, words};
use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry as AuditEntry},
    },
    error::PageError,
    live::class_for,
    present,
    security_headers::Nonce,
    state::AppState,
};

/// Messages on a page.
const MESSAGES: usize = 30;
/// Contacts above them.
const CONTACTS: usize = 6;
/// Of each in the palette.
const IN_PALETTE: usize = 5;
/// Characters of a message that are shown.
const EXCERPT: usize = 180;
const EXCERPT_IN_PALETTE: usize = 80;
/// Kinds that can be asked for; `note` beside those of messages.
const KINDS: [&str; 10] =
    ["text", "note", "image", "document", "audio", "video", "template", "location", "choice", "order"];

/// What is asked, as forms and links write it: empty fields are not asked.
#[derive(Debug, Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    queue: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    palette: String,
}

impl Asked {
    /// What is not understood narrows nothing: an old link must not end in an error.
    fn filters(&self, tx: &Tx) -> Filters {
        let midnight = |day| wall::midnight(day, tx.zone);
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        Filters {
            channel: self.channel.parse::<ChannelId>().ok(),
            queue: self.queue.parse::<QueueId>().ok(),
            person: self.person.parse::<PersonId>().ok(),
            tag: Some(self.tag.trim().to_owned()).filter(|tag| !tag.is_empty()),
            from: day(&self.from).map(midnight),
            until: day(&self.to).and_then(|day| day.checked_add_days(Days::new(1))).map(midnight),
            direction: match self.direction.as_str() {
                "in" => Some(Direction::In),
                "out" => Some(Direction::Out),
                _ => None,
            },
            kinds: KINDS.iter().filter(|kind| **kind == self.kind).map(|kind| (*kind).to_owned()).collect(),
        }
    }

    fn before(&self) -> Option<Place> {
        let (micros, id) = self.before.split_once('.')?;
        Some(Place { at: DateTime::from_timestamp_micros(micros.parse().ok()?)?, id: id.parse().ok()? })
    }

    /// The same question, further on.
    fn link(&self, before: Option<Place>) -> String {
        let mut query = Serializer::new(String::new());
        let fields = [
            ("q", &self.q),
            ("channel", &self.channel),
            ("queue", &self.queue),
            ("person", &self.person),
            ("tag", &self.tag),
            ("kind", &self.kind),
            ("direction", &self.direction),
            ("from", &self.from),
            ("to", &self.to),
        ];
        for (name, value) in fields {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(Place { at, id }) = before {
            query.append_pair("before", &format!("{}.{id}", at.timestamp_micros()));
        }
        format!("/search?{}", query.finish())
    }

    fn form(&self, tx: &Tx, choices: Choices) -> SearchForm {
        let choice =
            |value: String, name: String, asked: &str| Choice { chosen: value == asked, value, name };
        let kind_name =
            |kind: &str| tx.t(if kind == "note" { "search-note" } else { views::preview::word(kind) });
        SearchForm {
            typed: self.q.clone(),
            channels: choices
                .channels
                .into_iter()
                .map(|(id, name)| choice(id.to_string(), name, &self.channel))
                .collect(),
            queues: choices
                .queues
                .into_iter()
                .map(|(id, name)| choice(id.to_string(), name, &self.queue))
                .collect(),
            people: choices
                .people
                .into_iter()
                .map(|(id, name)| choice(id.to_string(), name, &self.person))
                .collect(),
            tag: self.tag.clone(),
            kinds: KINDS.iter().map(|kind| choice((*kind).to_owned(), kind_name(kind), &self.kind)).collect(),
            directions: ["in", "out"]
                .iter()
                .map(|way| {
                    choice((*way).to_owned(), tx.t(&format!("search-direction-{way}")), &self.direction)
                })
                .collect(),
            from: self.from.clone(),
            to: self.to.clone(),
        }
    }
}

/// GET /search: the page, or with `HX-Request` what was found alone, as a list or for the palette.
///
/// # Errors
/// When the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    asked: Query<Asked>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let found = find(&viewer, &request, &state, &asked, &tx).await?;
    if request.headers().contains_key("hx-request") {
        if asked.palette.is_empty() {
            return html(&FoundFragment { tx, found: &found });
        }
        return html(&PaletteFound { tx, found: &found, all: asked.link(None) });
    }
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let choices = reading::choices::choices(&state.db, &viewer.principal).await?;
    html(&SearchPage {
        frame: frame(&viewer, &nonce, &start, Section::Search, "none"),
        form: asked.form(&tx, choices),
        found,
    })
}

/// GET /palette: the dialog of Ctrl K, fetched when somebody asks for it.
///
/// # Errors
/// When it can't be drawn.
pub async fn palette(viewer: SignedIn) -> Result<HttpResponse, PageError> {
    let holds = |permission| viewer.principal.holds(permission);
    let admin = if holds(Permission::ChannelManage) {
        Some("/admin")
    } else if holds(Permission::RoutingRead) {
        Some("/admin/routing")
    } else {
        None
    };
    html(&Palette {
        tx: words(&viewer),
        sees_floor: holds(Permission::ConversationAssign),
        admin,
        takes: holds(Permission::ConversationClaim),
    })
}

async fn find(
    viewer: &SignedIn,
    request: &HttpRequest,
    state: &AppState,
    asked: &Asked,
    tx: &Tx,
) -> Result<Found, PageError> {
    let typed = Typed::parse(&asked.q);
    let filters = asked.filters(tx);
    let before = asked.before();
    let in_palette = !asked.palette.is_empty();
    let nothing = |looked| Found {
        looked,
        further: before.is_some(),
        contacts: Vec::new(),
        more_contacts: false,
        nearly: false,
        hidden_numbers: false,
        messages: Vec::new(),
        next: None,
        cut: None,
        filtered: asked.form(tx, Choices::default()).filtered(),
    };
    if typed.is_empty() {
        return Ok(nothing(Looked::Nowhere));
    }
    if typed.is_too_short() {
        return Ok(nothing(Looked::TooShort));
    }
    let (most, most_contacts) = if in_palette { (IN_PALETTE, IN_PALETTE) } else { (MESSAGES, CONTACTS) };
    // A further page, and what only messages have, is about messages.
    let about_people = before.is_none() && !filters.is_about_messages() && filters.person.is_none();
    let (by, words) = (viewer.principal.clone(), typed.clone());
    let both = state.searches.ask(by.person, move |tx| async move {
        let read = Permission::ConversationRead;
        let people = if about_people {
            contacts::find(&tx, &by, read, &words, &filters, most_contacts).await?
        } else {
            contacts::Found::default()
        };
        let said = messages::find(&tx, &by.reach(read), &words, &filters, before, most).await?;
        Ok((people, said))
    });
    let Some((people, said)) = both.await? else { return Ok(nothing(Looked::TooLong)) };

    let mut talks: Vec<ConversationId> = people.hits.iter().map(|hit| hit.conversation_id).collect();
    talks.extend(said.hits.iter().map(|hit| hit.conversation_id));
    talks.sort_unstable();
    talks.dedup();
    let lines = reading::conversations::some(&state.db, &talks).await?;
    // Asked once more, of each: what changed hands meanwhile is not shown.
    let lines: HashMap<ConversationId, ConversationLine> = lines
        .into_iter()
        .filter(|line| viewer.principal.can_see(&line.facts()))
        .map(|line| (line.id, line))
        .collect();
    audit_found(
        viewer,
        request,
        state,
        lines.values(),
        said.hits.iter().map(|hit| (hit.conversation_id, hit.id)),
    )
    .await?;
    let whose: Vec<_> = people.hits.iter().map(|hit| hit.contact_id).collect();
    let numbers = if whose.is_empty() {
        HashMap::new()
    } else {
        contacts::numbers(&state.db, &whose, typed.digits()).await?
    };
    let found_contacts = people.hits.iter().filter_map(|hit| {
        let line = lines.get(&hit.conversation_id)?;
        Some(contact(viewer, &typed, line, numbers.get(&hit.contact_id)))
    });
    let length = if in_palette { EXCERPT_IN_PALETTE } else { EXCERPT };
    let found_messages = said.hits.iter().filter_map(|hit| {
        let line = lines.get(&hit.conversation_id)?;
        Some(message(viewer, &typed, line, hit, length))
    });
    Ok(Found {
        contacts: found_contacts.collect(),
        more_contacts: people.more,
        nearly: people.nearly,
        hidden_numbers: people.hidden_numbers,
        messages: found_messages.collect(),
        next: said.more.map(|place| asked.link(Some(place))),
        cut: said.more.filter(|_| said.cut).map(|place| place.at),
        ..nothing(Looked::Done)
    })
}

/// Who finds what they see only because they see everything leaves one line of it: the conversations, and which messages
/// of them. What was looked for is not in it.
pub(super) async fn audit_found(
    viewer: &SignedIn,
    request: &HttpRequest,
    state: &AppState,
    lines: impl Iterator<Item = &ConversationLine>,
    messages: impl Iterator<Item = (ConversationId, uuid::Uuid)>,
) -> Result<(), PageError> {
    let outside: BTreeSet<ConversationId> = lines
        .filter(|line| viewer.principal.sees_as_an_outsider(&line.facts()))
        .map(|line| line.id)
        .collect();
    if outside.is_empty() {
        return Ok(());
    }
    let messages: Vec<uuid::Uuid> =
        messages.filter(|(conversation, _)| outside.contains(conversation)).map(|(_, id)| id).collect();
    let address = state.auth.client(request).address;
    let entry = AuditEntry {
        detail: serde_json::json!({ "conversations": outside, "messages": messages }),
        ..AuditEntry::own("search.read", Some(viewer.principal.person), &address, true)
    };
    audit::record(&state.db, entry, state.clock.now()).await?;
    Ok(())
}

fn owned(parts: Vec<(bool, &str)>) -> views::Parts {
    parts.into_iter().map(|(hit, text)| (hit, text.to_owned())).collect()
}

fn channel(line: &ConversationLine) -> ChannelTag {
    ChannelTag { kind: line.channel_kind, name: line.channel_name.clone() }
}

fn contact(
    viewer: &SignedIn,
    typed: &Typed,
    line: &ConversationLine,
    number: Option<&String>,
) -> FoundContact {
    let class = class_for(&viewer.principal, &line.facts());
    let name = present::name(line, class);
    let address = number.map(|number| class.name(number));
    FoundContact {
        contact: line.contact_id,
        parts: owned(if address.as_ref() == Some(&name) {
            typed.number_parts(&name)
        } else {
            typed.parts(&name)
        }),
        vip: line.vip,
        conversation: line.id,
        channel: channel(line),
        queue: line.queue_name.clone(),
        state: line.state,
        holder: line.assignee_id.zip(line.assignee_name.clone()).map(|(id, name)| PersonTag { id, name }),
        address: address
            .filter(|address: &String| *address != name)
            .map(|address: String| owned(typed.number_parts(&address))),
        name,
        at: line.last_activity_at,
    }
}

fn message(
    viewer: &SignedIn,
    typed: &Typed,
    line: &ConversationLine,
    hit: &Hit,
    length: usize,
) -> FoundMessage {
    let class = class_for(&viewer.principal, &line.facts());
    // A caption that does not have the words is found by the name of its file.
    let has = |text: &str| typed.parts(text).iter().any(|(hit, _)| *hit);
    let text = match (&hit.body, &hit.file_name) {
        (Some(body), Some(name)) if !has(body) && has(name) => name.as_str(),
        (Some(text), _) | (None, Some(text)) => text.as_str(),
        (None, None) => "",
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    FoundMessage {
        id: hit.id.to_string(),
        conversation: hit.conversation_id,
        contact: line.contact_id,
        name: present::name(line, class),
        channel: channel(line),
        queue: line.queue_name.clone(),
        kind: hit.kind.clone(),
        author: hit.author.clone(),
        ours: hit.direction.as_deref() != Some("in"),
        parts: owned(typed.parts(&typed.excerpt(&text, length))),
        at: hit.at,
    }
}
