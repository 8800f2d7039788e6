//! Twilio's ways to sign and to arrive: shared keys, JSON, the fallback address.

use reqwest::StatusCode;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use testing::TWILIO_ACCOUNT;

use crate::clinic::{Clinic, LUCIA};

const MESSAGES: &str = "/webhooks/twilio/messages";

/// Lucía's SMS, as Twilio tells it.
fn sms<'a>(sid: &'a str, body: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("MessageSid", sid),
        ("AccountSid", TWILIO_ACCOUNT),
        ("From", LUCIA),
        ("To", "+14155550111"),
        ("Body", body),
        ("NumMedia", "0"),
    ]
}

#[tokio::test]
async fn a_shared_key_of_the_account_signs_and_no_other_does() {
    let clinic = Clinic::open().await;
    let vendor = clinic.vendor();
    let form = sms("SM00000000000000000000000000000001", "Hola");
    for (id, secret) in
        [("SHK1", "another-secret"), ("SHK2", "demo-shared-key"), ("SHK1", "demo-twilio-token")]
    {
        let refused = vendor.twilio_posts_with_key(MESSAGES, &form, id, secret).await;
        assert_eq!(refused, StatusCode::UNAUTHORIZED, "{id}");
    }
    assert_eq!(clinic.count("select count(*) from receipt").await, 0);
    let taken = vendor.twilio_posts_with_key(MESSAGES, &form, "SHK1", "demo-shared-key").await;
    assert_eq!(taken, StatusCode::OK);
    clinic.until_count("select count(*) from message where body = 'Hola'", 1).await;
}

#[tokio::test]
async fn a_body_of_json_counts_with_its_own_hash_alone() {
    let clinic = Clinic::open().await;
    let body: serde_json::Value = sms("SM00000000000000000000000000000002", "Hola, José")
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let hash = hex::encode(Sha256::digest(body.to_string()));
    let foreign = hex::encode(Sha256::digest("{}"));
    let refused = clinic.vendor().twilio_posts_json(MESSAGES, &body, &foreign).await;
    assert_eq!(refused, StatusCode::UNAUTHORIZED);
    assert_eq!(clinic.vendor().twilio_posts_json(MESSAGES, &body, &hash).await, StatusCode::OK);
    clinic.until_count("select count(*) from message where body = 'Hola, José'", 1).await;
}

#[tokio::test]
async fn what_comes_to_us_as_the_fallback_is_one_message_with_what_came_before() {
    let clinic = Clinic::open().await;
    let sid = "SM00000000000000000000000000000003";
    let mut form = sms(sid, "Hola");
    assert_eq!(clinic.vendor().twilio_posts(MESSAGES, &form, None).await, StatusCode::OK);
    form.extend([("ErrorCode", "11200"), ("ErrorUrl", "https://inbox.example.com/webhooks/twilio/messages")]);
    assert_eq!(clinic.vendor().twilio_posts(MESSAGES, &form, None).await, StatusCode::OK);
    clinic.until_count("select count(*) from receipt where state = 'applied'", 2).await;
    assert_eq!(clinic.count("select count(*) from message").await, 1);
    assert_eq!(clinic.count("select count(*) from quarantine").await, 0);
}
