//! Whether a template message fits the template it names (whatsapp-cloud.md §5.4).

use serde_json::Value;

use super::{
    check::{known_keys, missing, object, required_text},
    errors::Refusal,
};
use crate::templates::{Template, Templates};

/// Check the content of a `template` message; answers the template it is made of.
pub fn template(content: &Value, waba: &str, templates: &Templates) -> Result<Template, Refusal> {
    let fields = object(content, "template")?;
    known_keys(fields, "template", &["name", "language", "components", "product_policy"])?;
    let name = required_text(fields, "template", "name", 512)?;
    let language =
        object(fields.get("language").ok_or_else(|| missing("template['language']"))?, "language")?;
    let language = required_text(language, "template['language']", "code", 15)?;
    let found = templates.find(waba, name, language);
    let Some(found) = found else {
        return Err(Refusal::new(132_001, format!("template name ({name}) does not exist in {language}")));
    };
    match found.field("status") {
        "APPROVED" => {}
        "PAUSED" => return Err(Refusal::new(132_015, format!("template {name} is paused"))),
        "DISABLED" => return Err(Refusal::new(132_016, format!("template {name} is disabled"))),
        _ => {
            return Err(Refusal::new(
                132_001,
                format!("template name ({name}) is not approved in {language}"),
            ));
        }
    }
    let components = match fields.get("components") {
        None => &[],
        Some(components) => components
            .as_array()
            .map(Vec::as_slice)
            .ok_or_else(|| Refusal::new(100, "Param template['components'] must be an array."))?,
    };
    for component in components {
        let kind = component["type"].as_str().unwrap_or_default().to_lowercase();
        if !["header", "body", "button", "carousel", "limited_time_offer"].contains(&kind.as_str()) {
            return Err(Refusal::new(132_012, format!("component type \"{kind}\" is not known")));
        }
        let parameters = component["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        for parameter in parameters {
            shape(parameter)?;
        }
        if kind == "button" {
            button(component, &found)?;
        }
    }
    header(content, &found)?;
    for kind in ["HEADER", "BODY"] {
        counts(content, &found, kind)?;
    }
    links(content, &found)?;
    fits(content, &found)?;
    Ok(found)
}

/// A parameter of any type is whole.
fn shape(parameter: &Value) -> Result<(), Refusal> {
    let kind = parameter["type"].as_str().unwrap_or_default();
    match kind {
        "text" => {
            let text = parameter["text"].as_str().unwrap_or_default();
            if text.trim().is_empty() {
                return Err(Refusal::new(
                    100,
                    "Parameter 'text' is mandatory for component parameter type 'text'",
                ));
            }
            if text.contains(['\n', '\t']) || text.contains("     ") {
                let why = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
                return Err(Refusal::new(132_018, why));
            }
            Ok(())
        }
        "currency" => {
            let given = &parameter["currency"];
            let whole = given["fallback_value"].is_string()
                && given["code"].is_string()
                && given["amount_1000"].is_i64();
            if whole {
                Ok(())
            } else {
                Err(Refusal::new(132_012, "currency needs fallback_value, code and amount_1000"))
            }
        }
        "date_time" if parameter["date_time"]["fallback_value"].is_string() => Ok(()),
        "image" | "video" | "document" => super::check::source(object(&parameter[kind], kind)?, kind),
        "location" if parameter["location"].is_object() => Ok(()),
        "payload" if parameter["payload"].is_string() => Ok(()),
        "coupon_code"
            if parameter["coupon_code"]
                .as_str()
                .is_some_and(|code| (1..=20).contains(&code.chars().count())) =>
        {
            Ok(())
        }
        "action" if parameter["action"].is_object() => Ok(()),
        "limited_time_offer" => Ok(()),
        other => {
            Err(Refusal::new(132_012, format!("parameter of type \"{other}\" is not whole, or not known")))
        }
    }
}

fn given<'content>(content: &'content Value, kind: &str) -> &'content [Value] {
    let components = content["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let same =
        |component: &&Value| component["type"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(kind));
    let parameters = components.iter().find(same).and_then(|found| found["parameters"].as_array());
    parameters.map(Vec::as_slice).unwrap_or_default()
}

/// A header of a picture, a film, a document or a place needs exactly that.
fn header(content: &Value, template: &Template) -> Result<(), Refusal> {
    let parameters = given(content, "header");
    let format = template.component("HEADER").and_then(|header| header["format"].as_str()).unwrap_or("NONE");
    let received =
        parameters.first().and_then(|one| one["type"].as_str()).unwrap_or("UNKNOWN").to_uppercase();
    match format {
        "IMAGE" | "VIDEO" | "DOCUMENT" | "LOCATION" if received != format => Err(Refusal::new(
            132_012,
            format!("header: Format mismatch, expected {format}, received {received}"),
        )),
        "TEXT" | "NONE" if ["IMAGE", "VIDEO", "DOCUMENT", "LOCATION"].contains(&received.as_str()) => Err(
            Refusal::new(132_012, format!("header: Format mismatch, expected {format}, received {received}")),
        ),
        _ => Ok(()),
    }
}

fn counts(content: &Value, template: &Template, kind: &str) -> Result<(), Refusal> {
    let wanted = template.names(kind);
    let place = kind.to_lowercase();
    let texts: Vec<&Value> = given(content, kind)
        .iter()
        .filter(|one| ["text", "currency", "date_time"].contains(&one["type"].as_str().unwrap_or_default()))
        .collect();
    if texts.len() != wanted.len() {
        let details = format!(
            "{place}: number of localizable_params ({}) does not match the expected number of params ({})",
            texts.len(),
            wanted.len()
        );
        return Err(Refusal::new(132_000, details));
    }
    for parameter in texts {
        match (template.named(), parameter.get("parameter_name").and_then(Value::as_str)) {
            (true, None | Some("")) => return Err(Refusal::new(100, "Parameter name is missing or empty")),
            (true, Some(name)) if !wanted.iter().any(|known| known == name) => {
                return Err(Refusal::new(132_018, format!("{place}: there is no parameter named {name}")));
            }
            (false, Some(_)) => {
                return Err(Refusal::new(132_018, format!("{place}: the template has no named parameters")));
            }
            _ => {}
        }
    }
    Ok(())
}

fn index(component: &Value) -> Option<usize> {
    match &component["index"] {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64().and_then(|number| usize::try_from(number).ok()),
    }
}

fn button(component: &Value, template: &Template) -> Result<(), Refusal> {
    let all = template.buttons();
    let Some(button) = index(component).and_then(|index| all.get(index)) else {
        return Err(Refusal::new(132_012, "button: index out of range"));
    };
    let sub_type = component["sub_type"].as_str().unwrap_or_default().to_lowercase();
    let kind = button["type"].as_str().unwrap_or_default().to_lowercase();
    if sub_type != kind && !(sub_type == "voice_call" && kind == "voice_call") {
        return Err(Refusal::new(
            132_012,
            format!("button: sub_type {sub_type} does not match the template's {kind}"),
        ));
    }
    let parameter = component["parameters"].get(0);
    let typed = parameter.and_then(|one| one["type"].as_str()).unwrap_or_default();
    let expected = match kind.as_str() {
        "quick_reply" => "payload",
        "url" => "text",
        "copy_code" => "coupon_code",
        "flow" | "catalog" | "mpm" | "spm" => "action",
        _ => return Ok(()),
    };
    if typed != expected {
        return Err(Refusal::new(
            132_012,
            format!("button: expected a parameter of type {expected}, received \"{typed}\""),
        ));
    }
    if kind == "url" && !button["url"].as_str().is_some_and(|url| url.contains("{{1}}")) {
        return Err(Refusal::new(132_000, "button: the URL of the template has no variable"));
    }
    if button["otp_type"].is_string()
        && parameter.and_then(|one| one["text"].as_str()).is_some_and(|code| code.chars().count() > 15)
    {
        return Err(Refusal::new(132_018, "button: the code has more than 15 characters"));
    }
    Ok(())
}

/// Buttons with a variable need a value.
fn links(content: &Value, template: &Template) -> Result<(), Refusal> {
    let components = content["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (place, button) in template.buttons().iter().enumerate() {
        let kind = button["type"].as_str().unwrap_or_default();
        let open = kind == "COPY_CODE"
            || kind == "URL" && button["url"].as_str().is_some_and(|url| url.contains("{{1}}"));
        let given = components.iter().any(|one| one["type"] == "button" && index(one) == Some(place));
        if open && !given {
            return Err(Refusal::new(
                131_008,
                format!("buttons: Button at index {place} of type {kind} requires a parameter"),
            ));
        }
    }
    Ok(())
}

/// With its values in place, the text must still be within its limit.
fn fits(content: &Value, template: &Template) -> Result<(), Refusal> {
    for (kind, most) in [("HEADER", 60), ("BODY", 1_024)] {
        let text = template.text(kind, &ordered(content, template, kind)).unwrap_or_default();
        if text.chars().count() > most {
            return Err(Refusal::new(
                132_005,
                format!("{}: translated text too long, at most {most}", kind.to_lowercase()),
            ));
        }
    }
    Ok(())
}

/// The text values given for a component, in the order of the template's variables.
pub fn ordered(content: &Value, template: &Template, kind: &str) -> Vec<String> {
    if !template.named() {
        return values(content, kind);
    }
    let parameters = given(content, kind);
    let by_name = |name: &String| {
        let found = parameters.iter().find(|one| one["parameter_name"] == name.as_str());
        found.and_then(value).unwrap_or_default()
    };
    template.names(kind).iter().map(by_name).collect()
}

fn value(parameter: &Value) -> Option<String> {
    match parameter["type"].as_str() {
        Some("text") => parameter["text"].as_str().map(str::to_owned),
        Some(kind @ ("currency" | "date_time")) => {
            parameter[kind]["fallback_value"].as_str().map(str::to_owned)
        }
        _ => None,
    }
}

/// The text values given for a component, as they come.
pub fn values(content: &Value, kind: &str) -> Vec<String> {
    given(content, kind).iter().filter_map(value).collect()
}

/// The payload of a quick-reply button: what was given for it, or else its text.
pub fn payload(content: &Value, index: usize, text: &str) -> String {
    let components = content["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let wanted = index.to_string();
    let same = |component: &&Value| {
        component["type"] == "button" && component["index"].to_string().trim_matches('"') == wanted
    };
    let given = components.iter().find(same).and_then(|found| found["parameters"][0]["payload"].as_str());
    given.unwrap_or(text).to_owned()
}

/// The text of a URL button with its variable in place, or the code to copy.
pub fn button_value(content: &Value, index: usize) -> Option<String> {
    let components = content["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let wanted = index.to_string();
    let found = components.iter().find(|component| {
        component["type"] == "button" && component["index"].to_string().trim_matches('"') == wanted
    })?;
    let parameter = &found["parameters"][0];
    parameter["text"].as_str().or_else(|| parameter["coupon_code"].as_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Settings;

    const WABA: &str = "100000000000001";

    fn reminder(language: &str, values: &[&str]) -> Value {
        let parameters: Vec<Value> =
            values.iter().map(|value| json!({ "type": "text", "text": value })).collect();
        json!({ "name": "recordatorio_cita", "language": { "code": language },
                "components": [{ "type": "body", "parameters": parameters }] })
    }

    #[test]
    fn name_language_and_number_of_values_must_fit() {
        let templates = Templates::new(&Settings::default());
        let code = |content: Value| template(&content, WABA, &templates).err().map(|refusal| refusal.code);
        assert_eq!(code(reminder("es", &["Lucía", "sábado", "9:30"])), None);
        assert_eq!(code(reminder("es", &["Lucía"])), Some(132_000));
        assert_eq!(code(reminder("es", &["Lucía", "sábado", ""])), Some(100));
        assert_eq!(code(reminder("es", &["Lucía", "sábado\n", "9:30"])), Some(132_018));
        assert_eq!(code(reminder("es", &["Lucía", &"x".repeat(1_024), "9:30"])), Some(132_005));
        assert_eq!(code(reminder("fr", &["Lucía", "sábado", "9:30"])), Some(132_001));
    }

    #[test]
    fn named_values_need_their_names_and_links_their_ends() {
        let templates = Templates::new(&Settings::default());
        let order = json!({
            "id": "1", "name": "pedido", "language": "es", "category": "UTILITY", "status": "APPROVED",
            "parameter_format": "NAMED", "components": [
                { "type": "HEADER", "format": "IMAGE" },
                { "type": "BODY", "text": "Hola {{nombre}}, tu pedido {{orden}} está listo." },
                { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Ver", "url": "https://a.example/{{1}}" }] },
            ] });
        templates.add(Template::new(WABA, order));
        let image = json!({ "type": "header", "parameters": [{ "type": "image", "image": { "link": "https://a.example/x.png" } }] });
        let link = json!({ "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "A-17" }] });
        let body = |first: Value| json!({ "type": "body", "parameters": [first, { "type": "text", "parameter_name": "nombre", "text": "Ana" }] });
        let right = json!({ "type": "text", "parameter_name": "orden", "text": "A-17" });
        let send = |components: Value| {
            let content = json!({ "name": "pedido", "language": { "code": "es" }, "components": components });
            template(&content, WABA, &templates)
                .map_err(|refusal| refusal.code)
                .map(|found| found.text("BODY", &ordered(&content, &found, "BODY")))
        };
        assert_eq!(
            send(json!([image, body(right.clone()), link])),
            Ok(Some("Hola Ana, tu pedido A-17 está listo.".to_owned()))
        );
        assert_eq!(send(json!([body(right.clone()), link])), Err(132_012));
        assert_eq!(send(json!([image, body(right)])), Err(131_008));
        assert_eq!(send(json!([image, body(json!({ "type": "text", "text": "A-17" })), link])), Err(100));
    }

    #[test]
    fn a_quick_reply_without_payload_answers_its_text() {
        let content = json!({ "components": [
            { "type": "button", "sub_type": "quick_reply", "index": "0",
              "parameters": [{ "type": "payload", "payload": "SI" }] },
        ] });
        assert_eq!(payload(&content, 0, "Confirmar"), "SI");
        assert_eq!(payload(&content, 1, "Reprogramar"), "Reprogramar");
    }
}
