//! Whether a template message fits the template it names.

use serde_json::Value;

use super::{
    check::{known_keys, missing, object, required_text},
    errors::Refusal,
};
use crate::templates::{Template, Templates};

/// Check the content of a `template` message; answers the template it is made of.
pub fn template(content: &Value, templates: &Templates) -> Result<Template, Refusal> {
    let fields = object(content, "template")?;
    known_keys(fields, "template", &["name", "language", "components"])?;
    let name = required_text(fields, "template", "name", 512)?;
    let language =
        object(fields.get("language").ok_or_else(|| missing("template['language']"))?, "language")?;
    let language = required_text(language, "template['language']", "code", 15)?;
    let found = templates.find(name, language).filter(|found| found.field("status") != "PENDING");
    let Some(found) = found else {
        return Err(Refusal::new(132_001, format!("template name ({name}) does not exist in {language}")));
    };
    match found.field("status") {
        "APPROVED" => {}
        "PAUSED" => return Err(Refusal::new(132_015, format!("template {name} is paused"))),
        "DISABLED" => return Err(Refusal::new(132_016, format!("template {name} is disabled"))),
        _ => return Err(Refusal::new(132_001, format!("template {name} is not approved"))),
    }
    let components = content["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    for component in components {
        let kind = component["type"].as_str().unwrap_or_default();
        if !["header", "body", "button", "carousel", "limited_time_offer"].contains(&kind) {
            return Err(Refusal::new(132_012, format!("component type \"{kind}\" is not known")));
        }
        if kind == "button" {
            button(component, &found)?;
        }
    }
    for kind in ["HEADER", "BODY"] {
        let given = values(content, kind).len();
        let wanted = found.variables(kind);
        if given != wanted {
            let place = kind.to_lowercase();
            let details = format!(
                "{place}: number of localizable_params ({given}) does not match the expected number of params ({wanted})"
            );
            return Err(Refusal::new(132_000, details));
        }
    }
    Ok(found)
}

fn button(component: &Value, template: &Template) -> Result<(), Refusal> {
    let index = match &component["index"] {
        Value::String(text) => text.parse::<usize>().ok(),
        number => number.as_u64().and_then(|number| usize::try_from(number).ok()),
    };
    let buttons = template.component("BUTTONS").and_then(|buttons| buttons["buttons"].as_array());
    let count = buttons.map_or(0, Vec::len);
    if index.is_some_and(|index| index < count) {
        Ok(())
    } else {
        Err(Refusal::new(132_012, "button: index out of range"))
    }
}

/// The text values given for a component.
pub fn values(content: &Value, kind: &str) -> Vec<String> {
    let components = content["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let same =
        |component: &&Value| component["type"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(kind));
    let parameters = components.iter().find(same).and_then(|found| found["parameters"].as_array());
    let value = |parameter: &Value| match parameter["type"].as_str() {
        Some("text") => parameter["text"].as_str().map(str::to_owned),
        Some(kind @ ("currency" | "date_time")) => {
            parameter[kind]["fallback_value"].as_str().map(str::to_owned)
        }
        _ => None,
    };
    parameters.map(|all| all.iter().filter_map(value).collect()).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reminder(language: &str, values: &[&str]) -> Value {
        let parameters: Vec<Value> =
            values.iter().map(|value| json!({ "type": "text", "text": value })).collect();
        json!({ "name": "recordatorio_cita", "language": { "code": language },
                "components": [{ "type": "body", "parameters": parameters }] })
    }

    #[test]
    fn name_language_and_number_of_values_must_fit() {
        let templates = Templates::default();
        let code = |content: Value| template(&content, &templates).err().map(|refusal| refusal.code);
        assert_eq!(code(reminder("es", &["Lucía", "sábado", "9:30"])), None);
        assert_eq!(code(reminder("es", &["Lucía"])), Some(132_000));
        assert_eq!(code(reminder("fr", &["Lucía", "sábado", "9:30"])), Some(132_001));
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
