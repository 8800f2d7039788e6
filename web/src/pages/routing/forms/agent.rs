//! What a person can do, and how much at once.

use domain::PersonId;
use routing::{Policy, check::Field as Spot, policy::Agent};
use views::routing::{
    Typed,
    form::{Control, Maker, Part, queues, skills},
};

use super::Reader;

pub fn fill(policy: &Policy, id: PersonId) -> Typed {
    let mut typed = Typed::default();
    if let Some(agent) = policy.agents.get(&id) {
        typed.set("capacity", agent.capacity);
        typed.set_levels("skills", &agent.skills);
        agent.at_most.iter().for_each(|(queue, slots)| typed.set(&format!("at_most.{queue}"), slots));
    }
    for queue in policy.queues.iter().filter(|queue| queue.members.contains(&id)) {
        typed.add("serves", queue.id);
    }
    typed
}

pub fn parts(make: Maker<'_>, policy: &Policy) -> Vec<Part> {
    let tx = make.tx;
    vec![
        make.part(
            "capacity-part",
            "routing-part-capacity",
            vec![
                make.field("capacity", "routing-capacity", Control::Number(0, 1_000))
                    .hint(tx.t("routing-capacity-hint")),
                make.field("serves", "routing-serves", Control::Checks(queues(policy, None)))
                    .hint(tx.t("routing-serves-hint")),
            ],
        ),
        make.part(
            "skills-part",
            "routing-part-skills",
            vec![make.field("skills", "routing-has-skills", Control::Levels(skills(policy)))],
        ),
        make.part(
            "at-most",
            "routing-part-at-most",
            vec![
                make.field("at_most", "routing-at-most", Control::Counts(queues(policy, None)))
                    .hint(tx.t("routing-at-most-hint")),
            ],
        ),
    ]
}

pub fn apply(reader: &mut Reader<'_>, policy: &mut Policy, id: PersonId) {
    let typed = reader.typed;
    let at_most = typed.under("at_most").filter(|(_, slots)| !slots.is_empty());
    let at_most =
        at_most.filter_map(|(queue, slots)| Some((queue.parse().ok()?, slots.parse().ok()?))).collect();
    let before = reader.misread.len();
    match reader.number("capacity") {
        Some(capacity) => {
            policy.agents.insert(id, Agent { capacity, skills: typed.levels("skills"), at_most });
        }
        None if reader.misread.len() == before => {
            policy.agents.remove(&id);
        }
        None => {}
    }
    for queue in &mut policy.queues {
        if typed.all("serves").contains(&queue.id.to_string()) {
            queue.members.insert(id);
        } else {
            queue.members.remove(&id);
        }
    }
}

/// The name of the field for a spot of the agent.
pub fn field(spot: Spot) -> String {
    match spot {
        Spot::Slots => "capacity".to_owned(),
        other => other.code().to_owned(),
    }
}
