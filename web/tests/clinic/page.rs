//! An open page: drawn by the server, told by the socket, and kept as a browser keeps it (`web/assets/js/patch.js`).

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::SocketAddr,
    time::{Duration, Instant},
};

use domain::{ConversationId, PersonId};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest as _, http::HeaderValue},
};

use super::{PATIENCE, Person, html, until};
use crate::helpers::{Answer, by_script};

type Socket = WebSocketStream<TcpStream>;

/// What a person sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Their conversations, newest first.
    pub rows: Vec<String>,
    /// The open thread.
    pub thread: Vec<String>,
    /// Holder, queue and window of it.
    pub state: String,
    /// Their own presence.
    pub me: String,
    /// The floor: queues, agents, conversations, figures.
    pub floor: BTreeMap<&'static str, Vec<String>>,
}

/// The floor's containers. Its elements carry the cursor they were drawn at as their version.
const FLOOR: [&str; 4] = ["floor-queues", "floor-agents", "floor-alerts", "floor-conversations"];
const TOTALS: &str = "floor-totals";

impl Shown {
    fn of(page: &str, talk: Option<ConversationId>) -> Self {
        let owned = |found: Vec<&str>| found.into_iter().map(str::to_owned).collect();
        let whole = |id: &str| html::element(page, id).unwrap_or_default().to_owned();
        Self {
            rows: owned(html::children(page, "list")),
            thread: talk
                .map(|id| owned(html::children(page, &format!("thread-{id}"))))
                .unwrap_or_default()
                .into_iter()
                // Ways to go on, like the one into the past, are nothing that was said.
                .filter(|entry: &String| !seq(entry).is_empty())
                .collect(),
            state: talk.map(|id| whole(&format!("state-{id}"))).unwrap_or_default(),
            me: whole("me-presence"),
            floor: FLOOR
                .into_iter()
                .filter(|id| html::element(page, id).is_some())
                .map(|id| (id, owned(html::children(page, id))))
                .chain(html::element(page, TOTALS).map(|totals| (TOTALS, vec![totals.to_owned()])))
                .collect(),
        }
    }
}

impl Shown {
    /// A page keeps what it has; a fresh one begins with fewer messages.
    fn as_far_as(&self, fresh: &Self) -> Self {
        let begins = fresh.thread.first().map_or("", |first| seq(first));
        let thread = self.thread.iter().filter(|entry| seq(entry) >= begins).cloned().collect();
        Self { thread, ..self.clone() }.without_cursors()
    }

    /// What a page shows does not depend on when it was drawn; the cursor that some elements carry does.
    fn without_cursors(mut self) -> Self {
        for element in self.floor.values_mut().flatten() {
            let version = html::attribute(element, "data-v").unwrap_or_default();
            *element = element.replacen(&format!(" data-v=\"{version}\""), "", 1);
        }
        self
    }
}

/// One tab.
pub struct Page {
    pub person: Person,
    pub shown: Shown,
    /// Every word of the server, as it came.
    pub heard: Vec<String>,
    /// The open conversation, until it is taken away.
    pub talk: Option<ConversationId>,
    /// How the last socket ended.
    pub ended: Option<u16>,
    /// How often the server said to fetch everything again.
    pub resets: usize,
    cursor: i64,
    csrf: String,
    path: String,
    view: String,
    is_live: bool,
    /// Whether the server has turned to the list that is shown.
    is_told_of_it: bool,
    /// Whether the list stands by what falls due.
    by_due: bool,
    socket: Option<Socket>,
}

impl Page {
    /// A page that is drawn and live.
    pub async fn open(person: Person, path: String) -> Self {
        let mut page = Self::drawn(person, path).await;
        page.connect().await;
        page
    }

    /// A page without its socket.
    pub async fn drawn(person: Person, path: String) -> Self {
        let mut page = Self {
            talk: path.strip_prefix("/inbox/").map(|id| id.parse().unwrap()),
            person,
            shown: Shown::default(),
            heard: Vec::new(),
            ended: None,
            resets: 0,
            cursor: 0,
            csrf: String::new(),
            path,
            view: String::new(),
            is_live: false,
            is_told_of_it: true,
            by_due: false,
            socket: None,
        };
        page.load().await;
        page
    }

    async fn load(&mut self) {
        let body = self.fetch().await;
        let of_body = |name| html::attribute(&body[body.find("<body").unwrap()..], name).unwrap();
        self.cursor = self.cursor.max(of_body("data-cursor").parse().unwrap());
        self.view = of_body("data-view").replace("&#38;", "&");
        let (_, rest) = body.split_once("<meta name=\"csrf\" content=\"").unwrap();
        self.csrf = rest.split_once('"').unwrap().0.to_owned();
        self.by_due = body.contains("data-by=\"sla\"");
        self.shown = Shown::of(&body, self.talk);
    }

    async fn fetch(&self) -> String {
        self.person.browser.clone().get(&self.path).await.is(StatusCode::OK).body
    }

    /// What a fresh load would show now.
    pub async fn fresh(&self) -> Shown {
        Shown::of(&self.fetch().await, self.talk)
    }

    /// Ask for a socket, which says nothing yet: from our own pages, or from `origin` (empty for none).
    pub async fn upgrade(&self, origin: Option<&str>) -> Result<Socket, StatusCode> {
        let node = &self.person.node;
        let address: SocketAddr =
            format!("{}:{}", node.host_str().unwrap(), node.port().unwrap()).parse().unwrap();
        let mut request = format!("ws://{address}/live").into_client_request().unwrap();
        let origin = origin.unwrap_or(&self.person.origin);
        if !origin.is_empty() {
            request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        let mut cookies = String::new();
        for (name, value) in &self.person.browser.cookies {
            write!(cookies, "{name}={value}; ").unwrap();
        }
        request
            .headers_mut()
            .insert("cookie", HeaderValue::from_str(cookies.trim_end_matches("; ")).unwrap());
        let tcp = TcpStream::connect(address).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        match tokio_tungstenite::client_async(request, tcp).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(answer)) => {
                Err(StatusCode::from_u16(answer.status().as_u16()).unwrap())
            }
            Err(_) => Err(StatusCode::BAD_GATEWAY),
        }
    }

    /// Open the socket, say hello and wait until everything missed is here. Comes back until it succeeds, as the page
    /// does.
    pub async fn connect(&mut self) {
        let started = Instant::now();
        while !self.try_connect().await {
            assert!(started.elapsed() < PATIENCE, "the page can't reconnect: {:?}", self.ended);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn try_connect(&mut self) -> bool {
        let Ok(socket) = self.upgrade(None).await else { return false };
        (self.socket, self.ended, self.is_live) = (Some(socket), None, false);
        let mut hello = json!({ "t": "hello", "v": 1, "since": self.cursor, "view": self.view });
        if let Some(talk) = self.talk {
            hello["conv"] = json!(talk);
        }
        self.says(&hello).await;
        while !self.is_live && self.ended.is_none() {
            self.hear().await;
        }
        self.is_live
    }

    /// Say something to the server.
    pub async fn says(&mut self, word: &Value) {
        if let Some(socket) = &mut self.socket {
            // A socket that has just ended says so when it is read.
            let _ = socket.send(Message::text(word.to_string())).await;
        }
    }

    /// Go to another list as the page does: drawn by the server, and then told on which one it stands, so much `later`
    /// than something else began to happen.
    pub async fn goes_to(&mut self, query: &str, later: Duration, meanwhile: impl Future<Output = ()>) {
        let since = self.cursor;
        let drawn = self.gets(&format!("/inbox/list?{query}")).await.is(StatusCode::OK).body;
        self.view = html::attribute(&drawn, "data-list-view").unwrap().replace("&#38;", "&");
        self.path = format!("/inbox?{query}");
        self.shown.rows = Shown::of(&drawn, None).rows;
        (self.is_live, self.is_told_of_it) = (false, false);
        let told = async {
            tokio::time::sleep(later).await;
            self.says(&json!({ "t": "view", "since": since, "view": self.view })).await;
            while !self.is_live && self.ended.is_none() {
                self.hear().await;
            }
        };
        tokio::join!(told, meanwhile);
    }

    /// The line is cut: nobody says goodbye.
    pub fn cut(&mut self) {
        self.socket = None;
        self.is_live = false;
    }

    /// Take in what comes next.
    async fn hear(&mut self) {
        let Some(socket) = &mut self.socket else {
            self.ended.get_or_insert(0);
            return;
        };
        let next = tokio::time::timeout(PATIENCE, socket.next()).await;
        let next = next.unwrap_or_else(|_| panic!("the server says nothing at all"));
        match next {
            Some(Ok(Message::Text(text))) => self.take_in(text.to_string()).await,
            Some(Ok(Message::Close(reason))) => {
                self.ended = Some(reason.map_or(0, |reason| reason.code.into()));
                self.cut();
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => {
                self.ended.get_or_insert(0);
                self.cut();
            }
        }
    }

    async fn take_in(&mut self, text: String) {
        let word: Value = serde_json::from_str(&text).unwrap();
        self.heard.push(text);
        for update in word["u"].as_array().into_iter().flatten() {
            let to = update["to"].as_str().unwrap();
            if self.is_told_of_it || !(to == "list" || to.starts_with("row-")) {
                self.apply(update);
            }
        }
        self.ask_where_stale(&word).await;
        match word["t"].as_str() {
            Some("showing") => self.is_told_of_it = true,
            Some("ready") => self.is_live = true,
            Some("reset") => {
                self.resets += 1;
                self.load().await;
            }
            _ => {}
        }
        self.cursor = self.cursor.max(word["s"].as_i64().unwrap_or_default());
    }

    /// Of what is asked for, a thread shows where other conversations began.
    async fn ask_where_stale(&mut self, word: &Value) {
        let Some(talk) = self.talk else { return };
        let details = format!("details-{talk}");
        let mut updates = word["u"].as_array().into_iter().flatten();
        if updates.any(|update| update["how"] == "stale" && update["to"] == details.as_str()) {
            let is_parallel = |entry: &String| entry.starts_with("<div id=\"parallel-");
            let fresh = self.fresh().await.thread.into_iter().filter(is_parallel);
            self.shown.thread.retain(|entry| !is_parallel(entry));
            self.shown.thread.extend(fresh);
            self.shown.thread.sort_by(|one, other| seq(one).cmp(seq(other)));
        }
    }

    fn apply(&mut self, update: &Value) {
        let (to, html) = (update["to"].as_str().unwrap(), update["h"].as_str().unwrap_or_default());
        let talk = self.talk.map(|id| id.to_string()).unwrap_or_default();
        match update["how"].as_str().unwrap() {
            "place" if to == "list" => {
                html::elements(html).into_iter().for_each(|one| place(&mut self.shown.rows, one));
                let by_due = self.by_due;
                self.shown.rows.sort_by_cached_key(|row| {
                    let due = html::attribute(row, "data-sla").filter(|_| by_due).map(str::to_owned);
                    (due, std::cmp::Reverse(seq(row).to_owned()))
                });
            }
            "place" if to == format!("thread-{talk}") => {
                html::elements(html).into_iter().for_each(|one| place(&mut self.shown.thread, one));
                self.shown.thread.sort_by(|one, other| seq(one).cmp(seq(other)));
            }
            "morph" if to.starts_with("row-") => {
                let shown = |row: &&mut String| html::attribute(row, "id") == Some(to);
                self.shown.rows.iter_mut().filter(shown).for_each(|row| morph(row, html));
            }
            "morph" if to == "me-presence" => morph(&mut self.shown.me, html),
            "morph" if to == format!("state-{talk}") => morph(&mut self.shown.state, html),
            "place" if FLOOR.contains(&to) => {
                if let Some(container) = self.shown.floor.get_mut(to) {
                    html::elements(html).into_iter().for_each(|one| place(container, one));
                    container.sort_by(|one, other| seq(one).cmp(seq(other)));
                }
            }
            "morph" if to == TOTALS => {
                self.shown.floor.get_mut(to).into_iter().flatten().for_each(|totals| morph(totals, html));
            }
            "delete" => {
                let own = [&mut self.shown.rows, &mut self.shown.thread];
                let lists = self.shown.floor.values_mut().chain(own);
                lists.for_each(|list| list.retain(|one| html::attribute(one, "id") != Some(to)));
            }
            "gone" if to == format!("thread-{talk}") => {
                self.talk = None;
                self.shown.thread.clear();
                self.shown.state.clear();
                self.path = "/inbox".to_owned();
            }
            "place" | "morph" | "gone" | "stale" => {}
            how => panic!("nobody agreed on {how}"),
        }
    }

    /// Listen until the page shows what is wanted.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !wanted(self) {
            assert!(self.ended.is_none(), "the socket ended with {:?} before: {what}", self.ended);
            let left = PATIENCE.saturating_sub(started.elapsed());
            let heard = tokio::time::timeout(left, self.hear()).await;
            assert!(heard.is_ok(), "it never came: {what}\nshown: {:#?}", self.shown);
        }
    }

    /// Listen until the socket ends; how it ended.
    pub async fn until_it_ends(&mut self) -> u16 {
        let started = Instant::now();
        loop {
            if let Some(code) = self.ended {
                return code;
            }
            let left = PATIENCE.saturating_sub(started.elapsed());
            tokio::time::timeout(left, self.hear())
                .await
                .unwrap_or_else(|_| panic!("the socket does not end"));
        }
    }

    /// The page ends up as a fresh load would be. Comes back by itself when it is cut, as pages do.
    pub async fn becomes_a_fresh_load(&mut self) {
        let started = Instant::now();
        loop {
            if self.socket.is_none() {
                self.connect().await;
            }
            let fresh = self.fresh().await;
            if self.shown.as_far_as(&fresh) == fresh.clone().without_cursors() {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "the page differs from a fresh load.\nshown: {:#?}\nfresh: {fresh:#?}",
                self.shown
            );
            // More may be on its way, or nothing.
            let _ = tokio::time::timeout(Duration::from_millis(200), self.hear()).await;
        }
    }

    /// The words of the open thread, without its system lines.
    pub fn bubbles(&self) -> Vec<&str> {
        let messages = self.shown.thread.iter().filter(|entry| entry.contains("id=\"m-"));
        messages.map(|message| words(message)).collect()
    }

    /// Whether this text stands in the open thread.
    pub fn shows(&self, text: &str) -> bool {
        self.bubbles().contains(&text)
    }

    /// Whether a message of ours stands there with these ticks.
    pub fn shows_ticks(&self, text: &str, mark: &str) -> bool {
        self.shown.thread.iter().any(|entry| words(entry) == text && entry.contains(mark))
    }

    /// Whether the list has this conversation.
    pub fn lists(&self, talk: ConversationId) -> bool {
        let id = format!("row-{talk}");
        self.shown.rows.iter().any(|row| html::attribute(row, "id") == Some(&id))
    }

    /// Whether the floor has an element in one of its containers that says so.
    pub fn floor_says(&self, container: &str, words: &str) -> bool {
        self.shown.floor.get(container).into_iter().flatten().any(|element| element.contains(words))
    }

    /// A request as this page's scripts make it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.person.browser.request(method, path);
        by_script(request).header("hx-request", "true").header("x-csrf", &self.csrf)
    }

    pub async fn posts(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path).form(form);
        self.person.browser.clone().send(request).await
    }

    pub async fn puts(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::PUT, path).form(form);
        self.person.browser.clone().send(request).await
    }

    /// What a script of the page fetches.
    pub async fn gets(&self, path: &str) -> Answer {
        self.person.browser.clone().send(self.request(Method::GET, path)).await
    }

    pub async fn posts_json(&self, path: &str, body: &Value) -> Answer {
        self.person.browser.clone().send(self.request(Method::POST, path).json(body)).await
    }

    /// Answer the customer.
    pub async fn replies(&self, talk: ConversationId, text: &str) -> Answer {
        self.replies_as(talk, text, &uuid::Uuid::now_v7().to_string()).await
    }

    /// The same with the id that the browser made for this click.
    pub async fn replies_as(&self, talk: ConversationId, text: &str, client: &str) -> Answer {
        self.posts(&format!("/conversations/{talk}/messages"), &[("client_id", client), ("body", text)]).await
    }

    /// Give a conversation to somebody.
    pub async fn gives(&self, talk: ConversationId, to: PersonId) -> Answer {
        self.posts(&format!("/conversations/{talk}/assignee"), &[("person", &to.to_string())]).await
    }

    /// The same answer again and again until it is the wanted one.
    pub async fn gets_in_the_end(&self, path: &str, wanted: StatusCode) {
        until(&format!("{wanted} of {path}"), || async {
            let request = self.request(Method::GET, path);
            (self.person.browser.status_of(request).await == wanted).then_some(())
        })
        .await;
    }
}

fn version(element: &str) -> i64 {
    html::attribute(element, "data-v").map_or(0, |version| version.parse().unwrap())
}

fn seq(element: &str) -> &str {
    html::attribute(element, "data-seq").unwrap_or_default()
}

fn morph(element: &mut String, next: &str) {
    if !element.is_empty() && version(next) >= version(element) {
        next.clone_into(element);
    }
}

fn place(container: &mut Vec<String>, next: &str) {
    let id = html::attribute(next, "id");
    match container.iter_mut().find(|one| html::attribute(one, "id") == id) {
        Some(old) => morph(old, next),
        None => container.push(next.to_owned()),
    }
}

/// What a bubble says.
fn words(message: &str) -> &str {
    let Some((_, rest)) = message.split_once("<span class=\"txt\" dir=\"auto\">") else { return "" };
    rest.split_once("</span>").map_or("", |(text, _)| text)
}
