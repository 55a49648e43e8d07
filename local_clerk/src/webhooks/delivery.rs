//! Delivers messages to the application, on a shortened form of Svix's schedule. A message that
//! fails does not delay others.

use super::{Queue, journal::Journal, journal::Message, journal::Outcome};
use crate::faults::{Disorder, Faults};
use crate::{clock, clock::now_ms, identity::Identity, options::Options, random::random_bytes};
use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicI64};
use std::{pin::pin, time::Duration};
use svix::webhooks::Webhook;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard, mpsc};
use tokio::{task::JoinHandle, task::JoinSet, time::Instant};

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

struct Delivery {
    url: String,
    client: reqwest::Client,
    signer: Webhook,
    scale: f64,
    clock_offset: Arc<AtomicI64>,
    faults: Arc<Mutex<Faults>>,
    journal: Journal,
    /// The attempt that holds it delays the others.
    turn: Arc<Turn<()>>,
}

/// Starts the delivery.
pub(crate) fn start(options: &Options, identity: &Identity, faults: Arc<Mutex<Faults>>) -> (Queue, JoinHandle<()>) {
    let ((entrance, exit), journal) = (mpsc::unbounded_channel(), Journal::default());
    let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
    let (url, scale) = (options.webhook_url.clone(), options.webhook_time_scale);
    let (clock_offset, turn) = (Arc::clone(&options.clock_turned_by_ms), Arc::default());
    let queue = Queue { entrance, journal: journal.clone() };
    let task = match (client, Webhook::new(&identity.webhook_secret)) {
        (Ok(client), Ok(signer)) => {
            let delivery = Delivery { url, client, signer, scale, clock_offset, faults, journal, turn };
            tokio::spawn(Arc::new(delivery).run(exit))
        }
        _ => tokio::spawn(async { tracing::error!("the webhook client could not be created") }),
    };
    (queue, task)
}

impl Delivery {
    async fn run(self: Arc<Self>, mut exit: mpsc::UnboundedReceiver<Message>) {
        self.wait_for_listener().await;
        let mut running = JoinSet::new();
        while let Some(message) = exit.recv().await {
            while running.try_join_next().is_some() {}
            let disorder = self.faults.lock().unwrap_or_else(PoisonError::into_inner).webhooks;
            let disorder = disorder.filter(|_| !message.is_replay);
            let copies = match disorder {
                Some(Disorder::Drop) => {
                    self.journal.record(&message, Outcome::Dropped);
                    continue;
                }
                Some(Disorder::Duplicate) => 2,
                Some(Disorder::Shuffle) | None => 1,
            };
            let shuffles = disorder == Some(Disorder::Shuffle);
            for _ in 0..copies {
                let turn = if shuffles { None } else { Some(Arc::clone(&self.turn).lock_owned().await) };
                let (delivery, message) = (Arc::clone(&self), message.clone());
                running
                    .spawn(async move { clock::with(&delivery.clock_offset, delivery.deliver(message, turn)).await });
            }
        }
    }

    /// Sends a message until an attempt succeeds or the last one fails. `turn`: of the first
    /// attempt; `None` for a message that arrives out of order.
    async fn deliver(&self, message: Message, mut turn: Option<OwnedMutexGuard<()>>) {
        if turn.is_none() {
            tokio::time::sleep(Duration::from_millis(u64::from_be_bytes(random_bytes()) % SHUFFLE_MS)).await;
        }
        for (number, pause_s) in (1..).zip(PAUSES_S) {
            tokio::time::sleep(Duration::try_from_secs_f64(pause_s * self.scale).unwrap_or_default()).await;
            let turn = match turn.take() {
                Some(turn) => turn,
                None => Arc::clone(&self.turn).lock_owned().await,
            };
            let answered = self.attempt(&message, turn).await;
            let outcome = match &answered {
                Ok(200..300) => Outcome::Delivered,
                Ok(_) | Err(_) if number < PAUSES_S.len() => Outcome::Pending,
                Ok(_) | Err(_) => Outcome::GivenUp,
            };
            if outcome == Outcome::GivenUp {
                tracing::warn!(id = message.id, ?answered, "a webhook failed for the last time");
            }
            self.journal.record_attempt(&message.id, answered, outcome);
            if outcome == Outcome::Delivered {
                return;
            }
        }
    }

    /// Sends a message, and lets the next attempt start after its answer or after a moment.
    async fn attempt(&self, message: &Message, turn: OwnedMutexGuard<()>) -> Result<u16, String> {
        let mut sending = pin!(self.send(message, now_ms() / 1000));
        if let Ok(answered) = tokio::time::timeout(ORDER_WAIT, &mut sending).await {
            return answered;
        }
        drop(turn);
        sending.await
    }

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
