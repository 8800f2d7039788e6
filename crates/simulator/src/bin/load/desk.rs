//! Everything that scenarios work with: the server, its agents, the vendor, and how webhooks are posted.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;

use crate::{
    Options,
    agent::{Agent, Watched},
    graph::Graph,
    instance::Instance,
    line::Line,
    tally::{Sight, Tally},
    webhook::{Customer, Meta, Request},
    world,
};

/// How long nothing may show up before what is missing counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections of an open loop: far more than are ever under way while the server keeps up.
const OPEN_LOOP_CONNECTIONS: usize = 256;

/// A conversation and whose it is.
#[derive(Debug, Clone)]
pub struct Held {
    /// Index of the agent.
    pub agent: usize,
    /// The conversation.
    pub conversation: String,
    /// Who wrote.
    pub customer: Customer,
}

/// The workplace.
pub struct Desk {
    /// The server.
    pub instance: Instance,
    /// The vendor.
    pub graph: Graph,
    /// Its webhooks.
    pub meta: Meta,
    /// Who works.
    pub agents: Vec<Agent>,
    /// Conversations from before anything was measured.
    pub held: Vec<Held>,
    /// For each agent the one that is open on their screen.
    pub open: Vec<Held>,
    watched: Watched,
    next_number: usize,
    next_customer: usize,
}

/// A webhook to post, and which message of the tally it is.
pub struct Shot {
    /// The request.
    pub request: Request,
    /// The message's index; `None` for statuses.
    pub index: Option<usize>,
}

/// When webhooks go.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// So many at a time, the next one when one is answered.
    Closed(usize),
    /// So many a second, whether the server keeps up or not.
    Open(usize),
}

impl Desk {
    /// Start it all, and give every agent conversations, one of them open.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn open(options: &Options) -> anyhow::Result<Self> {
        let instance = Instance::start(options).await?;
        let graph = Graph::start(instance.vendors)?;
        world::people(&instance, options.agents).await?;
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let (base, watched) = (instance.url(), Watched::default());
        let agents: Vec<Agent> = stream::iter(0..options.agents)
            .map(async |number| Agent::sign_in(&base, &world::email(number), &client).await)
            .buffered(4)
            .try_collect()
            .await
            .context("sign in")?;
        let meta = Meta::new(instance.address.to_string());
        let mut desk = Self {
            instance,
            graph,
            meta,
            agents,
            watched,
            held: Vec::new(),
            open: Vec::new(),
            next_number: 0,
            next_customer: 0,
        };
        desk.sit_down().await?;
        desk.warm_up(options).await?;
        Ok(desk)
    }

    async fn sit_down(&mut self) -> anyhow::Result<()> {
        for agent in &mut self.agents {
            agent.watch(&self.watched).await?;
            agent.be_available().await?;
        }
        Ok(())
    }

    async fn warm_up(&mut self, options: &Options) -> anyhow::Result<()> {
        let count = self.agents.len() * options.conversations;
        let first = self.next_number;
        let customers: Vec<Customer> = (0..count).map(|_| self.new_customer()).collect();
        let plan: Vec<(Customer, Sight)> = customers.iter().map(|customer| (*customer, Sight::Row)).collect();
        let (tally, shots) = self.prepare(&plan);
        self.fire(&tally, shots, Pace::Closed(options.in_flight)).await?;
        let (_, seen, _) = tally.counts();
        if seen < count {
            bail!("only {seen} of {count} conversations reached an agent");
        }
        for (index, agent) in self.agents.iter().enumerate() {
            // A row that changed was listed again.
            let mut known = HashSet::new();
            let listed = agent.take_listed().into_iter().filter(|listed| known.insert(listed.number));
            let mut mine = listed.filter_map(|listed| {
                let customer = *customers.get(listed.number.checked_sub(first)?)?;
                Some(Held { agent: index, conversation: listed.conversation, customer })
            });
            let open = mine.next().with_context(|| format!("agent {index} was given nothing"))?;
            agent.show(&open.conversation)?;
            self.held.extend(mine);
            self.open.push(open);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    }

    /// A customer nobody has heard of.
    pub fn new_customer(&mut self) -> Customer {
        self.next_customer += 1;
        Customer(self.next_customer)
    }

    /// What comes in during a run: most from customers whose conversation is open on somebody's screen, each in turn,
    /// and one in `new_one_in` from somebody new.
    pub fn plan(&mut self, messages: usize, new_one_in: usize) -> Vec<(Customer, Sight)> {
        (0..messages)
            .map(|n| match self.open.get(n % self.open.len().max(1)) {
                Some(held) if new_one_in == 0 || n % new_one_in != new_one_in / 2 => {
                    (held.customer, Sight::Bubble)
                }
                _ => (self.new_customer(), Sight::Row),
            })
            .collect()
    }

    /// Webhooks for a plan, and the tally that counts them.
    pub fn prepare(&mut self, plan: &[(Customer, Sight)]) -> (Arc<Tally>, Vec<Shot>) {
        let first = self.next_number;
        self.next_number += plan.len();
        let shots = plan
            .iter()
            .enumerate()
            .map(|(index, (customer, _))| Shot {
                request: self.meta.message(first + index, *customer),
                index: Some(index),
            })
            .collect();
        (Arc::new(Tally::new(first, plan.iter().map(|(_, sight)| *sight))), shots)
    }

    /// Post it all and wait until it was seen, or will not be.
    ///
    /// # Errors
    /// When the server hangs up or refuses.
    pub async fn fire(&self, tally: &Arc<Tally>, shots: Vec<Shot>, pace: Pace) -> anyhow::Result<()> {
        if let Ok(mut watched) = self.watched.write() {
            *watched = Some(tally.clone());
        }
        let connections = match pace {
            Pace::Closed(in_flight) => in_flight,
            // The server hangs up on who says nothing for a few seconds after connecting.
            Pace::Open(per_second) => OPEN_LOOP_CONNECTIONS.min(per_second),
        };
        let mut lines = Vec::with_capacity(connections);
        for _ in 0..connections {
            lines.push(Line::open(self.instance.address).await?);
        }
        let (shots, next, began) = (Arc::new(shots), Arc::new(AtomicUsize::new(0)), Instant::now());
        let workers: Vec<_> = lines
            .into_iter()
            .map(|line| tokio::spawn(work(line, shots.clone(), next.clone(), tally.clone(), pace, began)))
            .collect();
        for worker in workers {
            worker.await.context("a connection broke off")??;
        }
        tally.settle(PATIENCE).await;
        if let Some(gone) = self.agents.iter().position(|agent| !agent.is_connected()) {
            bail!("the socket of agent {gone} was closed");
        }
        Ok(())
    }

    /// Post it all and wait until all of it waits for an agent.
    ///
    /// # Errors
    /// When the server hangs up or refuses, or nobody comes to wait.
    pub async fn lines_up(&self, tally: &Arc<Tally>, shots: Vec<Shot>) -> anyhow::Result<()> {
        if let Ok(mut watched) = self.watched.write() {
            *watched = Some(tally.clone());
        }
        let mut line = Line::open(self.instance.address).await?;
        for shot in &shots {
            match line.ask(&shot.request).await? {
                200 => {}
                status => bail!("a webhook was answered with {status}"),
            }
        }
        let began = Instant::now();
        let waiting = "select count(*) from conversation where state = 'queued'";
        while self.instance.sql(waiting).await?.trim().parse::<usize>()? < shots.len() {
            if began.elapsed() > PATIENCE {
                bail!("nobody waits, though everybody is full");
            }
        }
        Ok(())
    }

    /// Stop it all.
    ///
    /// # Errors
    /// When the server does not end well.
    pub async fn close(self) -> anyhow::Result<()> {
        self.instance.stop().await?;
        self.graph.stop().await;
        Ok(())
    }
}

async fn work(
    mut line: Line,
    shots: Arc<Vec<Shot>>,
    next: Arc<AtomicUsize>,
    tally: Arc<Tally>,
    pace: Pace,
    began: Instant,
) -> anyhow::Result<()> {
    loop {
        let at = next.fetch_add(1, Relaxed);
        let Some(shot) = shots.get(at) else { return Ok(()) };
        let due = match pace {
            Pace::Closed(_) => Instant::now(),
            Pace::Open(per_second) => {
                // Counted from when it was due, not from when we got to it: a server that stalls delays all that follow.
                let due = began
                    + Duration::from_secs(1)
                        .mul_f64(crate::figures::float(at) / crate::figures::float(per_second));
                tokio::time::sleep_until(due).await;
                due
            }
        };
        if let Some(index) = shot.index {
            tally.sent(index, due);
        }
        match line.ask(&shot.request).await? {
            200 => {}
            status => bail!("a webhook was answered with {status}"),
        }
        if let Some(index) = shot.index {
            tally.acked(index);
        }
    }
}
