//! Each decision by itself: nobody is overfilled, nothing goes to the wrong hands, and all ways to ask agree.

use std::collections::BTreeMap;

use domain::{PersonId, PresenceState};
use proptest::prelude::*;
use routing::{
    Candidate, Choice, Decision, Routed, Verdict, WaitReason, Work, assign, choose, explain, next_for,
};

use crate::scene::{at, scene, takers};

const NOW: i64 = 100;

/// Whoever could have taken it.
fn able(choice: &Choice) -> Vec<PersonId> {
    let could = |verdict: Verdict| {
        matches!(
            verdict,
            Verdict::Chosen
                | Verdict::NotPreferred
                | Verdict::ReservedFor { .. }
                | Verdict::Busier { .. }
                | Verdict::IdleForLess
        )
    };
    choice.considered.iter().filter(|one| could(one.verdict)).map(|one| one.person).collect()
}

/// What choosing one after the other makes of it, and the floor afterwards.
fn one_by_one(works: &[Work], candidates: &[Candidate]) -> (Vec<Routed>, Vec<Candidate>) {
    let mut floor = candidates.to_vec();
    let mut in_turn = works.to_vec();
    in_turn.sort_by_key(Work::place);
    let mut routed = Vec::new();
    for work in in_turn {
        let Choice { decision, keeps, .. } = choose(&work, &floor, at(NOW));
        for one in &mut floor {
            if matches!(decision, Decision::Assign { person, .. } if person == one.person) {
                one.take(&work, at(NOW));
            }
            if keeps == Some(one.person) {
                one.kept_for = Some(work.conversation);
            }
        }
        routed.push(Routed { conversation: work.conversation, decision, keeps });
    }
    (routed, floor)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_pass_decides_what_choosing_one_after_the_other_would((works, candidates) in scene()) {
        prop_assert_eq!(assign(&works, &candidates, at(NOW)), one_by_one(&works, &candidates).0);
    }

    #[test]
    fn an_explanation_is_of_what_the_pass_decides((works, candidates) in scene()) {
        for routed in assign(&works, &candidates, at(NOW)) {
            let why = explain(routed.conversation, &works, &candidates, at(NOW)).unwrap();
            prop_assert_eq!(&why.decision, &routed.decision);
            prop_assert_eq!(why.considered.len(), candidates.len(), "everybody is accounted for");
            let chosen: Vec<_> = why.considered.iter().filter(|one| one.verdict == Verdict::Chosen).collect();
            match why.decision {
                Decision::Assign { person, .. } => prop_assert!(chosen.len() == 1 && chosen[0].person == person),
                Decision::Wait { reason } => {
                    prop_assert!(chosen.is_empty());
                    prop_assert_eq!(reason == WaitReason::ForThePreferred, !able(&why).is_empty());
                }
            }
        }
    }

    #[test]
    fn nobody_is_overfilled_and_nothing_goes_to_the_wrong_hands((works, candidates) in scene()) {
        let routed = assign(&works, &candidates, at(NOW));
        prop_assert_eq!(routed.len(), works.len(), "each is decided, and once");
        let mut floor: BTreeMap<_, _> = candidates.iter().map(|one| (one.person, one.clone())).collect();
        for (conversation, person) in takers(&routed) {
            let work = works.iter().find(|work| work.conversation == conversation).unwrap();
            let taker = floor.get_mut(&person).unwrap();
            prop_assert!(taker.serves(work));
            prop_assert_eq!(taker.lacks(&work.skills), None);
            prop_assert_eq!(taker.presence, PresenceState::Available);
            prop_assert!(taker.busy_until.is_none_or(|until| until <= at(NOW)));
            prop_assert!(!work.barred.contains(&person));
            taker.take(work, at(NOW));
            prop_assert!(taker.load <= taker.capacity);
            if let Some(most) = taker.at_most.get(&work.queue) {
                prop_assert!(taker.load_by_queue[&work.queue] <= *most);
            }
        }
    }

    #[test]
    fn whoever_waits_could_not_have_been_helped((works, candidates) in scene()) {
        let (routed, after) = one_by_one(&works, &candidates);
        for routed in routed {
            let Decision::Wait { reason } = routed.decision else { continue };
            let work = works.iter().find(|work| work.conversation == routed.conversation).unwrap();
            let choice = choose(work, &after, at(NOW));
            let waits = matches!(choice.decision, Decision::Wait { .. });
            prop_assert!(waits);
            if reason != WaitReason::ForThePreferred {
                prop_assert_eq!(able(&choice), []);
            }
        }
    }

    #[test]
    fn the_order_in_which_facts_are_told_does_not_matter((works, candidates) in scene(), turn in 0_usize..40) {
        let (mut works_again, mut candidates_again) = (works.clone(), candidates.clone());
        works_again.reverse();
        candidates_again.reverse();
        works_again.rotate_left(turn.checked_rem(works.len()).unwrap_or(0));
        candidates_again.rotate_left(turn.checked_rem(candidates.len()).unwrap_or(0));
        prop_assert_eq!(assign(&works, &candidates, at(NOW)), assign(&works_again, &candidates_again, at(NOW)));
    }

    #[test]
    fn asking_for_less_never_loses_anybody((works, candidates) in scene(), levels in 1_u8..5) {
        for work in &works {
            let mut less = work.clone();
            less.skills = work
                .skills
                .iter()
                .filter_map(|(skill, level)| Some((*skill, level.checked_sub(levels).filter(|left| *left > 0)?)))
                .collect();
            less.widened.extend(candidates.iter().flat_map(|one| one.teams.iter().copied()).take(1));
            let (before, after) = (choose(work, &candidates, at(NOW)), choose(&less, &candidates, at(NOW)));
            let (before, after) = (able(&before), able(&after));
            prop_assert!(before.iter().all(|person| after.contains(person)));
        }
    }

    #[test]
    fn the_next_is_what_the_router_would_give_if_nobody_else_had_room((works, candidates) in scene()) {
        for who in &candidates {
            let alone: Vec<_> = candidates
                .iter()
                .map(|one| {
                    let full = one.load.max(one.capacity);
                    Candidate { load: if one.person == who.person { one.load } else { full }, ..one.clone() }
                })
                .collect();
            let expected = one_by_one(&works, &alone)
                .0
                .into_iter()
                .find(|routed| matches!(routed.decision, Decision::Assign { .. }));
            prop_assert_eq!(next_for(who.person, &works, &candidates, at(NOW)), expected);
        }
    }
}
