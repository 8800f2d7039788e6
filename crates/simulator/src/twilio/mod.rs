//! Twilio's APIs, as far as a sender needs them.

mod api;
mod content;
pub mod contents;
pub mod errors;
mod files;
pub mod inbound;
mod listing;
mod messages;
mod numbers;
mod paging;
mod senders;
pub mod state;
pub mod store;
mod translate;
mod words;

use actix_web::web;

pub use messages::takes;

/// The routes under `/twilio`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/2010-04-01/Accounts/{account}/Messages.json", web::post().to(messages::create))
        .route("/2010-04-01/Accounts/{account}/Messages.json", web::get().to(listing::list))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}.json", web::get().to(listing::fetch))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}.json", web::post().to(listing::update))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}.json", web::delete().to(listing::delete))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json", web::get().to(files::list))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}/Media/{media}", web::get().to(files::redirect))
        .route("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", web::get().to(numbers::list))
        .route("/2010-04-01/Accounts/{account}.json", web::get().to(api::account))
        .route("/cdn/{media}", web::get().to(files::cdn))
        .route("/v1/Content", web::post().to(content::create))
        .route("/{version:v1|v2}/Content", web::get().to(content::list))
        .route("/{version:v1|v2}/ContentAndApprovals", web::get().to(content::with_approvals))
        .route("/v1/Content/{sid}", web::get().to(content::fetch))
        .route("/v1/Content/{sid}", web::put().to(content::update))
        .route("/v1/Content/{sid}", web::delete().to(content::delete))
        .route("/v1/Content/{sid}/ApprovalRequests", web::get().to(content::approval))
        .route("/v1/Content/{sid}/ApprovalRequests/whatsapp", web::post().to(content::submit))
        .route("/v2/Channels/Senders", web::post().to(senders::create))
        .route("/v2/Channels/Senders", web::get().to(senders::list))
        .route("/v2/Channels/Senders/{sid}", web::get().to(senders::fetch))
        .route("/v2/Channels/Senders/{sid}", web::post().to(senders::update))
        .route("/v2/Channels/Senders/{sid}", web::delete().to(senders::delete))
        .route("/v2/Indicators/Typing.json", web::post().to(api::typing))
        .route("/v3/Indicators/Typing.json", web::post().to(api::typing_json));
}
