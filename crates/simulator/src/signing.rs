//! How the two vendors sign what they post.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// The value of `X-Hub-Signature-256`: over the bytes exactly as posted, with the app's secret.
#[must_use]
pub fn meta(app_secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(hmac_sha256(app_secret.as_bytes(), body)))
}

/// The value of `X-Twilio-Signature` for a form: HMAC-SHA1 with the auth token.
#[must_use]
pub fn twilio(auth_token: &str, url: &str, form: &[(String, String)]) -> String {
    STANDARD.encode(hmac_sha1(auth_token.as_bytes(), signed_text(url, form).as_bytes()))
}

/// The same with a shared key: HMAC-SHA256 over the same text.
#[must_use]
pub fn twilio_sha256(secret: &str, url: &str, form: &[(String, String)]) -> String {
    STANDARD.encode(hmac_sha256(secret.as_bytes(), signed_text(url, form).as_bytes()))
}

/// What Twilio signs: the URL without its fragment, then every name with its values, names and
/// values in byte order, equal pairs once.
fn signed_text(url: &str, form: &[(String, String)]) -> String {
    let mut sorted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in form {
        sorted.entry(name).or_default().insert(value);
    }
    let mut text = url.split('#').next().unwrap_or_default().to_owned();
    for (name, values) in sorted {
        for value in values {
            text.push_str(name);
            text.push_str(value);
        }
    }
    text
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    digest::<Hmac<Sha256>>(key, data)
}

fn hmac_sha1(key: &[u8], data: &[u8]) -> Vec<u8> {
    digest::<Hmac<Sha1>>(key, data)
}

fn digest<M: Mac + hmac::KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length; the error exists only for MACs that don't.
    let Ok(mut mac) = <M as hmac::KeyInit>::new_from_slice(key) else { return Vec::new() };
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn meta_signs_the_bytes_as_they_are() {
        // The test vector of RFC 4231, case 2.
        assert_eq!(
            meta("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn twilio_signs_as_its_own_libraries_do() {
        let call = form(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ]);
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        assert_eq!(twilio("12345", url, &call), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    }

    #[test]
    fn blanks_empty_values_and_accents_count() {
        let message = form(&[
            ("To", "whatsapp:+14155238886"),
            ("From", "whatsapp:+4366412345678"),
            ("Body", "Grüß Gott & 1+1=2 "),
            ("MessageSid", "SM00000000000000000000000000000001"),
            ("AccountSid", "AC00000000000000000000000000000001"),
            ("NumMedia", "0"),
            ("ProfileName", ""),
            ("WaId", "4366412345678"),
        ]);
        let url = "https://inbox.example.com/webhooks/twilio/in?tenant=a%20b";
        assert_eq!(twilio("12345", url, &message), "tjj7gmkczOum22R1n3wW/HHpUxQ=");
        assert_eq!(twilio_sha256("12345", url, &message), "2V02PpLNDY8sgvVwqhUdWbUySiffSXHNtJkJAOsg9PI=");
        let with_port = url.replace(".com/", ".com:443/");
        assert_eq!(twilio("12345", &with_port, &message), "ZRraNCja8RLB5fBsbALodPl4lHM=");
    }

    #[test]
    fn repeated_names_are_sorted_and_taken_once() {
        let repeated = form(&[("A", "1"), ("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "a")]);
        assert_eq!(twilio("12345", "https://a.example/x", &repeated), "pk+raStpfai7dKn1nArEkcAcGuM=");
        let cased = form(&[("b", "1"), ("B", "2"), ("a", "3")]);
        assert_eq!(twilio("12345", "https://a.example/x", &cased), "39WbHUa4HURb03YlAMiA2TYuTso=");
    }

    #[test]
    fn the_fragment_is_not_signed() {
        let pairs = form(&[("A", "1")]);
        assert_eq!(
            twilio("k", "https://a.example/x#rc=3", &pairs),
            twilio("k", "https://a.example/x", &pairs)
        );
    }
}
