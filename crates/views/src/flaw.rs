//! What is wrong with a message that was not sent, in one sentence: where, what, and how much would fit.

use domain::limits::{Flaw, Part, Problem};

use crate::{Arg, Tx};

/// The sentence for a flaw.
#[must_use]
pub fn words(tx: &Tx, flaw: Flaw) -> String {
    let part = tx.t(&part_key(flaw.part));
    let number = |n: usize| Arg::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let part = ("part", Arg::Text(&part));
    match flaw.problem {
        Problem::Missing => tx.with("flaw-missing", [part]),
        Problem::TooLong { length, longest } => {
            tx.with("flaw-too-long", [part, ("length", number(length)), ("longest", number(longest))])
        }
        Problem::TooMany { count, most } => {
            tx.with("flaw-too-many", [part, ("n", number(count)), ("most", number(most))])
        }
        Problem::Repeated => tx.with("flaw-repeated", [part]),
        Problem::NotTaken => tx.with("flaw-not-taken", [part]),
        Problem::Malformed => tx.with("flaw-malformed", [part]),
        Problem::TooBig { bytes, most } => {
            let (size, most) = (size(bytes), size(most));
            tx.with("flaw-too-big", [part, ("size", Arg::Text(&size)), ("most", Arg::Text(&most))])
        }
        Problem::WrongType => tx.with("flaw-wrong-type", [part]),
    }
}

/// The key of a part's name.
#[must_use]
pub fn part_key(part: Part) -> String {
    format!("part-{}", part.as_str().replace('_', "-"))
}

/// A size as people read it. Rounded up, so that what is over a limit never reads as if it were not.
fn size(bytes: u64) -> String {
    const KB: u64 = 1_024;
    const MB: u64 = KB * KB;
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..MB => format!("{} kB", bytes.div_ceil(KB)),
        _ => {
            let tenths = (bytes * 10).div_ceil(MB);
            if tenths.is_multiple_of(10) {
                format!("{} MB", tenths / 10)
            } else {
                format!("{}.{} MB", tenths / 10, tenths % 10)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::Lima;

    use super::*;
    use crate::Lang;

    fn said(part: Part, problem: Problem) -> String {
        words(&Tx::new(Lang::Es, Lima), Flaw { part, problem })
    }

    #[test]
    fn a_flaw_says_where_what_and_how_much_would_fit() {
        let long = said(Part::Footer, Problem::TooLong { length: 70, longest: 60 });
        assert_eq!(long, "Pie: tiene 70 caracteres y caben 60.");
        let big = said(Part::File, Problem::TooBig { bytes: 5 * 1024 * 1024 + 1, most: 5 * 1024 * 1024 });
        assert_eq!(big, "Archivo: pesa 5.1 MB y el máximo es 5 MB.");
    }

    #[test]
    fn every_part_and_problem_has_words_in_every_language() {
        let problems = [
            Problem::Missing,
            Problem::TooLong { length: 2, longest: 1 },
            Problem::TooMany { count: 2, most: 1 },
            Problem::Repeated,
            Problem::NotTaken,
            Problem::Malformed,
            Problem::TooBig { bytes: 2, most: 1 },
            Problem::WrongType,
        ];
        for lang in [Lang::Es, Lang::PtBr, Lang::En] {
            let tx = Tx::new(lang, Lima);
            for part in Part::ALL {
                assert_ne!(tx.t(&part_key(*part)), part_key(*part), "{lang:?}");
                for problem in problems {
                    let sentence = words(&tx, Flaw { part: *part, problem });
                    assert!(!sentence.contains("flaw-") && sentence.ends_with('.'), "{lang:?}: {sentence}");
                }
            }
        }
    }
}
