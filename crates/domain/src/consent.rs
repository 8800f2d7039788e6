//! What a contact allows us to write to them for.

use crate::{ChannelId, Content, words::words};

words! {
    /// What an address may be used for.
    Purpose {
        /// Offers and news.
        Marketing = "marketing",
        /// Anything at all: the customer asked a carrier or us to stop.
        Anything = "anything",
    }
}

/// The newest word of a contact on a purpose, there where it was meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// For what.
    pub purpose: Purpose,
    /// On which channel alone; `None`: on all of them.
    pub channel: Option<ChannelId>,
    /// Allowed or forbidden.
    pub given: bool,
}

impl Word {
    /// Whether it tells by what we go, among the newest words of the same contact. A stop for all channels leaves a word on
    /// one of them nothing to say; nor does a yes where nothing was stopped before, or to offers where any channel was
    /// stopped: that is meant for offers on all of them.
    #[must_use]
    pub fn counts(&self, among: &[Self]) -> bool {
        let anything = || among.iter().filter(|word| word.purpose == Purpose::Anything);
        match (self.purpose, self.channel) {
            (Purpose::Marketing, _) => !self.given || anything().all(|word| word.given),
            (Purpose::Anything, None) => true,
            (Purpose::Anything, Some(_)) => {
                anything().find(|word| word.channel.is_none()).is_none_or(|all| all.given && !self.given)
            }
        }
    }
}

/// What people write to be left alone with offers, in lower case and without accents: Spanish, Portuguese, English.
///
/// `cancelar`, `cancel`, `no` and `fin` are missing on purpose: in a clinic or a shop they answer another question.
const OPT_OUT: &[&str] = &[
    // es
    "baja",
    "de baja",
    "dar de baja",
    "darme de baja",
    "dame de baja",
    "quiero darme de baja",
    "alto",
    "desuscribir",
    "desuscribirme",
    "desuscribirse",
    "cancelar suscripcion",
    "no mas mensajes",
    "no mas promociones",
    "no mas publicidad",
    "no quiero promociones",
    "no quiero publicidad",
    "no deseo recibir promociones",
    "no deseo recibir publicidad",
    // es, pt
    "parar",
    "stop promociones",
    // pt
    "sair",
    "pare",
    "descadastrar",
    "descadastre",
    "me descadastre",
    "cancelar inscricao",
    "nao quero promocoes",
    "nao quero receber",
    "nao quero mais receber",
    "parar promocoes",
    // en
    "stop",
    "stopall",
    "stop all",
    "stop promotions",
    "unsubscribe",
    "unsubscribe me",
    "optout",
    "opt out",
    "no more messages",
    "remove me",
];

/// The customer's words when all they say is that they want no more offers; `None` when they say anything else.
///
/// Only a whole message counts, written or tapped on a button: who writes "baja el volumen" or "stop by tomorrow" goes
/// on getting offers. There are no words for the way back: consent that was given by a word alone would prove little.
#[must_use]
pub fn opt_out(content: &Content) -> Option<&str> {
    match content {
        Content::Text { body: words } | Content::Choice { title: words, .. } => {
            is_opt_out(words).then(|| words.trim())
        }
        _ => None,
    }
}

/// Whether a whole message is one of the words for "no more offers", however it is written.
#[must_use]
pub fn is_opt_out(words: &str) -> bool {
    // The longest of them is far shorter; nobody's essay is folded for nothing.
    if words.len() > 120 {
        return false;
    }
    let mut folded = String::with_capacity(words.len());
    for word in words.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).map(plain));
    }
    OPT_OUT.contains(&folded.as_str())
}

/// A letter without its accent, as far as Spanish and Portuguese use them.
const fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_count_however_they_are_written() {
        for words in [
            "BAJA",
            "baja",
            " Baja. ",
            "¡BAJA!",
            "*stop*",
            "STOP",
            "Stop!!",
            "ALTO",
            "parar",
            "Sair",
            "UNSUBSCRIBE",
            "Darme de  baja",
            "No más mensajes",
            "NÃO QUERO MAIS RECEBER",
            "opt-out",
            "Cancelar suscripción",
        ] {
            assert!(is_opt_out(words), "{words}");
        }
    }

    #[test]
    fn only_a_whole_message_counts() {
        for words in [
            "",
            ".",
            "baja el volumen",
            "stop by tomorrow",
            "quiero cancelar mi cita",
            "cancelar",
            "cancel",
            "no",
            "fin",
            "¿cómo paro el dolor?",
            "planta baja",
            "stop 2",
            "bajar",
        ] {
            assert!(!is_opt_out(words), "{words}");
        }
        assert!(!is_opt_out(&"stop ".repeat(1000)));
    }

    #[test]
    fn a_word_that_others_overrule_does_not_count() {
        let sms = ChannelId::new();
        let word = |purpose, channel, given| Word { purpose, channel, given };
        let all = |given| word(Purpose::Anything, None, given);
        let by_sms = |given| word(Purpose::Anything, Some(sms), given);
        let offers = |given| word(Purpose::Marketing, None, given);
        let counting = |words: &[Word]| -> Vec<Word> {
            words.iter().filter(|word| word.counts(words)).copied().collect()
        };
        for [start, stop] in [[by_sms(true), by_sms(false)], [offers(true), offers(false)]] {
            assert_eq!((counting(&[start]), counting(&[stop])), (vec![start], vec![stop]));
        }
        assert_eq!(counting(&[all(false), by_sms(true)]), [all(false)], "what a person was told stands");
        assert_eq!(counting(&[all(false), by_sms(false)]), [all(false)]);
        assert_eq!(counting(&[all(true), by_sms(false)]), [all(true), by_sms(false)]);
        assert_eq!(counting(&[all(true), by_sms(true)]), [all(true)], "the same twice");
        assert_eq!(counting(&[offers(true), by_sms(false)]), [by_sms(false)], "a stop is one of offers, too");
        assert_eq!(counting(&[offers(true), by_sms(true)]), [offers(true), by_sms(true)]);
        assert_eq!(counting(&[offers(false), all(true)]), [offers(false), all(true)]);
    }

    #[test]
    fn a_tapped_button_says_it_too_and_a_picture_never_does() {
        let tapped = Content::Choice { id: None, title: "Baja".into(), description: None };
        assert_eq!(opt_out(&tapped), Some("Baja"));
        assert_eq!(opt_out(&Content::Text { body: " STOP\n".into() }), Some("STOP"));
        let caption = crate::content::Media { caption: Some("stop".into()), ..Default::default() };
        assert_eq!(opt_out(&Content::Image(caption)), None);
    }

    #[test]
    fn every_word_of_the_list_is_in_the_form_it_is_compared_in() {
        for words in OPT_OUT {
            assert!(is_opt_out(words), "{words}");
        }
    }
}
