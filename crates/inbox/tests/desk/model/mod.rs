//! The floor against a model of it: whatever people, customers and time do at once, while two dispatchers and two
//! watches step beside each other on connections of their own, its laws hold.
//!
//! A case is a list of rounds. In a round some time passes, then everything in it happens at once. Then the floor comes to
//! rest, and the laws are looked at. What a transaction may never do, not even for a moment, is watched by triggers
//! while it happens. `PROPTEST_CASES` makes it longer.

mod house;
mod laws;
mod wish;

use std::sync::Arc;

use futures_util::future::join_all;
use proptest::{
    collection::vec,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};

use house::House;
use wish::{Round, round};

/// How many floors are tried where the environment does not say.
const CASES: u32 = 4;
/// So often a smaller case is looked for: what happens at once does not happen the same way twice, and whoever runs the
/// suite ends what takes too long.
const SHRINKS: u32 = 12;
/// A floor that does not come to rest by then gives and takes for ever.
const PASSES: usize = 60;

#[test]
fn whatever_happens_at_once_the_laws_of_the_floor_hold() {
    let set = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let cases = set("PROPTEST_CASES").unwrap_or(CASES);
    let max_shrink_iters = set("PROPTEST_MAX_SHRINK_ITERS").unwrap_or(SHRINKS);
    let config = Config { cases, max_shrink_iters, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build().unwrap();
    let run = |rounds: Vec<Round>| runtime.block_on(play(rounds)).map_err(TestCaseError::fail);
    match TestRunner::new(config).run(&vec(round(), 8..14), run) {
        Ok(()) => {}
        Err(TestError::Abort(why)) => panic!("{why}"),
        Err(TestError::Fail(broken, rounds)) => {
            let rounds: Vec<String> = rounds.iter().map(|round| format!("{round:?}")).collect();
            panic!("{broken}\nThe smallest floor found on which something breaks:\n{}", rounds.join("\n"));
        }
    }
}

async fn play(rounds: Vec<Round>) -> Result<(), String> {
    let mut house = Arc::new(House::open().await);
    for (number, round) in rounds.iter().enumerate() {
        let in_round = |broken: String| format!("in round {number}, {round:?}: {broken}");
        let now = Arc::get_mut(&mut house).unwrap().passes(round.passes);
        let before = laws::waiting(&house).await;
        happens(&house, round).await.map_err(in_round)?;
        house.comes_to_rest(PASSES).await.map_err(in_round)?;
        laws::hold(&house, &before, now).await.map_err(in_round)?;
    }
    Ok(())
}

/// All of a round at once, beside two dispatchers and two watches.
async fn happens(house: &Arc<House>, round: &Round) -> Result<(), String> {
    let mut doing = Vec::new();
    for wish in round.wishes.clone() {
        let house = Arc::clone(house);
        doing.push(tokio::spawn(async move {
            wish.comes_true(&house).await.map_err(|error| format!("{wish:?}: {error}"))
        }));
    }
    for _ in 0..2 {
        let looking = Arc::clone(house);
        doing.push(tokio::spawn(async move { looking.gives_out(4).await }));
        let looking = Arc::clone(house);
        doing.push(tokio::spawn(async move { looking.looks(2).await }));
    }
    for done in join_all(doing).await {
        done.map_err(|panicked| panicked.to_string())??;
    }
    Ok(())
}
