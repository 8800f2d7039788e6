//! The resumable upload: files for template examples and for the profile's picture (whatsapp-cloud.md §6).

use std::{collections::HashMap, sync::Mutex};

use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};

use super::{
    Ids,
    access::{caller, fields},
    answer,
    errors::Refusal,
};
use crate::sim::{Sim, lock};

/// Types that can be uploaded.
const TYPES: [&str; 6] =
    ["image/jpeg", "image/jpg", "image/png", "video/mp4", "application/pdf", "image/gif"];

/// A file on its way up.
#[derive(Debug, Clone)]
struct Session {
    mime: String,
    name: Option<String>,
    length: usize,
    bytes: BytesMut,
}

/// A file that arrived.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its type, as declared.
    pub mime: String,
    /// Its name, if it has one.
    pub name: Option<String>,
}

/// All of them: sessions and handles.
#[derive(Default)]
pub struct Uploads {
    sessions: Mutex<HashMap<String, Session>>,
    handles: Mutex<HashMap<String, Sample>>,
}

impl Uploads {
    /// Forget them.
    pub fn clear(&self) {
        lock(&self.sessions).clear();
        lock(&self.handles).clear();
    }
}

/// The file behind a handle.
pub fn redeem(sim: &Sim, handle: &str) -> Option<Sample> {
    lock(&sim.uploads.handles).get(handle).cloned()
}

/// `POST /{app}/uploads?file_length&file_type&file_name`
pub async fn begin(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: Bytes) -> HttpResponse {
    let begin = || {
        if caller(&sim, &request)?.app_id() != path.1 {
            return Err(Refusal::unknown_object(&path.1));
        }
        let given = fields(&request, &body)?;
        let text = |name: &str| match given.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let length = text("file_length").and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
        if length == 0 || length > 100 * 1024 * 1024 {
            return Err(Refusal::new(100, "Param file_length must be the size of the file in bytes."));
        }
        let mime = text("file_type").unwrap_or_default();
        if !TYPES.contains(&mime.as_str()) {
            return Err(Refusal::new(100, format!("Param file_type must be one of {TYPES:?}.")));
        }
        let session = Session { mime, name: text("file_name"), length, bytes: BytesMut::new() };
        let id = format!(
            "upload:{}?sig=ARZ{}",
            STANDARD.encode(sim.dice.bytes::<18>()).replace('/', "_"),
            hex::encode(sim.dice.bytes::<6>())
        );
        lock(&sim.uploads.sessions).insert(key(&id).to_owned(), session);
        Ok(json!({ "id": id }))
    };
    answer(&sim, begin())
}

/// The id carries a signature after a question mark, which a URL shows as its query.
fn key(id: &str) -> &str {
    id.split('?').next().unwrap_or_default()
}

/// `GET /upload:…`: how much has arrived.
pub fn state(sim: &Sim, request: &HttpRequest, id: &str) -> Result<Value, Refusal> {
    caller(sim, request)?;
    let sessions = lock(&sim.uploads.sessions);
    let session = sessions.get(key(id)).ok_or_else(|| Refusal::unknown_object(id))?;
    Ok(json!({ "id": id, "file_offset": session.bytes.len() }))
}

/// `POST /upload:…` with `file_offset`: bytes from there on; the last ones are answered with the handle.
pub fn take(sim: &Sim, request: &HttpRequest, id: &str, body: Bytes) -> Result<Value, Refusal> {
    caller(sim, request)?;
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if !header("authorization").is_some_and(|value| value.starts_with("OAuth ")) {
        return Err(Refusal::new(190, "The upload takes its token as \"Authorization: OAuth …\"."));
    }
    let offset = header("file_offset").and_then(|value| value.parse::<usize>().ok());
    let offset = offset.ok_or_else(|| Refusal::new(100, "The header file_offset is required."))?;
    let mut sessions = lock(&sim.uploads.sessions);
    let session = sessions.get_mut(key(id)).ok_or_else(|| Refusal::unknown_object(id))?;
    if offset != session.bytes.len() {
        return Err(Refusal::new(100, format!("The upload goes on at file_offset {}.", session.bytes.len())));
    }
    session.bytes.extend_from_slice(&body);
    if session.bytes.len() > session.length {
        return Err(Refusal::new(100, "There are more bytes than file_length said."));
    }
    if session.bytes.len() < session.length {
        return Ok(json!({ "id": id, "file_offset": session.bytes.len() }));
    }
    let Some(whole) = sessions.remove(key(id)) else { return Err(Refusal::unknown_object(id)) };
    let handle = format!("4::{}:{}", STANDARD.encode(&whole.mime), STANDARD.encode(sim.dice.bytes::<24>()));
    let sample = Sample { bytes: whole.bytes.freeze(), mime: whole.mime, name: whole.name };
    lock(&sim.uploads.handles).insert(handle.clone(), sample);
    Ok(json!({ "h": handle }))
}
