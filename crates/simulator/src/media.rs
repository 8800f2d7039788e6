//! Pictures, voices and documents, kept in memory for as long as the vendor would keep them.

use std::{collections::HashMap, sync::Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    settings::CloudChannel,
    signing,
    sim::{Sim, lock},
    wire::ids,
};

/// Largest file a customer can send.
pub const INBOUND_CAP: usize = 100 * 1024 * 1024;
/// How long a link to a file works.
const LINK_LIFE: i64 = 300;
/// How long what a customer sent can be fetched.
pub const FROM_CUSTOMER: TimeDelta = TimeDelta::days(7);
/// How long what the business uploaded can be used.
pub const FROM_BUSINESS: TimeDelta = TimeDelta::days(30);

/// One file.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its type, as declared.
    pub mime: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// End of its life, on the scale of [`crate::clock::Clock::age`].
    pub until: DateTime<Utc>,
    /// A size to claim instead of the true one: for files too large to keep.
    pub claims: Option<usize>,
    /// The numbers at Meta that uploaded it or were sent it: no other may use its id. Nobody's yet while empty.
    pub numbers: Vec<String>,
}

impl Item {
    /// How large it is, or claims to be.
    pub fn size(&self) -> usize {
        self.claims.unwrap_or(self.bytes.len())
    }

    /// Whether a number may use its id.
    pub fn is_of(&self, number: &str) -> bool {
        self.numbers.is_empty() || self.numbers.iter().any(|one| one == number)
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }

    /// SHA-256 in hexadecimal, as the resolve endpoint gives it.
    pub fn sha256_hex(&self) -> String {
        hex::encode(self.hash())
    }

    /// SHA-256 in base64, as webhooks give it.
    pub fn sha256_base64(&self) -> String {
        STANDARD.encode(self.hash())
    }
}

/// All files, by id.
#[derive(Default)]
pub struct Media(Mutex<HashMap<String, Item>>);

impl Media {
    /// Keep a file under an id of the caller's.
    pub fn keep(&self, id: String, item: Item) {
        lock(&self.0).insert(id, item);
    }

    /// The file, unless its time is over.
    pub fn get(&self, id: &str, age: DateTime<Utc>) -> Option<Item> {
        lock(&self.0).get(id).filter(|item| item.until > age).cloned()
    }

    /// Change a file that is there.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut Item)) {
        if let Some(item) = lock(&self.0).get_mut(id) {
            change(item);
        }
    }

    /// From now on the file's id is this number's, and of those it was given to before (whatsapp-cloud.md §6).
    pub fn bind(&self, id: &str, number: &str) {
        self.change(id, |item| {
            if !item.numbers.iter().any(|one| one == number) {
                item.numbers.push(number.to_owned());
            }
        });
    }

    /// Forget one file; answers whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        lock(&self.0).remove(id).is_some()
    }

    /// Forget all files.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// Keep a file and give it an id of Meta's.
pub fn store(sim: &Sim, bytes: Bytes, mime: &str, name: Option<String>, life: TimeDelta) -> String {
    let id = ids::media(sim.dice.bytes());
    sim.media.keep(
        id.clone(),
        Item {
            bytes,
            mime: mime.to_owned(),
            name,
            until: sim.clock.age() + life,
            claims: None,
            numbers: Vec::new(),
        },
    );
    id
}

/// Keep a file under one more id, which is given back.
pub fn copy(sim: &Sim, id: &str, other: String) -> String {
    if let Some(item) = sim.media.get(id, sim.clock.age()) {
        sim.media.keep(other.clone(), item);
    }
    other
}

/// A link of Meta's to a file: works for five minutes, and only with the bearer token.
pub fn link(sim: &Sim, channel: &CloudChannel, id: &str) -> String {
    let expires = (sim.clock.age() + TimeDelta::seconds(LINK_LIFE)).timestamp();
    format!(
        "{}/graph/lookaside/attachments/?mid={id}&ext={expires}&hash={}",
        sim.own_url,
        seal(&channel.app_secret, id, expires)
    )
}

/// Whether a link was made by [`link`] and still works.
pub fn link_holds(sim: &Sim, channel: &CloudChannel, id: &str, expires: i64, hash: &str) -> bool {
    expires > sim.clock.age().timestamp() && hash == seal(&channel.app_secret, id, expires)
}

fn seal(secret: &str, id: &str, expires: i64) -> String {
    signing::meta(secret, format!("{id}:{expires}").as_bytes()).chars().skip(7).take(20).collect()
}

/// Complete the media object of a customer's message from the stored file: type, hash, link.
pub fn fill(sim: &Sim, channel: &CloudChannel, object: &mut Value) {
    let Some(id) = object["id"].as_str().map(str::to_owned) else { return };
    sim.media.bind(&id, &channel.phone_number_id);
    let Some(item) = sim.media.get(&id, sim.clock.age()) else { return };
    let Some(fields) = object.as_object_mut() else { return };
    fields.entry("mime_type").or_insert_with(|| json!(item.mime));
    fields.entry("sha256").or_insert_with(|| json!(item.sha256_base64()));
    fields.entry("url").or_insert_with(|| json!(link(sim, channel, &id)));
    if let Some(name) = item.name {
        fields.entry("filename").or_insert_with(|| json!(name));
    }
}

/// Largest file of a type as a kind of message (whatsapp-cloud.md §6); `None` for types the kind does not take.
pub fn largest(kind: &str, mime: &str) -> Option<usize> {
    const MB: usize = 1024 * 1024;
    let plain = mime.split(';').next().unwrap_or_default().trim();
    match kind {
        "image" => ["image/jpeg", "image/png"].contains(&plain).then_some(5 * MB),
        "sticker" => (plain == "image/webp").then_some(500 * 1024),
        "audio" => ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus"]
            .contains(&plain)
            .then_some(16 * MB),
        "video" => ["video/mp4", "video/3gpp"].contains(&plain).then_some(16 * MB),
        _ => Some(100 * MB),
    }
}

/// Whether a sound can be played: Ogg holds Opus with one channel, and nothing else is a voice note
/// (whatsapp-cloud.md §5.2, §6). What is too short to be a sound at all is let through.
pub fn plays(item: &Item, voice: bool) -> bool {
    let ogg = item.mime.starts_with("audio/ogg");
    if !ogg {
        return !voice;
    }
    if item.bytes.len() < 64 {
        return true;
    }
    let head = item.bytes.get(28..36) == Some(b"OpusHead");
    item.bytes.starts_with(b"OggS") && head && item.bytes.get(37) == Some(&1)
}

/// Whether a file can be sent as this kind of message.
pub fn fits(kind: &str, mime: &str, size: usize) -> bool {
    largest(kind, mime).is_some_and(|most| size <= most)
}

/// Fetch what the business only linked to, as the vendor would; `None` where it can't be had.
pub async fn fetch(sim: &Sim, link: &str) -> Option<(Bytes, String)> {
    let response = sim.http.get(reach(sim, link)).send().await.ok()?.error_for_status().ok()?;
    let mime = response.headers().get("content-type")?.to_str().ok()?.to_owned();
    let bytes = response.bytes().await.ok()?;
    (bytes.len() <= INBOUND_CAP).then_some((bytes, mime))
}

/// Whether a link says the same type when asked for its head and for all of it, as Twilio checks (twilio.md §7).
pub async fn told_alike(sim: &Sim, link: &str) -> bool {
    let kind = |response: reqwest::Response| {
        let value =
            response.error_for_status().ok()?.headers().get("content-type")?.to_str().ok()?.to_owned();
        Some(value.split(';').next().unwrap_or_default().trim().to_lowercase())
    };
    let url = reach(sim, link);
    let head = sim.http.head(&url).send().await.ok().and_then(kind);
    let whole = sim.http.get(&url).send().await.ok().and_then(kind);
    // Whoever does not answer questions about the head is asked for the whole alone.
    whole.is_some() && head.is_none_or(|head| Some(head) == whole)
}

/// Where a URL of the product's public address is really reached.
pub fn reach(sim: &Sim, link: &str) -> String {
    match link.strip_prefix(sim.settings.public_base()) {
        Some(path) => format!("{}{path}", sim.settings.webhooks),
        None => link.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(bytes: &'static [u8], mime: &str) -> Item {
        Item {
            bytes: Bytes::from_static(bytes),
            mime: mime.to_owned(),
            name: None,
            until: DateTime::UNIX_EPOCH,
            claims: None,
            numbers: Vec::new(),
        }
    }

    #[test]
    fn a_voice_note_is_opus_with_one_channel_in_ogg() {
        let voice = include_bytes!("../assets/voice.ogg");
        assert!(plays(&sound(voice, "audio/ogg; codecs=opus"), true));
        let mut stereo = voice.to_vec();
        stereo[37] = 2;
        assert!(!plays(&Item { bytes: stereo.into(), ..sound(voice, "audio/ogg") }, true));
        assert!(!plays(&sound(voice, "audio/mpeg"), true));
        assert!(plays(&sound(voice, "audio/mpeg"), false));
        assert!(!plays(&sound(include_bytes!("../assets/clip.mp4"), "audio/ogg"), false));
    }

    #[test]
    fn every_kind_takes_its_types_and_sizes() {
        assert!(fits("image", "image/jpeg", 5 << 20) && !fits("image", "image/jpeg", (5 << 20) + 1));
        assert!(!fits("image", "image/webp", 1) && fits("sticker", "image/webp", 500 << 10));
        assert!(fits("video", "video/mp4", 16 << 20) && !fits("video", "video/webm", 1));
        assert!(fits("document", "application/zip", 100 << 20));
    }
}
