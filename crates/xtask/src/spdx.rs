//! Licence expressions: `(MIT OR Apache-2.0) AND Unicode-3.0`.

/// Whether the expression can be met with licences that `allowed` accepts. Whatever can't be read is refused.
pub fn is_met(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    // Older crates write a slash for "or".
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    reader.any().is_some_and(|met| met && reader.words.is_empty())
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.take("OR") {
            // Read to the end even when it is met already.
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let met = self.any()?;
            return self.take(")").then_some(met);
        }
        let licence = self.next()?;
        if self.take("WITH") {
            return Some((self.allowed)(&format!("{licence} WITH {}", self.next()?)));
        }
        Some((self.allowed)(licence))
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(expression: &str) -> bool {
        is_met(expression, &|licence| {
            ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].contains(&licence)
        })
    }

    #[test]
    fn one_of_several_is_enough_and_all_of_several_are_needed() {
        assert!(met("MIT OR GPL-3.0-only"));
        assert!(met("GPL-3.0-only OR MIT"));
        assert!(!met("MIT AND GPL-3.0-only"));
        assert!(met("Unlicense/MIT"));
    }

    #[test]
    fn and_binds_closer_than_or_unless_in_parentheses() {
        assert!(met("MIT OR MIT AND GPL-3.0-only"));
        assert!(!met("(MIT OR Apache-2.0) AND GPL-3.0-only"));
    }

    #[test]
    fn an_exception_is_part_of_its_licence() {
        assert!(met("Apache-2.0 WITH LLVM-exception"));
        assert!(!met("MIT WITH LLVM-exception"));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "MIT Apache-2.0"] {
            assert!(!met(expression), "{expression:?}");
        }
    }
}
