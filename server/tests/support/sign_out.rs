//! Sessions to sign out of, and the cookies of the answers.

use super::app_with_clerk::AppWithClerk;
use super::{Caller, ORIGIN, TestApp, TestResponse, caller_with, now_s};
use axum::body::Body;
use domain::brand::SIGN_OUT_COOKIE;
use http::{Request, header};
use serde_json::{Value, json};

pub const UNFINISHED: &str = "/sign-out?unfinished=true";

/// Creates a session at Clerk, and a caller whose token has this age.
pub async fn new_session(setup: &AppWithClerk, token_age_s: i64) -> (String, Caller) {
    let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
    let request = client.post(format!("{}/v1/sessions", setup.clerk.api_url())).bearer_auth(setup.clerk.secret_key());
    let response = request.json(&json!({ "user_id": "user_local_ada" })).send().await.unwrap();
    let session: Value = response.json().await.unwrap();
    let id = session["id"].as_str().unwrap().to_owned();
    (id.clone(), session_holder(&id, token_age_s))
}

pub fn session_holder(session: &str, token_age_s: i64) -> Caller {
    caller_with(|claims| {
        let issued = now_s() - token_age_s;
        claims["sub"] = "user_local_ada".into();
        claims["sid"] = session.into();
        (claims["iat"], claims["nbf"], claims["exp"]) = (issued.into(), (issued - 10).into(), (issued + 60).into());
    })
}

pub async fn status_at_clerk(setup: &AppWithClerk, session: &str) -> String {
    setup.fetch_from_clerk(&format!("sessions/{session}")).await["status"].as_str().unwrap().to_owned()
}

pub fn cookies(response: &TestResponse) -> Vec<&str> {
    response.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
}

pub fn cookie<'a>(response: &'a TestResponse, begin: &str) -> &'a str {
    let found = cookies(response).into_iter().find(|cookie| cookie.starts_with(begin));
    found.unwrap_or_else(|| panic!("{begin}: {:?}", cookies(response)))
}

pub async fn sign_out_with(app: &TestApp, cookies: &str) -> TestResponse {
    let request = Request::post("/sign-out").header(header::ORIGIN, ORIGIN).header(header::COOKIE, cookies);
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Opens a page without a session, with this cookie.
pub async fn open_with(app: &TestApp, path: &str, cookie: &str) -> TestResponse {
    let request = Request::get(path).header(header::COOKIE, format!("__clerk_db_jwt=dvb_test; {cookie}"));
    let request = request.header(header::ACCEPT, "text/html").header("sec-fetch-dest", "document");
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Signs out while Clerk is down, and returns the cookie that marks the sign-out as unfinished.
pub async fn unfinished_sign_out(app: &TestApp, cookies: &str) -> String {
    let response = sign_out_with(app, cookies).await;
    assert_eq!(response.header("location"), UNFINISHED, "{cookies}");
    cookie(&response, SIGN_OUT_COOKIE).split(';').next().unwrap().to_owned()
}

/// Signs two users in, in one browser, and returns their sessions.
pub async fn sign_in_two_accounts(setup: &AppWithClerk) -> [String; 2] {
    let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
    let mut cookie = String::new();
    for (email, password) in [("ada@example.com", "engine-no-1"), ("max@example.com", "member-no-2")] {
        let request = client.post(format!("{}/hosted/sign-in", setup.clerk.api_url()));
        let body = form_urlencoded(&[("email", email), ("password", password), ("redirect_url", ORIGIN)]);
        let request = request.header("origin", ORIGIN).header("cookie", &cookie).body(body);
        let response = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        let mut set = response.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let of_client = set.rfind(|cookie| cookie.starts_with("__client=")).unwrap();
        cookie = of_client.split(';').next().unwrap().to_owned();
    }
    let running = async |user: &str| setup.fetch_from_clerk(&format!("sessions?user_id={user}&status=active")).await;
    let (ada, max) = (running("user_local_ada").await, running("user_local_max").await);
    let mut pairs = ada.as_array().unwrap().iter().flat_map(|first| {
        let same = move |second: &&Value| second["client_id"] == first["client_id"];
        max.as_array().unwrap().iter().filter(same).map(move |second| [first, second])
    });
    pairs.next().unwrap().map(|session| session["id"].as_str().unwrap().to_owned())
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
