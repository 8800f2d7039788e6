//! The composer's templates: those that may be sent to this customer now.

use ::inbox::templates;
use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use domain::{ConversationId, Permission};
use entity::channel;
use sea_orm::EntityTrait as _;
use views::{PickerFragment, person::first_name, templates::PickerOption};

use super::{cost, html, within_reach, words};
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
    let line = within_reach(&viewer, &state, *id, Permission::ConversationReply).await?;
    let channel =
        channel::Entity::find_by_id(line.channel_id).one(&state.db).await?.ok_or(PageError::NotFound)?;
    let tx = words(&viewer);
    let known = line.contact_name.starts_with('+');
    let name = if known { "" } else { first_name(&line.contact_name) };
    let prices = cost::of_templates(&state, &line, state.clock.now()).await?;
    let options: Vec<PickerOption> = templates::sendable(&state.db, &channel.account_key)
        .await?
        .iter()
        .map(|template| {
            let template = template.sendable();
            let found = prices.iter().find(|(one, ..)| one.as_str().eq_ignore_ascii_case(&template.category));
            let prices = found.map(|(_, open, after)| (open, after));
            PickerOption::new(&template, name, &tx).costing(prices, &tx)
        })
        .collect();
    html(&PickerFragment { tx, first_name: name, options: &options })
}
