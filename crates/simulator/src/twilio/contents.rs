//! Contents: Twilio's templates, and their approval by WhatsApp (twilio.md §8).

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::errors::Refusal;
use crate::{
    built_in,
    settings::Settings,
    sim::lock,
    templates::{Template, names},
};

/// Types of contents.
const TYPES: [&str; 14] = [
    "twilio/text",
    "twilio/media",
    "twilio/location",
    "twilio/quick-reply",
    "twilio/list-picker",
    "twilio/call-to-action",
    "twilio/card",
    "twilio/carousel",
    "twilio/catalog",
    "twilio/flows",
    "twilio/schedule",
    "whatsapp/card",
    "whatsapp/authentication",
    "whatsapp/flows",
];

/// A request for approval.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Name at WhatsApp.
    pub name: String,
    /// `UTILITY`, `MARKETING`, `AUTHENTICATION`.
    pub category: String,
    /// `received`, `pending`, `approved`, `rejected`, `paused`, `disabled`.
    pub status: String,
    /// Why it was rejected.
    pub reason: String,
    /// Meta may choose another category.
    pub allow_category_change: bool,
}

/// A content.
#[derive(Debug, Clone)]
pub struct Content {
    /// `HX…`
    pub sid: String,
    /// Name at Twilio.
    pub name: String,
    /// Language.
    pub language: String,
    /// Samples of the variables.
    pub variables: Map<String, Value>,
    /// Its shapes, by type.
    pub types: Map<String, Value>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub updated: DateTime<Utc>,
    /// Its approval, once asked for.
    pub approval: Option<Approval>,
}

impl Content {
    /// The type WhatsApp gets: the richest there is.
    pub fn kind(&self) -> &str {
        let rank = |kind: &str| TYPES.iter().position(|known| *known == kind).unwrap_or_default();
        self.types.keys().map(String::as_str).max_by_key(|kind| rank(kind)).unwrap_or("twilio/text")
    }

    /// The shape of the type WhatsApp gets.
    pub fn shape(&self) -> &Value {
        self.types.get(self.kind()).unwrap_or(&Value::Null)
    }

    /// Its text: the body, or what stands for it.
    pub fn body(&self) -> &str {
        let shape = self.shape();
        shape["body"].as_str().or_else(|| shape["title"].as_str()).unwrap_or_default()
    }

    /// A text of it with values in place; what is not given stands as in the sample.
    pub fn fill(&self, text: &str, values: &Map<String, Value>) -> String {
        let mut filled = text.to_owned();
        for name in names(text) {
            let value = values.get(&name).or_else(|| self.variables.get(&name)).and_then(Value::as_str);
            filled = filled.replace(&format!("{{{{{name}}}}}"), value.unwrap_or_default());
        }
        filled
    }

    /// Whether it may be sent to somebody who has not written.
    pub fn approved(&self) -> bool {
        self.approval.as_ref().is_some_and(|approval| approval.status == "approved")
    }

    /// The request for approval as the API shows it.
    pub fn approval_shape(&self) -> Value {
        match &self.approval {
            None => json!({
                "type": "whatsapp", "name": "", "category": "", "content_type": self.kind(),
                "status": "unsubmitted", "rejection_reason": "", "allow_category_change": true,
            }),
            Some(approval) => json!({
                "type": "whatsapp", "name": approval.name, "category": approval.category,
                "content_type": self.kind(), "status": approval.status, "rejection_reason": approval.reason,
                "allow_category_change": approval.allow_category_change,
            }),
        }
    }
}

/// All contents, oldest first.
pub struct Contents(Mutex<Vec<Content>>);

impl Contents {
    /// The clinic's templates, approved.
    pub fn new(settings: &Settings) -> Self {
        Self(Mutex::new(seeds(settings)))
    }

    /// Back to the clinic's.
    pub fn clear(&self, settings: &Settings) {
        *lock(&self.0) = seeds(settings);
    }

    /// All of them.
    pub fn all(&self) -> Vec<Content> {
        lock(&self.0).clone()
    }

    /// The one with this id.
    pub fn find(&self, sid: &str) -> Option<Content> {
        lock(&self.0).iter().find(|content| content.sid == sid).cloned()
    }

    /// One more.
    pub fn add(&self, content: Content) {
        lock(&self.0).push(content);
    }

    /// Change one; answers how it stands then.
    pub fn change(&self, sid: &str, change: impl FnOnce(&mut Content)) -> Option<Content> {
        let mut all = lock(&self.0);
        let found = all.iter_mut().find(|content| content.sid == sid)?;
        change(found);
        Some(found.clone())
    }

    /// Take one away; answers whether it was there.
    pub fn remove(&self, sid: &str) -> bool {
        let mut all = lock(&self.0);
        let before = all.len();
        all.retain(|content| content.sid != sid);
        all.len() < before
    }
}

fn seeds(settings: &Settings) -> Vec<Content> {
    let mut all = built_in::all(settings);
    let first = all.first().map(|template| template.waba.clone());
    all.retain(|template| Some(&template.waba) == first.as_ref());
    all.iter().map(seed).collect()
}

/// A template of Meta's as Twilio keeps it; its id is made from Meta's, so that it never changes.
fn seed(template: &Template) -> Content {
    let made = DateTime::from_timestamp(1_793_534_400, 0).unwrap_or_default();
    let example = template.component("BODY").and_then(|body| body["example"]["body_text"][0].as_array());
    let variables = (1..)
        .zip(example.into_iter().flatten())
        .map(|(index, one): (u32, &Value)| (index.to_string(), one.clone()));
    let actions: Vec<Value> = template
        .buttons()
        .iter()
        .map(|button| json!({ "type": "QUICK_REPLY", "title": button["text"], "id": button["text"] }))
        .collect();
    let mut types = Map::new();
    let body = template.component("BODY").map(|body| body["text"].clone());
    types.insert("twilio/quick-reply".to_owned(), json!({ "body": body, "actions": actions }));
    Content {
        sid: format!("HX{:032x}", template.number()),
        name: template.field("name").to_owned(),
        language: template.field("language").to_owned(),
        variables: variables.collect(),
        types,
        created: made,
        updated: made,
        approval: Some(Approval {
            name: template.field("name").to_owned(),
            category: template.field("category").to_owned(),
            status: "approved".to_owned(),
            reason: String::new(),
            allow_category_change: false,
        }),
    }
}

fn wrong(why: impl Into<String>) -> Refusal {
    Refusal::new(20_001, why)
}

/// What a content says.
pub struct Draft {
    /// Name at Twilio.
    pub name: String,
    /// Language.
    pub language: String,
    /// Samples of the variables.
    pub variables: Map<String, Value>,
    /// Its shapes, by type.
    pub types: Map<String, Value>,
}

/// What a content says, if it is whole.
pub fn check(given: &Map<String, Value>) -> Result<Draft, Refusal> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let language = text("language");
    if !(2..=7).contains(&language.len()) {
        return Err(wrong("language is required: a language code such as es or pt_BR"));
    }
    let types = given.get("types").and_then(Value::as_object).filter(|types| !types.is_empty());
    let types = types.ok_or_else(|| wrong("types is required: at least one content type"))?;
    let variables = match given.get("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(variables)) if variables.values().all(Value::is_string) => variables.clone(),
        Some(_) => return Err(wrong("variables must be an object of strings")),
    };
    for (kind, shape) in types {
        check_type(kind, shape)?;
    }
    Ok(Draft { name: text("friendly_name"), language, variables, types: types.clone() })
}

fn check_type(kind: &str, shape: &Value) -> Result<(), Refusal> {
    if !TYPES.contains(&kind) {
        return Err(wrong(format!("types has no content type {kind}")));
    }
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let needs = |name: &str, most: usize| match length(&shape[name]) {
        0 => Err(wrong(format!("{kind}: {name} is required"))),
        length if length > most => Err(wrong(format!("{kind}: {name} has more than {most} characters"))),
        _ => Ok(()),
    };
    let list = |name: &str| shape[name].as_array().map(Vec::as_slice).unwrap_or_default();
    match kind {
        "twilio/text" => needs("body", 1_600),
        "twilio/media" if list("media").is_empty() => Err(wrong("twilio/media: media is required")),
        "twilio/location" => {
            let number = |name: &str| {
                shape[name].is_number()
                    || shape[name].as_str().is_some_and(|text| text.parse::<f64>().is_ok())
            };
            if number("latitude") && number("longitude") {
                Ok(())
            } else {
                Err(wrong("twilio/location: latitude and longitude are required"))
            }
        }
        "twilio/quick-reply" => {
            needs("body", 1_024)?;
            let actions = list("actions");
            if !(1..=10).contains(&actions.len()) {
                return Err(wrong("twilio/quick-reply: between 1 and 10 actions"));
            }
            if actions.iter().any(|action| !(1..=25).contains(&length(&action["title"]))) {
                return Err(wrong("twilio/quick-reply: a title has between 1 and 25 characters"));
            }
            Ok(())
        }
        "twilio/list-picker" => {
            needs("body", 1_024)?;
            needs("button", 20)?;
            let items = list("items");
            if !(1..=10).contains(&items.len()) {
                return Err(wrong("twilio/list-picker: between 1 and 10 items"));
            }
            let fits = |item: &Value| {
                (1..=24).contains(&length(&item["item"]))
                    && (1..=200).contains(&length(&item["id"]))
                    && length(&item["description"]) <= 72
            };
            if items.iter().all(fits) {
                Ok(())
            } else {
                Err(wrong("twilio/list-picker: item has at most 24 characters, id 200, description 72"))
            }
        }
        "twilio/call-to-action" => {
            needs("body", 1_600)?;
            let known = ["URL", "PHONE_NUMBER", "COPY_CODE", "VOICE_CALL", "VOICE_CALL_REQUEST"];
            let actions = list("actions");
            let fits = |action: &Value| action["type"].as_str().is_some_and(|kind| known.contains(&kind));
            if !actions.is_empty() && actions.iter().all(fits) {
                Ok(())
            } else {
                Err(wrong("twilio/call-to-action: actions of a known type are required"))
            }
        }
        "whatsapp/card" => needs("body", 1_600),
        "whatsapp/authentication" if list("actions").is_empty() => {
            Err(wrong("whatsapp/authentication: actions is required"))
        }
        _ => Ok(()),
    }
}

/// Why WhatsApp would not approve it, if it would not.
pub fn flaw(content: &Content) -> Option<String> {
    let body = content.body().trim();
    if body.starts_with("{{") || body.ends_with("}}") {
        return Some("Variables can't be at the start or end of the template.".to_owned());
    }
    let bare = names(body).into_iter().find(|name| {
        content.variables.get(name).and_then(Value::as_str).is_none_or(|sample| sample.trim().is_empty())
    });
    bare.map(|name| format!("The variable {{{{{name}}}}} has no sample value."))
}
