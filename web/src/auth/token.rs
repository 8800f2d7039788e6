//! The short token: a signed note of which session row a browser's cookie belongs to. It never opens anything alone.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{PersonId, SessionId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::Error};
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

const LIFE: TimeDelta = TimeDelta::minutes(5);
/// With less than this left, the next answer carries a new one.
const WORN: TimeDelta = TimeDelta::minutes(1);
/// Clocks of nodes may differ by this much.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
const AUDIENCE: &str = "bandeja";

/// What the token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The session.
    pub sid: SessionId,
    /// The person.
    pub sub: PersonId,
    /// The version of the person's access.
    pub ver: i32,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

impl Claims {
    /// A token about this session, person and version; the times are filled in when it is written.
    #[must_use]
    pub fn new(sid: SessionId, sub: PersonId, ver: i32) -> Self {
        Self { sid, sub, ver, iat: 0, exp: 0, iss: String::new(), aud: AUDIENCE.to_owned() }
    }
}

/// Writes and reads tokens. The key comes from the key-encryption key, so all nodes share it.
pub struct Tokens {
    sign: EncodingKey,
    verify: DecodingKey,
    header: Header,
    issuer: String,
    rules: Validation,
}

impl Tokens {
    /// With a key of 32 bytes made for this purpose.
    ///
    /// # Errors
    /// When the key can't be used.
    pub fn new(seed: &SecretSlice<u8>, public_urls: &[Url]) -> anyhow::Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose_secret())
            .map_err(|_| anyhow::anyhow!("the key for session tokens can't be used"))?;
        let private =
            pair.to_pkcs8v1().map_err(|_| anyhow::anyhow!("the key for session tokens can't be written"))?;
        let public = pair.public_key().as_ref();
        let issuer = public_urls.first().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(hex::encode(&Sha256::digest(public)[..8]));
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[&issuer]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Held against our own clock below.
        rules.validate_exp = false;
        Ok(Self {
            sign: EncodingKey::from_ed_der(private.as_ref()),
            verify: DecodingKey::from_ed_der(public),
            header,
            issuer,
            rules,
        })
    }

    /// A token that lasts five minutes.
    ///
    /// # Errors
    /// When it can't be signed.
    pub fn write(&self, claims: Claims, now: DateTime<Utc>) -> Result<String, Error> {
        let claims = Claims {
            iat: now.timestamp(),
            exp: (now + LIFE).timestamp(),
            iss: self.issuer.clone(),
            ..claims
        };
        jsonwebtoken::encode(&self.header, &claims, &self.sign)
    }

    /// What a genuine token says that has not run out.
    ///
    /// # Errors
    /// For every other token.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, Error> {
        use jsonwebtoken::errors::ErrorKind;
        let data = jsonwebtoken::decode::<Claims>(token, &self.verify, &self.rules)?;
        if data.header.kid != self.header.kid || data.header.typ != self.header.typ {
            return Err(ErrorKind::InvalidToken.into());
        }
        let claims = data.claims;
        let (now, leeway) = (now.timestamp(), LEEWAY.num_seconds());
        if claims.exp.saturating_add(leeway) <= now || claims.iat > now.saturating_add(leeway) {
            return Err(ErrorKind::ExpiredSignature.into());
        }
        Ok(claims)
    }

    /// Whether it is time for a new one.
    #[must_use]
    pub fn is_worn(&self, claims: &Claims, now: DateTime<Utc>) -> bool {
        claims.exp - now.timestamp() < WORN.num_seconds()
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    fn tokens(seed: u8, url: &str) -> Tokens {
        Tokens::new(&vec![seed; 32].into(), &[Url::parse(url).unwrap()]).unwrap()
    }

    fn ours() -> Tokens {
        tokens(1, "https://bandeja.example")
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).unwrap()
    }

    fn claims() -> Claims {
        Claims::new(SessionId::new(), PersonId::new(), 3)
    }

    #[test]
    fn a_token_says_what_was_written_on_every_node() {
        let claims = claims();
        let token = ours().write(claims.clone(), now()).unwrap();
        let read = ours().read(&token, now()).unwrap();
        assert_eq!((read.sid, read.sub, read.ver), (claims.sid, claims.sub, claims.ver));
    }

    #[test]
    fn a_token_lasts_five_minutes_and_is_renewed_in_the_last() {
        let token = ours().write(claims(), now()).unwrap();
        let read = ours().read(&token, now()).unwrap();
        assert!(!ours().is_worn(&read, now() + TimeDelta::minutes(4)));
        assert!(ours().is_worn(&read, now() + TimeDelta::seconds(241)));
        assert!(ours().read(&token, now() + LIFE + LEEWAY - TimeDelta::seconds(1)).is_ok());
        assert!(ours().read(&token, now() + LIFE + LEEWAY).is_err());
        assert!(ours().read(&token, now() - TimeDelta::minutes(2)).is_err(), "from the future");
    }

    #[test]
    fn tokens_of_others_are_refused() {
        for other in [tokens(2, "https://bandeja.example"), tokens(1, "https://other.example")] {
            assert!(ours().read(&other.write(claims(), now()).unwrap(), now()).is_err());
        }
    }

    #[test]
    fn a_changed_token_is_refused_whatever_it_claims_to_be_signed_with() {
        let token = ours().write(claims(), now()).unwrap();
        let mut parts: Vec<&str> = token.split('.').collect();
        let raised = BASE64_URL_SAFE_NO_PAD.encode(
            String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap())
                .unwrap()
                .replace(":3,", ":4,"),
        );
        assert_ne!(raised, parts[1]);
        assert!(ours().read(&[parts[0], &raised, parts[2]].join("."), now()).is_err());
        let unsigned = BASE64_URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"none"}"#);
        parts[0] = &unsigned;
        assert!(ours().read(&parts.join("."), now()).is_err());
        parts[2] = "";
        assert!(ours().read(&parts.join("."), now()).is_err());
    }
}
