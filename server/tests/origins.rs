//! The host of a request and its origin, checked by the whole router.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use support::{Caller, ORIGIN, TestApp};

async fn status(app: &TestApp, method: &str, target: &str, headers: &[(&str, &str)]) -> StatusCode {
    let request = Request::builder().method(method).uri(target);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    app.send(request.body(Body::empty()).unwrap()).await.status
}

#[tokio::test]
async fn a_foreign_host_is_misdirected_except_on_machine_endpoints() {
    let app = TestApp::new().await;
    for host in ["evil.example", "localhost.evil.example:3000", "10.0.0.7:3000"] {
        for path in [
            "/",
            "/admin",
            "/sign-in",
            "/sign-out",
            "/api/show_dashboard",
            "/__clerk/v1/client",
            "/favicon.svg",
            "/nowhere",
        ] {
            assert_eq!(
                status(&app, "GET", path, &[("host", host)]).await,
                StatusCode::MISDIRECTED_REQUEST,
                "{host} {path}"
            );
        }
        let evil = format!("http://{host}");
        for path in ["/sign-out", "/api/rename_organization", "/__clerk/v1/client"] {
            let headers = [("host", host), ("origin", evil.as_str())];
            assert_eq!(status(&app, "POST", path, &headers).await, StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
        }
        // A load balancer uses the IP address as host, and a webhook may arrive through a tunnel.
        assert_eq!(status(&app, "GET", "/healthz", &[("host", host)]).await, StatusCode::OK);
        assert_eq!(status(&app, "GET", "/readyz", &[("host", host)]).await, StatusCode::OK);
        assert_eq!(status(&app, "POST", "/api/webhooks/clerk", &[("host", host)]).await, StatusCode::BAD_REQUEST);
    }
    for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
        assert_eq!(
            status(&app, "GET", "/", &[("host", host), ("sec-fetch-dest", "empty")]).await,
            StatusCode::OK,
            "{host}"
        );
    }
    let response = app.send(Request::get("/").header("host", "evil.example").body(Body::empty()).unwrap()).await;
    assert_eq!(response.json()["error"], "misdirected_request");
    let request = Request::get("/").header("host", "evil.example").header(header::ACCEPT, "text/html");
    let page = app.send(request.body(Body::empty()).unwrap()).await;
    assert!(page.body.contains("This is another address") && !page.body.contains("evil.example"), "{}", page.body);
    assert!(!page.header("content-security-policy").is_empty());
}

#[tokio::test]
async fn conflicting_host_names_are_refused() {
    let app = TestApp::new().await;
    let request = Request::get("/").header("host", "localhost:3000").header("host", "evil.example");
    assert_eq!(app.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(status(&app, "GET", "/", &[("host", "")]).await, StatusCode::BAD_REQUEST);
    let target = "http://evil.example/";
    assert_eq!(status(&app, "GET", target, &[]).await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(status(&app, "GET", "http://localhost:3000/", &[("sec-fetch-dest", "empty")]).await, StatusCode::OK);
}

#[tokio::test]
async fn a_trusted_proxy_names_the_host() {
    let variables = [("PUBLIC_ORIGIN", "https://admin.example.com"), ("TRUSTED_PROXY_HOPS", "1")];
    let app = TestApp::with(&variables).await;
    let get = async |forwarded: &str| {
        let headers = [("host", "10.0.0.7:3000"), ("x-forwarded-host", forwarded), ("sec-fetch-dest", "empty")];
        status(&app, "GET", "/", &headers).await
    };
    assert_eq!(get("admin.example.com").await, StatusCode::OK);
    assert_eq!(get("evil.example").await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(status(&app, "GET", "/", &[("host", "127.0.0.1:3000")]).await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(status(&app, "GET", "/readyz", &[("host", "127.0.0.1:3000")]).await, StatusCode::OK);
}

#[tokio::test]
async fn a_write_needs_exactly_the_configured_origin() {
    let app = TestApp::new().await;
    let write = async |host: &str, origins: &[&str]| {
        let mut request = Caller::admin().post("/api/rename_organization", "name=Stolen");
        request.headers_mut().insert(header::HOST, host.parse().unwrap());
        request.headers_mut().remove(header::ORIGIN);
        for origin in origins {
            request.headers_mut().append(header::ORIGIN, origin.parse().unwrap());
        }
        app.send(request).await.status
    };
    assert_eq!(write("localhost:3000", &[ORIGIN]).await, StatusCode::OK);
    for origins in [
        &["https://localhost:3000"][..],
        &["http://localhost:3001"],
        &["http://localhost"],
        &["http://127.0.0.1:3000"],
        &["null"],
        &[ORIGIN, ORIGIN],
        &[ORIGIN, "https://evil.example"],
        &["https://evil.example", ORIGIN],
    ] {
        assert_eq!(write("localhost:3000", origins).await, StatusCode::FORBIDDEN, "{origins:?}");
    }
    assert_eq!(write("evil.example", &["http://evil.example"]).await, StatusCode::MISDIRECTED_REQUEST);
    // Another name of the developer's machine is another origin, and no session exists there.
    assert_eq!(write("127.0.0.1:3000", &["http://127.0.0.1:3000"]).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn signed_in_pages_can_be_linked_but_not_embedded() {
    let app = TestApp::new().await;
    let open = async |path: &str, site: &str, mode: &str, destination: &str| {
        let request = Caller::admin().with_cookies(Request::get(path)).header(header::ACCEPT, "text/html");
        let request = request.header("sec-fetch-site", site).header("sec-fetch-mode", mode);
        app.send(request.header("sec-fetch-dest", destination).body(Body::empty()).unwrap()).await.status
    };
    for site in ["cross-site", "same-site"] {
        assert_eq!(open("/admin", site, "navigate", "document").await, StatusCode::OK);
        for (mode, destination) in
            [("navigate", "iframe"), ("navigate", "object"), ("no-cors", "image"), ("cors", "empty")]
        {
            for path in ["/admin", "/admin/members", "/api/show_dashboard"] {
                assert_eq!(
                    open(path, site, mode, destination).await,
                    StatusCode::FORBIDDEN,
                    "{path} {mode} {destination}"
                );
            }
        }
    }
    assert_eq!(open("/admin", "same-origin", "cors", "empty").await, StatusCode::OK);
}

#[tokio::test]
async fn head_is_answered_like_get() {
    let app = TestApp::new().await;
    for caller in
        [Caller::anonymous(), Caller::admin(), Caller::expired(), Caller::pending(), Caller::without_permission()]
    {
        for path in ["/", "/admin", "/admin/members?page=2", "/sign-in", "/sign-out", "/nowhere", "/api/show_dashboard"]
        {
            for cookies in [true, false] {
                let ask = async |method: Method| {
                    let request = Request::builder().method(method).uri(path);
                    let request = if cookies { caller.with_cookies(request) } else { request };
                    let request = request.header(header::ACCEPT, "text/html").header("sec-fetch-dest", "document");
                    app.send(request.body(Body::empty()).unwrap()).await
                };
                let (get, head) = (ask(Method::GET).await, ask(Method::HEAD).await);
                for name in ["location", "x-clerk-auth-reason", "set-cookie", "cache-control", "allow"] {
                    assert_eq!(head.header(name), get.header(name), "{path} {name}");
                }
                assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn basic_authentication_of_a_proxy_is_ignored() {
    let app = TestApp::new().await;
    let basic = |request: http::request::Builder| request.header(header::AUTHORIZATION, "Basic c3RhZ2luZzpzZWNyZXQ=");
    let page = basic(Caller::admin().with_cookies(Request::get("/admin"))).header(header::ACCEPT, "text/html");
    assert_eq!(app.send(page.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    let mut call = Caller::admin().post("/api/show_dashboard", "");
    call.headers_mut().insert(header::AUTHORIZATION, "Basic c3RhZ2luZzpzZWNyZXQ=".parse().unwrap());
    assert_eq!(app.send(call).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_cookie_of_another_application_signs_nobody_out() {
    let app = TestApp::new().await;
    for foreign in ["city=Zürich".as_bytes(), b"city=Z\xfcrich", "Zürich".as_bytes(), b"a=\"b; c\""] {
        let own = format!("; __session={}; __client_uat=1; __clerk_db_jwt=dvb_test", Caller::admin().token());
        for path in ["/admin", "/"] {
            let request =
                Request::get(path).header(header::ACCEPT, "text/html, text/ü").header("sec-fetch-dest", "document");
            let cookies = [foreign, own.as_bytes()].concat();
            let response = app.send(request.header(header::COOKIE, cookies).body(Body::empty()).unwrap()).await;
            assert_eq!(response.status, StatusCode::OK, "{}", String::from_utf8_lossy(foreign));
            assert_eq!(response.header("cache-control"), "private, no-store");
        }
    }
}
