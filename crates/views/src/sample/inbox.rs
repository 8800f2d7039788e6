//! An agent's page and its rows.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{MustAct, conversation::ReplyWindow};
use routing::{DueClock, Promise};

use crate::{
    ConversationRow, Density, DueTag, Frame, InboxPage, Lang, Section, TextSize, Theme, Thread, Viewer, row,
    time,
};

use super::{id, list, now, offer, presence, sms, tx, valeria, whatsapp};

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
        is_over: false,
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
