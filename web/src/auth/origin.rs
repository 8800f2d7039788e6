//! Whether a request comes from our own pages, by what the browser says and scripts can't change.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use url::Url;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where our own pages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins(Vec<String>);

/// It comes from somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request does not come from one of our pages")]
pub struct ForeignOrigin;

impl Origins {
    /// Exactly these.
    #[must_use]
    pub fn new(public_urls: &[Url]) -> Self {
        Self(public_urls.iter().map(|url| url.origin().ascii_serialization()).collect())
    }

    /// For unsafe requests. A browser names the origin of each; a program that names none carries nobody's cookies by
    /// accident, so it passes here and still has to know the CSRF token.
    ///
    /// # Errors
    /// When the origin is not ours, or `null`.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ForeignOrigin> {
        if let Some(site) = headers.get(FETCH_SITE)
            && !matches!(site.as_bytes(), b"same-origin" | b"none")
        {
            return Err(ForeignOrigin);
        }
        match self.stated(headers)? {
            Some(_) => Ok(()),
            None => match headers.get(header::REFERER) {
                None => Ok(()),
                Some(referer) => {
                    let page =
                        referer.to_str().ok().and_then(|text| Url::parse(text).ok()).ok_or(ForeignOrigin)?;
                    self.holds(&page.origin().ascii_serialization()).then_some(()).ok_or(ForeignOrigin)
                }
            },
        }
    }

    /// For a socket, which no CSRF token protects: the origin has to be stated and ours.
    ///
    /// # Errors
    /// When it is missing, `null` or not ours.
    pub fn check_socket(&self, headers: &HeaderMap) -> Result<(), ForeignOrigin> {
        self.stated(headers)?.map(drop).ok_or(ForeignOrigin)
    }

    /// The stated origin, if it is ours; `None` if none is stated.
    fn stated<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a str>, ForeignOrigin> {
        let mut all = headers.get_all(header::ORIGIN);
        match (all.next(), all.next()) {
            (None, _) => Ok(None),
            (Some(origin), None) => match origin.to_str() {
                Ok(origin) if self.holds(origin) => Ok(Some(origin)),
                _ => Err(ForeignOrigin),
            },
            (Some(_), Some(_)) => Err(ForeignOrigin),
        }
    }

    fn holds(&self, origin: &str) -> bool {
        self.0.iter().any(|ours| ours == origin)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn ours() -> Origins {
        let urls = ["https://bandeja.example", "http://localhost:8080"].map(|url| Url::parse(url).unwrap());
        Origins::new(&urls)
    }

    fn with(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn our_own_pages_pass() {
        assert!(ours().check(&with(&[("origin", "https://bandeja.example")])).is_ok());
        assert!(
            ours()
                .check(&with(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]))
                .is_ok()
        );
        assert!(ours().check(&with(&[("referer", "https://bandeja.example/inbox")])).is_ok());
        assert!(ours().check_socket(&with(&[("origin", "https://bandeja.example")])).is_ok());
    }

    #[test]
    fn others_do_not_however_alike_they_look() {
        for origin in [
            "null",
            "",
            "http://bandeja.example",
            "https://bandeja.example.evil.test",
            "https://evil.test",
            "https://bandeja.example:8443",
            "https://sub.bandeja.example",
            "http://localhost:8081",
        ] {
            assert!(ours().check(&with(&[("origin", origin)])).is_err(), "{origin}");
            assert!(ours().check_socket(&with(&[("origin", origin)])).is_err(), "{origin}");
        }
        let two = with(&[("origin", "https://bandeja.example"), ("origin", "https://evil.test")]);
        assert!(ours().check(&two).is_err());
    }

    #[test]
    fn a_browser_that_says_cross_site_is_believed() {
        let headers = with(&[("origin", "https://bandeja.example"), ("sec-fetch-site", "cross-site")]);
        assert!(ours().check(&headers).is_err());
        assert!(ours().check(&with(&[("sec-fetch-site", "same-site")])).is_err());
        assert!(ours().check(&with(&[("referer", "https://evil.test/")])).is_err());
    }

    #[test]
    fn a_socket_has_to_say_where_it_comes_from() {
        assert!(ours().check_socket(&with(&[])).is_err());
        assert!(ours().check(&with(&[])).is_ok(), "a form is held to its token");
    }
}
