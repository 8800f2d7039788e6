//! Templates of a WhatsApp Business account (whatsapp-cloud.md §7): Meta's components to ours and back, and the calls.

use domain::{
    notice::TemplateRef,
    template::{
        Button, CodeTerms, Definition, Draft, Format, Header, Listed, OtherButton, Text, Value,
        base_language, categories,
    },
};
use serde_json::{Map, Value as Json, json};

use super::graph::{Graph, GraphFault};
use crate::Fault;

/// Fields of the list (whatsapp-cloud.md §7.1).
const FIELDS: &str = "id,name,status,category,language,components,parameter_format,quality_score,rejected_reason,\
                      correct_category,message_send_ttl_seconds";
/// Templates on a page, and pages at most: more than the cap of 6,000.
const PAGE: &str = "100";
const PAGES: usize = 100;

/// The cursor of the list is no longer valid: the list is to be read from its beginning (whatsapp-cloud.md §5.6, §7.1).
const STALE_CURSOR: i64 = 131_059;

/// All templates of an account, in all languages. What can't be read as a template is left out and counted. When the
/// list changes under us so that its cursor is lost, it is read once more.
///
/// # Errors
/// See [`GraphFault`].
pub async fn list(graph: &Graph, waba: &str) -> Result<(Vec<Listed>, usize), GraphFault> {
    let read =
        async || graph.all(&[waba, "message_templates"], &[("fields", FIELDS), ("limit", PAGE)], PAGES).await;
    let all = match read().await {
        Err(Fault::Refused(error)) if error.code == STALE_CURSOR => read().await?,
        other => other?,
    };
    let total = all.len();
    let readable: Vec<Listed> = all.iter().filter_map(listed).collect();
    let unread = total - readable.len();
    Ok((readable, unread))
}

/// One template, by its id.
///
/// # Errors
/// See [`GraphFault`].
pub async fn fetch(graph: &Graph, id: &str) -> Result<Listed, GraphFault> {
    let item = graph.get(&[id], &[("fields", FIELDS)]).await?;
    listed(&item).ok_or(Fault::Unreadable(200))
}

/// What Meta made of a new template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its id.
    pub vendor_id: String,
    /// Its status.
    pub status: String,
    /// Its category, which may be another than was asked for.
    pub category: Option<String>,
}

/// Hands a new template in for review.
///
/// # Errors
/// See [`GraphFault`].
pub async fn create(graph: &Graph, waba: &str, draft: &Draft) -> Result<Created, GraphFault> {
    let mut body = json!({
        "name": draft.name, "language": draft.language, "category": draft.category,
        "parameter_format": draft.format.as_str(), "components": components(draft),
    });
    if let Some(ttl) = draft.ttl_seconds {
        body["message_send_ttl_seconds"] = json!(ttl);
    }
    let answer = graph.post(&[waba, "message_templates"], &body).await?;
    let vendor_id = text(&answer["id"]).ok_or(Fault::Unreadable(200))?;
    let status = text(&answer["status"]).unwrap_or_else(|| "PENDING".to_owned());
    Ok(Created { vendor_id, status, category: text(&answer["category"]) })
}

/// Replaces what a template consists of; it goes back to review. The category can't be changed of an approved one.
///
/// # Errors
/// See [`GraphFault`].
pub async fn edit(graph: &Graph, id: &str, draft: &Draft, with_category: bool) -> Result<(), GraphFault> {
    let mut body = json!({ "components": components(draft) });
    if with_category {
        body["category"] = json!(draft.category);
    }
    if let Some(ttl) = draft.ttl_seconds {
        body["message_send_ttl_seconds"] = json!(ttl);
    }
    done(&graph.post(&[id], &body).await?)
}

/// Deletes one language of a template. What is not there any more is deleted.
///
/// # Errors
/// See [`GraphFault`].
pub async fn delete(graph: &Graph, waba: &str, id: &str, name: &str) -> Result<(), GraphFault> {
    match graph.delete(&[waba, "message_templates"], &[("hsm_id", id), ("name", name)]).await {
        Err(Fault::Refused(error)) if error.is_unknown_object() || error.subcode == Some(NOT_THERE) => Ok(()),
        other => done(&other?),
    }
}

/// "Message template with this name does not exist."
const NOT_THERE: i64 = 2_593_002;

/// Ends a pause for pace (whatsapp-cloud.md §7.3). A pause for quality ends by itself.
///
/// # Errors
/// See [`GraphFault`].
pub async fn unpause(graph: &Graph, id: &str) -> Result<(), GraphFault> {
    done(&graph.post(&[id, "unpause"], &json!({})).await?)
}

fn done(answer: &Json) -> Result<(), GraphFault> {
    if answer["success"] == json!(false) { Err(Fault::Unreadable(200)) } else { Ok(()) }
}

/// A text that says something; some are sent as numbers.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A word of Meta's that says something: `NONE` does not.
fn word(value: &Json) -> Option<String> {
    text(value).filter(|word| word != "NONE")
}

/// A template of the list; none without id, name and language.
#[must_use]
pub fn listed(item: &Json) -> Option<Listed> {
    let format = Format::read(item["parameter_format"].as_str().unwrap_or_default());
    let parts = item["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Listed {
        vendor_id: text(&item["id"])?,
        name: text(&item["name"])?,
        language: text(&item["language"])?.replace('-', "_"),
        category: text(&item["category"]).unwrap_or_default(),
        status: text(&item["status"]).unwrap_or_else(|| "UNKNOWN".to_owned()).to_ascii_uppercase(),
        format,
        definition: definition(parts, item["category"] == categories::AUTHENTICATION),
        quality: word(&item["quality_score"]["score"]),
        rejected_reason: word(&item["rejected_reason"]),
        coming_category: word(&item["correct_category"]),
        ttl_seconds: item["message_send_ttl_seconds"].as_i64().and_then(|ttl| ttl.try_into().ok()),
        changed_at: None,
    })
}

/// Meta's components as ours. Parts we don't know are kept as they came.
#[must_use]
pub fn definition(components: &[Json], is_code: bool) -> Definition {
    let mut definition = Definition { code: is_code.then(CodeTerms::default), ..Definition::default() };
    for part in components {
        let words = || part["text"].as_str().unwrap_or_default().to_owned();
        match part["type"].as_str().unwrap_or_default().to_ascii_uppercase().as_str() {
            "HEADER" => definition.header = Some(header(part)),
            "BODY" => {
                definition.body = Text { text: words(), samples: samples(&part["example"], "body_text") };
                if let Some(terms) = &mut definition.code {
                    terms.warning = part["add_security_recommendation"] == json!(true);
                }
            }
            "FOOTER" => {
                let minutes =
                    part["code_expiration_minutes"].as_u64().and_then(|minutes| minutes.try_into().ok());
                match &mut definition.code {
                    Some(terms) => terms.minutes = minutes,
                    None => definition.footer = Some(words()),
                }
            }
            "BUTTONS" => {
                let buttons = part["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
                definition.buttons = buttons.iter().map(|raw| button(raw, is_code)).collect();
            }
            _ => definition.others.push(part.clone()),
        }
    }
    definition
}

fn header(part: &Json) -> Header {
    let sample = text(&part["example"]["header_handle"][0]);
    match part["format"].as_str().unwrap_or_default().to_ascii_uppercase().as_str() {
        "TEXT" => Header::Text(Text {
            text: part["text"].as_str().unwrap_or_default().to_owned(),
            samples: samples(&part["example"], "header_text"),
        }),
        "IMAGE" => Header::Image { sample },
        "VIDEO" => Header::Video { sample },
        "DOCUMENT" => Header::Document { sample },
        "LOCATION" => Header::Location,
        other => Header::Other { label: other.to_owned(), raw: part.clone() },
    }
}

/// Samples: by name, in order, or in order within a list (whatsapp-cloud.md §7.2).
fn samples(example: &Json, key: &str) -> Vec<Value> {
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    let named = list(&example[format!("{key}_named_params").as_str()]);
    if !named.is_empty() {
        let one = |value: &Json| {
            Some(Value { name: Some(text(&value["param_name"])?), text: text(&value["example"])? })
        };
        return named.iter().filter_map(one).collect();
    }
    let given = list(&example[key]);
    let counted = given.first().and_then(Json::as_array).cloned().unwrap_or(given);
    counted.iter().filter_map(text).map(|text| Value { name: None, text }).collect()
}

fn button(raw: &Json, is_code: bool) -> Button {
    let label = raw["text"].as_str().unwrap_or_default().to_owned();
    let example = || text(&raw["example"][0]).or_else(|| text(&raw["example"]));
    let url = raw["url"].as_str().unwrap_or_default();
    match raw["type"].as_str().unwrap_or_default().to_ascii_uppercase().as_str() {
        "QUICK_REPLY" => Button::QuickReply { text: label },
        // Meta lists the button of a code as an address of its own (whatsapp-cloud.md §5.4).
        "URL" if is_code => {
            let how =
                url.split("otp_type=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or("COPY_CODE");
            Button::OneTimeCode {
                how: how.to_owned(),
                text: Some(label).filter(|label| !label.is_empty()),
                autofill: None,
                apps: Vec::new(),
                terms_accepted: how == "ZERO_TAP",
            }
        }
        "URL" => Button::Url { text: label, url: url.to_owned(), sample: example() },
        "PHONE_NUMBER" => {
            Button::Phone { text: label, number: text(&raw["phone_number"]).unwrap_or_default() }
        }
        "COPY_CODE" => Button::CopyCode { sample: example().unwrap_or_default() },
        "FLOW" => Button::Flow { text: label, raw: raw.clone() },
        "OTP" => Button::OneTimeCode {
            how: text(&raw["otp_type"]).unwrap_or_else(|| "COPY_CODE".to_owned()),
            text: Some(label).filter(|label| !label.is_empty()),
            autofill: text(&raw["autofill_text"]),
            apps: raw["supported_apps"]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default()
                .iter()
                .filter_map(|app| Some((text(&app["package_name"])?, text(&app["signature_hash"])?)))
                .collect(),
            terms_accepted: raw["zero_tap_terms_accepted"] == json!(true),
        },
        kind => Button::Other(OtherButton {
            label: kind.to_owned(),
            text: Some(label).filter(|label| !label.is_empty()),
            // Lists of products name theirs when they are sent; the others carry nothing.
            needs_value: matches!(kind, "MPM" | "SPM" | "CATALOG"),
            raw: raw.clone(),
        }),
    }
}

/// Our template as Meta's components.
#[must_use]
pub fn components(draft: &Draft) -> Json {
    let definition = &draft.definition;
    let named = draft.format == Format::Named;
    let mut parts = Vec::new();
    if let Some(terms) = definition.code.filter(|_| draft.category == categories::AUTHENTICATION) {
        parts.push(json!({ "type": "BODY", "add_security_recommendation": terms.warning }));
        if let Some(minutes) = terms.minutes {
            parts.push(json!({ "type": "FOOTER", "code_expiration_minutes": minutes }));
        }
    } else {
        parts.extend(definition.header.as_ref().map(|header| header_part(header, named)));
        parts.push(text_part("BODY", "body_text", &definition.body, named));
        parts.extend(definition.footer.as_ref().map(|footer| json!({ "type": "FOOTER", "text": footer })));
    }
    if !definition.buttons.is_empty() {
        let buttons: Vec<Json> = definition.buttons.iter().map(button_part).collect();
        parts.push(json!({ "type": "BUTTONS", "buttons": buttons }));
    }
    parts.extend(definition.others.iter().cloned());
    Json::Array(parts)
}

fn header_part(header: &Header, named: bool) -> Json {
    let file = |format: &str, sample: &Option<String>| json!({ "type": "HEADER", "format": format, "example": { "header_handle": [sample] } });
    match header {
        Header::Text(words) => {
            let mut part = text_part("HEADER", "header_text", words, named);
            part["format"] = json!("TEXT");
            part
        }
        Header::Image { sample } => file("IMAGE", sample),
        Header::Video { sample } => file("VIDEO", sample),
        Header::Document { sample } => file("DOCUMENT", sample),
        Header::Location => json!({ "type": "HEADER", "format": "LOCATION" }),
        Header::Other { raw, .. } => raw.clone(),
    }
}

fn text_part(kind: &str, key: &str, words: &Text, named: bool) -> Json {
    let mut part = json!({ "type": kind, "text": words.text });
    let places = words.places();
    if places.is_empty() {
        return part;
    }
    let sample = |name: &str| words.sample(name).unwrap_or_default().to_owned();
    let mut example = Map::new();
    if named {
        let all: Vec<Json> =
            places.iter().map(|name| json!({ "param_name": name, "example": sample(name) })).collect();
        example.insert(format!("{key}_named_params"), Json::Array(all));
    } else {
        let all: Vec<String> = places.iter().map(|name| sample(name)).collect();
        // The body's are a list of lists, the header's a list.
        let all = if kind == "BODY" { json!([all]) } else { json!(all) };
        example.insert(key.to_owned(), all);
    }
    part["example"] = Json::Object(example);
    part
}

fn button_part(button: &Button) -> Json {
    match button {
        Button::QuickReply { text } => json!({ "type": "QUICK_REPLY", "text": text }),
        Button::Url { text, url, sample } => {
            let mut part = json!({ "type": "URL", "text": text, "url": url });
            if let Some(sample) = sample.as_ref().filter(|_| url.contains("{{")) {
                part["example"] = json!([sample]);
            }
            part
        }
        Button::Phone { text, number } => {
            json!({ "type": "PHONE_NUMBER", "text": text, "phone_number": number })
        }
        Button::CopyCode { sample } => json!({ "type": "COPY_CODE", "example": sample }),
        Button::OneTimeCode { how, text, autofill, apps, terms_accepted } => {
            let mut part = json!({ "type": "OTP", "otp_type": how });
            if let Some(text) = text {
                part["text"] = json!(text);
            }
            if let Some(text) = autofill {
                part["autofill_text"] = json!(text);
            }
            if !apps.is_empty() {
                let apps: Vec<Json> = apps
                    .iter()
                    .map(|(package, signature)| json!({ "package_name": package, "signature_hash": signature }))
                    .collect();
                part["supported_apps"] = Json::Array(apps);
            }
            if *terms_accepted {
                part["zero_tap_terms_accepted"] = json!(true);
            }
            part
        }
        Button::Flow { raw, .. } => raw.clone(),
        Button::Other(other) => other.raw.clone(),
    }
}

/// Whether a template of ours is the one a notice names: by id, else by name and language, which notices write with a
/// hyphen and sometimes without their country (whatsapp-cloud.md §4.1).
#[must_use]
pub fn is_named(template: &TemplateRef, name: &str, language: &str) -> bool {
    template.name == name
        && (template.language == language
            || (!template.language.contains('_') && base_language(language) == template.language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Json {
        json!({
            "name": "pedido_listo", "parameter_format": "NAMED", "language": "es_CO", "status": "APPROVED",
            "category": "UTILITY", "id": "1689556908129832",
            "components": [
                {"type": "HEADER", "format": "TEXT", "text": "Pedido {{orden}}",
                 "example": {"header_text_named_params": [{"param_name": "orden", "example": "A-17"}]}},
                {"type": "BODY", "text": "Hola {{nombre}}, tu pedido {{orden}} está listo.",
                 "example": {"body_text_named_params": [{"param_name": "nombre", "example": "Ana"},
                                                        {"param_name": "orden", "example": "A-17"}]}},
                {"type": "FOOTER", "text": "Mi Tienda"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Gracias"},
                    {"type": "URL", "text": "Ver", "url": "https://mi.tienda/p/{{1}}", "example": ["https://mi.tienda/p/A-17"]}]}],
            "quality_score": {"score": "GREEN", "date": 1_763_700_000}, "rejected_reason": "NONE",
        })
    }

    fn draft(listed: &Listed) -> Draft {
        Draft {
            name: listed.name.clone(),
            language: listed.language.clone(),
            category: listed.category.clone(),
            format: listed.format,
            definition: listed.definition.clone(),
            ttl_seconds: listed.ttl_seconds,
        }
    }

    #[test]
    fn what_meta_lists_is_what_meta_would_be_given() {
        let listed = listed(&example()).unwrap();
        assert_eq!((listed.quality.as_deref(), listed.rejected_reason.as_deref()), (Some("GREEN"), None));
        assert_eq!(components(&draft(&listed)), example()["components"]);
    }

    #[test]
    fn counted_samples_stand_in_a_list_of_lists() {
        let body = json!({"type": "BODY", "text": "Hola {{1}}, nos vemos el {{2}} aquí.", "example": {"body_text": [["Ana", "lunes"]]}});
        let header = json!({"type": "HEADER", "format": "TEXT", "text": "Cita {{1}}", "example": {"header_text": ["A-1"]}});
        let definition = definition(&[header.clone(), body.clone()], false);
        assert_eq!(definition.body.sample("2"), Some("lunes"));
        let draft = Draft { definition, category: "UTILITY".into(), ..Draft::default() };
        assert_eq!(components(&draft), json!([header, body]));
    }

    #[test]
    fn a_code_comes_back_as_a_code_however_meta_lists_its_button() {
        let parts = [
            json!({"type": "BODY", "text": "*{{1}}* es tu código.", "add_security_recommendation": true,
                   "example": {"body_text": [["123456"]]}}),
            json!({"type": "FOOTER", "text": "Caduca en 10 minutos.", "code_expiration_minutes": 10}),
            json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copiar código",
                   "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp{{1}}",
                   "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"]}]}),
        ];
        let definition = definition(&parts, true);
        assert_eq!(definition.code, Some(CodeTerms { warning: true, minutes: Some(10) }));
        assert!(matches!(&definition.buttons[..], [Button::OneTimeCode { how, .. }] if how == "COPY_CODE"));
        let draft = Draft { definition, category: categories::AUTHENTICATION.into(), ..Draft::default() };
        let expected = json!([
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copiar código"}]},
        ]);
        assert_eq!(components(&draft), expected);
    }

    #[test]
    fn unknown_parts_are_kept_and_given_back() {
        let carousel = json!({"type": "CAROUSEL", "cards": [{"components": []}]});
        let body = json!({"type": "BODY", "text": "Mira"});
        let catalog = json!({"type": "CATALOG", "text": "Ver catálogo"});
        let buttons = json!({"type": "BUTTONS", "buttons": [catalog]});
        let definition = definition(&[body.clone(), buttons.clone(), carousel.clone()], false);
        assert!(!definition.can_be_filled());
        let draft = Draft { definition, category: "MARKETING".into(), ..Draft::default() };
        assert_eq!(components(&draft), json!([body, buttons, carousel]));
    }

    #[test]
    fn nonsense_is_no_template_and_breaks_nothing() {
        for item in [
            json!(null),
            json!([]),
            json!({"id": 1, "name": "a"}),
            json!({"id": "1", "name": "a", "language": {}}),
        ] {
            assert_eq!(listed(&item), None, "{item}");
        }
        let odd =
            json!({"id": 5, "name": "a", "language": "es", "components": {"0": 1}, "quality_score": "x"});
        let listed = listed(&odd).unwrap();
        assert_eq!((listed.vendor_id.as_str(), listed.status.as_str()), ("5", "UNKNOWN"));
    }

    #[test]
    fn a_notice_names_a_template_with_or_without_its_country() {
        let named =
            |language: &str| TemplateRef { vendor_id: None, name: "cita".into(), language: language.into() };
        assert!(is_named(&named("es_CO"), "cita", "es_CO"));
        assert!(is_named(&named("es"), "cita", "es_CO"));
        assert!(!is_named(&named("es_MX"), "cita", "es_CO"));
        assert!(!is_named(&named("es"), "otra", "es"));
    }
}
