//! The floor's pieces: for each supervisor exactly what their teams' queues hold.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use domain::{ConversationId, Permission, Principal, QueueId};
use inbox::reading::{
    self,
    conversations::ConversationLine,
    floor::{AgentLine, QueueLine},
};
use sea_orm::{DatabaseConnection, DbErr};
use views::{
    FloorAgentFragment, FloorAlertFragment, FloorConversationFragment, FloorQueueFragment,
    FloorTotalsFragment, Template as _, Tx, askama,
    bell::{AlarmMarkFragment, AllAlarmsFragment},
};

use super::{
    draw::{Drawing, class_for},
    needs::Needs,
    protocol::{self, How},
};
use crate::present;

/// Everything a supervisor may be told of queues and agents, before their reach is applied.
pub struct Board {
    queues: Vec<QueueLine>,
    agents: Vec<AgentLine>,
    /// The last event that is in it.
    version: i64,
}

/// One element of the floor.
pub enum Piece {
    /// A queue's row, by its place on the board.
    Queue(Rc<Board>, usize),
    /// An agent's line, by its place on the board.
    Agent(Rc<Board>, usize),
    /// The figures over all a viewer reaches.
    Totals(Rc<Board>),
    /// A conversation's row.
    Conversation(Rc<ConversationLine>, DateTime<Utc>),
    /// What of a conversation calls for a supervisor.
    Alert(Rc<ConversationLine>),
    /// The same, for the supervisors' other pages.
    Alarm(Rc<ConversationLine>),
    /// A conversation that left a queue: its row.
    Left(ConversationId, QueueId),
    /// The same: what of it called for a supervisor.
    LeftAlert(ConversationId, QueueId),
    /// The same, for the supervisors' other pages.
    LeftAlarm(ConversationId, QueueId),
}

impl Piece {
    /// The update for a viewer; `None` when it is not theirs to see.
    pub fn draw(&self, viewer: &Principal, tx: Tx) -> Result<Option<String>, askama::Error> {
        Ok(Some(match self {
            Self::Queue(board, at) => {
                let Some(line) = board.queues.get(*at).filter(|line| reads(viewer, line.id)) else {
                    return Ok(None);
                };
                let queue = present::floor_queue(line, board.version);
                protocol::update(
                    "floor-queues",
                    How::Place,
                    &FloorQueueFragment { tx, queue: &queue }.render()?,
                )
            }
            Self::Agent(board, at) => {
                let Some(agent) = board.agents.get(*at).and_then(|line| present::floor_agent(line, viewer))
                else {
                    return Ok(None);
                };
                protocol::update(
                    "floor-agents",
                    How::Place,
                    &FloorAgentFragment { tx, agent: &agent }.render()?,
                )
            }
            Self::Totals(board) => {
                let totals = present::floor_totals(&board.queues, &board.agents, viewer, board.version);
                let html = FloorTotalsFragment { tx, totals: &totals }.render()?;
                protocol::update("floor-totals", How::Morph, &html)
            }
            Self::Conversation(line, now) => {
                let facts = line.facts();
                if !viewer.can_see(&facts) {
                    return Ok(None);
                }
                if line.state == domain::ConversationState::Closed {
                    return Ok(Some(gone("fc", line.id)));
                }
                let conversation = present::floor_conversation(line, class_for(viewer, &facts), *now);
                let html = FloorConversationFragment { tx, conversation: &conversation }.render()?;
                protocol::update("floor-conversations", How::Place, &html)
            }
            Self::Alert(line) => {
                let facts = line.facts();
                if !viewer.can(Permission::ConversationAssign, &facts) {
                    return Ok(None);
                }
                let Some(alert) = present::floor_alert(line, class_for(viewer, &facts)) else {
                    return Ok(Some(gone("al", line.id)));
                };
                let html = FloorAlertFragment { tx, alert: &alert }.render()?;
                protocol::update("floor-alerts", How::Place, &html)
            }
            Self::Alarm(line) => {
                let facts = line.facts();
                if !viewer.can(Permission::ConversationAssign, &facts) {
                    return Ok(None);
                }
                let Some(alert) = present::floor_alert(line, class_for(viewer, &facts)) else {
                    return Ok(Some(gone("alarm", line.id)));
                };
                let html = AlarmMarkFragment { tx, alert: &alert }.render()?;
                protocol::update("alarms", How::Place, &html)
            }
            Self::Left(conversation, queue) => {
                if !viewer.reaches_queue(Permission::ConversationRead, *queue) {
                    return Ok(None);
                }
                gone("fc", *conversation)
            }
            Self::LeftAlert(conversation, queue) => {
                if !viewer.reaches_queue(Permission::ConversationAssign, *queue) {
                    return Ok(None);
                }
                gone("al", *conversation)
            }
            Self::LeftAlarm(conversation, queue) => {
                if !viewer.reaches_queue(Permission::ConversationAssign, *queue) {
                    return Ok(None);
                }
                gone("alarm", *conversation)
            }
        }))
    }
}

fn reads(viewer: &Principal, queue: QueueId) -> bool {
    viewer.reaches_queue(Permission::QueueRead, queue)
}

fn gone(what: &str, conversation: ConversationId) -> String {
    protocol::update(&format!("{what}-{conversation}"), How::Delete, "")
}

/// Read what the floor is owed beside the `lines` of what changed, as of the event `version`.
pub async fn prepare(
    db: &DatabaseConnection,
    owed: &Needs,
    lines: &[Rc<ConversationLine>],
    version: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Drawing>, DbErr> {
    let mut pieces = Vec::new();
    // Before the rows: a conversation that moved between two queues of one supervisor is taken out and put in again.
    for (conversation, queue) in &owed.left {
        pieces.extend([Piece::Left(*conversation, *queue), Piece::LeftAlert(*conversation, *queue)]);
    }
    for line in lines {
        pieces.extend([Piece::Conversation(line.clone(), now), Piece::Alert(line.clone())]);
    }
    if owed.queues || !owed.people.is_empty() {
        let queues = reading::floor::queues(db, None).await?;
        let agents = reading::floor::agents(db, None).await?;
        let board = Rc::new(Board { queues, agents, version });
        pieces.extend((0..board.queues.len()).map(|at| Piece::Queue(board.clone(), at)));
        pieces.extend(
            (0..board.agents.len())
                .filter(|at| owed.people.contains(&board.agents[*at].person_id))
                .map(|at| Piece::Agent(board.clone(), at)),
        );
        pieces.push(Piece::Totals(board));
    }
    Ok(pieces.into_iter().map(|piece| Drawing::floor(piece, now)).collect())
}

/// What calls for supervisors, for their other pages, of what changed.
pub fn alarms(owed: &Needs, lines: &[Rc<ConversationLine>], now: DateTime<Utc>) -> Vec<Drawing> {
    let left = owed.left.iter().map(|(conversation, queue)| Piece::LeftAlarm(*conversation, *queue));
    // Where nobody did anything, what called goes on calling.
    let changed = lines.iter().filter(|line| !line.alerts.is_empty() || owed.calmed.contains(&line.id));
    let pieces = left.chain(changed.map(|line| Piece::Alarm(line.clone())));
    pieces.map(|piece| Drawing::alarm(piece, now)).collect()
}

/// At most so many alarms are told of when a page comes; the floor shows as many.
const MOST_ALARMS: u64 = 200;

/// All that calls for a supervisor now, as an update; `None` for who is none.
///
/// # Errors
/// When the database fails.
pub async fn all_alarms(
    db: &DatabaseConnection,
    viewer: &Principal,
    tx: Tx,
) -> Result<Option<String>, DbErr> {
    if !viewer.holds(Permission::ConversationAssign) {
        return Ok(None);
    }
    let reach = viewer.reach(Permission::ConversationAssign);
    let lines = reading::conversations::alerted(db, &reach, MOST_ALARMS).await?;
    let all: Vec<_> = lines
        .iter()
        .filter_map(|line| present::floor_alert(line, class_for(viewer, &line.facts())))
        .collect();
    let html =
        AllAlarmsFragment { tx, all: &all }.render().map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(Some(protocol::update("alarms", How::Morph, &html)))
}
