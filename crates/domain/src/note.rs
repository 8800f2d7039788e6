//! Notes: what colleagues tell each other about a conversation. They never leave the house.

use std::ops::Range;

use crate::PersonId;

/// The longest note, in characters.
pub const LONGEST: usize = 4_000;

/// Where a text names people, and whom: `@` and a full name, however it is cased. Of two names that begin alike the
/// longer one counts; people of the same name are all meant.
#[must_use]
pub fn named<S: AsRef<str>>(body: &str, people: &[(PersonId, S)]) -> Vec<(Range<usize>, Vec<PersonId>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = body[from..].find('@').map(|at| at + from) {
        from = at + 1;
        // The middle of an e-mail address names nobody.
        if body[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        let lengths: Vec<(usize, PersonId)> = people
            .iter()
            .filter_map(|(id, name)| Some((begins_with(&body[from..], name.as_ref())?, *id)))
            .collect();
        let Some(longest) = lengths.iter().map(|(length, _)| *length).max() else { continue };
        let meant = lengths.iter().filter(|(length, _)| *length == longest).map(|(_, id)| *id).collect();
        found.push((at..from + longest, meant));
        from += longest;
    }
    found
}

/// How many bytes of `text` are the name it begins with.
fn begins_with(text: &str, name: &str) -> Option<usize> {
    let name = name.trim();
    let mut rest = text.char_indices();
    for wanted in name.chars() {
        let (_, is) = rest.next()?;
        if !is.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    let end = rest.next().map_or(text.len(), |(at, _)| at);
    let goes_on = text[end..].chars().next().is_some_and(char::is_alphanumeric);
    (!name.is_empty() && !goes_on).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_people_by_their_full_name_the_longer_one_first() {
        let [ana, maria, mateo] = [PersonId::new(), PersonId::new(), PersonId::new()];
        let people = [(ana, "Ana"), (maria, "Ana María Ruiz"), (mateo, "Mateo Rojas")];
        let body = "@ana maría ruiz, mira; @Mateo Rojas también. @Ana";
        let found: Vec<(&str, Vec<PersonId>)> =
            named(body, &people).into_iter().map(|(at, who)| (&body[at], who)).collect();
        assert_eq!(
            found,
            [("@ana maría ruiz", vec![maria]), ("@Mateo Rojas", vec![mateo]), ("@Ana", vec![ana])]
        );
    }

    #[test]
    fn addresses_beginnings_and_strangers_name_nobody() {
        let people = [(PersonId::new(), "Ana"), (PersonId::new(), "")];
        for body in ["escribe a juan@ana.com", "@Anabel", "@", "@@", "@Luis ¿puedes?", "Ana"] {
            assert!(named(body, &people).is_empty(), "{body}");
        }
    }

    #[test]
    fn people_of_one_name_are_all_meant() {
        let people = [(PersonId::new(), "José Peña"), (PersonId::new(), "José Peña")];
        let found = named("¿@José Peña?", &people);
        assert_eq!(found[0].1, [people[0].0, people[1].0]);
    }
}
