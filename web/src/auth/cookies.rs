//! Names and attributes of our cookies.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

/// Four cookies: the session's secret, the short token beside it, what a sign-in form is bound to, and who gave the right
/// password and owes the second factor. With the
/// `__Host-` prefix no other host can set them; plain http, which only the demo and a developer use, can't have it.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    https: bool,
}

impl Cookies {
    /// For pages over TLS, or for plain http on one's own machine.
    #[must_use]
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    const fn session_name(self) -> &'static str {
        if self.https { "__Host-s" } else { "s" }
    }

    const fn token_name(self) -> &'static str {
        if self.https { "__Host-t" } else { "t" }
    }

    const fn form_name(self) -> &'static str {
        if self.https { "__Host-f" } else { "f" }
    }

    const fn half_name(self) -> &'static str {
        if self.https { "__Host-h" } else { "h" }
    }

    /// The session's secret.
    #[must_use]
    pub fn session(self, request: &HttpRequest) -> Option<String> {
        read(request, self.session_name())
    }

    /// The short token.
    #[must_use]
    pub fn token(self, request: &HttpRequest) -> Option<String> {
        read(request, self.token_name())
    }

    /// What a form without a session is bound to.
    #[must_use]
    pub fn form(self, request: &HttpRequest) -> Option<String> {
        read(request, self.form_name())
    }

    /// What stands between the right password and the second factor.
    #[must_use]
    pub fn half(self, request: &HttpRequest) -> Option<String> {
        read(request, self.half_name())
    }

    /// Lets the browser go on to the second factor.
    #[must_use]
    pub fn carry_half(self, secret: String) -> Cookie<'static> {
        self.bake(self.half_name(), secret)
    }

    /// The second factor was given, or it took too long.
    #[must_use]
    pub fn take_back_half(self) -> Cookie<'static> {
        self.spoil(self.half_name())
    }

    /// Gives the browser its session.
    #[must_use]
    pub fn carry_session(self, secret: String) -> Cookie<'static> {
        self.bake(self.session_name(), secret)
    }

    /// Gives the browser its short token.
    #[must_use]
    pub fn carry_token(self, token: String) -> Cookie<'static> {
        self.bake(self.token_name(), token)
    }

    /// Gives the browser what its forms are bound to.
    #[must_use]
    pub fn carry_form(self, secret: String) -> Cookie<'static> {
        self.bake(self.form_name(), secret)
    }

    /// Takes the session and its token back.
    #[must_use]
    pub fn take_back(self) -> [Cookie<'static>; 2] {
        [self.session_name(), self.token_name()].map(|name| self.spoil(name))
    }

    fn spoil(self, name: &'static str) -> Cookie<'static> {
        let mut cookie = self.bake(name, String::new());
        cookie.set_max_age(Duration::ZERO);
        cookie
    }

    fn bake(self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .secure(self.https)
            .same_site(SameSite::Lax)
            .finish()
    }
}

fn read(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_no_other_host_can_set_our_cookies() {
        let cookie = Cookies::new(true).carry_session("secret".to_owned());
        assert_eq!(cookie.name(), "__Host-s");
        assert_eq!(cookie.secure(), Some(true));
        assert_eq!((cookie.path(), cookie.domain()), (Some("/"), None), "as the prefix demands");
    }

    #[test]
    fn on_ones_own_machine_they_work_without_tls() {
        let cookie = Cookies::new(false).carry_session("secret".to_owned());
        assert_eq!(cookie.name(), "s");
        assert_ne!(cookie.secure(), Some(true));
        assert_eq!(cookie.http_only(), Some(true));
    }
}
