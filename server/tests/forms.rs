//! Forms without JavaScript: every outcome returns to the page, and the typed text is kept.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use domain::form_result::Sent;
use http::{Request, StatusCode, header};
use support::{Caller, ORIGIN, TestApp, TestResponse};
use url::Url;

async fn post_form(app: &TestApp, caller: &Caller, body: &str, referer: Option<&str>) -> TestResponse {
    let mut request = caller.post("/api/rename_organization", body);
    request.headers_mut().insert(header::ACCEPT, "text/html,application/xhtml+xml".parse().unwrap());
    if let Some(referer) = referer {
        request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
    }
    app.send(request).await
}

fn query(response: &TestResponse) -> (String, Vec<(String, String)>) {
    assert_eq!(response.status, StatusCode::SEE_OTHER, "{}", response.body);
    assert_eq!(response.header("cache-control"), "no-store");
    let location = response.header("location");
    assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
    let url = Url::parse(&format!("{ORIGIN}{location}")).unwrap();
    (url.path().to_owned(), url.query_pairs().into_owned().collect())
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// The value of a field that the URL keeps.
fn kept(pairs: &[(String, String)], field: &str) -> Option<String> {
    Sent::read(value(pairs, "sent"), |json| serde_json::from_str(json).ok())?.get(field).map(str::to_owned)
}

fn encoded(name: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("name", name).finish()
}

#[tokio::test]
async fn success_returns_to_the_page() {
    let app = TestApp::new().await;
    let response =
        post_form(&app, &Caller::admin(), "name=Engines", Some("http://localhost:3000/admin?refused=x&name=y")).await;
    let (path, pairs) = query(&response);
    assert_eq!((path.as_str(), value(&pairs, "done")), ("/admin", "rename_organization"));
    // The parameters of the page stay, and those of an earlier outcome go.
    assert_eq!(pairs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["name", "done"]);
}

#[tokio::test]
async fn a_form_on_a_later_page_returns_to_it() {
    let app = TestApp::new().await;
    let referer = "http://localhost:3000/admin/members?page=2&done=change_role&page=x";
    let response = post_form(&app, &Caller::admin(), "name=Engines", Some(referer)).await;
    assert_eq!(response.header("location"), "/admin/members?page=2&done=rename_organization");
}

#[tokio::test]
async fn a_refusal_returns_its_code_and_the_typed_value() {
    let app = TestApp::new().await;
    let typed = "é".repeat(201);
    let response = post_form(&app, &Caller::admin(), &encoded(&typed), Some("http://localhost:3000/admin")).await;
    let (path, pairs) = query(&response);
    assert_eq!((path.as_str(), value(&pairs, "refused")), ("/admin", "rename_organization"));
    assert_eq!(kept(&pairs, "name"), Some(typed));
    assert_eq!(value(&pairs, "refusal"), r#"{"error":"invalid_input","fields":{"name":"too_long"}}"#);
}

#[tokio::test]
async fn policy_refusals_return_in_the_same_way() {
    let app = TestApp::new().await;
    let (_, pairs) = query(&post_form(&app, &Caller::stale(), "name=New+Name", None).await);
    assert_eq!(kept(&pairs, "name").as_deref(), Some("New Name"));
    assert!(value(&pairs, "refusal").contains("reverification-error"));
}

#[tokio::test]
async fn a_form_of_a_signed_out_user_goes_to_sign_in_and_back() {
    let app = TestApp::new().await;
    for caller in [Caller::anonymous(), Caller::expired(), Caller::pending()] {
        let response = post_form(&app, &caller, "name=Typed", Some("http://localhost:3000/admin/members?page=1")).await;
        let (path, pairs) = query(&response);
        assert_eq!(path, "/sign-in");
        let back = Url::parse(&format!("{ORIGIN}{}", value(&pairs, "redirect_url"))).unwrap();
        let pairs: Vec<_> = back.query_pairs().into_owned().collect();
        assert_eq!((back.path(), value(&pairs, "page")), ("/admin/members", "1"));
        assert_eq!(value(&pairs, "refusal"), r#"{"error":"unauthenticated"}"#);
        assert_eq!(kept(&pairs, "name").as_deref(), Some("Typed"));
    }
}

/// nginx accepts a request line of 8 KB and response headers of 4 KB by default.
#[tokio::test]
async fn every_valid_name_is_kept_in_a_url_that_proxies_accept() {
    let app = TestApp::new().await;
    let names =
        ["字", "🛡", "\u{1f468}\u{200d}", "\"", "%", "a"].map(|letters| letters.chars().cycle().take(200).collect());
    for name in names.into_iter().chain(["字".repeat(180), "👩‍🚀".repeat(41)]) {
        let referer = format!("http://localhost:3000/admin/members?page=100&query={}", "%E5%AD%97".repeat(20));
        for caller in [Caller::stale(), Caller::expired()] {
            let response = post_form(&app, &caller, &encoded(&name), Some(&referer)).await;
            let headers: usize =
                response.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
            assert!(headers < 4096, "{name}: {headers}");
            let (path, mut pairs) = query(&response);
            if path == "/sign-in" {
                let back = Url::parse(&format!("{ORIGIN}{}", value(&pairs, "redirect_url"))).unwrap();
                pairs = back.query_pairs().into_owned().collect();
            }
            assert_eq!(kept(&pairs, "name").as_deref(), Some(name.as_str()));
        }
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_kept_is_not_announced() {
    let app = TestApp::new().await;
    for (length, words) in [
        (100, "Your input was kept"),
        (600, "Your input was too long to keep"),
        // A form that is longer than a URL could carry is not read at all after the refusal.
        (1500, "Your input was too long to keep"),
    ] {
        let response = post_form(&app, &Caller::stale(), &encoded(&"字".repeat(length)), None).await;
        let page = app.open(&Caller::admin(), response.header("location")).await.body;
        let said: Vec<_> = ["Your input was kept", "Your input was too long to keep"]
            .into_iter()
            .filter(|words| page.contains(words))
            .collect();
        assert_eq!(said, [words]);
    }
}

#[tokio::test]
async fn every_form_names_the_organization_of_its_page() {
    let app = TestApp::new().await;
    let pages = [
        "/admin",
        "/admin/settings",
        "/admin/members", // example:line bulk
    ];
    for page in pages {
        let body = app.open(&Caller::admin(), page).await.body;
        let forms = body.matches("action=\"/api/").count();
        let named = body.matches("name=\"organization_id\" value=\"org_engines\"").count();
        assert!(forms > 0 && forms == named, "{page}: {forms} forms, {named} with their organization");
    }
}

#[tokio::test]
async fn a_form_for_another_organization_returns_its_text_and_organization() {
    let app = TestApp::new().await;
    let response = post_form(&app, &Caller::admin(), "name=Typed&organization_id=org_neighbours", None).await;
    let (_, pairs) = query(&response);
    assert_eq!(value(&pairs, "refusal"), r#"{"error":"other_organization"}"#);
    assert_eq!(kept(&pairs, "name").as_deref(), Some("Typed"));
    assert_eq!(kept(&pairs, "organization_id").as_deref(), Some("org_neighbours"));
    let page = app.open(&Caller::admin(), response.header("location")).await.body;
    assert!(page.contains("value=\"Typed\"") && page.contains("Nothing was changed"), "{page}");
}

#[tokio::test]
async fn a_hostile_referer_is_not_followed() {
    let app = TestApp::new().await;
    for referer in [
        "https://evil.example/admin",
        "https://evil.example//evil.example",
        "javascript:alert(1)",
        "//evil.example",
        "http://localhost:3000//evil.example/",
    ] {
        let response = post_form(&app, &Caller::admin(), "name=Engines", Some(referer)).await;
        if response.status == StatusCode::SEE_OTHER {
            query(&response);
        }
    }
}

#[tokio::test]
async fn a_body_cannot_inject_an_outcome_or_a_header() {
    let app = TestApp::new().await;
    let response = post_form(&app, &Caller::stale(), "name=a%0d%0aset-cookie:x=1&done=rename_organization", None).await;
    let (_, pairs) = query(&response);
    assert_eq!(value(&pairs, "refused"), "rename_organization");
    assert!(response.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn a_cross_site_form_gets_an_error_page_and_no_redirect() {
    let app = TestApp::new().await;
    let request = Caller::admin().with_cookies(Request::post("/api/rename_organization"));
    let request = request.header(header::ORIGIN, "https://evil.example").header(header::ACCEPT, "text/html");
    let response = app.send(request.body(Body::from("name=Stolen")).unwrap()).await;
    assert_eq!(response.status, StatusCode::FORBIDDEN);
    assert!(response.header("content-type").starts_with("text/html") && response.header("location").is_empty());
}

#[tokio::test]
async fn invalid_utf8_is_refused_beside_its_field() {
    let app = TestApp::new().await;
    let send = async |body: &[u8], accept: &'static str| {
        let mut request = Caller::admin().post("/api/rename_organization", "");
        *request.body_mut() = Body::from(body.to_vec());
        request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        app.send(request).await
    };
    for body in [
        &b"name=%FF"[..],
        b"name=a%C3",
        b"name=%c0%af",
        b"name=%ED%A0%80",
        b"name=%F4%90%80%80",
        b"name=\xff",
        b"name=Engines&name=%FF",
        b"organization_id=org_engines&name=caf%E9",
    ] {
        let response = send(body, "application/json").await;
        let expected = r#"{"error":"invalid_input","fields":{"name":"invalid"}}"#;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::BAD_REQUEST, expected), "{body:?}");
        let (path, pairs) = query(&send(body, "text/html").await);
        assert_eq!((path.as_str(), value(&pairs, "refusal")), ("/admin", expected), "{body:?}");
    }
    for body in [&b"name=Engines&other=%FF"[..], b"name=Engines&%FF=x", b"name=Engines&\xffname=x"] {
        let response = send(body, "application/json").await;
        assert_eq!(
            (response.status, response.json()["error"].as_str()),
            (StatusCode::BAD_REQUEST, Some("invalid_input"))
        );
    }
    assert_eq!(send("name=caf%C3%A9 %EF%BF%BD é".as_bytes(), "application/json").await.status, StatusCode::OK);
    let stale = app.send(Caller::stale().post("/api/rename_organization", "name=%FF")).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN, "the policy comes before the input");
}
