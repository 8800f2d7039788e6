//! The inbox: one's own conversations, and one of them open.

use std::mem;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use chrono::{DateTime, Utc};
use domain::{ConversationId, Permission, Visibility};
use inbox::{
    contacts,
    reading::{
        self,
        conversations::ConversationLine,
        messages::{MessageLine, Place},
        notes::{self, NoteLine},
        past::TalkLine,
        start::Start,
        timeline::TimelineEvent,
    },
};
use sea_orm::DatabaseConnection;
use serde::Deserialize;
use url::form_urlencoded;
use views::{EarlierFragment, Entry, InboxPage, Section, Thread, ThreadPane, time};

use super::{
    frame, html,
    lists::{Listed, listed},
    within_reach, words,
};
use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry as AuditEntry},
    },
    error::PageError,
    listing::{self, Around},
    live::{Names, class_for},
    present::{self, Class},
    security_headers::Nonce,
    state::AppState,
};

/// How many messages a thread opens with, and how many come with each look back.
const MESSAGES: u64 = 40;
/// Of those, how many stand before the one that a thread is opened at.
const BEFORE: u64 = 20;
/// Lines between them, at most.
pub(super) const LINES: u64 = 60;

/// Which message or note an address opens a thread at. What is none is no reason not to open it.
fn opened_at(query: &str) -> Option<uuid::Uuid> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "at")
        .find_map(|(_, value)| value.parse().ok())
}

/// GET /inbox: the page, or with `HX-Request` the two panes with nothing open.
///
/// # Errors
/// When the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if request.headers().contains_key("hx-request") {
        let tx = words(&viewer);
        return html(&ThreadPane { tx, viewer: viewer.principal.person, thread: None });
    }
    page(&viewer, &nonce, &request, &state, None, None).await
}

/// GET /inbox/{conversation}: the page, or with `HX-Request` the two panes.
///
/// # Errors
/// Not found, also for conversations that are not this person's to see.
pub async fn open(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<ConversationId>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let at = opened_at(request.query_string());
    if !request.headers().contains_key("hx-request") {
        return page(&viewer, &nonce, &request, &state, Some(*id), at).await;
    }
    let line = within_reach(&viewer, &state, *id, Permission::ConversationRead).await?;
    let thread = thread(&viewer, &request, &state, &line, at).await?;
    let tx = words(&viewer);
    let pane = ThreadPane { tx, viewer: viewer.principal.person, thread: Some(&thread) };
    html(&pane)
}

/// GET /inbox/{conversation}/earlier: what was said before.
///
/// # Errors
/// Not found, as for the conversation itself.
pub async fn earlier(
    viewer: SignedIn,
    id: Path<ConversationId>,
    query: Query<Earlier>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let line = within_reach(&viewer, &state, *id, Permission::ConversationRead).await?;
    audit_outsider(&viewer, &request, &state, &line).await?;
    let (written_at, position) = time::parse_seq(&query.before).ok_or(PageError::NotFound)?;
    let before = Place { written_at, position };
    let class = class_for(&viewer.principal, &line.facts());
    let stretch = Stretch::read(&state.db, *id, Some(before)).await?;
    let reach = viewer.principal.reach(Permission::ConversationRead);
    let between = Between::read(&state.db, &reach, *id, stretch.since(), Some(before.written_at)).await?;
    let names = state.directory.names().await?;
    let (entries, earlier) = (stretch.entries(&between, &names, class), stretch.earlier());
    html(&EarlierFragment { tx: words(&viewer), entries: &entries, earlier: earlier.as_deref(), later: None })
}

/// GET /inbox/{conversation}/later: what was said after, for a thread that was opened at an older message.
///
/// # Errors
/// Not found, as for the conversation itself.
pub async fn later(
    viewer: SignedIn,
    id: Path<ConversationId>,
    query: Query<Later>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let line = within_reach(&viewer, &state, *id, Permission::ConversationRead).await?;
    audit_outsider(&viewer, &request, &state, &line).await?;
    let (written_at, position) = time::parse_seq(&query.after).ok_or(PageError::NotFound)?;
    let class = class_for(&viewer.principal, &line.facts());
    let stretch = Stretch::after(&state.db, *id, Place { written_at, position }).await?;
    // Of the second it goes on after, what the page has already is drawn again, and placed once.
    let reach = viewer.principal.reach(Permission::ConversationRead);
    let between = Between::read(&state.db, &reach, *id, Some(written_at), stretch.until()).await?;
    let names = state.directory.names().await?;
    let (entries, later) = (stretch.entries(&between, &names, class), stretch.later());
    html(&EarlierFragment { tx: words(&viewer), entries: &entries, earlier: None, later: later.as_deref() })
}

/// Where to go on forwards.
#[derive(Debug, Deserialize)]
pub struct Later {
    after: String,
}

/// Where to go on backwards.
#[derive(Debug, Deserialize)]
pub struct Earlier {
    before: String,
}

async fn page(
    viewer: &SignedIn,
    nonce: &Nonce,
    request: &HttpRequest,
    state: &AppState,
    open: Option<ConversationId>,
    at: Option<uuid::Uuid>,
) -> Result<HttpResponse, PageError> {
    let person = viewer.principal.person;
    let reach = viewer.principal.reach(Permission::ConversationRead);
    // The cursor comes first: what happens while the rows are read is told again, never missed.
    let start: Start = reading::start::start(&state.db, person).await?;
    let view = listing::view(request.query_string());
    let Listed { list, saved, places, lines, counts } = listed(viewer, state, &start, &view, None).await?;
    let thread = match open {
        Some(id) => {
            let line = match lines.into_iter().find(|line| line.id == id) {
                Some(line) => line,
                None => reading::conversations::one(&state.db, person, id, &reach)
                    .await?
                    .ok_or(PageError::NotFound)?,
            };
            Some(thread(viewer, request, state, &line, at).await?)
        }
        None => None,
    };
    let around = Around { tx: words(viewer), viewer: &viewer.principal, saved: &saved, places: &places };
    html(&InboxPage {
        frame: frame(viewer, nonce, &start, Section::Inbox, list.live_view.clone()),
        side: around.side(&view, &counts),
        counts,
        list,
        thread,
    })
}

async fn thread(
    viewer: &SignedIn,
    request: &HttpRequest,
    state: &AppState,
    line: &ConversationLine,
    at: Option<uuid::Uuid>,
) -> Result<Thread, PageError> {
    let facts = line.facts();
    audit_outsider(viewer, request, state, line).await?;
    let class = class_for(&viewer.principal, &facts);
    let reach = viewer.principal.reach(Permission::ConversationRead);
    let at = match at {
        // A message that is gone, or of another conversation, is no reason not to open this one.
        Some(id) => reading::messages::place(&state.db, line.id, id).await?.map(|place| (id, place)),
        None => None,
    };
    let stretch = match at {
        Some((_, place)) => Stretch::around(&state.db, line.id, place).await?,
        None => Stretch::read(&state.db, line.id, None).await?,
    };
    let mut beside =
        reading::details::details(&state.db, line.contact_id, line.id, &reach, stretch.since(), LINES)
            .await?
            .ok_or(PageError::NotFound)?;
    let names = state.directory.names().await?;
    let mut details = present::details(line, &beside, class);
    details.may_update = viewer.principal.can(Permission::ContactUpdate, &facts);
    details.may_merge = viewer.principal.can(Permission::ContactMerge, &facts);
    details.may_block = viewer.principal.can(Permission::ContactBlock, &facts);
    if viewer.principal.can(Permission::ContactMerge, &facts) {
        for one in contacts::proposals_of(&state.db, line.contact_id).await? {
            // What one may not see does not exist, not even as somebody's likeness.
            if contacts::is_within(&state.db, &viewer.principal, Permission::ContactMerge, one.other_id)
                .await?
            {
                details.alike.push(present::alike(&one, class));
            }
        }
        let joins = contacts::joined_into(&state.db, line.contact_id).await?;
        details.joined = joins.iter().map(|join| present::joined(join, class)).collect();
    }
    let may = |permission| viewer.principal.can(permission, &facts);
    let between = if stretch.later {
        Between::read(&state.db, &reach, line.id, stretch.since(), stretch.until()).await?
    } else {
        Between {
            events: mem::take(&mut beside.events),
            notes: mem::take(&mut beside.notes),
            parallel: mem::take(&mut beside.parallel),
        }
    };
    Ok(Thread {
        contact: line.contact_id,
        contact_name: details.name.clone(),
        vip: line.vip,
        state: present::state(line, state.clock.now()),
        entries: stretch.entries(&between, &names, class),
        planned: present::planned(&beside.planned),
        earlier: stretch.earlier(),
        later: stretch.later(),
        at: at.map(|(id, _)| id.to_string()),
        read_count: i32::try_from(line.read_count).unwrap_or(i32::MAX),
        may_reply: may(Permission::ConversationReply),
        signature: viewer.signature.clone(),
        may_note: may(Permission::ConversationNote),
        may_close: may(Permission::ConversationClose),
        may_transfer: may(Permission::ConversationTransfer),
        may_claim: may(Permission::ConversationClaim),
        may_tag: may(Permission::ConversationTag),
        // Who closes it holds it until then, and may open it again.
        may_reopen: may(Permission::ConversationReopen),
        may_snooze: may(Permission::ConversationSnooze),
        may_see_raw: may(Permission::MessageRaw),
        may_see_originals: may(Permission::MessageOriginal),
        details,
    })
}

/// Whoever sees a conversation only because they see everything leaves a line.
pub(super) async fn audit_outsider(
    viewer: &SignedIn,
    request: &HttpRequest,
    state: &AppState,
    line: &ConversationLine,
) -> Result<(), PageError> {
    if !viewer.principal.sees_as_an_outsider(&line.facts()) {
        return Ok(());
    }
    let address = state.auth.client(request).address;
    let entry = AuditEntry {
        actor: Some(viewer.principal.person),
        address: &address,
        action: "conversation.read",
        object: Some(line.id.to_string()),
        detail: serde_json::Value::Null,
        succeeded: true,
    };
    audit::record(&state.db, entry, state.clock.now()).await?;
    Ok(())
}

/// What stands between the messages of a thread.
pub(super) struct Between {
    /// What happened.
    pub(super) events: Vec<TimelineEvent>,
    /// What colleagues noted.
    pub(super) notes: Vec<NoteLine>,
    /// Where other conversations of the same contact began.
    pub(super) parallel: Vec<TalkLine>,
}

impl Between {
    async fn read(
        db: &DatabaseConnection,
        reach: &Visibility,
        conversation: ConversationId,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, PageError> {
        Ok(Self {
            events: reading::timeline::events(db, conversation, from, until, LINES).await?,
            notes: notes::between(db, conversation, from, until).await?,
            parallel: reading::past::parallel(db, reach, conversation, from, until).await?,
        })
    }
}

/// Messages that follow each other in a thread.
pub(super) struct Stretch {
    messages: Vec<MessageLine>,
    /// Whether there may be older ones.
    more: bool,
    /// Whether there may be newer ones.
    later: bool,
}

impl Stretch {
    pub(super) async fn read(
        db: &DatabaseConnection,
        conversation: ConversationId,
        before: Option<Place>,
    ) -> Result<Self, PageError> {
        let messages = reading::messages::thread(db, conversation, before, MESSAGES).await?;
        let more = messages.len() as u64 >= MESSAGES;
        Ok(Self { messages, more, later: false })
    }

    async fn after(
        db: &DatabaseConnection,
        conversation: ConversationId,
        place: Place,
    ) -> Result<Self, PageError> {
        let messages = reading::messages::after(db, conversation, place, MESSAGES).await?;
        let later = messages.len() as u64 >= MESSAGES;
        Ok(Self { messages, more: false, later })
    }

    /// Some before a place, what stands there, and some after.
    async fn around(
        db: &DatabaseConnection,
        conversation: ConversationId,
        place: Place,
    ) -> Result<Self, PageError> {
        let behind = Place { position: place.position + 1, ..place };
        let mut messages = reading::messages::thread(db, conversation, Some(behind), BEFORE).await?;
        let more = messages.len() as u64 >= BEFORE;
        let after = reading::messages::after(db, conversation, place, MESSAGES - BEFORE).await?;
        let later = after.len() as u64 >= MESSAGES - BEFORE;
        messages.extend(after);
        Ok(Self { messages, more, later })
    }

    /// Until when events belong to this stretch, the last second whole; always, when it reaches to the end.
    fn until(&self) -> Option<DateTime<Utc>> {
        let last = self.messages.last().filter(|_| self.later)?;
        Some(last.written_at + chrono::TimeDelta::seconds(1))
    }

    /// Where to go on forwards.
    fn later(&self) -> Option<String> {
        let last = self.messages.last().filter(|_| self.later)?;
        Some(time::seq(&last.written_at, last.position))
    }

    /// The oldest message, if there may be others before it.
    fn oldest(&self) -> Option<&MessageLine> {
        self.messages.first().filter(|_| self.more)
    }

    /// Since when events belong to this stretch; always, when it reaches back to the beginning.
    pub(super) fn since(&self) -> Option<DateTime<Utc>> {
        self.oldest().map(|line| line.written_at)
    }

    /// Where to go on backwards.
    pub(super) fn earlier(&self) -> Option<String> {
        self.oldest().map(|line| time::seq(&line.written_at, line.position))
    }

    /// Messages and what stands between them, in the order of the thread.
    pub(super) fn entries(&self, between: &Between, names: &Names, class: Class) -> Vec<Entry> {
        let Between { events, notes, parallel } = between;
        let messages = self
            .messages
            .iter()
            .map(|line| present::message(line, class))
            .map(|message| (message.seq.clone(), Entry::Message(Box::new(message))));
        let lines = events
            .iter()
            .filter_map(|event| present::line(event, names))
            .map(|line| (line.seq.clone(), Entry::System(line)));
        let notes =
            notes.iter().map(present::note).map(|note| (note.seq.clone(), Entry::Note(Box::new(note))));
        let parallel =
            parallel.iter().map(present::parallel).map(|talk| (talk.seq.clone(), Entry::Parallel(talk)));
        let mut entries: Vec<(String, Entry)> = messages.chain(notes).chain(lines).chain(parallel).collect();
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_says_it_wrong_opens_the_thread_all_the_same() {
        let id = uuid::Uuid::from_u128(7);
        assert_eq!(opened_at(&format!("list=all&at={id}")), Some(id));
        assert_eq!(opened_at(&format!("at={id}?at=0&at={id}")), Some(id));
        assert_eq!(opened_at("at=yesterday"), None);
        assert_eq!(opened_at(""), None);
    }
}
