//! The client against answers that a real Clerk seldom gives: too many, none, and every kind of no;
//! and a request that the local Clerk does not know.

use super::*;
use crate::ids::SessionId;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// These tests have nothing to repeat after a restart.
struct Recorded;

impl CommandRecord for Recorded {}

/// A Backend API that gives these answers in turn, the last one for ever, and counts how often it
/// was asked.
async fn api(answers: &'static [&'static str]) -> (BackendApi, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let place = count.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
            let _ = socket.write_all(answers[place].as_bytes()).await;
        }
    });
    (BackendApi::new(&url, "sk_test_x".to_owned().into()).unwrap(), asked)
}

const BUSY: &str = "HTTP/1.1 429 Too Many\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const BUSY_FOR_LONG: &str =
    "HTTP/1.1 429 Too Many\r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const FOUND: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    content-length: 18\r\nconnection: close\r\n\r\n{\"directives\":[]}\n";
const HTML: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>";

#[tokio::test]
async fn a_429_is_retried_after_clerks_delay_within_the_deadline() {
    let (clerk, asked) = api(&[BUSY, FOUND]).await;
    assert!(clerk.exists("users", "user_1").await.unwrap());
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    let (clerk, asked) = api(&[BUSY_FOR_LONG, FOUND]).await;
    assert!(matches!(clerk.exists("users", "user_1").await, Err(BackendApiError::Unavailable(_))));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let (clerk, asked) = api(&[BUSY]).await;
    assert!(matches!(clerk.exists("users", "user_1").await, Err(BackendApiError::Unavailable(_))));
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn the_lookup_of_a_nonce_is_not_retried_because_anyone_can_cause_it() {
    for answers in [&[BUSY, FOUND] as &'static [&'static str], &["", FOUND]] {
        let (clerk, asked) = api(answers).await;
        assert!(matches!(clerk.handshake_payload("n").await, Err(BackendApiError::Unavailable(_))), "{answers:?}");
        assert_eq!(asked.load(Ordering::Relaxed), 1, "{answers:?}");
    }
    let (clerk, _) = api(&[FOUND]).await;
    assert_eq!(clerk.handshake_payload("n").await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_read_is_retried_after_a_connection_error_and_a_change_is_not() {
    let (clerk, asked) = api(&["", FOUND]).await;
    assert!(clerk.exists("users", "user_1").await.unwrap());
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    let (clerk, asked) = api(&["", FOUND]).await;
    let session = SessionId::parse("sess_1").unwrap();
    assert!(matches!(clerk.commands(&Recorded).revoke_session(&session).await, Err(BackendApiError::Unavailable(_))));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_invalid_answer_is_an_outage() {
    let (clerk, _) = api(&[HTML]).await;
    assert!(matches!(clerk.handshake_payload("n").await, Err(BackendApiError::Unavailable(_))));
}

/// An answer with this number of running sessions of `user_1`.
fn sessions_page(number: usize) -> &'static str {
    let session =
        |id| format!(r#"{{"id":"sess_{id}","user_id":"user_1","status":"active","created_at":1,"updated_at":1}}"#);
    let body = format!("[{}]", (0..number).map(session).collect::<Vec<_>>().join(","));
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    Box::leak(answer.into_boxed_str())
}

#[tokio::test]
async fn the_sessions_of_a_user_are_read_page_by_page_without_end() {
    let answers = vec![sessions_page(0), sessions_page(500), sessions_page(500), sessions_page(1)];
    let (clerk, asked) = api(Box::leak(answers.into_boxed_slice())).await;
    let user = crate::ids::UserId::parse("user_1").unwrap();
    assert_eq!(clerk.running_user_sessions(&user).await.unwrap().len(), 1001);
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

/// A page of the list of roles with its total and one role of this key.
fn page_of_roles(key: &str, total: usize) -> &'static str {
    let role = format!(r#"{{"id":"role_1","key":"org:{key}","name":"x","permissions":[],"updated_at":1}}"#);
    let body = format!(r#"{{"data":[{role}],"total_count":{total}}}"#);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    Box::leak((head + &body).into_boxed_str())
}

#[tokio::test]
async fn a_search_that_is_cut_is_an_outage_and_never_says_that_the_object_is_absent() {
    let search = async |answers: Vec<&'static str>| {
        let (clerk, asked) = api(Box::leak(answers.into_boxed_slice())).await;
        let found = clerk.find_role(|role| role.key == "searched").await;
        (found.map(|role| role.is_some()), asked.load(Ordering::Relaxed))
    };
    let other = |total| page_of_roles("other", total);
    assert!(matches!(search(vec![other(1)]).await, (Ok(false), 1)), "the only page");
    assert!(matches!(search(vec![other(MAX_PAGES)]).await, (Ok(false), MAX_PAGES)), "exactly the pages that are read");
    let on_the_last = [vec![other(30); MAX_PAGES - 1], vec![page_of_roles("searched", 30)]].concat();
    assert!(matches!(search(on_the_last).await, (Ok(true), MAX_PAGES)), "found on the last page that is read");
    let cut = search(vec![other(MAX_PAGES + 1)]).await;
    assert!(matches!(cut, (Err(BackendApiError::Unavailable(_)), MAX_PAGES)), "{cut:?}");
    assert!(matches!(search(vec![GONE]).await, (Err(BackendApiError::NotFound), 1)));
}

const TAKEN: &str = "HTTP/1.1 400 Bad\r\ncontent-length: 122\r\nconnection: close\r\n\r\n\
    {\"errors\":[{\"code\":\"duplicate_record\",\"meta\":{\"param_name\":\"email_address\"}},\
    {\"code\":null}],\"clerk_trace_id\":\"t-1\"}       ";
const BARE: &str = "HTTP/1.1 422 Bad\r\ncontent-length: 63\r\nconnection: close\r\n\r\n\
    {\"errors\":[{\"code\":\"over_quota\",\"meta\":null,\"message\":\"x\\ny\"}]}";
const KEY: &str = "HTTP/1.1 403 No\r\ncontent-length: 42\r\nconnection: close\r\n\r\n\
    {\"errors\":[{\"code\":\"clerk_key_invalid\"}]} ";
const GONE: &str = "HTTP/1.1 404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn rejection_not_found_and_wrong_key_are_different_errors() {
    let error = async |answer: &'static str| {
        let (clerk, _) = api(Box::leak(Box::new([answer]))).await;
        clerk.handshake_payload("n").await.unwrap_err()
    };
    let BackendApiError::Rejected(taken) = error(TAKEN).await else { panic!("not rejected") };
    assert_eq!((taken.status, taken.code.as_str()), (400, "duplicate_record"));
    assert_eq!((taken.parameter.as_deref(), taken.trace_id.as_deref()), (Some("email_address"), Some("t-1")));
    let BackendApiError::Rejected(bare) = error(BARE).await else { panic!("not rejected") };
    assert_eq!((bare.code.as_str(), bare.parameter), ("over_quota", None));
    assert!(matches!(error(KEY).await, BackendApiError::Unavailable(text) if text.contains("CLERK_SECRET_KEY")));
    assert!(matches!(error(GONE).await, BackendApiError::NotFound));
    let text = error(BARE).await.to_string();
    assert!(text.contains("over_quota") && !text.contains('\n'), "{text}");
}

#[tokio::test]
async fn a_role_set_is_sent_as_clerk_reads_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let received = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let (mut request, mut part) = (Vec::new(), [0; 4096]);
        while !request.ends_with(b"}") {
            let length = socket.read(&mut part).await.unwrap();
            request.extend_from_slice(&part[..length]);
        }
        let answer = br#"{"object":"role_set","key":"role_set:staff","roles":[]}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
        socket.write_all(&[head.as_bytes(), answer].concat()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    let api = BackendApi::new(&url, "sk_test_x".to_owned().into()).unwrap();
    let roles = ["admin", "staff"];
    let new = NewRoleSet {
        key: "role_set:staff",
        name: "Staff",
        description: "Ours",
        roles: &roles,
        default_role: "staff",
        creator_role: "admin",
    };
    let made = api.commands(&Recorded).create_role_set(new).await.unwrap();
    assert_eq!(made.key, "role_set:staff");
    let request = received.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/role_sets "), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body,
        json!({
            "key": "role_set:staff", "name": "Staff", "description": "Ours", "type": "custom",
            "roles": ["org:admin", "org:staff"], "default_role_key": "org:staff", "creator_role_key": "org:admin",
        })
    );
}
