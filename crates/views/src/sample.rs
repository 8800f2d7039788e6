//! A small company to draw screens with: for tests, and for the preview that designers look at.

mod day;
mod known;
mod list;
mod macros;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    Attribute, AttributeKind, ChannelKind, Content, ConversationState, DeliveryState, IdentityKind, MustAct,
    NationalId, PresenceState,
    content::{ContactCard, Media, OrderItem},
    conversation::{ReplyWindow, Urgency},
    event::{Alert, Woken},
    outbound::{Advice, Hold},
    planned::Doubt,
};
use routing::{DueClock, Promise};
use serde_json::json;

pub use day::day;
pub use macros::macros;

use crate::{
    Ad, Alike, Around, Author, ChannelTag, ConsentLine, ConversationRow, Delivery, Density, Details, DueTag,
    Entry, Finishing, Frame, Happened, IdentityLine, InboxPage, JoinLine, Lang, MePresence, MessageView,
    NoteView, OfferCard, OfferWhy, PauseTag, PersonTag, PreviousConversation, Quote, Section, Spent,
    SystemLine, Tags, TextSize, Theme, Thread, ThreadState, Tx, Viewer, Why,
    card::{CardDialog, CardField},
    details::{Standing, VendorBlock},
    known::Hidden,
    planned::PlannedView,
    row, time,
};

/// The moment at which samples are drawn: Friday 20 November 2026, 10:44 in Lima.
#[must_use]
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_189_440, 0).unwrap_or_default()
}

/// Words of a language with times in Lima.
#[must_use]
pub const fn tx(lang: Lang) -> Tx {
    Tx::new(lang, Tz::America__Lima)
}

/// An id that is the same in every run; `kind` keeps the ids of different things apart.
#[must_use]
pub fn id<T: std::str::FromStr>(kind: u8, number: u16) -> T {
    match format!("0198{kind:02x}00-0000-7000-8000-0000{number:08x}").parse() {
        Ok(id) => id,
        Err(_) => unreachable!("the text has the shape of an id"),
    }
}

/// The signed-in agent.
#[must_use]
pub fn valeria() -> PersonTag {
    PersonTag { id: id(1, 1), name: "Valeria Quispe".to_owned() }
}

/// A colleague.
#[must_use]
pub fn mateo() -> PersonTag {
    PersonTag { id: id(1, 2), name: "Mateo Rojas".to_owned() }
}

/// The company's WhatsApp number.
#[must_use]
pub fn whatsapp() -> ChannelTag {
    ChannelTag { kind: ChannelKind::WhatsappCloud, name: "Sonrisas Lima".to_owned() }
}

/// The company's SMS number.
#[must_use]
pub fn sms() -> ChannelTag {
    ChannelTag { kind: ChannelKind::TwilioSms, name: "Sonrisas SMS".to_owned() }
}

/// What the company pauses for: two that came with the house, one of its own.
#[must_use]
pub fn pauses() -> Vec<PauseTag> {
    [("lunch", "Almuerzo"), ("bath", "Baño"), ("dentist", "Con un paciente")]
        .map(|(code, name)| PauseTag { code: code.to_owned(), name: Some(name.to_owned()) })
        .into()
}

/// Valeria finishes before her lunch, having been slow, while she still writes something up.
#[must_use]
pub fn busy_presence() -> MePresence {
    MePresence {
        state: PresenceState::PrePause,
        pause: pauses().into_iter().next(),
        over_at: Some(now() + TimeDelta::minutes(5)),
        finishing: Some(Finishing { left: 2, free_at: Some(now() + TimeDelta::minutes(6)) }),
        wrap_up_until: Some(now() + TimeDelta::seconds(42)),
        offers_missed: 1,
        ..presence()
    }
}

/// Valeria's presence.
#[must_use]
pub fn presence() -> MePresence {
    MePresence {
        person: valeria().id,
        version: 12,
        name: valeria().name,
        state: PresenceState::Available,
        pause: None,
        since: now() - TimeDelta::minutes(104),
        over_at: None,
        finishing: None,
        wrap_up_until: None,
        offers_missed: 0,
        pauses: pauses(),
        load: 6,
        capacity: 8,
    }
}

/// A colleague hands Jorge over to Valeria.
#[must_use]
pub fn offer() -> OfferCard {
    OfferCard {
        conversation: id(2, 60),
        contact: id(3, 60),
        contact_name: "Jorge Ramírez".to_owned(),
        vip: true,
        channel: whatsapp(),
        queue: "Urgencias".to_owned(),
        preview_kind: "text".to_owned(),
        preview: "Se me salió una corona y me duele bastante, ¿me pueden ver hoy?".to_owned(),
        why: OfferWhy::HandedOver { by: mateo().name },
        note: Some("Ya le pedí la radiografía, falta confirmar la hora".to_owned()),
        made_at: now() - TimeDelta::seconds(8),
        until: now() + TimeDelta::seconds(22),
        now: now(),
    }
}

/// What is around a page of Valeria's.
#[must_use]
pub fn frame(lang: Lang, theme: Theme, section: Section) -> Frame {
    Frame {
        tx: tx(lang),
        theme,
        text: TextSize::Normal,
        density: Density::Comfortable,
        nonce: "bm9uY2U".to_owned(),
        csrf: "dG9rZW4".to_owned(),
        assets: "/assets".to_owned(),
        cursor: 4711,
        live_view: "inbox?list=mine".to_owned(),
        now: now(),
        section,
        viewer: Viewer {
            id: valeria().id,
            name: valeria().name,
            sees_floor: true,
            sees_admin: true,
            sees_routing: true,
            sees_attributes: true,
            sees_outcomes: true,
            presence: Some(presence()),
            offers: vec![offer()],
            bell: domain::Bell::default(),
            single_keys: true,
        },
    }
}

/// One row; `number` is its place from the top.
#[must_use]
pub fn row(number: u16, name: &str, minutes_ago: i64, kind: &str, preview: &str) -> ConversationRow {
    let last_at = now() - TimeDelta::minutes(minutes_ago);
    ConversationRow {
        conversation: id(2, number),
        contact: id(3, number),
        contact_name: name.to_owned(),
        vip: false,
        channel: whatsapp(),
        queue: "Citas".to_owned(),
        last_at,
        last_author: None,
        preview_kind: kind.to_owned(),
        preview: preview.to_owned(),
        window: ReplyWindow::Open(last_at + TimeDelta::hours(24)),
        must_act: MustAct::Agent,
        must_act_since: last_at,
        inbound_count: 4,
        version: 3,
        priority: 0,
        seq: row::seq(last_at, i64::from(number)),
        due_place: time::place(None),
        lights: (120, 300),
        snoozed: None,
        due: None,
        tags: Vec::new(),
    }
}

/// A clock towards an answer that was promised within five minutes.
#[must_use]
pub fn due(promise: Promise, minutes_left: i64) -> DueTag {
    let at = now() + TimeDelta::minutes(minutes_left);
    DueTag { clock: DueClock { promise, at, soon: 120, closed: Vec::new() }, quiet: false }
}

/// A row with something promised.
#[must_use]
pub fn promised(row: ConversationRow, due: DueTag) -> ConversationRow {
    ConversationRow { due_place: time::place(Some(due.clock.at)), due: Some(due), ..row }
}

/// Valeria's list.
#[must_use]
pub fn rows() -> Vec<ConversationRow> {
    let answered = |row: ConversationRow, author: &str| ConversationRow {
        last_author: Some(author.to_owned()),
        must_act: MustAct::Customer,
        ..row
    };
    let shut = |row: ConversationRow| ConversationRow {
        window: ReplyWindow::Closed(Some(row.last_at + TimeDelta::hours(24))),
        must_act: MustAct::Customer,
        ..row
    };
    let queue = |row: ConversationRow, queue: &str| ConversationRow { queue: queue.to_owned(), ..row };
    let mut lucia = row(1, "Lucía Fernández", 2, "text", "¿Aceptan tarjeta y puedo pagar en dos cuotas?");
    lucia.vip = true;
    lucia.tags = vec!["endodoncia".to_owned(), "seguro-rímac".to_owned()];
    let mut still = due(Promise::Resolution, 60 * 15);
    still.quiet = true;
    still.clock.closed = vec![(now() + TimeDelta::hours(7), now() + TimeDelta::hours(14))];
    let mut soon =
        answered(row(4, "Carlos Mendoza", 23, "text", "Perfecto, quedamos el lunes a las 9:30."), "Valeria");
    soon.window = ReplyWindow::Open(now() + TimeDelta::minutes(52));
    let mut text_message =
        queue(row(6, "Kevin Huamán", 73, "text", "Listo, ya llené el formulario"), "Postventa");
    text_message.channel = sms();
    text_message.window = ReplyWindow::Boundless;
    vec![
        promised(lucia, due(Promise::Next, 1)),
        promised(queue(row(2, "Jorge Ramírez", 4, "audio", ""), "Urgencias"), due(Promise::First, -3)),
        queue(row(3, "Ana Paula Souza", 7, "text", "Oi! Vocês atendem convênio Bradesco?"), "Português"),
        promised(soon, still),
        queue(row(5, "María José Ortega", 46, "image", ""), "Ventas"),
        text_message,
        queue(
            shut(row(7, "Sofía Castillo", 1530, "text", "Gracias por avisar, lo reviso con mi mamá")),
            "Ventas",
        ),
        queue(answered(row(8, "مريم الحسن", 1600, "text", "شكرا، سأرسل الصورة غدا"), "Mateo"), "Postventa"),
        shut(answered(row(9, "Rosa Elvira Díaz", 1700, "document", "Cotizacion-alineadores.pdf"), "Valeria")),
        queue(row(10, "Tomás Villanueva", 2900, "location", "Av. Larco 743"), "Ventas"),
    ]
}

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

/// Where the open conversation stands.
#[must_use]
pub fn state(window: ReplyWindow) -> ThreadState {
    ThreadState {
        conversation: id(2, 1),
        version: 9,
        state: ConversationState::Assigned,
        holder: Some(valeria()),
        offered_to: None,
        queue: "Citas".to_owned(),
        channel: whatsapp(),
        window,
        due: Some(due(Promise::Next, 1)),
        snoozed_until: None,
        urgency: Urgency::High,
        blocked: false,
        inbound_count: 7,
    }
}

/// What a company may want to know of its contacts.
#[must_use]
pub fn attributes() -> Vec<Attribute> {
    let field = |key: &str, name: &str, kind, sensitive| Attribute {
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        sensitive,
    };
    let options = vec!["Oro".to_owned(), "Plata".to_owned()];
    vec![
        field("plan", "Plan", AttributeKind::Choice { options }, false),
        field("rut", "RUT", AttributeKind::NationalId { of: NationalId::Rut }, true),
        field("nacimiento", "Fecha de nacimiento", AttributeKind::Date, false),
        field("convenio", "Convenio", AttributeKind::Flag, false),
        field("ficha", "Ficha", AttributeKind::Link, false),
    ]
}

/// The card of the contact, with a plan that is offered no longer.
#[must_use]
pub fn card(tx: Tx) -> CardDialog {
    let fields = known::fields(false).into_iter().map(|line| CardField {
        hidden: line.hidden != Hidden::No,
        value: match line.attribute.key.as_str() {
            "plan" => "Bronce".to_owned(),
            _ if line.hidden != Hidden::No => line.value,
            _ => line.attribute.kind.shown(&line.value),
        },
        attribute: line.attribute,
    });
    CardDialog {
        tx,
        contact: id(3, 1),
        version: 3,
        name: "Lucía Fernández".to_owned(),
        longest: 200,
        vip: true,
        owner: None,
        people: vec![(id(1, 1), "Mateo Rojas".to_owned())],
        language: "pt".to_owned(),
        languages: vec!["es".to_owned(), "pt".to_owned()],
        fields: fields.collect(),
    }
}

/// The contact panel, full or masked.
#[must_use]
pub fn details(masked: bool) -> Details {
    let phone = if masked { crate::details::mask("+51987412306") } else { "+51987412306".to_owned() };
    Details {
        conversation: id(2, 1),
        version: 2,
        contact: id(3, 1),
        name: "Lucía Fernández".to_owned(),
        vip: true,
        owner: Some("Mateo Rojas".to_owned()),
        language: Some("pt".to_owned()),
        collected: known::collected(masked),
        fields: known::fields(masked),
        may_update: !masked,
        may_merge: true,
        may_block: true,
        blocked: false,
        vendor_blocks: vec![
            VendorBlock {
                channel: "Sonrisas Lima".to_owned(),
                on: true,
                standing: Standing::Refused(131_047, "<b>no</b>".to_owned()),
            },
            VendorBlock { channel: "Sonrisas Cusco".to_owned(), on: true, standing: Standing::Done },
            VendorBlock { channel: "Sonrisas Ica".to_owned(), on: true, standing: Standing::Asked },
        ],
        identities: vec![
            IdentityLine { kind: IdentityKind::Phone, text: phone, masked },
            IdentityLine { kind: IdentityKind::Bsuid, text: "PE.4012998877".to_owned(), masked: false },
        ],
        channel: whatsapp(),
        first_seen: now() - TimeDelta::days(820),
        consents: vec![ConsentLine {
            purpose: domain::consent::Purpose::Marketing,
            given: false,
            proof: "BAJA".to_owned(),
            at: now() - TimeDelta::days(80),
        }],
        alike: vec![Alike { contact: id(3, 9), name: "Lucía F.".to_owned(), why: "alike-message" }],
        joined: vec![JoinLine {
            id: "1".to_owned(),
            name: "Lucy".to_owned(),
            at: now() - TimeDelta::days(3),
        }],
        spent: Spent { conversation: id(2, 1), costs: vec![("USD".to_owned(), 45_800, 1)] },
        tags: Tags {
            conversation: id(2, 1),
            version: 9,
            tags: vec!["endodoncia".to_owned(), "seguro-rímac".to_owned()],
        },
        previous: vec![
            PreviousConversation {
                id: id(2, 90),
                opened_at: now() - TimeDelta::days(98),
                queue: "Ventas".to_owned(),
                holder: Some("Mateo Rojas".to_owned()),
                state: ConversationState::Closed,
                outcome: Some("Venta › Blanqueamiento".to_owned()),
                note: Some("Vuelve en marzo <b>con</b> su hermana".to_owned()),
            },
            PreviousConversation {
                id: id(2, 91),
                opened_at: now() - TimeDelta::days(262),
                queue: "Citas".to_owned(),
                holder: None,
                state: ConversationState::Closed,
                outcome: None,
                note: None,
            },
        ],
    }
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

/// A day's conversation with Lucía.
#[must_use]
pub fn thread(window: ReplyWindow) -> Thread {
    let mut content = contents().into_iter();
    let mut next = |number: u16, minutes_ago: i64| {
        Entry::Message(Box::new(inbound(number, minutes_ago, content.next().unwrap_or_else(|| text("…")))))
    };
    let out = |number, minutes_ago, body: &str, state| {
        Entry::Message(Box::new(outbound(number, minutes_ago, body, state)))
    };
    let mut entries = vec![next(1, 1002)];
    entries.extend([lines().remove(0), lines().remove(2)].map(Entry::System));
    entries.extend([
        out(
            10,
            960,
            "Hola, Lucía, soy Valeria 😊 Claro que sí. ¿Tienes una radiografía reciente de esa muela?",
            DeliveryState::Read,
        ),
        Entry::Note(Box::new(note())),
        next(11, 56),
        next(12, 55),
        next(13, 54),
        next(14, 53),
        out(
            15,
            13,
            "Gracias, ya la vio la doctora Paredes. Te propongo el sábado 21 a las 9:30 con ella.",
            DeliveryState::Read,
        ),
        out(16, 11, "Te esperamos en Miraflores, Av. Larco 743.", DeliveryState::Delivered),
    ]);
    let mut answer = inbound(17, 4, text("Genial, ahí estaré 🙌"));
    answer.quote = Some(Quote {
        author: "Valeria Quispe".to_owned(),
        kind: "text".to_owned(),
        text: "Te propongo el sábado 21 a las 9:30 con ella.".to_owned(),
        message: Some((id(4, 15), id(2, 1))),
    });
    entries.push(Entry::Message(Box::new(answer)));
    entries.push(Entry::Message(Box::new(inbound(
        18,
        2,
        text("¿Aceptan tarjeta y puedo pagar en dos cuotas?"),
    ))));
    Thread {
        contact: id(3, 1),
        contact_name: "Lucía Fernández".to_owned(),
        vip: true,
        state: state(window),
        entries,
        planned: planned(),
        earlier: Some(time::seq(&(now() - TimeDelta::minutes(1002)), 1)),
        later: None,
        at: None,
        read_count: 5,
        may_reply: true,
        signature: "Valeria · Clínica Dental Sonrisas".to_owned(),
        may_note: true,
        may_close: true,
        may_transfer: true,
        may_claim: true,
        may_snooze: true,
        may_reopen: true,
        may_tag: true,
        may_see_raw: false,
        may_see_originals: false,
        details: details(false),
    }
}

/// A thread with every kind of content and every delivery.
#[must_use]
pub fn everything() -> Thread {
    let mut entries: Vec<Entry> = lines().into_iter().map(Entry::System).collect();
    entries.push(Entry::Note(Box::new(note())));
    let mut number = 200;
    for content in contents() {
        number += 1;
        entries.push(Entry::Message(Box::new(inbound(number, 600 - i64::from(number), content))));
    }
    for delivery in deliveries() {
        number += 1;
        let message =
            outbound(number, 500 - i64::from(number), "Te espero el sábado a las 9:30.", delivery.state);
        entries.push(Entry::Message(Box::new(MessageView { delivery: Some(delivery), ..message })));
    }
    let arounds = [
        Around { first: Some(text("Nos vemos a las 9")), ..Around::default() },
        Around { revoked: true, ..Around::default() },
        Around { muted: true, ..Around::default() },
        Around {
            reactions: vec![("👍".to_owned(), true), ("🙏".to_owned(), false)], ..Around::default()
        },
        Around { forwarded: Some(false), ..Around::default() },
        Around { forwarded: Some(true), product: Some("SKU-204".to_owned()), ..Around::default() },
        Around {
            ad: Some(Ad {
                post: false,
                headline: Some("Blanqueamiento con 30 % de descuento".to_owned()),
                body: Some("Solo en noviembre, en Miraflores y Surco.".to_owned()),
                url: Some("https://fb.me/2AbCdEf".to_owned()),
            }),
            ..Around::default()
        },
        Around {
            ad: Some(Ad { url: Some("javascript:alert(1)".to_owned()), ..Ad::default() }),
            ..Around::default()
        },
    ];
    for (number, around) in (700..).zip(arounds) {
        let message =
            MessageView { around, ..inbound(number, 12, text("Nos vemos a las 10, ¿les queda bien?")) };
        entries.push(Entry::Message(Box::new(message)));
    }
    let mut phone_app = outbound(890, 4, "Le contesto desde el celular de la clínica.", DeliveryState::Sent);
    (phone_app.author, phone_app.delivery) = (Author::PhoneApp, None);
    entries.push(Entry::Message(Box::new(phone_app)));
    let mut machine =
        outbound(900, 3, "Gracias por escribirnos. Te respondemos en breve.", DeliveryState::Sent);
    machine.author = Author::Machine;
    entries.push(Entry::Message(Box::new(machine)));
    Thread { entries, read_count: 7, ..thread(open()) }
}

/// A window with 21 h 58 min left.
#[must_use]
pub fn open() -> ReplyWindow {
    ReplyWindow::Open(now() + TimeDelta::minutes(21 * 60 + 58))
}

/// Valeria's inbox, with or without an open conversation.
#[must_use]
pub fn inbox(lang: Lang, theme: Theme, thread: Option<Thread>) -> InboxPage {
    let rows = rows();
    let reads = rows
        .iter()
        .zip([2, 3, 3].into_iter().chain(std::iter::repeat(4)))
        .map(|(row, read)| (row.conversation, read))
        .collect::<BTreeMap<_, _>>();
    let list = list::mine(lang, rows, reads);
    let (side, counts) = list::side(lang);
    InboxPage { frame: frame(lang, theme, Section::Inbox), side, counts, list, thread }
}
