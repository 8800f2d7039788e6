//! Sets of people, a bit each.

/// Some of the people on a floor, by their index there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    /// Nobody, of so many people.
    pub(crate) fn none(people: usize) -> Self {
        Self(vec![0; people.div_ceil(64)])
    }

    /// Those of whom it holds.
    pub(crate) fn of<T>(people: &[T], holds: impl Fn(&T) -> bool) -> Self {
        let mut set = Self::none(people.len());
        for (index, person) in people.iter().enumerate() {
            if holds(person) {
                set.insert(index);
            }
        }
        set
    }

    pub(crate) fn insert(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    pub(crate) fn remove(&mut self, index: usize) {
        self.0[index / 64] &= !(1 << (index % 64));
    }

    /// Puts somebody in or out.
    pub(crate) fn put(&mut self, index: usize, is_in: bool) {
        if is_in {
            self.insert(index);
        } else {
            self.remove(index);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Only those who are in `other` too.
    pub(crate) fn keep(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
        }
    }

    /// Without those who are in `other`.
    pub(crate) fn drop(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= !other;
        }
    }

    /// And those who are in `other`.
    pub(crate) fn join(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    /// Those of both, in order of their index.
    pub(crate) fn both<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        self.0
            .iter()
            .zip(&other.0)
            .enumerate()
            .flat_map(|(place, (a, b))| bits(a & b).map(move |bit| place * 64 + bit))
    }

    /// All of them, in order of their index.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(place, word)| bits(*word).map(move |bit| place * 64 + bit))
    }
}

fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (bit < 64).then_some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_and_go_across_words() {
        let ages: Vec<u32> = (0..130).collect();
        let mut even = Set::of(&ages, |age| age % 2 == 0);
        let old = Set::of(&ages, |age| *age >= 120);
        assert_eq!(even.both(&old).collect::<Vec<_>>(), [120, 122, 124, 126, 128]);
        even.keep(&old);
        even.put(128, false);
        even.put(3, true);
        assert_eq!((even.count(), even.iter().collect::<Vec<_>>()), (5, vec![3, 120, 122, 124, 126]));
        even.drop(&old);
        assert_eq!(even.iter().collect::<Vec<_>>(), [3]);
        even.join(&old);
        assert_eq!(even.count(), 11);
        assert!(Set::none(0).is_empty() && Set::none(200).is_empty() && !even.is_empty());
    }
}
