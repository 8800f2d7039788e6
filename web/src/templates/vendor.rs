//! One template at its vendor.

use channel_gateway::{
    Fault,
    twilio::{contents, rest::TwilioError},
    whatsapp::{graph::GraphError, templates as cloud},
};
use domain::{ChannelId, TemplateId, template::Status};
use inbox::templates::{self, Refusal, Submitting, Taken, WriteError};
use sea_orm::{DbErr, TransactionTrait as _};

use crate::{
    connections::{Account, NotConnected},
    state::AppState,
};

/// Why a vendor did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Asked {
    /// We did not even ask.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// It said no.
    #[error("the vendor refused: {}", .0.code)]
    Refused(Refusal),
    /// It has too much to do, or can't be reached: nothing was done, and later it may be.
    #[error("the vendor can't be asked now: {0}")]
    Later(String),
    /// The call was cut. What came of it the next list will tell.
    #[error("the vendor did not answer: {0}")]
    Unknown(String),
    /// The channel can't be worked with.
    #[error(transparent)]
    NotConnected(#[from] NotConnected),
    /// The vendor has no such thing.
    #[error("not with this vendor")]
    NotHere,
}

impl From<DbErr> for Asked {
    fn from(error: DbErr) -> Self {
        Self::Write(error.into())
    }
}

impl From<Fault<Box<GraphError>>> for Asked {
    fn from(fault: Fault<Box<GraphError>>) -> Self {
        asked(fault, |error| Refusal {
            code: error.code,
            subcode: error.subcode,
            sentence: error.sentence().to_owned(),
        })
    }
}

impl From<Fault<TwilioError>> for Asked {
    fn from(fault: Fault<TwilioError>) -> Self {
        asked(fault, |error| Refusal { code: error.code, subcode: None, sentence: error.message })
    }
}

fn asked<E: std::fmt::Display>(fault: Fault<E>, refusal: impl FnOnce(E) -> Refusal) -> Asked {
    match fault {
        Fault::Refused(error) => Asked::Refused(refusal(error)),
        Fault::Wait { error, .. } => Asked::Later(error.to_string()),
        Fault::Unreachable(why) => Asked::Later(why),
        Fault::Unusable => Asked::Later(fault.to_string()),
        Fault::Cut(_) | Fault::Unreadable(_) => Asked::Unknown(fault.to_string()),
    }
}

fn key(account: &Account) -> &str {
    match account {
        Account::Cloud(account) => &account.of.channel.account_key,
        Account::Twilio(account) => &account.of.channel.account_key,
    }
}

/// Hands a template in for review: a new one, or a change.
///
/// # Errors
/// See [`Asked`]. What was refused is kept beside the template.
pub async fn submit(state: &AppState, channel: ChannelId, id: TemplateId) -> Result<(), Asked> {
    let account = state.connections.account(channel).await?;
    let tx = state.db.begin().await?;
    let submitting = templates::prepare(&tx, key(&account), id, state.clock.now()).await?;
    tx.commit().await?;
    let answer = hand_in(&account, &submitting).await;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let result = match answer {
        Ok(Some(taken)) => {
            templates::record_submitted(&tx, key(&account), id, &taken, now).await?;
            Ok(())
        }
        Ok(None) => {
            templates::record_edited(&tx, &submitting, now).await?;
            Ok(())
        }
        Err((made, why)) => {
            if let Some(made) = made {
                templates::record_submitted(&tx, key(&account), id, &made, now).await?;
            }
            match &why {
                Asked::Refused(refusal) => {
                    templates::record_refused(&tx, &submitting, Some(refusal), now).await?;
                }
                Asked::Unknown(_) => templates::request(&tx, key(&account)).await?,
                _ => templates::record_refused(&tx, &submitting, None, now).await?,
            }
            Err(why)
        }
    };
    tx.commit().await?;
    state.wakes.work();
    result
}

/// What the vendor made of it; nothing for a change. Twilio may take the content and then not its approval: that it has
/// the content comes along with the refusal.
async fn hand_in(
    account: &Account,
    submitting: &Submitting,
) -> Result<Option<Taken>, (Option<Taken>, Asked)> {
    let alone = |why: Asked| (None, why);
    let draft = &submitting.draft;
    match (account, &submitting.edits) {
        (Account::Cloud(account), None) => {
            let made = cloud::create(&account.graph, &account.of.settings.waba, draft)
                .await
                .map_err(|fault| alone(fault.into()))?;
            Ok(Some(Taken { vendor_id: made.vendor_id, status: made.status, category: made.category }))
        }
        (Account::Cloud(account), Some(id)) => {
            cloud::edit(&account.graph, id, draft, submitting.with_category)
                .await
                .map_err(|fault| alone(fault.into()))?;
            Ok(None)
        }
        (Account::Twilio(account), sid) => {
            let sid = match sid {
                Some(sid) => sid.clone(),
                None => {
                    contents::create(&account.content, draft).await.map_err(|fault| alone(fault.into()))?
                }
            };
            let made = |status: String| Taken { vendor_id: sid.clone(), status, category: None };
            match contents::submit(&account.content, &sid, draft).await {
                Ok(status) => Ok(Some(made(status))),
                Err(fault) => {
                    let unsubmitted = made(Status::Unsubmitted.word().to_owned());
                    Err((Some(unsubmitted), fault.into()))
                }
            }
        }
    }
}

/// Deletes a template, at the vendor too.
///
/// # Errors
/// See [`Asked`].
pub async fn delete(state: &AppState, channel: ChannelId, id: TemplateId) -> Result<(), Asked> {
    let of = state.connections.channel(channel).await?;
    let tx = state.db.begin().await?;
    let Some(template) = templates::delete(&tx, &of.channel.account_key, id).await? else {
        tx.commit().await?;
        return Ok(());
    };
    // Nothing was changed yet, and no transaction stays open while the vendor is asked.
    tx.rollback().await?;
    let Some(vendor_id) = &template.vendor_id else { return Err(Asked::NotHere) };
    match state.connections.account(channel).await? {
        Account::Cloud(account) => {
            cloud::delete(&account.graph, &account.of.settings.waba, vendor_id, &template.name).await?;
        }
        Account::Twilio(account) => contents::delete(&account.content, vendor_id).await?,
    }
    templates::record_deleted(&state.db, id, state.clock.now()).await?;
    Ok(())
}

/// Ends a pause for pace.
///
/// # Errors
/// See [`Asked`].
pub async fn unpause(state: &AppState, channel: ChannelId, id: TemplateId) -> Result<(), Asked> {
    let Account::Cloud(account) = state.connections.account(channel).await? else {
        return Err(Asked::NotHere);
    };
    let found = templates::find(&state.db, &account.of.channel.account_key, id).await?;
    let template = found.ok_or(WriteError::NotFound)?;
    let Some(vendor_id) = &template.vendor_id else { return Err(Asked::NotHere) };
    cloud::unpause(&account.graph, vendor_id).await?;
    templates::unpaused(&state.db, id, state.clock.now()).await?;
    Ok(())
}

/// Gives the vendor a file as the sample of a header: what to name it by.
///
/// # Errors
/// See [`Asked`].
pub async fn sample(
    state: &AppState,
    channel: ChannelId,
    name: &str,
    mime: &str,
    bytes: Vec<u8>,
) -> Result<String, Asked> {
    let Account::Cloud(account) = state.connections.account(channel).await? else {
        return Err(Asked::NotHere);
    };
    let app = match &account.of.settings.app {
        Some(app) => app.clone(),
        None => account.graph.own_app().await?,
    };
    Ok(account.graph.upload(&app, name, mime, bytes).await?)
}
