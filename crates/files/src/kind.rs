//! What bytes are, whatever anybody says about them.

/// How many bytes from the start have to be looked at.
pub const HEAD: usize = 8 * 1024;

/// The type of a file by its first bytes, as `image/jpeg`; `None` where nobody knows.
///
/// Markup (HTML, SVG, XML) is text here: nothing of ours ever shows it as anything else.
#[must_use]
pub fn of(head: &[u8]) -> Option<&'static str> {
    let head = &head[..head.len().min(HEAD)];
    if let Some(kind) = by_box(head).or_else(|| by_sign(head)) {
        return Some(kind);
    }
    match infer::get(head).map(|kind| kind.mime_type()) {
        Some("text/html" | "text/xml") => Some("text/plain"),
        Some("audio/m4a" | "audio/x-m4a") => Some("audio/mp4"),
        Some("video/x-m4v") => Some("video/mp4"),
        Some("audio/opus") => Some("audio/ogg"),
        Some(kind) => Some(kind),
        None => is_text(head).then_some("text/plain"),
    }
}

/// The family of ISO media files, by their brand.
fn by_box(head: &[u8]) -> Option<&'static str> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    Some(match head.get(8..12)? {
        b"M4A " | b"M4B " => "audio/mp4",
        [b'3', b'g', ..] => "video/3gpp",
        b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" => "image/heic",
        b"avif" | b"avis" => "image/avif",
        b"qt  " => "video/quicktime",
        _ => "video/mp4",
    })
}

fn by_sign(head: &[u8]) -> Option<&'static str> {
    let begins = |sign: &[u8]| head.starts_with(sign);
    match head {
        _ if begins(b"OggS") => {
            let has = |word: &[u8]| head.windows(word.len()).take(256).any(|at| at == word);
            Some(if has(b"theora") { "video/ogg" } else { "audio/ogg" })
        }
        _ if begins(b"#!AMR") => Some("audio/amr"),
        // The layer bits are 0 in ADTS; MPEG audio never has them so.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some("audio/aac"),
        _ if begins(b"BEGIN:VCARD") => Some("text/vcard"),
        _ => None,
    }
}

/// UTF-8 without control characters. A character cut off at the end of the look is none that is wrong.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() == HEAD => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

/// What a browser may show or play in the page, as it is. Anything else is offered as a download of unknown type.
#[must_use]
pub fn is_safe(kind: &str) -> bool {
    matches!(
        kind,
        "image/jpeg"
            | "image/png"
            | "image/webp"
            | "image/gif"
            | "video/mp4"
            | "video/3gpp"
            | "video/webm"
            | "audio/mpeg"
            | "audio/mp4"
            | "audio/ogg"
            | "audio/aac"
            | "audio/amr"
            | "application/pdf"
            | "text/plain"
    )
}

/// The ending of a name for a type; empty where there is no usual one.
#[must_use]
pub fn ending(kind: &str) -> &'static str {
    match kind {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "image/heic" => "heic",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "video/webm" => "webm",
        "video/quicktime" => "mov",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/ogg" => "ogg",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        "text/vcard" => "vcf",
        "application/zip" => "zip",
        "application/msword" => "doc",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.ms-powerpoint" => "ppt",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are_whatever_the_name_says() {
        assert_eq!(of(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        assert_eq!(of(b"%PDF-1.7\n"), Some("application/pdf"));
        assert_eq!(of(b"\0\0\0\x18ftypheic\0\0\0\0"), Some("image/heic"));
        assert_eq!(of(b"\0\0\0\x18ftypisom\0\0\0\0"), Some("video/mp4"));
        assert_eq!(of(b"\0\0\0\x18ftyp3gp5\0\0\0\0"), Some("video/3gpp"));
        assert_eq!(of(b"\0\0\0\x18ftypM4A \0\0\0\0"), Some("audio/mp4"));
        assert_eq!(
            of(b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\x02\x03\x04\0\0\0\0\0\0\0\0\x01\x13OpusHead"),
            Some("audio/ogg")
        );
        assert_eq!(of(b"#!AMR\n\x3c"), Some("audio/amr"));
        assert_eq!(of(b"\xff\xf1\x50\x80"), Some("audio/aac"));
        assert_eq!(of(b"\xff\xfb\x90\x64"), Some("audio/mpeg"));
        assert_eq!(of(b"ID3\x04\0\0\0\0\0\0"), Some("audio/mpeg"));
        assert_eq!(of(b"BEGIN:VCARD\nFN:Ana"), Some("text/vcard"));
        assert_eq!(of(b"Hola,\nma\xc3\xb1ana"), Some("text/plain"));
        assert_eq!(of(b"\x00\x01\x02\x03garbage"), None);
        assert_eq!(of(b""), None);
    }

    #[test]
    fn markup_is_text_and_programs_are_nothing_a_browser_may_show() {
        for markup in [
            &b"<!DOCTYPE html><script>"[..],
            b"<svg xmlns=\"http://www.w3.org/2000/svg\">",
            b"<?xml version=\"1.0\"?>",
        ] {
            assert_eq!(of(markup), Some("text/plain"), "{markup:?}");
        }
        let program = of(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0");
        assert!(!program.is_some_and(is_safe), "{program:?}");
        assert!(!is_safe("text/html") && !is_safe("image/svg+xml"));
    }
}
