use domain::{MessageId, outbound::Advice};

use super::*;

fn message(to: &str, content: Content) -> Outbound {
    let id: MessageId = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001".parse().unwrap();
    Outbound { message: id, attempt: 1, to: to.into(), content, reply_to: Some("wamid.Q".into()) }
}

/// The request for a message in Bandeja's words.
fn request(content: Value) -> Value {
    request_body(&message("573001112233", serde_json::from_value(content).unwrap())).unwrap()
}

/// What stands under the kind in that request.
fn sent(content: Value) -> Value {
    let request = request(content);
    request[request["type"].as_str().unwrap()].clone()
}

#[test]
fn a_phone_gets_its_plus_and_a_user_id_its_own_field() {
    let hello = Content::Text { body: "Hola".into() };
    let body = request_body(&message("573001112233", hello.clone())).unwrap();
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+573001112233",
        "type": "text", "text": {"body": "Hola", "preview_url": false},
        "context": {"message_id": "wamid.Q"},
        "biz_opaque_callback_data": "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001.1",
    });
    assert_eq!(body, expected);

    let body =
        request_body(&Outbound { reply_to: None, ..message("CO.40123456789012345678", hello) }).unwrap();
    assert_eq!((&body["recipient"], body.get("to")), (&json!("CO.40123456789012345678"), None));
    assert_eq!(body.get("context"), None);
}

#[test]
fn what_cannot_be_sent_is_refused_before_any_call() {
    let code = |to, content| match request_body(&message(to, content)) {
        Err(SendOutcome::Refused(error, advice)) => (error.code, advice),
        other => panic!("{other:?}"),
    };
    let hello = Content::Text { body: "Hola".into() };
    assert_eq!(code("nobody", hello), (UNREACHABLE, Advice::Never));
    assert_eq!(code("573001112233", Content::Welcome), (UNSENDABLE, Advice::FixMessage));
    let nowhere = Content::Image(Media::default());
    assert_eq!(code("573001112233", nowhere), (UNSENDABLE, Advice::FixMessage));
}

#[test]
fn an_address_in_the_text_is_previewed() {
    let previews = |body: &str| sent(json!({"kind": "text", "body": body}))["preview_url"] == true;
    assert!(previews("Mire https://clinica.example/citas"));
    assert!(previews("HTTP://clinica.example"));
    for text in ["clinica.example", "https://", "¿http:// o https:// ?", "Hola"] {
        assert!(!previews(text), "{text}");
    }
}

#[test]
fn files_go_by_id_or_by_link_with_what_their_kind_takes() {
    let by_id = json!({"kind": "image", "vendor_media_id": "900", "caption": "Su placa"});
    assert_eq!(sent(by_id), json!({"id": "900", "caption": "Su placa"}));
    let by_link = json!({"kind": "video", "url": "https://a.example/v.mp4"});
    assert_eq!(sent(by_link), json!({"link": "https://a.example/v.mp4"}));
    let both = json!({"kind": "document", "vendor_media_id": "900", "url": "https://a.example/x",
        "filename": "receta.pdf", "caption": "Receta"});
    assert_eq!(sent(both), json!({"id": "900", "filename": "receta.pdf", "caption": "Receta"}));
    let voice = json!({"kind": "audio", "vendor_media_id": "900", "voice": true, "filename": "nota.ogg"});
    assert_eq!(sent(voice), json!({"id": "900", "voice": true}));
    assert_eq!(sent(json!({"kind": "audio", "vendor_media_id": "900"})), json!({"id": "900"}));
    assert_eq!(sent(json!({"kind": "sticker", "vendor_media_id": "900"})), json!({"id": "900"}));
}

#[test]
fn a_place_is_written_as_text_and_a_card_has_a_second_part_to_its_name() {
    let place = json!({"kind": "location", "latitude": -12.1, "longitude": -77.03, "name": "Clínica"});
    assert_eq!(sent(place), json!({"latitude": "-12.1", "longitude": "-77.03", "name": "Clínica"}));
    let cards = json!({"kind": "contacts", "cards": [
        {"name": "Ana María Ruiz", "phones": ["+51 987"], "emails": ["ana@a.example"], "organisation": "Sonrisas",
            "title": "Dentista", "urls": ["https://a.example"]},
        {"name": "Recepción", "phones": [], "emails": []}]});
    let expected = json!([
        {"name": {"formatted_name": "Ana María Ruiz", "first_name": "Ana", "last_name": "María Ruiz"},
         "phones": [{"phone": "+51 987", "type": "CELL"}], "emails": [{"email": "ana@a.example", "type": "WORK"}],
         "urls": [{"url": "https://a.example", "type": "WORK"}],
         "org": {"company": "Sonrisas", "title": "Dentista"}},
        {"name": {"formatted_name": "Recepción", "first_name": "Recepción"}}]);
    assert_eq!(sent(cards), expected);
}

#[test]
fn a_reaction_carries_no_context_and_an_empty_one_takes_it_back() {
    let thumb = request(json!({"kind": "reaction", "target": "wamid.1", "emoji": "👍"}));
    assert_eq!(thumb["reaction"], json!({"message_id": "wamid.1", "emoji": "👍"}));
    assert_eq!(thumb.get("context"), None);
    let back = sent(json!({"kind": "reaction", "target": "wamid.1"}));
    assert_eq!(back, json!({"message_id": "wamid.1", "emoji": ""}));
}

#[test]
fn questions_have_metas_shapes() {
    let buttons = json!({"kind": "interactive", "form": "buttons", "body": "¿Viene?", "footer": "Sonrisas",
        "header": {"header": "document", "vendor_media_id": "900", "filename": "cita.pdf"},
        "buttons": [{"id": "si", "title": "Sí"}]});
    let expected = json!({"type": "button", "body": {"text": "¿Viene?"}, "footer": {"text": "Sonrisas"},
        "header": {"type": "document", "document": {"id": "900", "filename": "cita.pdf"}},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "si", "title": "Sí"}}]}});
    assert_eq!(sent(buttons), expected);

    let list = json!({"kind": "interactive", "form": "list", "header": "Citas", "body": "¿Cuándo?",
        "button": "Ver", "sections": [{"title": "Hoy", "rows": [
            {"id": "r1", "title": "9:00", "description": "con la Dra. Paz"}, {"id": "r2", "title": "10:00"}]}]});
    let expected = json!({"type": "list", "header": {"type": "text", "text": "Citas"}, "body": {"text": "¿Cuándo?"},
        "action": {"button": "Ver", "sections": [{"title": "Hoy", "rows": [
            {"id": "r1", "title": "9:00", "description": "con la Dra. Paz"}, {"id": "r2", "title": "10:00"}]}]}});
    assert_eq!(sent(list), expected);

    let link = json!({"kind": "interactive", "form": "link", "body": "Listo", "label": "Abrir",
        "url": "https://a.example/r", "header": {"header": "image", "url": "https://a.example/i.png"}});
    let expected = json!({"type": "cta_url", "body": {"text": "Listo"},
        "header": {"type": "image", "image": {"link": "https://a.example/i.png"}},
        "action": {"name": "cta_url", "parameters": {"display_text": "Abrir", "url": "https://a.example/r"}}});
    assert_eq!(sent(link), expected);

    let place = sent(json!({"kind": "interactive", "form": "location_request", "body": "¿Dónde está?"}));
    assert_eq!(place["action"], json!({"name": "send_location"}));
    assert_eq!(place["type"], "location_request_message");
    let phone = sent(json!({"kind": "interactive", "form": "contact_request", "body": "¿Su número?"}));
    assert_eq!((&phone["type"], &phone["action"]["name"]), (&json!("request_contact_info"), &phone["type"]));
}

#[test]
fn a_template_carries_only_what_has_a_value() {
    let bare =
        request(json!({"kind": "template", "name": "hola", "language": "es", "shown": {"body": "Hola"}}));
    assert_eq!(bare["template"], json!({"name": "hola", "language": {"code": "es"}}));
    assert_eq!(bare.get("context"), None, "no quote is shown above a template");

    let full = json!({"kind": "template", "name": "pedido", "language": "es_CO", "shown": {"body": "…"},
        "header": {"header": "image", "vendor_media_id": "900"},
        "body": [{"text": "Ana"}, {"text": "A-17"}],
        "buttons": [{"index": 0, "kind": "quick_reply", "text": "CONFIRMAR"}, {"index": 1, "kind": "url", "text": "A-17"},
            {"index": 2, "kind": "copy_code", "text": "PROMO10"}, {"index": 3, "kind": "flow", "text": "t1"}]});
    let expected = json!([
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "900"}}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "A-17"}]},
        {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "CONFIRMAR"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "A-17"}]},
        {"type": "button", "sub_type": "copy_code", "index": "2", "parameters": [{"type": "coupon_code", "coupon_code": "PROMO10"}]},
        {"type": "button", "sub_type": "flow", "index": "3", "parameters": [{"type": "action", "action": {"flow_token": "t1"}}]}]);
    assert_eq!(sent(full)["components"], expected);
}

#[test]
fn named_places_keep_their_names_and_headers_their_kind() {
    let named = json!({"kind": "template", "name": "p", "language": "es", "shown": {"body": "…"},
        "header": {"header": "text", "name": "orden", "text": "A-17"}, "body": [{"name": "nombre", "text": "Ana"}]});
    let components = sent(named)["components"].clone();
    let header = json!({"type": "text", "parameter_name": "orden", "text": "A-17"});
    assert_eq!(components[0]["parameters"][0], header);
    let body = json!({"type": "text", "parameter_name": "nombre", "text": "Ana"});
    assert_eq!(components[1]["parameters"][0], body);

    let place = json!({"kind": "template", "name": "p", "language": "es", "shown": {"body": "…"},
        "header": {"header": "location", "latitude": "-12.1", "longitude": "-77", "name": "Clínica", "address": "Av. Perú 1"}});
    let expected = json!({"type": "location", "location":
        {"latitude": "-12.1", "longitude": "-77", "name": "Clínica", "address": "Av. Perú 1"}});
    assert_eq!(sent(place)["components"][0]["parameters"][0], expected);
}

#[test]
fn a_one_time_code_is_told_twice() {
    let code = json!({"kind": "template", "name": "codigo", "language": "es", "category": "AUTHENTICATION",
        "body": [{"text": "123456"}], "shown": {"body": "123456 es su código"}});
    let expected = json!([
        {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "123456"}]}]);
    assert_eq!(sent(code)["components"], expected);
}
