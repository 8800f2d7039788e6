//! Message templates: those of the demo's clinic, and what becomes of them under review.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{built_in, settings::Settings, sim::lock};

/// How long an approved name stays blocked after it was deleted (whatsapp-cloud.md §7.3).
const BLOCKED: TimeDelta = TimeDelta::days(30);

/// A template in one language.
#[derive(Debug, Clone)]
pub struct Template {
    /// The account it belongs to.
    pub waba: String,
    /// The template in Meta's own shape.
    pub value: Value,
    /// When its text was changed, on the scale of ages.
    pub edits: Vec<DateTime<Utc>>,
    /// How often it was paused for its quality.
    pub pauses: u32,
    /// Until when, on the scale of ages, and the title of the pause.
    pub paused: Option<(DateTime<Utc>, &'static str)>,
    /// Another category from this age on.
    pub moves_to: Option<(DateTime<Utc>, String)>,
    /// Held back while its quality is looked at: `true`, sent in the end; `false`, dropped.
    pub held: Option<bool>,
    /// When it was last sent, on the scale of ages.
    pub sent: Option<DateTime<Utc>>,
}

impl Template {
    /// A template that was just made.
    pub fn new(waba: &str, value: Value) -> Self {
        Self {
            waba: waba.to_owned(),
            value,
            edits: Vec::new(),
            pauses: 0,
            paused: None,
            moves_to: None,
            held: None,
            sent: None,
        }
    }

    /// A field of the template, as text.
    pub fn field(&self, name: &str) -> &str {
        self.value[name].as_str().unwrap_or_default()
    }

    /// The number in its id, as webhooks give it.
    pub fn number(&self) -> u64 {
        self.field("id").parse().unwrap_or_default()
    }

    /// Its language as webhooks spell it, with a hyphen.
    pub fn hyphened(&self) -> String {
        self.field("language").replace('_', "-")
    }

    /// The first component of a kind (`BODY`, `BUTTONS`, …).
    pub fn component(&self, kind: &str) -> Option<&Value> {
        self.value["components"].as_array()?.iter().find(|component| {
            component["type"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(kind))
        })
    }

    /// Its buttons, in order.
    pub fn buttons(&self) -> &[Value] {
        let component = self.component("BUTTONS");
        component.and_then(|component| component["buttons"].as_array()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Variables have names rather than numbers.
    pub fn named(&self) -> bool {
        self.field("parameter_format").eq_ignore_ascii_case("NAMED")
    }

    /// The variables of a component's text, in the order in which they are first used.
    pub fn names(&self, kind: &str) -> Vec<String> {
        names(self.component(kind).and_then(|component| component["text"].as_str()).unwrap_or_default())
    }

    /// A component's text with its values in place, given in the order of [`Self::names`].
    pub fn text(&self, kind: &str, values: &[String]) -> Option<String> {
        let mut text = self.component(kind)?["text"].as_str()?.to_owned();
        for (name, value) in self.names(kind).iter().zip(values) {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        Some(text)
    }
}

/// The variables of a text: numbers in rising order, names in the order of their use.
pub fn names(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in text.split("{{").skip(1) {
        if let Some((name, _)) = piece.split_once("}}")
            && !found.iter().any(|known| known == name)
        {
            found.push(name.to_owned());
        }
    }
    if found.iter().all(|name| name.parse::<u32>().is_ok()) {
        found.sort_by_key(|name| name.parse::<u32>().unwrap_or_default());
    }
    found
}

/// A name and language that can't be used again yet.
#[derive(Debug, Clone)]
struct Grave {
    waba: String,
    name: String,
    language: String,
    until: DateTime<Utc>,
}

/// All templates of all accounts, in the order in which they were made.
pub struct Templates {
    all: Mutex<Vec<Template>>,
    graves: Mutex<Vec<Grave>>,
    /// Cursors given out before this one was counted up are stale.
    pub epoch: std::sync::atomic::AtomicU64,
}

impl Templates {
    /// The clinic's, in every account of the settings.
    pub fn new(settings: &Settings) -> Self {
        Self { all: Mutex::new(built_in::all(settings)), graves: Mutex::default(), epoch: 1.into() }
    }

    /// Back to the clinic's.
    pub fn clear(&self, settings: &Settings) {
        *lock(&self.all) = built_in::all(settings);
        lock(&self.graves).clear();
    }

    /// All of an account.
    pub fn of(&self, waba: &str) -> Vec<Template> {
        lock(&self.all).iter().filter(|known| known.waba == waba).cloned().collect()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Template> {
        lock(&self.all).clone()
    }

    /// The one with this name and language.
    pub fn find(&self, waba: &str, name: &str, language: &str) -> Option<Template> {
        let wanted = |known: &&Template| {
            known.waba == waba && known.field("name") == name && known.field("language") == language
        };
        lock(&self.all).iter().find(wanted).cloned()
    }

    /// The one with this id.
    pub fn with_id(&self, id: &str) -> Option<Template> {
        lock(&self.all).iter().find(|known| known.field("id") == id).cloned()
    }

    /// One more.
    pub fn add(&self, template: Template) {
        lock(&self.all).push(template);
    }

    /// Change the one with this id; answers how it stands then.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut Template)) -> Option<Template> {
        let mut all = lock(&self.all);
        let found = all.iter_mut().find(|known| known.field("id") == id)?;
        change(found);
        Some(found.clone())
    }

    /// Take one away for good; its name is blocked for a while if it had been approved.
    pub fn bury(&self, id: &str, approved: bool, age: DateTime<Utc>) -> Option<Template> {
        let mut all = lock(&self.all);
        let place = all.iter().position(|known| known.field("id") == id)?;
        let gone = all.remove(place);
        if approved {
            lock(&self.graves).push(Grave {
                waba: gone.waba.clone(),
                name: gone.field("name").to_owned(),
                language: gone.field("language").to_owned(),
                until: age + BLOCKED,
            });
        }
        Some(gone)
    }

    /// Whether a name and language can't be used again yet.
    pub fn blocked(&self, waba: &str, name: &str, language: &str, age: DateTime<Utc>) -> bool {
        lock(&self.graves).iter().any(|grave| {
            grave.waba == waba && grave.name == name && grave.language == language && grave.until > age
        })
    }

    /// Copy the good ones of an account to another, as new ones of unknown quality (whatsapp-cloud.md §7.3, §8.5).
    pub fn copy(&self, from: &str, to: &str, at: DateTime<Utc>) {
        let mut all = lock(&self.all);
        let good = all.iter().filter(|known| {
            let score = known.value["quality_score"]["score"].as_str().unwrap_or("UNKNOWN");
            known.waba == from && known.field("status") == "APPROVED" && ["GREEN", "UNKNOWN"].contains(&score)
        });
        let mut copies: Vec<Template> = good.cloned().collect();
        for (index, copy) in copies.iter_mut().enumerate() {
            let number = u64::try_from(at.timestamp_micros()).unwrap_or_default() * 10
                + u64::try_from(index).unwrap_or_default();
            copy.value["id"] = json!(number.to_string());
            copy.value["quality_score"] = json!({ "score": "UNKNOWN", "date": at.timestamp() });
            to.clone_into(&mut copy.waba);
        }
        all.extend(copies);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_knows_its_variables_in_every_language() {
        let templates = Templates::new(&Settings::default());
        for language in ["es", "pt_BR", "en"] {
            let reminder = templates.find("100000000000001", "recordatorio_cita", language).unwrap();
            assert_eq!(reminder.names("BODY"), ["1", "2", "3"]);
            let text = reminder.text("BODY", &["Ada".into(), "lunes".into(), "9:30".into()]).unwrap();
            assert!(text.contains("Ada") && !text.contains("{{"), "{text}");
        }
        assert!(templates.find("100000000000001", "recordatorio_cita", "fr").is_none());
    }

    #[test]
    fn a_deleted_name_rests_for_thirty_days() {
        let templates = Templates::new(&Settings::default());
        let now = DateTime::UNIX_EPOCH;
        let id = templates.find("100000000000001", "recordatorio_cita", "es").unwrap().field("id").to_owned();
        templates.bury(&id, true, now);
        let blocked = |days| {
            templates.blocked("100000000000001", "recordatorio_cita", "es", now + TimeDelta::days(days))
        };
        assert!(blocked(29) && !blocked(30));
    }
}
