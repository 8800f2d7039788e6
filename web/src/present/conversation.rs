//! A conversation, in a list and over its thread.

use chrono::{DateTime, Utc};
use domain::{
    ConversationState, MustAct,
    conversation::{ReplyWindow, Urgency},
    event::AssignmentReason,
};
use inbox::reading::{conversations::ConversationLine, offers::OfferLine};
use views::{
    ChannelTag, ConversationRow, DueTag, OfferCard, OfferWhy, PersonTag, Tags, ThreadState, Tx, bell::Mine,
    person::first_name, row, time,
};

use super::{Class, channel, count};

/// A conversation as a list shows it.
#[must_use]
pub fn row(line: &ConversationLine, class: Class, now: DateTime<Utc>) -> ConversationRow {
    ConversationRow {
        conversation: line.id,
        contact: line.contact_id,
        contact_name: class.name(&line.contact_name),
        vip: line.vip,
        channel: channel(line),
        queue: line.queue_name.clone(),
        last_at: line.last_activity_at,
        last_author: line.last_author_name.as_deref().map(|name| first_name(name).to_owned()),
        preview_kind: line.last_kind.clone().unwrap_or_else(|| "text".to_owned()),
        preview: line.last_text.clone().unwrap_or_default(),
        window: line.window(now),
        is_over: line.state == ConversationState::Closed,
        must_act: line.turn(),
        must_act_since: line.must_act_since,
        inbound_count: count(line.inbound_count),
        version: line.version,
        priority: line.priority,
        // What is over stands by when it was closed.
        seq: row::seq(line.closed_at.unwrap_or(line.last_activity_at), line.last_position),
        due_place: time::place(line.due_at),
        snoozed: (line.state == ConversationState::Snoozed).then_some(line.snoozed_until),
        lights: (line.thresholds().amber, line.thresholds().red),
        due: due(line, now),
        tags: line.tags.clone(),
    }
}

/// What falls due first. While it is the customer's turn it is only told once it is soon.
pub(super) fn due(line: &ConversationLine, now: DateTime<Utc>) -> Option<DueTag> {
    line.due(now).map(|clock| DueTag { clock, quiet: line.must_act == MustAct::Customer })
}

/// A conversation for its holder's pages, wherever they are; `taken`: they took it themselves a moment ago.
#[must_use]
pub fn mine(
    line: &ConversationLine,
    class: Class,
    read: Option<i64>,
    taken: bool,
    tx: Tx,
    now: DateTime<Utc>,
) -> Mine {
    let row = row(line, class, now);
    let waits = row.waits_for_us();
    let window_until = match row.window {
        ReplyWindow::Open(until) if waits => Some(until.timestamp()),
        ReplyWindow::Open(_) | ReplyWindow::Boundless | ReplyWindow::Closed(_) => None,
    };
    Mine {
        conversation: line.id,
        line: row.line(&tx),
        contact_name: row.contact_name,
        queue: row.queue,
        inbound_count: row.inbound_count,
        read_count: read.map(count),
        waits_since: waits.then(|| line.must_act_since.timestamp()),
        due: row.due.filter(|due| !due.quiet),
        window_until,
        taken,
        version: row.version,
    }
}

/// The tags of a conversation.
#[must_use]
pub fn tags(line: &ConversationLine) -> Tags {
    Tags { conversation: line.id, version: line.version, tags: line.tags.clone() }
}

/// The contact's name, or their address in a class.
#[must_use]
pub fn name(line: &ConversationLine, class: Class) -> String {
    class.name(&line.contact_name)
}

/// Who holds it.
pub(super) fn holder(line: &ConversationLine) -> Option<PersonTag> {
    Some(PersonTag { id: line.assignee_id?, name: line.assignee_name.clone()? })
}

/// Holder, queue and window of a conversation.
#[must_use]
pub fn state(line: &ConversationLine, now: DateTime<Utc>) -> ThreadState {
    let window: ReplyWindow = line.window(now);
    ThreadState {
        conversation: line.id,
        version: line.version,
        state: line.state,
        holder: holder(line),
        offered_to: line.offered_name.clone(),
        queue: line.queue_name.clone(),
        channel: channel(line),
        window,
        due: due(line, now),
        snoozed_until: line.snoozed_until,
        blocked: line.blocked,
        urgency: Urgency::of(line.priority),
        inbound_count: count(line.inbound_count),
    }
}

/// What is offered to somebody. They have no part in it yet, so addresses are masked.
#[must_use]
pub fn offer(line: &OfferLine, now: DateTime<Utc>) -> OfferCard {
    let why = match (&line.by_name, &line.reason) {
        (Some(by), _) => OfferWhy::HandedOver { by: by.clone() },
        (None, AssignmentReason::Routed { preferred: Some(preferred), .. }) => OfferWhy::First(*preferred),
        (None, AssignmentReason::Routed { waited_seconds, candidates, .. }) => {
            OfferWhy::Routed { waited_seconds: *waited_seconds, candidates: *candidates }
        }
        (None, _) => {
            OfferWhy::Routed { waited_seconds: (line.made_at - line.queued_at).num_seconds(), candidates: 1 }
        }
    };
    OfferCard {
        conversation: line.conversation_id,
        contact: line.contact_id,
        contact_name: Class::Masked.name(&line.contact_name),
        vip: line.vip,
        channel: ChannelTag { kind: line.channel_kind, name: line.channel_name.clone() },
        queue: line.queue_name.clone(),
        preview_kind: line.words_kind.clone().unwrap_or_else(|| "text".to_owned()),
        preview: line.words.clone().unwrap_or_default(),
        why,
        note: line.note.clone(),
        made_at: line.made_at,
        until: line.expires_at,
        now,
    }
}
