//! The phone page's files, inside the binary.

/// The page.
pub const PAGE: &str = include_str!("../assets/phone.html");

/// A file of the page: its type and its bytes.
pub fn find(name: &str) -> Option<(&'static str, &'static [u8])> {
    match name {
        "phone.css" => Some(("text/css; charset=utf-8", include_bytes!("../assets/phone.css"))),
        "phone.js" => Some(("text/javascript; charset=utf-8", include_bytes!("../assets/phone.js"))),
        "words.js" => Some(("text/javascript; charset=utf-8", include_bytes!("../assets/words.js"))),
        "bubbles.js" => Some(("text/javascript; charset=utf-8", include_bytes!("../assets/bubbles.js"))),
        "photo.jpg" => Some(("image/jpeg", include_bytes!("../assets/photo.jpg"))),
        "clip.mp4" => Some(("video/mp4", include_bytes!("../assets/clip.mp4"))),
        "sticker.webp" => Some(("image/webp", include_bytes!("../assets/sticker.webp"))),
        "picture.png" => Some(("image/png", include_bytes!("../assets/picture.png"))),
        "quote.pdf" => Some(("application/pdf", include_bytes!("../assets/quote.pdf"))),
        "voice.ogg" => Some(("audio/ogg; codecs=opus", include_bytes!("../assets/voice.ogg"))),
        _ => None,
    }
}
