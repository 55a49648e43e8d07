//! A production instance: its keys, its cookies, and a handshake in cookies.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use local_clerk::{Instance, LocalClerk, Options, StartError};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use std::path::Path;
use support::{Browser, ORIGIN, location, suffix_of};

const SECURE: &str = "https://localhost:3443";
const HANDSHAKE: &str = "/v1/client/handshake?redirect_url=https%3A%2F%2Flocalhost%3A3443%2Fadmin%3Fpage%3D2";

async fn production(folder: &Path) -> LocalClerk {
    let options = Options {
        data_dir: folder.to_owned(),
        instance: Instance::Production,
        public_origin: SECURE.to_owned(),
        webhook_url: "http://127.0.0.1:9/".to_owned(),
        ..Options::default()
    };
    local_clerk::start(options).await.unwrap()
}

async fn post(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> Response {
    let request = browser.client.post(format!("{}{path}", browser.base)).header("origin", SECURE).form(form);
    browser.send(request).await
}

async fn signed_in(clerk: &LocalClerk) -> (Browser, Response) {
    let mut browser = Browser::new(clerk);
    let form = [("strategy", "password"), ("identifier", "ada@example.com"), ("password", "engine-no-1")];
    let answer = post(&mut browser, "/v1/client/sign_ins", &form).await;
    (browser, answer)
}

fn set_cookies(answer: &Response) -> Vec<String> {
    answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

fn directive<'a>(cookies: &'a [String], name: &str) -> &'a str {
    cookies.iter().find(|text| text.starts_with(&format!("{name}="))).map_or("", String::as_str)
}

#[tokio::test]
async fn production_keys_are_live_and_there_are_no_dev_browsers() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = production(folder.path()).await;
    assert!(clerk.publishable_key().starts_with("pk_live_") && clerk.secret_key().starts_with("sk_live_"));
    let mut browser = Browser::new(&clerk);
    let refused = post(&mut browser, "/v1/dev_browser", &[]).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let environment: Value = browser.get("/v1/environment").await.json().await.unwrap();
    assert_eq!(environment["display_config"]["instance_environment_type"], "production");
    drop(clerk);
    let options = Options { data_dir: folder.path().to_owned(), ..Options::default() };
    let development = local_clerk::start(options).await.unwrap();
    assert!(development.publishable_key().starts_with("pk_test_") && development.secret_key().starts_with("sk_test_"));
}

#[tokio::test]
async fn client_uat_cookies_follow_sign_in_and_sign_out() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = production(folder.path()).await;
    let (mut browser, answer) = signed_in(&clerk).await;
    let (cookies, suffix) = (set_cookies(&answer), suffix_of(&clerk.publishable_key()));
    let client = directive(&cookies, "__client");
    assert!(client.contains("; HttpOnly") && client.contains("; Secure"), "{client}");
    for name in ["__client_uat".to_owned(), format!("__client_uat_{suffix}")] {
        let uat = directive(&cookies, &name);
        assert!(uat.contains("; SameSite=Lax") && uat.contains("; Secure") && !uat.contains("HttpOnly"), "{uat}");
        assert!(browser.cookies[&name].parse::<i64>().unwrap() > 1_700_000_000);
    }
    let out = post(&mut browser, "/v1/client/sessions?_method=DELETE", &[]).await;
    assert_eq!((out.status(), browser.cookies["__client_uat"].as_str()), (StatusCode::OK, "0"));
    assert_eq!(browser.cookies[&format!("__client_uat_{suffix}")], "0");
}

#[tokio::test]
async fn a_production_handshake_uses_cookies_and_clears_them() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = production(folder.path()).await;
    let (mut browser, _) = signed_in(&clerk).await;
    let answer = browser.get(&format!("{HANDSHAKE}&format=nonce")).await;
    assert_eq!(
        (answer.status(), location(&answer)),
        (StatusCode::TEMPORARY_REDIRECT, format!("{SECURE}/admin?page=2"))
    );
    let cookies = set_cookies(&answer);
    let carrier = directive(&cookies, "__clerk_handshake_nonce").to_owned();
    assert!(carrier.contains("; HttpOnly") && carrier.contains("; Secure") && carrier.contains("; SameSite=Lax"));
    let nonce = carrier.split(['=', ';']).nth(1).unwrap();
    let url = format!("{}/v1/clients/handshake_payload?nonce={nonce}", clerk.api_url());
    let payload: Value =
        browser.client.get(url).bearer_auth(clerk.secret_key()).send().await.unwrap().json().await.unwrap();
    let directives: Vec<String> = serde_json::from_value(payload["directives"].clone()).unwrap();
    let suffix = suffix_of(&clerk.publishable_key());
    assert!(directive(&directives, &format!("__refresh_{suffix}")).contains("; HttpOnly"));
    assert!(directive(&directives, "__clerk_handshake_nonce").contains("Max-Age=0"));
    assert!(directive(&directives, "__session").len() > 500 && directives.iter().all(|text| text.contains("; Secure")));
    assert!(!directives.iter().any(|text| text.starts_with("__clerk_db_jwt")));
}

#[tokio::test]
async fn handshake_cookies_fit_into_4096_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = production(folder.path()).await;
    let mut nobody = Browser::new(&clerk);
    let cookies = set_cookies(&nobody.get(HANDSHAKE).await);
    let token = directive(&cookies, "__clerk_handshake").split(['=', ';']).nth(1).unwrap().to_owned();
    assert!(
        nobody.claims(&token).await["handshake"]
            .as_array()
            .unwrap()
            .iter()
            .any(|text| { text.as_str().unwrap().starts_with("__client_uat=0") })
    );
    let (mut browser, _) = signed_in(&clerk).await;
    let cookies = set_cookies(&browser.get(HANDSHAKE).await);
    assert!(cookies.iter().any(|text| text.starts_with("__clerk_handshake")), "{cookies:?}");
    assert!(cookies.iter().all(|text| text.split(';').next().unwrap().len() <= 4096));
}

#[tokio::test]
async fn the_plain_pages_set_the_same_cookies() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = production(folder.path()).await;
    let mut browser = Browser::new(&clerk);
    let form = [("email", "ada@example.com"), ("password", "engine-no-1"), ("redirect_url", "/admin")];
    let answer = post(&mut browser, "/hosted/sign-in", &form).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, format!("{SECURE}/admin")));
    let cookies = set_cookies(&answer);
    assert!(cookies.iter().all(|text| text.matches("; Secure").count() == 1), "{cookies:?}");
    let mut names: Vec<_> = cookies.iter().map(|text| text.split('=').next().unwrap()).collect();
    names.sort_unstable();
    let suffix = suffix_of(&clerk.publishable_key());
    let suffixed = ["__client_uat", "__session"].map(|name| format!("{name}_{suffix}"));
    assert_eq!(names, ["__client", "__client_uat", &suffixed[0], "__session", &suffixed[1]]);
}

#[tokio::test]
async fn an_https_origin_must_be_on_the_loopback() {
    let folder = tempfile::tempdir().unwrap();
    for (origin, starts) in [
        ("https://localhost", true),
        ("https://app.localhost:3443", true),
        ("https://127.0.0.1:8443", true),
        ("https://[::1]:8443", true),
        ("https://127.9.0.1", true),
        (ORIGIN, true),
        ("http://10.0.0.7:3000", true),
        ("https://admin.example.com", false),
        ("HTTPS://a.example", false),
        ("https://[::2]", false),
        ("https://localhost.example.com", false),
        ("https://10.0.0.1", false),
    ] {
        let options =
            Options { data_dir: folder.path().to_owned(), public_origin: origin.to_owned(), ..Options::default() };
        match local_clerk::start(options).await {
            Ok(_) => assert!(starts, "{origin}"),
            Err(error) => assert!(!starts && matches!(error, StartError::Https), "{origin}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_domain_has_two_labels() {
    let folder = tempfile::tempdir().unwrap();
    for (origin, domain) in [
        ("https://app.localhost:3443", Some("app.localhost")),
        ("https://admin.app.localhost", Some("app.localhost")),
        ("http://admin.example.com", Some("example.com")),
        ("https://localhost:3443", None),
        ("https://127.0.0.1", None),
        ("https://[::1]", None),
    ] {
        let options = Options {
            data_dir: folder.path().to_owned(),
            instance: Instance::Production,
            public_origin: origin.to_owned(),
            ..Options::default()
        };
        let clerk = local_clerk::start(options).await.unwrap();
        let mut browser = Browser::new(&clerk);
        browser.cookies.insert("__client".to_owned(), "client_unknown".to_owned());
        let cookies = set_cookies(&browser.get("/v1/client").await);
        let found = directive(&cookies, "__client_uat").split("; ").find_map(|part| part.strip_prefix("Domain="));
        assert!(!cookies.is_empty() && found == domain, "{origin}: {cookies:?}");
    }
}

#[tokio::test]
async fn only_client_uat_and_handshake_cookies_are_set_for_the_domain() {
    let folder = tempfile::tempdir().unwrap();
    let origin = "https://admin.app.localhost:3443";
    let options = Options {
        data_dir: folder.path().to_owned(),
        instance: Instance::Production,
        public_origin: origin.to_owned(),
        webhook_url: "http://127.0.0.1:9/".to_owned(),
        ..Options::default()
    };
    let clerk = local_clerk::start(options).await.unwrap();
    let mut browser = Browser::new(&clerk);
    let form = [("strategy", "password"), ("identifier", "ada@example.com"), ("password", "engine-no-1")];
    let request =
        browser.client.post(format!("{}/v1/client/sign_ins", browser.base)).header("origin", origin).form(&form);
    let mut set = set_cookies(&browser.send(request).await);
    let handshake = "/v1/client/handshake?redirect_url=https%3A%2F%2Fadmin.app.localhost%3A3443%2F&format=nonce";
    let carriers = set_cookies(&browser.get(handshake).await);
    let nonce = directive(&carriers, "__clerk_handshake_nonce").split(['=', ';']).nth(1).unwrap().to_owned();
    set.extend(carriers);
    let url = format!("{}/v1/clients/handshake_payload?nonce={nonce}", clerk.api_url());
    let payload: Value =
        browser.client.get(url).bearer_auth(clerk.secret_key()).send().await.unwrap().json().await.unwrap();
    set.extend(serde_json::from_value::<Vec<String>>(payload["directives"].clone()).unwrap());
    let of_the_domain = |name: &str| name.starts_with("__client_uat") || name.starts_with("__clerk_handshake");
    for cookie in &set {
        let name = cookie.split('=').next().unwrap();
        assert_eq!(cookie.contains("; Domain=app.localhost"), of_the_domain(name), "{cookie}");
    }
    for name in ["__client_uat", "__clerk_handshake_nonce", "__session", "__client"] {
        assert!(!directive(&set, name).is_empty(), "{name}");
    }
}
