//! Putting a conversation aside, and fetching it back.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::{ConversationId, Permission, wall};
use inbox::snoozing::{self, Fetched, LONGEST, SnoozeError, Until};
use serde::Deserialize;
use views::{
    Refusal, Tx,
    snooze::{SnoozeDialog, choices},
    time,
};

use super::{conversations::refused, html, within_reach, words};
use crate::{auth::SignedIn, error::PageError, live::class_for, present, state::AppState};

/// GET /conversations/{id}/snooze: until when, in the person's own zone.
///
/// # Errors
/// Not found, also for conversations that are not this person's to put aside.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    let line = within_reach(&viewer, &state, *id, Permission::ConversationSnooze).await?;
    let (tx, now) = (words(&viewer), state.clock.now());
    html(&SnoozeDialog {
        tx,
        conversation: *id,
        contact_name: present::name(&line, class_for(principal, &line.facts())),
        choices: choices(now, tx.zone),
        today: now.with_timezone(&tx.zone).date_naive(),
        last: (now + LONGEST).with_timezone(&tx.zone).date_naive(),
    })
}

/// What the dialog posts: `until` is a moment, `answer`, or `own` for the day and hour of the fields, in the person's
/// own zone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSnooze {
    until: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    hour: String,
}

impl NewSnooze {
    fn until(&self, tx: &Tx) -> Option<Until> {
        let moment = match self.until.as_str() {
            "answer" => return Some(Until::Answer),
            "own" => {
                let hour = NaiveTime::parse_from_str(&self.hour, "%H:%M").ok()?;
                wall::moment(self.day.parse::<NaiveDate>().ok()?.and_time(hour), tx.zone)
            }
            moment => DateTime::parse_from_rfc3339(moment).ok()?.with_timezone(&Utc),
        };
        Some(Until::Time(moment))
    }
}

/// POST /conversations/{id}/snooze.
///
/// # Errors
/// Refusals in the person's language.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Form<NewSnooze>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let until =
        form.until(&tx).ok_or_else(|| refused(StatusCode::UNPROCESSABLE_ENTITY, &Refusal::SnoozeTime, tx))?;
    let now = state.clock.now();
    let put_aside = state.transact(async |begun| {
        let done = snoozing::snooze(begun, &viewer.principal, *id, until, now).await;
        done.map_err(|error| refusal(error, tx))
    });
    put_aside.await?;
    ring(&state);
    let said = match until {
        Until::Time(at) => tx.a("snoozed-until", "when", &time::moment(&at, &tx)),
        Until::Answer => tx.t("snoozed-answer"),
    };
    Ok(HttpResponse::Ok().json(serde_json::json!({ "said": said })))
}

/// POST /conversations/{id}/wake: fetched back, by hand.
///
/// # Errors
/// Refusals in the person's language.
pub async fn wake(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let now = state.clock.now();
    let fetched = state.transact(async |begun| {
        let done = snoozing::wake(begun, &viewer.principal, *id, now).await;
        done.map_err(|error| refusal(error, tx))
    });
    let fetched = fetched.await?;
    ring(&state);
    let (said, held) = match fetched {
        Fetched::Held => (tx.t("woken-held"), true),
        Fetched::Waits => (tx.t("woken-waits"), false),
    };
    Ok(HttpResponse::Ok().json(serde_json::json!({ "said": said, "held": held })))
}

fn ring(state: &AppState) {
    state.wakes.dispatch();
    state.wakes.watch.notify_one();
    state.wakes.relay();
}

pub(super) fn refusal(error: SnoozeError, tx: Tx) -> PageError {
    let refusal = match error {
        SnoozeError::NotFound => return PageError::NotFound,
        SnoozeError::Db(error) => return error.into(),
        SnoozeError::Closed => Refusal::ConversationClosed,
        SnoozeError::BadTime => Refusal::SnoozeTime,
        SnoozeError::NotSnoozed => Refusal::NotSnoozed,
    };
    refused(StatusCode::CONFLICT, &refusal, tx)
}
