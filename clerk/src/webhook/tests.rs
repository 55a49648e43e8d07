//! The rules of a delivery one by one, and properties that hold for every input.

use super::*;
use proptest::prelude::*;

const NOW_S: i64 = 1_800_000_000;
const OLD: &str = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZC1zZWNyZXQ=";
const NEW: &str = "whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldy1zZWNyZXQ=";
const HEADER_NAMES: [&str; 5] = ["svix-id", "svix-timestamp", "svix-signature", "webhook-id", "webhook-timestamp"];
const BODY: &str = r#"{"type":"user.created","timestamp":1800000000000,"data":{"id":"user_1"}}"#;

fn secrets(texts: &[&str]) -> Vec<SecretString> {
    texts.iter().map(|text| SecretString::from(*text)).collect()
}

fn sign(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    Webhook::new(secret).unwrap().sign(id, timestamp, body).unwrap()
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    headers
}

fn delivery(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> HeaderMap {
    let signature = sign(secret, id, timestamp, body);
    headers(&[("svix-id", id), ("svix-timestamp", &timestamp.to_string()), ("svix-signature", &signature)])
}

fn answer(headers: &HeaderMap, body: &[u8]) -> Result<Event, VerifyError> {
    verify(&secrets(&[NEW]), headers, body, NOW_S)
}

#[test]
fn both_secrets_are_valid_while_rotating() {
    let both = secrets(&[OLD, NEW]);
    for secret in [OLD, NEW] {
        assert!(verify(&both, &delivery(secret, "msg_1", NOW_S, BODY.as_bytes()), BODY.as_bytes(), NOW_S).is_ok());
    }
    assert_eq!(
        answer(&delivery(OLD, "msg_1", NOW_S, BODY.as_bytes()), BODY.as_bytes()).unwrap_err(),
        VerifyError::Signature
    );
}

#[test]
fn without_a_usable_secret_every_delivery_is_refused() {
    let headers = delivery(NEW, "msg_1", NOW_S, BODY.as_bytes());
    for unusable in [&[][..], &[""], &["whsec_"], &["whsec_%%%"]] {
        let refused = verify(&secrets(unusable), &headers, BODY.as_bytes(), NOW_S).unwrap_err();
        assert_eq!(refused, VerifyError::Signature, "{unusable:?}");
    }
}

#[test]
fn a_secret_has_at_least_16_bytes_in_base64() {
    let fits = |text: &str| check_secret(&SecretString::from(text)).is_ok();
    assert!(fits("whsec_AAAAAAAAAAAAAAAAAAAAAA==") && fits(NEW));
    for text in
        ["", "whsec_", "whsec_c2hvcnQ=", "whsec_AAAAAAAAAAAAAAAAAAAA", "whsec_not base64 at all, but long enough"]
    {
        assert!(!fits(text), "{text}");
    }
}

#[test]
fn a_timestamp_may_differ_by_five_minutes_in_both_directions() {
    for (offset, good) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let headers = delivery(NEW, "msg_1", NOW_S + offset, BODY.as_bytes());
        assert_eq!(answer(&headers, BODY.as_bytes()).is_ok(), good, "{offset}");
    }
}

#[test]
fn svix_and_webhook_headers_are_not_mixed() {
    let signature = sign(NEW, "msg_1", NOW_S, BODY.as_bytes());
    let now = NOW_S.to_string();
    let unbranded =
        [("webhook-id", "msg_1"), ("webhook-timestamp", now.as_str()), ("webhook-signature", signature.as_str())];
    assert!(answer(&headers(&unbranded), BODY.as_bytes()).is_ok());
    for (name, value) in
        [("svix-id", "msg_1"), ("svix-timestamp", now.as_str()), ("svix-signature", signature.as_str())]
    {
        let mut mixed = headers(&unbranded);
        mixed.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
        let refused = answer(&mixed, BODY.as_bytes()).unwrap_err();
        assert!(matches!(refused, VerifyError::Header(_, HeaderFault::Missing)), "{name}: {refused}");
    }
}

#[test]
fn a_repeated_header_is_refused() {
    for name in ["svix-id", "svix-timestamp", "svix-signature"] {
        let mut doubled = delivery(NEW, "msg_1", NOW_S, BODY.as_bytes());
        let value = doubled[name].clone();
        doubled.append(name.parse::<http::HeaderName>().unwrap(), value);
        let refused = answer(&doubled, BODY.as_bytes()).unwrap_err();
        assert_eq!(refused, VerifyError::Header(name, HeaderFault::Doubled), "{name}");
    }
}

#[test]
fn an_id_too_long_for_an_index_is_refused() {
    let id = "m".repeat(MAX_ID_BYTES);
    assert!(answer(&delivery(NEW, &id, NOW_S, BODY.as_bytes()), BODY.as_bytes()).is_ok());
    let id = "m".repeat(MAX_ID_BYTES + 1);
    let refused = answer(&delivery(NEW, &id, NOW_S, BODY.as_bytes()), BODY.as_bytes()).unwrap_err();
    assert_eq!(refused, VerifyError::Header("svix-id", HeaderFault::Unusable));
}

#[test]
fn a_byte_order_mark_is_part_of_the_signed_body() {
    let marked = format!("\u{feff}{BODY}");
    assert_eq!(
        answer(&delivery(NEW, "msg_1", NOW_S, marked.as_bytes()), marked.as_bytes()).unwrap().kind(),
        "user.created"
    );
    let without = delivery(NEW, "msg_1", NOW_S, BODY.as_bytes());
    assert_eq!(answer(&without, marked.as_bytes()).unwrap_err(), VerifyError::BodyChanged);
}

#[test]
fn signed_json_of_any_shape_is_an_event() {
    for body in ["{}", "[]", "null", r#"{"type":7,"timestamp":"x"}"#] {
        let event = answer(&delivery(NEW, "msg_1", NOW_S, body.as_bytes()), body.as_bytes()).unwrap();
        assert_eq!((event.id(), event.kind(), event.timestamp_ms()), ("msg_1", "", 0), "{body}");
    }
    for body in ["", "{", "name=x", r#"{"a":1} {}"#] {
        assert_eq!(
            answer(&delivery(NEW, "msg_1", NOW_S, body.as_bytes()), body.as_bytes()).unwrap_err(),
            VerifyError::Body
        );
    }
}

#[test]
fn a_timestamp_in_seconds_is_converted() {
    for time in ["1800000000", "1800000000000"] {
        let body = format!(r#"{{"type":"user.created","timestamp":{time},"data":{{}}}}"#);
        let event = answer(&delivery(NEW, "msg_1", NOW_S, body.as_bytes()), body.as_bytes()).unwrap();
        assert_eq!(event.timestamp_ms(), 1_800_000_000_000);
    }
}

#[test]
fn debug_output_of_an_event_has_no_personal_data() {
    let event = answer(&delivery(NEW, "msg_1", NOW_S, BODY.as_bytes()), BODY.as_bytes()).unwrap();
    assert!(!format!("{event:?}").contains("user_1"));
}

#[test]
fn a_reformatted_body_and_a_wrong_secret_are_different_errors() {
    let sent = r#"{"type":"user.created","data":{"name":"Ada \\ \" {a : 1}","list":[1,2]}}"#;
    let again = r#"{ "type": "user.created",
        "data": {"name": "Ada \\ \" {a : 1}", "list": [1, 2]} }"#;
    for (changed, expected) in [
        (again.to_owned(), VerifyError::BodyChanged),
        (format!("{sent}\r\n"), VerifyError::BodyChanged),
        (format!(" {sent}"), VerifyError::BodyChanged),
        (sent.replace("Ada", "Eve"), VerifyError::Signature),
        (sent.replace("{a : 1}", "{a:1}"), VerifyError::Signature),
        (String::new(), VerifyError::Signature),
    ] {
        let headers = delivery(NEW, "msg_1", NOW_S, sent.as_bytes());
        assert_eq!(answer(&headers, changed.as_bytes()).unwrap_err(), expected, "{changed}");
        let other = delivery(OLD, "msg_1", NOW_S, sent.as_bytes());
        assert_eq!(answer(&other, changed.as_bytes()).unwrap_err(), VerifyError::Signature, "{changed}");
    }
    let with_a_line_end = delivery(NEW, "msg_1", NOW_S, format!("{sent}\n").as_bytes());
    assert_eq!(answer(&with_a_line_end, sent.as_bytes()).unwrap_err(), VerifyError::BodyChanged);
}

#[test]
fn a_refused_timestamp_shows_the_clock_difference() {
    for (offset, said) in [(-301, "301 seconds ahead of"), (4000, "4000 seconds behind")] {
        let refused = answer(&delivery(NEW, "msg_1", NOW_S + offset, BODY.as_bytes()), BODY.as_bytes()).unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
    }
}

/// The bytes with one bit flipped.
fn flipped(bytes: &[u8], at: prop::sample::Index) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let bit = at.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(part in 0..4_usize, at in any::<prop::sample::Index>()) {
        let timestamp = NOW_S.to_string();
        let signature = sign(NEW, "msg_1", NOW_S, BODY.as_bytes());
        let mut parts = [b"msg_1".to_vec(), timestamp.into_bytes(), signature.into_bytes(), BODY.as_bytes().to_vec()];
        parts[part] = flipped(&parts[part], at);
        let mut headers = HeaderMap::new();
        for (name, value) in ["svix-id", "svix-timestamp", "svix-signature"].into_iter().zip(&parts) {
            // Bytes that no header can have do not arrive at all.
            let Ok(value) = HeaderValue::from_bytes(value) else { return Ok(()) };
            headers.insert(name, value);
        }
        prop_assert!(answer(&headers, &parts[3]).is_err());
    }

    #[test]
    fn no_input_panics(
        pairs in prop::collection::vec((prop::sample::select(&HEADER_NAMES), "\\PC{0,40}|[0-9.+-]{1,20}"), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..80),
        secret in "\\PC{0,40}",
        now_s in any::<i64>(),
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.append(name, value);
            }
        }
        let secret = SecretString::from(secret);
        let _ = check_secret(&secret);
        prop_assert!(verify(&[secret], &headers, &body, now_s).is_err());
    }
}
