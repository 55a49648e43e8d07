//! How messages reach the application: on Svix's schedule, shortened, and none waits for another that fails.

use super::Queue;
use super::journal::{Journal, Message, Outcome};
use crate::clock;
use crate::faults::{Disorder, Faults};
use crate::identity::{Identity, random_id};
use crate::now_ms;
use std::collections::BTreeMap;
use std::future::pending;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use svix::webhooks::Webhook;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

/// Pauses before each attempt, in seconds: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h (Svix's schedule).
const PAUSES_S: [f64; 8] = [0.0, 5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0];
/// By this the whole schedule of 27.6 hours fits in two minutes.
pub(crate) const TIME_SCALE: f64 = 0.0012;
/// An application that takes longer has not answered (Svix's limit).
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// How long the next message waits for the answer to one, for the sake of the order.
const ORDER_PATIENCE: Duration = Duration::from_secs(1);
/// How long everything waits at the start until the application listens: it is mostly started after its Clerk.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// How far messages overtake each other under the fault `shuffle`, in milliseconds.
const SHUFFLE_MS: u64 = 1500;

/// What an attempt needs.
#[derive(Clone)]
struct Post {
    url: String,
    client: reqwest::Client,
    signer: Arc<Webhook>,
}

/// A message and how many attempts it has behind it.
struct Try {
    message: Message,
    number: usize,
}

struct Delivery {
    post: Post,
    scale: f64,
    faults: Arc<Mutex<Faults>>,
    journal: Arc<Mutex<Journal>>,
    running: JoinSet<(Try, Result<u16, String>)>,
    waiting: BTreeMap<(Instant, u64), Try>,
    counter: u64,
}

/// Starts the delivery. `scale` stretches the pauses between attempts.
pub(crate) fn start(
    url: &str,
    scale: f64,
    identity: &Identity,
    clock_turned_by_ms: Arc<AtomicI64>,
    faults: Arc<Mutex<Faults>>,
    journal: Arc<Mutex<Journal>>,
) -> (Queue, JoinHandle<()>) {
    let (entrance, exit) = mpsc::unbounded_channel();
    let client = reqwest::Client::builder().timeout(TIME_LIMIT).redirect(reqwest::redirect::Policy::none()).build();
    let url = url.to_owned();
    let queue = Queue { entrance, journal: Arc::clone(&journal) };
    let task = match (client, Webhook::new(&identity.webhook_secret)) {
        (Ok(client), Ok(signer)) => {
            let post = Post { url, client, signer: Arc::new(signer) };
            let (running, waiting) = (JoinSet::new(), BTreeMap::new());
            let delivery = Delivery { post, scale, faults, journal, running, waiting, counter: 0 };
            tokio::spawn(async move { clock::with(&clock_turned_by_ms, delivery.run(exit)).await })
        }
        _ => tokio::spawn(async { tracing::error!("webhooks cannot be sent") }),
    };
    (queue, task)
}

impl Delivery {
    async fn run(mut self, mut exit: mpsc::UnboundedReceiver<Message>) {
        self.post.until_somebody_listens().await;
        loop {
            let due = self.waiting.keys().next().map(|(at, _)| *at);
            tokio::select! {
                message = exit.recv() => match message {
                    Some(message) => self.take(message).await,
                    None => return,
                },
                Some(Ok((tried, answered))) = self.running.join_next() => self.settle(tried, answered),
                () = at(due) => {
                    if let Some((_, tried)) = self.waiting.pop_first() {
                        self.attempt(tried).await;
                    }
                }
            }
        }
    }

    fn journal(&self) -> std::sync::MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&mut self, message: Message) {
        let disorder =
            self.faults.lock().unwrap_or_else(PoisonError::into_inner).webhooks.filter(|_| !message.is_replay);
        let first = Try { message: message.clone(), number: 0 };
        match disorder {
            None => self.attempt(first).await,
            Some(Disorder::Duplicate) => {
                self.attempt(first).await;
                self.attempt(Try { message, number: 0 }).await;
            }
            Some(Disorder::Shuffle) => {
                let chance = u64::from_str_radix(random_id().get(..8).unwrap_or_default(), 16).unwrap_or_default();
                self.wait(first, Duration::from_millis(chance % SHUFFLE_MS));
            }
            Some(Disorder::Drop) => self.journal().begin(&message, Outcome::Dropped),
        }
    }

    fn wait(&mut self, tried: Try, pause: Duration) {
        self.counter += 1;
        self.waiting.insert((Instant::now() + pause, self.counter), tried);
    }

    /// Begins an attempt, and waits a little for its end so that messages come in order while all is well.
    async fn attempt(&mut self, tried: Try) {
        let (post, (ended, end)) = (self.post.clone(), oneshot::channel());
        // Asked here, because a task that is spawned does not inherit the clock of the instance.
        let timestamp_s = now_ms() / 1000;
        self.running.spawn(async move {
            let answered = post.send(&tried.message, timestamp_s).await;
            let _ = ended.send(());
            (tried, answered)
        });
        let _ = tokio::time::timeout(ORDER_PATIENCE, end).await;
    }

    fn settle(&mut self, tried: Try, answered: Result<u16, String>) {
        let id = tried.message.id.clone();
        let delivered = answered.as_ref().is_ok_and(|status| (200..300).contains(status));
        let pause_s = PAUSES_S.get(tried.number + 1);
        let outcome = match (delivered, pause_s) {
            (true, _) => Outcome::Delivered,
            (false, Some(_)) => Outcome::Pending,
            (false, None) => Outcome::GivenUp,
        };
        if outcome == Outcome::GivenUp {
            tracing::warn!(%id, ?answered, "a webhook was given up after its last attempt");
        }
        self.journal().attempted(&id, answered, outcome);
        if let Some(pause_s) = pause_s.filter(|_| !delivered) {
            let pause = Duration::try_from_secs_f64(pause_s * self.scale).unwrap_or_default();
            self.wait(Try { number: tried.number + 1, ..tried }, pause);
        }
    }
}

/// At an instant; never, if there is none.
async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => pending().await,
    }
}

impl Post {
    /// The status of the answer, or why there is none.
    async fn send(&self, message: &Message, timestamp_s: i64) -> Result<u16, String> {
        let signature = self.signer.sign(&message.id, timestamp_s, message.body.as_bytes());
        let signature = signature.map_err(|error| error.to_string())?;
        let request = self.client.post(&self.url).header("content-type", "application/json");
        let request = request.header("svix-id", &message.id).header("svix-timestamp", timestamp_s.to_string());
        let sent = request.header("svix-signature", signature).body(message.body.clone()).send().await;
        sent.map(|response| response.status().as_u16()).map_err(|error| error.without_url().to_string())
    }

    async fn until_somebody_listens(&self) {
        let Some(url) = url::Url::parse(&self.url).ok() else { return };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return };
        let address = (host.trim_matches(['[', ']']), port);
        let begin = Instant::now();
        while begin.elapsed() < START_PATIENCE && tokio::net::TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
