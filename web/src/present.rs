//! From rows to what templates show. Masking happens here, once, by class of viewer.

use channel_gateway::verdict;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Content, ConversationId, ConversationState, DeliveryState, MustAct, Permission, PresenceState, Principal,
    QueueId,
    collected::{Collector, Origin, Source},
    conversation::{ReplyWindow, Urgency},
    event::AssignmentReason,
    file::FileState,
    inbound::Context,
    outbound::{Advice, Hold},
    planned::Doubt,
    referral::Referral,
};
use inbox::{
    contacts::{Joined, ProposalReason, Proposed},
    policy::Pause,
    reading::{
        conversations::ConversationLine,
        details::{ContactDetails, CostLine, FieldLine as Field, VendorBlockLine},
        floor::{AgentLine, QueueLine},
        messages::MessageLine,
        notes::NoteLine,
        offers::OfferLine,
        planned::PlannedLine,
        start::{Left, PresenceLine},
        timeline::TimelineEvent,
    },
};
use serde::de::DeserializeOwned;
use views::{
    Alike, Author, ChannelTag, ConversationRow, Delivery, Details, DueTag, FileFacts, Finishing, FloorAgent,
    FloorAlert, FloorConversation, FloorQueue, FloorTotals, Happened, IdentityLine, JoinLine, MePresence,
    MessageView, NoteView, OfferCard, OfferWhy, PauseTag, PersonTag, PreviousConversation, Quote, Spent,
    SystemLine, Tags, ThreadState, Tx,
    bell::Mine,
    details::{ConsentLine, Standing, VendorBlock, mask},
    known::{CollectedValue, Collection, FieldLine, FieldOrigin, Hidden, Said, Whom, hide},
    message::{Ad, Around},
    person::first_name,
    planned::PlannedView,
    row, time,
};

use crate::live::Names;

/// What a viewer may see of a contact's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// All of them.
    Full,
    /// Masked.
    Masked,
}

impl Class {
    /// An address, as this class may see it.
    #[must_use]
    pub fn address(self, address: &str) -> String {
        match self {
            Self::Masked => views::phone::grouped(&mask(address)),
            Self::Full => views::phone::grouped(address),
        }
    }

    /// Whether a value is before the eyes of this class: what is sensitive nobody sees without asking.
    #[must_use]
    pub const fn hides(self, sensitive: bool) -> Hidden {
        match (sensitive, self) {
            (false, _) => Hidden::No,
            (true, Self::Full) => Hidden::UntilAsked,
            (true, Self::Masked) => Hidden::Always,
        }
    }

    /// A contact without a name is shown by their address, which this class may not see whole.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        let is_address = name.starts_with('+') && name[1..].bytes().all(|byte| byte.is_ascii_digit());
        match self {
            _ if !is_address => name.to_owned(),
            Self::Masked => views::phone::grouped(&mask(name)),
            Self::Full => views::phone::grouped(name),
        }
    }
}

fn channel(line: &ConversationLine) -> ChannelTag {
    ChannelTag { kind: line.channel_kind, name: line.channel_name.clone() }
}

fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

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
        must_act: line.must_act,
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
fn due(line: &ConversationLine, now: DateTime<Utc>) -> Option<DueTag> {
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

/// Holder, queue and window of a conversation.
#[must_use]
pub fn state(line: &ConversationLine, now: DateTime<Utc>) -> ThreadState {
    let window: ReplyWindow = line.window(now);
    let holder = line
        .assignee_id
        .zip(line.assignee_name.as_ref())
        .map(|(id, name)| PersonTag { id, name: name.clone() });
    ThreadState {
        conversation: line.id,
        version: line.version,
        state: line.state,
        holder,
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

fn vendor_block(line: &VendorBlockLine) -> VendorBlock {
    VendorBlock {
        channel: line.channel.clone(),
        on: line.wanted,
        standing: match (line.state.as_str(), line.code) {
            ("done", _) => Standing::Done,
            ("failed", code) => Standing::Refused(code.unwrap_or(0), line.detail.clone().unwrap_or_default()),
            _ => Standing::Asked,
        },
    }
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

/// The contact panel.
#[must_use]
pub fn details(line: &ConversationLine, details: &ContactDetails, class: Class) -> Details {
    Details {
        conversation: line.id,
        version: line.version,
        contact: line.contact_id,
        name: class.name(&line.contact_name),
        vip: line.vip,
        owner: details.owner.clone(),
        language: details.language.clone(),
        collected: collected(line, details, class),
        fields: details
            .fields
            .iter()
            .filter(|field| !is_from(field, line.id))
            .map(|field| field_line(field, class))
            .collect(),
        may_update: false,
        may_merge: false,
        may_block: false,
        blocked: line.blocked,
        vendor_blocks: details.vendor_blocks.iter().map(vendor_block).collect(),
        identities: details
            .identities
            .iter()
            .map(|identity| IdentityLine {
                kind: identity.kind,
                text: if class == Class::Masked { mask(&identity.value) } else { identity.value.clone() },
                masked: class == Class::Masked,
            })
            .collect(),
        channel: channel(line),
        first_seen: details.first_seen,
        consents: details
            .consents
            .iter()
            .map(|word| ConsentLine {
                purpose: word.purpose,
                given: word.given,
                proof: word.proof.clone(),
                at: word.at,
            })
            .collect(),
        spent: spent(line.id, &details.costs),
        tags: tags(line),
        alike: Vec::new(),
        joined: Vec::new(),
        previous: details
            .previous
            .iter()
            .map(|earlier| PreviousConversation {
                id: earlier.id,
                opened_at: earlier.opened_at,
                queue: earlier.queue.clone(),
                holder: earlier.holder.clone(),
                state: earlier.state,
                outcome: earlier.outcome.clone(),
                note: earlier.note.clone(),
            })
            .collect(),
    }
}

/// A field of the contact. What is sensitive is hidden from everybody until they ask for it.
fn field_line(field: &Field, class: Class) -> FieldLine {
    let hidden = class.hides(field.attribute.sensitive);
    let value = match hidden {
        Hidden::No => field.value.clone(),
        _ => hide(&field.attribute.kind.shown(&field.value)),
    };
    let origin = field.origin.as_ref().and_then(|origin| {
        let from = match &origin.source {
            Source::Person { .. } => Whom::Person(field.writer.clone()?),
            Source::Collected { by, name, .. } => Whom::Collected(*by, name.clone()),
        };
        Some(FieldOrigin { from, at: origin.at })
    });
    FieldLine { attribute: field.attribute.clone(), value, hidden, origin }
}

/// Whether a field was collected in this conversation, and nobody wrote over it since.
fn is_from(field: &Field, here: ConversationId) -> bool {
    let source = field.origin.as_ref().map(|origin| &origin.source);
    matches!(source, Some(Source::Collected { conversation, .. }) if *conversation == here)
}

/// What was collected in this conversation, by whom it was collected, in the order it was asked.
fn collected(line: &ConversationLine, details: &ContactDetails, class: Class) -> Vec<Collection> {
    let mut all: Vec<Collection> = Vec::new();
    let mut add = |by: Collector, name: &str, at: DateTime<Utc>, value: CollectedValue| {
        let at_hand = all.iter_mut().find(|one| one.by == by && one.name == name);
        match at_hand {
            Some(one) => {
                one.at = one.at.max(at);
                one.values.push(value);
            }
            None => all.push(Collection { by, name: name.to_owned(), at, values: vec![value] }),
        }
    };
    for field in details.fields.iter().filter(|field| is_from(field, line.id)) {
        if let Some(Origin { source: Source::Collected { by, name, .. }, at }) = &field.origin {
            add(*by, name, *at, CollectedValue::Field(field_line(field, class)));
        }
    }
    for said in &details.collected {
        let hidden = class.hides(said.sensitive);
        let value = CollectedValue::Said(Said {
            key: said.key.clone(),
            name: said.name.clone(),
            value: if hidden == Hidden::No { said.value.clone() } else { hide(&said.value) },
            hidden,
            corrected_by: said.corrected_by.clone(),
        });
        add(said.collector, &said.collector_name, said.at, value);
    }
    all
}

/// Who may be the same person, for those who may join contacts.
#[must_use]
pub fn alike(proposed: &Proposed, class: Class) -> Alike {
    Alike {
        contact: proposed.other_id,
        name: class.name(&proposed.other_name),
        why: match serde_json::from_value(proposed.reason.clone()) {
            Ok(ProposalReason::NumberTaken) => "alike-number",
            _ => "alike-message",
        },
    }
}

/// Who was joined with a contact.
#[must_use]
pub fn joined(join: &Joined, class: Class) -> JoinLine {
    JoinLine { id: join.id.to_string(), name: class.name(&join.name), at: join.at }
}

/// What a conversation has cost.
#[must_use]
pub fn spent(conversation: ConversationId, costs: &[CostLine]) -> Spent {
    let costs = costs.iter().map(|cost| (cost.currency.clone(), cost.micros, cost.unknown)).collect();
    Spent { conversation, costs }
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

/// One's own presence.
#[must_use]
pub fn me(line: &PresenceLine) -> MePresence {
    MePresence {
        person: line.person_id,
        version: line.version,
        name: line.name.clone(),
        state: line.state,
        pause: pause(line.pause_code.as_deref(), line.pause.as_ref()),
        since: line.since,
        over_at: over_at(line.state, line.since, line.pause.as_ref()),
        finishing: finishing(line.left),
        wrap_up_until: line.wrap_up_until,
        offers_missed: i64::from(line.offers_missed),
        pauses: line.pauses.iter().map(pause_tag).collect(),
        load: i64::from(line.load),
        capacity: i64::from(line.capacity),
    }
}

/// Something to pause for.
#[must_use]
pub fn pause_tag(pause: &Pause) -> PauseTag {
    PauseTag { code: pause.code.clone(), name: Some(pause.name.clone()) }
}

/// The pause somebody is on, by its code and, if it is one that may be chosen, as it is decided.
#[must_use]
pub fn pause(code: Option<&str>, decided: Option<&Pause>) -> Option<PauseTag> {
    Some(PauseTag { code: code?.to_owned(), name: decided.map(|pause| pause.name.clone()) })
}

/// When a pause has lasted too long.
fn over_at(state: PresenceState, since: DateTime<Utc>, pause: Option<&Pause>) -> Option<DateTime<Utc>> {
    let longest = pause.filter(|_| state == PresenceState::Paused)?.longest?;
    since.checked_add_signed(TimeDelta::seconds(i64::from(longest)))
}

fn finishing(left: Option<Left>) -> Option<Finishing> {
    left.map(|left| Finishing { left: left.conversations, free_at: left.free_at })
}

/// A queue on the floor.
#[must_use]
pub fn floor_queue(line: &QueueLine, version: i64) -> FloorQueue {
    FloorQueue {
        queue: line.id,
        name: line.name.clone(),
        position: line.position,
        version,
        waiting: line.waiting,
        oldest: line.oldest,
        assigned: line.assigned,
        overdue: line.overdue,
        breaches: line.breaches,
        available: line.available,
        agents: line.agents,
    }
}

/// An agent on the floor, with the queues the viewer knows of; `None` when there is none of them.
#[must_use]
pub fn floor_agent(line: &AgentLine, viewer: &Principal) -> Option<FloorAgent> {
    let queues: Vec<String> = line
        .queue_ids
        .iter()
        .zip(&line.queue_names)
        .filter(|(id, _)| viewer.reaches_queue(Permission::PresenceRead, QueueId(**id)))
        .map(|(_, name)| name.clone())
        .collect();
    (!queues.is_empty()).then(|| FloorAgent {
        person: line.person_id,
        name: line.name.clone(),
        version: line.version,
        state: line.state,
        pause: pause(line.pause_code.as_deref(), line.pause.as_ref()),
        since: line.since,
        over_at: over_at(line.state, line.since, line.pause.as_ref()),
        finishing: finishing(line.left),
        wrap_up_until: line.wrap_up_until,
        offers_missed: i64::from(line.offers_missed),
        load: i64::from(line.load),
        capacity: i64::from(line.capacity),
        queues,
    })
}

/// The figures over all that a viewer reaches.
#[must_use]
pub fn floor_totals(
    queues: &[QueueLine],
    agents: &[AgentLine],
    viewer: &Principal,
    version: i64,
) -> FloorTotals {
    let queues: Vec<FloorQueue> = queues
        .iter()
        .filter(|line| viewer.reaches_queue(Permission::QueueRead, line.id))
        .map(|line| floor_queue(line, version))
        .collect();
    let agents: Vec<FloorAgent> = agents.iter().filter_map(|line| floor_agent(line, viewer)).collect();
    FloorTotals::of(version, &queues, &agents)
}

/// A conversation on the floor.
#[must_use]
pub fn floor_conversation(line: &ConversationLine, class: Class, now: DateTime<Utc>) -> FloorConversation {
    FloorConversation {
        conversation: line.id,
        contact: line.contact_id,
        contact_name: class.name(&line.contact_name),
        vip: line.vip,
        channel: channel(line),
        queue: line.queue_name.clone(),
        last_author: line.last_author_name.as_deref().map(|name| first_name(name).to_owned()),
        preview_kind: line.last_kind.clone().unwrap_or_else(|| "text".to_owned()),
        preview: line.last_text.clone().unwrap_or_default(),
        must_act: line.must_act,
        must_act_since: line.must_act_since,
        assignee: line
            .assignee_id
            .zip(line.assignee_name.as_ref())
            .map(|(id, name)| PersonTag { id, name: name.clone() }),
        offered_to: line.offered_name.clone(),
        due: due(line, now),
        due_at: line.due_at,
        alerts: line.alerts.iter().map(|line| line.alert).collect(),
        tags: line.tags.clone(),
        version: line.version,
    }
}

/// What of a conversation calls for a supervisor; `None` where nothing does.
#[must_use]
pub fn floor_alert(line: &ConversationLine, class: Class) -> Option<FloorAlert> {
    Some(FloorAlert {
        conversation: line.id,
        contact: line.contact_id,
        contact_name: class.name(&line.contact_name),
        what: line.alerts.iter().map(|line| line.alert).collect(),
        since: line.alerts.first()?.at,
        queue: line.queue_name.clone(),
        assignee: line
            .assignee_id
            .zip(line.assignee_name.as_ref())
            .map(|(id, name)| PersonTag { id, name: name.clone() }),
        version: line.version,
    })
}

/// The element that holds a conversation's messages.
#[must_use]
pub fn thread_element(conversation: ConversationId) -> String {
    format!("thread-{conversation}")
}
