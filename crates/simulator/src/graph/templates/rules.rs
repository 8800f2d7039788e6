//! What Meta refuses at once when a template is made or edited (whatsapp-cloud.md §7.2).

use serde_json::{Map, Value, json};

use super::buttons;
use crate::{
    graph::{errors::Refusal, uploads},
    media,
    sim::Sim,
    templates::{Template, names},
};

/// Languages of templates (whatsapp-cloud.md §7.5).
const LANGUAGES: &str = "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES es_UY sw sv ta te th tr uk ur uz vi zu";

/// Something is missing that every template of the kind has.
pub const INCOMPLETE: u32 = 2_388_043;
const TOO_LONG: u32 = 2_388_040;
const HEADER: u32 = 2_388_047;
const BODY: u32 = 2_388_072;
const FOOTER: u32 = 2_388_073;

/// A refusal with Meta's second code and words for people.
pub fn refuse(subcode: u32, title: &str, text: impl Into<String>) -> Refusal {
    Refusal::people(100, subcode, title, text)
}

fn too_long(part: &str, most: usize) -> Refusal {
    refuse(TOO_LONG, "Character Limit Exceeded", format!("The {part} has more than {most} characters."))
}

/// Check a whole template; answers it as it is kept, without an id.
pub fn check(sim: &Sim, given: &Map<String, Value>) -> Result<Template, Refusal> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = text("name");
    let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name.is_empty() || name.len() > 512 || !letters {
        return Err(refuse(
            2_388_046,
            "Name Format is Incorrect",
            "The message template name can only have lowercase letters, numbers and underscores, at most 512.",
        ));
    }
    let language = text("language");
    if !LANGUAGES.split(' ').any(|known| known == language) {
        return Err(Refusal::new(
            100,
            format!("Param language must be one of {{{LANGUAGES}}} - got \"{language}\"."),
        ));
    }
    let category = text("category");
    if !["MARKETING", "UTILITY", "AUTHENTICATION"].contains(&category) {
        return Err(Refusal::new(
            100,
            format!(
                "Param category must be one of {{MARKETING, UTILITY, AUTHENTICATION}} - got \"{category}\"."
            ),
        ));
    }
    let format = given.get("parameter_format").and_then(Value::as_str).unwrap_or("POSITIONAL").to_uppercase();
    if !["POSITIONAL", "NAMED"].contains(&format.as_str()) {
        return Err(Refusal::new(100, "Param parameter_format must be one of {POSITIONAL, NAMED}."));
    }
    let known = [
        "name",
        "language",
        "category",
        "parameter_format",
        "components",
        "message_send_ttl_seconds",
        "allow_category_change",
        "cta_url_link_tracking_opted_out",
        "sub_category",
        "display_format",
        "is_primary_device_delivery_only",
        "degrees_of_freedom_spec",
        "bid_spec",
        "creative_sourcing_spec",
    ];
    if let Some(unknown) = given.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Refusal::new(100, format!("Unexpected key \"{unknown}\" on param \"root\".")));
    }
    let ttl = time_to_live(given.get("message_send_ttl_seconds"), category)?;
    let components = given.get("components").and_then(Value::as_array).filter(|all| !all.is_empty());
    let components = components.ok_or_else(|| {
        refuse(
            INCOMPLETE,
            "Missing expected fields",
            "Message template \"components\" param is missing expected field(s).",
        )
    })?;
    let named = format == "NAMED";
    let kept = if category == "AUTHENTICATION" {
        authentication(components, language)?
    } else {
        ordinary(sim, components, category, named)?
    };
    let mut value = json!({
        "name": name, "language": language, "category": category, "parameter_format": format,
        "components": kept,
    });
    if let Some(ttl) = ttl {
        value["message_send_ttl_seconds"] = json!(ttl);
    }
    Ok(Template::new("", value))
}

/// `message_send_ttl_seconds` within its category's range, or -1 (whatsapp-cloud.md §5.4).
fn time_to_live(given: Option<&Value>, category: &str) -> Result<Option<i64>, Refusal> {
    let Some(given) = given.filter(|value| !value.is_null()) else { return Ok(None) };
    let seconds = given.as_i64().or_else(|| given.as_str().and_then(|text| text.parse().ok()));
    let range = match category {
        "AUTHENTICATION" => 30..=900,
        "UTILITY" => 30..=43_200,
        _ => 43_200..=2_592_000,
    };
    match seconds {
        Some(-1) => Ok(Some(-1)),
        Some(seconds) if range.contains(&seconds) => Ok(Some(seconds)),
        _ => Err(Refusal::new(
            100,
            format!(
                "Param message_send_ttl_seconds must be between {} and {} for {category}, or -1.",
                range.start(),
                range.end()
            ),
        )),
    }
}

fn kind(component: &Value) -> String {
    component["type"].as_str().unwrap_or_default().to_uppercase()
}

fn ordinary(sim: &Sim, components: &[Value], category: &str, named: bool) -> Result<Vec<Value>, Refusal> {
    let mut kept = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for component in components {
        let kind = kind(component);
        if seen.contains(&kind) {
            return Err(Refusal::new(100, format!("There is more than one component of type {kind}.")));
        }
        let mut component = component.clone();
        component["type"] = json!(kind);
        match kind.as_str() {
            "HEADER" => header(sim, &mut component, category, named)?,
            "BODY" => body(&component, named)?,
            "FOOTER" => footer(&component)?,
            "BUTTONS" => buttons::check(&component)?,
            "CAROUSEL" if category == "MARKETING" => carousel(&component)?,
            "LIMITED_TIME_OFFER" if category == "MARKETING" => {}
            "CALL_PERMISSION_REQUEST" => {}
            _ => return Err(Refusal::new(100, format!("Component type \"{kind}\" is not allowed here."))),
        }
        seen.push(kind);
        kept.push(component);
    }
    if !seen.iter().any(|kind| kind == "BODY") {
        return Err(refuse(
            INCOMPLETE,
            "Missing expected fields",
            "Message template \"components\" param is missing expected field(s): BODY.",
        ));
    }
    Ok(kept)
}

fn header(sim: &Sim, component: &mut Value, category: &str, named: bool) -> Result<(), Refusal> {
    let format = component["format"].as_str().unwrap_or_default().to_uppercase();
    component["format"] = json!(format);
    let wrong = |text: &str| refuse(HEADER, "Invalid header", text);
    match format.as_str() {
        "TEXT" => {
            let text = component["text"].as_str().unwrap_or_default();
            if text.trim().is_empty() {
                return Err(wrong("The header has no text."));
            }
            if text.chars().count() > 60 {
                return Err(too_long("header", 60));
            }
            if text.contains('\n') || text.contains('*') || text.contains('_') && names(text).is_empty() {
                return Err(wrong(
                    "The header can't have new lines, formatting characters, emojis or asterisks.",
                ));
            }
            let variables = variables(text, named).map_err(|why| wrong(&why))?;
            if variables.len() > 1 {
                return Err(wrong("The header has more than one variable."));
            }
            samples(component, "header_text", &variables, named, false)
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => {
            if format == "GIF" && category != "MARKETING" {
                return Err(wrong("A GIF is for marketing templates only."));
            }
            let handle = component["example"]["header_handle"][0].as_str().unwrap_or_default().to_owned();
            let kept = format!("{}/phone/media/", sim.own_url);
            if handle.starts_with(&kept) {
                // An edit gives back the link of the listing.
                return Ok(());
            }
            let file = uploads::redeem(sim, &handle).ok_or_else(|| {
                refuse(
                    2_388_273,
                    "Invalid media handle",
                    "The example's header_handle is not a handle of an uploaded file.",
                )
            })?;
            let fits = match format.as_str() {
                "IMAGE" => file.mime.starts_with("image/"),
                "DOCUMENT" => file.mime == "application/pdf",
                _ => file.mime == "video/mp4",
            };
            if !fits {
                return Err(wrong(&format!(
                    "The sample of type {} does not fit a header of format {format}.",
                    file.mime
                )));
            }
            let id = media::store(sim, file.bytes, &file.mime, file.name, chrono::TimeDelta::days(365));
            component["example"] = json!({ "header_handle": [format!("{kept}{id}")] });
            Ok(())
        }
        "LOCATION" => Ok(()),
        _ => Err(wrong(&format!(
            "Param format must be one of {{TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION}} - got \"{format}\"."
        ))),
    }
}

fn body(component: &Value, named: bool) -> Result<(), Refusal> {
    let wrong = |text: &str| refuse(BODY, "Invalid body", text);
    let text = component["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(refuse(INCOMPLETE, "Missing expected fields", "The body has no text."));
    }
    if text.chars().count() > 1_024 {
        return Err(too_long("body", 1_024));
    }
    let variables = variables(text, named).map_err(|why| wrong(&why))?;
    if !variables.is_empty() {
        let trimmed = text.trim();
        if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
            return Err(refuse(
                2_388_299,
                "Variables can't be at the start or end of the template",
                "Variables can't be at the start or end of the template. Add text before and after them.",
            ));
        }
        if trimmed.contains("}}{{") || trimmed.contains("}} {{") {
            return Err(wrong("Two variables stand next to each other."));
        }
        let words =
            plain(text).split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        if words < 2 * variables.len() + 1 {
            return Err(refuse(
                2_388_293,
                "Parameters words ratio exceeds limit",
                "This template has too many variables for its length. Reduce the number of variables or increase the message length.",
            ));
        }
    }
    samples(component, "body_text", &variables, named, true)
}

/// A text without its variables.
fn plain(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push(' ');
        plain.push_str(part.split_once("}}").map_or(part, |(_, rest)| rest));
    }
    plain
}

/// The variables of a text, if they are well formed: numbers from 1 on without a gap, or names.
pub fn variables(text: &str, named: bool) -> Result<Vec<String>, String> {
    if text.matches("{{").count() != text.matches("}}").count() {
        return Err("A variable is not closed.".to_owned());
    }
    let found = names(text);
    for (index, name) in found.iter().enumerate() {
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if named && (name.is_empty() || !name.bytes().all(lower) || name.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(format!(
                "The variable {{{{{name}}}}} must have a name of lowercase letters, numbers and underscores."
            ));
        }
        if !named && name.parse::<usize>() != Ok(index + 1) {
            return Err("Variables must be numbers from {{1}} on, without a gap.".to_owned());
        }
    }
    Ok(found)
}

/// A sample for each variable: `header_text: ["A"]`, `body_text: [["A", "B"]]`, or `…_named_params`.
fn samples(
    component: &Value,
    key: &str,
    variables: &[String],
    named: bool,
    nested: bool,
) -> Result<(), Refusal> {
    if variables.is_empty() {
        return Ok(());
    }
    let example = &component["example"];
    let incomplete = || {
        refuse(
            INCOMPLETE,
            "Missing expected fields",
            format!(
                "component of type {} is missing expected field(s) (example): one sample for each variable.",
                component["type"].as_str().unwrap_or_default()
            ),
        )
    };
    if named {
        let given = example[format!("{key}_named_params")].as_array().ok_or_else(incomplete)?;
        let has = |name: &String| {
            given.iter().any(|one| {
                one["param_name"] == name.as_str()
                    && one["example"].as_str().is_some_and(|text| !text.is_empty())
            })
        };
        return if variables.iter().all(has) && given.len() == variables.len() {
            Ok(())
        } else {
            Err(incomplete())
        };
    }
    let list = if nested { &example[key][0] } else { &example[key] };
    let given = list.as_array().ok_or_else(incomplete)?;
    let full = given.iter().all(|one| one.as_str().is_some_and(|text| !text.is_empty()));
    if full && given.len() == variables.len() { Ok(()) } else { Err(incomplete()) }
}

fn footer(component: &Value) -> Result<(), Refusal> {
    let text = component["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(refuse(FOOTER, "Invalid footer", "The footer has no text."));
    }
    if text.chars().count() > 60 {
        return Err(too_long("footer", 60));
    }
    if text.contains("{{") || text.contains('\n') {
        return Err(refuse(
            FOOTER,
            "Invalid footer",
            "The footer can't have variables, new lines, emojis, asterisks or formatting characters.",
        ));
    }
    Ok(())
}

fn carousel(component: &Value) -> Result<(), Refusal> {
    let cards = component["cards"].as_array().map_or(0, Vec::len);
    if (2..=10).contains(&cards) {
        Ok(())
    } else {
        Err(Refusal::new(100, "A carousel has between 2 and 10 cards."))
    }
}

/// An authentication template has no text of its own: Meta writes it, in the template's language.
fn authentication(components: &[Value], language: &str) -> Result<Vec<Value>, Refusal> {
    let wrong = |text: &str| refuse(BODY, "Invalid authentication template", text);
    let of = |wanted: &str| components.iter().find(|component| kind(component) == wanted);
    if components.iter().any(|one| !["BODY", "FOOTER", "BUTTONS"].contains(&kind(one).as_str())) {
        return Err(wrong("An authentication template has a body, a footer and buttons only."));
    }
    let body = of("BODY").ok_or_else(|| wrong("An authentication template needs a body."))?;
    if body.get("text").is_some() && !body["text"].as_str().is_some_and(|text| text.contains("{{1}}")) {
        return Err(wrong("The body of an authentication template has no text of its own."));
    }
    let sentence = match language.split('_').next() {
        Some("es") => "*{{1}}* es tu código de verificación.",
        Some("pt") => "*{{1}}* é seu código de verificação.",
        _ => "*{{1}}* is your verification code.",
    };
    let mut text = sentence.to_owned();
    if body["add_security_recommendation"] == true {
        text.push_str(match language.split('_').next() {
            Some("es") => " Por tu seguridad, no lo compartas.",
            Some("pt") => " Para sua segurança, não o compartilhe.",
            _ => " For your security, do not share this code.",
        });
    }
    let mut kept = vec![json!({
        "type": "BODY", "text": text, "add_security_recommendation": body["add_security_recommendation"] == true,
        "example": { "body_text": [["123456"]] },
    })];
    if let Some(footer) = of("FOOTER") {
        let minutes = footer["code_expiration_minutes"].as_i64();
        let minutes = minutes.filter(|minutes| (1..=90).contains(minutes));
        let minutes = minutes.ok_or_else(|| wrong("code_expiration_minutes must be between 1 and 90."))?;
        kept.push(json!({
            "type": "FOOTER", "code_expiration_minutes": minutes,
            "text": if language.starts_with("es") { format!("Este código caduca en {minutes} minutos.") } else { format!("This code expires in {minutes} minutes.") },
        }));
    }
    let button = of("BUTTONS").ok_or_else(|| wrong("An authentication template needs its OTP button."))?;
    kept.push(buttons::otp(button)?);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_numbers_without_a_gap_or_names() {
        assert_eq!(variables("Hola {{1}} y {{2}}", false), Ok(vec!["1".to_owned(), "2".to_owned()]));
        assert!(variables("Hola {{2}}", false).is_err());
        assert!(variables("Hola {{nombre}}", false).is_err());
        assert!(variables("Hola {{nombre}}", true).is_ok());
        assert!(variables("Hola {{Nombre}}", true).is_err());
        assert!(variables("Hola {{1", false).is_err());
    }

    #[test]
    fn a_body_needs_words_around_its_variables_and_a_sample_for_each() {
        let code = |text: &str, samples: Value| {
            let component = json!({ "type": "BODY", "text": text, "example": { "body_text": [samples] } });
            body(&component, false).err().and_then(|refusal| refusal.subcode)
        };
        assert_eq!(code("Hola {{1}}, tu cita es el lunes.", json!(["Ada"])), None);
        assert_eq!(code("Hola {{1}}, tu cita es el lunes.", json!([])), Some(INCOMPLETE));
        assert_eq!(code("{{1}}, tu cita es el lunes.", json!(["Ada"])), Some(2_388_299));
        assert_eq!(code("Hola {{1}}, {{2}}, {{3}} gracias", json!(["a", "b", "c"])), Some(2_388_293));
        assert_eq!(code(&"x".repeat(1_025), json!([])), Some(TOO_LONG));
    }
}
