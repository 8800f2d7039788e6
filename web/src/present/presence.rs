//! Who is there, and what they do.

use chrono::{DateTime, TimeDelta, Utc};
use domain::PresenceState;
use inbox::{
    policy::Pause,
    reading::start::{Left, PresenceLine},
};
use views::{Finishing, MePresence, PauseTag};

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
pub(super) fn pause(code: Option<&str>, decided: Option<&Pause>) -> Option<PauseTag> {
    Some(PauseTag { code: code?.to_owned(), name: decided.map(|pause| pause.name.clone()) })
}

/// When a pause has lasted too long.
pub(super) fn over_at(
    state: PresenceState,
    since: DateTime<Utc>,
    pause: Option<&Pause>,
) -> Option<DateTime<Utc>> {
    let longest = pause.filter(|_| state == PresenceState::Paused)?.longest?;
    since.checked_add_signed(TimeDelta::seconds(i64::from(longest)))
}

pub(super) fn finishing(left: Option<Left>) -> Option<Finishing> {
    left.map(|left| Finishing { left: left.conversations, free_at: left.free_at })
}
