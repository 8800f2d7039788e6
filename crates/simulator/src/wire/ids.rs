//! Identifiers as the vendors make them, from random bytes.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A message id of Meta: opaque base64 that may hold `+`, `/` and `=`, as long and as alike as the real ones.
#[must_use]
pub fn wamid(customer: &str, random: [u8; 10]) -> String {
    let length = u8::try_from(customer.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![0x1c, 0x18, length];
    bytes.extend_from_slice(customer.as_bytes());
    bytes.extend_from_slice(&[0x15, 0x02, 0x00, 0x12, 0x18, 0x14]);
    bytes.extend_from_slice(hex::encode_upper(random).as_bytes());
    bytes.push(0);
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
