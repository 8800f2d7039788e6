//! Message authentication codes, compared in constant time.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::Sha256;

/// Whether `mac` is the HMAC-SHA256 of `data` under `secret`.
pub(crate) fn sha256_matches(secret: &SecretString, data: &[u8], mac: &[u8]) -> bool {
    let secret = secret.expose_secret().as_bytes();
    // A secret that was never set must not let anybody in who knows that.
    !secret.is_empty()
        && Hmac::<Sha256>::new_from_slice(secret)
            .is_ok_and(|h| h.chain_update(data).verify_slice(mac).is_ok())
}

/// The HMAC-SHA256 of `data` under `secret`, in hex; nothing under an empty secret.
pub(crate) fn sha256_hex(secret: &SecretString, data: &[u8]) -> Option<String> {
    let secret = secret.expose_secret().as_bytes();
    let mac = Hmac::<Sha256>::new_from_slice(secret).ok().filter(|_| !secret.is_empty())?;
    Some(hex::encode(mac.chain_update(data).finalize().into_bytes()))
}

/// Whether `mac` is the HMAC-SHA1 of `data` under `secret`.
pub(crate) fn sha1_matches(secret: &SecretString, data: &[u8], mac: &[u8]) -> bool {
    let secret = secret.expose_secret().as_bytes();
    !secret.is_empty()
        && Hmac::<Sha1>::new_from_slice(secret).is_ok_and(|h| h.chain_update(data).verify_slice(mac).is_ok())
}
