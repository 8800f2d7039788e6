//! Sealing what the database must not be able to tell: an envelope per row.
//!
//! Each secret is encrypted with a data key of its own; the data key is encrypted with the key-encryption key, which
//! is never in the database. Both are bound to the place the secret belongs to, so a sealed value moved to another row
//! opens nowhere. To rotate: put the new key first and the old one into `previous_files`, [`Keyring::rewrap`] what
//! [`Keyring::is_stale`], then remove the old one.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use anyhow::{Context, bail};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::{Engine, prelude::BASE64_STANDARD};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};

use crate::settings::KeySettings;

const VERSION: u8 = 1;
const KEY: usize = 32;
const KEK_ID: usize = 8;
const NONCE: usize = 12;
const TAG: usize = 16;
const WRAPPED: usize = NONCE + KEY + TAG;

/// Where a sealed value belongs: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's key.
    pub row: &'a str,
}

/// Why a sealed value stays closed. It never says more: what is in it is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not in our format, or a later one.
    #[error("the sealed value is in no format we know")]
    Format,
    /// Sealed with a key that is not in the settings.
    #[error("the sealed value needs a key-encryption key that is not configured")]
    UnknownKey,
    /// Changed, or moved from another place.
    #[error("the sealed value was changed or belongs elsewhere")]
    Broken,
}

/// The key-encryption keys of an installation: one seals, all open.
pub struct Keyring {
    current: Kek,
    previous: Vec<Kek>,
}

struct Kek {
    id: [u8; KEK_ID],
    key: SecretSlice<u8>,
}

impl Kek {
    fn read(text: &str) -> anyhow::Result<Self> {
        let key = BASE64_STANDARD.decode(text.trim()).context("it is not base64")?;
        if key.len() != KEY {
            bail!("it has {} bytes instead of {KEY}", key.len());
        }
        let digest = Sha256::new().chain_update(b"bandeja kek id").chain_update(&key).finalize();
        let mut id = [0; KEK_ID];
        id.copy_from_slice(&digest[..KEK_ID]);
        Ok(Self { id, key: key.into() })
    }

    fn read_file(path: &std::path::Path) -> anyhow::Result<Self> {
        let text = SecretString::from(
            std::fs::read_to_string(path).with_context(|| format!("read the key file {}", path.display()))?,
        );
        Self::read(text.expose_secret())
            .with_context(|| format!("the key in {} can't be used", path.display()))
    }
}

impl Keyring {
    /// The keys the settings name.
    ///
    /// # Errors
    /// When there is none, or one can't be read.
    pub fn load(settings: &KeySettings) -> anyhow::Result<Self> {
        let current = match (&settings.current, &settings.current_file) {
            (Some(key), None) => Kek::read(key.expose_secret()).context("keys.current can't be used")?,
            (None, Some(path)) => Kek::read_file(path)?,
            (Some(_), Some(_)) => bail!("set keys.current or keys.current_file, not both"),
            (None, None) => bail!(
                "no key-encryption key: make one with `openssl rand -base64 32` and set keys.current_file, or \
                 BANDEJA_KEYS__CURRENT in the environment"
            ),
        };
        let previous =
            settings.previous_files.iter().map(|path| Kek::read_file(path)).collect::<anyhow::Result<_>>()?;
        Ok(Self { current, previous })
    }

    /// A key for one purpose, the same on all nodes.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> SecretSlice<u8> {
        struct Length;
        impl KeyType for Length {
            fn len(&self) -> usize {
                KEY
            }
        }
        let mut key = vec![0; KEY];
        let extracted = Salt::new(HKDF_SHA256, b"bandeja").extract(self.current.key.expose_secret());
        let info = [purpose.as_bytes()];
        let filled = extracted.expand(&info, Length).and_then(|expanded| expanded.fill(&mut key));
        // HKDF refuses only lengths above 255 hashes; this one is a single hash long.
        debug_assert!(filled.is_ok(), "32 bytes are within what HKDF gives");
        key.into()
    }

    /// Seals a secret for its place.
    ///
    /// # Errors
    /// [`SealError::Broken`] when the cipher refuses, which it does only for absurd lengths.
    pub fn seal(&self, place: Place<'_>, secret: &SecretString) -> Result<Vec<u8>, SealError> {
        let mut data_key = [0; KEY];
        rand::rng().fill_bytes(&mut data_key);
        let data_key = SecretSlice::from(data_key.to_vec());
        let mut sealed = vec![VERSION];
        sealed.extend(self.current.id);
        sealed.extend(encrypt(&self.current.key, data_key.expose_secret(), &bound_to(place, "key"))?);
        sealed.extend(encrypt(&data_key, secret.expose_secret().as_bytes(), &bound_to(place, "value"))?);
        Ok(sealed)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// Says which of key, place and format is wrong.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, SealError> {
        let envelope = Envelope::read(sealed)?;
        let data_key = self.data_key(place, &envelope)?;
        let secret = decrypt(&data_key, envelope.value, &bound_to(place, "value"))?;
        String::from_utf8(secret).map(SecretString::from).map_err(|_| SealError::Broken)
    }

    /// Whether it was sealed with a key from before the rotation.
    #[must_use]
    pub fn is_stale(&self, sealed: &[u8]) -> bool {
        Envelope::read(sealed).is_ok_and(|envelope| envelope.kek_id != self.current.id)
    }

    /// The same secret under the current key; the secret itself is not decrypted.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn rewrap(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let envelope = Envelope::read(sealed)?;
        let data_key = self.data_key(place, &envelope)?;
        let mut fresh = vec![VERSION];
        fresh.extend(self.current.id);
        fresh.extend(encrypt(&self.current.key, data_key.expose_secret(), &bound_to(place, "key"))?);
        fresh.extend(envelope.value);
        Ok(fresh)
    }

    fn data_key(&self, place: Place<'_>, envelope: &Envelope<'_>) -> Result<SecretSlice<u8>, SealError> {
        let kek = std::iter::once(&self.current)
            .chain(&self.previous)
            .find(|kek| kek.id == envelope.kek_id)
            .ok_or(SealError::UnknownKey)?;
        decrypt(&kek.key, envelope.wrapped, &bound_to(place, "key")).map(SecretSlice::from)
    }
}

/// Version, id of the key-encryption key, wrapped data key, encrypted value; each of the last two with its nonce.
struct Envelope<'a> {
    kek_id: [u8; KEK_ID],
    wrapped: &'a [u8],
    value: &'a [u8],
}

impl<'a> Envelope<'a> {
    fn read(sealed: &'a [u8]) -> Result<Self, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Format)?;
        let (kek_id, rest) = rest.split_first_chunk().ok_or(SealError::Format)?;
        let (wrapped, value) = rest.split_at_checked(WRAPPED).ok_or(SealError::Format)?;
        if *version != VERSION || value.len() < NONCE + TAG {
            return Err(SealError::Format);
        }
        Ok(Self { kek_id: *kek_id, wrapped, value })
    }
}

/// The associated data. Lengths go before the parts, so no two places look the same.
fn bound_to(place: Place<'_>, part: &str) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    for word in [part, place.table, place.column, place.row] {
        bytes.extend((word.len() as u64).to_be_bytes());
        bytes.extend(word.as_bytes());
    }
    bytes
}

fn encrypt(key: &SecretSlice<u8>, plain: &[u8], aad: &[u8]) -> Result<Vec<u8>, SealError> {
    let cipher = Aes256Gcm::new_from_slice(key.expose_secret()).map_err(|_| SealError::Format)?;
    let mut nonce = [0; NONCE];
    rand::rng().fill_bytes(&mut nonce);
    let encrypted =
        cipher.encrypt(&nonce.into(), Payload { msg: plain, aad }).map_err(|_| SealError::Broken)?;
    Ok([&nonce[..], &encrypted].concat())
}

fn decrypt(key: &SecretSlice<u8>, encrypted: &[u8], aad: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, encrypted) = encrypted.split_first_chunk::<NONCE>().ok_or(SealError::Format)?;
    let cipher = Aes256Gcm::new_from_slice(key.expose_secret()).map_err(|_| SealError::Format)?;
    cipher.decrypt(&(*nonce).into(), Payload { msg: encrypted, aad }).map_err(|_| SealError::Broken)
}

/// A new key-encryption key as text, for the demo and for whoever sets up an installation.
#[must_use]
pub fn new_key() -> SecretString {
    let mut key = [0; KEY];
    rand::rng().fill_bytes(&mut key);
    BASE64_STANDARD.encode(key).into()
}

/// The last four characters, which is all the interface ever shows of a secret; nothing of a short one.
#[must_use]
pub fn last_four(secret: &SecretString) -> String {
    let text = secret.expose_secret();
    let length = text.chars().count();
    if length < 12 { String::new() } else { text.chars().skip(length - 4).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place { table: "channel_secret", column: "sealed", row: "1/app_secret/1" };

    fn ring(current: &SecretString, previous: &[&SecretString]) -> Keyring {
        let read = |key: &SecretString| Kek::read(key.expose_secret()).unwrap();
        Keyring { current: read(current), previous: previous.iter().map(|key| read(key)).collect() }
    }

    fn opened(ring: &Keyring, place: Place<'_>, sealed: &[u8]) -> Result<String, SealError> {
        ring.open(place, sealed).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_opens_in_its_place_and_nowhere_else() {
        let ring = ring(&new_key(), &[]);
        let sealed = ring.seal(HERE, &"demo-app-secret".into()).unwrap();
        assert_eq!(opened(&ring, HERE, &sealed).as_deref(), Ok("demo-app-secret"));
        assert_eq!(opened(&ring, Place { row: "2/app_secret/1", ..HERE }, &sealed), Err(SealError::Broken));
        assert_eq!(opened(&ring, Place { table: "person", ..HERE }, &sealed), Err(SealError::Broken));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let ring = ring(&new_key(), &[]);
        let sealed = ring.seal(HERE, &"secret".into()).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ring.open(HERE, &changed).is_err(), "byte {at}");
            assert!(ring.open(HERE, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn after_a_rotation_the_old_key_can_go() {
        let (old, new) = (new_key(), new_key());
        let sealed = ring(&old, &[]).seal(HERE, &"secret".into()).unwrap();
        let both = ring(&new, &[&old]);
        assert!(both.is_stale(&sealed));
        let fresh = both.rewrap(HERE, &sealed).unwrap();
        assert!(!both.is_stale(&fresh));
        let only_new = ring(&new, &[]);
        assert_eq!(opened(&only_new, HERE, &fresh).as_deref(), Ok("secret"));
        assert_eq!(opened(&only_new, HERE, &sealed), Err(SealError::UnknownKey));
    }

    #[test]
    fn a_key_for_one_purpose_says_nothing_about_another() {
        let ring = ring(&new_key(), &[]);
        let key = |purpose| ring.derive(purpose).expose_secret().to_vec();
        assert_eq!(key("tokens"), key("tokens"));
        assert_ne!(key("tokens"), key("forms"));
        assert_eq!(key("tokens").len(), 32);
    }

    #[test]
    fn a_short_secret_shows_nothing() {
        assert_eq!(last_four(&"short".into()), "");
        assert_eq!(last_four(&"demo-app-secret".into()), "cret");
    }
}
