//! Doing what time asks for.

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{
    Event, PersonId,
    event::{Alert, AssignmentReason, Woken},
};
use routing::{
    Policy, Promise,
    due::{Action, Said},
    policy::SilentAgent,
};
use sea_orm::{DatabaseTransaction, DbErr};

use super::facts::Found;
use crate::{
    alerts,
    assignment::{self, Move, Terms},
    automatic, closing, events, presence, rows, snoozing, transfer,
};

/// The code of the pause of somebody who did not answer.
pub const SILENT: &str = "silent";

/// What the caller has to know of what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// Something has to be sent.
    Said,
    /// Anything else.
    Changed,
}

/// Do all of it, in order.
pub(super) async fn act(
    tx: &DatabaseTransaction,
    found: &Found,
    actions: &[Action],
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Vec<Done>, DbErr> {
    let mut done = Vec::with_capacity(actions.len());
    for action in actions {
        done.push(one(tx, found, action, policy, now).await?);
    }
    Ok(done)
}

async fn one(
    tx: &DatabaseTransaction,
    found: &Found,
    action: &Action,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Done, DbErr> {
    let talk = &found.talk;
    let id = talk.id;
    match action {
        Action::Due(due) => {
            rows::run(
                tx,
                "update conversation set first_due_at = $2, next_due_at = $3, resolve_due_at = $4,
                     due_at = $5, version = version + 1 where id = $1",
                [
                    id.into(),
                    due.first.into(),
                    due.next.into(),
                    due.resolution.into(),
                    due.earliest().map(|at| at.trunc_subsecs(0)).into(),
                ],
            )
            .await?;
            tell(tx, Event::DueChanged { conversation: id }, now).await?;
        }
        Action::Breached { promise } => {
            let alert = match promise {
                Promise::First => Alert::FirstResponseLate,
                Promise::Next => Alert::NextResponseLate,
                Promise::Resolution => Alert::ResolutionLate,
            };
            alerts::raise(tx, talk, alert, now).await?;
        }
        Action::Say { what, words } => {
            let words = fill(words, *what, policy, found);
            let said = automatic::say(tx, talk, words, now).await?;
            events::append(tx, said.as_slice(), now).await?;
            return Ok(Done::Said);
        }
        Action::Relax { steps } => {
            rows::run(
                tx,
                "update conversation set relaxed = $2, version = version + 1 where id = $1",
                [id.into(), i16::try_from(*steps).unwrap_or(i16::MAX).into()],
            )
            .await?;
            tell(tx, Event::ConversationRelaxed { conversation: id, steps: *steps }, now).await?;
        }
        Action::Tag { tag } => {
            let put = rows::run(
                tx,
                "with put as (
                     insert into conversation_tag (conversation_id, tag, at) values ($1, $2, $3) on conflict do nothing
                     returning conversation_id
                 )
                 update conversation c set version = version + 1 from put where c.id = put.conversation_id",
                [id.into(), tag.clone().into(), now.into()],
            )
            .await?;
            if put > 0 {
                tell(tx, Event::ConversationTagged { conversation: id, tag: tag.clone(), on: true }, now)
                    .await?;
            }
        }
        Action::Alert { .. } => alerts::raise(tx, talk, Alert::WaitsTooLong, now).await?,
        Action::Move { to } | Action::Overflow { to } => {
            transfer::move_to(tx, talk, transfer::Place::queue(*to), None, now).await?
        }
        Action::WarnSilentAgent => alerts::raise(tx, talk, Alert::AgentSilent, now).await?,
        Action::LeaveSilentAgent { then, pause } => leave(tx, found, *then, *pause, now).await?,
        Action::Wake => snoozing::come_back(tx, talk, Woken::Time, None, now).await?,
        Action::CloseSilent { outcome } => {
            let ending = closing::Ending { outcome: Some(outcome.clone()), ..closing::Ending::default() };
            closing::end(tx, talk, None, ending, now).await?;
        }
    }
    Ok(Done::Changed)
}

/// An agent has owed an answer for too long.
async fn leave(
    tx: &DatabaseTransaction,
    found: &Found,
    then: SilentAgent,
    pause: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let talk = &found.talk;
    let Some(agent) = talk.assignee_id else { return Ok(()) };
    match then {
        SilentAgent::BackToQueue => {
            let back = Move {
                conversation: talk.id,
                from: Some(agent),
                to: None,
                reason: AssignmentReason::Released { by: None },
                by: None,
                terms: Terms::Done,
            };
            assignment::move_holders(tx, &[back], now).await?;
        }
        SilentAgent::Supervisor => alerts::raise(tx, talk, Alert::AgentSilent, now).await?,
    }
    if pause {
        pause_silent(tx, agent, now).await?;
    }
    Ok(())
}

async fn pause_silent(tx: &DatabaseTransaction, agent: PersonId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let paused = rows::run(
        tx,
        "update presence set state = 'paused', pause_code = $2, since = $3, version = version + 1
         where person_id = $1 and state in ('available', 'pre_pause')",
        [agent.into(), SILENT.into(), now.into()],
    )
    .await?;
    if paused > 0 {
        events::append(tx, &presence::told(tx, &[agent], None, now).await?, now).await?;
    }
    Ok(())
}

async fn tell(tx: &DatabaseTransaction, event: Event, now: DateTime<Utc>) -> Result<(), DbErr> {
    events::append(tx, &[(event, None)], now).await
}

/// Numbers alone, which are read in every language: a time by the queue's own clock, minutes of waiting.
fn fill(words: &str, what: Said, policy: &Policy, found: &Found) -> String {
    match what {
        Said::Closed { opens: Some(opens) } => {
            let queue = policy.queue(found.talk.queue_id);
            let zone = policy.calendar_of(&queue).map_or(chrono_tz::Tz::UTC, |calendar| calendar.zone);
            words.replace("{opens}", &opens.with_timezone(&zone).format("%d/%m %H:%M").to_string())
        }
        Said::ExpectedWait { seconds } => {
            words.replace("{wait}", &format!("{} min", seconds.div_ceil(60).max(1)))
        }
        Said::Closed { opens: None } | Said::Welcome | Said::Late | Said::Reminder => words.to_owned(),
    }
}
