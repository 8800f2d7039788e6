//! Files of messages: fetched from vendors, given to vendors, forgotten when their messages go.
//!
//! The bytes are in the store that `MEDIA_URL` names (`files::Store`), under ids of ours; what is known about them is in
//! `inbox::files`. People reach them through `pages::files`.

mod fetching;
pub mod links;
mod tidying;

use std::time::Duration;

use files::Taken;
use inbox::files::Facts;
use jobs::Runner;

use crate::jobs::Bench;

/// Files that are fetched at the same time.
const TOGETHER: usize = 4;
/// How often what is left over is looked for.
const TIDY_EVERY: Duration = Duration::from_secs(900);

/// Who fetches and who tidies.
pub fn jobs(runner: Runner, bench: &Bench) -> Runner {
    let (fetching, tidying) = (bench.clone(), bench.clone());
    runner.on_many(inbox::files::FETCH, TOGETHER, move |job| fetching::fetch(fetching.clone(), job)).every(
        "tidy_files",
        TIDY_EVERY,
        move |_| tidying::tidy(tidying.clone()),
    )
}

/// What is written down about a file that was taken in.
#[must_use]
pub fn facts(taken: &Taken) -> Facts {
    let side = |pixels: u32| i32::try_from(pixels).ok();
    let picture = taken.picture.as_ref();
    Facts {
        kind: taken.kind.map(str::to_owned),
        bytes: i64::try_from(taken.bytes).unwrap_or(i64::MAX),
        sha256: taken.sha256.to_vec(),
        width: picture.and_then(|picture| side(picture.width)),
        height: picture.and_then(|picture| side(picture.height)),
        seconds: taken.seconds,
        thumbnail: picture.is_some_and(|picture| picture.small.is_some()),
    }
}
