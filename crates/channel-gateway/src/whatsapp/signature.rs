//! `X-Hub-Signature-256`: proof that a webhook comes from an app whose secret we know.

use secrecy::SecretString;

use crate::mac;

/// Which of the app secrets signed `raw_body`; `None` refuses.
///
/// The header must be exactly `sha256=` and 64 lower-case hex digits over the bytes as received: reading and writing
/// the JSON again changes escapes (`\u00e4`, `\/`) and with them the signature. Several secrets, because several apps
/// may call one address, and while a secret is being changed.
#[must_use]
pub fn signature_matches(header: Option<&str>, raw_body: &[u8], secrets: &[SecretString]) -> Option<usize> {
    let digits = header?.strip_prefix("sha256=")?;
    let lower_hex = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if digits.len() != 64 || !lower_hex {
        return None;
    }
    let mac = hex::decode(digits).ok()?;
    secrets.iter().position(|secret| mac::sha256_matches(secret, raw_body, &mac))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `openssl dgst -sha256 -hmac app-secret` over [`BODY`].
    const SIGNATURE: &str = "88b57f99d5bd9d1ae3892910bfcab43a2b7c01405e84b970fb3a1f5d7a034b9d";
    /// As Meta writes it: lower-case escapes and escaped slashes.
    const BODY: &[u8] = br#"{"object":"whatsapp_business_account","text":"Gr\u00fc\u00dfe \ud83d\ude00 https:\/\/a.example\/?q=1"}"#;

    fn signed(header: &str, body: &[u8]) -> Option<usize> {
        signature_matches(Some(header), body, &["another".into(), "app-secret".into()])
    }

    #[test]
    fn the_secret_that_signed_the_raw_bytes_is_found() {
        assert_eq!(signed(&format!("sha256={SIGNATURE}"), BODY), Some(1));
    }

    #[test]
    fn the_same_json_written_otherwise_is_not_what_was_signed() {
        let again: serde_json::Value = serde_json::from_slice(BODY).unwrap();
        assert_eq!(signed(&format!("sha256={SIGNATURE}"), again.to_string().as_bytes()), None);
    }

    #[test]
    fn a_malformed_or_missing_header_is_refused() {
        let headers = [
            SIGNATURE.to_owned(),
            format!("sha256={}", SIGNATURE.to_uppercase()),
            format!("sha256={}", &SIGNATURE[..63]),
            format!("sha256={}", &SIGNATURE[..62]),
            format!("sha256={SIGNATURE}0"),
            format!("sha256= {SIGNATURE}"),
            format!("SHA256={SIGNATURE}"),
            format!("sha1={SIGNATURE}"),
            format!("sha256={}", "0".repeat(64)),
            format!("sha256={}é", &SIGNATURE[..62]),
            "sha256=".to_owned(),
            String::new(),
        ];
        for header in headers {
            assert_eq!(signed(&header, BODY), None, "{header}");
        }
        assert_eq!(signature_matches(None, BODY, &["app-secret".into()]), None);
    }

    #[test]
    fn an_unset_secret_signs_nothing() {
        // HMAC under the empty key is well defined, and anybody can compute it.
        let empty = "sha256=22f8eea909400af98adf3681a9f31923ef6b7fcba4abb553d92823a3e9d5c25e";
        assert_eq!(signature_matches(Some(empty), b"{}", &["".into()]), None);
        assert_eq!(signature_matches(Some(empty), b"{}", &[]), None);
    }
}
