use ChannelKind::{TwilioSms, TwilioWhatsapp, WhatsappCloud};
use Problem::{Malformed, Missing, NotTaken, Repeated, TooLong, TooMany};
use serde_json::json;

use super::*;

/// What stands in the way of a message, given as the API takes it.
fn told(kind: ChannelKind, content: serde_json::Value) -> Option<(Part, Problem)> {
    let content: Content = serde_json::from_value(content).unwrap();
    check(kind, &content).err().map(|flaw| (flaw.part, flaw.problem))
}

fn cloud(content: serde_json::Value) -> Option<(Part, Problem)> {
    told(WhatsappCloud, content)
}

fn buttons(count: usize) -> serde_json::Value {
    let all: Vec<_> =
        (0..count).map(|n| json!({"id": format!("b{n}"), "title": format!("Botón {n}")})).collect();
    json!({"kind": "interactive", "form": "buttons", "body": "¿Le sirve?", "buttons": all})
}

fn list(parts: &[usize]) -> serde_json::Value {
    let mut next = 0;
    let sections: Vec<_> = parts
        .iter()
        .map(|rows| {
            let rows: Vec<_> = (0..*rows)
                .map(|_| {
                    next += 1;
                    json!({"id": format!("r{next}"), "title": "Mañana"})
                })
                .collect();
            json!({"title": "Citas", "rows": rows})
        })
        .collect();
    json!({"kind": "interactive", "form": "list", "body": "¿Cuándo?", "button": "Ver", "sections": sections})
}

#[test]
fn a_text_fits_to_its_last_character_and_each_channel_has_its_own_length() {
    let text = |length: usize| json!({"kind": "text", "body": "ñ".repeat(length)});
    for (kind, longest) in [(WhatsappCloud, 4_096), (TwilioWhatsapp, 1_600), (TwilioSms, 1_600)] {
        assert_eq!(told(kind, text(longest)), None, "{kind}");
        let length = longest + 1;
        assert_eq!(told(kind, text(length)), Some((Part::Text, TooLong { length, longest })), "{kind}");
    }
    assert_eq!(cloud(json!({"kind": "text", "body": " \n"})), Some((Part::Text, Missing)));
}

#[test]
fn words_beside_a_file_have_their_limit_and_sounds_have_none_on_whatsapp() {
    let file = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001";
    let image = |caption: &str| json!({"kind": "image", "file": file, "caption": caption});
    assert_eq!(cloud(image(&"a".repeat(1_024))), None);
    assert_eq!(
        cloud(image(&"a".repeat(1_025))),
        Some((Part::Caption, TooLong { length: 1_025, longest: 1_024 }))
    );
    let voice = json!({"kind": "audio", "file": file, "voice": true, "caption": "oiga"});
    assert_eq!(cloud(voice), Some((Part::Caption, NotTaken)));
    assert_eq!(told(TwilioSms, json!({"kind": "audio", "file": file, "caption": "oiga"})), None);
    assert_eq!(cloud(json!({"kind": "image"})), Some((Part::File, Missing)));
    assert_eq!(cloud(json!({"kind": "image", "url": "file:///etc/passwd"})), Some((Part::File, Malformed)));
    assert_eq!(told(TwilioSms, json!({"kind": "sticker", "file": file})), Some((Part::Kind, NotTaken)));
}

#[test]
fn one_to_three_buttons_that_can_be_told_apart() {
    assert_eq!(cloud(buttons(3)), None);
    assert_eq!(cloud(buttons(4)), Some((Part::Buttons, TooMany { count: 4, most: 3 })));
    assert_eq!(cloud(buttons(0)), Some((Part::Buttons, Missing)));
    let with = |id: &str, title: &str| {
        let mut content = buttons(2);
        content["buttons"][1] = json!({"id": id, "title": title});
        cloud(content)
    };
    assert_eq!(with("b0", "Otro"), Some((Part::ButtonId, Repeated)));
    assert_eq!(with("b9", "Botón 0"), Some((Part::ButtonTitle, Repeated)));
    assert_eq!(with("b9", "*Sí*"), Some((Part::ButtonTitle, Malformed)));
    assert_eq!(with("b9", &"a".repeat(21)), Some((Part::ButtonTitle, TooLong { length: 21, longest: 20 })));
    assert_eq!(with(&"a".repeat(257), "Otro"), Some((Part::ButtonId, TooLong { length: 257, longest: 256 })));
    assert_eq!(with("", "Otro"), Some((Part::ButtonId, Missing)));
}

#[test]
fn what_stands_around_a_question_has_limits_too_and_twilio_takes_none_of_it() {
    let mut content = buttons(1);
    content["footer"] = json!("a".repeat(61));
    assert_eq!(cloud(content.clone()), Some((Part::Footer, TooLong { length: 61, longest: 60 })));
    content["footer"] = json!("Clínica");
    content["header"] = json!({"header": "text", "text": "a".repeat(61)});
    assert_eq!(cloud(content.clone()), Some((Part::Header, TooLong { length: 61, longest: 60 })));
    content["header"] = json!({"header": "image", "vendor_media_id": "900"});
    assert_eq!(cloud(content.clone()), None);
    assert_eq!(told(TwilioWhatsapp, content.clone()), Some((Part::File, NotTaken)));
    content.as_object_mut().unwrap().remove("header");
    assert_eq!(told(TwilioWhatsapp, content), Some((Part::Footer, NotTaken)));
    assert_eq!(told(TwilioWhatsapp, buttons(3)), None);
    assert_eq!(told(TwilioSms, buttons(1)), Some((Part::Kind, NotTaken)));
}

#[test]
fn a_menu_has_ten_rows_in_all() {
    assert_eq!(cloud(list(&[10])), None);
    assert_eq!(cloud(list(&[1; 10])), None);
    assert_eq!(cloud(list(&[6, 5])), Some((Part::Rows, TooMany { count: 11, most: 10 })));
    assert_eq!(cloud(list(&[1; 11])), Some((Part::Sections, TooMany { count: 11, most: 10 })));
    assert_eq!(cloud(list(&[1, 0])), Some((Part::Rows, Missing)));
    let mut untitled = list(&[1, 1]);
    untitled["sections"][0].as_object_mut().unwrap().remove("title");
    assert_eq!(cloud(untitled), Some((Part::SectionTitle, Missing)));
    let mut twice = list(&[2]);
    twice["sections"][0]["rows"][1]["id"] = json!("r1");
    assert_eq!(cloud(twice), Some((Part::RowId, Repeated)));
    assert_eq!(told(TwilioWhatsapp, list(&[1, 1])), Some((Part::Sections, TooMany { count: 2, most: 1 })));
    let mut plain = list(&[10]);
    plain["sections"][0].as_object_mut().unwrap().remove("title");
    assert_eq!(told(TwilioWhatsapp, plain), None);
}

#[test]
fn a_link_leads_somewhere() {
    let link = |url: &str| json!({"kind": "interactive", "form": "link", "body": "Su resultado", "label": "Abrir", "url": url});
    assert_eq!(cloud(link("https://clinica.example/r/1")), None);
    for url in ["javascript:alert(1)", "clinica.example", "https://"] {
        assert_eq!(cloud(link(url)), Some((Part::LinkAddress, Malformed)), "{url}");
    }
    let twilio = told(TwilioWhatsapp, link("https://clinica.example"));
    assert_eq!(twilio, Some((Part::Kind, NotTaken)), "needs approval there");
}

#[test]
fn a_place_is_on_earth_and_a_card_has_a_name() {
    let at = |latitude, longitude| json!({"kind": "location", "latitude": latitude, "longitude": longitude});
    assert_eq!(cloud(at(-12.1, -77.0)), None);
    assert_eq!(cloud(at(90.1, 0.0)), Some((Part::Place, Malformed)));
    assert_eq!(told(TwilioSms, at(0.0, 0.0)), Some((Part::Kind, NotTaken)));
    let card = |name: &str| json!({"name": name, "phones": [], "emails": []});
    assert_eq!(cloud(json!({"kind": "contacts", "cards": [card("Ana")]})), None);
    assert_eq!(cloud(json!({"kind": "contacts", "cards": [card(" ")]})), Some((Part::CardName, Missing)));
    let many = vec![card("Ana"); 258];
    let over = TooMany { count: 258, most: 257 };
    assert_eq!(cloud(json!({"kind": "contacts", "cards": many})), Some((Part::Cards, over)));
}

#[test]
fn a_reaction_is_one_emoji_or_none() {
    let react =
        |emoji: serde_json::Value| cloud(json!({"kind": "reaction", "target": "wamid.1", "emoji": emoji}));
    for emoji in ["👍", "👍🏽", "👩‍👩‍👧‍👦", "❤️", "1️⃣"] {
        assert_eq!(react(json!(emoji)), None, "{emoji}");
    }
    assert_eq!(react(json!(null)), None, "takes it back");
    for text in ["", "ok", "👍 gracias", "1"] {
        assert_eq!(react(json!(text)), Some((Part::Emoji, Malformed)), "{text}");
    }
    assert_eq!(
        told(TwilioWhatsapp, json!({"kind": "reaction", "target": "SM1"})),
        Some((Part::Kind, NotTaken))
    );
}

#[test]
fn a_template_is_filled_with_names_or_in_order_and_never_with_nothing() {
    let template = |body: serde_json::Value| json!({"kind": "template", "name": "cita", "language": "es_PE", "body": body, "shown": {"body": "Hola"}});
    assert_eq!(cloud(template(json!([{"text": "Ana"}, {"text": "lunes"}]))), None);
    assert_eq!(cloud(template(json!([{"text": ""}]))), Some((Part::TemplateValue, Missing)));
    let mixed = template(json!([{"name": "nombre", "text": "Ana"}, {"text": "lunes"}]));
    assert_eq!(cloud(mixed), Some((Part::TemplateValue, Malformed)));
    let mut code = template(json!([]));
    code["buttons"] = json!([{"index": 0, "kind": "copy_code", "text": "A".repeat(21)}]);
    assert_eq!(cloud(code), Some((Part::TemplateCode, TooLong { length: 21, longest: 20 })));
    let mut long = template(json!([]));
    long["shown"]["body"] = json!("a".repeat(1_025));
    assert_eq!(cloud(long), Some((Part::Body, TooLong { length: 1_025, longest: 1_024 })));
}

#[test]
fn what_customers_and_vendors_say_is_never_sent() {
    for content in [
        json!({"kind": "welcome"}),
        json!({"kind": "choice", "title": "Sí"}),
        json!({"kind": "system", "body": "x", "raw": {}}),
        json!({"kind": "revoke", "original": "wamid.1"}),
        json!({"kind": "unknown", "label": "poll", "raw": {}}),
    ] {
        for kind in ChannelKind::ALL {
            assert_eq!(told(*kind, content.clone()), Some((Part::Kind, NotTaken)), "{content}");
        }
    }
}
