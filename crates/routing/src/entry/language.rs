//! In which language somebody writes: Spanish, Portuguese or English, or nobody can tell.
//!
//! First messages are short ("quiero una cita"), too short for what compares letters. So words that only one of the
//! three knows are counted first; letters are compared where there are none.

use std::sync::LazyLock;

use whatlang::{Detector, Lang};

use super::words::Folded;

/// Words that stand in one of the languages alone, without accents. None that two of them share (`como`, `para`,
/// `no`), and none of addresses (`com`).
const TELLING: [(&str, &[&str]); 3] = [
    (
        "es",
        &[
            "hola", "buenos", "buenas", "buen", "quiero", "quisiera", "queria", "gustaria", "necesito",
            "una", "un", "el", "los", "las", "del", "y", "con", "en", "gracias", "hoy", "manana", "tengo",
            "tienen", "tiene", "cita", "muela", "diente", "cuanto", "cuesta", "precio", "precios", "donde",
            "cuando", "pero", "muy", "bien", "estoy", "esta", "yo", "mi", "mis", "voy", "puedo", "puede",
            "pueden", "podria", "hacer", "usted", "ustedes", "soy", "hay", "abren", "duele", "ayuda", "pago",
            "cual", "porfa", "saber",
        ],
    ),
    (
        "pt",
        &[
            "oi",
            "bom",
            "boa",
            "quero",
            "preciso",
            "gostaria",
            "uma",
            "nao",
            "voce",
            "voces",
            "vc",
            "obrigado",
            "obrigada",
            "hoje",
            "amanha",
            "tenho",
            "tem",
            "dente",
            "quanto",
            "custa",
            "preco",
            "precos",
            "onde",
            "quando",
            "muito",
            "bem",
            "estou",
            "eu",
            "meu",
            "minha",
            "vou",
            "posso",
            "pode",
            "podem",
            "fazer",
            "sou",
            "tudo",
            "pra",
            "qual",
            "sim",
            "em",
            "consigo",
            "ajuda",
            "remarcar",
            "atendimento",
            "ola",
            "pagamento",
        ],
    ),
    (
        "en",
        &[
            "hi",
            "hello",
            "hey",
            "i",
            "the",
            "you",
            "your",
            "my",
            "is",
            "are",
            "what",
            "how",
            "when",
            "where",
            "need",
            "want",
            "would",
            "like",
            "can",
            "thanks",
            "thank",
            "please",
            "to",
            "an",
            "have",
            "with",
            "and",
            "appointment",
            "much",
            "good",
            "morning",
            "today",
            "tomorrow",
            "help",
            "this",
            "it",
            "time",
            "open",
        ],
    ),
];

/// The least that letters are compared for, in words and in letters.
const LEAST: (usize, usize) = (3, 12);

/// As much of a text as tells its language.
const ENOUGH: usize = 1_000;

/// The language of a text (`es`, `pt`, `en`); `None` where it does not tell.
#[must_use]
pub fn detect(text: &str) -> Option<&'static str> {
    let end = text.char_indices().nth(ENOUGH).map_or(text.len(), |(end, _)| end);
    let text = text.get(..end)?;
    let folded = Folded::new(text);
    by_words(&folded).or_else(|| {
        let (words, letters) =
            folded.words().fold((0, 0), |(words, letters), word| (words + 1, letters + word.len()));
        (words >= LEAST.0 && letters >= LEAST.1).then(|| by_letters(text)).flatten()
    })
}

/// The language that has more of its words here than any other.
fn by_words(text: &Folded) -> Option<&'static str> {
    let count = |telling: &[&str]| text.words().filter(|word| telling.contains(word)).count();
    let mut counts = TELLING.map(|(language, telling)| (count(telling), language));
    counts.sort_unstable();
    let [_, (second, _), (first, language)] = counts;
    (first > second).then_some(language)
}

fn by_letters(text: &str) -> Option<&'static str> {
    static DETECTOR: LazyLock<Detector> =
        LazyLock::new(|| Detector::with_allowlist(vec![Lang::Spa, Lang::Por, Lang::Eng]));
    let found = DETECTOR.detect(text).filter(whatlang::Info::is_reliable)?;
    match found.lang() {
        Lang::Spa => Some("es"),
        Lang::Por => Some("pt"),
        Lang::Eng => Some("en"),
        _ => None,
    }
}

/// A language as it is stated anywhere (`pt-BR`, `es_MX`, `EN`), in two small letters; `None` for what is none.
#[must_use]
pub fn stated(language: &str) -> Option<String> {
    let short = language.trim().split(['-', '_']).next()?;
    (short.len() == 2 && short.bytes().all(|letter| letter.is_ascii_alphabetic()))
        .then(|| short.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_messages_of_the_region_are_told_apart() {
        let spanish = [
            "quiero una cita",
            "Hola, buenos días",
            "hola info porfa",
            "cuanto cuesta la limpieza dental",
            "necesito cambiar mi cita para mañana",
            "me duele una muela",
            "NO PUEDO IR MAÑANA",
            "a que hora abren",
            "q tal, tienen disponibilidad",
            "buen día, quería consultar por el precio",
            "Me gustaría agendar una hora con el dentista",
        ];
        let portuguese = [
            "bom dia, preciso remarcar",
            "oi tudo bem?",
            "qual o valor da consulta",
            "quero marcar uma consulta para amanhã",
            "estou com dor de dente",
            "vc tem horario hoje?",
            "nao consigo ir",
            "Não posso ir amanhã",
            "gostaria de agendar um horário com o dentista",
        ];
        let english = [
            "hi, I need an appointment",
            "how much is a cleaning?",
            "can I reschedule",
            "my tooth hurts",
            "what time do you open",
            "I can't come tomorrow",
        ];
        for (language, texts) in [("es", &spanish[..]), ("pt", &portuguese), ("en", &english)] {
            for text in texts {
                assert_eq!(detect(text), Some(language), "{text}");
            }
        }
    }

    #[test]
    fn nobody_guesses_where_nothing_tells() {
        for text in
            ["", "ok", "info", "12345", "👍", "cancelar", "jajaja", "maria@example.com", "Привет, как дела"]
        {
            assert_eq!(detect(text), None, "{text}");
        }
    }

    #[test]
    fn letters_decide_where_no_word_tells() {
        let text = "Reclamo formal presentado ayer sobre facturación duplicada; exijo devolución inmediata";
        assert_eq!(by_words(&Folded::new(text)), None);
        assert_eq!(detect(text), Some("es"));
    }

    #[test]
    fn each_telling_word_tells_of_one_language() {
        let all = || TELLING.iter().flat_map(|(_, telling)| telling.iter());
        for word in all() {
            assert_eq!(all().filter(|other| *other == word).count(), 1, "{word}");
            assert_eq!(Folded::new(word).words().collect::<Vec<_>>(), [*word]);
        }
    }

    #[test]
    fn a_stated_language_is_two_letters() {
        for (given, short) in
            [("pt-BR", Some("pt")), ("es_MX", Some("es")), (" EN ", Some("en")), ("qu", Some("qu"))]
        {
            assert_eq!(stated(given).as_deref(), short);
        }
        for given in ["", "spa", "español", "1a", "é"] {
            assert_eq!(stated(given), None, "{given}");
        }
    }
}
