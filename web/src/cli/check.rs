//! `bandeja check`: everything that can be wrong before the first request, said plainly.

use std::{path::Path, process::ExitCode};

use super::say;
use crate::{database, schema, secrets::Keyring, settings::Settings};

pub(super) async fn check(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut wrong = false;
    let settings = Settings::load(config);
    tell(&mut wrong, "settings", settings.as_ref().map(drop).map_err(ToString::to_string))?;
    let Ok(settings) = settings else { return Ok(ExitCode::FAILURE) };

    let keys = Keyring::load(&settings.keys);
    tell(&mut wrong, "key-encryption key", keys.map(drop).map_err(|error| format!("{error:#}")))?;
    if !settings.server.is_https() {
        say("note  public addresses: not all are https; cookies will not insist on it")?;
    }

    match database::open(&settings.database).await {
        Err(error) => tell(&mut wrong, "database", Err(format!("{error:#}")))?,
        Ok(db) => {
            tell(&mut wrong, "database", Ok(()))?;
            let current = schema::is_current(&db).await;
            tell(&mut wrong, "schema", current.map_err(|error| format!("{error:#}")))?;
            let usable = super::serve::refuse_demo(&db).await;
            tell(&mut wrong, "no demo", usable.map_err(|error| format!("{error:#}")))?;
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell(wrong: &mut bool, what: &str, result: Result<(), String>) -> std::io::Result<()> {
    match result {
        Ok(()) => say(format_args!("ok    {what}")),
        Err(why) => {
            *wrong = true;
            say(format_args!("WRONG {what}: {why}"))
        }
    }
}
