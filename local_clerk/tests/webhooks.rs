//! Delivery of webhooks: the schedule, the outcomes, the journal, and disorder on demand.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode as Status};
use axum::routing::post;
use local_clerk::{LocalClerk, Options};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Browser, ORIGIN, cookieless_client, start};
use svix::webhooks::Webhook;

/// Messages at a first start: permissions, roles, organizations, people, memberships, sessions.
const EVERYTHING: usize = 7 + 6 + 2 + 26 + 27 + 16;

/// An application: the events that it received, and its answer to each.
#[derive(Clone)]
struct Application {
    came: Arc<Mutex<Vec<(String, Value)>>>,
    answer: fn(&Value) -> Status,
}

async fn receive(State(application): State<Application>, headers: HeaderMap, body: Bytes) -> Status {
    let event: Value = serde_json::from_slice(&body).unwrap();
    let answer = (application.answer)(&event);
    application.came.lock().unwrap().push((headers["svix-id"].to_str().unwrap().to_owned(), event));
    if answer == Status::CONTINUE {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    answer
}

impl Application {
    /// Starts it with a Clerk whose pauses between attempts have this scale.
    async fn with_clerk(folder: &std::path::Path, scale: f64, answer: fn(&Value) -> Status) -> (Self, LocalClerk) {
        let application = Self { came: Arc::default(), answer };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook_url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(receive).with_state(application.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let options = Options {
            data_dir: folder.to_owned(),
            public_origin: ORIGIN.to_owned(),
            webhook_url,
            webhook_time_scale: scale,
            ..Options::default()
        };
        (application, local_clerk::start(options).await.unwrap())
    }

    fn count(&self, fits: impl Fn(&(String, Value)) -> bool) -> usize {
        self.came.lock().unwrap().iter().filter(|message| fits(message)).count()
    }

    async fn wait_until(&self, enough: impl Fn(&Self) -> bool) {
        for _ in 0..600 {
            if enough(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn journal(clerk: &LocalClerk) -> Vec<Value> {
    let url = format!("{}/_local/webhooks", clerk.api_url());
    assert_eq!(cookieless_client().get(&url).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let list: Value =
        cookieless_client().get(url).bearer_auth(clerk.secret_key()).send().await.unwrap().json().await.unwrap();
    list["data"].as_array().unwrap().clone()
}

async fn set_faults(clerk: &LocalClerk, faults: Value) -> StatusCode {
    let request = cookieless_client().put(format!("{}/_local/faults", clerk.api_url())).json(&faults);
    request.bearer_auth(clerk.secret_key()).send().await.unwrap().status()
}

fn is_of(event: &Value, user: &str) -> bool {
    event["data"]["id"] == user
}

#[tokio::test]
async fn a_failed_delivery_is_retried_eight_times_and_delays_no_other() {
    let folder = tempfile::tempdir().unwrap();
    // Any 2xx is a delivery, a redirect is not.
    let answer = |event: &Value| if is_of(event, "user_local_ada") { Status::FOUND } else { Status::ACCEPTED };
    let (application, clerk) = Application::with_clerk(folder.path(), 0.0, answer).await;
    application
        .wait_until(|it| {
            it.count(|(_, event)| is_of(event, "user_local_ada")) >= 8 && it.count(|_| true) >= EVERYTHING - 1 + 8
        })
        .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(application.count(|(_, event)| is_of(event, "user_local_ada")), 8);
    assert_eq!(application.count(|_| true), EVERYTHING - 1 + 8);
    let journal = journal(&clerk).await;
    let of_ada = journal.iter().find(|message| is_of(&message["payload"], "user_local_ada")).unwrap();
    assert_eq!((&of_ada["outcome"], of_ada["attempts"].as_array().unwrap().len()), (&json!("given_up"), 8));
    assert_eq!(of_ada["attempts"][0]["status"], 302);
    assert_eq!(journal.iter().filter(|message| message["outcome"] == "delivered").count(), EVERYTHING - 1);
}

#[tokio::test]
async fn a_delivery_without_an_answer_does_not_block_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let answer = |event: &Value| if is_of(event, "user_local_ada") { Status::CONTINUE } else { Status::OK };
    let (application, clerk) = Application::with_clerk(folder.path(), 0.0012, answer).await;
    application.wait_until(|it| it.count(|_| true) >= EVERYTHING).await;
    assert_eq!(application.count(|_| true), EVERYTHING);
    let journal = journal(&clerk).await;
    let of_ada = journal.iter().find(|message| is_of(&message["payload"], "user_local_ada")).unwrap();
    assert_eq!((&of_ada["outcome"], &of_ada["attempts"]), (&json!("pending"), &json!([])));
}

#[tokio::test]
async fn deliveries_can_be_repeated_reordered_dropped_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let (application, clerk) = Application::with_clerk(folder.path(), 0.0, |_| Status::NO_CONTENT).await;
    application.wait_until(|it| it.count(|_| true) >= EVERYTHING).await;
    let signed_in = async |times: usize| {
        application.came.lock().unwrap().clear();
        Browser::new(&clerk).sign_in("ada@example.com", "engine-no-1").await;
        application.wait_until(|it| it.count(|_| true) >= times).await;
        // A message is in the journal from the moment it is sent.
        for _ in 0..600 {
            if journal(&clerk).await.iter().all(|message| message["outcome"] != "pending") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        application.came.lock().unwrap().clone()
    };
    assert_eq!(set_faults(&clerk, json!({ "webhooks": "duplicate" })).await, StatusCode::OK);
    let twice = signed_in(2).await;
    assert!(twice.len() == 2 && twice[0].0 == twice[1].0, "{twice:?}");
    set_faults(&clerk, json!({ "webhooks": "drop" })).await;
    assert_eq!(signed_in(0).await, []);
    let dropped = journal(&clerk).await.remove(0);
    assert_eq!((&dropped["outcome"], &dropped["type"]), (&json!("dropped"), &json!("session.created")));
    let id = dropped["id"].as_str().unwrap();
    let replay = async |id: &str| {
        let url = format!("{}/_local/webhooks/{id}/replay", clerk.api_url());
        cookieless_client().post(url).bearer_auth(clerk.secret_key()).send().await.unwrap().status()
    };
    assert_eq!((replay(id).await, replay("msg_unknown").await), (StatusCode::ACCEPTED, StatusCode::NOT_FOUND));
    application.wait_until(|it| it.count(|_| true) > 0).await;
    assert_eq!(application.came.lock().unwrap()[0].0, id);
    assert_eq!(set_faults(&clerk, json!({ "webhooks": "explode" })).await, StatusCode::UNPROCESSABLE_ENTITY);
    set_faults(&clerk, json!({ "webhooks": "shuffle" })).await;
    application.came.lock().unwrap().clear();
    for number in 0..12 {
        let change = json!({ "first_name": format!("Ada {number}") });
        let url = format!("{}/v1/users/user_local_ada", clerk.api_url());
        cookieless_client().patch(url).bearer_auth(clerk.secret_key()).json(&change).send().await.unwrap();
    }
    application.wait_until(|it| it.count(|_| true) >= 12).await;
    let times: Vec<_> =
        application.came.lock().unwrap().iter().map(|(_, event)| event["data"]["first_name"].clone()).collect();
    let in_order: Vec<_> = (0..12).map(|number| json!(format!("Ada {number}"))).collect();
    assert!(times.len() == 12 && times != in_order, "{times:?}");
}

#[derive(Clone, Default)]
struct Inbox(Arc<Mutex<Vec<(String, Value)>>>, Arc<Mutex<String>>);

async fn verify(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> Status {
    let secret = inbox.1.lock().unwrap().clone();
    if secret.is_empty() || Webhook::new(&secret).unwrap().verify(&body, &headers).is_err() {
        return Status::BAD_REQUEST;
    }
    let id = headers["svix-id"].to_str().unwrap().to_owned();
    inbox.0.lock().unwrap().push((id, serde_json::from_slice(&body).unwrap()));
    Status::OK
}

#[tokio::test]
async fn webhooks_are_signed_ordered_and_repeated_with_the_same_ids() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/hook", post(verify)).with_state(inbox.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let clerk = start(folder.path(), &url).await;
    // The application refuses every delivery until it knows the secret.
    clerk.webhook_secret().clone_into(&mut inbox.1.lock().unwrap());
    let wait_for_events = async |at_least: usize| {
        for _ in 0..600 {
            if inbox.0.lock().unwrap().len() >= at_least {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::mem::take(&mut *inbox.0.lock().unwrap())
    };
    let first = wait_for_events(EVERYTHING).await;
    let count = |kind: &str| first.iter().filter(|(_, event)| event["type"] == kind).count();
    assert_eq!(
        (
            count("organization.created"),
            count("user.created"),
            count("organizationMembership.created"),
            count("session.created"),
            count("role.created"),
            count("permission.created")
        ),
        (2, 26, 27, 16, 6, 7)
    );
    assert_eq!(first[0].1["type"], "permission.created");
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let after = wait_for_events(1).await;
    assert_eq!(
        (&after[0].1["type"], &after[0].1["data"]["user_id"]),
        (&json!("session.created"), &json!("user_local_ada"))
    );
    drop(clerk);
    let again = start(folder.path(), &url).await;
    let second = wait_for_events(EVERYTHING + 1).await;
    assert!(first.iter().all(|(id, _)| second.iter().any(|(other, _)| other == id)));
    drop(again);
}
