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
