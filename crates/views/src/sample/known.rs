//! What is known of a contact, and from whom.

use chrono::TimeDelta;
use domain::collected::Collector;

use super::{attributes, now};
use crate::known::{CollectedValue, Collection, FieldLine, FieldOrigin, Hidden, Said, Whom, hide};

/// The company's fields of the contact, and from whom they are.
pub(super) fn fields(masked: bool) -> Vec<FieldLine> {
    let values = ["Oro", "123456785", "1990-05-23", "true", "https://ficha.example/7"];
    let by = [
        Some(Whom::Collected(Collector::Form, "Admisión".to_owned())),
        Some(Whom::Person("Valeria Quispe".to_owned())),
        None,
        None,
        None,
    ];
    let lines = attributes().into_iter().zip(values).zip(by);
    lines
        .map(|((attribute, value), from)| {
            let hidden = match (attribute.sensitive, masked) {
                (false, _) => Hidden::No,
                (true, false) => Hidden::UntilAsked,
                (true, true) => Hidden::Always,
            };
            let value = if hidden == Hidden::No { value.to_owned() } else { hide(value) };
            let origin = from.map(|from| FieldOrigin { from, at: now() - TimeDelta::days(3) });
            FieldLine { attribute, value, hidden, origin }
        })
        .collect()
}

/// What a bot was told in the conversation, with a field it filled and a value that somebody corrected.
pub(super) fn collected(masked: bool) -> Vec<Collection> {
    let said = |key: &str, name: &str, value: &str| Said {
        key: key.to_owned(),
        name: Some(name.to_owned()),
        value: value.to_owned(),
        hidden: Hidden::No,
        corrected_by: None,
    };
    let mut place = fields(masked).remove(0);
    place.attribute.name = "Seguro".to_owned();
    place.value = "Rímac EPS".to_owned();
    place.origin = Some(FieldOrigin {
        from: Whom::Collected(Collector::Bot, "Sonri".to_owned()),
        at: now() - TimeDelta::days(1),
    });
    let hidden = if masked { Hidden::Always } else { Hidden::UntilAsked };
    let email = Said { name: None, ..said("email", "", "a@b.co") };
    vec![
        Collection {
            by: Collector::Bot,
            name: "Sonri".to_owned(),
            at: now() - TimeDelta::days(1),
            values: vec![
                CollectedValue::Field(place),
                CollectedValue::Said(said("motivo", "Motivo", "Dolor en muela inferior derecha")),
                CollectedValue::Said(Said {
                    corrected_by: Some("Valeria Quispe".to_owned()),
                    ..said("sede", "Sede", "Miraflores")
                }),
                CollectedValue::Said(Said { hidden, ..said("doc", "Documento", "1••••218") }),
            ],
        },
        Collection {
            by: Collector::Form,
            name: "flow".to_owned(),
            at: now() - TimeDelta::hours(2),
            values: vec![CollectedValue::Said(email)],
        },
    ]
}
