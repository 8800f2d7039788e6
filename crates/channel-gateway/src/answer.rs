//! What a vendor's answer to a send means. The heart of sending: the wrong outcome loses a message or sends it twice.

use std::time::Duration;

use domain::{
    inbound::VendorError,
    outbound::{Advice, SendOutcome},
};

use crate::verdict::{NOT_ANSWERED, Table, Verdict, advice_for_status, look_up};

/// The longest wait a vendor can ask of us; more is a mistake of its clock.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer as it was received, as much of it as was.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Judges an answer. `accepted` is the id the vendor gave, `error` the refusal it spelled out.
///
/// No vendor has an idempotency key, so a repeated send is a second message on somebody's phone. Therefore:
///
/// - A success with an id is a success; one whose id can't be read may have been sent: uncertain.
/// - A code we know decides alone, whatever the HTTP status, because both vendors ask for that.
/// - A code by which the vendor admits that it doesn't know ([`Verdict::Unclear`]) is uncertain when the server
///   failed (5xx): it may have failed after taking the message. With a 4xx the request was turned down, so it is
///   tried again.
/// - 429 means not taken, even without a word about it.
/// - A 5xx without a code we know may come from a proxy after the vendor took the message: uncertain. So is 408,
///   which proxies send when they lose patience with the server behind them.
/// - What is left was turned down at the door. We don't know why, so no machine repeats it; a person may.
pub(crate) fn judge(
    answer: &Answer,
    accepted: Option<String>,
    error: Option<VendorError>,
    table: Table,
) -> SendOutcome {
    let status = answer.status;
    let success = (200..300).contains(&status);
    if let (true, Some(vendor_id)) = (success, accepted) {
        return SendOutcome::Accepted { vendor_id, held: None };
    }
    let verdict = error.as_ref().and_then(|error| look_up(table, error.code));
    let error = error.unwrap_or_else(|| VendorError { code: -i64::from(status), detail: String::new() });
    let open = success || status >= 500 || status == 408;
    match verdict {
        Some(Verdict::Refused(advice)) => SendOutcome::Refused(error, advice),
        Some(Verdict::Wait(_)) => SendOutcome::Refused(error, Advice::Later),
        Some(Verdict::Retry(seconds) | Verdict::Rest(seconds)) => {
            let table_wait = (seconds > 0).then(|| Duration::from_secs(seconds));
            retry(answer.retry_after.max(table_wait), error)
        }
        Some(Verdict::Unclear) if !open => retry(answer.retry_after, error),
        _ if status == 429 => retry(answer.retry_after, error),
        _ if open => SendOutcome::Uncertain { reason: reason(status, &error) },
        _ => {
            let advice = advice_for_status(status.into());
            SendOutcome::Refused(error, advice)
        }
    }
}

/// What an outcome means for a call that may be made twice without harm: the id, or a refusal or another try. There is
/// nothing uncertain about it.
pub(crate) fn repeatable(outcome: SendOutcome) -> Result<String, SendOutcome> {
    match outcome {
        SendOutcome::Accepted { vendor_id, .. } => Ok(vendor_id),
        SendOutcome::Uncertain { reason } => {
            Err(retry(None, VendorError { code: NOT_ANSWERED, detail: reason }))
        }
        other => Err(other),
    }
}

fn retry(after: Option<Duration>, error: VendorError) -> SendOutcome {
    SendOutcome::Retry { after: after.map(|wait| wait.min(LONGEST_WAIT)), error }
}

fn reason(status: u16, error: &VendorError) -> String {
    match error.code {
        ..0 => format!("HTTP {status} without a readable answer"),
        code => format!("HTTP {status} with code {code}"),
    }
}

/// `Retry-After`: seconds, or a date that is compared with the answer's own `Date`, so that our clock doesn't matter.
pub(crate) fn retry_after(header: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let header = header?.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text| chrono::DateTime::parse_from_rfc2822(text).ok();
    (moment(header)? - moment(date?.trim())?).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_may_be_told_in_seconds_or_as_a_date() {
        let now = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(retry_after(Some("7"), now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(Some("Wed, 21 Oct 2026 07:28:30 GMT"), now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after(Some("Wed, 21 Oct 2026 07:27:30 GMT"), now), None, "past");
        assert_eq!(retry_after(Some("Wed, 21 Oct 2026 07:28:30 GMT"), None), None);
        assert_eq!(retry_after(Some("-1"), now), None);
        assert_eq!(retry_after(Some("soon"), now), None);
        assert_eq!(retry_after(None, now), None);
    }
}
