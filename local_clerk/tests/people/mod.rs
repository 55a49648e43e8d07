//! Helpers of the tests about users: both APIs as JSON, the mailbox, and an application that
//! receives webhooks.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::support::{Browser, cookieless_client};
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use local_clerk::LocalClerk;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An address at which nothing listens.
pub const NOWHERE: &str = "http://127.0.0.1:9/";

/// A call of the Frontend API: status and answer.
pub async fn call(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let answer = browser.post(path, form).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

pub async fn get_json(browser: &mut Browser, path: &str) -> Value {
    browser.get(path).await.json().await.unwrap()
}

/// A call of the Backend API: status and answer.
pub async fn manage(clerk: &LocalClerk, path: &str, body: Value) -> (u16, Value) {
    let request =
        cookieless_client().post(format!("{}/v1{path}", clerk.api_url())).bearer_auth(clerk.secret_key()).json(&body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

pub async fn read(clerk: &LocalClerk, path: &str) -> Value {
    let request = cookieless_client().get(format!("{}/v1{path}", clerk.api_url())).bearer_auth(clerk.secret_key());
    request.send().await.unwrap().json().await.unwrap()
}

pub fn code_of(error: &Value) -> &str {
    error["errors"][0]["code"].as_str().unwrap_or_default()
}

/// The newest mail to an address, as its page shows it.
async fn newest_mail(browser: &mut Browser, email: &str) -> String {
    let page = browser.get("/hosted/mail").await.text().await.unwrap();
    let found = page.split("<article").skip(1).find(|mail| mail.contains(&format!("to {email}<"))).map(str::to_owned);
    found.unwrap()
}

fn marked(mail: &str, class: &str) -> String {
    let begin = format!("<code class=\"{class}\">");
    mail.split(&begin).nth(1).unwrap().split('<').next().unwrap().replace("&amp;", "&")
}

/// The newest code to an address.
pub async fn mailed_code(browser: &mut Browser, email: &str) -> String {
    marked(&newest_mail(browser, email).await, "code")
}

/// The link of the newest invitation to an address.
pub async fn mailed_link(browser: &mut Browser, email: &str) -> String {
    marked(&newest_mail(browser, email).await, "link")
}

pub fn ticket_in(link: &str) -> String {
    let url = url::Url::parse(link).unwrap();
    url.query_pairs().find(|(name, _)| name == "__clerk_ticket").unwrap().1.into_owned()
}

/// A code that differs from this one.
pub fn other_code(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// Signs up by the Frontend API, and returns the last answer.
pub async fn sign_up(browser: &mut Browser, email: &str) -> Value {
    let form = [("email_address", email), ("password", "long-enough-1")];
    let (_, begun) = call(browser, "/v1/client/sign_ups", &form).await;
    let path = format!("/v1/client/sign_ups/{}", begun["response"]["id"].as_str().unwrap());
    call(browser, &format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await;
    let code = mailed_code(browser, email).await;
    call(browser, &format!("{path}/attempt_verification"), &[("strategy", "email_code"), ("code", &code)]).await.1
}

/// An application that receives events.
#[derive(Clone, Default)]
pub struct Application(Arc<Mutex<Vec<Value>>>);

impl Application {
    pub async fn start() -> (Self, String) {
        let application = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let hear = async |State(heard): State<Self>, body: Bytes| {
            heard.0.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
        };
        let router = axum::Router::new().route("/hook", post(hear)).with_state(application.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (application, url)
    }

    /// The first event of a type that matches.
    #[expect(clippy::panic, reason = "a test that cannot go on has failed")]
    pub async fn received(&self, kind: &str, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..600 {
            let found =
                self.0.lock().unwrap().iter().find(|event| event["type"] == kind && fits(&event["data"])).cloned();
            if let Some(event) = found {
                return event["data"].clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no {kind} came that fits")
    }
}
