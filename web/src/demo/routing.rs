//! What the clinic has decided about its routing: promises, what happens when they are not kept, and a rule for emergencies.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::{AttributeKind, PersonId, Principal, QueueId, access::ready_made_roles};
use inbox::{attributes, policy};
use routing::{
    Policy,
    policy::{Late, LateAction, Targets},
};
use sea_orm::DatabaseTransaction;
use serde_json::json;

/// Publish it, and say which fields contacts have.
pub async fn decide(
    tx: &DatabaseTransaction,
    admin: PersonId,
    queues: &HashMap<&'static str, QueueId>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let grants = ready_made_roles().into_iter().find(|(name, _)| *name == "admin");
    let grants = grants.context("the role admin is missing")?.1;
    let admin =
        Principal { person: admin, grants, serves: [].into(), team_queues: [].into(), shares: [].into() };
    let emergencies = serde_json::from_value(json!([{
        "id": uuid::Uuid::now_v7(), "name": "Emergencias", "on": true,
        "tests": [{"test": "keyword", "any": ["emergencia", "urgencia", "sangrado"]}],
        "entry": {"queue": queues["Urgencias"], "priority": 2, "tags": ["emergencia"]},
    }]))
    .context("the rule of the demo")?;
    let change = |policy: &mut Policy| {
        for queue in &mut policy.queues {
            let urgent = queue.id == queues["Urgencias"];
            queue.targets = Targets {
                first_response: Some(if urgent { 120 } else { 300 }),
                next_response: Some(if urgent { 300 } else { 600 }),
                resolution: None,
            };
            queue.late = vec![Late { after: if urgent { 180 } else { 900 }, action: LateAction::Alert }];
        }
        for skill in policy.skills.iter_mut().filter(|skill| skill.name == "português") {
            skill.language = Some("pt".to_owned());
        }
        policy.rules = emergencies;
    };
    let draft = policy::draft(tx).await?;
    let saved = policy::save(tx, &admin, draft.revision, change, now).await?;
    policy::publish(tx, &admin, saved.revision, "Así atiende la clínica", now).await?;
    let insured = ["Pacífico", "Rímac", "Sin seguro"].map(str::to_owned).into();
    attributes::create(tx, "Seguro", AttributeKind::Choice { options: insured }, false).await?;
    attributes::create(tx, "Fecha de nacimiento", AttributeKind::Date, false).await?;
    Ok(())
}
