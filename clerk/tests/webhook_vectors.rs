//! Recorded and constructed deliveries against the rules of webhooks. `GATEHOUSE_VECTORS` names the
//! folder.
//!
//! Where a recording of Clerk's library is laxer than a rule of this crate (a timestamp that is
//! only partly a number), the rule decides.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod vectors;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clerk::webhook::verify;
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use vectors::{cases, vectors};

/// Headers of a delivery. `None`: HTTP itself refuses one of them, so the rules never see it.
fn headers<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?);
    }
    Some(headers)
}

#[test]
fn recorded_signatures_are_verified() {
    let file = vectors("clerk/webhook-signatures.json");
    let now_s = file["_about"]["now_unix"].as_i64().unwrap();
    for case in cases(&file, "cases") {
        let pairs =
            case["headers"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
        let secret = SecretString::from(case["secret"].as_str().unwrap());
        let body = case["body"].as_str().unwrap();
        let accepted =
            headers(pairs).is_some_and(|headers| verify(&[secret], &headers, body.as_bytes(), now_s).is_ok());
        let timestamp = case["headers"]["svix-timestamp"].as_str().unwrap_or_default().trim();
        let stricter = timestamp.parse::<f64>().is_err();
        assert!(accepted == case["expected"]["ok"].as_bool().unwrap() || (stricter && !accepted), "{case}");
    }
}

#[test]
fn constructed_deliveries_are_decided_as_recorded() {
    let file = vectors("webhook/signatures.json");
    let now_s = file["now"].as_i64().unwrap();
    let secrets = [SecretString::from(file["secret"].as_str().unwrap())];
    for case in cases(&file, "cases") {
        let body = BASE64_STANDARD.decode(case["body_base64"].as_str().unwrap()).unwrap();
        let pairs = case["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()));
        let accepted = headers(pairs).is_some_and(|headers| verify(&secrets, &headers, &body, now_s).is_ok());
        match case["expect"].as_str().unwrap() {
            "accept" => assert!(accepted, "{case}"),
            "reject" => assert!(!accepted, "{case}"),
            _ => {}
        }
    }
}
