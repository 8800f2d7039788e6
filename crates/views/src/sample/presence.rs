//! Who is there, and what is offered to them.

use chrono::TimeDelta;
use domain::PresenceState;

use crate::{Finishing, MePresence, OfferCard, OfferWhy, PauseTag};

use super::{id, mateo, now, valeria, whatsapp};

/// What the company pauses for: two that came with the house, one of its own.
#[must_use]
pub fn pauses() -> Vec<PauseTag> {
    [("lunch", "Almuerzo"), ("bath", "Baño"), ("dentist", "Con un paciente")]
        .map(|(code, name)| PauseTag { code: code.to_owned(), name: Some(name.to_owned()) })
        .into()
}

/// Valeria finishes before her lunch, having been slow, while she still writes something up.
#[must_use]
pub fn busy_presence() -> MePresence {
    MePresence {
        state: PresenceState::PrePause,
        pause: pauses().into_iter().next(),
        over_at: Some(now() + TimeDelta::minutes(5)),
        finishing: Some(Finishing { left: 2, free_at: Some(now() + TimeDelta::minutes(6)) }),
        wrap_up_until: Some(now() + TimeDelta::seconds(42)),
        offers_missed: 1,
        ..presence()
    }
}

/// Valeria's presence.
#[must_use]
pub fn presence() -> MePresence {
    MePresence {
        person: valeria().id,
        version: 12,
        name: valeria().name,
        state: PresenceState::Available,
        pause: None,
        since: now() - TimeDelta::minutes(104),
        over_at: None,
        finishing: None,
        wrap_up_until: None,
        offers_missed: 0,
        pauses: pauses(),
        load: 6,
        capacity: 8,
    }
}

/// A colleague hands Jorge over to Valeria.
#[must_use]
pub fn offer() -> OfferCard {
    OfferCard {
        conversation: id(2, 60),
        contact: id(3, 60),
        contact_name: "Jorge Ramírez".to_owned(),
        vip: true,
        channel: whatsapp(),
        queue: "Urgencias".to_owned(),
        preview_kind: "text".to_owned(),
        preview: "Se me salió una corona y me duele bastante, ¿me pueden ver hoy?".to_owned(),
        why: OfferWhy::HandedOver { by: mateo().name },
        note: Some("Ya le pedí la radiografía, falta confirmar la hora".to_owned()),
        made_at: now() - TimeDelta::seconds(8),
        until: now() + TimeDelta::seconds(22),
        now: now(),
    }
}
