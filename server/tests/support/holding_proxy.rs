//! A proxy in front of Clerk's Backend API that holds changes back, so that a test can stop the
//! server at a known moment of a command.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::Method;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// The moment at which the server is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The intent is not committed yet.
    BeforeIntent,
    /// The intent is committed, and Clerk has not got the call.
    BeforeClerk,
    /// Clerk has made the change, and the answer has not arrived.
    AfterClerk,
    /// The answer has arrived, and the outcome is not stored yet.
    BeforeOutcome,
    /// The outcome is stored.
    AfterOutcome,
}

/// A proxy in front of the Backend API. It holds changes back on request.
pub struct Proxy {
    pub url: String,
    control: Arc<Control>,
    /// The moments that calls have reached.
    pub reached: mpsc::UnboundedReceiver<Moment>,
}

struct Control {
    upstream: String,
    client: reqwest::Client,
    hold_at: Mutex<Option<Moment>>,
    go_on: Notify,
    reached: mpsc::UnboundedSender<Moment>,
}

impl Control {
    async fn pass(&self, moment: Moment) {
        let holds = *self.hold_at.lock().unwrap() == Some(moment);
        if holds {
            self.reached.send(moment).unwrap();
            self.go_on.notified().await;
        }
    }
}

impl Proxy {
    pub async fn start(upstream: String) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, reached) = mpsc::unbounded_channel();
        let control = Arc::new(Control {
            upstream,
            client: clerk::http_client::http_client(Duration::from_secs(5)).unwrap(),
            hold_at: Mutex::new(None),
            go_on: Notify::new(),
            reached: sender,
        });
        let app = Router::new().fallback(forward).with_state(Arc::clone(&control));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, control, reached }
    }

    /// Holds every change at this moment, or at none.
    pub fn hold_at(&self, moment: Option<Moment>) {
        *self.control.hold_at.lock().unwrap() = moment;
    }

    /// Lets held calls go on, and holds none.
    pub fn release(&self) {
        self.hold_at(None);
        self.control.go_on.notify_one();
    }
}

async fn forward(State(control): State<Arc<Control>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let is_change = head.method != Method::GET;
    if is_change {
        control.pass(Moment::BeforeClerk).await;
    }
    let url = format!("{}{}", control.upstream, head.uri);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut headers = head.headers;
    headers.remove(http::header::HOST);
    let answer = control.client.request(head.method, url).headers(headers).body(body).send().await.unwrap();
    if is_change {
        control.pass(Moment::AfterClerk).await;
    }
    let (status, content_type) = (answer.status(), answer.headers()["content-type"].clone());
    let body = Body::from(answer.bytes().await.unwrap());
    Response::builder().status(status).header("content-type", content_type).body(body).unwrap()
}
