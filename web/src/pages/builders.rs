//! Dialogs of the composer that nobody needs before they ask: a question with buttons or a menu, a place.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use domain::{ConversationId, Permission, limits::Form, limits::table};
use views::builders::{PlaceDialog, QuestionDialog};

use super::{html, within_reach, words};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// GET /conversations/{id}/build/{what}: `question` or `place`.
///
/// # Errors
/// Not found: what the channel does not take, and conversations that are not this person's to answer.
pub async fn show(
    viewer: SignedIn,
    path: Path<(ConversationId, String)>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (conversation, what) = path.into_inner();
    let line = within_reach(&viewer, &state, conversation, Permission::ConversationReply).await?;
    let (tx, channel) = (words(&viewer), line.channel_kind);
    match what.as_str() {
        "question" => {
            let dialog = QuestionDialog { tx, conversation, channel };
            if dialog.is_taken() { html(&dialog) } else { Err(PageError::NotFound) }
        }
        "place" if table::takes(channel, Form::Location) => html(&PlaceDialog { tx, conversation }),
        _ => Err(PageError::NotFound),
    }
}
