//! How people and contacts are drawn: initials and a hue that stays theirs.

use domain::PersonId;

/// The hues of the design; a class each, because styles may not stand in the page.
const HUES: [u16; 12] = [12, 38, 62, 95, 140, 165, 195, 225, 262, 290, 318, 342];

/// A colleague in a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonTag {
    /// Who.
    pub id: PersonId,
    /// The full name.
    pub name: String,
}

impl PersonTag {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        initials(&self.name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        hue(self.id.0.as_bytes())
    }

    /// The name in short, for lists.
    #[must_use]
    pub fn first_name(&self) -> &str {
        first_name(&self.name)
    }
}

/// One or two capitals: of the first and the last word of a name that begin with a letter.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut letters =
        name.split_whitespace().filter_map(|word| word.chars().next()).filter(|c| c.is_alphabetic());
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).take(2).collect()
}

/// The hue class of an id. Ids made one after another differ in their last bytes.
#[must_use]
pub fn hue(id: &[u8]) -> u16 {
    let sum = id.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    HUES[sum % HUES.len()]
}

/// The first word of a name.
#[must_use]
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert_eq!(initials("Lucía Fernández"), "LF");
        assert_eq!(initials("ana paula souza"), "AS");
        assert_eq!(initials("Ángela"), "Á");
        assert_eq!(initials("+51 987 412 306"), "");
        assert_eq!(initials("Bo 🙂 Ek"), "BE");
    }
}
