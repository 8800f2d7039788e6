//! Codes of an app (RFC 6238), and those for who has lost it. Pure: nothing here asks the database.

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use qrcode::{Color, EcLevel, QrCode};
use rand::Rng as _;
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroize as _;

/// How long a code of the app stands. Apps know no other length, nor other algorithms or digits.
const STEP: i64 = 30;
/// Wrong codes that are looked at within [`WINDOW`].
pub const TRIES: usize = 5;
/// For how long a wrong code counts.
pub const WINDOW: TimeDelta = TimeDelta::minutes(5);
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;

/// Letters and figures of keys and recovery codes, none of which looks like another (RFC 4648).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// So many of a recovery code find its row; the rest, 80 bits, is hashed.
const LOOKUP: usize = 4;
const RECOVERY_LENGTH: usize = 20;

/// A new key for an app: 160 random bits, as text.
#[must_use]
pub fn new_key() -> SecretString {
    let mut bytes: [u8; 20] = rand::rng().random();
    let key = Secret::new_stack(bytes).to_base32();
    bytes.zeroize();
    key.into()
}

/// What an app is told: the house, the account and the key.
///
/// # Errors
/// When the key is none of ours.
pub fn app(key: &SecretString, house: &str, account: &str) -> anyhow::Result<Totp> {
    let secret = Secret::try_from_base32(key.expose_secret())
        .map_err(|_| anyhow::anyhow!("the key of a second factor is no base32"))?;
    // A colon would end the name.
    let [house, account] = [house, account].map(|text| text.replace(':', " ").trim().to_owned());
    let house = if house.is_empty() { "Bandeja".to_owned() } else { house };
    Builder::new()
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some(house))
        .build()
        .context("the key of a second factor can't be used")
}

/// The step that a code belongs to, if it is right now or was a moment ago. Each step counts once: the caller remembers.
#[must_use]
pub fn step_of(app: &Totp, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let now = now.timestamp();
    let step = i64::try_from(app.check(code, u64::try_from(now).ok()?)?).ok()?;
    // The library looks one step ahead too; who is a step ahead of us can wait (security.md §3).
    (step <= now / STEP).then_some(step)
}

/// What somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Six digits of an app.
    App(String),
    /// A recovery code: what finds it, and the rest.
    Recovery(String, String),
    /// Neither.
    Nothing,
}

/// Reads what somebody typed, whatever blanks and dashes they put between.
#[must_use]
pub fn read(typed: &str) -> Given {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '·'))
        .take(RECOVERY_LENGTH + 1)
        .collect::<String>()
        .to_uppercase();
    if plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Given::App(plain);
    }
    // What is written by hand: there is no O but for a nought, no I but for a one, in an alphabet without 0 and 1.
    let plain = plain.replace('0', "O").replace('1', "I");
    if plain.len() == RECOVERY_LENGTH && plain.bytes().all(|byte| BASE32.contains(&byte)) {
        let (lookup, rest) = plain.split_at(LOOKUP);
        return Given::Recovery(lookup.to_owned(), rest.to_owned());
    }
    Given::Nothing
}

/// New recovery codes, in groups of four. No two are found by the same letters.
#[must_use]
pub fn recovery_codes() -> Vec<String> {
    let mut codes: Vec<String> = Vec::with_capacity(RECOVERY_CODES);
    while codes.len() < RECOVERY_CODES {
        let letters: String = (0..RECOVERY_LENGTH)
            .map(|_| char::from(BASE32[rand::rng().random_range(0..BASE32.len())]))
            .collect();
        let code = groups(&letters);
        if !codes.iter().any(|known| known[..LOOKUP] == code[..LOOKUP]) {
            codes.push(code);
        }
    }
    codes
}

/// A key or code in groups of four, as people read and type it.
#[must_use]
pub fn groups(letters: &str) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// Whether a code is looked at now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Now; with the tries that count from now on, this one among them.
    Now(Vec<DateTime<Utc>>),
    /// Not before.
    Wait(DateTime<Utc>),
}

/// Decides about one more try: [`TRIES`] within [`WINDOW`], whoever makes them.
#[must_use]
pub fn turn(tries: &[DateTime<Utc>], now: DateTime<Utc>) -> Turn {
    let mut counted: Vec<_> = tries.iter().copied().filter(|at| *at > now - WINDOW).collect();
    counted.sort();
    match counted.len().checked_sub(TRIES).and_then(|over| counted.get(over)) {
        Some(first) => Turn::Wait(*first + WINDOW),
        None => {
            counted.push(now);
            Turn::Now(counted)
        }
    }
}

/// The picture of a text that a telephone's camera reads: its width in dots, with a margin, and the dark ones as a path.
///
/// # Errors
/// When the text is too long for one.
pub fn picture(text: &str) -> anyhow::Result<(usize, String)> {
    const MARGIN: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::M).context("draw the code")?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.into_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + MARGIN, at / width + MARGIN);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Ok((width + 2 * MARGIN, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    /// The key of RFC 6238, appendix B.
    fn rfc() -> Totp {
        let key = Secret::new(Box::new(*b"12345678901234567890")).to_base32();
        app(&key.into(), "Clínica: Sonrisas", "valeria@sonrisas.pe").unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(&rfc(), code, at(second)), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_counts_while_it_is_shown_and_a_moment_longer() {
        let (code, step) = ("081804", 1_111_111_109 / 30);
        for (second, right) in [(-1, false), (0, true), (29, true), (30, true), (59, true), (60, false)] {
            assert_eq!(step_of(&rfc(), code, at(step * 30 + second)).is_some(), right, "{second}");
        }
        assert_eq!(step_of(&rfc(), "081805", at(1_111_111_109)), None);
        assert_eq!(step_of(&rfc(), "", at(1_111_111_109)), None);
    }

    #[test]
    fn an_app_is_told_the_house_and_the_account() {
        let uri = rfc().to_url().unwrap();
        assert!(uri.starts_with("otpauth://totp/Cl%C3%ADnica%20%20Sonrisas:valeria%40sonrisas"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
    }

    #[test]
    fn a_new_key_has_160_bits_and_is_nobody_elses() {
        let (one, other) = (new_key(), new_key());
        assert_eq!(one.expose_secret().len(), 32);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }

    #[test]
    fn codes_are_read_however_they_are_typed() {
        assert_eq!(read(" 418 902 "), Given::App("418902".to_owned()));
        let recovery = Given::Recovery("ABCD".to_owned(), "EFGH2345IJKLMNOP".to_owned());
        assert_eq!(read("abcd-efgh-2345-ijkl-mnop"), recovery);
        assert_eq!(read("ABCD EFGH 2345 1JKL MN0P"), recovery);
        for nothing in ["", "41890", "4189022", "abcd-efgh", "ábcd-efgh-2345-ijkl-mnop", &"A".repeat(500)] {
            assert_eq!(read(nothing), Given::Nothing, "{nothing}");
        }
    }

    #[test]
    fn ten_recovery_codes_are_read_as_they_are_shown() {
        let codes = recovery_codes();
        assert_eq!(codes.len(), 10);
        for code in &codes {
            assert!(matches!(read(code), Given::Recovery(..)), "{code}");
        }
    }

    #[test]
    fn five_wrong_codes_in_five_minutes_are_enough() {
        let mut tries = Vec::new();
        for n in 0..5 {
            let Turn::Now(counted) = turn(&tries, at(n * 10)) else { panic!("{n}") };
            tries = counted;
        }
        assert_eq!(turn(&tries, at(50)), Turn::Wait(at(300)));
        assert_eq!(turn(&tries, at(299)), Turn::Wait(at(300)));
        let Turn::Now(counted) = turn(&tries, at(300)) else { panic!("the first is forgotten") };
        assert_eq!(counted.len(), 5);
        assert_eq!(turn(&counted, at(301)), Turn::Wait(at(310)));
    }

    #[test]
    fn a_picture_is_square_with_a_margin() {
        let (width, path) = picture(&rfc().to_url().unwrap()).unwrap();
        assert!(width > 30 && path.starts_with("M4 4h1v1h-1z"), "{width}");
    }
}
