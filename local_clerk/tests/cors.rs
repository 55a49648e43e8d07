//! Use without a proxy: CORS of the Frontend API, and a browser that sends no cookies.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use support::{ORIGIN, cookieless_client, start};

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn only_the_applications_origin_may_read() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let ask = async |method: Method, origin: &str, path: &str| {
        let request =
            cookieless_client().request(method, format!("{}{path}", clerk.api_url())).header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization").send().await.unwrap()
    };
    let own = ask(Method::GET, ORIGIN, "/v1/client").await;
    assert_eq!(header(&own, "access-control-allow-origin"), ORIGIN);
    assert_eq!(header(&own, "access-control-allow-credentials"), "true");
    assert_eq!(header(&own, "access-control-expose-headers"), "authorization, clerk-db-jwt, retry-after, x-country");
    assert_eq!(header(&own, "vary"), "Origin");
    let first = ask(Method::OPTIONS, ORIGIN, "/v1/client/sessions/sess_1/tokens").await;
    assert_eq!((first.status(), header(&first, "access-control-allow-origin")), (StatusCode::NO_CONTENT, ORIGIN));
    assert!(header(&first, "access-control-allow-methods").contains("DELETE"));
    assert_eq!(header(&first, "access-control-allow-headers"), "authorization");
    for origin in ["https://evil.example", "null", "http://localhost:3001", "http://localhost:3000.evil.example"] {
        let read = ask(Method::GET, origin, "/v1/client").await;
        assert_eq!((read.status(), header(&read, "access-control-allow-origin")), (StatusCode::OK, ""), "{origin}");
        for method in [Method::OPTIONS, Method::POST] {
            let answer = ask(method, origin, "/v1/client/sign_ins").await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
            assert_eq!(header(&answer, "access-control-allow-origin"), "", "{origin}");
        }
    }
    let backend = ask(Method::GET, ORIGIN, "/v1/users").await;
    assert_eq!(header(&backend, "access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_browser_without_cookies_is_identified_by_its_dev_browser() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let made: Value = cookieless_client()
        .post(format!("{}/v1/dev_browser", clerk.api_url()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = made["id"].as_str().unwrap().to_owned();
    // The request of a browser from another site.
    let post = async |path: &str, id: &str, form: &[(&str, &str)]| -> Value {
        let request =
            cookieless_client().post(format!("{}{path}?__clerk_db_jwt={id}", clerk.api_url())).header("origin", ORIGIN);
        request.header("sec-fetch-site", "cross-site").form(form).send().await.unwrap().json().await.unwrap()
    };
    let begun = post("/v1/client/sign_ins", &id, &[("identifier", "ada@example.com")]).await;
    let path = format!("/v1/client/sign_ins/{}/attempt_first_factor", begun["response"]["id"].as_str().unwrap());
    let other = post(&path, "dvb_other", &[("strategy", "password"), ("password", "engine-no-1")]).await;
    assert_eq!(other["errors"][0]["code"], "resource_not_found");
    let done = post(&path, &id, &[("strategy", "password"), ("password", "engine-no-1")]).await;
    assert_eq!(done["response"]["status"], "complete");
    let session = done["response"]["created_session_id"].as_str().unwrap();
    let token = post(&format!("/v1/client/sessions/{session}/tokens"), &id, &[]).await;
    assert_eq!(token["object"], "token");
    let client = async |id: &str| -> Value {
        let url = format!("{}/v1/client?__clerk_db_jwt={id}", clerk.api_url());
        cookieless_client().get(url).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(client(&id).await["response"]["last_active_session_id"], session);
    assert_eq!(client("dvb_other").await["response"]["sessions"], json!([]));
    // The value in the handshake's cookies works too.
    let url =
        format!("{}/v1/client/handshake?redirect_url={ORIGIN}/&format=nonce&__clerk_db_jwt={id}", clerk.api_url());
    let without = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let nonce = support::location(&without.get(url).send().await.unwrap()).split_once("nonce=").unwrap().1.to_owned();
    let url = format!("{}/v1/clients/handshake_payload?nonce={nonce}", clerk.api_url());
    let payload: Value = without.get(url).bearer_auth(clerk.secret_key()).send().await.unwrap().json().await.unwrap();
    let directives: Vec<String> = serde_json::from_value(payload["directives"].clone()).unwrap();
    let brought = directives.iter().find_map(|text| text.strip_prefix("__clerk_db_jwt=")).unwrap();
    let brought = brought.split(';').next().unwrap();
    assert_eq!(client(brought).await["response"]["last_active_session_id"], session);
}

#[tokio::test]
async fn a_cookie_of_another_application_does_not_hide_clerks_cookies() {
    use reqwest::header::HeaderValue;
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = support::Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let own = format!("__client={}", browser.cookies["__client"]);
    for foreign in ["city=Zürich".as_bytes(), b"city=Z\xfcrich", "Zürich".as_bytes(), "__client=Zürich".as_bytes()] {
        let line = HeaderValue::from_bytes(&[foreign, b"; ", own.as_bytes()].concat()).unwrap();
        let request = cookieless_client().get(format!("{}/v1/client", clerk.api_url())).header("cookie", line);
        let client: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(client["response"]["sessions"].as_array().map(Vec::len), Some(1), "{client}");
    }
}

#[tokio::test]
async fn a_write_needs_exactly_one_origin_of_the_application() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    for (origins, status) in [
        (&[ORIGIN][..], StatusCode::OK),
        (&[ORIGIN, "https://evil.example"], StatusCode::FORBIDDEN),
        (&["https://evil.example", ORIGIN], StatusCode::FORBIDDEN),
        (&["http://localhost:3000/ü"], StatusCode::FORBIDDEN),
    ] {
        let request = cookieless_client().post(format!("{}/v1/dev_browser", clerk.api_url()));
        let request = origins.iter().fold(request, |request, origin| {
            request.header("origin", reqwest::header::HeaderValue::from_bytes(origin.as_bytes()).unwrap())
        });
        assert_eq!(request.send().await.unwrap().status(), status, "{origins:?}");
    }
}
