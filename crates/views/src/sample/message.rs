//! Messages of every kind, and every event.

use chrono::TimeDelta;
use domain::{
    ChannelKind, Content, DeliveryState,
    content::{ContactCard, Media, OrderItem},
    conversation::Urgency,
    event::{Alert, Woken},
    outbound::{Advice, Hold},
    planned::Doubt,
};
use serde_json::json;

use crate::{
    Around, Author, Delivery, Happened, MessageView, NoteView, SystemLine, Why, planned::PlannedView, time,
};

use super::{id, mateo, now, valeria};

/// A message of the customer.
#[must_use]
pub fn inbound(number: u16, minutes_ago: i64, content: Content) -> MessageView {
    let at = now() - TimeDelta::minutes(minutes_ago);
    MessageView {
        id: id(4, number),
        client_id: None,
        author: Author::Contact { id: id(3, 1), name: "Lucía Fernández".to_owned() },
        channel: ChannelKind::WhatsappCloud,
        content,
        at,
        seq: time::seq(&at, i64::from(number)),
        file: None,
        delivery: None,
        quote: None,
        around: Around::default(),
        version: 1,
    }
}

/// A message of Valeria's.
#[must_use]
pub fn outbound(number: u16, minutes_ago: i64, body: &str, state: DeliveryState) -> MessageView {
    MessageView {
        client_id: Some(format!("5e2b7c1a-0000-4000-8000-0000{number:08x}")),
        author: Author::Person(valeria()),
        delivery: Some(Delivery {
            state,
            error_code: None,
            advice: None,
            held: None,
            until: None,
            cost: None,
        }),
        ..inbound(number, minutes_ago, text(body))
    }
}

/// Plain text.
#[must_use]
pub fn text(body: &str) -> Content {
    Content::Text { body: body.to_owned() }
}

fn media(mime: &str, filename: Option<&str>, caption: Option<&str>) -> Media {
    Media {
        mime: Some(mime.to_owned()),
        filename: filename.map(str::to_owned),
        caption: caption.map(str::to_owned),
        ..Media::default()
    }
}

/// One content of every kind there is.
#[must_use]
pub fn contents() -> Vec<Content> {
    vec![
        text("Hola, buenas tardes 👋\nQuisiera una cita. Encontré su página https://sonrisas.pe/citas."),
        Content::Image(media("image/jpeg", None, Some("Esta es de la semana pasada, la marqué donde duele"))),
        Content::Audio(Media { voice: true, ..media("audio/ogg; codecs=opus", None, None) }),
        Content::Video(media("video/mp4", None, None)),
        Content::Document(media("application/pdf", Some("Radiografia-panoramica.pdf"), None)),
        Content::Sticker(media("image/webp", None, None)),
        Content::Location {
            latitude: -12.119_88,
            longitude: -77.029_97,
            name: Some("Clínica Dental Sonrisas".to_owned()),
            address: Some("Av. Larco 743, Miraflores".to_owned()),
            url: None,
        },
        Content::Contacts {
            cards: vec![ContactCard {
                name: "Dra. Paredes".to_owned(),
                phones: vec!["+51 987 000 111".to_owned()],
                emails: vec!["paredes@sonrisas.pe".to_owned()],
                organisation: Some("Clínica Dental Sonrisas".to_owned()),
                ..ContactCard::default()
            }],
        },
        Content::Choice { id: Some("si".to_owned()), title: "Confirmar".to_owned(), description: None },
        Content::Form {
            name: Some("primera_cita".to_owned()),
            answers: json!({"sede": "Miraflores", "seguro": "Rímac", "edad": 34}),
        },
        Content::Reaction { target: "wamid.x".to_owned(), emoji: Some("👍".to_owned()) },
        Content::Reaction { target: "wamid.x".to_owned(), emoji: None },
        Content::Order {
            catalog: None,
            text: Some("Para recoger el sábado".to_owned()),
            items: vec![OrderItem {
                product: "cepillo-suave".to_owned(),
                quantity: 2,
                price: Some("19.90".to_owned()),
                currency: Some("PEN".to_owned()),
            }],
        },
        Content::System { body: "Lucía cambió de número".to_owned(), event: None, raw: json!({}) },
        Content::Unsupported { what: Some("poll".to_owned()), code: Some(131_051) },
        Content::Edit { original: "wamid.x".to_owned(), content: Box::new(text("Perdón, el sábado 21.")) },
        Content::Revoke { original: "wamid.x".to_owned() },
        Content::Welcome,
        Content::Unknown { label: "hologram".to_owned(), raw: json!({"a": 1}) },
    ]
}

/// What can happen to a conversation, each thing once.
#[must_use]
pub fn lines() -> Vec<SystemLine> {
    let mateo = mateo().name;
    let to = valeria().name;
    let routed = Why::Routed { waited_seconds: 8, candidates: 4, load: 2, capacity: 8 };
    [
        Happened::Opened { queue: "Citas".to_owned() },
        Happened::Reopened { queue: "Citas".to_owned(), by: None },
        Happened::Assigned { to: to.clone(), why: routed },
        Happened::Assigned { to: to.clone(), why: Why::Moved { by: mateo.clone() } },
        Happened::Assigned { to: to.clone(), why: Why::Taken },
        Happened::Released { by: Some(mateo.clone()) },
        Happened::Released { by: None },
        Happened::Transferred { to: "Urgencias".to_owned(), team: None, by: None, note: None },
        Happened::Transferred {
            to: "Urgencias".to_owned(),
            team: None,
            by: Some(mateo.clone()),
            note: Some("Falta confirmar la hora".to_owned()),
        },
        Happened::Transferred {
            to: "Urgencias".to_owned(),
            team: Some("Lima".to_owned()),
            by: Some(mateo.clone()),
            note: None,
        },
        Happened::Assigned { to: to.clone(), why: Why::HandedOver { by: mateo.clone() } },
        Happened::Offered { to: to.clone(), from: None, note: None },
        Happened::Offered {
            to: to.clone(),
            from: Some(mateo.clone()),
            note: Some("Falta confirmar la hora".to_owned()),
        },
        Happened::NotTaken { to: to.clone(), declined: true, back_to: None },
        Happened::NotTaken { to: to.clone(), declined: false, back_to: None },
        Happened::NotTaken { to: to.clone(), declined: true, back_to: Some(mateo.clone()) },
        Happened::NotTaken { to: to.clone(), declined: false, back_to: Some(mateo.clone()) },
        Happened::Relaxed { steps: 2 },
        Happened::Alerted(Alert::WaitsTooLong),
        Happened::Alerted(Alert::AgentSilent),
        Happened::Alerted(Alert::FirstResponseLate),
        Happened::Alerted(Alert::NextResponseLate),
        Happened::Alerted(Alert::ResolutionLate),
        Happened::Tagged { tag: "urgente".to_owned(), on: true, by: None },
        Happened::Tagged { tag: "urgente".to_owned(), on: false, by: Some(mateo) },
        Happened::Snoozed { until: Some(now() + TimeDelta::hours(18)), by: Some(to.clone()) },
        Happened::Snoozed { until: None, by: Some(to.clone()) },
        Happened::Woken { why: Woken::Time, by: None },
        Happened::Woken { why: Woken::Customer, by: None },
        Happened::Woken { why: Woken::Person, by: Some(to.clone()) },
        Happened::Prioritized { urgency: Urgency::Urgent, by: to.clone() },
        Happened::Blocked { on: true, by: to.clone() },
        Happened::Blocked { on: false, by: to.clone() },
        Happened::VendorBlocked { on: true, code: None },
        Happened::VendorBlocked { on: true, code: Some(131_047) },
        Happened::VendorBlocked { on: false, code: Some(0) },
        Happened::Closed {
            holder: Some(to.clone()),
            outcome: Some("Venta › Implante".to_owned()),
            note: Some("Paga en dos cuotas".to_owned()),
        },
        Happened::Closed { holder: None, outcome: Some("Sin respuesta".to_owned()), note: None },
        Happened::Closed { holder: Some(to), outcome: None, note: None },
        Happened::Closed { holder: None, outcome: None, note: None },
        Happened::Collected { name: "Sonri".to_owned(), values: 4 },
    ]
    .into_iter()
    .enumerate()
    .map(|(number, what)| {
        let number = i64::try_from(number).unwrap_or_default();
        let at = now() - TimeDelta::minutes(970 - number);
        SystemLine { event: 100 + number, seq: time::seq(&at, number), at, what }
    })
    .collect()
}

/// Every state of delivery, with a failure of each advice and each way of waiting.
#[must_use]
pub fn deliveries() -> Vec<Delivery> {
    let plain = DeliveryState::ALL.iter().map(|state| Delivery {
        state: *state,
        error_code: None,
        advice: None,
        held: None,
        until: None,
        cost: None,
    });
    let failed = [
        (131_047, None),
        (131_026, Some(Advice::Never)),
        (131_056, Some(Advice::Later)),
        (190, None),
        (131_053, None),
    ]
    .map(|(code, advice)| Delivery {
        state: DeliveryState::Failed,
        error_code: Some(code),
        advice,
        held: None,
        until: None,
        cost: None,
    });
    let waiting = [
        (DeliveryState::Queued, Some(130_429), None),
        (DeliveryState::Queued, None, Some(Hold::CustomersADay)),
        (DeliveryState::Accepted, None, Some(Hold::Quality)),
        (DeliveryState::Accepted, None, Some(Hold::TemplatePaused)),
        (DeliveryState::Failed, Some(131_049), None),
    ]
    .map(|(state, error_code, held)| {
        let until = Some(now() + TimeDelta::hours(20));
        Delivery { state, error_code, advice: None, held, until, cost: None }
    });
    plain.chain(failed).chain(waiting).collect()
}

/// What goes out later, and what somebody is asked about.
#[must_use]
pub fn planned() -> Vec<PlannedView> {
    let later = PlannedView {
        id: id(13, 1),
        author: valeria().name,
        content: text("¿Cómo amaneció la muela?"),
        file: None,
        due: now() + TimeDelta::hours(20),
        doubt: None,
    };
    let asked = PlannedView { id: id(13, 2), doubt: Some(Doubt::CustomerWrote), ..later.clone() };
    let media = |file| Media {
        file: Some(file),
        filename: Some("<b>presupuesto</b>.pdf".to_owned()),
        caption: Some("Aquí está".to_owned()),
        ..Media::default()
    };
    let with_file = PlannedView {
        id: id(13, 3),
        content: Content::Document(media(id(14, 2))),
        file: Some(id(14, 2)),
        ..later.clone()
    };
    let without = PlannedView {
        id: id(13, 4),
        content: Content::Document(media(id(14, 3))),
        doubt: Some(Doubt::FileGone),
        ..later.clone()
    };
    let shut = PlannedView { id: id(13, 5), doubt: Some(Doubt::WindowClosed), ..later.clone() };
    vec![asked, shut, without, later, with_file]
}

/// A colleague's note.
#[must_use]
pub fn note() -> NoteView {
    let at = now() - TimeDelta::minutes(955);
    NoteView {
        id: id(11, 1),
        client_id: "0198aaaa-0000-7000-8000-000000000001".to_owned(),
        author: mateo(),
        body:
            "@Valeria Quispe tiene seguro Rímac. Hay que confirmar el copago antes de agendar la endodoncia."
                .to_owned(),
        mentions: vec![(valeria().id, valeria().name)],
        at,
        seq: time::seq(&at, 20),
    }
}
