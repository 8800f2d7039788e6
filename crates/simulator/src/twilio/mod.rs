//! Twilio's APIs, as far as a sender needs them.

mod api;
mod content;
pub mod errors;
mod files;
pub mod inbound;
mod messages;
pub mod store;

use actix_web::web;

/// The routes under `/twilio`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/2010-04-01/Accounts/{account}/Messages.json", web::post().to(messages::create))
        .route("/2010-04-01/Accounts/{account}/Messages.json", web::get().to(messages::list))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}.json", web::get().to(messages::fetch))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json", web::get().to(files::list))
        .route("/2010-04-01/Accounts/{account}/Messages/{sid}/Media/{media}", web::get().to(files::redirect))
        .route("/2010-04-01/Accounts/{account}.json", web::get().to(api::account))
        .route("/cdn/{media}", web::get().to(files::cdn))
        .route("/v1/Content", web::get().to(content::list))
        .route("/v1/ContentAndApprovals", web::get().to(content::with_approvals))
        .route("/v1/Content/{sid}", web::get().to(content::fetch))
        .route("/v1/Content/{sid}/ApprovalRequests", web::get().to(content::approval))
        .route("/v2/Indicators/Typing.json", web::post().to(api::typing));
}
