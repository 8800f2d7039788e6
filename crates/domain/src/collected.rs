//! What is known of a contact, and from whom: written by people, or collected by a bot, a form or an import.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AttributeKind, ConversationId, PersonId,
    attribute::{Fault, LONGEST_VALUE},
    words::words,
};

/// A key or a question has no more characters.
pub const LONGEST_QUESTION: usize = 60;
/// No more answers are taken from one form.
pub const MOST_ANSWERS: usize = 40;

words! {
    /// What collects values without a person at it.
    Collector {
        /// A bot that asked in the conversation.
        Bot = "bot",
        /// A form that the customer filled in.
        Form = "form",
        /// A list that was read in, or another program.
        Import = "import",
    }
}

/// From whom a value is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// Somebody wrote it.
    Person {
        /// Who.
        person: PersonId,
    },
    /// It was collected in a conversation.
    Collected {
        /// By what.
        by: Collector,
        /// What that is called.
        name: String,
        /// In which conversation.
        conversation: ConversationId,
    },
}

/// From whom a value of a contact is, and since when. Values from before that was kept have none: people wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// From whom.
    #[serde(flatten)]
    pub source: Source,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Where a collected value belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Into the contact's field, in its one spelling.
    Contact(String),
    /// It stays the conversation's, as it was said.
    Conversation(String),
    /// There is nothing to keep: it is empty, or stands there already.
    Nowhere,
}

/// Where a collected value belongs, and what is wrong with it for the field that it names. What people wrote stays, whatever
/// is collected, and nothing that a customer said is lost: what can't stand in the field is the conversation's.
#[must_use]
pub fn place(
    field: Option<&AttributeKind>,
    standing: Option<(&str, Option<&Origin>)>,
    said: &str,
) -> (Place, Option<Fault>) {
    let said = tidy(said, LONGEST_VALUE);
    if said.is_empty() {
        return (Place::Nowhere, None);
    }
    let Some(kind) = field else { return (Place::Conversation(said), None) };
    let value = match kind.normalise(&said) {
        Ok(Some(value)) => value,
        Ok(None) => return (Place::Nowhere, None),
        Err(fault) => return (Place::Conversation(said), Some(fault)),
    };
    let place = match standing {
        None => Place::Contact(value),
        Some((stands, _)) if stands == value => Place::Nowhere,
        Some((_, Some(Origin { source: Source::Collected { .. }, .. }))) => Place::Contact(value),
        Some(_) => Place::Conversation(value),
    };
    (place, None)
}

/// The answers of a filled form, by the name of its question; those of an address stand one level deeper
/// (whatsapp-cloud.md §2.3). What the vendor adds for itself is left out.
#[must_use]
pub fn answers(form: &Value) -> Vec<(&str, String)> {
    let Value::Object(map) = form else { return Vec::new() };
    let mut answers = Vec::with_capacity(map.len());
    for (key, value) in map {
        match value {
            Value::Object(inner) if key == "values" => {
                answers.extend(inner.iter().map(|(key, value)| (key.as_str(), plain(value))));
            }
            _ if matches!(key.as_str(), "flow_token" | "saved_address_id") => {}
            value => answers.push((key.as_str(), plain(value))),
        }
    }
    answers
}

/// A value of a form as one reads it.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    }
}

/// One line without blanks around it, `most` characters at most.
#[must_use]
pub fn tidy(text: &str, most: usize) -> String {
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect();
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn origin(source: Source) -> Origin {
        Origin { source, at: DateTime::UNIX_EPOCH }
    }

    fn by_sonri() -> Origin {
        let name = "Sonri".to_owned();
        origin(Source::Collected { by: Collector::Bot, name, conversation: ConversationId::new() })
    }

    #[test]
    fn what_names_a_field_fills_it_and_the_rest_is_the_conversations() {
        let number = AttributeKind::Number;
        assert_eq!(place(Some(&number), None, " 041 "), (Place::Contact("41".to_owned()), None));
        assert_eq!(
            place(None, None, "Dolor\nde muela "),
            (Place::Conversation("Dolor de muela".to_owned()), None)
        );
        assert_eq!(place(None, None, " \n"), (Place::Nowhere, None));
    }

    #[test]
    fn what_people_wrote_stays_and_what_was_collected_is_renewed() {
        let text = AttributeKind::Text;
        let person = origin(Source::Person { person: PersonId::new() });
        let beside = (Place::Conversation("Surco".to_owned()), None);
        assert_eq!(place(Some(&text), Some(("Miraflores", Some(&person))), "Surco"), beside);
        assert_eq!(
            place(Some(&text), Some(("Miraflores", None)), "Surco"),
            beside,
            "from before that was kept"
        );
        let renewed = place(Some(&text), Some(("Miraflores", Some(&by_sonri()))), "Surco");
        assert_eq!(renewed, (Place::Contact("Surco".to_owned()), None));
        assert_eq!(place(Some(&text), Some(("Surco", Some(&person))), "Surco"), (Place::Nowhere, None));
    }

    #[test]
    fn what_can_not_stand_in_its_field_is_told_and_not_lost() {
        let (place, fault) = place(Some(&AttributeKind::Number), None, "muchos");
        assert_eq!((place, fault), (Place::Conversation("muchos".to_owned()), Some(Fault::NoNumber)));
    }

    #[test]
    fn a_form_answers_its_questions() {
        let form = json!({"flow_token": "t1", "sede": "Surco", "horas": ["9", "10"], "otro": null,
            "values": {"city": "Lima"}});
        let all: Vec<(&str, String)> = answers(&form);
        let told = |key| all.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str());
        assert_eq!((told("sede"), told("horas"), told("city")), (Some("Surco"), Some("9, 10"), Some("Lima")));
        assert_eq!((told("otro"), told("flow_token")), (Some(""), None));
        assert!(answers(&json!("no form")).is_empty());
    }

    #[test]
    fn an_origin_reads_as_it_was_written() {
        for one in [by_sonri(), origin(Source::Person { person: PersonId::new() })] {
            let json = serde_json::to_value(&one).unwrap();
            assert_eq!(serde_json::from_value::<Origin>(json).unwrap(), one);
        }
    }
}
