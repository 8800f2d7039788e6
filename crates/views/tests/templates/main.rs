//! Every template with every sample, in every language.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod budgets;
mod fragments;
mod keys;
mod pages;
mod routing;
mod search;
mod shortcuts;
mod snapshots;

use views::Lang;

/// The languages, for loops that read well.
const LANGS: [Lang; 3] = Lang::ALL;

/// What stands between the first `from` after `start` and the next `to`.
fn between<'a>(html: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    html.split(from).skip(1).filter_map(|part| part.split(to).next()).collect()
}
