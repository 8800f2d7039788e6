//! An agent as a browser is one: signs in, says that they are available, keeps a socket open and looks at it.

use std::{
    borrow::Cow,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use anyhow::{Context as _, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Client, Response, header};
use serde::Deserialize;
use tokio::{net::TcpStream, sync::mpsc, task::JoinHandle, time::Instant};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

use crate::{
    tally::{Sight, Tally, markers},
    world,
};

/// The run that sockets report to, if there is one.
pub type Watched = Arc<RwLock<Option<Arc<Tally>>>>;

/// A conversation in an agent's list, with the number of the message that showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The message in its row.
    pub number: usize,
    /// The conversation.
    pub conversation: String,
}

/// A signed-in agent.
pub struct Agent {
    base: String,
    cookies: String,
    csrf: String,
    client: Client,
    socket: Option<Socket>,
}

struct Socket {
    say: mpsc::UnboundedSender<String>,
    cursor: Arc<AtomicI64>,
    listed: Arc<Mutex<Vec<Listed>>>,
    reading: JoinHandle<()>,
}

impl Agent {
    /// Sign in with the form.
    ///
    /// # Errors
    /// When the server does not let them in.
    pub async fn sign_in(base: &str, email: &str, client: &Client) -> anyhow::Result<Self> {
        let url = format!("{base}/sign-in");
        let form = client.get(&url).send().await?;
        let cookies = cookies(&form);
        let page = form.text().await?;
        let csrf =
            between(&page, "name=\"csrf\" value=\"", "\"").context("a sign-in form without a token")?;
        let fields = [("csrf", csrf), ("email", email), ("password", world::PASSWORD)];
        let answer = client
            .post(&url)
            .header(header::COOKIE, cookies)
            .header(header::ORIGIN, base)
            .form(&fields)
            .send()
            .await?;
        if !(answer.status().is_success() || answer.status().is_redirection()) {
            bail!("{email} was not let in: {}", answer.status());
        }
        let session = self::cookies(&answer);
        let home = client.get(format!("{base}/inbox")).header(header::COOKIE, &session).send().await?;
        let cookies = [session, self::cookies(&home)].into_iter().filter(|some| !some.is_empty());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let page = home.error_for_status()?.text().await?;
        let csrf =
            between(&page, "name=\"csrf\" content=\"", "\"").context("a page without a token")?.to_owned();
        Ok(Self { base: base.to_owned(), cookies, csrf, client: client.clone(), socket: None })
    }

    /// Ask for a page; its text.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn page(&self, path: impl AsRef<str>) -> anyhow::Result<String> {
        Self::text(self.get(path.as_ref())).await
    }

    /// Ask for a part of a page, as a page does that is there already; its text.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn pane(&self, path: impl AsRef<str>) -> anyhow::Result<String> {
        Self::text(self.get(path.as_ref()).header("hx-request", "true")).await
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.base)).header(header::COOKIE, &self.cookies)
    }

    async fn text(request: reqwest::RequestBuilder) -> anyhow::Result<String> {
        Ok(request.send().await?.error_for_status()?.text().await?)
    }

    /// Take conversations from now on.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn be_available(&self) -> anyhow::Result<()> {
        let request = self.client.put(format!("{}/me/presence", self.base));
        self.unsafe_request(request, &[("state", "available")]).await
    }

    /// Answer a customer.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn reply(&self, conversation: &str, body: &str) -> anyhow::Result<()> {
        let client_id = uuid::Uuid::now_v7().to_string();
        let request = self.client.post(format!("{}/conversations/{conversation}/messages", self.base));
        self.unsafe_request(request, &[("client_id", &client_id), ("body", body)]).await
    }

    /// Close a conversation.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn close(&self, conversation: &str) -> anyhow::Result<()> {
        let request = self.client.post(format!("{}/conversations/{conversation}/close", self.base));
        self.unsafe_request(request, &[]).await
    }

    async fn unsafe_request(
        &self,
        request: reqwest::RequestBuilder,
        form: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        request
            .header(header::COOKIE, &self.cookies)
            .header(header::ORIGIN, &self.base)
            .header("x-csrf", &self.csrf)
            .form(form)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// Open the page's socket and report what it shows.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn watch(&mut self, watched: &Watched) -> anyhow::Result<()> {
        let page = self.page("/inbox").await?;
        let cursor = between(&page, "data-cursor=\"", "\"").context("a page without a cursor")?.parse()?;
        self.socket = Some(self.open_socket(cursor, watched.clone()).await?);
        Ok(())
    }

    /// Open one more socket, as another tab would, that shows the list and is not looked at.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn another_tab(&self) -> anyhow::Result<Tab> {
        let cursor = self.socket.as_ref().map_or(0, |socket| socket.cursor.load(Relaxed));
        Ok(Tab(self.open_socket(cursor, Watched::default()).await?))
    }

    /// Open a conversation in the page.
    ///
    /// # Errors
    /// When the socket is gone.
    pub fn show(&self, conversation: &str) -> anyhow::Result<()> {
        let socket = self.socket.as_ref().context("no socket is open")?;
        let since = socket.cursor.load(Relaxed);
        let view = format!(r#"{{"t":"view","view":"inbox","conv":"{conversation}","since":{since}}}"#);
        socket.say.send(view).context("the socket is closed")
    }

    /// The conversations whose rows came since this was asked last.
    #[must_use]
    pub fn take_listed(&self) -> Vec<Listed> {
        let listed = self
            .socket
            .as_ref()
            .and_then(|socket| socket.listed.lock().ok().map(|mut all| std::mem::take(&mut *all)));
        listed.unwrap_or_default()
    }

    /// Whether the socket is still open.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.socket.as_ref().is_some_and(|socket| !socket.reading.is_finished())
    }

    async fn open_socket(&self, cursor: i64, watched: Watched) -> anyhow::Result<Socket> {
        let url = format!("{}/live", self.base.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("cookie", self.cookies.parse()?);
        request.headers_mut().insert("origin", self.base.parse()?);
        let host = self.base.trim_start_matches("http://");
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (socket, _) =
            tokio_tungstenite::client_async(request, stream).await.context("open the socket")?;
        let (mut out, mut frames) = socket.split();
        let (say, mut said) = mpsc::unbounded_channel::<String>();
        let (cursor, listed) = (Arc::new(AtomicI64::new(cursor)), Arc::<Mutex<Vec<Listed>>>::default());
        let hello = format!(r#"{{"t":"hello","v":1,"since":{},"view":"inbox"}}"#, cursor.load(Relaxed));
        out.send(Message::text(hello)).await?;
        let reading = tokio::spawn({
            let (cursor, listed) = (cursor.clone(), listed.clone());
            async move {
                loop {
                    tokio::select! {
                        frame = frames.next() => match frame {
                            Some(Ok(Message::Text(text))) => look(&text, &cursor, &listed, &watched),
                            Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                            Some(Ok(_)) => {}
                        },
                        Some(words) = said.recv() => if out.send(Message::text(words)).await.is_err() { break },
                    }
                }
            }
        });
        Ok(Socket { say, cursor, listed, reading })
    }
}

/// An idle socket; closed when dropped.
pub struct Tab(Socket);

impl Drop for Tab {
    fn drop(&mut self) {
        self.0.reading.abort();
    }
}

#[derive(Deserialize)]
struct Frame<'a> {
    s: Option<i64>,
    #[serde(borrow, default)]
    u: Vec<Update<'a>>,
}

#[derive(Deserialize)]
struct Update<'a> {
    #[serde(borrow)]
    to: Cow<'a, str>,
    #[serde(borrow, default)]
    h: Cow<'a, str>,
}

fn look(text: &str, cursor: &AtomicI64, listed: &Mutex<Vec<Listed>>, watched: &RwLock<Option<Arc<Tally>>>) {
    let now = Instant::now();
    // What is no frame is no news of messages; a message in it would be missed, and counted as lost.
    let Ok(frame) = serde_json::from_str::<Frame<'_>>(text) else { return };
    if let Some(seq) = frame.s {
        cursor.fetch_max(seq, Relaxed);
    }
    let tally = watched.read().ok().and_then(|watched| watched.clone());
    for update in frame.u {
        let sight = if update.to.starts_with("thread-") {
            Sight::Bubble
        } else if update.to == "list" {
            Sight::Row
        } else {
            continue;
        };
        for number in markers(&update.h) {
            if let Some(tally) = &tally {
                tally.saw(number, sight, now);
            }
            if sight == Sight::Row
                && let Some(conversation) = between(&update.h, "id=\"row-", "\"")
                && let Ok(mut listed) = listed.lock()
            {
                listed.push(Listed { number, conversation: conversation.to_owned() });
            }
        }
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let start = text.find(before)? + before.len();
    text.get(start..)?.split(after).next()
}

fn cookies(answer: &Response) -> String {
    answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_shows_bubbles_and_rows_and_moves_the_cursor() {
        let (cursor, listed) = (AtomicI64::new(3), Mutex::default());
        let tally = Arc::new(Tally::new(0, [Sight::Bubble, Sight::Row].into_iter()));
        let watched = RwLock::new(Some(tally.clone()));
        let frame = r#"{"s":9,"u":[{"to":"thread-c1","how":"place","h":"<div class=\"msg\">zqx00000000</div>"},
            {"to":"list","how":"place","h":"<li id=\"row-c2\">zqx00000001 hola</li>"}]}"#;
        look(frame, &cursor, &listed, &watched);
        assert_eq!(cursor.load(Relaxed), 9);
        assert_eq!(tally.counts().1, 2);
        let listed = listed.into_inner().unwrap();
        assert_eq!(listed, [Listed { number: 1, conversation: "c2".to_owned() }]);
    }
}
