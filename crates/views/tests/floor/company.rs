//! Clínica Dental Sonrisas on a busy Friday, as its supervisor and its admin see it.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{ChannelKind, MustAct, PersonId, PresenceState, event::Alert};
use routing::{DueClock, Promise};
use views::{
    AdminChannel, AdminPage, AdminPerson, ChannelTag, Density, DueTag, Finishing, FloorAgent, FloorAlert,
    FloorConversation, FloorPage, FloorQueue, FloorTotals, Frame, Lang, MePage, PauseTag, PersonTag, Section,
    TextSize, Theme, Tx, Viewer,
    device::Device,
    me::{FactorLine, FactorProblem, PasswordProblem, SessionLine},
    zone,
};

/// An id that is the same in every run; `kind` keeps the ids of different things apart.
fn id<T: FromStr>(kind: u8, number: u16) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("0198{kind:02x}00-0000-7000-8000-0000{number:08x}").parse().unwrap()
}

/// Words of a language with times in Lima.
pub fn tx(lang: Lang) -> Tx {
    Tx::new(lang, Tz::America__Lima)
}

fn frame(lang: Lang, theme: Theme, section: Section) -> Frame {
    Frame {
        tx: tx(lang),
        theme,
        text: TextSize::Normal,
        density: Density::Comfortable,
        nonce: "bm9uY2U".to_owned(),
        csrf: "dG9rZW4".to_owned(),
        assets: "assets".to_owned(),
        cursor: 4711,
        now: DateTime::<Utc>::UNIX_EPOCH,
        live_view: if section == Section::Floor { "floor" } else { "none" }.to_owned(),
        section,
        viewer: Viewer {
            id: id(1, 1),
            name: "Gabriela Núñez".to_owned(),
            sees_floor: true,
            sees_admin: true,
            sees_routing: true,
            sees_attributes: false,
            sees_outcomes: false,
            presence: None,
            offers: Vec::new(),
            bell: domain::Bell::default(),
            single_keys: true,
        },
    }
}

fn person(number: u16, name: &str) -> PersonTag {
    PersonTag { id: id(1, number), name: name.to_owned() }
}

fn whatsapp(name: &str) -> ChannelTag {
    ChannelTag { kind: ChannelKind::WhatsappCloud, name: name.to_owned() }
}

/// A queue; `oldest` is in seconds before `now`.
pub fn queue(
    now: DateTime<Utc>,
    number: u16,
    name: &str,
    (waiting, oldest): (i64, Option<i64>),
    assigned: i64,
    (available, agents): (i64, i64),
) -> FloorQueue {
    FloorQueue {
        queue: id(2, number),
        name: name.to_owned(),
        position: i32::from(number),
        version: 4711,
        waiting,
        oldest: oldest.map(|seconds| now - TimeDelta::seconds(seconds)),
        assigned,
        overdue: i64::from(waiting > 5) * 4,
        breaches: waiting,
        available,
        agents,
    }
}

/// The queues.
pub fn queues(now: DateTime<Utc>) -> Vec<FloorQueue> {
    vec![
        queue(now, 1, "Citas", (12, Some(521)), 21, (2, 5)),
        queue(now, 2, "Urgencias", (2, Some(245)), 5, (0, 2)),
        queue(now, 3, "Ventas y tratamientos", (7, Some(130)), 18, (1, 6)),
        queue(now, 4, "Postventa", (0, None), 9, (2, 3)),
        queue(now, 5, "Português", (0, None), 0, (0, 2)),
    ]
}

/// An agent; `since` is in minutes before `now`.
pub fn agent(
    now: DateTime<Utc>,
    number: u16,
    name: &str,
    (state, since): (PresenceState, i64),
    (load, capacity): (i64, i64),
    queues: &[&str],
) -> FloorAgent {
    FloorAgent {
        person: id(1, number),
        name: name.to_owned(),
        version: 7,
        state,
        pause: None,
        since: now - TimeDelta::minutes(since),
        over_at: None,
        finishing: None,
        wrap_up_until: None,
        offers_missed: 0,
        load,
        capacity,
        queues: queues.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// The agents, in no order.
pub fn agents(now: DateTime<Utc>) -> Vec<FloorAgent> {
    use PresenceState::{Available, Offline, Paused, PrePause};
    let agent = |number, name, presence, load, queues| agent(now, number, name, presence, load, queues);
    let mut lunch = agent(7, "Paola Medina", (Paused, 12), (2, 4), &["Urgencias"]);
    lunch.pause = Some(PauseTag { code: "lunch".to_owned(), name: Some("Refrigerio".to_owned()) });
    lunch.over_at = Some(now - TimeDelta::minutes(2));
    let mut finishing = agent(8, "Joaquín Herrera", (PrePause, 3), (3, 4), &["Urgencias", "Postventa"]);
    finishing.pause = Some(PauseTag { code: "bath".to_owned(), name: None });
    finishing.finishing = Some(Finishing { left: 3, free_at: Some(now + TimeDelta::minutes(6)) });
    let mut writing = agent(2, "Valeria Quispe", (Available, 104), (6, 8), &["Citas"]);
    (writing.wrap_up_until, writing.offers_missed) = (Some(now + TimeDelta::seconds(40)), 2);
    vec![
        writing,
        agent(3, "Camila Torres", (Available, 97), (3, 8), &["Citas", "Urgencias"]),
        agent(4, "Diego Salazar", (Available, 180), (8, 8), &["Citas", "Ventas y tratamientos"]),
        agent(5, "Renata Oliveira", (Available, 63), (3, 6), &["Português"]),
        agent(6, "Mateo Rojas", (Available, 44), (5, 8), &["Ventas y tratamientos"]),
        lunch,
        finishing,
        agent(9, "Andrés Cárdenas", (Offline, 190), (0, 8), &["Ventas y tratamientos"]),
        agent(10, "Ángela Paredes", (Available, 20), (9, 20), &["Postventa"]),
        agent(11, "Lía Prado", (Offline, 60 * 20), (0, 6), &["Citas"]),
    ]
}

/// A conversation that waits for us since `waited` seconds.
pub fn conversation(
    now: DateTime<Utc>,
    number: u16,
    (name, queue): (&str, &str),
    (kind, preview): (&str, &str),
    waited: i64,
    assignee: Option<PersonTag>,
) -> FloorConversation {
    FloorConversation {
        conversation: id(4, number),
        contact: id(3, number),
        contact_name: name.to_owned(),
        vip: false,
        channel: whatsapp("Sonrisas Lima"),
        queue: queue.to_owned(),
        last_author: None,
        preview_kind: kind.to_owned(),
        preview: preview.to_owned(),
        must_act: MustAct::Agent,
        must_act_since: now - TimeDelta::seconds(waited),
        assignee,
        offered_to: None,
        due: None,
        due_at: None,
        alerts: Vec::new(),
        tags: Vec::new(),
        version: 3,
    }
}

/// The open conversations, in no order.
pub fn conversations(now: DateTime<Utc>) -> Vec<FloorConversation> {
    let talk =
        |number, contact, last, waited, assignee| conversation(now, number, contact, last, waited, assignee);
    let valeria = || Some(person(2, "Valeria Quispe"));
    let diego = || Some(person(4, "Diego Salazar"));
    let mut all = vec![
        talk(8, ("Ana Paula Souza", "Português"), ("text", "Oi! Vocês atendem convênio Bradesco?"), 22, None),
        talk(1, ("Milagros Paz", "Citas"), ("text", "Necesito mover mi cita de hoy, por favor"), 521, None),
        talk(2, ("Gustavo Reyes", "Citas"), ("text", "¿Siguen atendiendo hoy?"), 475, None),
        talk(3, ("Óscar Tello", "Citas"), ("text", "Quisiera una limpieza para dos personas"), 372, None),
        talk(4, ("Beatriz Luna", "Citas"), ("document", "Ya deposité, adjunto el comprobante"), 320, diego()),
        talk(5, ("Jorge Ramírez", "Urgencias"), ("audio", ""), 245, Some(person(7, "Paola Medina"))),
        talk(
            6,
            ("Lucía Fernández", "Citas"),
            ("text", "¿Aceptan tarjeta y puedo pagar en dos cuotas?"),
            198,
            valeria(),
        ),
        talk(
            7,
            ("Hugo Benavides", "Ventas y tratamientos"),
            ("text", "¿Me ayudan con el link de pago?"),
            130,
            Some(person(6, "Mateo Rojas")),
        ),
        talk(9, ("Rosa Chávez", "Postventa"), ("text", "Gracias, queda para el lunes"), 1900, valeria()),
        talk(10, ("+51 987 412 306", "Citas"), ("image", ""), 5_400, diego()),
    ];
    all[5].vip = true;
    all[5].alerts = vec![Alert::AgentSilent];
    all[1].tags = vec!["reprograma".to_owned()];
    for (at, minutes) in [(1, -4), (2, -3), (6, 2)] {
        let clock = DueClock {
            promise: Promise::First,
            at: now + TimeDelta::minutes(minutes),
            soon: 120,
            closed: Vec::new(),
        };
        all[at].due_at = Some(clock.at);
        all[at].due = Some(DueTag { clock, quiet: false });
    }
    all[1].alerts = vec![Alert::FirstResponseLate, Alert::WaitsTooLong];
    all[8].must_act = MustAct::Customer;
    all[8].last_author = Some("Valeria".to_owned());
    all[0].channel = ChannelTag { kind: ChannelKind::TwilioSms, name: "Sonrisas SMS".to_owned() };
    all
}

/// What calls for the supervisor.
pub fn alerts(now: DateTime<Utc>) -> Vec<FloorAlert> {
    let calls = conversations(now).into_iter().filter(|talk| !talk.alerts.is_empty());
    calls
        .map(|talk| FloorAlert {
            conversation: talk.conversation,
            contact: talk.contact,
            contact_name: talk.contact_name,
            what: talk.alerts,
            since: talk.must_act_since + TimeDelta::minutes(2),
            queue: talk.queue,
            assignee: talk.assignee,
            version: talk.version,
        })
        .collect()
}

/// The floor, as a supervisor of everything sees it.
pub fn floor(lang: Lang, theme: Theme, now: DateTime<Utc>) -> FloorPage {
    let (queues, agents) = (queues(now), agents(now));
    FloorPage {
        frame: frame(lang, theme, Section::Floor),
        totals: FloorTotals::of(4711, &queues, &agents),
        queues,
        agents,
        alerts: alerts(now),
        conversations: conversations(now),
        may_assign: true,
    }
}

/// Administration.
pub fn admin(lang: Lang, theme: Theme, now: DateTime<Utc>) -> AdminPage {
    let channel = |number, tag, address: &str, queue: &str, inbound: Option<i64>| AdminChannel {
        id: id(5, number),
        tag,
        address: address.to_owned(),
        queue: queue.to_owned(),
        enabled: number != 4,
        last_inbound: inbound.map(|minutes| now - TimeDelta::minutes(minutes)),
    };
    let sms = ChannelTag { kind: ChannelKind::TwilioSms, name: "Sonrisas SMS".to_owned() };
    let twilio = ChannelTag { kind: ChannelKind::TwilioWhatsapp, name: "Sonrisas São Paulo".to_owned() };
    let someone = |number, name: &str, email: &str, role: &str, presence, queues: &[&str]| AdminPerson {
        tag: person(number, name),
        email: format!("{email}@sonrisas.pe"),
        role: role.to_owned(),
        queues: queues.iter().map(|&name| name.to_owned()).collect(),
        teams: if number < 5 { vec!["Lima".to_owned()] } else { Vec::new() },
        presence,
        disabled: number == 9,
    };
    let agent = "Agente";
    AdminPage {
        frame: frame(lang, theme, Section::Admin),
        alarms: Vec::new(),
        channels: vec![
            channel(1, whatsapp("Sonrisas Lima"), "+51 1 700 4821", "Citas", Some(1)),
            channel(2, whatsapp("Sonrisas Bogotá"), "+57 601 580 3314", "Citas", Some(60 * 26)),
            channel(3, twilio, "+55 11 4210 0187", "Português", None),
            channel(4, sms, "+51 1 700 4822", "Postventa", Some(60 * 24 * 40)),
        ],
        people: vec![
            someone(12, "Álvaro Ríos", "alvaro.rios", "Administrador", None, &[]),
            someone(1, "Gabriela Núñez", "gabriela.nunez", "Supervisora", None, &[]),
            someone(2, "Valeria Quispe", "valeria.quispe", agent, Some(PresenceState::Available), &["Citas"]),
            someone(
                3,
                "Camila Torres",
                "camila.torres",
                agent,
                Some(PresenceState::Paused),
                &["Citas", "Urgencias"],
            ),
            someone(
                9,
                "Andrés Cárdenas",
                "andres.cardenas",
                agent,
                Some(PresenceState::Offline),
                &["Ventas y tratamientos"],
            ),
        ],
    }
}

fn session(number: u16, agent: &str, current: bool) -> SessionLine {
    let (begun, seen) = (views::sample::now(), views::sample::now());
    let address = format!("190.42.1.{number}");
    SessionLine { id: id(9, number), device: Device::of(agent), address, begun, seen, current }
}

/// The supervisor's own account.
pub fn me(lang: Lang, theme: Theme, saved: bool) -> MePage {
    MePage {
        frame: frame(lang, theme, Section::Me),
        email: "gabriela.nunez@sonrisas.pe".to_owned(),
        role: "Supervisora".to_owned(),
        zone: None,
        house_zone: Tz::America__Lima,
        zones: zone::groups(views::sample::now()),
        wrong_zone: None,
        signature: String::new(),
        factor: saved.then_some(FactorLine { since: views::sample::now(), codes_left: 2 }),
        factor_insists: false,
        factor_problem: saved.then_some(("codes", FactorProblem::Code)),
        password: saved.then_some(PasswordProblem::New("welcome-usual")),
        sessions: vec![
            session(1, "Windows NT 10.0 Chrome/142.0", true),
            session(2, "Linux; Android 14 Chrome/142.0", false),
        ],
        saved: saved.then_some("look"),
    }
}

/// Someone to hold a conversation.
#[allow(dead_code, reason = "the preview does not need it")]
pub fn holder() -> PersonId {
    id(1, 2)
}
