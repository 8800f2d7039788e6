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

/// Whether `mac` is the HMAC-SHA1 of `data` under `secret`.
pub(crate) fn sha1_matches(secret: &SecretString, data: &[u8], mac: &[u8]) -> bool {
    let secret = secret.expose_secret().as_bytes();
    !secret.is_empty()
        && Hmac::<Sha1>::new_from_slice(secret).is_ok_and(|h| h.chain_update(data).verify_slice(mac).is_ok())
}
