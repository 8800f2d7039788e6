//! The composer's templates: those that may be sent to this customer now.

use ::inbox::{costs, templates};
use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use domain::{ConversationId, Permission};
use entity::{channel, conversation};
use pricing::{Category, Fee, Quote};
use sea_orm::EntityTrait as _;
use views::{PickerFragment, person::first_name, templates::PickerOption};

use super::{html, within_reach, words};
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
    let recipient = conversation::Entity::find_by_id(*id)
        .one(&state.db)
        .await?
        .map(|conversation| conversation.reply_address)
        .unwrap_or_default();
    let now = state.clock.now();
    let in_window = line.window_until.is_some_and(|until| now < until);
    let mut prices: Vec<(Category, Option<(i64, String)>)> = Vec::new();
    for category in [Category::Utility, Category::Marketing, Category::Authentication] {
        let quote = costs::quote(&state.db, line.channel_id, &recipient, category, in_window, now).await?;
        prices.push((category, quote.as_ref().and_then(amount)));
    }
    let price = |word: &str| {
        let found = prices.iter().find(|(category, _)| category.as_str().eq_ignore_ascii_case(word))?;
        found.1.as_ref().map(|(micros, currency)| (*micros, currency.as_str()))
    };
    let options: Vec<PickerOption> = templates::sendable(&state.db, &channel.account_key)
        .await?
        .iter()
        .map(|template| {
            let template = template.sendable();
            PickerOption::new(&template, name, &tx).costing(price(&template.category), &tx)
        })
        .collect();
    html(&PickerFragment { tx, first_name: name, options: &options })
}

/// Both fees together; nothing while one of them is not known.
fn amount(quote: &Quote) -> Option<(i64, String)> {
    match quote.vendor {
        Fee::Known { micros, .. } => Some((micros.0 + quote.carrier.0, quote.currency.to_string())),
        Fee::Unknown(_) => None,
    }
}
