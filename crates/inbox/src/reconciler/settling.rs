//! Which message of the vendor's list is which send of ours.

use channel_gateway::twilio::Listed;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, MessageId, outbound::Ticket};
use sea_orm::FromQueryResult;

/// The vendor's clock may be behind ours by this,
const BEFORE: TimeDelta = TimeDelta::seconds(60);
/// and the call may have taken this long before the vendor made the message.
const AFTER: TimeDelta = TimeDelta::minutes(5);

/// A send of which nobody knows whether the vendor took it.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Uncertain {
    pub message_id: MessageId,
    pub attempt: i32,
    pub body: Option<String>,
    pub address: String,
    pub started_at: DateTime<Utc>,
}

fn key(address: &str) -> Option<String> {
    let plain = address.strip_prefix("whatsapp:").unwrap_or(address);
    Address::phone(plain).or_else(|| Address::bsuid(plain)).map(|address| address.key())
}

impl Uncertain {
    /// Whether that can be this send: the same customer and words, at the time of the attempt.
    fn can_be(&self, listed: &Listed) -> bool {
        let in_time =
            listed.created.is_some_and(|at| at >= self.started_at - BEFORE && at <= self.started_at + AFTER);
        let same_customer = key(&self.address).is_some_and(|ours| key(&listed.to).as_ref() == Some(&ours));
        in_time && same_customer && self.body.as_deref().unwrap_or_default().trim() == listed.body.trim()
    }
}

/// Gives each uncertain send the listed message that must be it, the oldest first. Two sends of the same words to the
/// same customer are alike to everybody, so either may have either.
///
/// `strangers` are listed messages of ours that no send is known to have made.
pub(super) fn settle<'a>(uncertain: &[Uncertain], strangers: &[&'a Listed]) -> Vec<(Ticket, &'a Listed)> {
    let mut left: Vec<&'a Listed> = strangers.to_vec();
    let mut settled = Vec::new();
    for one in uncertain {
        if let Some(at) = left.iter().position(|listed| one.can_be(listed)) {
            let ticket = Ticket { message: one.message_id, attempt: Some(one.attempt) };
            settled.push((ticket, left.remove(at)));
        }
    }
    settled
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }

    fn sent(body: &str, second: i64) -> Uncertain {
        Uncertain {
            message_id: MessageId::new(),
            attempt: 1,
            body: Some(body.to_owned()),
            address: "whatsapp:+5215512345678".to_owned(),
            started_at: at(second),
        }
    }

    fn listed(sid: &str, body: &str, to: &str, second: i64) -> Listed {
        let raw = json!({
            "sid": sid, "direction": "outbound-api", "status": "delivered", "body": body, "to": to,
            "from": "whatsapp:+14155238886", "date_created": at(second).to_rfc2822(),
        });
        Listed::read(raw).unwrap()
    }

    fn found<'a>(uncertain: &[Uncertain], strangers: &[&'a Listed]) -> Vec<(MessageId, &'a str)> {
        settle(uncertain, strangers)
            .into_iter()
            .map(|(ticket, one)| (ticket.message, one.sid.as_str()))
            .collect()
    }

    #[test]
    fn a_send_is_found_by_customer_words_and_time() {
        let hers = sent("Su cita es a las 5", 0);
        let it = listed("SM1", "Su cita es a las 5", "whatsapp:+525512345678", 2);
        for other in [
            listed("SM2", "Su cita es a las 6", "whatsapp:+525512345678", 2),
            listed("SM3", "Su cita es a las 5", "whatsapp:+525599999999", 2),
            listed("SM4", "Su cita es a las 5", "whatsapp:+525512345678", 3600),
            listed("SM5", "Su cita es a las 5", "whatsapp:+525512345678", -120),
        ] {
            assert_eq!(found(std::slice::from_ref(&hers), &[&other]), [], "{}", other.sid);
            assert_eq!(found(std::slice::from_ref(&hers), &[&other, &it]), [(hers.message_id, "SM1")]);
        }
    }

    #[test]
    fn one_listed_message_settles_one_send() {
        let (first, second) = (sent("Hola", 0), sent("Hola", 5));
        let (one, two) = (
            listed("SM1", "Hola", "whatsapp:+525512345678", 1),
            listed("SM2", "Hola", "whatsapp:+525512345678", 6),
        );
        let both = [first.clone(), second.clone()];
        assert_eq!(found(&both, &[&one]), [(first.message_id, "SM1")], "the other stays uncertain");
        assert_eq!(found(&both, &[&one, &two]), [(first.message_id, "SM1"), (second.message_id, "SM2")]);
    }
}
