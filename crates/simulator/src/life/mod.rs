//! What becomes of an accepted message: sent, delivered, read, or failed, each told by a status webhook.

mod cloud;
mod twilio;

pub use twilio::{price, received};

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{
    customers::Customer, faults::Faults, media, settings::CloudChannel, sim::Sim, twilio as at_twilio,
    wire::ids,
};

/// A step in the life of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Left the vendor.
    Sent,
    /// Is on the phone.
    Delivered,
    /// Was opened.
    Read,
    /// Was listened to, for voice notes.
    Played,
    /// Could not be delivered, and why.
    Failed(u32),
}

/// A message that was accepted.
pub struct Life {
    /// Number or sender, as threads are named by.
    pub channel: String,
    /// To whom.
    pub customer: Customer,
    /// The vendor's id.
    pub id: String,
    /// Kind for the list of events.
    pub label: String,
    /// Reactions only ever get `sent`.
    pub reaction: bool,
    /// Voice notes are listened to after they are read.
    pub voice: bool,
    /// Decided at acceptance: it fails with this code before it leaves.
    pub doomed: Option<u32>,
    /// Media the vendor has to fetch first.
    pub links: Vec<String>,
    /// Kind of the message, as Meta names it: what a linked file must fit.
    pub kind: &'static str,
    /// What only one vendor needs.
    pub vendor: Vendor,
}

/// What only one vendor needs.
pub enum Vendor {
    /// Meta.
    Cloud {
        /// The number.
        channel: Box<CloudChannel>,
        /// Echoed exactly in every status.
        opaque: Option<String>,
        /// Addressed by user id rather than by number.
        by_user_id: bool,
        /// What it costs; nothing for what fails.
        pricing: serde_json::Value,
        /// The free window it falls into.
        conversation: Option<serde_json::Value>,
    },
    /// Twilio.
    Twilio {
        /// Where callbacks go, if anywhere.
        callback: Option<String>,
        /// WhatsApp rather than SMS.
        whatsapp: bool,
        /// Service it was sent by.
        service: Option<String>,
    },
}

/// Which steps follow, in the order they are told. Reading is left out: it needs a reader.
fn steps(faults: &Faults, doomed: Option<u32>, reaction: bool) -> Vec<Step> {
    let blocked = faults.block.then_some(130_403);
    match (doomed, faults.fail_delivery_code.or(blocked)) {
        (Some(code), _) => vec![Step::Failed(code)],
        _ if reaction => vec![Step::Sent],
        (None, Some(code)) => vec![Step::Sent, Step::Failed(code)],
        (None, None) if faults.skip_delivered && !faults.no_read => vec![Step::Sent],
        (None, None) => vec![Step::Sent, Step::Delivered],
    }
}

/// Let the message live its life.
pub fn begin(sim: &Arc<Sim>, life: Life) {
    let world = Arc::clone(sim);
    sim.tasks.spawn(async move { live(&world, &life).await });
}

async fn live(sim: &Arc<Sim>, life: &Life) {
    let faults = sim.faults();
    let mut doomed = life.doomed;
    for (place, link) in life.links.iter().enumerate() {
        if doomed.is_none() {
            doomed = fetch(sim, life, link, place == 0).await.err();
        }
    }
    let mut told = steps(&faults, doomed, life.reaction);
    let reads =
        !life.reaction && told.last().is_none_or(|last| !matches!(last, Step::Failed(_))) && !faults.no_read;
    if faults.reorder_statuses {
        reversed(sim, life, told, reads).await;
        return;
    }
    for mut step in told.drain(..) {
        rest(sim, step).await;
        // What is under way when a number is given up does not arrive (whatsapp-cloud.md §8.2).
        let given_up = step == Step::Delivered && given_up(sim, life);
        if given_up {
            step = Step::Failed(133_010);
        }
        take(sim, life, step, sim.clock.wall());
        if given_up {
            return;
        }
    }
    if reads && reader(sim, life).await {
        take(sim, life, Step::Read, sim.clock.wall());
        if life.voice {
            rest(sim, Step::Played).await;
            take(sim, life, Step::Played, sim.clock.wall());
        }
    }
}

fn given_up(sim: &Sim, life: &Life) -> bool {
    matches!(life.vendor, Vendor::Cloud { .. })
        && sim.estate().number(&life.channel).is_none_or(|number| !number.registered)
}

/// Fetch media that was only linked to, and show the first; a link that leads nowhere fails the message.
async fn fetch(sim: &Sim, life: &Life, link: &str, first: bool) -> Result<(), u32> {
    let by_twilio = matches!(life.vendor, Vendor::Twilio { .. });
    if by_twilio && !media::told_alike(sim, link).await {
        return Err(63_019);
    }
    let Some((bytes, mime)) = media::fetch(sim, link).await else { return Err(131_053) };
    let fits = if by_twilio {
        at_twilio::takes(life.kind, &mime, bytes.len())
    } else {
        media::fits(life.kind, &mime, bytes.len())
    };
    if !fits {
        return Err(if by_twilio { 63_005 } else { 131_053 });
    }
    let mut id = media::store(sim, bytes, &mime, None, media::FROM_BUSINESS);
    if by_twilio {
        // Twilio keeps a copy of its own, which its list of a message's files shows.
        id = media::copy(sim, &id, ids::sid("ME", sim.dice.bytes()));
        sim.store.change(&life.id, |message| message.media.push(id.clone()));
    }
    if !first {
        return Ok(());
    }
    sim.threads.change(&life.channel, &life.customer.key, &life.id, |bubble| {
        let kind = ["image", "audio", "video"].into_iter().find(|kind| mime.starts_with(kind));
        if by_twilio && bubble.card["kind"] == "image" {
            bubble.card["kind"] = json!(kind.unwrap_or("document"));
        }
        bubble.card["src"] = json!(format!("/phone/media/{id}"));
        bubble.card["mime"] = json!(mime);
    });
    Ok(())
}

/// Everything happens in order but is told backwards, with the times at which it happened.
async fn reversed(sim: &Arc<Sim>, life: &Life, mut steps: Vec<Step>, reads: bool) {
    if reads && life.vendor.can_read() {
        steps.push(Step::Read);
    }
    let mut happened = Vec::new();
    for step in steps {
        rest(sim, step).await;
        happened.push((step, sim.clock.wall()));
    }
    for (step, at) in happened.into_iter().rev() {
        take(sim, life, step, at);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn rest(sim: &Sim, step: Step) {
    let pace = sim.settings.pace;
    let range = match step {
        Step::Sent => pace.sent,
        Step::Delivered | Step::Failed(_) => pace.delivered,
        Step::Read | Step::Played => pace.read,
    };
    let millis = sim.dice.between(range) + sim.faults().status_delay_ms;
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Wait until somebody reads it: the person at the phone page, or the customer by themselves.
async fn reader(sim: &Sim, life: &Life) -> bool {
    if !life.vendor.can_read() {
        return false;
    }
    let own_time =
        Duration::from_millis(sim.dice.between(sim.settings.pace.read) + sim.faults().status_delay_ms);
    let mut waited = Duration::ZERO;
    let look = Duration::from_millis(50);
    loop {
        if sim.presence.looks(&life.channel, &life.customer.key) {
            return true;
        }
        if sim.settings.auto_read && waited >= own_time {
            return true;
        }
        // Nobody comes back to a message of yesterday, and a task must not wait forever.
        if waited > Duration::from_secs(3_600) {
            return false;
        }
        tokio::time::sleep(look).await;
        waited += look;
    }
}

/// Take a step: the phone shows it, and the product hears of it unless that webhook gets lost.
fn take(sim: &Arc<Sim>, life: &Life, step: Step, at: DateTime<Utc>) {
    let state = match step {
        Step::Sent => "sent",
        Step::Delivered => "delivered",
        Step::Read | Step::Played => "read",
        Step::Failed(_) => "failed",
    };
    let bubble =
        sim.threads.change(&life.channel, &life.customer.key, &life.id, |bubble| bubble.advance(state));
    if let Some(bubble) = bubble {
        sim.journal.tell(&json!({
            "frame": "bubble", "channel": life.channel, "customer": life.customer.key, "bubble": bubble,
        }));
    }
    let lost = sim.dice.falls(sim.faults().lose_status);
    match &life.vendor {
        Vendor::Cloud { .. } => cloud::tell(sim, life, step, at, lost),
        Vendor::Twilio { .. } => twilio::tell(sim, life, step, lost),
    }
}

fn lose(sim: &Sim, life: &Life, state: &str) {
    let summary = format!("{state} · {} · perdido", life.label);
    sim.journal.write(
        "lost",
        &life.channel,
        &life.customer.key,
        summary,
        json!({ "id": life.id, "status": state }),
    );
}

impl Vendor {
    /// Whether reading is told at all: SMS has no such thing.
    fn can_read(&self) -> bool {
        !matches!(self, Self::Twilio { whatsapp: false, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_doomed_at_acceptance_is_never_sent() {
        assert_eq!(steps(&Faults::default(), Some(131_047), false), [Step::Failed(131_047)]);
    }

    #[test]
    fn a_reaction_is_only_sent() {
        assert_eq!(steps(&Faults::default(), None, true), [Step::Sent]);
    }

    #[test]
    fn a_failing_delivery_is_sent_first() {
        let faults = Faults { fail_delivery_code: Some(131_026), ..Faults::default() };
        assert_eq!(steps(&faults, None, false), [Step::Sent, Step::Failed(131_026)]);
    }
}
