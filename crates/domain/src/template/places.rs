//! Places in a text that values fill: `{{1}}` or `{{nombre}}`.

/// A place, and where in its text it stands (byte offsets).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// What stands between the braces: a number, a name, or what is neither.
    pub name: &'a str,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl Place<'_> {
    /// Its number, if places are counted.
    #[must_use]
    pub fn number(&self) -> Option<usize> {
        // `+1` and `01` parse as numbers and are none.
        let plain = self.name.bytes().all(|b| b.is_ascii_digit()) && !self.name.starts_with('0');
        self.name.parse().ok().filter(|_| plain)
    }

    /// Whether it is named as the vendor takes it: lower-case letters, digits, `_`, not only digits
    /// (whatsapp-cloud.md §7.2).
    #[must_use]
    pub fn is_named(&self) -> bool {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        self.name.bytes().all(letter) && self.name.bytes().any(|b| b.is_ascii_lowercase())
    }
}

/// All places of a text, in order, repeated ones too. An opening without its end is text.
#[must_use]
pub fn places(text: &str) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        let Some(close) = text[open + 2..].find("}}").map(|at| open + 2 + at) else { break };
        // Of `{{{1}}` the innermost braces count.
        let open = text[..close].rfind("{{").unwrap_or(open);
        found.push(Place { name: &text[open + 2..close], start: open, end: close + 2 });
        from = close + 2;
    }
    found
}

/// The text with each place replaced by what `value` gives for its name. What it gives nothing for stays.
#[must_use]
pub fn render<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut rendered = String::with_capacity(text.len());
    let mut at = 0;
    for place in places(text) {
        rendered.push_str(&text[at..place.start]);
        rendered.push_str(value(place.name).unwrap_or(&text[place.start..place.end]));
        at = place.end;
    }
    rendered.push_str(&text[at..]);
    rendered
}

/// The names of all places, each once, in the order of their first appearance; counted ones by their numbers.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for place in places(text) {
        if !names.contains(&place.name) {
            names.push(place.name);
        }
    }
    if names.iter().all(|name| name.bytes().all(|b| b.is_ascii_digit())) {
        names.sort_by_key(|name| name.parse::<u64>().unwrap_or(u64::MAX));
    }
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<&str> {
        places(text).iter().map(|place| place.name).collect()
    }

    #[test]
    fn places_are_found_whatever_stands_around_them() {
        assert_eq!(found("Hola {{1}}, tu {{pedido}}."), ["1", "pedido"]);
        assert_eq!(found("{{{1}}}{{}} {{ 2 }}"), ["1", "", " 2 "]);
        assert_eq!(found("{{1} {{ no end"), Vec::<&str>::new());
        assert_eq!(names("{{2}} {{10}} {{1}} {{2}}"), ["1", "2", "10"]);
        assert_eq!(names("{{b}} {{a}} {{b}}"), ["b", "a"]);
    }

    #[test]
    fn a_value_that_looks_like_a_place_is_not_filled_again() {
        let value = |name: &str| if name == "1" { Some("{{2}}") } else { Some("x") };
        assert_eq!(render("{{1}}-{{2}}", value), "{{2}}-x");
    }

    proptest! {
        #[test]
        fn any_text_has_its_places_within_it(text in "\\PC*|[{}1a]{0,20}") {
            let mut last = 0;
            for place in places(&text) {
                prop_assert!(place.start >= last && place.end <= text.len());
                prop_assert_eq!(&text[place.start + 2..place.end - 2], place.name);
                last = place.end;
            }
            prop_assert_eq!(render(&text, |_| None), text);
        }
    }
}
