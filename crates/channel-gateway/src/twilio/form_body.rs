//! The form of a message for Twilio (twilio.md §6, §8).

use domain::{
    Address, ChannelKind, Content,
    content::Media,
    outbound::{Outbound, SendOutcome},
    template::{HeaderValue, TemplateMessage},
};
use serde_json::{Map, Value};

use super::{TwilioSettings, message::WHATSAPP, status::MESSAGE_PARAMETER};
use crate::{
    sender::refused,
    verdict::{UNREACHABLE, UNSENDABLE},
};

/// The request for a message, or our refusal. Twilio can't quote, so `reply_to` is not sent.
pub(super) fn request_form(
    settings: &TwilioSettings,
    message: &Outbound,
) -> Result<Vec<(&'static str, String)>, SendOutcome> {
    let by_whatsapp = settings.from.starts_with(WHATSAPP);
    let kind = if by_whatsapp { ChannelKind::TwilioWhatsapp } else { ChannelKind::TwilioSms };
    let said = part(&message.content, by_whatsapp)
        .ok_or_else(|| refused(kind, UNSENDABLE, "this kind of message cannot be sent here"))?;
    let to = message.to.strip_prefix(WHATSAPP).unwrap_or(&message.to);
    let address = Address::phone(to).or_else(|| Address::bsuid(to).filter(|_| by_whatsapp));
    let address =
        address.ok_or_else(|| refused(kind, UNREACHABLE, "the address is of no use on this channel"))?;
    let prefix = if by_whatsapp { WHATSAPP } else { "" };
    let mut callback = settings.status_callback_url.clone();
    callback.query_pairs_mut().append_pair(MESSAGE_PARAMETER, &message.ticket().to_string());
    let mut form = vec![
        ("To", format!("{prefix}{}", address.value)),
        // Beside a service too: the customer is answered from the number they wrote to, not from another of the pool.
        ("From", settings.from.clone()),
    ];
    form.extend(settings.messaging_service.iter().map(|service| ("MessagingServiceSid", service.clone())));
    form.extend(said);
    form.push(("StatusCallback", callback.into()));
    Ok(form)
}

fn part(content: &Content, by_whatsapp: bool) -> Option<Vec<(&'static str, String)>> {
    Some(match content {
        Content::Text { body } => vec![("Body", body.clone())],
        Content::Image(media) | Content::Video(media) | Content::Document(media) => file(media)?,
        // Sounds and stickers take no words on WhatsApp.
        Content::Audio(media) if !by_whatsapp => file(media)?,
        Content::Audio(media) | Content::Sticker(media) => vec![("MediaUrl", media.url.clone()?)],
        Content::Location { latitude, longitude, name, address, .. } if by_whatsapp => {
            let label = address.as_deref().or(name.as_deref()).unwrap_or_default();
            let mut action = format!("geo:{latitude},{longitude}");
            if !label.is_empty() {
                action.push('|');
                action.push_str(&label.replace(['|', '\n', '\r'], " "));
            }
            // A message needs a text; WhatsApp shows it as the place's name.
            let body = name.as_deref().or(address.as_deref()).filter(|text| !text.is_empty());
            let body = body.map_or_else(|| format!("{latitude}, {longitude}"), str::to_owned);
            vec![("Body", body), ("PersistentAction", action)]
        }
        // Neither text nor file stands beside a content.
        Content::Template(template) => {
            let mut form = vec![("ContentSid", template.content_sid.clone()?)];
            let variables = variables(template)?;
            if !variables.is_empty() {
                form.push(("ContentVariables", Value::Object(variables).to_string()));
            }
            form
        }
        _ => return None,
    })
}

fn file(media: &Media) -> Option<Vec<(&'static str, String)>> {
    let mut form = vec![("MediaUrl", media.url.clone()?)];
    let caption = media.caption.as_ref().filter(|caption| !caption.is_empty());
    form.extend(caption.map(|caption| ("Body", caption.clone())));
    Some(form)
}

/// The values by name. What has none is counted on: header first, then text, then buttons, as the places of a content
/// are numbered through all of it.
fn variables(template: &TemplateMessage) -> Option<Map<String, Value>> {
    let mut places = Map::new();
    let mut put = |name: Option<&str>, text: &str| {
        let name = name.map_or_else(|| (places.len() + 1).to_string(), str::to_owned);
        places.insert(name, text.into());
    };
    match &template.header {
        None | Some(HeaderValue::Location { .. }) => {}
        Some(HeaderValue::Text(value)) => put(value.name.as_deref(), &value.text),
        Some(HeaderValue::Image(media) | HeaderValue::Video(media) | HeaderValue::Document(media)) => {
            put(None, media.url.as_deref()?);
        }
    }
    for value in &template.body {
        put(value.name.as_deref(), &value.text);
    }
    for button in &template.buttons {
        put(None, &button.text);
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use domain::{MessageId, outbound::Advice};
    use serde_json::json;

    use super::*;

    const BY_WHATSAPP: &str = "whatsapp:+14155238886";
    const BY_SMS: &str = "+14155550100";

    fn settings(from: &str) -> TwilioSettings {
        TwilioSettings {
            base_url: "https://api.twilio.com".parse().unwrap(),
            account: "AC1".into(),
            auth_user: "SK1".into(),
            auth_token: "secret".into(),
            from: from.into(),
            messaging_service: None,
            status_callback_url: "https://inbox.example.com/webhooks/twilio/status?c=1#rc=5&rp=ct,rt,5xx"
                .parse()
                .unwrap(),
            content_url: "https://content.twilio.com".parse().unwrap(),
            messaging_url: "https://messaging.twilio.com".parse().unwrap(),
        }
    }

    fn message(to: &str, content: Value) -> Outbound {
        let message: MessageId = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001".parse().unwrap();
        let content = serde_json::from_value(content).unwrap();
        Outbound { message, attempt: 1, to: to.into(), content, reply_to: None }
    }

    fn hello() -> Value {
        json!({"kind": "text", "body": "Hola"})
    }

    fn refusal(outcome: SendOutcome) -> (i64, Advice) {
        match outcome {
            SendOutcome::Refused(error, advice) => (error.code, advice),
            other => panic!("{other:?}"),
        }
    }

    /// What is said in the form, without addresses.
    fn said(from: &str, content: Value) -> Result<Vec<(&'static str, String)>, (i64, Advice)> {
        let form = request_form(&settings(from), &message("+573001112233", content)).map_err(refusal)?;
        let addresses = ["To", "From", "StatusCallback"];
        Ok(form.into_iter().filter(|(name, _)| !addresses.contains(name)).collect())
    }

    fn is(expected: &[(&'static str, &str)]) -> Result<Vec<(&'static str, String)>, (i64, Advice)> {
        Ok(expected.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    #[test]
    fn the_callback_address_carries_our_id_and_asks_to_be_repeated() {
        let form = request_form(&settings(BY_WHATSAPP), &message("whatsapp:+573001112233", hello())).unwrap();
        let callback = "https://inbox.example.com/webhooks/twilio/status?c=1&\
            m=0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001.1#rc=5&rp=ct,rt,5xx";
        let expected = [
            ("To", "whatsapp:+573001112233"),
            ("From", "whatsapp:+14155238886"),
            ("Body", "Hola"),
            ("StatusCallback", callback),
        ];
        assert_eq!(Ok(form), is(&expected));
    }

    #[test]
    fn a_service_is_named_and_the_customer_keeps_the_number_they_know() {
        let with = TwilioSettings { messaging_service: Some("MG1".into()), ..settings(BY_SMS) };
        let form = request_form(&with, &message("+573001112233", hello())).unwrap();
        assert!(form.contains(&("MessagingServiceSid", "MG1".to_owned())));
        assert!(form.contains(&("From", BY_SMS.to_owned())));
    }

    #[test]
    fn the_address_speaks_what_the_channel_speaks() {
        let to = |from: &str, to: &str| {
            let form = request_form(&settings(from), &message(to, hello())).map_err(refusal)?;
            Ok::<_, (i64, Advice)>(form[0].1.clone())
        };
        assert_eq!(to(BY_WHATSAPP, "573001112233").as_deref(), Ok("whatsapp:+573001112233"));
        assert_eq!(to(BY_WHATSAPP, "whatsapp:CO.401").as_deref(), Ok("whatsapp:CO.401"));
        assert_eq!(to(BY_SMS, "+573001112233").as_deref(), Ok("+573001112233"));
        assert_eq!(to(BY_SMS, "whatsapp:+573001112233").as_deref(), Ok("+573001112233"));
        assert_eq!(to(BY_SMS, "whatsapp:CO.401"), Err((UNREACHABLE, Advice::Never)));
        assert_eq!(to(BY_WHATSAPP, "nobody"), Err((UNREACHABLE, Advice::Never)));
    }

    #[test]
    fn a_file_goes_by_its_public_address_with_the_words_beside_it() {
        let image = json!({"kind": "image", "url": "https://a.example/f/1?s=x", "caption": "Su placa"});
        assert_eq!(
            said(BY_WHATSAPP, image),
            is(&[("MediaUrl", "https://a.example/f/1?s=x"), ("Body", "Su placa")])
        );
        let voice = json!({"kind": "audio", "url": "https://a.example/v", "voice": true, "caption": "oiga"});
        assert_eq!(said(BY_WHATSAPP, voice), is(&[("MediaUrl", "https://a.example/v")]));
        let nowhere = json!({"kind": "image", "vendor_media_id": "900"});
        assert_eq!(said(BY_WHATSAPP, nowhere), Err((UNSENDABLE, Advice::FixMessage)));
    }

    #[test]
    fn a_place_is_an_action_beside_its_name() {
        let place = json!({"kind": "location", "latitude": -12.1, "longitude": -77.03, "name": "Clínica",
            "address": "Av. Perú 1 | piso 2"});
        assert_eq!(
            said(BY_WHATSAPP, place.clone()),
            is(&[("Body", "Clínica"), ("PersistentAction", "geo:-12.1,-77.03|Av. Perú 1   piso 2")])
        );
        assert_eq!(said(BY_SMS, place), Err((UNSENDABLE, Advice::FixMessage)));
        let bare = json!({"kind": "location", "latitude": -12.1, "longitude": -77.03});
        assert_eq!(
            said(BY_WHATSAPP, bare),
            is(&[("Body", "-12.1, -77.03"), ("PersistentAction", "geo:-12.1,-77.03")])
        );
    }

    #[test]
    fn a_template_is_a_content_with_its_variables_and_nothing_beside_it() {
        let counted = json!({"kind": "template", "name": "cita", "language": "es", "content_sid": "HX1",
            "body": [{"text": "Ana"}, {"text": "\"lunes\""}], "shown": {"body": "…"}});
        assert_eq!(
            said(BY_WHATSAPP, counted),
            is(&[("ContentSid", "HX1"), ("ContentVariables", r#"{"1":"Ana","2":"\"lunes\""}"#)])
        );
        let named = json!({"kind": "template", "name": "cita", "language": "es", "content_sid": "HX1",
            "body": [{"name": "quien", "text": "Ana"}], "buttons": [{"index": 0, "kind": "url", "text": "A-17"}],
            "shown": {"body": "…"}});
        assert_eq!(
            said(BY_WHATSAPP, named),
            is(&[("ContentSid", "HX1"), ("ContentVariables", r#"{"2":"A-17","quien":"Ana"}"#)])
        );
        let bare = json!({"kind": "template", "name": "x", "language": "es", "content_sid": "HX1", "shown": {"body": "…"}});
        assert_eq!(said(BY_WHATSAPP, bare), is(&[("ContentSid", "HX1")]));
        let unknown = json!({"kind": "template", "name": "x", "language": "es", "shown": {"body": "…"}});
        assert_eq!(said(BY_WHATSAPP, unknown), Err((UNSENDABLE, Advice::FixMessage)));
    }

    #[test]
    fn what_twilio_has_no_way_for_is_refused_before_any_call() {
        for content in [
            json!({"kind": "reaction", "target": "SM1", "emoji": "👍"}),
            json!({"kind": "contacts", "cards": []}),
            json!({"kind": "interactive", "form": "location_request", "body": "¿Dónde?"}),
        ] {
            assert_eq!(
                said(BY_WHATSAPP, content.clone()),
                Err((UNSENDABLE, Advice::FixMessage)),
                "{content}"
            );
        }
    }
}
