//! A template with its values: what is sent, and how it reads.

use serde::{Deserialize, Serialize};

use super::{
    Button, ButtonValue, ButtonValueKind, Definition, Format, Header, HeaderValue, META, Obstacle, Shown,
    Status, TemplateMessage, Value, may_be_sent,
    places::{places, render},
};
use crate::TemplateId;

/// The longest thing that comes back when a button is tapped (whatsapp-cloud.md §5.3, as for the ids of buttons).
const LONGEST_PAYLOAD: usize = 256;

/// A template that somebody wants to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Sendable {
    /// Our row of it.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Its category.
    pub category: String,
    /// Its status.
    pub status: Status,
    /// How its places are named.
    pub format: Format,
    /// What it consists of.
    pub definition: Definition,
    /// The vendor's id, where it is sent by that (Twilio).
    pub content_sid: Option<String>,
}

/// What fills it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filling {
    /// The header.
    pub header: Option<HeaderValue>,
    /// The text: by name, or in order where places are counted.
    pub body: Vec<Value>,
    /// The buttons.
    pub buttons: Vec<ButtonValue>,
}

/// Why it can't be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfilled {
    /// It may not be sent.
    Obstacle(Obstacle),
    /// Values are missing or unusable.
    Values(Vec<ValueFlaw>),
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "flaw", rename_all = "snake_case")]
pub enum ValueFlaw {
    /// The header has none, or one of another kind.
    Header,
    /// A place has none.
    Missing {
        /// Which; `header` and `button.N` for those outside the text.
        place: String,
    },
    /// There are values for places that are not there.
    TooMany {
        /// How many places there are.
        places: usize,
    },
    /// A value has line breaks, tabs or more than four blanks in a row: the vendor refuses the message.
    Spaces {
        /// Which.
        place: String,
    },
    /// A value is too long.
    TooLong {
        /// Which; `body` for the text as a whole.
        place: String,
        /// Its characters.
        length: usize,
        /// The limit.
        most: usize,
    },
    /// A value is not what it should be.
    Malformed {
        /// Which.
        place: String,
    },
}

/// Fills a template: the message, checked, with `shown` as the customer reads it.
///
/// # Errors
/// Why it may not be sent, or all that is wrong with the values.
pub fn fill(template: &Sendable, with: &Filling) -> Result<TemplateMessage, Unfilled> {
    may_be_sent(&template.status, &template.definition).map_err(Unfilled::Obstacle)?;
    let mut flaws = Vec::new();
    let definition = &template.definition;
    let body = body(template, &with.body, &mut flaws);
    // Twilio counts places through all parts and fills them with the same values; its files are its own.
    let (header, buttons) = if template.content_sid.is_some() {
        (None, Vec::new())
    } else {
        (
            header(definition.header.as_ref(), with.header.as_ref(), &mut flaws),
            buttons(definition, &body, &with.buttons, &mut flaws),
        )
    };
    let text = written(&definition.body.text, &body);
    let length = text.chars().count();
    let most = META.body.most;
    if length > most && !definition.is_code() {
        flaws.push(ValueFlaw::TooLong { place: "body".to_owned(), length, most });
    }
    if !flaws.is_empty() {
        return Err(Unfilled::Values(flaws));
    }
    let shown = Shown {
        header: match (&definition.header, &header) {
            (Some(Header::Text(words)), Some(HeaderValue::Text(value))) => {
                Some(render(&words.text, |_| Some(&value.text)))
            }
            (Some(Header::Text(words)), _) => Some(written(&words.text, &body)),
            _ => None,
        },
        body: text,
        footer: definition.footer.clone(),
        buttons: definition
            .buttons
            .iter()
            .map(|button| button.label().unwrap_or_default().to_owned())
            .collect(),
    };
    Ok(TemplateMessage {
        template: Some(template.id),
        name: template.name.clone(),
        language: template.language.clone(),
        category: Some(template.category.clone()).filter(|category| !category.is_empty()),
        content_sid: template.content_sid.clone(),
        header,
        body,
        buttons,
        shown,
    })
}

/// The text with its values.
fn written(text: &str, values: &[Value]) -> String {
    render(text, |name| value_of(values, name).map(|value| value.text.as_str()))
}

fn value_of<'v>(values: &'v [Value], name: &str) -> Option<&'v Value> {
    let by_name = values.iter().find(|value| value.name.as_deref() == Some(name));
    by_name.or_else(|| {
        let at = name.parse::<usize>().ok()?.checked_sub(1)?;
        values.get(at).filter(|value| value.name.is_none())
    })
}

fn body(template: &Sendable, given: &[Value], flaws: &mut Vec<ValueFlaw>) -> Vec<Value> {
    let definition = &template.definition;
    let mut wanted: Vec<&str> = definition.body.places();
    wanted.extend(definition.elsewhere.iter().filter_map(|value| value.name.as_deref()));
    // Of a code the vendor's text may not be known; there is always the code.
    if definition.is_code() && wanted.is_empty() {
        wanted.push("1");
    }
    if given.len() > wanted.len() {
        flaws.push(ValueFlaw::TooMany { places: wanted.len() });
    }
    // Twilio is told the number of each place, Meta only their order.
    let by_name = template.format == Format::Named || template.content_sid.is_some();
    let mut values = Vec::new();
    for name in wanted {
        let text = value_of(given, name).map(|value| value.text.trim()).unwrap_or_default();
        let place = name.to_owned();
        if text.is_empty() {
            flaws.push(ValueFlaw::Missing { place });
        } else if spaced(text) {
            flaws.push(ValueFlaw::Spaces { place });
        } else if definition.is_code() {
            let (length, most) = (text.chars().count(), META.one_time_code.most);
            if length > most {
                flaws.push(ValueFlaw::TooLong { place, length, most });
            }
        }
        values.push(Value { name: by_name.then(|| name.to_owned()), text: text.to_owned() });
    }
    values
}

/// Whether the vendor refuses a value for its blanks: line breaks, tabs, more than four in a row.
fn spaced(text: &str) -> bool {
    text.contains(['\n', '\r', '\t', '\0']) || text.contains("     ")
}

fn header(
    header: Option<&Header>,
    given: Option<&HeaderValue>,
    flaws: &mut Vec<ValueFlaw>,
) -> Option<HeaderValue> {
    let place = || "header".to_owned();
    match (header?, given) {
        (Header::Text(words), given) => {
            let name = *words.places().first()?;
            let Some(HeaderValue::Text(value)) = given.filter(|_| given.is_some()) else {
                flaws.push(ValueFlaw::Missing { place: place() });
                return None;
            };
            let text = value.text.trim();
            if text.is_empty() {
                flaws.push(ValueFlaw::Missing { place: place() });
            } else if spaced(text) {
                flaws.push(ValueFlaw::Spaces { place: place() });
            } else {
                let length = render(&words.text, |_| Some(text)).chars().count();
                if length > META.header.most {
                    flaws.push(ValueFlaw::TooLong { place: place(), length, most: META.header.most });
                }
            }
            let name = name.parse::<usize>().is_err().then(|| name.to_owned());
            Some(HeaderValue::Text(Value { name, text: text.to_owned() }))
        }
        (Header::Image { .. }, Some(HeaderValue::Image(file)))
        | (Header::Video { .. }, Some(HeaderValue::Video(file)))
        | (Header::Document { .. }, Some(HeaderValue::Document(file))) => {
            if file.file.is_none() && file.url.is_none() && file.vendor_media_id.is_none() {
                flaws.push(ValueFlaw::Missing { place: place() });
            }
            given.cloned()
        }
        (Header::Location, Some(HeaderValue::Location { latitude, longitude, name, address })) => {
            let within =
                |text: &str, most: f64| text.trim().parse::<f64>().is_ok_and(|degrees| degrees.abs() <= most);
            if !within(latitude, 90.0) || !within(longitude, 180.0) {
                flaws.push(ValueFlaw::Malformed { place: place() });
            } else if name.trim().is_empty() || address.trim().is_empty() {
                flaws.push(ValueFlaw::Missing { place: place() });
            }
            given.cloned()
        }
        (Header::Other { .. }, _) => None,
        _ => {
            flaws.push(ValueFlaw::Header);
            None
        }
    }
}

fn buttons(
    definition: &Definition,
    body: &[Value],
    given: &[ButtonValue],
    flaws: &mut Vec<ValueFlaw>,
) -> Vec<ButtonValue> {
    let mut values = Vec::new();
    for (index, button) in (0_u8..).zip(&definition.buttons) {
        let place = || format!("button.{index}");
        let text = given.iter().find(|value| value.index == index).map(|value| value.text.trim());
        let text = text.filter(|text| !text.is_empty());
        let (kind, needed, most) = match button {
            Button::QuickReply { .. } => (ButtonValueKind::QuickReply, false, LONGEST_PAYLOAD),
            Button::Url { url, .. } if !places(url).is_empty() => {
                let fixed = url.chars().count().saturating_sub("{{1}}".len());
                (ButtonValueKind::Url, true, META.url.most.saturating_sub(fixed))
            }
            Button::CopyCode { .. } => (ButtonValueKind::CopyCode, true, META.coupon.most),
            Button::Flow { .. } => (ButtonValueKind::Flow, false, LONGEST_PAYLOAD),
            Button::OneTimeCode { .. } => {
                // The code goes twice: into the text and into its button (whatsapp-cloud.md §5.4).
                let code = body.first().map(|value| value.text.clone()).unwrap_or_default();
                values.push(ButtonValue { index, kind: ButtonValueKind::Url, text: code });
                continue;
            }
            _ => continue,
        };
        let Some(text) = text else {
            if needed {
                flaws.push(ValueFlaw::Missing { place: place() });
            }
            continue;
        };
        let length = text.chars().count();
        if length > most {
            flaws.push(ValueFlaw::TooLong { place: place(), length, most });
        } else if kind != ButtonValueKind::QuickReply && text.chars().any(char::is_whitespace) {
            flaws.push(ValueFlaw::Malformed { place: place() });
        }
        values.push(ButtonValue { index, kind, text: text.to_owned() });
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::template::{CodeTerms, Text};

    fn template(body: &str, format: Format) -> Sendable {
        Sendable {
            id: TemplateId::new(),
            name: "recordatorio_cita".into(),
            language: "es".into(),
            category: "UTILITY".into(),
            status: Status::Approved,
            format,
            definition: Definition { body: Text::new(body), ..Definition::default() },
            content_sid: None,
        }
    }

    fn counted(texts: &[&str]) -> Filling {
        let body = texts.iter().map(|text| Value { name: None, text: (*text).to_owned() }).collect();
        Filling { body, ..Filling::default() }
    }

    fn flaws(template: &Sendable, with: &Filling) -> Vec<ValueFlaw> {
        match fill(template, with) {
            Err(Unfilled::Values(flaws)) => flaws,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn counted_places_are_filled_in_their_order() {
        let reminder = template("Hola {{1}}, te vemos el {{2}}, {{1}}.", Format::Positional);
        let message = fill(&reminder, &counted(&["Lucía", " sábado "])).unwrap();
        assert_eq!(message.shown.body, "Hola Lucía, te vemos el sábado, Lucía.");
        assert_eq!(
            message.body.iter().map(|value| value.text.as_str()).collect::<Vec<_>>(),
            ["Lucía", "sábado"]
        );
        assert!(message.body.iter().all(|value| value.name.is_none()));
    }

    #[test]
    fn named_places_are_filled_by_name_whatever_the_order() {
        let reminder = template("Hola {{nombre}}, tu pedido {{pedido}} está listo.", Format::Named);
        let value = |name: &str, text: &str| Value { name: Some(name.into()), text: text.into() };
        let with =
            Filling { body: vec![value("pedido", "A-17"), value("nombre", "Ana")], ..Filling::default() };
        let message = fill(&reminder, &with).unwrap();
        assert_eq!(message.shown.body, "Hola Ana, tu pedido A-17 está listo.");
        assert_eq!(message.body[0].name.as_deref(), Some("nombre"));
    }

    #[test]
    fn values_are_there_fit_and_hold_no_line_breaks() {
        let reminder = template("Hola {{1}}, te vemos el {{2}}.", Format::Positional);
        let missing = |place: &str| ValueFlaw::Missing { place: place.into() };
        assert_eq!(flaws(&reminder, &counted(&["Ana"])), [missing("2")]);
        assert_eq!(flaws(&reminder, &counted(&["Ana", "  "])), [missing("2")]);
        assert_eq!(flaws(&reminder, &counted(&["a", "b", "c"])), [ValueFlaw::TooMany { places: 2 }]);
        for odd in ["a\nb", "a\tb", "a     b"] {
            assert_eq!(flaws(&reminder, &counted(&[odd, "b"])), [ValueFlaw::Spaces { place: "1".into() }]);
        }
        let long = "x".repeat(1_024);
        let expected = ValueFlaw::TooLong { place: "body".into(), length: 1_045, most: 1_024 };
        assert_eq!(flaws(&reminder, &counted(&[&long, "b"])), [expected]);
    }

    #[test]
    fn what_is_not_approved_is_not_filled() {
        let mut paused = template("Hola, te esperamos.", Format::Positional);
        assert!(fill(&paused, &Filling::default()).is_ok());
        paused.status = Status::Paused;
        let obstacle = Unfilled::Obstacle(Obstacle::Status(Status::Paused));
        assert_eq!(fill(&paused, &Filling::default()), Err(obstacle));
    }

    #[test]
    fn buttons_take_the_end_of_an_address_and_a_code() {
        let mut offer = template("Mira tu oferta, ya está lista.", Format::Positional);
        offer.definition.buttons = vec![
            Button::QuickReply { text: "Gracias".into() },
            Button::Url { text: "Ver".into(), url: "https://a.pe/{{1}}".into(), sample: None },
            Button::CopyCode { sample: "PROMO10".into() },
        ];
        let value = |index, kind, text: &str| ButtonValue { index, kind, text: text.into() };
        let missing = |place: &str| ValueFlaw::Missing { place: place.into() };
        assert_eq!(flaws(&offer, &Filling::default()), [missing("button.1"), missing("button.2")]);
        let with = Filling {
            buttons: vec![value(2, ButtonValueKind::Url, "PROMO20"), value(1, ButtonValueKind::Url, "c/7")],
            ..Filling::default()
        };
        let message = fill(&offer, &with).unwrap();
        let expected =
            [value(1, ButtonValueKind::Url, "c/7"), value(2, ButtonValueKind::CopyCode, "PROMO20")];
        assert_eq!(message.buttons, expected, "what kind a value is decides the template, not who asks");
    }

    #[test]
    fn a_code_goes_into_the_text_and_its_button() {
        let mut code = template("*{{1}}* es tu código.", Format::Positional);
        code.definition.code = Some(CodeTerms::default());
        code.definition.buttons = vec![Button::OneTimeCode {
            how: "COPY_CODE".into(),
            text: None,
            autofill: None,
            apps: Vec::new(),
            terms_accepted: false,
        }];
        let message = fill(&code, &counted(&["123456"])).unwrap();
        assert_eq!(
            message.buttons,
            [ButtonValue { index: 0, kind: ButtonValueKind::Url, text: "123456".into() }]
        );
        let long = ValueFlaw::TooLong { place: "1".into(), length: 16, most: 15 };
        assert_eq!(flaws(&code, &counted(&["1234567890123456"])), [long]);
    }

    #[test]
    fn a_header_wants_what_it_is_made_for() {
        let mut offer = template("Mira tu oferta, ya está lista.", Format::Positional);
        offer.definition.header = Some(Header::Text(Text::new("Oferta {{1}}")));
        assert_eq!(flaws(&offer, &Filling::default()), [ValueFlaw::Missing { place: "header".into() }]);
        let text = HeaderValue::Text(Value { name: None, text: "A-7".into() });
        let with = Filling { header: Some(text.clone()), ..Filling::default() };
        assert_eq!(fill(&offer, &with).unwrap().shown.header.as_deref(), Some("Oferta A-7"));
        offer.definition.header = Some(Header::Image { sample: None });
        assert_eq!(flaws(&offer, &with), [ValueFlaw::Header]);
        offer.definition.header = Some(Header::Location);
        let place = |latitude: &str| HeaderValue::Location {
            latitude: latitude.into(),
            longitude: "-77.0".into(),
            name: "Sonrisas".into(),
            address: "Av. Larco 743".into(),
        };
        let with = |latitude| Filling { header: Some(place(latitude)), ..Filling::default() };
        assert!(fill(&offer, &with("-12.1")).is_ok());
        assert_eq!(flaws(&offer, &with("91")), [ValueFlaw::Malformed { place: "header".into() }]);
    }

    #[test]
    fn places_of_other_parts_are_filled_by_their_number() {
        let mut content = template("Hola {{1}}, aquí está tu enlace.", Format::Positional);
        content.content_sid = Some("HX1".into());
        content.definition.elsewhere = vec![Value { name: Some("2".into()), text: "7".into() }];
        let message = fill(&content, &counted(&["Ana", "c-7"])).unwrap();
        let names: Vec<_> = message.body.iter().filter_map(|value| value.name.as_deref()).collect();
        assert_eq!(names, ["1", "2"]);
    }

    proptest! {
        /// Values never become places, and nothing that is sent is empty.
        #[test]
        fn whatever_is_filled_in_is_what_is_read(values in proptest::collection::vec("[a-z{}0-9 ]{0,12}", 0..4)) {
            let reminder = template("Hola {{1}}, te vemos el {{2}}.", Format::Positional);
            let texts: Vec<&str> = values.iter().map(String::as_str).collect();
            if let Ok(message) = fill(&reminder, &counted(&texts)) {
                prop_assert_eq!(message.body.len(), 2);
                prop_assert!(message.body.iter().all(|value| !value.text.trim().is_empty()));
                let expected = format!("Hola {}, te vemos el {}.", message.body[0].text, message.body[1].text);
                prop_assert_eq!(message.shown.body, expected);
            }
        }
    }
}
