//! Twilio's status callbacks.

use std::sync::Arc;

use super::{Life, Step, Vendor, lose};
use crate::{
    courier::{Letter, send},
    sim::Sim,
    twilio::errors,
    wire::twilio::{Form, put},
};

pub(super) fn tell(sim: &Arc<Sim>, life: &Life, step: Step, lost: bool) {
    let Vendor::Twilio { callback, whatsapp } = &life.vendor else { return };
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
            kind: "status",
            summary: format!("{name} · {}", life.label),
        },
    );
}

/// Twilio hides the end of the address here.
fn masked(to: &str) -> String {
    let address = to.trim_start_matches("whatsapp:");
    let shown = address.len().saturating_sub(4);
    address.chars().enumerate().map(|(index, c)| if index < shown { c } else { 'X' }).collect()
}
