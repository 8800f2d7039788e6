//! `GET /phone/live`: what happens, as it happens, to one open page.

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Duration, timeout},
};

use super::Shown;
use crate::sim::Sim;

/// A page that shows a phone; when it goes away, the customer puts the phone down.
struct Page {
    sim: web::Data<Sim>,
    shown: Shown,
    frames: Receiver<String>,
    greeted: bool,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.sim.presence.leave(&self.shown.channel, &self.shown.customer);
    }
}

/// Server-sent events: JSON frames, and a breath every 15 seconds, which is also how a page that went away is noticed.
pub async fn stream(sim: web::Data<Sim>, shown: web::Query<Shown>) -> HttpResponse {
    let shown = shown.into_inner();
    let frames = sim.journal.listen();
    sim.presence.enter(&shown.channel, &shown.customer);
    let page = Page { sim, shown, frames, greeted: false };
    HttpResponse::Ok()
        .insert_header(("content-type", "text/event-stream"))
        .insert_header(("cache-control", "no-store"))
        .streaming(stream::unfold(page, next))
}

async fn next(mut page: Page) -> Option<(Result<Bytes, actix_web::Error>, Page)> {
    let text = if page.greeted {
        match timeout(Duration::from_secs(15), page.frames.recv()).await {
            Ok(Ok(frame)) => format!("data: {frame}\n\n"),
            // Too slow to follow: the page reads everything again.
            Ok(Err(RecvError::Lagged(_))) => "data: {\"frame\":\"reset\"}\n\n".to_owned(),
            Ok(Err(RecvError::Closed)) => return None,
            Err(_) => ": \n\n".to_owned(),
        }
    } else {
        page.greeted = true;
        "retry: 500\ndata: {\"frame\":\"hello\"}\n\n".to_owned()
    };
    Some((Ok(Bytes::from(text)), page))
}
