//! Numbers that come: new ones, and those that move here from another account (whatsapp-cloud.md §8.2, §8.5).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{
    Ids,
    access::{account, fields},
    answer,
    errors::Refusal,
};
use crate::{
    estate::{Estate, Number},
    settings::CloudChannel,
    sim::Sim,
};

pub async fn add(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    answer(&sim, take(&sim, &request, &path.1, &body))
}

fn take(sim: &Sim, request: &HttpRequest, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    let seed = account(sim, request, id)?;
    let given = fields(request, body)?;
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let (cc, local, name) = (text("cc"), text("phone_number"), text("verified_name"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(&cc) || cc.len() > 3 {
        return Err(Refusal::new(100, "Param cc must be a country code of one to three digits."));
    }
    if !digits(&local) || !(4..=14).contains(&local.len()) {
        return Err(Refusal::new(100, "Param phone_number must be digits, without the country code."));
    }
    let moves = given.get("migrate_phone_number").is_some_and(|on| *on == json!(true) || *on == "true");
    if !moves && name.chars().count() < 3 {
        return Err(Refusal::new(100, "The parameter verified_name is required: at least three characters."));
    }
    let number = format!("+{cc}{local}");
    let phone_number_id = format!("2{:014}", u64::from_be_bytes(sim.dice.bytes()) % 100_000_000_000_000);
    let age = sim.clock.age();
    let mut estate = sim.estate();
    room(&estate, id)?;
    let taken = estate.numbers.iter().find(|known| known.channel.number == number && !known.gone).cloned();
    let channel = CloudChannel { phone_number_id: phone_number_id.clone(), number, ..seed };
    let fresh = match (taken, moves) {
        (None, true) => {
            return Err(Refusal::people(
                100,
                2_388_093,
                "Phone number not found",
                "The phone number is not registered with another WhatsApp Business account.",
            ));
        }
        (None, false) => {
            let channel =
                CloudChannel { name: format!("{name} {}", channel.number), verified_name: name, ..channel };
            Number::fresh(channel, age)
        }
        (Some(_), false) => {
            return Err(Refusal::people(
                100,
                2_388_012,
                "Phone number already in use",
                "The phone number is registered with a WhatsApp Business account already.",
            ));
        }
        (Some(old), true) => {
            may_move(&estate, &old, id)?;
            let channel = CloudChannel {
                name: old.channel.name.clone(),
                verified_name: old.channel.verified_name.clone(),
                ..channel
            };
            Number {
                moving_from: Some(old.channel.phone_number_id.clone()),
                name_status: old.name_status.clone(),
                quality: old.quality.clone(),
                official: old.official,
                throughput: old.throughput.clone(),
                ..Number::fresh(channel, age)
            }
        }
    };
    estate.numbers.push(fresh);
    Ok(json!({ "id": phone_number_id }))
}

/// A portfolio holds two numbers at first, twenty later.
fn room(estate: &Estate, id: &str) -> Result<(), Refusal> {
    let held = estate.numbers.iter().filter(|number| number.channel.waba_id == id && !number.gone).count();
    let most = estate.account(id).map_or(0, |account| account.most_numbers);
    if held < most {
        return Ok(());
    }
    Err(Refusal {
        user: Some((
            "Phone number limit reached".to_owned(),
            format!("This business can have {most} phone numbers."),
        )),
        ..Refusal::new(100, "Phone number limit reached.")
    })
}

/// What must hold before a number can move (whatsapp-cloud.md §8.5).
fn may_move(estate: &Estate, old: &Number, to: &str) -> Result<(), Refusal> {
    let refused =
        |subcode: u32, why: &str| Err(Refusal::people(100, subcode, "Cannot migrate phone number", why));
    if old.channel.waba_id == to {
        return refused(2_388_012, "The phone number belongs to this WhatsApp Business account already.");
    }
    if old.channel.coexistence || old.mode == "SANDBOX" {
        return refused(2_494_100, "This phone number is not eligible for migration.");
    }
    if !old.registered
        || old.name_status != "APPROVED"
        || old.new_name.as_ref().is_some_and(|(_, s)| s == "PENDING_REVIEW")
    {
        return refused(
            2_388_012,
            "The phone number's display name is not approved, or its certificate is not ready.",
        );
    }
    if old.pin.is_some() {
        return refused(
            2_388_001,
            "Two-step verification is enabled. Turn it off in the source account and try again.",
        );
    }
    let ready = estate
        .account(to)
        .is_some_and(|account| account.pays && account.subscribed && account.review == "APPROVED");
    if !ready {
        return refused(
            2_388_103,
            "The destination WhatsApp Business account needs a payment method, a review that is passed and a subscribed app.",
        );
    }
    if estate.numbers.iter().any(|known| known.moving_from.as_deref() == Some(&old.channel.phone_number_id)) {
        return refused(2_388_012, "The phone number is being migrated already.");
    }
    Ok(())
}

/// A number that moved was registered: its old id means nothing any more, and its good templates come with it.
pub fn arrive(sim: &Arc<Sim>, old: &str, channel: &CloudChannel) {
    let from = {
        let mut estate = sim.estate();
        let found = estate.number_mut(old);
        found.map(|number| {
            number.gone = true;
            number.channel.waba_id.clone()
        })
    };
    if let Some(from) = from {
        sim.templates.copy(&from, &channel.waba_id, sim.clock.wall());
    }
    sim.journal.write(
        "status",
        &channel.phone_number_id,
        "",
        format!("número trasladado desde {old}"),
        json!({ "from": old, "to": channel.phone_number_id }),
    );
}
