//! `X-Twilio-Signature`: proof that a webhook comes from an account whose key we know.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use crate::mac;

/// What a request carries, as far as the signature cares.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// A GET: everything is in its query.
    Nothing,
    /// A form (`application/x-www-form-urlencoded`): names and values are signed.
    Form(&'a [u8]),
    /// Any other body: its hash stands in the signed query as `bodySHA256`.
    Other(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// Sorts a POST's body by its content type. Without a type it is no form, and so must bring its hash.
    #[must_use]
    pub fn of_post(content_type: Option<&str>, body: &'a [u8]) -> Self {
        let essence = content_type.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Self::Form(body)
        } else {
            Self::Other(body)
        }
    }
}

/// A request as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The raw request target, `/path?query`, never decoded or put in order.
    pub target: &'a str,
    /// What it carries.
    pub payload: Payload<'a>,
    /// The header `X-Twilio-Signature`.
    pub signature: Option<&'a str>,
    /// The header `X-Twilio-Webhooks-Signature-Settings`: which key and algorithm.
    pub settings: Option<&'a str>,
}

/// A key for signatures alone, made to be changed without touching the account's token.
#[derive(Debug, Clone)]
pub struct SharedKey {
    /// Twilio's id of the key.
    pub id: String,
    /// The secret.
    pub secret: SecretString,
}

/// Everything that may have signed a request to one of our addresses.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keys<'a> {
    /// Auth tokens: primary, secondary while they are exchanged, several accounts. API key secrets never sign.
    pub auth_tokens: &'a [SecretString],
    /// Shared keys, chosen by their id.
    pub shared: &'a [SharedKey],
}

/// Whether one of `keys` signed the request under one of our public addresses.
///
/// `bases` are the public addresses from the settings (`https://inbox.example.com`, with the path that a proxy cuts
/// off, if it does), not what `Host` claims. Twilio signs the address with or without the port, and its own libraries
/// accept both.
#[must_use]
pub fn signature_matches(request: &SignedRequest<'_>, bases: &[impl AsRef<str>], keys: Keys<'_>) -> bool {
    let Some(mac) = request.signature.and_then(|text| STANDARD.decode(text).ok()) else { return false };
    let settings = Settings::read(request.settings);
    let signed = |data: &[u8]| match settings {
        Settings::AuthToken => keys.auth_tokens.iter().any(|token| mac::sha1_matches(token, data, &mac)),
        Settings::SharedKey(id) => {
            keys.shared.iter().any(|key| key.id == id && mac::sha256_matches(&key.secret, data, &mac))
        }
        Settings::Unknown => false,
    };
    let parameters = match request.payload {
        Payload::Nothing => String::new(),
        Payload::Form(body) => signed_parameters(body),
        Payload::Other(body) if body_hash_matches(request.target, body) => String::new(),
        Payload::Other(_) => return false,
    };
    bases
        .iter()
        .flat_map(|base| addresses(base.as_ref(), request.target))
        .any(|address| signed(format!("{address}{parameters}").as_bytes()))
}

/// What the settings header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Settings<'a> {
    /// No header: SHA-1 under an auth token.
    AuthToken,
    /// SHA-256 under the shared key of this id.
    SharedKey(&'a str),
    /// Something newer than this code. Refused, because a guess would be a way around.
    Unknown,
}

impl<'a> Settings<'a> {
    fn read(header: Option<&'a str>) -> Self {
        let Some(header) = header.filter(|header| !header.trim().is_empty()) else { return Self::AuthToken };
        let (mut key, mut algorithm) = (None, None);
        for pair in header.split(',') {
            match pair.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
                Some(("key", value)) => key = Some(value),
                Some(("algorithm", value)) => algorithm = Some(value),
                _ => {}
            }
        }
        match (key, algorithm) {
            (Some(key), Some("HMAC_SHA256")) if !key.is_empty() => Self::SharedKey(key),
            _ => Self::Unknown,
        }
    }
}

/// Names in byte order, each followed by its value; a repeated name has each distinct value once, in order.
fn signed_parameters(body: &[u8]) -> String {
    let mut parameters: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        parameters.entry(name).or_default().insert(value);
    }
    let mut signed = String::with_capacity(body.len());
    for (name, values) in &parameters {
        for value in values {
            signed.push_str(name);
            signed.push_str(value);
        }
    }
    signed
}

/// Whether the query names the hash of this body. The query is signed, so the body is too.
fn body_hash_matches(target: &str, body: &[u8]) -> bool {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let claimed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "bodySHA256");
    let actual = hex::encode(Sha256::digest(body));
    claimed.is_some_and(|(_, claimed)| claimed.as_bytes().ct_eq(actual.as_bytes()).into())
}

/// The address under a base: as configured, and with its port taken away or the scheme's own port put in.
fn addresses(base: &str, target: &str) -> Vec<String> {
    let base = base.split('#').next().unwrap_or_default().trim_end_matches('/');
    let Some((scheme, rest)) = base.split_once("://") else { return Vec::new() };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    // The port follows the last colon after `user:password@` and outside the brackets of an IPv6 address.
    let host_at = authority.rfind('@').map_or(0, |at| at + 1);
    let name_end = authority.rfind(']').map_or(host_at, |at| at + 1);
    let other = match authority[name_end..].rfind(':') {
        Some(colon) => authority[..name_end + colon].to_owned(),
        None if scheme == "http" => format!("{authority}:80"),
        None => format!("{authority}:443"),
    };
    vec![format!("{base}{target}"), format!("{scheme}://{other}{path}{target}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_by(base: &str, target: &str, payload: Payload<'_>, signature: &str) -> bool {
        let request = SignedRequest { target, payload, signature: Some(signature), settings: None };
        signature_matches(
            &request,
            &["https://elsewhere.example", base],
            Keys { auth_tokens: &["secondary".into(), "12345".into()], shared: &[] },
        )
    }

    const GRUSS: &[u8] = b"To=whatsapp%3A%2B14155238886&From=whatsapp%3A%2B4366412345678&\
        Body=Gr%C3%BC%C3%9F+Gott+%26+1%2B1%3D2+&MessageSid=SM00000000000000000000000000000001&\
        AccountSid=AC00000000000000000000000000000001&NumMedia=0&ProfileName=&WaId=4366412345678";
    const INBOX: &str = "https://inbox.example.com";
    const IN: &str = "/webhooks/twilio/in?tenant=a%20b";

    #[test]
    fn the_documented_request_matches() {
        let body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
        let target = "/myapp.php?foo=1&bar=2";
        assert!(signed_by(
            "https://mycompany.com",
            target,
            Payload::Form(body),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        ));
        assert!(!signed_by(
            "https://mycompany.com",
            target,
            Payload::Form(&body[1..]),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        ));
    }

    #[test]
    fn blanks_umlauts_empty_values_and_the_raw_query_count() {
        assert!(signed_by(INBOX, IN, Payload::Form(GRUSS), "tjj7gmkczOum22R1n3wW/HHpUxQ="));
        assert!(!signed_by(
            INBOX,
            "/webhooks/twilio/in?tenant=a+b",
            Payload::Form(GRUSS),
            "tjj7gmkczOum22R1n3wW/HHpUxQ="
        ));
        let trimmed = String::from_utf8(GRUSS.to_vec()).unwrap().replace("2+&", "2&");
        assert!(!signed_by(INBOX, IN, Payload::Form(trimmed.as_bytes()), "tjj7gmkczOum22R1n3wW/HHpUxQ="));
    }

    #[test]
    fn the_port_may_have_been_signed_or_left_out() {
        let (without, with) = ("tjj7gmkczOum22R1n3wW/HHpUxQ=", "ZRraNCja8RLB5fBsbALodPl4lHM=");
        for base in [
            INBOX,
            "https://inbox.example.com/",
            "https://inbox.example.com:443",
            "https://inbox.example.com#rc=5",
        ] {
            assert!(signed_by(base, IN, Payload::Form(GRUSS), without), "{base}");
            assert!(signed_by(base, IN, Payload::Form(GRUSS), with), "{base}");
        }
        assert!(
            signed_by("https://inbox.example.com:8443", IN, Payload::Form(GRUSS), without),
            "any port goes"
        );
        assert!(
            !signed_by("http://inbox.example.com", IN, Payload::Form(GRUSS), without),
            "the scheme does not"
        );
    }

    #[test]
    fn a_prefix_that_the_proxy_cuts_off_stands_in_the_base() {
        let target = &IN["/webhooks".len()..];
        assert!(signed_by(
            "https://inbox.example.com/webhooks",
            target,
            Payload::Form(GRUSS),
            "tjj7gmkczOum22R1n3wW/HHpUxQ="
        ));
    }

    #[test]
    fn a_shared_key_signs_with_sha256_under_its_id() {
        let check = |settings: &str, signature: &str| {
            let request = SignedRequest {
                target: IN,
                payload: Payload::Form(GRUSS),
                signature: Some(signature),
                settings: Some(settings),
            };
            let shared = [
                SharedKey { id: "SK1".into(), secret: "another".into() },
                SharedKey { id: "SK2".into(), secret: "12345".into() },
            ];
            signature_matches(&request, &[INBOX], Keys { auth_tokens: &["12345".into()], shared: &shared })
        };
        let sha256 = "2V02PpLNDY8sgvVwqhUdWbUySiffSXHNtJkJAOsg9PI=";
        let sha1 = "tjj7gmkczOum22R1n3wW/HHpUxQ=";
        assert!(check("key=SK2,algorithm=HMAC_SHA256", sha256));
        assert!(check(" algorithm = HMAC_SHA256 , key = SK2 ", sha256));
        assert!(check("", sha1), "an empty header is none");
        assert!(!check("key=SK1,algorithm=HMAC_SHA256", sha256), "another key");
        assert!(!check("key=SK2,algorithm=HMAC_SHA1", sha1), "an algorithm we don't know");
        assert!(!check("key=SK2,algorithm=HMAC_SHA256", sha1));
        assert!(!check("algorithm=HMAC_SHA256", sha256));
        assert!(!check("", sha256));
    }

    #[test]
    fn repeated_names_have_each_value_once_and_in_order() {
        let body = b"A=1&MediaUrl=b&MediaUrl=a&MediaUrl=a";
        assert!(signed_by("https://a.example", "/x", Payload::Form(body), "pk+raStpfai7dKn1nArEkcAcGuM="));
    }

    #[test]
    fn names_are_in_byte_order() {
        assert!(signed_by(
            "https://a.example",
            "/x",
            Payload::Form(b"b=1&B=2&a=3"),
            "39WbHUa4HURb03YlAMiA2TYuTso="
        ));
    }

    #[test]
    fn another_body_is_signed_by_its_hash_in_the_query() {
        let target = "/hook?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        let body = br#"{"property": "value", "boolean": true}"#;
        let signature = "6kAPl+fSaxaKnfCat2nDEK1W0l4=";
        assert!(signed_by(INBOX, target, Payload::of_post(Some("application/json"), body), signature));
        assert!(!signed_by(INBOX, target, Payload::Other(b"{}"), signature), "another body");
        assert!(signed_by(INBOX, target, Payload::Nothing, signature), "a GET has no body to check");
        assert!(!signed_by(INBOX, "/hook", Payload::Other(body), "anything"), "no hash, no proof");
    }

    #[test]
    fn only_a_form_is_read_as_a_form() {
        let form = |kind| matches!(Payload::of_post(kind, b""), Payload::Form(_));
        assert!(form(Some("application/x-www-form-urlencoded")));
        assert!(form(Some("Application/X-WWW-Form-Urlencoded ; charset=UTF-8")));
        assert!(!form(Some("application/json")) && !form(None));
    }

    #[test]
    fn a_missing_or_malformed_signature_and_an_unset_token_are_refused() {
        let body = Payload::Form(b"b=1&B=2&a=3");
        for signature in [
            "",
            "39WbHUa4HURb03YlAMiA2TYuTso",
            "39WbHUa4HURb03YlAMiA2TYuTs==",
            "!",
            " 39WbHUa4HURb03YlAMiA2TYuTso=",
        ] {
            assert!(!signed_by("https://a.example", "/x", body, signature), "{signature}");
        }
        let unsigned = SignedRequest { target: "/x", payload: body, signature: None, settings: None };
        let keys = Keys { auth_tokens: &["".into()], shared: &[] };
        assert!(!signature_matches(&unsigned, &["https://a.example"], keys));
        // HMAC-SHA1 under the empty key, computed by hand.
        let forged = SignedRequest { signature: Some("8qKuoswWxyXew/t640rh6dWllq0="), ..unsigned };
        assert!(!signature_matches(&forged, &["https://a.example"], keys));
    }

    #[test]
    fn a_port_is_told_from_a_password_and_an_address() {
        let other = |base| addresses(base, "/x").pop().unwrap();
        assert_eq!(other("https://u:p@a.example"), "https://u:p@a.example:443/x");
        assert_eq!(other("https://u:p@a.example:1/y"), "https://u:p@a.example/y/x");
        assert_eq!(other("http://[::1]"), "http://[::1]:80/x");
        assert_eq!(other("http://[::1]:8080"), "http://[::1]/x");
        assert!(addresses("inbox.example.com", "/x").is_empty());
    }
}
