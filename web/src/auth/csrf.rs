//! Proof that an unsafe request comes from a page we drew.

use actix_web::{HttpRequest, cookie::Cookie};
use aws_lc_rs::hmac::{HMAC_SHA256, Key};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretSlice};
use subtle::ConstantTimeEq;

use super::cookies::Cookies;

/// The header scripts put the token into.
pub const HEADER: &str = "x-csrf";
/// The field of plain forms.
pub const FIELD: &str = "csrf";

/// Compares tokens without telling by the time it takes where they differ. Nothing equals an empty one.
#[must_use]
pub fn equal(given: &str, expected: &str) -> bool {
    !expected.is_empty() && bool::from(given.as_bytes().ct_eq(expected.as_bytes()))
}

/// Tokens for pages that nobody is signed in to: bound to a random cookie by a key of ours.
pub struct AnonymousForms {
    key: Key,
    cookies: Cookies,
}

impl AnonymousForms {
    /// With a key made for this purpose.
    #[must_use]
    pub fn new(key: &SecretSlice<u8>, cookies: Cookies) -> Self {
        Self { key: Key::new(HMAC_SHA256, key.expose_secret()), cookies }
    }

    /// A token for a page that is about to be drawn, and the cookie to send with it where the browser has none.
    #[must_use]
    pub fn begin(&self, request: &HttpRequest) -> (String, Option<Cookie<'static>>) {
        match self.cookies.form(request) {
            Some(secret) => (self.token(&secret), None),
            None => {
                let secret = super::random_text::<16>();
                (self.token(&secret), Some(self.cookies.carry_form(secret)))
            }
        }
    }

    /// Whether the token belongs to this browser's cookie.
    #[must_use]
    pub fn is_genuine(&self, request: &HttpRequest, given: &str) -> bool {
        self.cookies.form(request).is_some_and(|secret| equal(given, &self.token(&secret)))
    }

    fn token(&self, secret: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&self.key, secret.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn forms(key: u8) -> AnonymousForms {
        AnonymousForms::new(&vec![key; 32].into(), Cookies::new(true))
    }

    #[test]
    fn a_token_is_good_for_the_browser_it_was_made_for_and_no_other() {
        let forms = forms(1);
        let (token, cookie) = forms.begin(&TestRequest::get().to_http_request());
        let hers = TestRequest::post().cookie(cookie.unwrap()).to_http_request();
        let his = TestRequest::post().cookie(Cookie::new("__Host-f", "other")).to_http_request();
        assert!(forms.is_genuine(&hers, &token));
        assert!(!forms.is_genuine(&his, &token));
        assert!(!forms.is_genuine(&TestRequest::post().to_http_request(), &token), "no cookie");
        assert!(!forms.is_genuine(&hers, ""), "no token");
    }

    #[test]
    fn a_token_of_another_installation_is_worthless() {
        let (token, cookie) = forms(1).begin(&TestRequest::get().to_http_request());
        let request = TestRequest::post().cookie(cookie.unwrap()).to_http_request();
        assert!(!forms(2).is_genuine(&request, &token));
    }

    #[test]
    fn an_empty_token_never_matches() {
        assert!(!equal("", ""));
        assert!(!equal("a", "ab"));
        assert!(equal("ab", "ab"));
    }
}
