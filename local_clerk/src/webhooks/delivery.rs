//! Delivers messages to the application, on a shortened form of Svix's schedule. A message that
//! fails does not delay others.

use super::{Queue, journal::Journal, journal::Message, journal::Outcome};
use crate::faults::{Disorder, Faults};
use crate::{clock, clock::now_ms, identity::Identity, options::Options, random::random_bytes};
use std::{collections::BTreeMap, future::pending, sync::Arc, sync::Mutex, sync::PoisonError, time::Duration};
use svix::webhooks::Webhook;
use tokio::{sync::mpsc, sync::oneshot, task::JoinHandle, task::JoinSet, time::Instant};

/// Pauses before each attempt, in seconds: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h
/// (Svix's schedule).
const PAUSES_S: [f64; 8] = [0.0, 5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0];
/// Longest time for an answer (Svix's limit).
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long the next message waits for the answer to this one, so that messages keep their order.
const ORDER_WAIT: Duration = Duration::from_secs(1);
/// How long the first message waits until the application listens. It usually starts after its
/// Clerk.
const START_WAIT: Duration = Duration::from_secs(30);
/// Longest delay of a message under the fault `shuffle`, in milliseconds.
const SHUFFLE_MS: u64 = 1500;

/// Everything that an attempt needs.
#[derive(Clone)]
struct Sender {
    url: String,
    client: reqwest::Client,
    signer: Arc<Webhook>,
}

/// A message, and the number of its earlier attempts.
struct Attempt {
    message: Message,
    number: usize,
}

struct Delivery {
    sender: Sender,
    scale: f64,
    faults: Arc<Mutex<Faults>>,
    journal: Arc<Mutex<Journal>>,
    running: JoinSet<(Attempt, Result<u16, String>)>,
    waiting: BTreeMap<(Instant, u64), Attempt>,
    counter: u64,
}

/// Starts the delivery.
pub(crate) fn start(
    options: &Options,
    identity: &Identity,
    faults: Arc<Mutex<Faults>>,
    journal: Arc<Mutex<Journal>>,
) -> (Queue, JoinHandle<()>) {
    let (entrance, exit) = mpsc::unbounded_channel();
    let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
    let (url, scale, clock_offset) =
        (options.webhook_url.clone(), options.webhook_time_scale, Arc::clone(&options.clock_turned_by_ms));
    let queue = Queue { entrance, journal: Arc::clone(&journal) };
    let task = match (client, Webhook::new(&identity.webhook_secret)) {
        (Ok(client), Ok(signer)) => {
            let sender = Sender { url, client, signer: Arc::new(signer) };
            let (running, waiting) = (JoinSet::new(), BTreeMap::new());
            let delivery = Delivery { sender, scale, faults, journal, running, waiting, counter: 0 };
            tokio::spawn(async move { clock::with(&clock_offset, delivery.run(exit)).await })
        }
        _ => tokio::spawn(async { tracing::error!("the webhook client could not be created") }),
    };
    (queue, task)
}

impl Delivery {
    async fn run(mut self, mut exit: mpsc::UnboundedReceiver<Message>) {
        self.sender.wait_for_listener().await;
        loop {
            let due = self.waiting.keys().next().map(|(at, _)| *at);
            tokio::select! {
                message = exit.recv() => match message {
                    Some(message) => self.accept(message).await,
                    None => return,
                },
                Some(Ok((attempt, answered))) = self.running.join_next() => self.finish_attempt(attempt, answered),
                () = sleep_until(due) => {
                    if let Some((_, attempt)) = self.waiting.pop_first() {
                        self.start_attempt(attempt).await;
                    }
                }
            }
        }
    }

    fn journal(&self) -> std::sync::MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn accept(&mut self, message: Message) {
        let disorder =
            self.faults.lock().unwrap_or_else(PoisonError::into_inner).webhooks.filter(|_| !message.is_replay);
        let first = Attempt { message: message.clone(), number: 0 };
        match disorder {
            None => self.start_attempt(first).await,
            Some(Disorder::Duplicate) => {
                self.start_attempt(first).await;
                self.start_attempt(Attempt { message, number: 0 }).await;
            }
            Some(Disorder::Shuffle) => {
                let chance = u64::from_be_bytes(random_bytes());
                self.wait(first, Duration::from_millis(chance % SHUFFLE_MS));
            }
            Some(Disorder::Drop) => self.journal().record(&message, Outcome::Dropped),
        }
    }

    fn wait(&mut self, attempt: Attempt, pause: Duration) {
        self.counter += 1;
        self.waiting.insert((Instant::now() + pause, self.counter), attempt);
    }

    /// Starts an attempt, and waits a moment for its end, so that messages keep their order.
    async fn start_attempt(&mut self, attempt: Attempt) {
        let (sender, (ended, end)) = (self.sender.clone(), oneshot::channel());
        // A spawned task does not inherit the clock of the instance.
        let timestamp_s = now_ms() / 1000;
        self.running.spawn(async move {
            let answered = sender.send(&attempt.message, timestamp_s).await;
            let _ = ended.send(());
            (attempt, answered)
        });
        let _ = tokio::time::timeout(ORDER_WAIT, end).await;
    }

    fn finish_attempt(&mut self, attempt: Attempt, answered: Result<u16, String>) {
        let id = attempt.message.id.clone();
        let delivered = answered.as_ref().is_ok_and(|status| (200..300).contains(status));
        let pause_s = PAUSES_S.get(attempt.number + 1);
        let outcome = match (delivered, pause_s) {
            (true, _) => Outcome::Delivered,
            (false, Some(_)) => Outcome::Pending,
            (false, None) => Outcome::GivenUp,
        };
        if outcome == Outcome::GivenUp {
            tracing::warn!(%id, ?answered, "a webhook failed for the last time");
        }
        self.journal().record_attempt(&id, answered, outcome);
        if let Some(pause_s) = pause_s.filter(|_| !delivered) {
            let pause = Duration::try_from_secs_f64(pause_s * self.scale).unwrap_or_default();
            self.wait(Attempt { number: attempt.number + 1, ..attempt }, pause);
        }
    }
}

/// Waits until an instant, or for ever without one.
async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => pending().await,
    }
}

impl Sender {
    /// The status of the answer, or why there is none.
    async fn send(&self, message: &Message, timestamp_s: i64) -> Result<u16, String> {
        let signature = self.signer.sign(&message.id, timestamp_s, message.body.as_bytes());
        let signature = signature.map_err(|error| error.to_string())?;
        let request = self.client.post(&self.url).header("content-type", "application/json");
        let request = request.header("svix-id", &message.id).header("svix-timestamp", timestamp_s.to_string());
        let sent = request.header("svix-signature", signature).body(message.body.clone()).send().await;
        sent.map(|response| response.status().as_u16()).map_err(|error| error.without_url().to_string())
    }

    async fn wait_for_listener(&self) {
        let Some(url) = url::Url::parse(&self.url).ok() else { return };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return };
        let address = (host.trim_matches(['[', ']']), port);
        let begin = Instant::now();
        while begin.elapsed() < START_WAIT && tokio::net::TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
