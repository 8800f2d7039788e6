//! Meta's question whether a webhook address is ours.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

/// The challenge to answer with (as plain text, nothing around it), or `None` to refuse.
///
/// Takes the raw query, because some frameworks turn the dots of `hub.mode` into underscores.
#[must_use]
pub fn verify_subscription(query: &str, verify_tokens: &[SecretString]) -> Option<String> {
    let (mut mode, mut token, mut challenge) = (None, None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "hub.mode" => mode = Some(value),
            "hub.verify_token" => token = Some(value),
            "hub.challenge" => challenge = Some(value),
            _ => {}
        }
    }
    let token = token?;
    let known = verify_tokens
        .iter()
        .map(ExposeSecret::expose_secret)
        .any(|expected| !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(token.as_bytes())));
    (mode? == "subscribe" && known).then(|| challenge.map(Into::into)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Option<String> {
        verify_subscription(query, &["old".into(), "abre sésamo".into()])
    }

    #[test]
    fn the_challenge_comes_back_as_it_was_for_any_of_our_tokens() {
        let asked = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
        assert_eq!(ask(&format!("{asked}old")).as_deref(), Some("1158201444"));
        assert_eq!(ask(&format!("{asked}abre+s%C3%A9samo")).as_deref(), Some("1158201444"));
        assert_eq!(ask(&format!("{asked}abre")), None, "part of a token");
        assert_eq!(ask(asked), None, "no token");
    }

    #[test]
    fn another_mode_a_missing_part_or_an_unset_token_is_refused() {
        assert_eq!(ask("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=old"), None);
        assert_eq!(ask("hub.challenge=1&hub.verify_token=old"), None);
        assert_eq!(ask("hub.mode=subscribe&hub.verify_token=old"), None);
        assert_eq!(ask(""), None);
        let unset = verify_subscription("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", &["".into()]);
        assert_eq!(unset, None);
    }
}
