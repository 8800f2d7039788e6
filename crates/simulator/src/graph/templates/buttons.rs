//! Buttons of templates (whatsapp-cloud.md §7.2).

use serde_json::{Value, json};

use super::rules::{INCOMPLETE, refuse};
use crate::graph::errors::Refusal;

const TITLE: &str = "Invalid buttons";

fn wrong(text: impl Into<String>) -> Refusal {
    let text = text.into();
    Refusal { user: Some((TITLE.to_owned(), text.clone())), ..Refusal::new(100, text) }
}

/// How many of a kind a template may have; `None` for kinds that don't exist.
fn most(kind: &str) -> Option<usize> {
    Some(match kind {
        "QUICK_REPLY" => 10,
        "URL" => 2,
        "PHONE_NUMBER"
        | "COPY_CODE"
        | "FLOW"
        | "CATALOG"
        | "MPM"
        | "SPM"
        | "VOICE_CALL"
        | "REQUEST_CONTACT_INFO"
        | "POSTBACK"
        | "APP" => 1,
        _ => return None,
    })
}

/// At most ten, quick replies together, each within its limits.
pub fn check(component: &Value) -> Result<(), Refusal> {
    let all = component["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !(1..=10).contains(&all.len()) {
        return Err(wrong("A template has between 1 and 10 buttons."));
    }
    let kinds: Vec<String> =
        all.iter().map(|button| button["type"].as_str().unwrap_or_default().to_uppercase()).collect();
    for kind in &kinds {
        let most = most(kind).ok_or_else(|| wrong(format!("Button type \"{kind}\" is not allowed here.")))?;
        if kinds.iter().filter(|other| *other == kind).count() > most {
            return Err(wrong(format!("A template has at most {most} button(s) of type {kind}.")));
        }
    }
    // Quick replies stand together: all first, or all last.
    let quick: Vec<bool> = kinds.iter().map(|kind| kind == "QUICK_REPLY").collect();
    let changes = quick.windows(2).filter(|pair| pair[0] != pair[1]).count();
    if changes > 1 {
        return Err(wrong("Quick replies must stand together, before or after the other buttons."));
    }
    let mut texts = Vec::new();
    for (button, kind) in all.iter().zip(&kinds) {
        one(button, kind)?;
        if let Some(text) = button["text"].as_str() {
            if texts.contains(&text) {
                return Err(wrong("Two buttons have the same text."));
            }
            texts.push(text);
        }
    }
    Ok(())
}

fn one(button: &Value, kind: &str) -> Result<(), Refusal> {
    let text = button["text"].as_str().unwrap_or_default();
    let unnamed = ["COPY_CODE", "REQUEST_CONTACT_INFO"].contains(&kind);
    if !unnamed && text.trim().is_empty() {
        return Err(refuse(INCOMPLETE, TITLE, format!("A button of type {kind} needs a text.")));
    }
    if text.chars().count() > 25 {
        return Err(wrong("The text of a button has more than 25 characters."));
    }
    if text.contains("{{") || text.contains('\n') {
        return Err(wrong("The text of a button can't have variables or new lines."));
    }
    match kind {
        "URL" => url(button),
        "PHONE_NUMBER" => {
            let number = button["phone_number"].as_str().unwrap_or_default();
            let digits = number.trim_start_matches('+');
            if number.is_empty() || number.chars().count() > 20 || !digits.bytes().all(|b| b.is_ascii_digit())
            {
                return Err(wrong("phone_number must be a phone number of at most 20 characters."));
            }
            Ok(())
        }
        "COPY_CODE" => {
            let example =
                button["example"].as_str().or_else(|| button["example"][0].as_str()).unwrap_or_default();
            if example.is_empty() || example.chars().count() > 20 {
                return Err(refuse(
                    INCOMPLETE,
                    TITLE,
                    "A button of type COPY_CODE needs an example of at most 20 characters.",
                ));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// At most 2,000 characters, one variable at the very end, with a sample.
fn url(button: &Value) -> Result<(), Refusal> {
    let url = button["url"].as_str().unwrap_or_default();
    if !(url.starts_with("https://") || url.starts_with("http://")) || url.chars().count() > 2_000 {
        return Err(wrong("url must be a URL of at most 2,000 characters."));
    }
    let variables = url.matches("{{").count();
    if variables > 1 || variables == 1 && !url.ends_with("{{1}}") {
        return Err(wrong("A URL has at most one variable, {{1}}, at its end."));
    }
    let example = button["example"].as_str().or_else(|| button["example"][0].as_str()).unwrap_or_default();
    if variables == 1 && example.is_empty() {
        return Err(refuse(INCOMPLETE, TITLE, "A button of type URL with a variable needs an example."));
    }
    Ok(())
}

/// The one button of an authentication template, with the link that carries its code.
pub fn otp(component: &Value) -> Result<Value, Refusal> {
    let all = component["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [button] = all else { return Err(wrong("An authentication template has exactly one button.")) };
    // The listing gives an edit the button as it was kept.
    if button["type"] == "URL" {
        return Ok(component.clone());
    }
    let kind = button["otp_type"].as_str().unwrap_or_default().to_uppercase();
    if button["type"] != "OTP" || !["COPY_CODE", "ONE_TAP", "ZERO_TAP"].contains(&kind.as_str()) {
        return Err(wrong("otp_type must be one of {COPY_CODE, ONE_TAP, ZERO_TAP}."));
    }
    let apps = button["supported_apps"].as_array().map_or(0, Vec::len);
    if kind != "COPY_CODE" && !(1..=5).contains(&apps) {
        return Err(wrong("One-tap and zero-tap buttons need between 1 and 5 supported_apps."));
    }
    if kind == "ZERO_TAP" && button["zero_tap_terms_accepted"] != true {
        return Err(wrong("zero_tap_terms_accepted must be true."));
    }
    let text = button["text"].as_str().unwrap_or("Copiar código");
    Ok(json!({ "type": "BUTTONS", "buttons": [{
        "type": "URL", "text": text, "otp_type": kind,
        "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
        "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"],
    }] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(buttons: Value) -> bool {
        check(&json!({ "buttons": buttons })).is_ok()
    }

    #[test]
    fn quick_replies_stand_together() {
        let quick = |text: &str| json!({ "type": "QUICK_REPLY", "text": text });
        let call = json!({ "type": "PHONE_NUMBER", "text": "Llamar", "phone_number": "+5115550100" });
        assert!(fits(json!([quick("Sí"), quick("No"), call])));
        assert!(!fits(json!([quick("Sí"), call, quick("No")])));
        assert!(!fits(json!([quick("Sí"), quick("Sí")])));
        assert!(!fits(json!([])));
    }

    #[test]
    fn a_link_has_its_variable_at_the_end_with_a_sample() {
        let link = |url: &str, example: Value| json!([{ "type": "URL", "text": "Ver", "url": url, "example": example }]);
        assert!(fits(link("https://a.example/{{1}}", json!(["https://a.example/7"]))));
        assert!(!fits(link("https://a.example/{{1}}/x", json!(["x"]))));
        assert!(!fits(link("https://a.example/{{1}}", Value::Null)));
        assert!(fits(link("https://a.example/", Value::Null)));
    }
}
