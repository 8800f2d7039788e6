//! Media: upload, link, download, delete.

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_TYPE, web};
use serde::Deserialize;
use serde_json::json;

use super::{
    access::{allowed, number, parameter},
    errors::Refusal,
    trace,
};
use crate::{
    media::{self, Item},
    settings::CloudChannel,
    sim::Sim,
};

/// Kinds of files Meta takes, with their largest size.
const TAKEN: [(&str, usize); 22] = [
    ("audio/aac", 16),
    ("audio/amr", 16),
    ("audio/mpeg", 16),
    ("audio/mp4", 16),
    ("audio/ogg", 16),
    ("video/mp4", 16),
    ("video/3gpp", 16),
    ("image/jpeg", 5),
    ("image/png", 5),
    // Less in truth: see [`sticker`].
    ("image/webp", 1),
    ("text/plain", 100),
    ("application/pdf", 100),
    ("application/msword", 100),
    ("application/vnd.ms-excel", 100),
    ("application/vnd.ms-powerpoint", 100),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 100),
    ("application/zip", 100),
    ("text/csv", 100),
    ("text/vcard", 100),
    ("application/octet-stream", 100),
];

pub async fn upload(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> HttpResponse {
    match take(&sim, &request, &path.1, body) {
        Ok(id) => HttpResponse::Ok().json(json!({ "id": id })),
        Err(refusal) => refusal.answer(&trace(&sim)),
    }
}

fn take(sim: &Sim, request: &HttpRequest, id: &str, body: web::Bytes) -> Result<String, Refusal> {
    number(sim, request, id)?;
    let header =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parts = multipart::read(header, &body)
        .ok_or_else(|| Refusal::new(100, "The body must be multipart/form-data."))?;
    let field = |name: &str| parts.iter().find(|part| part.name == name);
    if field("messaging_product").is_none_or(|part| part.bytes.as_ref() != b"whatsapp") {
        return Err(Refusal::new(100, "The parameter messaging_product is required."));
    }
    let file = field("file").ok_or_else(|| Refusal::new(100, "The parameter file is required."))?;
    let declared = field("type").map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
    let mime = file.mime.clone().or(declared).unwrap_or_else(|| "application/octet-stream".to_owned());
    let plain = mime.split(';').next().unwrap_or_default().trim();
    let Some((_, megabytes)) = TAKEN.iter().find(|(taken, _)| *taken == plain) else {
        return Err(Refusal::new(
            100,
            format!("Param file must be a file with one of the supported types - got {plain}."),
        ));
    };
    if file.bytes.is_empty() || file.bytes.len() > megabytes * 1024 * 1024 {
        return Err(Refusal::new(
            131_053,
            format!("A file of {plain} holds at most {megabytes} MB, and not nothing."),
        ));
    }
    if plain == "image/webp" {
        sticker(&file.bytes)?;
    }
    let given = media::store(sim, file.bytes.clone(), &mime, file.filename.clone(), media::FROM_BUSINESS);
    sim.media.bind(&given, id);
    Ok(given)
}

/// A sticker is 512 by 512, and has at most 100 KB, or 500 KB where it moves (whatsapp-cloud.md §6).
fn sticker(bytes: &[u8]) -> Result<(), Refusal> {
    let extended = bytes.get(12..16) == Some(b"VP8X");
    let moves = extended && bytes.get(20).is_some_and(|flags| flags & 0x02 != 0);
    let most = if moves { 500 } else { 100 };
    if bytes.len() > most * 1024 {
        return Err(Refusal::new(131_053, format!("A sticker has at most {most} KB.")));
    }
    let number = |at: usize| -> Option<usize> {
        let part = bytes.get(at..at + 3)?;
        Some(1 + usize::from(part[0]) + (usize::from(part[1]) << 8) + (usize::from(part[2]) << 16))
    };
    match (extended, number(24), number(27)) {
        (true, Some(width), Some(height)) if (width, height) != (512, 512) => {
            Err(Refusal::new(131_053, "A sticker is 512 by 512 pixels."))
        }
        _ => Ok(()),
    }
}

/// What a link made by us carries.
#[derive(Deserialize)]
pub struct Link {
    mid: String,
    ext: i64,
    hash: String,
}

pub async fn download(sim: web::Data<Sim>, request: HttpRequest, link: web::Query<Link>) -> HttpResponse {
    let channels = match allowed(&sim, &request) {
        Ok(channels) => channels,
        Err(refusal) => return refusal.answer(&trace(&sim)),
    };
    let Some(item) = sim.media.get(&link.mid, sim.clock.age()) else {
        return HttpResponse::NotFound().finish();
    };
    let holds = channels.iter().any(|channel| {
        item.is_of(&channel.phone_number_id)
            && media::link_holds(&sim, channel, &link.mid, link.ext, &link.hash)
    });
    if holds { bytes(item) } else { HttpResponse::NotFound().finish() }
}

/// The file itself.
pub fn bytes(item: Item) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, item.mime)).body(item.bytes)
}

pub async fn delete(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let channels = match allowed(&sim, &request) {
        Ok(channels) => channels,
        Err(refusal) => return refusal.answer(&trace(&sim)),
    };
    if usable(&sim, &request, &channels, &path.1).is_some() && sim.media.remove(&path.1) {
        return HttpResponse::Ok().json(json!({ "success": true }));
    }
    Refusal::unknown_object(&path.1).answer(&trace(&sim))
}

/// The file with this id and the number it is of, out of these, or out of the one the call names
/// (whatsapp-cloud.md §6: ids are bound to the number that got them).
pub fn usable<'channels>(
    sim: &Sim,
    request: &HttpRequest,
    channels: &'channels [CloudChannel],
    id: &str,
) -> Option<(Item, &'channels CloudChannel)> {
    let item = sim.media.get(id, sim.clock.age())?;
    let wanted = parameter(request, "phone_number_id");
    let mut of = channels.iter().filter(|channel| {
        item.is_of(&channel.phone_number_id)
            && wanted.as_ref().is_none_or(|id| channel.phone_number_id == *id)
    });
    let channel = of.next()?;
    Some((item, channel))
}

/// Just enough of `multipart/form-data` for an upload.
mod multipart {
    use actix_web::web::Bytes;

    pub struct Part {
        pub name: String,
        pub filename: Option<String>,
        pub mime: Option<String>,
        pub bytes: Bytes,
    }

    /// The parts of a body, or nothing if it isn't one.
    pub fn read(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
        let boundary = content_type.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?;
        let boundary = boundary.split(';').next()?.trim().trim_matches('"');
        let delimiter = format!("--{boundary}");
        let mut at = find(body, delimiter.as_bytes(), 0)? + delimiter.len();
        let mut parts = Vec::new();
        while !body[at..].starts_with(b"--") {
            let head_end = find(body, b"\r\n\r\n", at)?;
            let end = find(body, format!("\r\n{delimiter}").as_bytes(), head_end)?;
            let head = String::from_utf8_lossy(&body[at..head_end]).into_owned();
            parts.push(Part {
                name: attribute(&head, "name")?,
                filename: attribute(&head, "filename"),
                mime: head.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
                }),
                bytes: body.slice((head_end + 4).min(end)..end),
            });
            at = end + 2 + delimiter.len();
        }
        Some(parts)
    }

    fn attribute(head: &str, name: &str) -> Option<String> {
        let start = head.find(&format!(" {name}=\""))? + name.len() + 3;
        head[start..].split('"').next().map(str::to_owned)
    }

    fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
        let place = body.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?;
        Some(from + place)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn fields_and_files_are_told_apart() {
            let body = "--x\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--x\r\n\
                        Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
                        \r\n\x01\r\n--x--\r\n";
            let parts =
                read("multipart/form-data; boundary=x", &Bytes::from_static(body.as_bytes())).unwrap();
            assert_eq!(parts[0].bytes.as_ref(), b"whatsapp");
            assert_eq!(parts[1].filename.as_deref(), Some("a.png"));
            assert_eq!(parts[1].mime.as_deref(), Some("image/png"));
            assert_eq!(parts[1].bytes.as_ref(), b"\r\n\x01");
            assert!(read("application/json", &Bytes::new()).is_none());
        }
    }
}
