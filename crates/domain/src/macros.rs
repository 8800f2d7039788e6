//! Macros: text with places that are filled from a conversation, and what is done with it. On screen: «respuesta rápida».

use serde::{Deserialize, Serialize};

use crate::{Attribute, OutcomeId, QueueId, conversation::Urgency};

/// The longest text, in characters: no channel takes more.
pub const LONGEST: usize = 4_096;
/// For no more hours is a conversation put aside: a year.
pub const LONGEST_ASIDE: u32 = 365 * 24;
/// Places that every conversation has something for, but where a name is not known.
pub const PLACES: [&str; 6] =
    ["contact.first_name", "contact.name", "agent.first_name", "agent.name", "queue", "channel"];
/// What stands before the key of a contact's field.
pub const FIELD: &str = "attribute.";

/// What a macro does to the conversation, after its text is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Write a note.
    Note {
        /// What it says; places in it are filled too.
        body: String,
    },
    /// Put a tag on the conversation.
    Tag {
        /// Which.
        tag: String,
    },
    /// Say how urgent it is.
    Prioritize {
        /// How urgent.
        urgency: Urgency,
    },
    /// Hand the conversation to a queue.
    Transfer {
        /// Which.
        queue: QueueId,
    },
    /// Put it aside until the customer answers, or so many hours if that comes first.
    Snooze {
        /// How many; `None`: however long it takes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<u32>,
    },
    /// Close it.
    Close {
        /// With what.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<OutcomeId>,
    },
}

/// Why actions can't be those of one macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// A conversation is handed on, put aside or closed; whoever has given it away can't do the others.
    TwoEnds,
    /// Nothing is put aside for no time, or for more than [`LONGEST_ASIDE`].
    Aside,
}

/// What of these actions can't be done, or can't be done together.
#[must_use]
pub fn clash(actions: &[Action]) -> Option<Clash> {
    let ends = |action: &&Action| {
        matches!(action, Action::Transfer { .. } | Action::Snooze { .. } | Action::Close { .. })
    };
    if actions.iter().filter(ends).count() > 1 {
        return Some(Clash::TwoEnds);
    }
    let bad = |action: &Action| matches!(action, Action::Snooze { hours: Some(hours) } if *hours == 0 || *hours > LONGEST_ASIDE);
    actions.iter().any(bad).then_some(Clash::Aside)
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// A place, by its name, and as it is written: `{{contact.name}}`.
    Place(&'a str, &'a str),
}

/// The pieces of a text, in order. Braces without a counterpart are words.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((name, after)) = behind.split_once("}}") else { break };
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        let written = &rest[before.len()..rest.len() - after.len()];
        pieces.push(Piece::Place(name.trim(), written));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// A piece of a filled text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", content = "text", rename_all = "snake_case")]
pub enum Filled {
    /// Words of the macro.
    Words(String),
    /// What stands in a place.
    Value(String),
    /// A place that nothing is known for, as it is written: whoever sends it fills it first.
    Missing(String),
}

impl Filled {
    /// As it stands in the text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Words(text) | Self::Value(text) | Self::Missing(text) => text,
        }
    }
}

/// A text with its places filled.
#[must_use]
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Vec<Filled> {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => Filled::Words(words.to_owned()),
            Piece::Place(name, written) => match value(name).filter(|value| !value.trim().is_empty()) {
                Some(value) => Filled::Value(value),
                None => Filled::Missing(written.to_owned()),
            },
        })
        .collect()
}

/// Places of a text that no conversation could fill: neither [`PLACES`] nor fields there are.
#[must_use]
pub fn unknown<'a>(text: &'a str, fields: &[Attribute]) -> Vec<&'a str> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Place(name, _) => Some(name),
            Piece::Words(_) => None,
        })
        .filter(|name| {
            let field = name.strip_prefix(FIELD);
            !PLACES.contains(name) && !field.is_some_and(|key| fields.iter().any(|one| one.key == key))
        })
        .collect()
}

/// The name somebody typed as it is kept and typed after `/`: small letters, figures and dashes.
#[must_use]
pub fn name_from(typed: &str) -> Option<String> {
    Some(Attribute::key_from(typed.trim().trim_start_matches('/'))?.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lucia(place: &str) -> Option<String> {
        match place {
            "contact.first_name" => Some("Lucía".to_owned()),
            "queue" => Some(" ".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn places_are_filled_and_what_nothing_is_known_of_stays_to_be_seen() {
        let filled = fill("Hola, {{ contact.first_name }}: {{queue}} {{atribute.dni}}.", lucia);
        assert_eq!(
            filled,
            [
                Filled::Words("Hola, ".to_owned()),
                Filled::Value("Lucía".to_owned()),
                Filled::Words(": ".to_owned()),
                Filled::Missing("{{queue}}".to_owned()),
                Filled::Words(" ".to_owned()),
                Filled::Missing("{{atribute.dni}}".to_owned()),
                Filled::Words(".".to_owned()),
            ]
        );
    }

    #[test]
    fn a_value_is_no_place_again_and_lone_braces_are_words() {
        let text: String = fill("{{x}}", |_| Some("{{queue}}".to_owned())).iter().map(Filled::text).collect();
        assert_eq!(text, "{{queue}}");
        assert_eq!(pieces("a {{ b"), [Piece::Words("a {{ b")]);
        assert_eq!(pieces("a }} b"), [Piece::Words("a }} b")]);
        assert!(pieces("").is_empty());
    }

    #[test]
    fn a_conversation_ends_in_one_way() {
        let (close, aside) = (Action::Close { outcome: None }, |hours| Action::Snooze { hours });
        assert_eq!(clash(&[Action::Tag { tag: "vip".to_owned() }, close.clone()]), None);
        assert_eq!(clash(&[aside(None), close]), Some(Clash::TwoEnds));
        assert_eq!(clash(&[aside(Some(LONGEST_ASIDE))]), None);
        for hours in [0, LONGEST_ASIDE + 1, u32::MAX] {
            assert_eq!(clash(&[aside(Some(hours))]), Some(Clash::Aside));
        }
    }

    #[test]
    fn closing_as_it_was_kept_before_there_were_outcomes_is_closing_with_none() {
        let kept: Action = serde_json::from_str(r#"{"do":"close"}"#).unwrap();
        assert_eq!(kept, Action::Close { outcome: None });
    }

    #[test]
    fn a_name_is_what_can_be_typed_after_a_slash() {
        assert_eq!(name_from("/Pago en cuotas").as_deref(), Some("pago-en-cuotas"));
        assert_eq!(name_from("Dirección").as_deref(), Some("direccion"));
        assert_eq!(name_from("  "), None);
    }

    #[test]
    fn places_that_nothing_could_ever_fill_are_told_to_whoever_writes_it() {
        assert_eq!(
            unknown("{{contact.name}} {{contact.nombre}} {{attribute.dni}}", &[]),
            ["contact.nombre", "attribute.dni"]
        );
    }
}
