//! Twilio's form parameters.

use serde_json::{Value, json};

use crate::customers::Customer;

/// Form parameters, in the order they are sent.
pub type Form = Vec<(String, String)>;

/// Put one more parameter into a form.
pub fn put(form: &mut Form, name: &str, value: impl Into<String>) {
    form.push((name.to_owned(), value.into()));
}

/// The body of a form post.
#[must_use]
pub fn encode(form: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

/// The parameters every inbound message has.
#[must_use]
pub fn inbound(account: &str, sid: &str, from: &str, to: &str, body: &str, media: usize) -> Form {
    let mut form = Form::new();
    for name in ["MessageSid", "SmsSid", "SmsMessageSid"] {
        put(&mut form, name, sid);
    }
    put(&mut form, "AccountSid", account);
    put(&mut form, "From", from);
    put(&mut form, "To", to);
    put(&mut form, "Body", body);
    put(&mut form, "NumMedia", media.to_string());
    put(&mut form, "NumSegments", segments(body).to_string());
    put(&mut form, "SmsStatus", "received");
    put(&mut form, "ApiVersion", "2010-04-01");
    form
}

/// What a WhatsApp message carries on top: who, forwarded or not, and the same once more as JSON.
pub(crate) fn identity(form: &mut Form, customer: &Customer, forwarded: (bool, bool), button: Option<&str>) {
    put(form, "ProfileName", customer.name.as_str());
    put(form, "WaId", customer.phone.clone().unwrap_or_default());
    put(form, "ExternalUserId", format!("whatsapp:{}", customer.user_id));
    if let Some(parent) = &customer.parent_user_id {
        put(form, "ParentExternalUserId", format!("whatsapp:{parent}"));
    }
    if let Some(username) = &customer.username {
        put(form, "ProfileUsername", username.as_str());
    }
    put(form, "Forwarded", forwarded.0.to_string());
    put(form, "FrequentlyForwarded", forwarded.1.to_string());
    let mut context = json!({
        "Forwarded": forwarded.0.to_string(), "FrequentlyForwarded": forwarded.1.to_string(),
        "ProfileName": customer.name, "WaId": customer.phone.clone().unwrap_or_default(),
    });
    if let Some(button) = button {
        context["ButtonText"] = json!(button);
    }
    let metadata: Value = json!({ "type": "whatsapp", "data": { "context": context } });
    put(form, "ChannelMetadata", metadata.to_string());
}

/// How many SMS a text makes: 160 characters of GSM's alphabet (153 each when joined), or 70 (67) of any other.
#[must_use]
pub fn segments(body: &str) -> usize {
    const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¡ÄÖÑÜ§¿äöñüà";
    const GSM_DOUBLE: &str = "^{}\\[~]|€";
    let mut length = 0_usize;
    for character in body.chars() {
        if GSM_DOUBLE.contains(character) {
            length += 2;
        } else if GSM.contains(character) || (character.is_ascii() && !"`\t".contains(character)) {
            length += 1;
        } else {
            let units = body.encode_utf16().count();
            return if units <= 70 { 1 } else { units.div_ceil(67) };
        }
    }
    if length <= 160 { 1 } else { length.div_ceil(153) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_outside_the_alphabet_makes_shorter_segments() {
        assert_eq!(segments(&"a".repeat(160)), 1);
        assert_eq!(segments(&"a".repeat(161)), 2);
        assert_eq!(segments(&"ñ".repeat(160)), 1);
        assert_eq!(segments(&"á".repeat(71)), 2);
    }
}
