//! Links to files for a vendor that fetches by itself (twilio.md §7): public, signed, short-lived.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::FileId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use url::Url;
use uuid::Uuid;

use crate::secrets::Keyring;

/// Twilio fetches within minutes, and again when it tries again.
const LIFE: Duration = Duration::from_secs(2 * 3600);
/// Twilio takes names of 20 characters, without blanks (twilio.md §7).
const LONGEST_NAME: usize = 20;
const ID: usize = 16;
const UNTIL: usize = 8;
const SEAL: usize = 32;

/// Makes and reads links. The key comes from the key-encryption key, so all nodes share it.
#[derive(Clone)]
pub struct Links {
    key: SecretSlice<u8>,
    public_url: Option<Url>,
}

impl Links {
    /// Links below the first public address.
    #[must_use]
    pub fn new(keyring: &Keyring, public_urls: &[Url]) -> Self {
        Self { key: keyring.derive("links to files"), public_url: public_urls.first().cloned() }
    }

    /// A link to a file, for two hours.
    #[must_use]
    pub fn to(
        &self,
        file: FileId,
        name: Option<&str>,
        kind: Option<&str>,
        now: DateTime<Utc>,
    ) -> Option<Url> {
        let until = (now + TimeDelta::from_std(LIFE).ok()?).timestamp();
        let mut token = Vec::with_capacity(ID + UNTIL + SEAL);
        token.extend(file.0.as_bytes());
        token.extend(until.to_be_bytes());
        let seal = self.seal(&token)?;
        token.extend(seal);
        let path = format!("media/{}/{}", BASE64_URL_SAFE_NO_PAD.encode(token), plain_name(name, kind));
        self.public_url.as_ref()?.join(&path).ok()
    }

    /// The file that a link's token names, while it lasts.
    #[must_use]
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<FileId> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (named, seal) = bytes.split_at_checked(ID + UNTIL)?;
        let genuine: bool = self.seal(named)?.as_slice().ct_eq(seal).into();
        let (id, until) = named.split_at(ID);
        let until = i64::from_be_bytes(until.try_into().ok()?);
        (genuine && until > now.timestamp()).then(|| Uuid::from_slice(id).ok().map(FileId)).flatten()
    }

    fn seal(&self, named: &[u8]) -> Option<[u8; SEAL]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()).ok()?;
        mac.update(named);
        Some(mac.finalize().into_bytes().into())
    }
}

/// A name that any vendor takes: 20 letters, digits, dots and dashes at most, with the ending of what the file is.
#[must_use]
pub fn plain_name(name: Option<&str>, kind: Option<&str>) -> String {
    let name = name.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let (front, given) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending = match kind.map(files::kind::ending).unwrap_or_default() {
        "" => given,
        ending => ending,
    };
    let clean = |text: &str, most: usize| -> String {
        let kept = text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' });
        kept.take(most).collect()
    };
    let ending = clean(ending, 5);
    let room = LONGEST_NAME - if ending.is_empty() { 0 } else { ending.len() + 1 };
    let front = clean(front, room);
    let front = if front.trim_matches('_').is_empty() { "file".to_owned() } else { front };
    if ending.is_empty() { front } else { format!("{front}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{secrets, settings::KeySettings};

    fn links() -> Links {
        let settings = KeySettings { current: Some(secrets::new_key()), ..KeySettings::default() };
        Links::new(&Keyring::load(&settings).unwrap(), &["https://bandeja.example".parse().unwrap()])
    }

    #[test]
    fn a_link_opens_its_file_for_two_hours_and_nobody_else_makes_one() {
        let (links, file, now) = (links(), FileId::new(), Utc::now());
        let url = links.to(file, Some("Cotización final 2026.pdf"), Some("application/pdf"), now).unwrap();
        let parts: Vec<&str> = url.path().split('/').collect();
        assert_eq!((parts[1], parts[3]), ("media", "Cotizaci_n_final.pdf"));
        assert!(parts[3].len() <= LONGEST_NAME);
        assert_eq!(links.read(parts[2], now), Some(file));
        assert_eq!(links.read(parts[2], now + TimeDelta::hours(2)), None);
        assert_eq!(self::links().read(parts[2], now), None, "another installation's");
        let mut forged = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        forged[3] ^= 1;
        assert_eq!(links.read(&BASE64_URL_SAFE_NO_PAD.encode(forged), now), None);
        assert_eq!(links.read("", now), None);
    }

    #[test]
    fn names_are_made_plain_and_end_as_what_they_are() {
        assert_eq!(plain_name(Some("../../etc/passwd"), None), "passwd");
        assert_eq!(plain_name(Some("foto.exe"), Some("image/jpeg")), "foto.jpg");
        assert_eq!(plain_name(None, Some("audio/ogg")), "file.ogg");
        assert_eq!(plain_name(Some("日本語"), None), "file");
        assert_eq!(plain_name(Some(&"x".repeat(300)), Some("application/pdf")).len(), 20);
    }
}
