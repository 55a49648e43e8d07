//! Recorded answers of Clerk's backend library to whole requests: who is asking, where people sign in, what a proxy sends up.
//!
//! The folder is named by `GATEHOUSE_VECTORS`. Left out, by rule: satellite domains (`isSatellite`, `domain`, a `__clerk_synced` or `__clerk_redirect_url` in
//! the address), the cross-origin sync that exists for them, and machine tokens (`acceptsToken`). Texts of messages are not compared. Where
//! Gatehouse is stricter the rule decides: see `is_stricter`. The proxy forwards no cookie and no credential but
//! Clerk's (`clerks_own`), and a HEAD request is decided as recorded here, while the gate asks for what a GET would get.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod vectors;

use clerk::authenticate::{
    AuthConfig, AuthState, Decision, Lookup, LookupResults, OrganizationSync, PathPattern, Progress, RequestHead,
    decide,
};
use clerk::frontend_proxy::{FrontendProxy, ProxyError, default_upstream};
use clerk::keys::VerifyingKey;
use clerk::publishable_key::PublishableKey;
use clerk::sign_in_urls::{ReturnTarget, SignInUrls};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::Url;
use vectors::{cases, vectors};

/// The recording with its placeholders filled in.
fn with_tokens(file: &Value) -> Value {
    let mut text = file.to_string();
    for (name, token) in file["tokens"].as_object().unwrap() {
        text = text.replace(&format!("{{{{tok:{name}}}}}"), token.as_str().unwrap());
    }
    serde_json::from_str(&text).unwrap()
}

fn header_map(headers: &Value) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in headers.as_object()? {
        map.append(HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    Some(map)
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_default();
    list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn config(case: &Value, url: &Url) -> AuthConfig {
    let options = &case["options"];
    let key = PublishableKey::parse(case["pk"].as_str().unwrap()).unwrap();
    let patterns = |name: &str| {
        texts(&options["organizationSyncOptions"][name]).iter().map(|text| PathPattern::new(text)).collect()
    };
    let mut config = AuthConfig::new(key, &url.origin().ascii_serialization());
    if let Some(proxy_url) = options["proxyUrl"].as_str() {
        config.frontend_api = proxy_url.trim_end_matches('/').to_owned();
    }
    config.trusts_forwarded = true;
    config.organization_sync = options["organizationSyncOptions"].is_object().then(|| OrganizationSync {
        organization: patterns("organizationPatterns"),
        personal_account: patterns("personalAccountPatterns"),
    });
    // The recorded library does not check it.
    config.expectations.issuer = None;
    config.expectations.authorized_parties = texts(&options["authorizedParties"]);
    config.expectations.leeway_ms = options["clockSkewInMs"].as_i64().unwrap_or(5000);
    config
}

fn answered(file: &Value, case: &Value) -> Option<Decision> {
    let url = Url::parse(case["url"].as_str().unwrap()).unwrap();
    let method: Method = case["method"].as_str().unwrap_or("GET").parse().unwrap();
    let headers = header_map(&case["headers"])?;
    let target = case["url"].as_str().unwrap().strip_prefix(&url.origin().ascii_serialization())?;
    let head = RequestHead { method: &method, target, headers: &headers };
    let (config, now_ms) = (config(case, &url), file["_about"]["now_unix"].as_i64().unwrap() * 1000);
    let keys = vectors("clerk/keys.json");
    let key = VerifyingKey::from_pem(keys["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let stub = file["_about"]["bapi_stub"].as_object().unwrap();
    let stub = |path: &str| stub.iter().find(|(name, _)| name.contains(path)).unwrap().1;
    let mut answers = LookupResults::default();
    loop {
        match decide(head, &config, &answers, now_ms) {
            Progress::Done(decision) => return Some(decision),
            Progress::Needs(Lookup::Key(kid)) => answers.keys.push((kid, Some(key.clone()))),
            Progress::Needs(Lookup::HandshakePayload(nonce)) => {
                answers.handshake_payload = Some(texts(&stub("handshake_payload")[nonce]));
            }
            Progress::Needs(Lookup::Refresh(refresh)) => {
                let known = refresh.refresh_token == "good";
                answers.refreshed = Some(if known { Ok(texts(stub("refresh"))) } else { Err(refusal_of(case)) });
            }
        }
    }
}

/// The code that the recorded Backend API refused a refresh token with.
fn refusal_of(case: &Value) -> String {
    let reason = case["expected"]["reason"].as_str().unwrap_or_default();
    reason.strip_prefix("session-token-expired-refresh-").unwrap_or("unexpected-bapi-error").to_owned()
}

fn is_left_out(case: &Value) -> bool {
    let options = case["options"].as_object().cloned().unwrap_or_default();
    let url = case["url"].as_str().unwrap();
    ["isSatellite", "domain", "acceptsToken", "satelliteAutoSync"].iter().any(|name| options.contains_key(*name))
        || url.contains("__clerk_synced")
        || url.contains("__clerk_redirect_url")
        || case["expected"]["reason"] == "primary-domain-cross-origin-sync"
}

/// Other algorithms than RS256, a missing session id and padding are refused, and the loop ends at every count from three on.
fn is_stricter(case: &Value, decision: &Decision) -> bool {
    let refused = ["token-verification-failed", "token-invalid", "token-invalid-algorithm"];
    match &decision.state {
        AuthState::SignedOut(reason) if case["expected"]["status"] == "signed-in" => refused.contains(&reason.as_ref()),
        AuthState::SignedOut(_) => {
            let cookies = case["headers"]["cookie"].as_str().unwrap_or_default();
            let count = cookies.split("__clerk_redirect_count=").nth(1).and_then(|rest| rest.split(';').next());
            count.and_then(|count| count.parse::<u32>().ok()).is_some_and(|count| count > 3)
        }
        AuthState::SignedIn(_) | AuthState::Handshake(_) | AuthState::ForeignHandshake(_) => false,
    }
}

/// A `Location` as base and parameters, as the recordings have it.
fn location(decision: &Decision) -> Value {
    let Some(location) = &decision.location else { return Value::Null };
    let mut url = Url::parse(location.to_str().unwrap()).unwrap();
    let parameters: Map<_, _> = url.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    url.set_query(None);
    json!({ "base": url.as_str(), "params": parameters })
}

#[test]
fn requests_are_decided_as_recorded() {
    let file = with_tokens(&vectors("clerk/authenticate-request.json"));
    let mut compared = 0;
    for case in cases(&file, "cases").iter().filter(|case| !is_left_out(case)) {
        let (name, expected) = (&case["name"], &case["expected"]);
        // A header that no server can receive, or an address that is none.
        let Some(decision) = answered(&file, case) else { continue };
        if expected["throws"].is_string() {
            assert!(matches!(decision.state, AuthState::ForeignHandshake(_)), "{name}: {decision:?}");
            continue;
        }
        if is_stricter(case, &decision) {
            continue;
        }
        let (status, reason) = match &decision.state {
            AuthState::SignedIn(_) => ("signed-in", Value::Null),
            AuthState::SignedOut(reason) => ("signed-out", json!(reason)),
            AuthState::Handshake(reason) => ("handshake", json!(reason)),
            AuthState::ForeignHandshake(_) => panic!("{name}: {decision:?}"),
        };
        assert_eq!((&expected["status"], &expected["reason"]), (&json!(status), &reason), "{name}");
        assert_eq!(expected["location"], location(&decision), "{name}");
        compare_headers(name, expected, &decision);
        compare_session(name, expected, &decision);
        compared += 1;
    }
    assert!(compared >= 20, "{compared}");
}

fn compare_headers(name: &Value, expected: &Value, decision: &Decision) {
    let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
    let cookies: Vec<_> =
        decision.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| text(value)).collect();
    assert_eq!(texts(&expected["set_cookie"]), cookies, "{name}");
    let others: Map<_, _> = decision
        .headers
        .iter()
        .filter(|(name, _)| name != "set-cookie")
        .map(|(name, value)| (name.as_str().to_owned(), json!(text(value))))
        .collect();
    let mut recorded = expected["other_headers"].as_object().cloned().unwrap_or_default();
    recorded.remove("x-clerk-auth-message");
    assert_eq!(recorded, others, "{name}");
}

fn compare_session(name: &Value, expected: &Value, decision: &Decision) {
    let session = match &decision.state {
        AuthState::SignedIn(session) => Some(session).filter(|session| !session.is_pending()),
        AuthState::SignedOut(_) | AuthState::Handshake(_) | AuthState::ForeignHandshake(_) => None,
    };
    let auth = &expected["to_auth"];
    assert_eq!(auth["user_id"], json!(session.map(|session| session.user.as_str())), "{name}");
    assert_eq!(auth["session_id"], json!(session.map(|session| session.id.as_str())), "{name}");
    let organization = session.and_then(|session| session.organization.as_ref());
    assert_eq!(auth["org_id"], json!(organization.map(|organization| organization.id.as_str())), "{name}");
}

#[test]
fn people_are_sent_to_sign_in_as_recorded() {
    for case in cases(&vectors("clerk/redirects.json"), "cases") {
        let input = &case["input"];
        let text = |name: &str| input[name].as_str().filter(|text| !text.is_empty());
        let instance = PublishableKey::parse(text("publishableKey").unwrap()).unwrap();
        let pages =
            SignInUrls { publishable_key: &instance, sign_in_url: text("signInUrl"), sign_up_url: text("signUpUrl") };
        let sender = ReturnTarget {
            at: text("baseUrl").unwrap(),
            return_to: text("returnBackUrl").unwrap_or_default(),
            dev_browser: text("devBrowserToken"),
            pending: text("sessionStatus") == Some("pending"),
        };
        assert_eq!(case["sign_in"], json!(pages.sign_in(&sender)), "{case}");
        assert_eq!(case["sign_up"], json!(pages.sign_up(&sender)), "{case}");
    }
}

fn proxy(case: &Value) -> Result<FrontendProxy, ProxyError> {
    let options = &case["options"];
    let text = |name: &str| options[name].as_str();
    let instance = PublishableKey::parse(text("publishableKey").unwrap_or_default())
        .map_err(|_| ProxyError::Configuration("no publishable key"))?;
    let origin = Url::parse(case["request"]["url"].as_str().unwrap()).unwrap().origin().ascii_serialization();
    let upstream = text("fapiUrl").unwrap_or(default_upstream(&instance));
    let secret = text("secretKey").unwrap_or_default().into();
    FrontendProxy::new(text("proxyPath").unwrap_or("/__clerk"), upstream, secret, &origin, true)
}

/// The address that the recorded library believes: any client may say it. Here it is the server's to tell.
fn believed_address(headers: &HeaderMap) -> Option<std::net::IpAddr> {
    let text = |name: &str| headers.get(name)?.to_str().ok()?.split(',').next()?.trim().parse().ok();
    text("cf-connecting-ip").or_else(|| text("x-real-ip")).or_else(|| text("x-forwarded-for"))
}

fn sorted(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned())).collect()
}

fn error_code(expected: &Value) -> Value {
    let body: Value = serde_json::from_str(expected["body"].as_str().unwrap()).unwrap_or_default();
    body["errors"][0]["code"].clone()
}

#[test]
fn the_proxy_sends_up_what_was_recorded() {
    for case in cases(&vectors("clerk/proxy.json"), "cases") {
        let (name, request, expected) = (&case["name"], &case["request"], &case["expected_response"]);
        let address = request["url"].as_str().unwrap();
        let origin = Url::parse(address).unwrap().origin().ascii_serialization();
        let headers = header_map(&request["headers"]).unwrap();
        let built =
            proxy(case).and_then(|proxy| Ok((proxy.upstream_url(address.strip_prefix(&origin).unwrap())?, proxy)));
        let (url, proxy) = match built {
            Ok(built) => built,
            Err(error) => {
                assert_eq!(
                    (&expected["status"], error_code(expected)),
                    (&json!(error.status()), json!(error.code())),
                    "{name}"
                );
                continue;
            }
        };
        if case["expected_upstream_request"].is_null() || case["upstream_response"]["throws"].is_string() {
            assert_eq!(expected["status"], json!(ProxyError::RequestFailed.status()), "{name}");
            continue;
        }
        let upstream = &case["expected_upstream_request"];
        assert_eq!(upstream["url"], url.as_str(), "{name}");
        let mut sent = sorted(&proxy.request_headers(&headers, believed_address(&headers)));
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        sent.insert("host".to_owned(), format!("{}{port}", url.host_str().unwrap()));
        assert_eq!(clerks_own(&upstream["headers"]), json!(sent), "{name}");
        compare_answer(
            name,
            case,
            &proxy.response_headers(&headers, &url, &answer_headers(&case["upstream_response"])),
        );
    }
}

/// What goes up of the recorded headers: no cookies and no credentials but Clerk's.
fn clerks_own(recorded: &Value) -> Value {
    let mut headers = recorded.as_object().unwrap().clone();
    let text = |name: &str| recorded[name].as_str().unwrap_or_default();
    let is_clerks = |pair: &&str| {
        ["__client", "__session", "__clerk", "__refresh", "clerk_"].iter().any(|name| pair.starts_with(name))
    };
    let cookies = text("cookie").split(';').map(str::trim).filter(is_clerks).collect::<Vec<_>>().join("; ");
    let credential = text("authorization");
    if cookies.is_empty() {
        headers.remove("cookie");
    } else {
        headers.insert("cookie".to_owned(), cookies.into());
    }
    if credential.split_once(' ').is_some_and(|(scheme, _)| !scheme.eq_ignore_ascii_case("bearer")) {
        headers.remove("authorization");
    }
    headers.into()
}

fn answer_headers(response: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if response["body"].is_string() {
        headers.insert("content-type", HeaderValue::from_static("text/plain;charset=UTF-8"));
    }
    for pair in response["headers"].as_array().into_iter().flatten() {
        let (name, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        let (name, value) = (HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        if name == "content-type" {
            headers.insert(name, value);
        } else {
            headers.append(name, value);
        }
    }
    headers
}

fn compare_answer(name: &Value, case: &Value, headers: &HeaderMap) {
    let expected = &case["expected_response"];
    let mut others = sorted(headers);
    others.remove("set-cookie");
    let recorded: BTreeMap<String, String> = expected["headers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(recorded, others, "{name}");
    let cookies: Vec<_> =
        headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    assert_eq!(texts(&expected["set_cookie"]), cookies, "{name}");
}
