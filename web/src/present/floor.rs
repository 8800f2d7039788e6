//! The floor: queues, agents, conversations, and what calls for a supervisor.

use chrono::{DateTime, Utc};
use domain::{Permission, Principal, QueueId};
use inbox::reading::{
    conversations::ConversationLine,
    floor::{AgentLine, QueueLine},
};
use views::{FloorAgent, FloorAlert, FloorConversation, FloorQueue, FloorTotals, person::first_name};

use super::{
    Class, channel,
    conversation::{due, holder},
    presence::{finishing, over_at, pause},
};

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
        assignee: holder(line),
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
        assignee: holder(line),
        version: line.version,
    })
}
