//! All skills, and all pauses: a row each.

use domain::SkillId;
use routing::{
    Policy,
    check::Field as Spot,
    policy::{Pause, Skill},
};
use views::routing::{
    Typed,
    form::{Control, Maker, Part, queues},
};

use super::{Reader, fresh};

pub fn fill_skills(policy: &Policy) -> Typed {
    let mut typed = Typed::default();
    for (at, skill) in policy.skills.iter().enumerate() {
        typed.set(&format!("row.{at}.id"), skill.id);
        typed.set(&format!("row.{at}.name"), &skill.name);
        typed.set(&format!("row.{at}.language"), skill.language.as_deref().unwrap_or_default());
    }
    typed
}

pub fn fill_pauses(policy: &Policy) -> Typed {
    let mut typed = Typed::default();
    for (at, pause) in policy.pauses.iter().enumerate() {
        let name = |part: &str| format!("row.{at}.{part}");
        typed.set(&name("name"), &pause.name);
        typed.set(&name("code"), &pause.code);
        typed.set_span(&name("longest"), pause.longest);
        for (queue, people) in &pause.at_once {
            typed.set(&name(&format!("at_once.{queue}")), people);
        }
    }
    typed
}

pub fn tidy(typed: &mut Typed) {
    typed.rows("row", "name", None);
}

fn count(make: Maker<'_>) -> usize {
    (0..).take_while(|at| !make.typed.get(&format!("row.{at}.name")).is_empty()).count()
}

pub fn skill_parts(make: Maker<'_>) -> Vec<Part> {
    let tx = make.tx;
    vec![Part {
        rows: make.rows("row", count(make), |name| {
            vec![
                make.field(&format!("{name}.name"), "routing-name", Control::Text),
                make.field(&format!("{name}.language"), "routing-skill-language", Control::Text)
                    .hint(tx.t("routing-skill-language-hint")),
                make.field(&format!("{name}.id"), "routing-skill", Control::Hidden),
            ]
        }),
        add: Some(tx.t("routing-add-skill")),
        ..make.part("skills", "routing-tab-skills", Vec::new())
    }]
}

pub fn pause_parts(make: Maker<'_>, policy: &Policy) -> Vec<Part> {
    let tx = make.tx;
    vec![Part {
        rows: make.rows("row", count(make), |name| {
            vec![
                make.field(&format!("{name}.name"), "routing-name", Control::Text),
                make.field(&format!("{name}.code"), "routing-pause-code", Control::Text)
                    .hint(tx.t("routing-pause-code-hint")),
                make.field(&format!("{name}.longest"), "routing-pause-longest", Control::Span)
                    .hint(tx.t("routing-pause-longest-hint")),
                make.field(
                    &format!("{name}.at_once"),
                    "routing-pause-at-once",
                    Control::Counts(queues(policy, None)),
                )
                .hint(tx.t("routing-pause-at-once-hint")),
            ]
        }),
        add: Some(tx.t("routing-add-pause")),
        ..make.part("pauses", "routing-tab-pauses", Vec::new())
    }]
}

pub fn apply_skills(reader: &mut Reader<'_>, policy: &mut Policy) {
    let typed = reader.typed;
    let mut skills = Vec::new();
    for at in 0.. {
        let name = |part: &str| format!("row.{at}.{part}");
        if typed.get(&name("name")).is_empty() {
            break;
        }
        let language = typed.get(&name("language"));
        skills.push(Skill {
            id: reader.id(&name("id")).unwrap_or_else(|| SkillId(fresh())),
            name: typed.get(&name("name")).to_owned(),
            language: (!language.is_empty()).then(|| language.to_lowercase()),
        });
    }
    policy.skills = skills;
}

pub fn apply_pauses(reader: &mut Reader<'_>, policy: &mut Policy) {
    let typed = reader.typed;
    let mut pauses = Vec::new();
    for at in 0.. {
        let name = |part: &str| format!("row.{at}.{part}");
        if typed.get(&name("name")).is_empty() {
            break;
        }
        let at_once = name("at_once");
        let at_once = typed.under(&at_once).filter(|(_, people)| !people.is_empty());
        pauses.push(Pause {
            code: typed.get(&name("code")).to_owned(),
            name: typed.get(&name("name")).to_owned(),
            longest: reader.span(&name("longest")),
            at_once: at_once
                .filter_map(|(queue, people)| Some((queue.parse().ok()?, people.parse().ok()?)))
                .collect(),
        });
    }
    policy.pauses = pauses;
}

/// The name of the field for a spot of a skill.
pub fn skill_field(spot: Spot, policy: &Policy, id: SkillId) -> Option<String> {
    let row = policy.skills.iter().position(|skill| skill.id == id)?;
    Some(pause_field(spot, row))
}

/// The name of the field for a spot of a row.
pub fn pause_field(spot: Spot, row: usize) -> String {
    format!("row.{row}.{}", spot.code())
}
