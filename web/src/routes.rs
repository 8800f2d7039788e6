//! The one table of routes: method, path, who may, handler. The app is built from it, `bandeja routes` prints it,
//! and a test asks every line of it as every role.

mod guard;

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{
    FromRequest, Handler, Resource, Responder,
    http::Method,
    web::{self, FormConfig, JsonConfig, PayloadConfig, ServiceConfig},
};
use domain::Permission;
use serde::Serialize;

use crate::{auth, health, live, pages, webhooks};

/// Who may ask a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, with the page's own form: sign-in, welcome, health. Unsafe methods answer to the Origin check.
    Public,
    /// A vendor, who signs what he sends: no cookies, no Origin, no CSRF token. The handler checks the signature.
    Signed,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in and holds the permission, with whatever scope; operations find within the scope.
    Permission(Permission),
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Signed => f.write_str("signature"),
            Self::SignedIn => f.write_str("signed in"),
            Self::Permission(permission) => f.write_str(permission.as_str()),
        }
    }
}

/// Forms and everything else that names no other limit.
pub const FORM_BYTES: usize = 64 * 1024;

/// One line of the table.
#[derive(Clone)]
pub struct Route {
    /// `GET`, `POST`, …
    pub method: Method,
    /// As actix matches it: `/inbox/{conversation}`.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// The largest body taken.
    pub body_bytes: usize,
    /// Whether asking counts as the person doing something, which keeps the session from going idle.
    pub activity: bool,
    /// Whether asking counts against the person's pace.
    pub paced: bool,
    make: Arc<dyn Fn() -> actix_web::Route + Send + Sync>,
}

impl Route {
    /// A line of the table.
    pub fn new<F, Args>(method: Method, path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let verb = method.clone();
        let make = Arc::new(move || web::method(verb.clone()).to(handler.clone()));
        Self { method, path, access, body_bytes: FORM_BYTES, activity: true, paced: true, make }
    }

    /// Reads.
    pub fn get<F, Args>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self::new(Method::GET, path, access, handler)
    }

    /// Creates or does.
    pub fn post<F, Args>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self::new(Method::POST, path, access, handler)
    }

    /// Sets.
    pub fn put<F, Args>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self::new(Method::PUT, path, access, handler)
    }

    /// Takes away.
    pub fn delete<F, Args>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self::new(Method::DELETE, path, access, handler)
    }

    /// Takes bodies up to this size instead of [`FORM_BYTES`].
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_bytes = bytes;
        self
    }

    /// The page asks this by itself, so it does not keep a session alive.
    #[must_use]
    pub const fn by_itself(mut self) -> Self {
        self.activity = false;
        self
    }

    /// A page asks for many of these at once, as it does for its pictures: they don't count against a person's pace.
    #[must_use]
    pub const fn in_bulk(mut self) -> Self {
        self.paced = false;
        self
    }

    fn build(&self) -> actix_web::Route {
        (self.make)().wrap(guard::Guard::new(self))
    }
}

/// Every route there is.
#[must_use]
pub fn table() -> Vec<Route> {
    use Access::{Public, Signed, SignedIn};
    use Permission as P;
    let holds = Access::Permission;
    vec![
        Route::get("/health/live", Public, health::live),
        Route::get("/health/ready", Public, health::ready),
        Route::get("/metrics", Public, health::metrics),
        Route::get("/sign-in", Public, auth::pages::sign_in::show),
        Route::post("/sign-in", Public, auth::pages::sign_in::create),
        Route::get("/sign-in/code", Public, auth::pages::second::show),
        Route::post("/sign-in/code", Public, auth::pages::second::create),
        Route::get("/sign-in/enrol", Public, auth::pages::second::show_key),
        Route::post("/sign-in/enrol", Public, auth::pages::second::enrol),
        Route::post("/sign-out", SignedIn, auth::pages::sign_out::create),
        Route::get("/welcome/{code}", Public, auth::pages::welcome::show),
        Route::post("/welcome/{code}", Public, auth::pages::welcome::create),
        Route::get("/assets/{hash}/{path:.*}", Public, pages::assets::show),
        Route::get("/favicon.ico", Public, pages::assets::favicon),
        Route::get("/", SignedIn, pages::home),
        Route::get("/live", SignedIn, live::connect).by_itself(),
        Route::get("/inbox", holds(P::ConversationRead), pages::inbox::show),
        // Before what has an id there.
        Route::get("/inbox/list", holds(P::ConversationRead), pages::lists::show),
        Route::get("/inbox/filters", holds(P::ConversationRead), pages::lists::filters),
        Route::get("/inbox/{conversation}", holds(P::ConversationRead), pages::inbox::open),
        Route::get("/inbox/{conversation}/earlier", holds(P::ConversationRead), pages::inbox::earlier),
        Route::get("/inbox/{conversation}/past", holds(P::ConversationRead), pages::past::show),
        Route::get("/contacts/{id}/files", holds(P::ConversationRead), pages::past::files),
        Route::get("/contacts/{id}/consent", holds(P::ContactUpdate), pages::past::ask_consent),
        Route::post("/contacts/{id}/consent", holds(P::ContactUpdate), pages::past::note_consent),
        Route::get("/inbox/{conversation}/later", holds(P::ConversationRead), pages::inbox::later),
        Route::get("/search", holds(P::ConversationRead), pages::search::show),
        Route::get("/palette", holds(P::ConversationRead), pages::search::palette),
        Route::post("/conversations/{id}/messages", holds(P::ConversationReply), pages::messages::create),
        Route::post("/conversations/{id}/notes", holds(P::ConversationNote), pages::notes::create),
        Route::get("/conversations/{id}/readers", holds(P::ConversationNote), pages::notes::readers),
        Route::put("/conversations/{id}/draft", holds(P::ConversationRead), pages::drafts::keep).in_bulk(),
        Route::get("/conversations/{id}/drafts", holds(P::ConversationRead), pages::drafts::show)
            .by_itself()
            .in_bulk(),
        Route::get("/me/drafts", holds(P::ConversationRead), pages::drafts::mine).by_itself().in_bulk(),
        Route::get("/conversations/{id}/build/{what}", holds(P::ConversationReply), pages::builders::show),
        Route::get("/conversations/{id}/cost", holds(P::ConversationReply), pages::cost::show),
        Route::get("/conversations/{id}/later", holds(P::ConversationReply), pages::later::show),
        Route::post("/conversations/{id}/planned", holds(P::ConversationReply), pages::later::create),
        Route::delete("/planned/{id}", holds(P::ConversationReply), pages::later::cancel),
        Route::post("/planned/{id}/send", holds(P::ConversationReply), pages::later::send),
        Route::get("/conversations/{id}/macros", holds(P::ConversationReply), pages::macros::offer),
        Route::post("/conversations/{id}/macros/{macro}", holds(P::ConversationReply), pages::macros::run),
        Route::post(
            "/conversations/{id}/macros/{macro}/files",
            holds(P::ConversationReply),
            pages::macro_files::put,
        ),
        Route::post("/macros/files", holds(P::MacroManage), pages::macro_files::create)
            .body_limit(pages::uploads::LARGEST),
        Route::get("/macros/files/{id}", holds(P::ConversationReply), pages::macro_files::show),
        Route::get("/macros", holds(P::MacroManage), pages::macros::show),
        Route::post("/macros", holds(P::MacroManage), pages::macros::save),
        Route::post("/macros/{id}/remove", holds(P::MacroManage), pages::macros::remove),
        Route::post("/conversations/{id}/files", holds(P::ConversationReply), pages::uploads::create)
            .body_limit(pages::uploads::LARGEST),
        Route::get("/files/{id}", holds(P::ConversationRead), pages::files::show).in_bulk(),
        Route::delete("/files/{id}", holds(P::ConversationReply), pages::uploads::discard),
        Route::get("/files/{id}/thumbnail", holds(P::ConversationRead), pages::files::thumbnail).in_bulk(),
        Route::get("/media/{token}/{name}", Signed, pages::files::fetched_by_vendor),
        Route::new(Method::HEAD, "/media/{token}/{name}", Signed, pages::files::fetched_by_vendor),
        Route::get("/conversations/{id}/templates", holds(P::ConversationReply), pages::picker::show),
        Route::post("/conversations/{id}/claim", holds(P::ConversationClaim), pages::conversations::claim),
        Route::post(
            "/conversations/{id}/assignee",
            holds(P::ConversationAssign),
            pages::conversations::assign,
        ),
        Route::post("/conversations/{id}/offer/accept", holds(P::ConversationReply), pages::offers::accept),
        Route::post("/conversations/{id}/offer/decline", holds(P::ConversationReply), pages::offers::decline),
        Route::get("/conversations/{id}/transfer", holds(P::ConversationTransfer), pages::transfer::show),
        Route::post("/conversations/{id}/transfer", holds(P::ConversationTransfer), pages::transfer::create),
        Route::post(
            "/conversations/{id}/transfer/undo",
            holds(P::ConversationTransfer),
            pages::transfer::undo,
        ),
        Route::get("/conversations/{id}/why", holds(P::ConversationRead), pages::why::show),
        Route::post("/next", holds(P::ConversationClaim), pages::offers::next),
        Route::get("/conversations/{id}/snooze", holds(P::ConversationSnooze), pages::snoozing::show),
        Route::post("/conversations/{id}/snooze", holds(P::ConversationSnooze), pages::snoozing::create),
        Route::post("/conversations/{id}/wake", holds(P::ConversationSnooze), pages::snoozing::wake),
        Route::get("/conversations/{id}/tags", holds(P::ConversationTag), pages::tagging::show),
        Route::post("/conversations/{id}/tags", holds(P::ConversationTag), pages::tagging::create),
        Route::put("/conversations/{id}/urgency", holds(P::ConversationPriority), pages::tagging::prioritize),
        Route::get("/conversations/{id}/close", holds(P::ConversationClose), pages::closing::show),
        Route::post("/conversations/{id}/close", holds(P::ConversationClose), pages::closing::create),
        Route::post("/conversations/{id}/reopen", holds(P::ConversationReopen), pages::closing::reopen),
        Route::post(
            "/conversations/{id}/alerts/seen",
            holds(P::ConversationAssign),
            pages::conversations::alerts_seen,
        ),
        Route::get("/bulk", holds(P::ConversationBulk), pages::bulk::bar),
        Route::post("/bulk", holds(P::ConversationBulk), pages::bulk::create).body_limit(512 * 1024),
        Route::get("/bulk/choices/{what}", holds(P::ConversationBulk), pages::bulk::show),
        Route::get("/bulk/{id}", holds(P::ConversationBulk), pages::bulk::progress).in_bulk(),
        Route::post("/bulk/{id}/cancel", holds(P::ConversationBulk), pages::bulk::cancel),
        Route::post("/bulk/{id}/undo", holds(P::ConversationBulk), pages::bulk::undo),
        Route::post("/messages/{id}/resend", holds(P::MessageResend), pages::messages::resend),
        Route::get("/messages/{id}/raw", holds(P::MessageRaw), pages::originals::raw),
        Route::get("/messages/{id}/original", holds(P::MessageOriginal), pages::originals::original),
        Route::post("/contacts/{id}/merge", holds(P::ContactMerge), pages::contacts::merge),
        Route::get("/contacts/{id}/join", holds(P::ContactMerge), pages::contacts::find),
        Route::get("/contacts/{id}/block", holds(P::ContactBlock), pages::contacts::ask_block),
        Route::post("/contacts/{id}/block", holds(P::ContactBlock), pages::contacts::block),
        Route::post("/contacts/{id}/block/vendor", holds(P::ContactBlock), pages::contacts::ask_vendor),
        Route::post("/contacts/{id}/unblock", holds(P::ContactBlock), pages::contacts::unblock),
        Route::post("/contacts/merges/{id}/undo", holds(P::ContactMerge), pages::contacts::undo),
        Route::get("/contacts/{id}/card", holds(P::ContactUpdate), pages::card::show),
        Route::post("/contacts/{id}/card", holds(P::ContactUpdate), pages::card::save),
        Route::post("/contacts/{id}/reveal", holds(P::ContactPiiReveal), pages::known::reveal),
        Route::get("/conversations/{id}/collected", holds(P::ContactUpdate), pages::known::show),
        Route::post("/conversations/{id}/collected", holds(P::ContactUpdate), pages::known::correct),
        Route::get("/contacts/{id}/proposals", holds(P::ContactMerge), pages::contacts::proposals),
        Route::get("/floor", holds(P::ConversationAssign), pages::floor::show),
        Route::get("/admin", holds(P::ChannelManage), pages::admin::show),
        Route::get("/admin/channels", holds(P::ChannelManage), pages::channels::list),
        Route::post("/admin/alarms/{id}/dismiss", holds(P::ChannelManage), pages::channels::dismiss),
        Route::get("/admin/channels/new", holds(P::ChannelManage), pages::channels::new::form),
        Route::post("/admin/channels", holds(P::ChannelManage), pages::channels::new::create),
        Route::get("/admin/channels/{id}/costs", holds(P::ChannelManage), pages::channels::costs::show),
        Route::get("/admin/channels/{id}/costs.csv", holds(P::ChannelManage), pages::channels::costs::export),
        Route::post(
            "/admin/channels/{id}/costs/billing",
            holds(P::ChannelManage),
            pages::channels::costs::set_billing,
        ),
        Route::get("/admin/channels/{id}/ledger", holds(P::QuarantineRead), pages::ledger::of_channel),
        Route::get("/admin/attributes", holds(P::AttributeManage), pages::attributes::show),
        Route::post("/admin/attributes", holds(P::AttributeManage), pages::attributes::save),
        Route::post("/admin/attributes/{key}/retire", holds(P::AttributeManage), pages::attributes::retire),
        Route::get("/admin/outcomes", holds(P::OutcomeManage), pages::outcomes::show),
        Route::post("/admin/outcomes", holds(P::OutcomeManage), pages::outcomes::save),
        Route::post("/admin/outcomes/{id}/shift", holds(P::OutcomeManage), pages::outcomes::shift),
        Route::post("/admin/outcomes/{id}/retire", holds(P::OutcomeManage), pages::outcomes::retire),
        Route::post("/admin/closing", holds(P::OutcomeManage), pages::outcomes::set_rule),
        Route::get("/admin/ledger", holds(P::QuarantineRead), pages::ledger::show),
        Route::post("/admin/ledger/replays", holds(P::ReceiptReplay), pages::ledger::replay),
        Route::get("/admin/ledger/replays/{id}", holds(P::QuarantineRead), pages::ledger::replayed),
        // Behind what has a name of its own there.
        Route::get("/admin/ledger/{id}", holds(P::QuarantineRead), pages::ledger::receipt),
        Route::get("/admin/ledger/{id}/raw", holds(P::QuarantineRead), pages::ledger::raw),
        Route::get("/admin/channels/{id}", holds(P::ChannelManage), pages::channels::show),
        Route::post("/admin/channels/{id}", holds(P::ChannelManage), pages::channels::settings::update),
        Route::post("/admin/channels/{id}/state", holds(P::ChannelManage), pages::channels::settings::enable),
        Route::post(
            "/admin/channels/{id}/secrets",
            holds(P::ChannelManage),
            pages::channels::settings::rotate,
        ),
        Route::post(
            "/admin/channels/{id}/secrets/retire",
            holds(P::ChannelManage),
            pages::channels::settings::retire,
        ),
        Route::get("/admin/channels/{id}/number", holds(P::ChannelManage), pages::channels::number::show),
        Route::post(
            "/admin/channels/{id}/refresh",
            holds(P::ChannelManage),
            pages::channels::number::refresh,
        ),
        Route::post(
            "/admin/channels/{id}/code",
            holds(P::ChannelManage),
            pages::channels::number::request_code,
        ),
        Route::post(
            "/admin/channels/{id}/verify",
            holds(P::ChannelManage),
            pages::channels::number::verify_code,
        ),
        Route::post(
            "/admin/channels/{id}/register",
            holds(P::ChannelManage),
            pages::channels::number::register,
        ),
        Route::post(
            "/admin/channels/{id}/deregister",
            holds(P::ChannelManage),
            pages::channels::number::deregister,
        ),
        Route::post("/admin/channels/{id}/pin", holds(P::ChannelManage), pages::channels::number::change_pin),
        Route::post("/admin/channels/{id}/rename", holds(P::ChannelManage), pages::channels::number::rename),
        Route::post(
            "/admin/channels/{id}/profile",
            holds(P::ChannelManage),
            pages::channels::number::save_profile,
        ),
        Route::put("/admin/channels/{id}/picture", holds(P::ChannelManage), pages::channels::number::picture)
            .body_limit(pages::channels::number::PICTURE_BYTES),
        Route::post("/admin/channels/{id}/setups", holds(P::ChannelManage), pages::channels::setups::begin),
        Route::post(
            "/admin/channels/{id}/setups/{setup}",
            holds(P::ChannelManage),
            pages::channels::setups::advance,
        ),
        Route::get("/admin/channels/{id}/checks", holds(P::ChannelManage), pages::channels::checks::show),
        Route::post("/admin/channels/{id}/checks", holds(P::ChannelManage), pages::channels::checks::run),
        Route::post("/admin/channels/{id}/repair", holds(P::ChannelManage), pages::channels::checks::repair),
        Route::post("/admin/channels/{id}/test", holds(P::ChannelManage), pages::channels::checks::send),
        Route::get(
            "/admin/channels/{id}/test/{message}",
            holds(P::ChannelManage),
            pages::channels::checks::follow,
        )
        .by_itself(),
        Route::get("/admin/channels/{id}/templates", holds(P::TemplateRead), pages::templates::list),
        Route::post("/admin/channels/{id}/templates", holds(P::TemplateManage), pages::templates::save),
        Route::post("/admin/channels/{id}/templates/sync", holds(P::TemplateManage), pages::templates::sync),
        Route::post(
            "/admin/channels/{id}/templates/check",
            holds(P::TemplateManage),
            pages::templates::check,
        )
        .by_itself(),
        Route::post(
            "/admin/channels/{id}/templates/sample",
            holds(P::TemplateManage),
            pages::templates::sample,
        )
        .body_limit(pages::templates::SAMPLE_BYTES),
        Route::get("/admin/channels/{id}/templates/new", holds(P::TemplateManage), pages::templates::new),
        Route::get(
            "/admin/channels/{id}/templates/{template}",
            holds(P::TemplateRead),
            pages::templates::show,
        ),
        Route::delete(
            "/admin/channels/{id}/templates/{template}",
            holds(P::TemplateManage),
            pages::templates::delete,
        ),
        Route::post(
            "/admin/channels/{id}/templates/{template}/submit",
            holds(P::TemplateManage),
            pages::templates::submit,
        ),
        Route::post(
            "/admin/channels/{id}/templates/{template}/discard",
            holds(P::TemplateManage),
            pages::templates::discard,
        ),
        Route::post(
            "/admin/channels/{id}/templates/{template}/unpause",
            holds(P::TemplateManage),
            pages::templates::unpause,
        ),
        Route::get("/admin/routing", holds(P::RoutingRead), pages::routing::overview),
        Route::post("/admin/routing/publish", holds(P::RoutingManage), pages::routing::publish),
        Route::post("/admin/routing/discard", holds(P::RoutingManage), pages::routing::discard),
        Route::post("/admin/routing/versions/{version}", holds(P::RoutingManage), pages::routing::roll_back),
        Route::get("/admin/routing/try", holds(P::RoutingRead), pages::routing::trying),
        Route::post("/admin/routing/try", holds(P::RoutingRead), pages::routing::attempt),
        Route::get("/admin/routing/rehearsal", holds(P::RoutingRead), pages::routing::rehearsal),
        Route::post("/admin/routing/rehearsal", holds(P::RoutingRead), pages::routing::rehearse),
        // Behind what has a name of its own there.
        Route::get("/admin/routing/{part}", holds(P::RoutingRead), pages::routing::part),
        Route::post("/admin/routing/{part}", holds(P::RoutingManage), pages::routing::save_part)
            .body_limit(pages::routing::FORM_BYTES),
        Route::get("/admin/routing/{part}/{id}", holds(P::RoutingRead), pages::routing::one),
        Route::post("/admin/routing/{part}/{id}", holds(P::RoutingManage), pages::routing::save_one)
            .body_limit(pages::routing::FORM_BYTES),
        Route::post("/admin/routing/{part}/{id}/move", holds(P::RoutingManage), pages::routing::move_one),
        Route::post("/admin/routing/{part}/{id}/remove", holds(P::RoutingManage), pages::routing::remove),
        Route::get("/me", SignedIn, pages::me::show),
        Route::post("/me/preferences", SignedIn, pages::me::update),
        Route::post("/me/signature", SignedIn, pages::me::sign),
        Route::post("/me/bell", SignedIn, pages::bell::update),
        Route::post("/me/keys", SignedIn, pages::bell::single_keys),
        Route::post("/me/factor", SignedIn, pages::factor::begin),
        Route::post("/me/factor/confirm", SignedIn, pages::factor::confirm),
        Route::post("/me/factor/codes", SignedIn, pages::factor::remake_codes),
        Route::post("/me/factor/off", SignedIn, pages::factor::end),
        Route::post("/me/password", SignedIn, pages::me::change_password),
        // Before what has an id there.
        Route::post("/me/sessions/end-others", SignedIn, pages::me::end_other_sessions),
        Route::post("/me/sessions/{id}/end", SignedIn, pages::me::end_session),
        Route::post("/me/views", holds(P::ConversationRead), pages::lists::save),
        Route::delete("/me/views/{id}", holds(P::ConversationRead), pages::lists::remove),
        Route::put("/me/list-order", SignedIn, pages::me::order),
        Route::put("/me/presence", SignedIn, pages::presence::update),
        Route::post("/me/wrap-up/end", SignedIn, pages::presence::end_wrap_up),
        Route::get("/me/day", SignedIn, pages::day::own),
        Route::get("/people/{id}/day", holds(P::ConversationAssign), pages::day::of),
        Route::put("/people/{id}/presence", holds(P::PresenceSetOther), pages::presence::update_other),
        Route::get("/webhooks/whatsapp", Signed, webhooks::whatsapp::verify),
        Route::post("/webhooks/whatsapp", Signed, webhooks::whatsapp::receive)
            .body_limit(webhooks::WHATSAPP_BYTES),
        Route::post("/webhooks/twilio/messages", Signed, webhooks::twilio::message)
            .body_limit(webhooks::TWILIO_BYTES),
        Route::post("/webhooks/twilio/status", Signed, webhooks::twilio::status)
            .body_limit(webhooks::TWILIO_BYTES),
    ]
}

/// Puts the whole table into an app.
pub fn register(config: &mut ServiceConfig) {
    for resource in resources(&table()) {
        config.service(resource);
    }
}

/// One resource per path, so that a wrong method is told apart from a wrong path.
fn resources(table: &[Route]) -> Vec<Resource> {
    let mut order: Vec<&'static str> = Vec::new();
    let mut by_path: BTreeMap<&'static str, Vec<&Route>> = BTreeMap::new();
    for route in table {
        let routes = by_path.entry(route.path).or_default();
        if routes.is_empty() {
            order.push(route.path);
        }
        routes.push(route);
    }
    order
        .into_iter()
        .filter_map(|path| by_path.remove(path).map(|routes| (path, routes)))
        .map(|(path, routes)| {
            // The guard holds each route to its own limit; the extractors only have to not be stricter.
            let limit = routes.iter().map(|route| route.body_bytes).max().unwrap_or(FORM_BYTES);
            let resource = web::resource(path)
                .app_data(PayloadConfig::new(limit))
                .app_data(FormConfig::default().limit(limit))
                .app_data(JsonConfig::default().limit(limit));
            routes.into_iter().fold(resource, |resource, route| resource.route(route.build()))
        })
        .collect()
}

/// A line as `bandeja routes --json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path.
    pub path: &'static str,
    /// `public`, `signature`, `signed in` or a permission.
    pub permission: String,
}

/// The table for reading.
#[must_use]
pub fn lines() -> Vec<Line> {
    table()
        .iter()
        .map(|route| Line {
            method: route.method.to_string(),
            path: route.path,
            permission: route.access.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_route_stands_twice_in_the_table() {
        let mut seen = BTreeSet::new();
        for route in table() {
            assert!(seen.insert((route.method.to_string(), route.path)), "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn who_is_not_asked_who_they_are_is_a_short_list() {
        let open: BTreeSet<&str> =
            table().iter().filter(|route| route.access == Access::Public).map(|route| route.path).collect();
        let known = [
            "/health/live",
            "/health/ready",
            "/metrics",
            "/sign-in",
            "/sign-in/code",
            "/sign-in/enrol",
            "/welcome/{code}",
            "/favicon.ico",
        ];
        // Styles, scripts and fonts are public too.
        let rest: Vec<_> =
            open.into_iter().filter(|path| !known.contains(path) && !path.starts_with("/assets/")).collect();
        assert!(rest.is_empty(), "a new public route has to be named here: {rest:?}");
    }
}
