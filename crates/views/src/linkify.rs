//! Web addresses in customers' words become links. The one place that makes markup out of their text.

use std::{fmt::Write as _, ops::Range};

use askama::filters::{Html, escape};

/// `text` escaped for HTML, with its `http://` and `https://` addresses as links that open apart and
/// tell the other side nothing of this page.
#[must_use]
pub fn linkify(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    let mut done = 0;
    for address in addresses(text) {
        push_escaped(&mut html, &text[done..address.start]);
        push_link(&mut html, &text[address.clone()]);
        done = address.end;
    }
    push_escaped(&mut html, &text[done..]);
    html
}

/// Where the addresses are, in order.
pub(crate) fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(start) = next_address(text, from) {
        let end = start + address_length(&text[start..]);
        all.push(start..end);
        from = end;
    }
    all
}

/// One address as a link.
pub(crate) fn push_link(html: &mut String, address: &str) {
    html.push_str("<a class=\"link\" target=\"_blank\" rel=\"noopener noreferrer\" href=\"");
    push_escaped(html, address);
    html.push_str("\">");
    push_escaped(html, address);
    html.push_str("</a>");
}

/// Where the next address begins that has something behind its scheme.
fn next_address(text: &str, mut from: usize) -> Option<usize> {
    while let Some(at) = text[from..].find("http").map(|at| at + from) {
        let behind = &text[at..];
        let scheme = ["https://", "http://"].into_iter().find(|scheme| behind.starts_with(scheme));
        let alone = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        if let Some(scheme) = scheme
            && alone
            && behind[scheme.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '[')
        {
            return Some(at);
        }
        from = at + "http".len();
    }
    None
}

/// How long the address at the start of `text` is: up to white space or a quote, without the sentence's own
/// punctuation, and with a closing bracket only when it opened one.
fn address_length(text: &str) -> usize {
    let end = text
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '«' | '»'))
        .unwrap_or(text.len());
    let mut address = &text[..end];
    loop {
        let shorter =
            address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '…', '”', '’']);
        let unopened = shorter.matches(')').count() > shorter.matches('(').count();
        let shorter = if unopened { shorter.strip_suffix(')').unwrap_or(shorter) } else { shorter };
        if shorter.len() == address.len() {
            return address.len();
        }
        address = shorter;
    }
}

/// Text as it is.
pub(crate) fn push_escaped(html: &mut String, text: &str) {
    let Ok(escaped) = escape(text, Html);
    // Writing to a String can't fail.
    let _ = write!(html, "{escaped}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(text: &str) -> Vec<String> {
        linkify(text)
            .split("href=\"")
            .skip(1)
            .filter_map(|part| part.split('"').next().map(str::to_owned))
            .collect()
    }

    #[test]
    fn addresses_end_where_a_reader_would_end_them() {
        assert_eq!(linked("mira https://sonrisas.pe/citas."), ["https://sonrisas.pe/citas"]);
        assert_eq!(linked("(http://a.pe/x_(y)) y https://b.pe?"), ["http://a.pe/x_(y)", "https://b.pe"]);
        assert_eq!(linked("https://a.pe/á?q=1&r=2"), ["https://a.pe/á?q=1&#38;r=2"]);
    }

    #[test]
    fn nothing_but_web_addresses_becomes_a_link() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "http:// a",
            "xhttps://a.pe",
            "ftp://a.pe",
        ] {
            assert_eq!(linked(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn markup_stays_text_inside_and_outside_of_links() {
        let html = linkify("<script>x</script> https://a.pe/\"onclick=alert(1) <b>");
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(!html.contains("onclick=alert(1) target"), "{html}");
        assert_eq!(linked("https://a.pe/\"onclick=x"), ["https://a.pe/"]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_the_only_markup_is_our_link(text in ".{0,80}|(.{0,9}https?://.{0,20}){1,3}") {
            let html = linkify(&text);
            let ours = html.replace("<a class=\"link\" target=\"_blank\" rel=\"noopener noreferrer\" href=\"", "").replace("\">", "").replace("</a>", "");
            proptest::prop_assert!(!ours.contains(['<', '>', '"']), "{}", html);
        }
    }
}
