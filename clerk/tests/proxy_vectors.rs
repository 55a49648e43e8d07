//! Recorded requests of Clerk's own Frontend API proxy: what goes upstream, and what comes back.
//!
//! `GATEHOUSE_VECTORS` names the folder. This crate is stricter in one thing: it forwards no cookie
//! and no credential but Clerk's (`clerks_own`). Texts of messages are not compared.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod vectors;

use clerk::frontend_proxy::{FrontendProxy, ProxyError, default_upstream};
use clerk::publishable_key::PublishableKey;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;
use vectors::{cases, header_map, texts, vectors};

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

/// The address that the recorded library believes, although any client may send it. This crate gets
/// the address from the server.
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
fn the_proxy_sends_requests_as_recorded() {
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

/// The recorded headers without the cookies and credentials that are not Clerk's.
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
