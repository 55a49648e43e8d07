//! Keys and the key set, against a source on the loopback interface.

use super::*;
use serde_json::Value;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn fixtures() -> Value {
    serde_json::from_str(include_str!("../../tests/vectors/clerk/keys.json")).unwrap()
}

fn pem() -> String {
    fixtures()["public_key_spki_pem"].as_str().unwrap().to_owned()
}

/// A set with the fixture's key under this name.
fn set(kid: &str) -> String {
    let mut jwk = fixtures()["jwks"]["keys"][0].clone();
    jwk["kid"] = kid.into();
    serde_json::json!({ "keys": [jwk] }).to_string()
}

/// A key source on the loopback: counts requests, and sends the configured answer.
#[derive(Clone)]
struct Source {
    url: String,
    requests: Arc<AtomicUsize>,
    answer: Arc<Mutex<Answer>>,
}

#[derive(Clone)]
enum Answer {
    Set(String),
    Down,
    Silent,
    Endless,
}

impl Source {
    async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let source = Self { url, requests: Arc::default(), answer: Arc::new(Mutex::new(answer)) };
        let serving = source.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let source = serving.clone();
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let length = socket.read(&mut request).await.unwrap_or(0);
                    assert!(String::from_utf8_lossy(&request[..length]).contains("Bearer sk_test_source"));
                    source.requests.fetch_add(1, Ordering::SeqCst);
                    let answer = source.answer.lock().unwrap().clone();
                    let head = |status: &str, length: usize| {
                        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
                    };
                    match answer {
                        Answer::Set(set) => {
                            tokio::time::sleep(Duration::from_millis(30)).await;
                            let _ = socket.write_all(format!("{}{set}", head("200 OK", set.len())).as_bytes()).await;
                        }
                        Answer::Down => {
                            let _ = socket.write_all(head("500 Oops", 0).as_bytes()).await;
                        }
                        Answer::Silent => tokio::time::sleep(Duration::from_secs(60)).await,
                        Answer::Endless => {
                            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
                            while socket.write_all(&[b' '; 8192]).await.is_ok() {}
                        }
                    }
                });
            }
        });
        source
    }

    fn set_answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    fn request_count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    fn keys(&self) -> KeySource {
        KeySource::jwks(&self.url, "sk_test_source".into()).unwrap()
    }
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;

#[test]
fn a_pem_without_header_and_line_breaks_is_read() {
    let body: String = pem().lines().filter(|line| !line.starts_with("---")).collect();
    for text in [
        pem(),
        pem().replace('\n', "\\n"),
        pem().replace('\n', " "),
        pem().replace('\n', "\r\n"),
        body.clone(),
        format!("\"{body}\"").replace('"', ""),
    ] {
        assert!(VerifyingKey::from_pem(&text).is_ok(), "{text}");
    }
    let private = fixtures()["private_key_pkcs8_pem"].as_str().unwrap().to_owned();
    for text in ["", "x", "-----BEGIN PUBLIC KEY-----", &body[..100], &private, &format!("{body}AAAA")] {
        assert_eq!(VerifyingKey::from_pem(text).err(), Some(InvalidKeyError), "{text}");
    }
}

#[test]
fn weak_keys_and_keys_for_other_uses_are_ignored() {
    let good = fixtures()["jwks"]["keys"][0].as_object().unwrap().clone();
    assert!(VerifyingKey::from_jwk(&good).is_ok());
    let modulus = good["n"].as_str().unwrap();
    for (member, value) in [
        ("alg", "RS512"),
        ("use", "enc"),
        ("kty", "EC"),
        ("e", "AQ"),
        ("e", "Aw"),
        ("e", "AAAB"),
        ("n", &modulus[..86]),
        ("n", &modulus[..172]),
    ] {
        let mut jwk = good.clone();
        jwk.insert(member.to_owned(), value.into());
        assert!(VerifyingKey::from_jwk(&jwk).is_err(), "{member} {value}");
    }
}

#[test]
fn printing_a_key_source_shows_no_secret() {
    let printed = format!("{:?}", KeySource::jwks("http://127.0.0.1:9", "sk_test_source".into()).unwrap());
    assert!(!printed.contains("sk_test_source"), "{printed}");
}

#[tokio::test]
async fn the_set_is_fetched_once_and_kept_for_five_minutes() {
    let source = Source::start(Answer::Set(set("ins_a"))).await;
    let keys = source.keys();
    for second in 0..20 {
        keys.key(Some("ins_a"), second * SECOND).await.unwrap();
    }
    assert_eq!(source.request_count(), 1);
    keys.key(Some("ins_a"), 6 * MINUTE).await.unwrap();
    assert!(keys.is_ready(6 * MINUTE).await);
    assert_eq!(source.request_count(), 2);
}

#[tokio::test]
async fn a_rotated_key_is_fetched_and_no_other_key_replaces_it() {
    let source = Source::start(Answer::Set(set("ins_a"))).await;
    let keys = source.keys();
    keys.key(Some("ins_a"), 0).await.unwrap();
    assert_eq!(keys.key(Some("ins_b"), SECOND).await.err(), Some(KeyError::Unknown));
    assert_eq!(keys.key(None, SECOND).await.err(), Some(KeyError::Unknown));
    source.set_answer(Answer::Set(set("ins_b")));
    keys.key(Some("ins_b"), 20 * SECOND).await.unwrap();
    assert_eq!(keys.key(Some("ins_a"), 40 * SECOND).await.err(), Some(KeyError::Unknown));
}

#[tokio::test]
async fn concurrent_lookups_of_unknown_key_ids_are_one_fetch() {
    let source = Source::start(Answer::Set(set("ins_a"))).await;
    let keys = source.keys();
    let askers: Vec<_> = (0..50)
        .map(|n| {
            let keys = keys.clone();
            tokio::spawn(async move { keys.key(Some(&format!("ins_{n}")), 0).await.err() })
        })
        .collect();
    for asker in askers {
        assert_eq!(asker.await.unwrap(), Some(KeyError::Unknown));
    }
    assert_eq!(source.request_count(), 1);
}

#[tokio::test]
async fn during_an_outage_the_last_key_set_is_used_for_an_hour() {
    let source = Source::start(Answer::Set(set("ins_a"))).await;
    let keys = source.keys();
    keys.key(Some("ins_a"), 0).await.unwrap();
    source.set_answer(Answer::Down);
    keys.key(Some("ins_a"), 10 * MINUTE).await.unwrap();
    assert!(keys.is_ready(30 * MINUTE).await);
    assert_eq!(keys.key(Some("ins_b"), 40 * MINUTE).await.err(), Some(KeyError::Unavailable));
    assert_eq!(keys.key(Some("ins_a"), 61 * MINUTE).await.err(), Some(KeyError::Unavailable));
    assert!(!keys.is_ready(62 * MINUTE).await);
}

#[tokio::test]
async fn an_unusable_key_set_is_an_outage_and_signs_nobody_out() {
    for answer in [
        Answer::Down,
        Answer::Endless,
        Answer::Set("{\"keys\":[]}".to_owned()),
        Answer::Set("<html>".to_owned()),
        Answer::Set("[1]".to_owned()),
    ] {
        let keys = Source::start(answer).await.keys();
        assert_eq!(keys.key(Some("ins_a"), 0).await.err(), Some(KeyError::Unavailable));
    }
}

#[tokio::test]
async fn a_fetch_times_out_after_three_seconds_and_pauses() {
    let source = Source::start(Answer::Silent).await;
    let (keys, started) = (source.keys(), Instant::now());
    assert_eq!(keys.key(Some("ins_a"), 0).await.err(), Some(KeyError::Unavailable));
    assert_eq!(keys.key(Some("ins_a"), SECOND).await.err(), Some(KeyError::Unavailable));
    assert!(started.elapsed() < Duration::from_millis(4500), "{:?}", started.elapsed());
    assert_eq!(source.request_count(), 1);
}

#[tokio::test]
async fn a_known_key_does_not_wait_for_a_slow_fetch() {
    let source = Source::start(Answer::Set(set("ins_a"))).await;
    let keys = source.keys();
    keys.key(Some("ins_a"), 0).await.unwrap();
    source.set_answer(Answer::Silent);
    let started = Instant::now();
    keys.key(Some("ins_a"), 6 * MINUTE).await.unwrap();
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
}

#[tokio::test]
async fn cancelled_requests_share_one_fetch() {
    let source = Source::start(Answer::Silent).await;
    let keys = source.keys();
    for n in 0..10 {
        let _ = tokio::time::timeout(Duration::from_millis(50), keys.key(Some(&format!("ins_{n}")), n * 50)).await;
    }
    assert_eq!(source.request_count(), 1);
}

#[tokio::test]
async fn a_clock_set_back_does_not_extend_the_key_cache() {
    let source = Source::start(Answer::Set(set("ins_a"))).await;
    let keys = source.keys();
    keys.key(Some("ins_a"), 600 * MINUTE).await.unwrap();
    source.set_answer(Answer::Set(set("ins_b")));
    assert_eq!(keys.key(Some("ins_a"), 0).await.err(), Some(KeyError::Unknown));
}

#[test]
fn a_key_that_is_not_for_verifying_is_not_used() {
    let with = |member: &str, value: Value| {
        let mut jwk = fixtures()["jwks"]["keys"][0].clone();
        jwk[member] = value;
        VerifyingKey::from_jwk(jwk.as_object().unwrap()).is_ok()
    };
    for (member, value) in [
        ("key_ops", serde_json::json!(["verify"])),
        ("key_ops", serde_json::json!(["sign", "verify"])),
        ("use", "sig".into()),
        ("alg", "RS256".into()),
    ] {
        assert!(with(member, value.clone()), "{member} {value}");
    }
    for (member, value) in [
        ("key_ops", serde_json::json!(["sign"])),
        ("key_ops", serde_json::json!(["encrypt", "wrapKey"])),
        ("key_ops", serde_json::json!([])),
        ("key_ops", "verify".into()),
        ("key_ops", serde_json::json!(["Verify"])),
        ("key_ops", Value::Null),
        ("use", "enc".into()),
        ("use", "".into()),
        ("use", serde_json::json!(["sig"])),
        ("use", Value::Null),
        ("alg", "RS512".into()),
        ("alg", serde_json::json!(5)),
        ("kty", "EC".into()),
    ] {
        assert!(!with(member, value.clone()), "{member} {value}");
    }
}
