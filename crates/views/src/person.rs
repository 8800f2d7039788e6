//! How people and contacts are drawn: initials and a hue that stays theirs.

use domain::PersonId;

use crate::Tx;

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

/// The first word of a name. A phone number in a name's place has no first word.
#[must_use]
pub fn first_name(name: &str) -> &str {
    if name.starts_with('+') { name } else { name.split_whitespace().next().unwrap_or(name) }
}

/// A role in the viewer's language, where it is one every installation has; else by the name it was given.
#[must_use]
pub fn role_name(role: &str, tx: &Tx) -> String {
    match role {
        "agent" => tx.t("role-agent"),
        "supervisor" => tx.t("role-supervisor"),
        "admin" => tx.t("role-admin"),
        given => given.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lang;

    #[test]
    fn the_roles_of_every_installation_have_words_and_others_their_name() {
        let tx = Tx::new(Lang::Es, chrono_tz::UTC);
        assert_eq!(role_name("agent", &tx), "Agente");
        assert_eq!(role_name("admin", &tx), "Administración");
        assert_eq!(role_name("Recepción", &tx), "Recepción");
    }

    #[test]
    fn a_number_is_not_cut_like_a_name() {
        assert_eq!(first_name("Ana Paula Souza"), "Ana");
        assert_eq!(first_name("+51 987 412 306"), "+51 987 412 306");
    }

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert_eq!(initials("Lucía Fernández"), "LF");
        assert_eq!(initials("ana paula souza"), "AS");
        assert_eq!(initials("Ángela"), "Á");
        assert_eq!(initials("+51 987 412 306"), "");
        assert_eq!(initials("Bo 🙂 Ek"), "BE");
    }
}
