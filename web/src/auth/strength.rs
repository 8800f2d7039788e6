//! Which passwords may be chosen: long enough, and none that a list of usual ones begins with.
//!
//! No rules about kinds of characters and no forced change: they make passwords worse (security.md §13, 6.2).

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::passwords::LENGTHS;

/// Looking at more costs time and tells nothing: what is strong so far stays strong.
const LOOKED_AT: usize = 64;

/// So many tries, as a power of ten, have to come before it. Three words known of the person, with something between them,
/// are about 10⁸.
const GUESSES: f64 = 9.0;

/// Words of the product and of our users' languages that the list, which is English mostly, does not know.
const USUAL: &[&str] = &[
    "bandeja",
    "inbox",
    "whatsapp",
    "contraseña",
    "contrasena",
    "contrasenia",
    "clave",
    "acceso",
    "secreto",
    "segura",
    "seguro",
    "usuario",
    "administrador",
    "agente",
    "supervisor",
    "supervisora",
    "cliente",
    "empresa",
    "oficina",
    "trabajo",
    "bienvenido",
    "bienvenida",
    "hola",
    "gracias",
    "amor",
    "teamo",
    "tequiero",
    "familia",
    "dios",
    "jesus",
    "maria",
    "jose",
    "futbol",
    "barcelona",
    "madrid",
    "peru",
    "lima",
    "mexico",
    "colombia",
    "bogota",
    "argentina",
    "chile",
    "santiago",
    "ecuador",
    "guatemala",
    "verano",
    "invierno",
    "primavera",
    "otono",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "senha",
    "segredo",
    "segura",
    "usuario",
    "cliente",
    "empresa",
    "trabalho",
    "bemvindo",
    "obrigado",
    "obrigada",
    "amor",
    "deus",
    "brasil",
    "flamengo",
    "corinthians",
    "palmeiras",
    "saopaulo",
    "janeiro",
    "fevereiro",
    "marco",
    "verao",
    "inverno",
    "primavera",
    "outono",
    "qwertyuiop",
    "asdfghjkl",
    "asdfghjklñ",
    "zxcvbnm",
];

/// Without marks above letters, which people leave out and put in.
fn plain(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Why a password can't be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    /// Too short or too long.
    Length,
    /// Among the first that somebody would try who knows the person, the company and what people usually choose.
    Usual,
}

/// Looks at a password that somebody wants to have. `about` is what is known of them: name, address, company, host.
///
/// # Errors
/// Says what is wrong with it.
pub fn judge(password: &str, about: &[&str]) -> Result<(), Weak> {
    if !LENGTHS.contains(&password.chars().count()) {
        return Err(Weak::Length);
    }
    let known: Vec<String> = about
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() > 2)
        .map(|word| plain(&word.to_lowercase()))
        .collect();
    let words: Vec<&str> = USUAL.iter().copied().chain(known.iter().map(String::as_str)).collect();
    let looked_at: String = plain(password).chars().take(LOOKED_AT).collect();
    if zxcvbn::zxcvbn(&looked_at, &words).guesses_log10() < GUESSES { Err(Weak::Usual) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALERIA: &[&str] = &["Valeria Quispe", "valeria.quispe@sonrisas.pe", "Clínica Dental Sonrisas"];

    #[test]
    fn twelve_characters_are_the_least_and_128_the_most() {
        assert_eq!(judge("xk4!mPq9zt", VALERIA), Err(Weak::Length));
        assert_eq!(judge("xk4!mPq9ztWv", VALERIA), Ok(()));
        assert_eq!(judge(&"pájaro-".repeat(30), VALERIA), Err(Weak::Length));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for usual in [
            "123456789012",
            "passwordpassword",
            "contraseña123",
            "Contrasena2026",
            "qwertyuiop123",
            "aaaaaaaaaaaaaaaa",
            "bandeja-2026",
            "Bienvenido2026",
            "minhasenha123",
        ] {
            assert_eq!(judge(usual, VALERIA), Err(Weak::Usual), "{usual}");
        }
    }

    #[test]
    fn ones_own_name_and_company_are_no_secret() {
        for known in ["valeriaquispe", "Sonrisas2026", "QuispeValeria1", "clinicadental"] {
            let judged = judge(known, VALERIA);
            assert!(judged.is_err(), "{known}");
        }
    }

    #[test]
    fn a_sentence_is_welcome_whatever_its_characters() {
        for good in [
            "mi abuela vende mangos en Piura",
            "лошадь правильно батарея",
            "tres tristes tigres tragan trigo",
        ] {
            assert_eq!(judge(good, VALERIA), Ok(()), "{good}");
        }
    }
}
