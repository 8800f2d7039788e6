//! Somebody's day: what they were from when to when.

use actix_web::{
    HttpResponse,
    web::{Data, Path, Query},
};
use domain::{Permission, PersonId, wall::midnight};
use inbox::{policy, presence, reading};
use serde::Deserialize;
use views::{DayPage, DaySpan, PauseTag, PersonTag, Section, Was};

use super::{frame, html, presence::refusal, words};
use crate::{auth::SignedIn, error::PageError, present, security_headers::Nonce, state::AppState};

/// Which day; today where none is named, or none that a calendar knows.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    date: Option<String>,
}

/// GET /me/day.
///
/// # Errors
/// When the database fails.
pub async fn own(
    viewer: SignedIn,
    nonce: Nonce,
    wanted: Query<Wanted>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let person = viewer.principal.person;
    show(&viewer, &nonce, person, &wanted, &state).await
}

/// GET /people/{id}/day.
///
/// # Errors
/// Not found for whoever is out of reach.
pub async fn of(
    viewer: SignedIn,
    nonce: Nonce,
    person: Path<PersonId>,
    wanted: Query<Wanted>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    show(&viewer, &nonce, *person, &wanted, &state).await
}

async fn show(
    viewer: &SignedIn,
    nonce: &Nonce,
    person: PersonId,
    wanted: &Wanted,
    state: &AppState,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let tx = words(viewer);
    let today = now.with_timezone(&tx.zone).date_naive();
    let date = wanted.date.as_deref().and_then(|date| date.parse().ok()).unwrap_or(today).min(today);
    let (begins, ends) = (midnight(date, tx.zone), midnight(date.succ_opt().unwrap_or(date), tx.zone));
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let (name, spans) = presence::line_of(&state.db, &viewer.principal, person, begins, ends)
        .await
        .map_err(|error| refusal(error, tx))?;
    let pauses = policy::current(&state.db).await?.pauses();
    let tag = |code: Option<String>| {
        code.map(|code| PauseTag {
            name: pauses.iter().find(|pause| pause.code == code).map(|pause| pause.name.clone()),
            code,
        })
    };
    let was = |state, code| Was { state, code: tag(code) };
    let until = now.min(ends);
    let totals = presence::totals(&spans, until);
    let own = person == viewer.principal.person;
    html(&DayPage {
        frame: frame(viewer, nonce, &start, if own { Section::Me } else { Section::Floor }, "none"),
        person: PersonTag { id: person, name },
        own,
        may_set: viewer.principal.holds(Permission::PresenceSetOther),
        pauses: pauses.iter().map(present::pause_tag).collect(),
        date,
        today: date == today,
        begins,
        ends,
        now: until,
        spans: spans
            .into_iter()
            .map(|span| DaySpan {
                was: was(span.state, span.code),
                from: span.from_at,
                // What went on after midnight ended here, for this day.
                until: span.until_at.or_else(|| (ends <= now).then_some(ends)),
                by_machine: span.by_id.is_none(),
            })
            .collect(),
        totals: totals.into_iter().map(|total| (was(total.state, total.code), total.time)).collect(),
    })
}
