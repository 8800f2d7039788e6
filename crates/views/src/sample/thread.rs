//! An open conversation.

use chrono::TimeDelta;
use domain::{
    ConversationState, DeliveryState,
    conversation::{ReplyWindow, Urgency},
};
use routing::Promise;

use crate::{
    Ad, Around, Author, Entry, MessageView, Quote, Thread, ThreadState,
    past::{ParallelTalk, TalkLine},
    time,
};

use super::{
    contents, deliveries, details, due, id, inbound, lines, note, now, outbound, planned, sms, text, valeria,
    whatsapp,
};

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

/// What Lucía wrote by SMS meanwhile, to a colleague.
#[must_use]
pub fn parallel() -> ParallelTalk {
    let opened_at = now() - TimeDelta::minutes(40);
    ParallelTalk {
        seq: time::seq(&opened_at, 0),
        talk: TalkLine {
            conversation: id(2, 92),
            opened_at,
            state: ConversationState::Assigned,
            channel: sms(),
            queue: "Postventa".to_owned(),
            person: Some("Mateo <b>Rojas</b>".to_owned()),
        },
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
        Entry::Parallel(parallel()),
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
