//! Identifiers as the vendors make them, from random bytes.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A message id of Meta: opaque base64 that may hold `+`, `/` and `=`.
#[must_use]
pub fn wamid(customer: &str, random: [u8; 16]) -> String {
    let mut bytes = vec![0x1d, 0x05];
    bytes.extend_from_slice(customer.as_bytes());
    bytes.extend_from_slice(&[0x15, 0x02, 0x00, 0x11, 0x18]);
    bytes.extend_from_slice(&random);
    format!("wamid.{}", STANDARD.encode(bytes))
}

/// An id of Twilio: two letters and 32 hexadecimal digits.
#[must_use]
pub fn sid(prefix: &str, random: [u8; 16]) -> String {
    format!("{prefix}{}", hex::encode(random))
}

/// A media id of Meta: decimal digits.
#[must_use]
pub fn media(random: [u8; 8]) -> String {
    format!("9{:018}", u64::from_be_bytes(random) % 1_000_000_000_000_000_000)
}
