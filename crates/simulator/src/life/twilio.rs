//! Twilio's status callbacks.

use std::{sync::Arc, time::Duration};

use super::{Life, Step, Vendor, lose};
use crate::{
    courier::{Letter, send},
    sim::Sim,
    twilio::{errors, store::Message},
    wire::twilio::{Form, put},
};

pub(super) fn tell(sim: &Arc<Sim>, life: &Life, step: Step, lost: bool) {
    let Vendor::Twilio { callback, whatsapp, service } = &life.vendor else { return };
    let (name, code) = match step {
        Step::Sent => ("sent", None),
        Step::Delivered => ("delivered", None),
        Step::Read | Step::Played => ("read", None),
        Step::Failed(code) => {
            let code = errors::twin(code);
            // What a carrier refuses was handed over before; what Meta or Twilio refuse never left.
            (if (30_003..=30_008).contains(&code) { "undelivered" } else { "failed" }, Some(code))
        }
    };
    let Some(message) = sim.store.progress(&life.id, name, code, sim.clock.wall()) else { return };
    if let Some(sum) = charge(&message, step, *whatsapp) {
        price(sim, &message.sid, sum);
    }
    let Some(url) = callback else { return };
    if lost {
        lose(sim, life, name);
        return;
    }
    let mut form = Form::new();
    for key in ["MessageSid", "SmsSid"] {
        put(&mut form, key, life.id.as_str());
    }
    for key in ["MessageStatus", "SmsStatus"] {
        put(&mut form, key, name);
    }
    put(&mut form, "To", message.to.as_str());
    put(&mut form, "From", message.from.as_str());
    put(&mut form, "AccountSid", sim.settings.twilio.sid.as_str());
    put(&mut form, "ApiVersion", "2010-04-01");
    if let Some(service) = service {
        put(&mut form, "MessagingServiceSid", service.as_str());
    }
    if let Some(code) = code {
        put(&mut form, "ErrorCode", code.to_string());
        put(&mut form, "ErrorMessage", errors::message(code));
    }
    if *whatsapp {
        put(&mut form, "ChannelPrefix", "whatsapp");
        put(&mut form, "ChannelInstallSid", "XE00000000000000000000000000000001");
        put(&mut form, "ChannelToAddress", masked(&message.to));
        put(&mut form, "StructuredMessage", "false");
        if matches!(step, Step::Delivered | Step::Read) {
            put(&mut form, "EventType", name.to_uppercase());
        }
    } else if step == Step::Delivered {
        put(&mut form, "RawDlrDoneDate", sim.clock.wall().format("%y%m%d%H%M").to_string());
    }
    send(
        sim,
        Letter {
            channel: life.channel.clone(),
            customer: life.customer.key.clone(),
            url: url.clone(),
            form,
            fallback: None,
            kind: "status",
            summary: format!("{name} · {}", life.label),
        },
    );
}

/// What a message of ours costs (twilio.md §11): by the piece for SMS that reached a carrier, by the message where it
/// has files, and a fee for what WhatsApp refused. The amounts are those of no country in particular.
fn charge(message: &Message, step: Step, whatsapp: bool) -> Option<f64> {
    match (step, whatsapp) {
        (Step::Delivered, true) => Some(-0.005),
        (Step::Failed(_), true) => Some(-0.001),
        (Step::Delivered, false) => Some(by_piece(message.segments, message.media.len(), (0.0079, 0.02))),
        (Step::Failed(_), false) if message.status == "undelivered" => {
            Some(by_piece(message.segments, message.media.len(), (0.0079, 0.02)))
        }
        _ => None,
    }
}

/// What a customer's message costs.
pub fn received(whatsapp: bool, pieces: usize, files: usize) -> f64 {
    if whatsapp { -0.005 } else { by_piece(pieces, files, (0.0075, 0.01)) }
}

fn by_piece(pieces: usize, files: usize, (piece, whole): (f64, f64)) -> f64 {
    if files > 0 { -whole } else { -piece * f64::from(u32::try_from(pieces).unwrap_or(1)) }
}

/// A price is known a while after the message has come to its end.
pub fn price(sim: &Arc<Sim>, sid: &str, price: f64) {
    let (world, sid) = (Arc::clone(sim), sid.to_owned());
    sim.tasks.spawn(async move {
        tokio::time::sleep(Duration::from_millis(world.dice.between(world.settings.pace.read))).await;
        world.store.change(&sid, |message| message.price = Some(price));
    });
}

/// Twilio hides the end of the address here.
fn masked(to: &str) -> String {
    let address = to.trim_start_matches("whatsapp:");
    let shown = address.len().saturating_sub(4);
    address.chars().enumerate().map(|(index, c)| if index < shown { c } else { 'X' }).collect()
}
