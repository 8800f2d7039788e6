//! Waking other nodes. A hint and nothing more: rows are the truth, and a lost hint costs a poll.
//!
//! Postgres carries hints by default, on connections of their own and never inside a transaction that matters: NOTIFY
//! makes commits wait for each other. NATS carries them where `BUS_URL` names one.

mod nats;
mod postgres;

use std::time::Duration;

use inbox::{Wakes, wakes::Bell};
use secrecy::ExposeSecret as _;
use tokio::sync::watch;

use crate::{
    live::{Hub, HubCommand},
    state::AppState,
};

/// Hints of one kind go out at most this often; the first one goes at once.
const EVERY: Duration = Duration::from_millis(20);
/// After a fault of the bus.
const AGAIN: Duration = Duration::from_secs(1);

/// What travels: who rang, and which bells.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hint {
    node: uuid::Uuid,
    bells: Vec<Bell>,
}

impl Hint {
    fn text(&self) -> String {
        let bells: Vec<&str> = self.bells.iter().map(|bell| word(*bell)).collect();
        format!("{} {}", self.node, bells.join(" "))
    }

    /// What another version can't read is no hint.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let node = words.next()?.parse().ok()?;
        let bells = words.filter_map(|text| Bell::ALL.into_iter().find(|bell| word(*bell) == text)).collect();
        Some(Self { node, bells })
    }
}

const fn word(bell: Bell) -> &'static str {
    match bell {
        Bell::Apply => "apply",
        Bell::Dispatch => "dispatch",
        Bell::Relay => "relay",
        Bell::Send => "send",
        Bell::Work => "work",
    }
}

/// Carry hints between this node and the others until the process ends. Faults are waited out: polling goes on.
pub async fn run(state: AppState) {
    let node = uuid::Uuid::now_v7();
    let mut stop = state.stop.subscribe();
    while !*stop.borrow() {
        let url = state.settings.bus.url.expose_secret();
        let carried = async {
            if url.is_empty() {
                postgres::carry(&state.settings.database, node, &state.wakes, &state.hub).await
            } else {
                nats::carry(url, node, &state.wakes, &state.hub).await
            }
        };
        tokio::select! {
            Err(error) = carried => {
                tracing::warn!(error = format!("{error:#}"), "other nodes can't be woken; they look for themselves meanwhile");
                wait(&mut stop).await;
            }
            _ = stop.changed() => {}
        }
    }
}

async fn wait(stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(AGAIN) => {}
        _ = stop.changed() => {}
    }
}

/// The word before what a node says of who looks at its conversations. Other versions hear no bell in it.
const LOOKS: &str = "looks";

/// The next thing that other nodes should hear.
async fn next(node: uuid::Uuid, wakes: &Wakes, hub: &Hub) -> String {
    tokio::select! {
        bells = wakes.for_others() => Hint { node, bells }.text(),
        piece = hub.for_others() => format!("{node} {LOOKS} {piece}"),
    }
}

/// Take in what another node said.
async fn take_in(text: &str, node: uuid::Uuid, wakes: &Wakes, hub: &Hub) {
    match looks(text) {
        Some((other, piece)) if other != node => hub.tell(HubCommand::Abroad(other, piece.to_owned())).await,
        Some(_) => {}
        None => heed(text, node, wakes),
    }
}

fn looks(text: &str) -> Option<(uuid::Uuid, &str)> {
    let (node, rest) = text.split_once(' ')?;
    let piece = rest.strip_prefix(LOOKS)?.strip_prefix(' ')?;
    Some((node.parse().ok()?, piece))
}

/// Ring here what another node rang.
fn heed(text: &str, node: uuid::Uuid, wakes: &Wakes) {
    if let Some(hint) = Hint::parse(text).filter(|hint| hint.node != node) {
        for bell in hint.bells {
            wakes.ring_here(bell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_survives_the_wire_and_a_newer_bell_is_passed_over() {
        let hint = Hint { node: uuid::Uuid::now_v7(), bells: vec![Bell::Apply, Bell::Relay] };
        assert_eq!(Hint::parse(&hint.text()), Some(hint.clone()));
        let newer = format!("{} apply trumpet", hint.node);
        assert_eq!(Hint::parse(&newer).map(|hint| hint.bells), Some(vec![Bell::Apply]));
        assert_eq!(Hint::parse("nonsense"), None);
        let told = format!("{} looks [[\"a b\"]]", hint.node);
        assert_eq!(looks(&told), Some((hint.node, "[[\"a b\"]]")));
        assert_eq!(
            Hint::parse(&told).map(|hint| hint.bells),
            Some(Vec::new()),
            "no bell of an older version"
        );
        assert_eq!(looks(&hint.text()), None);
    }

    #[tokio::test]
    async fn a_node_does_not_wake_itself() {
        let (node, wakes) = (uuid::Uuid::now_v7(), Wakes::default());
        heed(&Hint { node, bells: vec![Bell::Apply] }.text(), node, &wakes);
        let woken = tokio::time::timeout(Duration::from_millis(20), wakes.applier.notified()).await;
        assert!(woken.is_err());
        heed(&Hint { node: uuid::Uuid::now_v7(), bells: vec![Bell::Apply] }.text(), node, &wakes);
        wakes.applier.notified().await;
    }
}
