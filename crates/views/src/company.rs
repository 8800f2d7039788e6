//! Who else has the open conversation on their screen, and who is writing there.

use askama::Template;
use domain::ConversationId;

use crate::{Arg, PersonTag, Tx};

/// How many faces fit before the sentence.
const FACES: usize = 3;

/// A colleague who is there too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// Who.
    pub person: PersonTag,
    /// Whether they are writing right now.
    pub typing: bool,
}

/// The line above the composer, for `#company-{conversation}`; empty and hidden where nobody else is.
#[derive(Debug, Template)]
#[template(path = "company.html")]
pub struct CompanyFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who is there, but for the viewer. Those who write come first.
    pub company: &'a [Companion],
}

impl CompanyFragment<'_> {
    /// The faces before the sentence.
    #[must_use]
    pub fn faces(&self) -> &[Companion] {
        &self.company[..self.company.len().min(FACES)]
    }

    /// Whether somebody writes.
    #[must_use]
    pub fn typing(&self) -> bool {
        self.company.iter().any(|one| one.typing)
    }

    /// Who writes; if nobody does, who looks.
    #[must_use]
    pub fn sentence(&self) -> String {
        let typing = self.typing();
        let mut names =
            self.company.iter().filter(|one| one.typing == typing).map(|one| one.person.name.as_str());
        let Some(first) = names.next() else { return String::new() };
        let key = if typing { "company-typing" } else { "company-viewing" };
        let others = i64::try_from(names.count()).unwrap_or(i64::MAX);
        self.tx.with(key, [("name", Arg::Text(first)), ("others", Arg::Number(others))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, sample};

    fn companion(number: u16, name: &str, typing: bool) -> Companion {
        Companion { person: PersonTag { id: sample::id(1, number), name: name.to_owned() }, typing }
    }

    fn drawn(lang: Lang, company: &[Companion]) -> String {
        let tx = sample::tx(lang);
        CompanyFragment { tx, conversation: sample::id(2, 1), company }.render().unwrap_or_default()
    }

    #[test]
    fn who_writes_goes_before_who_looks_and_nobody_is_nothing() {
        let mateo = companion(1, "Mateo Rojas", false);
        let camila = companion(2, "Camila <b>", true);
        let alone = drawn(Lang::Es, &[]);
        assert!(alone.contains("hidden") && !alone.contains("<span"), "{alone}");
        let one = drawn(Lang::Es, std::slice::from_ref(&mateo));
        assert!(one.contains("Mateo Rojas también está viendo esta conversación"), "{one}");
        let both = drawn(Lang::Es, &[camila.clone(), mateo.clone()]);
        assert!(both.contains("Camila &#60;b&#62; está escribiendo…") && !both.contains("viendo"), "{both}");
        let three = [mateo, companion(3, "Diego", false), companion(4, "Renata", false)];
        assert!(drawn(Lang::En, &three).contains("Mateo Rojas and 2 others are viewing"));
        assert!(drawn(Lang::PtBr, &three).contains("Mateo Rojas e mais 2 pessoas também estão vendo"));
    }
}
