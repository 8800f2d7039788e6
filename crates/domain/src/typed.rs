//! What somebody typed to find something: its words without accents, the digits of a number in it, where they stand in a
//! text, and words that may be meant by one with a typo.

/// Letters or digits that a word must have to be looked for; one letter is in everything.
pub const SHORTEST_WORD: usize = 2;
/// Digits that a piece of a number must have.
pub const SHORTEST_NUMBER: usize = 4;
/// Words that are looked for; what follows is left out.
const MOST_WORDS: usize = 8;
/// Characters that are read.
const LONGEST: usize = 200;

/// A wish to find something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    words: Vec<String>,
    digits: Option<String>,
    anything: bool,
}

/// A piece of a text: whether it is what was looked for, and its words as they were written.
pub type Part<'a> = (bool, &'a str);

impl Typed {
    /// Read what was typed. Nothing in it is an operator.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text: String = text.chars().filter(|c| !is_unseen(*c)).take(LONGEST).collect();
        let mut words: Vec<String> = Vec::new();
        for word in words_of(&text) {
            if word.chars().count() >= SHORTEST_WORD && !words.contains(&word) {
                words.push(word);
            }
        }
        words.truncate(MOST_WORDS);
        let is_number = text.chars().all(is_of_a_number);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let digits = (is_number && digits.len() >= SHORTEST_NUMBER).then_some(digits);
        Self { words, digits, anything: !text.trim().is_empty() }
    }

    /// Whether nothing was typed at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.anything
    }

    /// Whether what was typed is too short to look for.
    #[must_use]
    pub fn is_too_short(&self) -> bool {
        self.anything && self.words.is_empty() && self.digits.is_none()
    }

    /// The words, in small letters and without accents.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The digits, if a number or a piece of one was typed.
    #[must_use]
    pub fn digits(&self) -> Option<&str> {
        self.digits.as_deref()
    }

    /// The same as a question of Postgres' text search: all words, each also as the beginning of a longer one; a number
    /// also as one word, however it was grouped.
    #[must_use]
    pub fn tsquery(&self) -> String {
        let all: Vec<String> = self.words.iter().map(|word| lexeme(word)).collect();
        let all = all.join(" & ");
        match &self.digits {
            Some(digits) if all.is_empty() => lexeme(digits),
            Some(digits) if self.words.len() > 1 => format!("({all}) | {}", lexeme(digits)),
            _ => all,
        }
    }

    /// Each word as a question of its own; one question where a number was typed.
    #[must_use]
    pub fn lexemes(&self) -> Vec<String> {
        if self.digits.is_some() {
            vec![self.tsquery()]
        } else {
            self.words.iter().map(|word| lexeme(word)).collect()
        }
    }

    /// The same, each word also as those it may be a misspelling of; `None` when there are none.
    #[must_use]
    pub fn tsquery_with(&self, near: impl Fn(&str) -> Vec<String>) -> Option<String> {
        let mut any = false;
        let all: Vec<String> = self
            .words
            .iter()
            .map(|word| {
                let meant = near(word);
                any |= !meant.is_empty();
                let ways: Vec<String> =
                    std::iter::once(lexeme(word)).chain(meant.iter().map(|one| format!("'{one}'"))).collect();
                format!("({})", ways.join(" | "))
            })
            .collect();
        any.then(|| all.join(" & "))
    }

    /// A text in pieces: what was looked for, and what is around it.
    #[must_use]
    pub fn parts<'a>(&self, text: &'a str) -> Vec<Part<'a>> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        let mut plain = 0;
        for (from, to) in spans(text) {
            let word = fold(&text[from..to]);
            let Some(found) = self.found_in(&word) else { continue };
            // As many letters of the text as were typed: folding keeps letters one for one, but for a few ligatures.
            let letters = || text[from..to].char_indices().filter(|(_, c)| !is_mark(*c));
            let end = letters().nth(found).map_or(to, |(at, _)| from + at);
            if plain < from {
                parts.push((false, &text[plain..from]));
            }
            parts.push((true, &text[from..end]));
            plain = end;
        }
        if plain < text.len() {
            parts.push((false, &text[plain..]));
        }
        parts
    }

    /// A number in pieces, however it is grouped: the digits that were typed, and what is around them.
    #[must_use]
    pub fn number_parts<'a>(&self, number: &'a str) -> Vec<Part<'a>> {
        let places: Vec<usize> =
            number.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let found = self.digits().and_then(|typed| Some((digits.find(typed)?, typed.len())));
        let Some((first, many)) = found else { return vec![(false, number)] };
        let (from, to) = (places[first], places[first + many - 1] + 1);
        let parts = [(false, &number[..from]), (true, &number[from..to]), (false, &number[to..])];
        parts.into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    /// How many letters of a word were typed.
    fn found_in(&self, word: &str) -> Option<usize> {
        let typed = self.words.iter().map(String::as_str).chain(self.digits());
        typed.filter(|typed| word.starts_with(*typed)).map(|typed| typed.chars().count()).max()
    }

    /// The piece of a long text around the first of what was looked for, `most` characters at most, with `…` where
    /// something was left out.
    #[must_use]
    pub fn excerpt(&self, text: &str, most: usize) -> String {
        let chars = text.chars().count();
        if chars <= most {
            return text.to_owned();
        }
        let first = spans(text).find(|(from, to)| self.found_in(&fold(&text[*from..*to])).is_some());
        let before = first.map_or(0, |(from, _)| text[..from].chars().count());
        // Some of it before, so that one reads how it came to be said; on a phone what was found must still be in sight.
        let from = before.saturating_sub((most / 3).min(30)).min(chars - most);
        let mut piece: String = text.chars().skip(from).take(most).collect();
        if from > 0 {
            // No word begins in its middle.
            let cut = piece.find(char::is_whitespace).filter(|at| *at < most / 4).unwrap_or(0);
            piece.replace_range(..cut, "");
            piece.insert(0, '…');
        }
        if from + most < chars {
            piece.push('…');
        }
        piece
    }
}

/// Whether a character is not seen and only says in which direction text runs, or where a line may break. Numbers that were
/// copied from a phone or a page bring some along.
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a character may stand in a number as people group its digits: with spaces and dashes of any width.
fn is_of_a_number(c: char) -> bool {
    c.is_ascii_digit()
        || c.is_whitespace()
        || matches!(c, '+' | '-' | '(' | ')' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0b}')
}

/// Whether it is the mark of the letter before it: an accent that was not written in one with it.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn lexeme(word: &str) -> String {
    // Letters and digits alone come here; short ones would be the beginning of half the language.
    if word.chars().count() > SHORTEST_WORD { format!("'{word}':*") } else { format!("'{word}'") }
}

/// The words of a text, in small letters and without accents.
pub fn words_of(text: &str) -> impl Iterator<Item = String> {
    spans(text).map(|(from, to)| fold(&text[from..to]))
}

/// Where the words of a text begin and end.
fn spans(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while rest.next_if(|(_, c)| !c.is_alphanumeric()).is_some() {}
        let (from, _) = *rest.peek()?;
        let mut to = from;
        while let Some((at, c)) = rest.next_if(|(_, c)| c.is_alphanumeric() || is_mark(*c)) {
            to = at + c.len_utf8();
        }
        Some((from, to))
    })
}

/// Small letters without the marks of Spanish, Portuguese and their neighbours, in one with them or behind them. `unaccent` of
/// Postgres does the same.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().filter(|c| !is_mark(*c)).flat_map(char::to_lowercase).map(plain).collect()
}

const fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ñ' | 'ń' | 'ň' => 'n',
        'ç' | 'ć' | 'č' => 'c',
        'š' | 'ś' | 'ş' | 'ș' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'ğ' => 'g',
        'ł' => 'l',
        'ř' => 'r',
        'ť' | 'ț' => 't',
        'ď' | 'đ' => 'd',
        other => other,
    }
}

/// Whether a word may be what was meant by another: one letter more, less, different or changed places; two in long words.
#[must_use]
pub fn is_near(typed: &str, word: &str) -> bool {
    let (typed, word): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
    let most = if typed.len() > 6 { 2 } else { 1 };
    typed.len().abs_diff(word.len()) <= most && typed != word && distance(&typed, &word) <= most
}

/// Optimal string alignment.
fn distance(one: &[char], other: &[char]) -> usize {
    let (mut before, mut above): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=other.len()).collect());
    for (i, a) in one.iter().enumerate() {
        let mut row = Vec::with_capacity(other.len() + 1);
        row.push(i + 1);
        for (j, b) in other.iter().enumerate() {
            let mut least = (above[j] + usize::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_small_and_plain_and_nothing_is_an_operator() {
        let typed = Typed::parse("  Ñandú & (CITA | !mañana):* 'o' a ");
        assert_eq!(typed.words(), ["nandu", "cita", "manana"]);
        assert_eq!(typed.tsquery(), "'nandu':* & 'cita':* & 'manana':*");
        assert!(Typed::parse("   ").is_empty());
        assert!(Typed::parse("a ?").is_too_short() && !Typed::parse("a ?").is_empty());
        assert!(!Typed::parse("no").is_too_short());
    }

    #[test]
    fn a_piece_of_a_number_is_known_however_it_is_grouped() {
        let typed = Typed::parse("+51 (998) 877-665");
        assert_eq!(typed.digits(), Some("51998877665"));
        assert_eq!(Typed::parse("998 877").tsquery(), "('998':* & '877':*) | '998877':*");
        assert_eq!(Typed::parse("987").digits(), None);
        assert_eq!(Typed::parse("pedido 99887").digits(), None);
    }

    #[test]
    fn a_number_is_known_as_it_was_copied() {
        for copied in [
            "\u{202a}+51\u{a0}998\u{a0}877\u{a0}665\u{202c}",
            "\u{200e}+51 998‑877‑665",
            "\u{2066}+51\u{202f}998\u{2009}877–665\u{2069}\u{200f}",
            "\u{feff}＋51 998−877‐665\n",
        ] {
            assert_eq!(Typed::parse(copied).digits(), Some("51998877665"), "{copied:?}");
        }
        assert_eq!(Typed::parse("\u{202a}9988\u{202c}77").words(), ["998877"]);
        assert!(Typed::parse("\u{200e}").is_empty());
    }

    #[test]
    fn an_accent_that_stands_behind_its_letter_splits_no_word() {
        let apart = Typed::parse("Mun\u{303}oz Luci\u{301}a");
        assert_eq!(apart, Typed::parse("Muñoz Lucía"));
        assert_eq!(apart.words(), ["munoz", "lucia"]);
        let found = [(false, "Sra. "), (true, "Mun\u{303}o"), (false, "z")];
        assert_eq!(Typed::parse("muño").parts("Sra. Mun\u{303}oz"), found);
    }

    #[test]
    fn what_was_found_is_marked_as_it_was_written() {
        let typed = Typed::parse("manana citas");
        let text = "¿Mañana? Tengo <b>citas</b>";
        assert_eq!(
            typed.parts(text),
            [(false, "¿"), (true, "Mañana"), (false, "? Tengo <b>"), (true, "citas"), (false, "</b>")]
        );
        assert_eq!(Typed::parse("cit").parts("cita"), [(true, "cit"), (false, "a")]);
        assert_eq!(
            Typed::parse("998 877").number_parts("+51 998 877 665"),
            [(false, "+51 "), (true, "998 877"), (false, " 665")]
        );
        assert_eq!(typed.parts("nada"), [(false, "nada")]);
        assert_eq!(typed.parts(""), []);
    }

    #[test]
    fn an_excerpt_shows_the_place() {
        let long = format!("{} muela {}", "antes ".repeat(60), "después ".repeat(60));
        let piece = Typed::parse("muela").excerpt(&long, 80);
        assert!(piece.starts_with('…') && piece.ends_with('…') && piece.contains(" muela "), "{piece}");
        assert!(piece.chars().count() <= 82);
        assert_eq!(Typed::parse("x").excerpt("corto", 80), "corto");
        let start = Typed::parse("nada").excerpt(&long, 40);
        assert!(start.starts_with("antes") && start.ends_with('…'));
    }

    #[test]
    fn a_typo_is_near_and_another_name_is_not() {
        for (typed, word) in
            [("gonsalez", "gonzalez"), ("lusia", "lucia"), ("maira", "maria"), ("rodrigez", "rodriguez")]
        {
            assert!(is_near(typed, word), "{typed} {word}");
        }
        assert!(!is_near("lucia", "lucia"));
        assert!(!is_near("juan", "jose"));
        assert!(!is_near("ana", "mariana"));
    }
}
