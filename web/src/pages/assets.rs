//! Styles, scripts, fonts and icons: embedded, under a path that changes with their content, kept for ever.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt::Write as _,
    sync::OnceLock,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Path},
};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use crate::error::PageError;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// Where assets are: `/assets/` and a hash of them all.
pub fn prefix() -> &'static str {
    static PREFIX: OnceLock<String> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let mut names: Vec<_> = Assets::iter().collect();
        names.sort();
        let mut hash = Sha256::new();
        for name in names {
            hash.update(name.as_bytes());
            hash.update(Assets::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
        }
        hash.finalize().iter().take(8).fold("/assets/".to_owned(), |mut path, byte| {
            // Writing into a string does not fail.
            let _ = write!(path, "{byte:02x}");
            path
        })
    })
}

/// GET /assets/{hash}/{path}. An older page's hash is answered with what there is now.
///
/// # Errors
/// Not found.
pub async fn show(path: Path<(String, String)>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let (hash, name) = path.into_inner();
    let current = prefix().ends_with(&hash);
    let cache = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    serve(&name, cache, &request)
}

/// GET /favicon.ico.
///
/// # Errors
/// Not found.
pub async fn favicon(request: HttpRequest) -> Result<HttpResponse, PageError> {
    serve("icon.svg", "public, max-age=86400", &request)
}

/// All scripts and stylesheets as they travel, made once.
fn lean() -> &'static HashMap<String, Bytes> {
    static LEAN: OnceLock<HashMap<String, Bytes>> = OnceLock::new();
    LEAN.get_or_init(|| {
        let texts = Assets::iter().filter(|name| name.ends_with(".js") || name.ends_with(".css"));
        texts
            .filter_map(|name| {
                let text = Assets::get(&name)?;
                let text = std::str::from_utf8(&text.data).ok().map(views::lean)?;
                Some((name.into_owned(), text.into()))
            })
            .collect()
    })
}

/// The stylesheets of a page in one answer, as it names them: `css/desk+floor.css`. Each at most once.
fn together(name: &str) -> Option<Bytes> {
    let names: Vec<_> = name.strip_prefix("css/")?.strip_suffix(".css")?.split('+').collect();
    let each_once = names.iter().collect::<HashSet<_>>().len() == names.len();
    let sheets = names.iter().map(|one| lean().get(&format!("css/{one}.css")).map(|sheet| &**sheet));
    sheets.collect::<Option<Vec<_>>>().filter(|_| each_once).map(|sheets| sheets.concat().into())
}

fn serve(name: &str, cache: &'static str, _request: &HttpRequest) -> Result<HttpResponse, PageError> {
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    let as_it_is = || {
        Assets::get(name).map(|file| match file.data {
            Cow::Borrowed(bytes) => bytes.into(),
            Cow::Owned(bytes) => bytes.into(),
        })
    };
    let body =
        lean().get(name).cloned().or_else(|| together(name)).or_else(as_it_is).ok_or(PageError::NotFound)?;
    Ok(HttpResponse::Ok().content_type(kind).insert_header((header::CACHE_CONTROL, cache)).body(body))
}
