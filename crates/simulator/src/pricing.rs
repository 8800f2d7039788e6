//! What a message costs, as its statuses say (whatsapp-cloud.md §3, §9).

use std::{collections::HashMap, sync::Mutex};

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::sim::{Sim, lock};

/// A customer who came by an advertisement.
#[derive(Debug, Clone)]
struct Entry {
    /// When, on the scale of ages.
    came: DateTime<Utc>,
    /// When the business answered, by age and by the wall, and the id of the window that opened.
    answered: Option<(DateTime<Utc>, DateTime<Utc>, String)>,
}

type Pair = (String, String);

/// What prices depend on.
#[derive(Default)]
pub struct Prices {
    entries: Mutex<HashMap<Pair, Entry>>,
    service: Mutex<HashMap<(String, i32, u32), u32>>,
}

impl Prices {
    /// A customer came by an advertisement or a post.
    pub fn came(&self, channel: &str, customer: &str, age: DateTime<Utc>) {
        let pair = (channel.to_owned(), customer.to_owned());
        lock(&self.entries).insert(pair, Entry { came: age, answered: None });
    }

    /// The free window this message falls into: its id and its end by the wall. An answer within 24 hours opens it.
    fn entry(&self, sim: &Sim, channel: &str, customer: &str) -> Option<(String, DateTime<Utc>)> {
        let (age, wall) = (sim.clock.age(), sim.clock.wall());
        let mut entries = lock(&self.entries);
        let entry = entries.get_mut(&(channel.to_owned(), customer.to_owned()))?;
        if entry.answered.is_none() && entry.came + TimeDelta::hours(24) > age {
            entry.answered = Some((age, wall, hex::encode(sim.dice.bytes::<16>())));
        }
        let (from, at, id) = entry.answered.as_ref()?;
        (*from + TimeDelta::hours(72) > age).then(|| (id.clone(), *at + TimeDelta::hours(72)))
    }

    /// Forget everything.
    pub fn clear(&self) {
        lock(&self.entries).clear();
        lock(&self.service).clear();
    }
}

/// Price and, in the free window, conversation of a message of this category (`service` for anything but templates).
pub fn of(sim: &Sim, channel: &str, customer: &str, category: &str, open: bool) -> (Value, Option<Value>) {
    let priced = |kind: &str, category: &str| json!({ "billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category });
    if let Some((id, end)) = sim.prices.entry(sim, channel, customer) {
        let conversation = json!({
            "id": id, "expiration_timestamp": end.timestamp().to_string(),
            "origin": { "type": "referral_conversion" },
        });
        return (priced("free_entry_point", "referral_conversion"), Some(conversation));
    }
    let now = sim.clock.wall();
    // Service messages, and utility templates in an open window, cost nothing before October 2026.
    let billed = (now.year(), now.month()) >= (2026, 10);
    let free = match category {
        "service" if billed => {
            let mut counts = lock(&sim.prices.service);
            let count = counts.entry((channel.to_owned(), now.year(), now.month())).or_default();
            *count += 1;
            *count <= sim.settings.free_service
        }
        "service" => true,
        "utility" => open && !billed,
        _ => false,
    };
    if !free {
        return (priced("regular", category), None);
    }
    let mut price = priced(&sim.settings.free_service_type, category);
    price["billable"] = json!(false);
    (price, None)
}
