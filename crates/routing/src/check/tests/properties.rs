use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// Puts something else in place of values here and there.
fn shaken(document: &mut Value, dice: &mut impl FnMut(usize) -> usize) {
    match document {
        Value::Array(items) => {
            if dice(8) == 0 && !items.is_empty() {
                let again = items[0].clone();
                items.push(again);
            }
            items.iter_mut().for_each(|item| shaken(item, dice));
        }
        Value::Object(fields) => fields.values_mut().for_each(|item| shaken(item, dice)),
        Value::Number(_) if dice(4) == 0 => *document = json!([0, 1, 4, 6, 255][dice(5)]),
        Value::String(text) if dice(6) == 0 => {
            if text.parse::<Uuid>().is_ok() {
                *text = id(u128::try_from(dice(4)).unwrap()).to_string();
            } else if text.parse::<NaiveTime>().is_ok() {
                *text = format!("{:02}:00:00", dice(24));
            } else {
                *text = ["", "es", "ü"][dice(3)].into();
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_answered(dice in prop::collection::vec(any::<u16>(), 1..400)) {
        let mut document = serde_json::to_value(clinic()).unwrap();
        let mut thrown = dice.iter().cycle();
        shaken(&mut document, &mut |sides| usize::from(*thrown.next().unwrap()) % sides);
        if let Ok(policy) = serde_json::from_value::<Policy>(document) {
            for flaw in check(&policy, &known()) {
                prop_assert!(!flaw.places.is_empty());
            }
        }
    }

    #[test]
    fn no_skill_in_use_can_go(
        agents in prop::collection::vec(prop::collection::btree_set(0..6_u128, 0..4), 2),
        queues in prop::collection::vec(prop::collection::btree_set(0..6_u128, 0..4), 3),
        dropped in 0..6_u128, asked in 0..6_u128, gone in 0..6_u128,
    ) {
        let skills = |set: &BTreeSet<u128>| set.iter().map(|n| (skill(*n), 3)).collect::<Skills>();
        let mut policy = clinic();
        policy.skills = (0..6).filter(|n| *n != gone)
            .map(|n| Skill { id: skill(n), name: format!("Skill {n}"), language: None }).collect();
        let mut expected = Vec::new();
        let mut uses = |used: bool, place: Place| if used { expected.push(place) };
        for (n, set) in (1..).zip(&agents) {
            policy.agents.get_mut(&PersonId(id(n))).unwrap().skills = skills(set);
            uses(set.contains(&gone), agent_place(n, Field::Skills));
        }
        policy.queues[0].relaxation = Vec::new();
        for (n, set) in (1..).zip(&queues) {
            policy.queues[usize::try_from(n).unwrap() - 1].skills = skills(set);
            uses(set.contains(&gone), in_queue(n, Field::Skills));
            if n == 2 {
                let relaxed = Relaxed::Drop { skill: skill(dropped) };
                policy.queues[1].relaxation = vec![Relaxation { after: 9, relaxed }];
                uses(dropped == gone, in_queue(2, Field::Relaxation { step: 0 }));
            }
        }
        policy.rules[0].entry.skills = [(skill(asked), 1)].into();
        uses(asked == gone, rule_place(Field::EntrySkills));

        let flaws = check(&policy, &known());
        if expected.is_empty() {
            prop_assert_eq!(flaws, []);
        } else {
            prop_assert_eq!(flaws, [Flaw { fault: Fault::UnknownSkill { skill: skill(gone) }, places: expected }]);
        }
    }

    #[test]
    fn a_circle_is_found_exactly_where_one_can_walk_in_it(ways in prop::collection::vec((0..7_u128, 0..7_u128), 0..12)) {
        let mut queues: Vec<Queue> =
            (0..7).map(|n| Queue { name: format!("Cola {n}"), ..Queue::usual(queue(n)) }).collect();
        for (from, to) in ways.iter().filter(|(from, to)| from != to) {
            let late = Late { after: 60, action: LateAction::Move { to: queue(*to) } };
            queues[usize::try_from(*from).unwrap()].late.push(late);
        }
        // Taking away queues without a way out, again and again, leaves those that lead into a circle.
        let mut left: BTreeSet<u128> = (0..7).collect();
        while let Some(dead_end) = left.iter().copied().find(|n| {
            !ways.iter().any(|(from, to)| from != to && from == n && left.contains(to))
        }) {
            left.remove(&dead_end);
        }
        let flaws = check(&Policy { queues, ..Policy::default() }, &Known::default());
        prop_assert_eq!(flaws.iter().any(|flaw| flaw.fault.code() == "circle"), !left.is_empty());
    }
}
