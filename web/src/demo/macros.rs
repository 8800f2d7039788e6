//! What the clinic writes every day.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::{PersonId, Principal, QueueId, access::ready_made_roles, macros::Action};
use inbox::macros::{self, Whose, Wish};
use sea_orm::DatabaseTransaction;

const TEXTS: [(&str, &str); 6] = [
    (
        "saludo",
        "Hola, {{contact.first_name}}, soy {{agent.first_name}} de Clínica Dental Sonrisas. ¿En qué te ayudo?",
    ),
    (
        "pago-cuotas",
        "{{contact.first_name}}, aceptamos Visa, Mastercard, Amex y Yape. Con tarjeta puedes pagar en 2 o 3 cuotas sin intereses desde S/ 300.",
    ),
    ("pagos", "Puedes pagar en la sede o por link de pago. ¿Cuál prefieres?"),
    (
        "direccion",
        "Estamos en Av. Larco 743, Miraflores, a media cuadra del parque Kennedy. Atendemos de lunes a sábado de 8:00 a 20:00.",
    ),
    (
        "seguro",
        "{{contact.first_name}}, vemos que tu seguro es {{attribute.seguro}}. Para confirmar el copago necesitamos una foto de tu DNI.",
    ),
    ("gracias", "¡Gracias por escribirnos, {{contact.first_name}}! Que tengas un buen día."),
];

/// Write them down.
pub async fn write(
    tx: &DatabaseTransaction,
    admin: PersonId,
    queues: &HashMap<&'static str, QueueId>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let grants = ready_made_roles().into_iter().find(|(name, _)| *name == "admin");
    let grants = grants.context("the role admin is missing")?.1;
    let admin =
        Principal { person: admin, grants, serves: [].into(), team_queues: [].into(), shares: [].into() };
    for (name, body) in TEXTS {
        let actions = if name == "gracias" { vec![Action::Close { outcome: None }] } else { Vec::new() };
        save(tx, &admin, (name, body), actions, now).await?;
    }
    let note = Action::Note { body: "{{contact.name}} pide precio de ortodoncia: pasa a Ventas.".to_owned() };
    let sales = Action::Transfer { queue: queues["Ventas"] };
    let body = "Te paso con una persona de Ventas que te dará el precio, {{contact.first_name}}.";
    save(tx, &admin, ("a-ventas", body), vec![note, sales], now).await
}

async fn save(
    tx: &DatabaseTransaction,
    admin: &Principal,
    (name, body): (&str, &str),
    actions: Vec<Action>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let wish = Wish {
        id: None,
        name: name.to_owned(),
        body: body.to_owned(),
        actions,
        files: Vec::new(),
        whose: Whose::All,
    };
    macros::save(tx, admin, wish, now).await.with_context(|| format!("the macro {name}"))?;
    Ok(())
}
