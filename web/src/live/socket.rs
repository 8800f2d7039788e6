//! One page's socket: authenticated by its session, told by the hub, checked again while it is open.

use std::{
    mem,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use actix_ws::{AggregatedMessage, CloseCode, CloseReason, Closed, Session};
use bytestring::ByteString;
use chrono::Utc;
use domain::{ConversationFacts, ConversationId};
use futures_util::StreamExt as _;
use inbox::{
    reading::{self, conversations::ConversationLine},
    relay, saved_views,
};
use sea_orm::DbErr;
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval, timeout},
};
use views::{Template as _, Tx, bell::AllMineFragment};

use super::{
    draw::{self, Eyes, Seen, Topic},
    floor,
    hub::{Doing, HubCommand, Joining, QUEUE, Showing, SocketId},
    needs::Needs,
    prepare,
    protocol::{self, FromPage, How, View},
    waiting,
};
use crate::{
    at_work,
    auth::{BELIEVED_FOR, SignedIn},
    error::PageError,
    listing, pages, present,
    state::AppState,
};

/// Signed out, or shut out.
const SIGNED_OUT: u16 = 4401;
/// How often a page is asked for a sign of life.
const PING: Duration = Duration::from_secs(20);
/// How long a page may be silent: it answers our pings.
const SILENCE: Duration = Duration::from_secs(45);
/// How long a page may take nothing although there is something for it.
const STUCK: Duration = Duration::from_secs(5);
/// How often the session behind an open page is looked at again. Together with how long an answer is believed, a lost
/// permission or session counts within five seconds.
const RECHECK: Duration = Duration::from_secs(1);
const _: () = assert!(RECHECK.as_secs() + BELIEVED_FOR.as_secs() <= 5);
/// A page that missed more events than this fetches its panes again instead.
const CATCH_UP: u64 = 1000;
/// The longest thing a page may say.
const LONGEST: usize = 64 * 1024;
/// How many things it may say in a second.
const COMMANDS_A_SECOND: u32 = 30;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// GET /live: the upgrade.
///
/// # Errors
/// When the request is no upgrade, or does not come from one of our own pages.
pub async fn connect(
    viewer: SignedIn,
    request: HttpRequest,
    body: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    state.auth.origins.check_socket(request.headers()).map_err(|_| PageError::Forbidden)?;
    let (response, session, stream) = actix_ws::handle(&request, body).map_err(|_| {
        let words = pages::words(&viewer).t("refusal-no-websocket");
        PageError::refused(StatusCode::BAD_REQUEST, "no_websocket", words)
    })?;
    let stream = stream.max_frame_size(LONGEST).aggregate_continuations().max_continuation_size(LONGEST);
    let open = Open {
        id: NEXT.fetch_add(1, Ordering::Relaxed),
        tx: pages::words(&viewer),
        viewer,
        state,
        session,
        showing: None,
        heard_at: Instant::now(),
    };
    actix_web::rt::spawn(open.run(stream));
    Ok(response)
}

/// Why a socket ends.
enum End {
    /// The page went away.
    Left,
    /// We say why.
    Close(CloseReason),
}

impl From<Closed> for End {
    fn from(_: Closed) -> Self {
        Self::Left
    }
}

impl From<DbErr> for End {
    fn from(error: DbErr) -> Self {
        tracing::warn!(%error, "a page could not be told what it missed; it reconnects");
        close(1012, "restart")
    }
}

fn close(code: u16, why: &str) -> End {
    End::Close(CloseReason { code: CloseCode::Other(code), description: Some(why.to_owned()) })
}

struct Open {
    id: SocketId,
    viewer: SignedIn,
    tx: Tx,
    state: Data<AppState>,
    session: Session,
    showing: Option<Showing>,
    heard_at: Instant,
}

impl Open {
    async fn run(mut self, stream: actix_ws::AggregatedMessageStream) {
        let end = self.serve(stream).await;
        self.state.hub.tell(HubCommand::Leave(self.id)).await;
        if let Err(End::Close(reason)) = end {
            // The page may have gone first, or still take nothing.
            let _ = timeout(SILENCE, self.session.close(Some(reason))).await;
        }
    }

    /// Tell the page something. Where it takes nothing any more the line's buffers are full: it is let go, and catches up
    /// when it is back.
    async fn say(&mut self, text: impl Into<ByteString>) -> Result<(), End> {
        match timeout(STUCK, self.session.text(text)).await {
            Ok(said) => Ok(said?),
            Err(_) => {
                metrics::counter!("bandeja_pages_let_go_total", "why" => "stuck").increment(1);
                Err(close(1013, "catch up"))
            }
        }
    }

    async fn serve(&mut self, mut stream: actix_ws::AggregatedMessageStream) -> Result<(), End> {
        // Until the first hello nothing comes. After that, a queue that ends means that the hub let go of us.
        let (_nobody, mut queue) = mpsc::channel::<ByteString>(1);
        let mut ping = interval(PING);
        let mut recheck = interval(RECHECK);
        for timer in [&mut ping, &mut recheck] {
            timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
            timer.tick().await;
        }
        let mut said = (Instant::now(), 0_u32);
        let mut stop = self.state.stop.subscribe();
        loop {
            tokio::select! {
                _ = stop.changed() => return Err(close(1012, "restart")),
                frame = queue.recv() => match frame {
                    Some(frame) => self.say(frame).await?,
                    None => return Err(close(1013, "catch up")),
                },
                message = stream.next() => {
                    self.heard_at = Instant::now();
                    match message {
                        None | Some(Err(_)) | Some(Ok(AggregatedMessage::Close(_))) => return Ok(()),
                        Some(Ok(AggregatedMessage::Text(text))) => {
                            if said.0.elapsed() > Duration::from_secs(1) {
                                said = (Instant::now(), 0);
                            }
                            said.1 += 1;
                            if said.1 > COMMANDS_A_SECOND {
                                return Err(close(1008, "too much"));
                            }
                            self.hear(&text, &mut queue).await?;
                        }
                        Some(Ok(AggregatedMessage::Ping(bytes))) => self.session.pong(&bytes).await?,
                        Some(Ok(_)) => {}
                    }
                },
                _ = ping.tick() => {
                    if self.heard_at.elapsed() > SILENCE {
                        return Err(close(1001, "silent"));
                    }
                    let asked = timeout(STUCK, self.session.ping(b"")).await;
                    asked.map_err(|_| close(1013, "catch up"))??;
                }
                _ = recheck.tick() => self.look_again().await?,
            }
        }
    }

    async fn hear(&mut self, text: &str, queue: &mut mpsc::Receiver<ByteString>) -> Result<(), End> {
        let Ok(word) = serde_json::from_str::<FromPage>(text) else {
            // A page of another version: it is told nothing it can't understand either.
            return Ok(());
        };
        match word {
            FromPage::Hello { since, view, conv, .. } | FromPage::View { since, view, conv } => {
                let showing = Showing { view, conversation: conv };
                self.show(since, showing, queue).await
            }
            FromPage::Seen { conv, n, mentioned } => self.seen(conv, n, mentioned).await,
            FromPage::Unseen { conv } => self.unseen(conv).await,
            FromPage::Typing { conv, on, note } => {
                if on && !note {
                    self.state.courtesies.typing(conv, self.viewer.principal.person);
                }
                self.does(conv, if on { Doing::Typing } else { Doing::Resting }).await;
                Ok(())
            }
            FromPage::Look { conv, on } => {
                self.does(conv, if on { Doing::Looking } else { Doing::Away }).await;
                Ok(())
            }
            FromPage::Active => Ok(self.state.auth.touch(self.viewer.session).await?),
        }
    }

    async fn does(&self, conversation: ConversationId, doing: Doing) {
        self.state.hub.tell(HubCommand::Does(self.id, conversation, doing)).await;
    }

    /// Subscribe, then tell what was still to be told of what was shown before, and that this was all of it, then read what
    /// was missed, then let frames flow: nothing falls between, and nothing old is told after something new.
    async fn show(
        &mut self,
        since: i64,
        showing: Showing,
        queue: &mut mpsc::Receiver<ByteString>,
    ) -> Result<(), End> {
        let (showing, facts) = self.allowed(since, showing).await?;
        let person = self.viewer.principal.person;
        let views = match showing.view {
            View::Inbox(_) => listing::saved(&saved_views::of(&self.state.db, person).await?),
            View::Floor | View::Nothing => Vec::new(),
        };
        let (joined, from) = oneshot::channel();
        let arrives = self.showing.is_none();
        let (frames, fresh) = mpsc::channel(QUEUE);
        let joining = Joining {
            id: self.id,
            viewer: self.viewer.clone(),
            tx: self.tx,
            showing: showing.clone(),
            facts,
            views,
            comes: arrives,
            frames,
            joined,
        };
        self.state.hub.tell(HubCommand::Join(Box::new(joining))).await;
        let up_to = from.await.map_err(|_| close(1012, "restart"))?;
        let mut before = mem::replace(queue, fresh);
        while let Ok(frame) = before.try_recv() {
            self.say(frame).await?;
        }
        self.say(protocol::showing()).await?;
        if arrives {
            at_work::go_on(&self.state, person).await?;
        }
        if since < up_to {
            self.catch_up(since, up_to, &showing).await?;
        }
        if arrives {
            self.say_standing(since).await?;
        }
        self.showing = Some(showing);
        self.say(protocol::ready(up_to.max(since), self.state.clock.now())).await
    }

    /// What is theirs and what calls for them, all of it, whenever a page comes or comes back: the page tells by the
    /// difference what is new.
    async fn say_standing(&mut self, since: i64) -> Result<(), End> {
        let (db, principal, now) = (&self.state.db, &self.viewer.principal, Utc::now());
        let lines = reading::conversations::held(db, principal.person).await?;
        let all: Vec<_> = lines
            .iter()
            .map(|line| {
                let class = draw::class_for(principal, &line.facts());
                present::mine(line, class, Some(line.read_count), false, self.tx, now)
            })
            .collect();
        let html =
            AllMineFragment { all: &all }.render().map_err(|error| DbErr::Custom(error.to_string()))?;
        let mine = protocol::update("mine", How::Morph, &html);
        let alarms = floor::all_alarms(db, principal, self.tx).await?;
        let updates = [Some(mine.as_str()), alarms.as_deref()];
        self.say(protocol::frame(since, updates.into_iter().flatten())).await
    }

    /// A page asks for what it likes; it is shown what its person may see. A conversation out of their sight and one that
    /// never was are answered alike, and nothing is ever told about either.
    async fn allowed(
        &mut self,
        since: i64,
        showing: Showing,
    ) -> Result<(Showing, Option<ConversationFacts>), End> {
        let principal = self.viewer.principal.clone();
        let may_watch = principal.holds(domain::Permission::ConversationAssign);
        let view = if showing.view == View::Floor && !may_watch { View::Nothing } else { showing.view };
        let Some(conversation) = showing.conversation else {
            return Ok((Showing { view, conversation: None }, None));
        };
        let found = reading::conversations::some(&self.state.db, &[conversation]).await?;
        let facts = found.first().map(ConversationLine::facts).filter(|facts| principal.can_see(facts));
        if facts.is_some() {
            return Ok((Showing { view, conversation: Some(conversation) }, facts));
        }
        let gone = protocol::gone(conversation);
        self.say(protocol::frame(since, [gone.as_str()])).await?;
        Ok((Showing { view, conversation: None }, None))
    }

    async fn catch_up(&mut self, since: i64, up_to: i64, showing: &Showing) -> Result<(), End> {
        let db = &self.state.db;
        let mut missed = relay::read_after(db, since, CATCH_UP + 1).await?;
        if since <= 0 || missed.more {
            return self.say(protocol::reset(up_to)).await;
        }
        missed.events.retain(|event| event.seq <= up_to);
        let needs = Needs::of(&missed.events);
        if needs.is_empty() {
            return Ok(());
        }
        let person = self.viewer.principal.person;
        let topics: Vec<Topic> = showing.topics(person).collect();
        let now = Utc::now();
        let (frame, gone) = {
            let mut drawings =
                prepare::prepare(db, &self.state.directory, &needs, |topic| topics.contains(&topic), now)
                    .await?;
            let lines = if showing.view == View::Floor || topics.contains(&Topic::Lists) {
                prepare::lines(db, &needs).await?
            } else {
                Vec::new()
            };
            if showing.view == View::Floor {
                drawings.extend(floor::prepare(db, &needs, &lines, up_to, now).await?);
            }
            if topics.contains(&Topic::Lists) {
                drawings.extend(prepare::lists(db, &lines, &needs, &[person], now).await?);
            }
            if topics.contains(&Topic::Waiting) && needs.queues {
                drawings.push(waiting::prepare(db, up_to, now).await?);
            }
            let mut updates = Vec::new();
            let mut gone = None;
            let eyes = Eyes { viewer: &self.viewer.principal, tx: self.tx, showing };
            for drawing in &drawings {
                match drawing.for_viewer(eyes) {
                    Seen::Update(update) => updates.push(update.to_string()),
                    Seen::Gone(conversation) => {
                        updates.push(protocol::gone(conversation));
                        gone = Some(conversation);
                    }
                    Seen::Nothing => {}
                }
            }
            (protocol::frame(up_to, updates.iter().map(String::as_str)), gone)
        };
        if let Some(conversation) = gone {
            self.does(conversation, Doing::Gone).await;
        }
        self.say(frame).await
    }

    async fn seen(&mut self, conversation: ConversationId, n: i64, mentioned: bool) -> Result<(), End> {
        let marked = inbox::read_marks::mark(&self.state.db, &self.viewer.principal, conversation, n).await?;
        let person = self.viewer.principal.person;
        // Even if they had read it before they held it: then the customer was not shown.
        self.state.courtesies.read(conversation, person);
        if mentioned {
            let now = self.state.clock.now();
            if inbox::notes::see(&self.state.db, &self.viewer.principal, conversation, now).await? {
                self.state.wakes.relay();
            }
        }
        if marked {
            self.state.hub.tell(HubCommand::Read { by: self.id, person, conversation, n }).await;
        }
        Ok(())
    }

    async fn unseen(&mut self, conversation: ConversationId) -> Result<(), End> {
        let by = &self.viewer.principal;
        let person = by.person;
        if let Some(n) = inbox::read_marks::unmark(&self.state.db, by, conversation).await? {
            self.state.hub.tell(HubCommand::Unread { person, conversation, n }).await;
        }
        Ok(())
    }

    /// A lost permission or session counts within five seconds, on open pages too.
    async fn look_again(&mut self) -> Result<(), End> {
        let found = match self.state.auth.recheck(self.viewer.session).await {
            Ok(found) => found,
            // The relay notices the same and closes all pages together.
            Err(error) => return Err(error.into()),
        };
        let Some(viewer) = found else {
            return Err(close(SIGNED_OUT, "signed out"));
        };
        if viewer.principal != self.viewer.principal {
            self.viewer = viewer.clone();
            self.state.hub.tell(HubCommand::Viewer(self.id, viewer)).await;
        }
        Ok(())
    }
}
