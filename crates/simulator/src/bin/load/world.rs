//! Fifty agents of one queue, written straight into the database.

use anyhow::Context as _;

use crate::instance::Instance;

/// What everybody signs in with: the demo's.
pub const PASSWORD: &str = "bandeja-demo-2026";

/// Conversations one agent may hold: nobody is full while this runs.
const CAPACITY: usize = 1000;
/// What the number may send in a second, so that our replies are soon said.
const PER_SECOND: usize = 2000;

/// Sign-in name of an agent.
#[must_use]
pub fn email(agent: usize) -> String {
    format!("load{agent:04}@demo.test")
}

/// Create the agents, offline; they sign in by themselves.
///
/// # Errors
/// When the database refuses.
pub async fn people(instance: &Instance, agents: usize) -> anyhow::Result<()> {
    let script = format!(
        "with model as (select role_id, password_hash from person where email = 'valeria@demo.test'),
         queue as (select queue_id as id from channel where kind = 'whatsapp_cloud'),
         made as (
             insert into person (id, email, name, role_id, password_hash, locale)
             select gen_random_uuid(), 'load' || lpad(n::text, 4, '0') || '@demo.test', 'Agente ' || n, role_id,
                 password_hash, (array['es', 'es', 'pt-BR', 'en'])[n % 4 + 1]
             from generate_series(0, {agents} - 1) as n, model
             returning id
         ),
         member as (insert into queue_member (queue_id, person_id) select queue.id, made.id from queue, made)
         insert into presence (person_id, capacity) select id, {CAPACITY} from made;
         update channel set per_second = {PER_SECOND};"
    );
    instance.sql(&script).await.context("create the agents")?;
    Ok(())
}
