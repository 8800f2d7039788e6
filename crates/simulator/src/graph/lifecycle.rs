//! A number's life: proved with a code, registered with a PIN, renamed, given up (whatsapp-cloud.md §8.2).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::{
    Ids,
    access::{fields, managed},
    answer, done,
    errors::Refusal,
    moving,
};
use crate::{
    estate::{Code, Number},
    notices,
    settings::CloudChannel,
    sim::Sim,
};

/// Registrations and their undoing in 72 hours.
const REGISTRATIONS: usize = 10;
/// Wrong PINs before Meta stops listening for a day.
const GUESSES: u32 = 5;

fn text<'given>(given: &'given Map<String, Value>, name: &str) -> Option<&'given str> {
    given.get(name).and_then(Value::as_str)
}

/// Change a number that is still there.
fn with<T>(
    sim: &Sim,
    id: &str,
    change: impl FnOnce(&mut Number) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut estate = sim.estate();
    change(estate.number_mut(id).ok_or_else(|| Refusal::unknown_object(id))?)
}

pub async fn request_code(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: Ids,
    body: web::Bytes,
) -> HttpResponse {
    let ask = || {
        let channel = managed(&sim, &request, &path.1)?;
        let given = fields(&request, &body)?;
        let method = match text(&given, "code_method") {
            Some(method @ ("SMS" | "VOICE")) => method.to_owned(),
            _ => return Err(Refusal::new(100, "Param code_method must be one of {SMS, VOICE}.")),
        };
        let language = text(&given, "language").unwrap_or_default();
        if !(2..=7).contains(&language.len()) {
            return Err(Refusal::new(100, "Param language must be a language code, such as es or en_US."));
        }
        let digits = format!("{:06}", u32::from_be_bytes(sim.dice.bytes()) % 1_000_000);
        let age = sim.clock.age();
        with(&sim, &channel.phone_number_id, |number| {
            if number.verification == "VERIFIED" {
                return Err(Refusal::people(
                    136_024,
                    2_388_091,
                    "Cannot request a code",
                    "Request code failed: the phone number is verified already.",
                ));
            }
            number.codes_asked.retain(|asked| *asked + TimeDelta::hours(1) > age);
            if number.codes_asked.len() >= 5 {
                return Err(Refusal::people(
                    136_024,
                    2_388_091,
                    "Cannot request a code",
                    "Request code failed: Please try again in some time.",
                ));
            }
            number.codes_asked.push(age);
            let code = Code { digits: digits.clone(), method: method.clone(), sent: age, misses: 0 };
            number.code = Some(code);
            Ok(())
        })?;
        // The text message or the call: it arrives in the simulator's own list.
        let id = &channel.phone_number_id;
        sim.journal.write(
            "code",
            id,
            "",
            format!("{method} · {digits}"),
            json!({ "code": digits, "method": method, "language": language }),
        );
        Ok(done())
    };
    answer(&sim, ask())
}

pub async fn verify_code(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: Ids,
    body: web::Bytes,
) -> HttpResponse {
    let verify = || {
        let channel = managed(&sim, &request, &path.1)?;
        let given = fields(&request, &body)?;
        let guess = text(&given, "code").unwrap_or_default().to_owned();
        let age = sim.clock.age();
        with(&sim, &channel.phone_number_id, |number| {
            let refused = |why: &str| Refusal::people(136_025, 2_388_093, "Cannot verify the code", why);
            if guess.len() != 6 || !guess.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(Refusal::new(100, "Param code must be six digits without a hyphen."));
            }
            let Some(code) = &mut number.code else {
                return Err(refused("Verify code failed: request a code first."));
            };
            if code.misses >= 5 || code.sent + TimeDelta::minutes(10) < age {
                return Err(refused("Verify code failed: the code is no longer valid, request a new one."));
            }
            if code.digits != guess {
                code.misses += 1;
                return Err(refused(
                    "Verify code failed: Code couldn't be verified, check it and try again.",
                ));
            }
            number.code = None;
            "VERIFIED".clone_into(&mut number.verification);
            Ok(())
        })?;
        Ok(done())
    };
    answer(&sim, verify())
}

/// Six digits.
fn pin(value: Option<&Value>) -> Result<String, Refusal> {
    match value.and_then(Value::as_str) {
        Some(pin) if pin.len() == 6 && pin.bytes().all(|digit| digit.is_ascii_digit()) => Ok(pin.to_owned()),
        _ => Err(Refusal::new(100, "Param pin must be a string of six digits.")),
    }
}

/// Count a registration, or the end of one; the eleventh in 72 hours is refused (133016).
fn registration(sim: &Sim, number: &mut Number) -> Result<(), Refusal> {
    let age = sim.clock.age();
    number.registrations.retain(|at| *at + TimeDelta::hours(72) > age);
    if number.registrations.len() >= REGISTRATIONS {
        return Err(Refusal::new(
            133_016,
            "Registration or deregistration failed because there were too many attempts for this phone number in a short period of time.",
        ));
    }
    number.registrations.push(age);
    Ok(())
}

fn not_shared(channel: &CloudChannel) -> Result<(), Refusal> {
    if channel.coexistence {
        let why = "A phone number that is shared with the WhatsApp Business app is neither registered nor deregistered.";
        return Err(Refusal::new(100, why));
    }
    Ok(())
}

pub async fn register(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: Ids,
    body: web::Bytes,
) -> HttpResponse {
    let sim = sim.into_inner();
    let outcome = take(&sim, &request, &path.1, &body);
    answer(&sim, outcome)
}

fn take(sim: &Arc<Sim>, request: &HttpRequest, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    let channel = managed(sim, request, id)?;
    let given = fields(request, body)?;
    super::check::product(&given)?;
    not_shared(&channel)?;
    let given_pin = pin(given.get("pin"))?;
    let region = match text(&given, "data_localization_region") {
        None => None,
        Some(region) if region.len() == 2 && region.bytes().all(|letter| letter.is_ascii_uppercase()) => {
            Some(region.to_owned())
        }
        Some(_) => return Err(Refusal::new(100, "Param data_localization_region must be a country code.")),
    };
    let age = sim.clock.age();
    let (first, came_from) = with(sim, id, |number| {
        registration(sim, number)?;
        if number.verification == "NOT_VERIFIED" {
            return Err(Refusal::new(133_006, "The phone number needs to be verified before registering."));
        }
        guess(number, &given_pin, age)?;
        number.pin = Some(given_pin);
        number.region = region;
        let first = !number.registered && number.onboarded.1 + TimeDelta::days(30) > age;
        number.registered = true;
        "CONNECTED".clone_into(&mut number.status);
        if number.name_status == "PENDING_REVIEW" && number.moving_from.is_none() {
            "AVAILABLE_WITHOUT_REVIEW".clone_into(&mut number.name_status);
        }
        Ok((first, number.moving_from.take()))
    })?;
    if let Some(old) = came_from {
        moving::arrive(sim, &old, &channel);
    } else if first {
        notices::onboarding(sim, &channel);
    }
    sim.journal.write("status", id, "", "registro · ok".to_owned(), json!({ "registered": true }));
    Ok(done())
}

/// The PIN of a number that has one must be right; too many wrong ones are not listened to for a day.
fn guess(number: &mut Number, given: &str, age: chrono::DateTime<chrono::Utc>) -> Result<(), Refusal> {
    let Some(pin) = &number.pin else { return Ok(()) };
    let (misses, last) = number.pin_misses;
    let misses = if last + TimeDelta::hours(24) < age { 0 } else { misses };
    if misses >= GUESSES {
        return Err(Refusal::new(
            133_008,
            "Too many two-step verification PIN guesses for this phone number.",
        ));
    }
    if pin != given {
        number.pin_misses = (misses + 1, age);
        return Err(Refusal::new(133_005, "Two-step verification PIN incorrect."));
    }
    number.pin_misses = (0, age);
    Ok(())
}

pub async fn deregister(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let end = || {
        let channel = managed(&sim, &request, &path.1)?;
        not_shared(&channel)?;
        with(&sim, &path.1, |number| {
            registration(&sim, number)?;
            number.registered = false;
            "DISCONNECTED".clone_into(&mut number.status);
            Ok(())
        })?;
        Ok(done())
    };
    answer(&sim, end())
}

/// `POST /{number} {"pin"}`: another PIN, told by the `security` webhook.
pub fn change_pin(sim: &Arc<Sim>, channel: &CloudChannel, value: &Value) -> Result<Value, Refusal> {
    let new = pin(Some(value))?;
    with(sim, &channel.phone_number_id, |number| {
        if !number.registered {
            return Err(Refusal::new(133_010, "The phone number is not registered."));
        }
        number.pin = Some(new);
        Ok(())
    })?;
    notices::security(sim, channel, "PIN_CHANGED");
    Ok(done())
}

/// `POST /{number} {"new_display_name"}`: a new name, reviewed later. Names with `rechaz` in them are declined.
pub fn rename(sim: &Arc<Sim>, channel: &CloudChannel, value: &Value) -> Result<Value, Refusal> {
    let name = value.as_str().unwrap_or_default().trim().to_owned();
    let length = name.chars().count();
    if !(3..=512).contains(&length) {
        return Err(Refusal::new(100, "Param new_display_name must have at least three characters."));
    }
    with(sim, &channel.phone_number_id, |number| {
        if number.new_name.as_ref().is_some_and(|(_, status)| status == "PENDING_REVIEW") {
            return Err(Refusal::people(
                100,
                2_494_100,
                "Name under review",
                "Another display name of this phone number is under review.",
            ));
        }
        number.new_name = Some((name.clone(), "PENDING_REVIEW".to_owned()));
        Ok(())
    })?;
    let world = Arc::clone(sim);
    let channel = channel.clone();
    sim.tasks.spawn(async move {
        notices::pause_for_review(&world).await;
        notices::name_decided(&world, &channel, !name.to_lowercase().contains("rechaz"));
    });
    Ok(done())
}
