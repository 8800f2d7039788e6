//! Which way a search for messages goes, by how often its words occur.

use domain::{Visibility, typed::Typed};
use sea_orm::{ConnectionTrait, DbErr};

use super::expected;

/// More entries than that with all the words: the walk is shorter than looking through the inverted index. Who sees a part
/// of all walks further for a page, so for them the index pays for longer; who sees little reads all of it at once.
const RARE: f64 = 40_000.0;
const RARE_IN_A_PART: f64 = 100_000.0;
const RARE_FOR_FEW: f64 = 3_000.0;
/// The index gives so many places of a word in the time of reading one entry: fewer where the entry is in memory, many more
/// where it is on disk.
const GIVEN: f64 = 40.0;
/// So many places the index is asked for at most, of all words and all time: about 200 ms.
const PLACES: f64 = 500_000.0;

/// How what was asked for is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// All that has the words, by the inverted index; then the newest of it.
    Rare,
    /// From the newest on, until there are enough.
    Walk,
    /// Through the conversations of somebody who sees little.
    Own,
}

/// Choose by how many entries are expected to have the rarest of the words, and all of them, and by how far is seen.
#[must_use]
pub fn choose(rarest: f64, all: f64, reach: &Visibility) -> Plan {
    match reach {
        Visibility::Everything if all > RARE => Plan::Walk,
        Visibility::Some { all_in, .. } if all_in.is_empty() => {
            if rarest > RARE_FOR_FEW {
                Plan::Own
            } else {
                Plan::Rare
            }
        }
        Visibility::Some { .. } if all > RARE_IN_A_PART => Plan::Walk,
        _ => Plan::Rare,
    }
}

/// What to do about what is not rare after all.
pub(super) fn instead(reach: &Visibility) -> Plan {
    match reach {
        Visibility::Some { all_in, .. } if all_in.is_empty() => Plan::Own,
        _ => Plan::Walk,
    }
}

/// How often words occur, as far as the planner knows.
pub(super) struct Rarity {
    /// Each word, the rarest first.
    words: Vec<(f64, String)>,
    /// Entries with all of them.
    pub(super) all: f64,
    /// Entries there are.
    total: f64,
}

impl Rarity {
    pub(super) async fn of(db: &impl ConnectionTrait, typed: &Typed) -> Result<Self, DbErr> {
        let entries = async |tsquery: &str| {
            let sql = "select from search_entry where words @@ to_tsquery('simple', $1)";
            expected(db, sql, vec![tsquery.to_owned().into()]).await
        };
        let mut words = Vec::new();
        for lexeme in typed.lexemes() {
            words.push((entries(&lexeme).await?, lexeme));
        }
        words.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let (all, total) = if let [(one, _)] = words.as_slice() {
            (*one, 0.0)
        } else {
            let total = expected(db, "select from search_entry", vec![]).await?;
            (entries(&typed.tsquery()).await?, total)
        };
        Ok(Self { words, all, total })
    }

    /// Entries with the rarest of the words.
    pub(super) fn rarest(&self) -> f64 {
        self.words.first().map_or(0.0, |(many, _)| *many)
    }

    /// The words to ask the index for when this share of all time is looked through, and `most` entries are read. `None`: it would
    /// take too long.
    ///
    /// The index gathers all places of a word, of all time, before it gives the first. So the other words are checked in
    /// what it gives of the rarest, but where gathering them takes less than reading what has not got them.
    pub(super) fn index(&self, share: f64, most: f64) -> Option<String> {
        let (mut read, mut places) = (self.rarest() * share, self.rarest());
        let mut asked = Vec::with_capacity(self.words.len());
        for (at, (many, word)) in self.words.iter().enumerate() {
            if at > 0 {
                let both = read * (many / self.total.max(1.0)).min(1.0);
                if *many > (read - both) * GIVEN {
                    break;
                }
                (read, places) = (both, places + many);
            }
            asked.push(word.as_str());
        }
        (read <= most && places <= PLACES).then(|| asked.join(" & "))
    }
}

#[cfg(test)]
mod tests {
    use super::Rarity;

    /// Words that so many of ten million entries have.
    fn index(words: &[(&str, f64)], share: f64) -> Option<String> {
        let total = 10e6;
        let all = words.iter().fold(total, |left, (_, many)| left * many / total);
        let words = words.iter().map(|(word, many)| (*many, (*word).to_owned())).collect();
        Rarity { words, all, total }.index(share, 20_000.0)
    }

    #[test]
    fn the_index_is_asked_for_a_rare_word_and_the_common_one_is_checked() {
        let asked = index(&[("presupuesto", 300.0), ("de", 4e6)], 1.0);
        assert_eq!(asked.as_deref(), Some("presupuesto"));
    }

    #[test]
    fn of_two_common_words_it_is_asked_for_both() {
        let asked = index(&[("dolor", 60e3), ("ella", 80e3)], 1.0);
        assert_eq!(asked.as_deref(), Some("dolor & ella"));
    }

    #[test]
    fn of_a_month_it_gives_one_as_soon() {
        let asked = index(&[("dolor", 60e3), ("de", 4e6)], 1.0 / 24.0);
        assert_eq!(asked.as_deref(), Some("dolor"));
    }

    #[test]
    fn what_is_too_much_to_gather_is_not_asked_of_it() {
        assert_eq!(index(&[("tal", 400e3), ("vez", 450e3)], 1.0), None);
        assert_eq!(index(&[("dolor", 60e3)], 1.0), None);
    }
}
