//! Giving waiting conversations to agents the moment either changes.
//!
//! One pass is one transaction: read what waits and who is there, let [`routing`] decide, claim. The lock keeps two
//! dispatchers from doing the same work; that nobody is overfilled or shared is held by [`assignment::move_holders`].

mod decisions;
mod floor;
mod works;

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, Permission, Principal, QueueId, event::AssignmentReason};
use routing::{Choice, Decision, Routed, Verdict, Work, policy::Mode};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait as _};

use crate::{
    Wakes,
    assignment::{self, AssignError, Lost, Move, Moved, Terms},
    policy,
    reading::why::Waiting,
    rows,
};

pub use decisions::{Explained, Outcome, explain_past};

/// A pass that is due by the clock comes no sooner than this.
const SHORTEST: Duration = Duration::from_millis(10);
/// The longest pause between attempts while the database fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// So often a pass is begun anew because somebody's hand was faster; the last one does what still can be done.
const TRIES: usize = 4;

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stepped {
    /// How many conversations were given or offered to somebody.
    pub given: usize,
    /// Somebody's hand was faster than a decision: what was decided for them may be another's now.
    pub again: bool,
    /// When the clock alone may change what is decided: somebody has written up, or is no longer waited for.
    pub next: Option<DateTime<Utc>>,
}

/// One pass.
///
/// # Errors
/// When the database fails; nothing was given then.
pub async fn step(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Stepped, DbErr> {
    for _ in 1..TRIES {
        if let Some(stepped) = pass(db, now, false).await? {
            return Ok(stepped);
        }
    }
    Ok(pass(db, now, true).await?.unwrap_or(Stepped { again: true, ..Stepped::default() }))
}

/// `None`: people or policy are no longer what was decided by, and nothing was given. `partly`: then what is still right is
/// given all the same, if the policy is the same.
async fn pass(db: &DatabaseConnection, now: DateTime<Utc>, partly: bool) -> Result<Option<Stepped>, DbErr> {
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
        return Ok(Some(Stepped::default()));
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
    let unchanged = works::unchanged(
        &tx,
        policy,
        moves.iter().filter_map(|wanted| by_id.get(&wanted.conversation).copied()),
        now,
    )
    .await?;
    let still: Vec<Move> =
        moves.iter().filter(|wanted| unchanged.contains(&wanted.conversation)).cloned().collect();
    let answers = assignment::move_holders(&tx, &still, now).await?;
    let short = answers.iter().any(|answer| matches!(answer, Moved::Lost(Lost::Full | Lost::Away)));
    // People are locked now, and whoever publishes locks them first.
    let is_current = moves.is_empty() || policy::current(&tx).await?.version == published.version;
    let given = still.iter().zip(&answers).filter(|(_, answer)| **answer == Moved::Won);
    let given = given.filter_map(|(won, _)| Some((won.to?, by_id.get(&won.conversation)?.queue)));
    let is_right = is_current && floor::is_within_limits(&tx, policy, given).await?;
    if !is_right || (short && !partly) {
        tx.rollback().await?;
        return Ok(None);
    }
    let won: BTreeMap<ConversationId, bool> = still
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| **answer == Moved::Won)
        .map(|(won, _)| (won.conversation, won.terms != Terms::Done))
        .collect();
    decisions::keep(&tx, published.version, &by_id, &candidates, (&routed, &won), now).await?;
    tx.commit().await?;
    let ends = candidates.iter().filter_map(|candidate| candidate.busy_until);
    let awaited = works.iter().filter_map(|work| Some(work.preferred?.until));
    let next = ends.chain(awaited).chain(works::let_back(&works, &won)).filter(|at| *at > now).min();
    Ok(Some(Stepped { given: won.len(), again: won.len() < moves.len(), next }))
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
    for _ in 0..TRIES {
        if let Some(answer) = try_next(tx, by, now).await? {
            return Ok(answer);
        }
    }
    Ok(None)
}

/// The same; nothing at all when people or policy are no longer what was decided by.
async fn try_next(
    tx: &DatabaseTransaction,
    by: &Principal,
    now: DateTime<Utc>,
) -> Result<Option<Option<ConversationId>>, AssignError> {
    let published = policy::current(tx).await?;
    let queues: Vec<QueueId> = works::queues_with_work(tx)
        .await?
        .into_iter()
        .filter(|queue| by.reaches_queue(Permission::ConversationClaim, *queue))
        .collect();
    let mut works = works::waiting(tx, &published.policy, &queues, now).await?;
    let mut candidates = floor::candidates(tx, &published.policy, &works).await?;
    let Some(taker) = candidates.iter_mut().find(|candidate| candidate.person == by.person) else {
        return Ok(Some(None));
    };
    // Whoever asks for more is done with writing up.
    taker.busy_until = None;
    let taker = taker.clone();
    // Somebody else may be faster; then it is the one after that.
    while let Some(next) = routing::next_for(by.person, &works, &candidates, now) {
        let by_id: HashMap<ConversationId, &Work> =
            works.iter().map(|work| (work.conversation, work)).collect();
        // Each try by itself: who lost it lets go of what it locked, before it locks the next.
        let attempt = tx.begin().await?;
        let chosen = by_id.get(&next.conversation).copied();
        let is_unchanged = !works::unchanged(&attempt, &published.policy, chosen, now).await?.is_empty();
        let conversation = next.conversation;
        let wanted = Move {
            conversation,
            from: None,
            to: Some(by.person),
            reason: AssignmentReason::Taken,
            by: Some(by.person),
            terms: Terms::Done,
        };
        let moves: Vec<Move> = is_unchanged.then_some(wanted).into_iter().collect();
        match assignment::move_holders(&attempt, &moves, now).await?.first() {
            Some(Moved::Won) => {
                let given = chosen.map(|work| (by.person, work.queue));
                if policy::current(&attempt).await?.version != published.version
                    || !floor::is_within_limits(&attempt, &published.policy, given.into_iter()).await?
                {
                    attempt.rollback().await?;
                    return Ok(None);
                }
                let (next, won) = ([next], [(conversation, false)].into());
                decisions::keep(&attempt, published.version, &by_id, &candidates, (&next, &won), now).await?;
                attempt.commit().await?;
                return Ok(Some(Some(conversation)));
            }
            Some(Moved::Lost(lost @ (Lost::Full | Lost::Away))) => return Err((*lost).into()),
            Some(Moved::Lost(_)) | None => {
                attempt.rollback().await?;
                works.retain(|work| work.conversation != conversation);
            }
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
        None => Ok(Some(None)),
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
                // Somebody's hand was faster: what it left is looked at at once.
                let next = stepped.again.then(Utc::now).or(stepped.next);
                let until_next = next.map(|next| (next - Utc::now()).to_std().unwrap_or_default());
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
