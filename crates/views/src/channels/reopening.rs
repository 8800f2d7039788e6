//! For how long after closing a customer's message goes on with the same conversation: what is offered, in words.

use crate::{Tx, time};

const HOUR: i32 = 3600;
const DAY: i32 = 24 * HOUR;

/// Seconds to choose from, the shortest first, in words. What is `chosen` is among them, whoever wrote it.
#[must_use]
pub fn offered(chosen: i32, tx: &Tx) -> Vec<(i32, String)> {
    let mut all = vec![0, HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY];
    if let Err(place) = all.binary_search(&chosen) {
        all.insert(place, chosen);
    }
    all.into_iter().map(|seconds| (seconds, words(seconds, tx))).collect()
}

/// A time in words: hours up to a day, and days beyond.
#[must_use]
pub fn words(seconds: i32, tx: &Tx) -> String {
    match seconds {
        0 => tx.t("channel-reopening-never"),
        _ if seconds > DAY && seconds % DAY == 0 => tx.n("channel-reopening-days", seconds / DAY),
        _ if seconds % HOUR == 0 => tx.n("channel-reopening-hours", seconds / HOUR),
        _ => time::length(seconds.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, sample};

    #[test]
    fn what_is_chosen_can_be_kept_and_all_of_it_is_told_in_words() {
        let tx = sample::tx(Lang::Es);
        let told = |chosen| offered(chosen, &tx).into_iter().map(|(_, words)| words).collect::<Vec<_>>();
        let usual = ["nunca", "1 hora", "12 horas", "24 horas", "3 días", "7 días", "30 días"];
        assert_eq!(told(DAY), usual);
        assert_eq!(told(5_400)[1..4], ["1 hora", "1:30:00", "12 horas"]);
        assert_eq!(told(2 * DAY)[3..6], ["24 horas", "2 días", "3 días"]);
    }
}
