//! Numbers by which states of Latin America know people and companies. Shapes and check digits, nothing more: whether
//! somebody has that number only the state knows.

use super::Fault;
use crate::words::words;

words! {
    /// A number by which a state knows people or companies.
    NationalId {
        /// Brazil, people: 11 figures, two of them check digits.
        Cpf = "cpf",
        /// Brazil, companies: 14 characters, two of them check digits; letters are possible since July 2026.
        Cnpj = "cnpj",
        /// Chile, people and companies: up to 8 figures and a check digit, which may be K.
        Rut = "rut",
        /// Mexico, taxes: 13 characters for people, 12 for companies.
        Rfc = "rfc",
        /// Mexico, people: 18 characters, the last a check digit.
        Curp = "curp",
        /// Argentina, taxes: 11 figures, the last a check digit.
        Cuit = "cuit",
        /// Argentina and Peru, people: 7 or 8 figures, without a check digit.
        Dni = "dni",
        /// Peru, taxes: 11 figures, the last a check digit.
        Ruc = "ruc",
    }
}

impl NationalId {
    /// Its one spelling: capitals and figures, without ornaments.
    ///
    /// # Errors
    /// [`Fault::NoId`] for another shape, [`Fault::Mistyped`] for other check digits.
    pub fn normalise(self, text: &str) -> Result<String, Fault> {
        let ornaments = ['.', '-', '/', ' '];
        let bare: String = text.to_uppercase().chars().filter(|c| !ornaments.contains(c)).collect();
        let good = match self {
            Self::Cpf => cpf(&bare),
            Self::Cnpj => cnpj(&bare),
            Self::Rut => rut(&bare),
            Self::Rfc => rfc(&bare),
            Self::Curp => curp(&bare),
            Self::Cuit => cuit(&bare),
            Self::Dni => ((7..=8).contains(&bare.len()) && figures(&bare).is_some()).then_some(true),
            Self::Ruc => ruc(&bare),
        };
        match good {
            None => Err(Fault::NoId(self)),
            Some(false) => Err(Fault::Mistyped(self)),
            Some(true) => Ok(bare),
        }
    }

    /// A normal spelling as people write it.
    #[must_use]
    pub fn written(self, value: &str) -> String {
        let part = |from: usize, to: usize| value.get(from..to).unwrap_or_default();
        let length = value.len();
        match self {
            Self::Cpf if length == 11 => {
                format!("{}.{}.{}-{}", part(0, 3), part(3, 6), part(6, 9), part(9, 11))
            }
            Self::Cnpj if length == 14 => {
                format!("{}.{}.{}/{}-{}", part(0, 2), part(2, 5), part(5, 8), part(8, 12), part(12, 14))
            }
            Self::Rut if length > 1 => {
                format!("{}-{}", thousands(part(0, length - 1)), part(length - 1, length))
            }
            Self::Cuit if length == 11 => format!("{}-{}-{}", part(0, 2), part(2, 10), part(10, 11)),
            _ => value.to_owned(),
        }
    }

    /// What it is called where it is used.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpf => "CPF",
            Self::Cnpj => "CNPJ",
            Self::Rut => "RUT",
            Self::Rfc => "RFC",
            Self::Curp => "CURP",
            Self::Cuit => "CUIT",
            Self::Dni => "DNI",
            Self::Ruc => "RUC",
        }
    }
}

/// `12345678` as `12.345.678`.
fn thousands(digits: &str) -> String {
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(c);
    }
    out
}

fn figures(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

fn weighted(values: &[u32], weights: &[u32]) -> u32 {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// Modulo 11 as Brazil does it: a rest of 0 or 1 is the digit 0.
fn modulo_11(values: &[u32], weights: &[u32]) -> u32 {
    match weighted(values, weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// Receita Federal: weights 10 to 2, then 11 to 2. Eleven equal figures pass the sum and are nobody's.
fn cpf(text: &str) -> Option<bool> {
    let digits = figures(text).filter(|digits| digits.len() == 11)?;
    let first = modulo_11(&digits[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = modulo_11(&digits[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let all_equal = digits.iter().all(|digit| *digit == digits[0]);
    Some(digits[9] == first && digits[10] == second && !all_equal)
}

/// Receita Federal, Instrução Normativa 2.229/2024: a character's value is its ASCII code less 48.
fn cnpj(text: &str) -> Option<bool> {
    const WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return None;
    }
    if !text.bytes().skip(12).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let values: Vec<u32> = text.bytes().map(|b| u32::from(b - b'0')).collect();
    let first = modulo_11(&values[..12], &WEIGHTS[1..]);
    let second = modulo_11(&values[..13], &WEIGHTS);
    let all_equal = values.iter().all(|value| *value == values[0]);
    Some(values[12] == first && values[13] == second && !all_equal)
}

/// Weights 2 to 7 from the right, again and again; 10 is K.
fn rut(text: &str) -> Option<bool> {
    let (number, digit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let digits = figures(number).filter(|digits| (6..=8).contains(&digits.len()))?;
    if !digit.chars().all(|c| c.is_ascii_digit() || c == 'K') {
        return None;
    }
    let sum: u32 = digits.iter().rev().zip([2, 3, 4, 5, 6, 7].into_iter().cycle()).map(|(d, w)| d * w).sum();
    let expected = match 11 - sum % 11 {
        11 => "0".to_owned(),
        10 => "K".to_owned(),
        digit => digit.to_string(),
    };
    Some(digit == expected)
}

/// Letters, birthday or day of founding, three characters of the authority's own. Its last character is a check digit that
/// the authority itself gave out differently at times, so it decides nothing.
fn rfc(text: &str) -> Option<bool> {
    let characters: Vec<char> = text.chars().collect();
    let letters = match characters.len() {
        13 => 4,
        12 => 3,
        _ => return None,
    };
    let initials = characters.iter().take(letters).all(|c| c.is_ascii_uppercase() || matches!(c, 'Ñ' | '&'));
    let own = characters.get(letters + 6..)?.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    (initials && own && is_day(&characters[letters..letters + 6])).then_some(true)
}

/// Registro Nacional de Población: letters, birthday, sex, state, three consonants, a mark of the century, a check digit over
/// an alphabet that has Ñ after N, with weights 18 to 2.
fn curp(text: &str) -> Option<bool> {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
    let characters: Vec<char> = text.chars().collect();
    let capitals = |from: usize, to: usize| characters[from..to].iter().all(char::is_ascii_uppercase);
    let shaped = characters.len() == 18
        && capitals(0, 4)
        && is_day(&characters[4..10])
        && matches!(characters[10], 'H' | 'M' | 'X')
        && capitals(11, 16)
        && (characters[16].is_ascii_uppercase() || characters[16].is_ascii_digit());
    if !shaped {
        return None;
    }
    let last = characters[17].to_digit(10)?;
    let values: Option<Vec<usize>> =
        characters[..17].iter().map(|c| ALPHABET.chars().position(|known| known == *c)).collect();
    let sum: usize = values?.iter().zip((2..=18).rev()).map(|(value, weight)| value * weight).sum();
    Some((10 - sum % 10) % 10 == last as usize)
}

/// Whether six figures are a day: year, month, day.
fn is_day(characters: &[char]) -> bool {
    let text: String = characters.iter().collect();
    let number = |from: usize| text.get(from..from + 2).and_then(|two| two.parse::<u32>().ok());
    let figures = text.bytes().all(|b| b.is_ascii_digit());
    figures && matches!((number(2), number(4)), (Some(1..=12), Some(1..=31)))
}

/// Modulo 11 with weights 5 to 2 and 7 to 2, as Argentina and Peru do it: the sum's complement, as it is.
fn complement(digits: &[u32]) -> u32 {
    11 - weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
}

/// AFIP: 11 is the digit 0; whose sum asks for 10 has another prefix.
fn cuit(text: &str) -> Option<bool> {
    let digits = figures(text).filter(|digits| digits.len() == 11)?;
    if !matches!(digits[0] * 10 + digits[1], 20 | 23 | 24 | 25 | 26 | 27 | 30 | 33 | 34) {
        return None;
    }
    Some(complement(&digits[..10]) % 11 == digits[10])
}

/// SUNAT: 10 is the digit 0, 11 the digit 1.
fn ruc(text: &str) -> Option<bool> {
    let digits = figures(text).filter(|digits| digits.len() == 11)?;
    if !matches!(digits[0] * 10 + digits[1], 10 | 15 | 16 | 17 | 20) {
        return None;
    }
    Some(complement(&digits[..10]) % 10 == digits[10])
}
