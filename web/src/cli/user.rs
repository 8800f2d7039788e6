//! `bandeja user …`.

use anyhow::{Context, bail};
use domain::{PersonId, RoleId};
use entity::{person, role};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, TransactionTrait,
};
use secrecy::ExposeSecret;

use super::{NewUser, say};
use crate::{
    auth::{
        audit::{self, Entry},
        factor, links, roles, sign_in,
    },
    clock::Clock,
    database, schema,
    settings::Settings,
};

pub(super) async fn add(settings: &Settings, new: &NewUser) -> anyhow::Result<()> {
    let email = sign_in::account(&new.email);
    if !email.contains('@') {
        bail!("{email} is no mail address");
    }
    let db = database::open(&settings.database).await?;
    schema::is_current(&db).await?;
    let now = Clock::system().now();
    let tx = db.begin().await?;
    let role = find_role(&tx, &new.role).await?;
    let known = person::Entity::find().filter(person::Column::Email.eq(&email)).one(&tx).await?;
    let person = match known {
        Some(person) if person.password_hash.is_some() => bail!("{email} exists and has a password"),
        Some(person) => person.id,
        None => create(&tx, email, new.name.clone(), role).await?,
    };
    let code = links::make(&tx, person, now).await?;
    let entry =
        Entry { object: Some(person.to_string()), ..Entry::own("user_invited", None, "console", true) };
    audit::record(&tx, entry, now).await?;
    tx.commit().await?;
    let base = settings.server.public_urls.first().context("no public address")?;
    say(base.join(&format!("welcome/{}", code.expose_secret()))?)?;
    Ok(())
}

pub(super) async fn remove_second_factor(settings: &Settings, email: &str) -> anyhow::Result<()> {
    let email = sign_in::account(email);
    let db = database::open(&settings.database).await?;
    schema::is_current(&db).await?;
    let tx = db.begin().await?;
    let found = person::Entity::find().filter(person::Column::Email.eq(&email)).one(&tx).await?;
    let person = found.with_context(|| format!("there is nobody with the address {email}"))?;
    if !factor::remove(&tx, person.id, Clock::system().now()).await? {
        bail!("{email} has no second factor");
    }
    tx.commit().await?;
    say(format!("{email} signs in with the password alone the next time"))?;
    Ok(())
}

async fn create(
    tx: &DatabaseTransaction,
    email: String,
    name: String,
    role: RoleId,
) -> anyhow::Result<PersonId> {
    let id = PersonId::new();
    let row = person::ActiveModel {
        id: Set(id),
        email: Set(email),
        name: Set(name),
        role_id: Set(role),
        ..Default::default()
    };
    person::Entity::insert(row).exec_without_returning(tx).await.context("create the person")?;
    Ok(id)
}

/// The role of that name. The ready-made ones come into being when they are first needed.
async fn find_role(tx: &DatabaseTransaction, name: &str) -> anyhow::Result<RoleId> {
    roles::ensure_ready_made(tx).await?;
    let all = role::Entity::find().all(tx).await?;
    match all.iter().find(|role| role.name == name) {
        Some(role) => Ok(role.id),
        None => {
            let names: Vec<&str> = all.iter().map(|role| role.name.as_str()).collect();
            bail!("there is no role {name}; there are: {}", names.join(", "))
        }
    }
}
