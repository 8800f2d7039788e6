//! Giving waiting conversations to agents the moment either changes.
//!
//! One pass is one transaction: read what waits and who is there, let [`routing`] decide, claim. The lock keeps two
//! dispatchers from doing the same work; that nobody is overfilled or shared is held by [`assignment::move_holders`].

mod decisions;
mod floor;
mod works;

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, Permission, Principal, QueueId, event::AssignmentReason};
use routing::{Choice, Decision, Routed, Verdict, Work, policy::Mode};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};

use crate::{
    Wakes,
    assignment::{self, AssignError, Move, Moved, Terms},
    policy,
    reading::why::Waiting,
    rows,
};

pub use decisions::{Explained, Outcome, explain_past};

/// A pass that is due by the clock comes no sooner than this.
const SHORTEST: Duration = Duration::from_millis(10);
/// The longest pause between attempts while the database fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stepped {
    /// How many conversations were given or offered to somebody.
    pub given: usize,
    /// When the clock alone may change what is decided: somebody has written up, or is no longer waited for.
    pub next: Option<DateTime<Utc>>,
}

/// One pass.
///
/// # Errors
/// When the database fails; nothing was given then.
pub async fn step(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Stepped, DbErr> {
    let tx = rows::begin_alone(db, 3).await?;
    let published = policy::current(&tx).await?;
    let policy = &published.policy;
    let queues: Vec<QueueId> = works::queues_with_work(&tx)
        .await?
        .into_iter()
        .filter(|queue| policy.queue(*queue).mode != Mode::Pull)
        .collect();
    if queues.is_empty() {
        tx.rollback().await?;
        return Ok(Stepped::default());
    }
    let works = works::waiting(&tx, policy, &queues, now).await?;
    let candidates = floor::candidates(&tx, policy, &works).await?;
    let routed = routing::assign(&works, &candidates, now);
    let by_id: HashMap<ConversationId, &Work> = works.iter().map(|work| (work.conversation, work)).collect();
    let moves: Vec<Move> = routed
        .iter()
        .filter_map(|routed| {
            let work = by_id.get(&routed.conversation)?;
            wanted(routed, policy.queue(work.queue).mode, published.version, now)
        })
        .collect();
    let answers = assignment::move_holders(&tx, &moves, now).await?;
    let won: Vec<&Move> =
        moves.iter().zip(&answers).filter(|(_, answer)| **answer == Moved::Won).map(|(won, _)| won).collect();
    decisions::keep(&tx, published.version, &by_id, &candidates, &won, now).await?;
    tx.commit().await?;
    let given = won.len();
    let ends = candidates.iter().filter_map(|candidate| candidate.busy_until);
    let next =
        ends.chain(works.iter().filter_map(|work| Some(work.preferred?.until))).filter(|at| *at > now).min();
    Ok(Stepped { given, next })
}

/// What the router decided, as a move; by the queue's mode it is done or offered.
fn wanted(routed: &Routed, mode: Mode, version: u32, now: DateTime<Utc>) -> Option<Move> {
    let Decision::Assign { person, reason } = &routed.decision else { return None };
    let terms = match mode {
        Mode::Offer { seconds, .. } => {
            Terms::Offered { until: now + TimeDelta::seconds(i64::from(seconds)), note: None }
        }
        Mode::Push | Mode::Pull => Terms::Done,
    };
    let reason = reason.clone().under(version);
    Some(Move { conversation: routed.conversation, from: None, to: Some(*person), reason, by: None, terms })
}

/// Take the next conversation: the one the router would give this person, of all queues they serve, in whatever mode.
/// `None` when nothing waits that is theirs to take.
///
/// # Errors
/// `Full`, `TargetOffline` when they are on a pause, and when the database fails.
pub async fn take_next(
    tx: &DatabaseTransaction,
    by: &Principal,
    now: DateTime<Utc>,
) -> Result<Option<ConversationId>, AssignError> {
    let published = policy::current(tx).await?;
    let queues: Vec<QueueId> = works::queues_with_work(tx)
        .await?
        .into_iter()
        .filter(|queue| by.reaches_queue(Permission::ConversationClaim, *queue))
        .collect();
    let mut works = works::waiting(tx, &published.policy, &queues, now).await?;
    let mut candidates = floor::candidates(tx, &published.policy, &works).await?;
    let Some(taker) = candidates.iter_mut().find(|candidate| candidate.person == by.person) else {
        return Ok(None);
    };
    // Whoever asks for more is done with writing up.
    taker.busy_until = None;
    let taker = taker.clone();
    // Somebody else may be faster; then it is the one after that.
    while let Some(next) = routing::next_for(by.person, &works, &candidates, now) {
        let wanted = Move {
            conversation: next.conversation,
            from: None,
            to: Some(by.person),
            reason: AssignmentReason::Taken,
            by: Some(by.person),
            terms: Terms::Done,
        };
        match assignment::move_holders(tx, std::slice::from_ref(&wanted), now).await?.first() {
            Some(Moved::Won) => {
                let by_id = works.iter().map(|work| (work.conversation, work)).collect();
                decisions::keep(tx, published.version, &by_id, &candidates, &[&wanted], now).await?;
                return Ok(Some(next.conversation));
            }
            Some(Moved::Lost(lost @ (assignment::Lost::Full | assignment::Lost::Away))) => {
                return Err((*lost).into());
            }
            Some(Moved::Lost(_)) | None => works.retain(|work| work.conversation != next.conversation),
        }
    }
    // Something may wait that only they themselves keep from coming to them.
    let own = |work: &Work| {
        let choice = routing::choose(work, std::slice::from_ref(&taker), now);
        choice.considered.first().map(|considered| considered.verdict)
    };
    match works.iter().filter_map(own).find(|verdict| {
        matches!(verdict, Verdict::Away { .. } | Verdict::Full { .. } | Verdict::QueueFull { .. })
    }) {
        Some(Verdict::Away { .. }) => Err(AssignError::TargetOffline),
        Some(_) => Err(AssignError::Full),
        None => Ok(None),
    }
}

/// What the router would decide for one waiting conversation now, and how everybody fares in it; `None` when it does
/// not wait.
///
/// # Errors
/// When the database fails.
pub async fn explain(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<Option<Choice>, DbErr> {
    Ok(explain_waiting(db, conversation, now).await?.map(|waiting| waiting.choice))
}

/// The same, with what it was decided from.
///
/// # Errors
/// When the database fails.
pub async fn explain_waiting(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<Option<Waiting>, DbErr> {
    let published = policy::current(db).await?;
    let Some(work) = works::one(db, &published.policy, conversation, now).await? else { return Ok(None) };
    let people = floor::everybody(db, &published.policy).await?;
    let choice = routing::choose(&work, &people, now);
    Ok(Some(Waiting { policy: published.version, work, choice, people }))
}

/// The loop around [`step`]. Ends when `stop` is set. A lost wake-up, a lease that ran out or a release that grew old
/// costs at most `poll`.
pub async fn run(
    db: DatabaseConnection,
    wakes: Wakes,
    poll: Duration,
    mut stop: tokio::sync::watch::Receiver<bool>,
) {
    let mut pause = Duration::from_millis(100);
    while !*stop.borrow() {
        let rung = wakes.dispatcher.notified();
        match step(&db, Utc::now()).await {
            Ok(stepped) => {
                pause = Duration::from_millis(100);
                if stepped.given > 0 {
                    wakes.relay();
                }
                let until_next = stepped.next.and_then(|next| (next - Utc::now()).to_std().ok());
                tokio::select! {
                    () = rung => {}
                    () = tokio::time::sleep(until_next.unwrap_or(poll).max(SHORTEST).min(poll)) => {}
                    _ = stop.changed() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "waiting conversations could not be given out; tried again in {pause:?}");
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = stop.changed() => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
