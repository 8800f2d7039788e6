//! Texts as sequences of plain words, so that they can be looked up however they were written.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A text without case, accents and punctuation: its words, with one space before and after each. Emojis are words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folded(String);

impl Folded {
    /// Folds a text, or as much of it as a message can have.
    pub(super) fn new(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len() + 2);
        folded.push(' ');
        // First apart, then small: some capitals fall into more than one letter.
        let plain =
            text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).nfkd();
        for letter in plain.filter(|letter| !is_combining_mark(*letter)) {
            if letter.is_alphanumeric() {
                folded.push(letter);
                continue;
            }
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
            if is_picture(letter) {
                folded.push(letter);
                folded.push(' ');
            }
        }
        if !folded.ends_with(' ') {
            folded.push(' ');
        }
        Self(folded)
    }

    /// Whether the words of the phrase stand here, whole and one after the other. A phrase without words never does.
    pub(super) fn holds(&self, phrase: &Self) -> bool {
        phrase.0.len() > 1 && self.0.contains(&phrase.0)
    }

    /// The first of these words or phrases that stands here.
    pub(super) fn first_of<'a>(&self, phrases: impl IntoIterator<Item = &'a String>) -> Option<&'a String> {
        phrases.into_iter().find(|phrase| self.holds(&Self::new(phrase)))
    }

    /// Its words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|word| !word.is_empty())
    }
}

/// Emojis and their kin; not the marks of punctuation.
const fn is_picture(letter: char) -> bool {
    matches!(letter, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(text: &str, phrase: &str) -> bool {
        Folded::new(text).holds(&Folded::new(phrase))
    }

    #[test]
    fn words_are_whole_and_plain() {
        assert!(holds("Quiero una CITA.", "cita"));
        assert!(holds("¿Cotización?", "cotizacion"));
        assert!(holds("COTIZACIO\u{301}N", "cotización"));
        assert!(holds("São José, amanhã", "sao jose"));
        assert!(holds("me duele\n  la   muela", "duele la muela"));
        assert!(holds("𝗛𝗼𝗹𝗮", "hola"));
        assert!(holds("Urgente!!🦷🦷", "🦷"));
        assert!(!holds("solicitar", "cita"));
        assert!(!holds("la muela me duele", "duele la muela"));
        assert!(!holds("lo que sea", ""));
        assert!(!holds("¡¡!!", "!!"));
    }

    proptest! {
        #[test]
        fn whatever_is_folded_holds_its_own_words_and_folds_to_itself(text in any::<String>()) {
            let folded = Folded::new(&text);
            for word in folded.words() {
                prop_assert!(folded.holds(&Folded::new(word)), "{word:?} in {folded:?}");
            }
            prop_assert_eq!(Folded::new(&folded.0), folded);
        }
    }
}
