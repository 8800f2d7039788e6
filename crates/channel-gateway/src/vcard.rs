//! Contact cards as files: vCard 2.1 to 4.0, as far as a card on screen needs it.
//!
//! Twilio passes contacts on as files of the type `text/vcard` (twilio.md §3); the Cloud API may put the text of a card
//! beside its fields (whatsapp-cloud.md §2.2).

use domain::content::ContactCard;

use crate::json::shorten;

/// More cards than a message can hold, and more values than a card shows.
const MOST: usize = 300;

/// The cards in a file. Lines that are not understood are passed over; text that holds no card gives none.
#[must_use]
pub fn read(text: &str) -> Vec<ContactCard> {
    let mut cards = Vec::new();
    let mut card: Option<Draft> = None;
    for line in unfolded(text) {
        let Some((name, value)) = property(&line) else { continue };
        match (name.as_str(), card.as_mut()) {
            ("BEGIN", None) if value.eq_ignore_ascii_case("vcard") => card = Some(Draft::default()),
            ("END", Some(_)) => cards.extend(card.take().and_then(Draft::done)),
            (_, Some(card)) => card.take_in(&name, &value),
            _ => {}
        }
        if cards.len() == MOST {
            break;
        }
    }
    cards
}

#[derive(Default)]
struct Draft {
    card: ContactCard,
    /// `N`: the name in parts, for cards without `FN`.
    parts: Option<String>,
}

impl Draft {
    fn take_in(&mut self, name: &str, value: &str) {
        let text = || Some(shorten(unescaped(value).trim())).filter(|text| !text.is_empty());
        // Values in parts are divided by semicolons; on screen they stand in one line.
        let joined = |separator| {
            let parts = split(value).into_iter().map(|part| unescaped(part).trim().to_owned());
            let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
            Some(shorten(&parts.join(separator))).filter(|line| !line.is_empty())
        };
        let add = |list: &mut Vec<String>, value: Option<String>| {
            if list.len() < MOST {
                list.extend(value);
            }
        };
        match name {
            "FN" => self.card.name = text().unwrap_or_default(),
            "N" => {
                let parts = split(value);
                let order = [3, 1, 2, 0, 4];
                let named = order
                    .iter()
                    .filter_map(|at| parts.get(*at))
                    .map(|part| unescaped(part).trim().to_owned());
                let named: Vec<_> = named.filter(|part| !part.is_empty()).collect();
                self.parts = Some(shorten(&named.join(" ")));
            }
            "TEL" => {
                add(&mut self.card.phones, text().map(|phone| phone.trim_start_matches("tel:").to_owned()))
            }
            "EMAIL" => add(&mut self.card.emails, text()),
            "URL" => add(&mut self.card.urls, text()),
            "ADR" => add(&mut self.card.addresses, joined(", ")),
            "ORG" => self.card.organisation = joined(", "),
            "TITLE" => self.card.title = text(),
            "BDAY" => self.card.birthday = text(),
            _ => {}
        }
    }

    /// `None` for a card that says nothing.
    fn done(self) -> Option<ContactCard> {
        let mut card = self.card;
        if card.name.is_empty() {
            card.name = self.parts.or_else(|| card.organisation.clone()).unwrap_or_default();
        }
        (card != ContactCard::default()).then_some(card)
    }
}

/// The lines with their continuations, which begin with a blank.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(['\n', '\r']) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ if line.is_empty() => {}
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// `item1.TEL;type=CELL:+51…` is the property TEL with its value.
fn property(line: &str) -> Option<(String, String)> {
    let (head, value) = line.split_once(':')?;
    let mut head = head.split(';');
    let name = head.next()?.rsplit('.').next()?.trim().to_ascii_uppercase();
    let printable = head.any(|parameter| {
        let value = parameter.rsplit('=').next().unwrap_or_default();
        value.eq_ignore_ascii_case("quoted-printable")
    });
    Some((name, if printable { quoted_printable(value) } else { value.to_owned() }))
}

/// The parts of a value, at each semicolon that is not escaped.
fn split(value: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, letter) in value.char_indices() {
        if letter == ';' && !escaped {
            parts.push(&value[start..at]);
            start = at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    parts.push(&value[start..]);
    parts
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => text.push(' '),
                Some(other) => text.push(other),
                None => {}
            },
            '\0' => {}
            other => text.push(other),
        }
    }
    text
}

fn quoted_printable(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).filter(|_| *byte == b'=');
        match digits.and_then(|digits| hex::decode(digits).ok()) {
            Some(byte) => {
                decoded.extend(byte);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_card_of_a_phone_reads_as_a_card_on_screen() {
        let file = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Paredes;Lucía;;Dra.;\r\nFN:Dra. Lucía Paredes\r\n\
            item1.TEL;waid=51987000111:+51 987 000 111\r\nEMAIL;type=INTERNET:lucia@sonrisas.pe\r\n\
            ORG:Sonrisas\\, S.A.C.;Ortodoncia\r\nTITLE:Directora\r\nADR;TYPE=work:;;Av. Larco 743;Lima;;15074;Pe\r\n rú\r\n\
            URL:https://sonrisas.pe\r\nBDAY:1980-02-29\r\nPHOTO;ENCODING=b:AAAA\r\nEND:VCARD\r\n";
        assert_eq!(
            read(file),
            [ContactCard {
                name: "Dra. Lucía Paredes".into(),
                phones: vec!["+51 987 000 111".into()],
                emails: vec!["lucia@sonrisas.pe".into()],
                organisation: Some("Sonrisas, S.A.C., Ortodoncia".into()),
                title: Some("Directora".into()),
                addresses: vec!["Av. Larco 743, Lima, 15074, Perú".into()],
                urls: vec!["https://sonrisas.pe".into()],
                birthday: Some("1980-02-29".into()),
            }]
        );
    }

    #[test]
    fn several_cards_old_ones_and_noise_are_told_apart() {
        let file = "noise\nBEGIN:VCARD\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Mu=C3=B1oz;Ana\nTEL:1\nEND:VCARD\n\
            BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nORG:Clínica\nEND:VCARD\nBEGIN:VCARD\nFN:cut off";
        let names: Vec<_> = read(file).into_iter().map(|card| card.name).collect();
        assert_eq!(names, ["Ana Muñoz", "Clínica"]);
    }

    proptest! {
        #[test]
        fn any_text_reads_without_panic(text in r#"(BEGIN:VCARD\n)?([A-Z]{1,5}[;=.:\\é\x00 a-f0-9]{0,20}\r?\n){0,8}(END:VCARD)?"#, other: String) {
            let _ = (read(&text), read(&other));
        }
    }
}
