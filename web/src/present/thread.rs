//! What stands in a thread: messages, notes, events, and what is planned.

use channel_gateway::verdict;
use chrono::{DateTime, Utc};
use domain::{
    Content, ConversationId, DeliveryState,
    file::FileState,
    inbound::Context,
    outbound::{Advice, Hold},
    planned::Doubt,
    referral::Referral,
};
use inbox::reading::{
    messages::MessageLine, notes::NoteLine, past, planned::PlannedLine, timeline::TimelineEvent,
};
use serde::de::DeserializeOwned;
use views::{
    Author, ChannelTag, Delivery, FileFacts, Happened, MessageView, NoteView, PersonTag, Quote, SystemLine,
    message::{Ad, Around},
    past::{ParallelTalk, TalkLine},
    planned::PlannedView,
    time,
};

use super::Class;
use crate::live::Names;

/// A message as a thread shows it.
#[must_use]
pub fn message(line: &MessageLine, class: Class) -> MessageView {
    let author = match (&line.author_id, &line.author_name, line.direction.as_str()) {
        (_, _, "in") => Author::Contact { id: line.contact_id, name: class.name(&line.contact_name) },
        (Some(id), Some(name), _) => Author::Person(PersonTag { id: *id, name: name.clone() }),
        _ if line.origin.is_some() => Author::PhoneApp,
        _ => Author::Machine,
    };
    let quote = line.quote_kind.as_ref().map(|kind| Quote {
        author: match line.quote_direction.as_deref() {
            Some("in") => class.name(&line.contact_name),
            _ => line.quote_author_name.clone().unwrap_or_default(),
        },
        kind: kind.clone(),
        text: line.quote_body.clone().unwrap_or_default(),
        message: line.quote_id.zip(line.quote_conversation),
    });
    let (content, first) = if line.revoked {
        // What was deleted does not leave the house but by its own door.
        (Content::Text { body: String::new() }, None)
    } else {
        match &line.edited_content {
            Some(edited) => (content_of(edited), Some(content_of(&line.content))),
            None => (content_of(&line.content), None),
        }
    };
    MessageView {
        id: line.id,
        client_id: line.client_id.map(|id| id.to_string()),
        author,
        channel: line.channel_kind,
        content,
        at: line.written_at,
        seq: time::seq(&line.written_at, line.position),
        // What was deleted is deleted with its file.
        file: if line.revoked { None } else { file(line) },
        delivery: line.delivery_state.map(|state| Delivery {
            state,
            error_code: line.error_code,
            advice: line.advice.as_deref().and_then(Advice::parse),
            cost: line.cost.as_ref().and_then(|cost| serde_json::from_value(cost.clone()).ok()),
            held: line.held.as_deref().and_then(Hold::parse),
            until: until(line),
        }),
        quote,
        around: around(line, first),
        version: line.shown_version(),
    }
}

/// A note as a thread shows it.
#[must_use]
pub fn note(line: &NoteLine) -> NoteView {
    NoteView {
        id: line.id,
        client_id: line.client_id.to_string(),
        author: PersonTag { id: line.author_id, name: line.author_name.clone() },
        body: line.body.clone(),
        mentions: line.mentions.clone(),
        at: line.written_at,
        seq: time::seq(&line.written_at, line.position),
    }
}

/// What is planned under a thread.
#[must_use]
pub fn planned(lines: &[PlannedLine]) -> Vec<PlannedView> {
    let view = |line: &PlannedLine| PlannedView {
        id: line.id,
        author: line.author.clone(),
        content: content_of(&line.content),
        file: line.file,
        due: line.due_at,
        doubt: line.why.as_deref().and_then(Doubt::parse),
    };
    lines.iter().map(view).collect()
}

fn file(line: &MessageLine) -> Option<FileFacts> {
    Some(FileFacts {
        id: line.file_id?,
        state: FileState::parse(line.file_state.as_deref()?)?,
        reason: line.file_reason.clone(),
        kind: line.file_type.clone(),
        bytes: line.file_bytes,
        width: line.file_width,
        height: line.file_height,
        seconds: line.file_seconds,
        thumbnail: line.file_thumbnail.unwrap_or_default(),
        tried: line.file_tries.unwrap_or_default() > 0,
    })
}

/// A content as stored. Written by a newer version it is shown as what it is, a kind this one does not know.
fn content_of(json: &serde_json::Value) -> Content {
    serde_json::from_value(json.clone())
        .unwrap_or_else(|_| Content::Unknown { label: "?".to_owned(), raw: json.clone() })
}

/// What surrounds a message and became of it. What this version can't read is left out.
fn around(line: &MessageLine, first: Option<Content>) -> Around {
    fn read<T: DeserializeOwned>(json: Option<&serde_json::Value>) -> Option<T> {
        serde_json::from_value(json?.clone()).ok()
    }

    let context: Option<Context> = read(line.context.as_ref());
    let referral: Option<Referral> = read(line.referral.as_ref());
    Around {
        first,
        revoked: line.revoked,
        muted: line.muted,
        reactions: read(Some(&line.reactions)).unwrap_or_default(),
        ad: referral.map(|ad| Ad {
            post: ad.source.as_deref() == Some("post"),
            headline: ad.headline,
            body: ad.body,
            url: ad.url,
        }),
        forwarded: context
            .as_ref()
            .filter(|context| context.forwarded)
            .map(|context| context.frequently_forwarded),
        product: context.and_then(|context| context.product).map(|product| product.id),
    }
}

/// Until when nothing happens to a message: what waits for another day, and what nobody should send again before.
fn until(line: &MessageLine) -> Option<DateTime<Utc>> {
    let waits = match (line.delivery_state?, line.error_code) {
        (DeliveryState::Queued, _) => line.held.is_some(),
        (DeliveryState::Failed, Some(code)) => verdict::not_before(line.channel_kind, code).is_some(),
        _ => false,
    };
    line.due_at.filter(|_| waits)
}

/// Events stand after the messages of their second, among themselves in their own order.
const AFTER_MESSAGES: i64 = 900_000_000_000_000;
const AFTER_EVENTS: i64 = 999_999_999_999_999;

/// An event as a line of its thread; `None` for those that are no line.
#[must_use]
pub fn line(event: &TimelineEvent, names: &Names) -> Option<SystemLine> {
    let what = Happened::from_event(
        &event.event,
        event.actor,
        |person| names.person(person),
        |queue| names.queue(queue),
        |team| names.team(team),
    )?;
    Some(SystemLine {
        event: event.id,
        seq: time::seq(&event.at, AFTER_MESSAGES + event.id),
        at: event.at,
        what,
    })
}

/// Another conversation of the contact.
#[must_use]
pub fn talk(line: &past::TalkLine) -> TalkLine {
    TalkLine {
        conversation: line.id,
        opened_at: line.opened_at,
        state: line.state,
        channel: ChannelTag { kind: line.channel_kind, name: line.channel_name.clone() },
        queue: line.queue.clone(),
        person: line.person.clone(),
    }
}

/// Where another conversation of the same contact began: after all else of its second.
#[must_use]
pub fn parallel(line: &past::TalkLine) -> ParallelTalk {
    ParallelTalk { seq: time::seq(&line.opened_at, AFTER_EVENTS), talk: talk(line) }
}

/// The element that holds a conversation's messages.
#[must_use]
pub fn thread_element(conversation: ConversationId) -> String {
    format!("thread-{conversation}")
}
