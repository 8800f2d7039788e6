//! What stands beside a thread: the contact, and what was spent.

use chrono::{DateTime, Utc};
use domain::{
    ConversationId,
    collected::{Collector, Origin, Source},
};
use inbox::{
    contacts::{Joined, ProposalReason, Proposed},
    reading::{
        conversations::ConversationLine,
        details::{ContactDetails, CostLine, FieldLine as Field, VendorBlockLine},
    },
};
use views::{
    Alike, Details, IdentityLine, JoinLine, PreviousConversation, Spent,
    details::{ConsentLine, Standing, VendorBlock, mask},
    known::{CollectedValue, Collection, FieldLine, FieldOrigin, Hidden, Said, Whom, hide},
};

use super::{Class, channel, conversation::tags};

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
                channel: word.channel_name.clone(),
                given: word.given,
                proof: word.proof.clone(),
                at: word.at,
            })
            .collect(),
        spent: spent(line.id, &details.costs),
        tags: tags(line),
        alike: Vec::new(),
        joined: Vec::new(),
        more_previous: details.more_previous,
        previous: details
            .previous
            .iter()
            .map(|earlier| PreviousConversation {
                id: earlier.id,
                opened_at: earlier.opened_at,
                is_before: earlier.is_before,
                queue: earlier.queue.clone(),
                holder: earlier.holder.clone(),
                state: earlier.state,
                outcome: earlier.outcome.clone(),
                note: earlier.note.clone(),
            })
            .collect(),
    }
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
