//! What must hold for any answer of any vendor, however strange.

use std::time::Duration;

use channel_gateway::{retryable, twilio, whatsapp};
use domain::{ChannelKind, outbound::SendOutcome};
use proptest::prelude::*;
use serde_json::json;

type Classify = fn(u16, Option<Duration>, &[u8]) -> SendOutcome;

const VENDORS: [(ChannelKind, Classify); 2] =
    [(ChannelKind::WhatsappCloud, whatsapp::classify), (ChannelKind::TwilioSms, twilio::classify)];

proptest! {
    #[test]
    fn only_a_success_accepts_and_only_429_retries_without_a_word(
        status in 100_u16..600,
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        for (_, classify) in VENDORS {
            match classify(status, None, &body) {
                SendOutcome::Accepted { .. } => prop_assert!((200..300).contains(&status)),
                SendOutcome::Retry { .. } => prop_assert_eq!(status, 429),
                SendOutcome::Uncertain { .. } => {
                    prop_assert!((200..300).contains(&status) || status >= 500 || status == 408);
                }
                SendOutcome::Refused(error, _) => prop_assert_eq!(error.code, -i64::from(status)),
            }
        }
    }

    #[test]
    fn an_error_is_repeated_only_if_its_code_says_so(status in 100_u16..600, code in 0_i64..3_000_000) {
        prop_assume!(status != 429);
        let body = json!({"error": {"code": code}, "code": code}).to_string();
        for (kind, classify) in VENDORS {
            let outcome = classify(status, None, body.as_bytes());
            let accepted = matches!(outcome, SendOutcome::Accepted { .. });
            prop_assert!(!accepted, "there is no id in it");
            if matches!(outcome, SendOutcome::Retry { .. }) {
                prop_assert!(retryable(kind, code));
            }
        }
    }

    #[test]
    fn a_failing_server_is_never_asked_again_about_a_code_nobody_knows(status in 500_u16..600, code in 3_000_000_i64..) {
        let body = json!({"error": {"code": code}, "code": code}).to_string();
        for (_, classify) in VENDORS {
            let uncertain = matches!(classify(status, None, body.as_bytes()), SendOutcome::Uncertain { .. });
            prop_assert!(uncertain);
        }
    }
}
