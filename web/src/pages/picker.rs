//! The composer's templates: those that may be sent to this customer now.

use ::inbox::{reading, templates};
use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use domain::{ConversationId, Permission};
use entity::channel;
use sea_orm::EntityTrait as _;
use views::{PickerFragment, person::first_name, templates::PickerOption};

use super::{html, words};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// GET /conversations/{id}/templates: what can be chosen, the customer's language first.
///
/// # Errors
/// Not found, also for conversations that are not this person's to answer.
pub async fn show(
    viewer: SignedIn,
    state: Data<AppState>,
    id: Path<ConversationId>,
) -> Result<HttpResponse, PageError> {
    let reach = viewer.principal.reach(Permission::ConversationReply);
    let line = reading::conversations::one(&state.db, viewer.principal.person, *id, &reach)
        .await?
        .ok_or(PageError::NotFound)?;
    let channel =
        channel::Entity::find_by_id(line.channel_id).one(&state.db).await?.ok_or(PageError::NotFound)?;
    let tx = words(&viewer);
    let known = line.contact_name.starts_with('+');
    let name = if known { "" } else { first_name(&line.contact_name) };
    let options: Vec<PickerOption> = templates::sendable(&state.db, &channel.account_key)
        .await?
        .iter()
        .map(|template| PickerOption::new(&template.sendable(), name, &tx))
        .collect();
    html(&PickerFragment { tx, first_name: name, options: &options })
}
