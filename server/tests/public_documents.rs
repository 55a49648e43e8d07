//! Public documents come from memory: the same bytes for every visitor in the same state, never
//! with a nonce, and never with anything of a person or of a request.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::{Body, Bytes, to_bytes};
use domain::brand::{APPEARANCE_COOKIE, SIGN_OUT_COOKIE};
use domain::pages::Page;
use domain::permission::Permission;
use http::request::Builder;
use http::{HeaderMap, Method, Request, StatusCode, header};
use server::layers::RequestLimits;
use std::io::Read;
use support::{Caller, TestApp, caller_with};
use tower::ServiceExt;

/// The mark of a sign-out that Clerk did not complete.
fn unfinished() -> String {
    format!("{SIGN_OUT_COOKIE}=unknown")
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn text(&self) -> String {
        match self.header("content-encoding") {
            "gzip" => {
                let mut text = String::new();
                flate2::read::GzDecoder::new(&*self.body).read_to_string(&mut text).unwrap();
                text
            }
            other => {
                assert_eq!(other, "");
                String::from_utf8(self.body.to_vec()).unwrap()
            }
        }
    }

    fn nonce(&self) -> String {
        let policy = self.header("content-security-policy").split_once("'nonce-").unwrap().1;
        policy.split('\'').next().unwrap().to_owned()
    }
}

async fn send(app: &TestApp, request: Builder, accepted: &str) -> Answer {
    let request = request
        .header(header::HOST, "localhost:3000")
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-dest", "document")
        .header(header::ACCEPT_ENCODING, accepted)
        .body(Body::empty())
        .unwrap();
    let (head, body) = app.router.clone().oneshot(request).await.unwrap().into_parts();
    Answer { status: head.status, headers: head.headers, body: to_bytes(body, usize::MAX).await.unwrap() }
}

/// Opens a page as this caller, signed out or with a session.
async fn open(app: &TestApp, caller: &Caller, path: &str, accepted: &str) -> Answer {
    send(app, caller.with_cookies(Request::get(path)), accepted).await
}

/// Callers by the state that a public document depends on.
fn callers() -> [Vec<Caller>; 3] {
    let signed_in = [
        Caller::admin(),
        Caller::admin_of_other_organization(),
        Caller::without_organization(),
        Caller::with_all_but(Permission::AdminAccess),
        caller_with(|claims| claims["act"] = serde_json::json!({ "sub": "user_impersonator" })),
    ];
    [vec![Caller::anonymous()], vec![Caller::pending()], signed_in.to_vec()]
}

#[tokio::test]
async fn a_document_has_the_same_bytes_for_everyone_in_the_same_state() {
    let (app, fresh) = (TestApp::new().await, TestApp::new().await);
    let mut documents = Vec::new();
    for same in callers() {
        for accepted in ["", "gzip, deflate, br"] {
            let expected = open(&fresh, &same[0], "/", accepted).await;
            assert_eq!(expected.status, StatusCode::OK);
            for caller in same.iter().chain(&same) {
                for path in ["/", "/?utm_source=%3Cscript%3E", "/?unfinished=true"] {
                    let answer = open(&app, caller, path, accepted).await;
                    assert_eq!(answer.body, expected.body, "{path} {accepted}");
                    assert_eq!(answer.header("cache-control"), "private, no-store", "{path}");
                    assert_eq!(answer.header("vary"), "accept-encoding", "{path}");
                    assert_eq!(answer.header("content-length"), expected.body.len().to_string());
                    assert_ne!(answer.nonce(), expected.nonce());
                    assert_ne!(answer.header("x-request-id"), expected.header("x-request-id"));
                }
            }
            documents.push(expected);
        }
    }
    let texts: Vec<_> = documents.iter().map(Answer::text).collect();
    for (state, link) in ["/sign-in?redirect_url=%2Fadmin", "/sign-in/tasks", "\"/admin\""].into_iter().enumerate() {
        let [plain, compressed] = &texts[2 * state..2 * state + 2] else { panic!("two codings") };
        assert!(plain == compressed && plain.contains(link), "{link}: {plain}");
    }
    assert!(documents[1].body.len() < documents[0].body.len() / 2);
}

#[tokio::test]
async fn each_document_has_the_appearance_that_its_browser_has_chosen() {
    let app = TestApp::new().await;
    for path in ["/", "/sign-out", "/nowhere"] {
        for (chosen, theme) in [
            ("dark.system.comfortable", " data-theme=\"dark\""),
            ("", ">"),
            ("light.more.compact", " data-theme=\"light\" data-contrast=\"more\""),
            ("dark.system.comfortable", " data-theme=\"dark\""),
        ] {
            let cookie = format!("{APPEARANCE_COOKIE}={chosen}");
            let request = Caller::anonymous().with_cookies(Request::get(path)).header(header::COOKIE, cookie);
            let text = send(&app, request, "").await.text();
            assert!(text.contains(&format!("<html lang=\"en\"{theme}")), "{path} {chosen}: {text}");
            // example:begin home
            let picture = match chosen.split('.').next() {
                Some("dark") => "src=\"/overview-dark.webp\"",
                Some("light") => "src=\"/overview-light.webp\"",
                _ => "media=\"(prefers-color-scheme: dark)\"",
            };
            assert!(path != "/" || text.contains(picture), "{chosen}: {text}");
            assert_eq!(text.contains("<source"), path == "/" && chosen.is_empty(), "{path} {chosen}: {text}");
            // example:end home
        }
    }
}

#[tokio::test]
async fn the_page_of_a_sign_out_depends_on_its_mark_alone() {
    let app = TestApp::new().await;
    for caller in callers().into_iter().flatten() {
        for (path, cookie, heading) in [
            ("/sign-out", "a=b", "Sign out?"),
            ("/sign-out", &*unfinished(), "Sign out?"),
            ("/sign-out?unfinished=true", "a=b", "Sign out?"),
            ("/sign-out?unfinished=true", &unfinished(), "Your session has not ended yet"),
        ] {
            let request = caller.with_cookies(Request::get(path)).header(header::COOKIE, cookie);
            let answer = send(&app, request, "gzip").await;
            assert!(answer.text().contains(heading), "{path} {cookie}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_kept_document_has_no_nonce_no_script_and_nothing_of_a_person() {
    let app = TestApp::new().await;
    for caller in callers().into_iter().flatten() {
        for path in ["/", "/sign-out", "/sign-out?unfinished=true", "/nowhere"] {
            let request = caller.with_cookies(Request::get(path)).header(header::COOKIE, unfinished());
            let answer = send(&app, request, "").await;
            let text = answer.text();
            for found in ["nonce", "<script", "user_", "org_", "sess_", "engines", "unknown", &answer.nonce()] {
                assert!(!text.contains(found), "{found} in {path}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_a_person_is_rendered_for_each_request_and_never_compressed() {
    let app = TestApp::new().await;
    let pages = Page::ALL.into_iter().filter(|page| page.definition().permission.is_some()).map(Page::path);
    for path in pages.chain(["/sign-in?redirect_url=%2Fadmin"]) {
        let caller = if path.starts_with("/admin") { Caller::admin() } else { Caller::anonymous() };
        let (first, second) =
            (open(&app, &caller, path, "gzip, br").await, open(&app, &caller, path, "gzip, br").await);
        assert!(!first.status.is_redirection(), "{path}: {}", first.status);
        for (one, other) in [(&first, &second), (&second, &first)] {
            assert!(one.text().contains(&one.nonce()) && !one.text().contains(&other.nonce()), "{path}");
        }
    }
}

#[tokio::test]
async fn the_document_of_an_error_has_the_id_of_its_own_request() {
    let mut app = TestApp::new().await;
    let missing =
        [open(&app, &Caller::anonymous(), "/nowhere", "").await, open(&app, &Caller::admin(), "/none", "").await];
    assert_eq!(missing[0].body, missing[1].body);
    let limits = RequestLimits { requests: 0, ..RequestLimits::default() };
    app.router = server::router_with_limits(&app.state, limits);
    for _ in 0..2 {
        let failed = open(&app, &Caller::admin(), "/admin", "").await;
        assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(failed.text().contains(&format!(">{}<", failed.header("x-request-id"))), "{}", failed.text());
    }
}

#[tokio::test]
async fn a_head_request_has_the_headers_of_the_document() {
    let app = TestApp::new().await;
    for (path, accepted) in [("/", ""), ("/", "gzip"), ("/sign-out", "gzip"), ("/nowhere", "")] {
        let page = open(&app, &Caller::anonymous(), path, accepted).await;
        let request = Caller::anonymous().with_cookies(Request::builder().method(Method::HEAD).uri(path));
        let head = send(&app, request, accepted).await;
        assert_eq!((head.status, head.body.len()), (page.status, 0), "{path}");
        for name in ["content-length", "content-type", "content-encoding", "vary", "link", "cache-control"] {
            assert_eq!(head.header(name), page.header(name), "{name} of {path}");
        }
    }
}

#[tokio::test]
async fn the_files_of_a_page_are_named_in_its_header_and_not_again_in_its_head() {
    let app = TestApp::new().await;
    let style = "</pkg/app.css>; rel=preload; as=style";
    let dashboard = format!(
        "{style}, </boot.js>; rel=preload; as=script, </pkg/app.js>; rel=modulepreload, \
         </pkg/app.wasm>; rel=preload; as=fetch; type=\"application/wasm\"; crossorigin"
    );
    for (caller, path, expected) in [
        (Caller::anonymous(), "/", style),
        (Caller::anonymous(), "/sign-out", style),
        (Caller::anonymous(), "/sign-in?redirect_url=%2Fadmin", style),
        (Caller::admin(), "/admin", dashboard.as_str()),
        (Caller::anonymous(), "/admin", ""),
        (Caller::anonymous(), "/nowhere", ""),
        (Caller::anonymous(), "/robots.txt", ""),
    ] {
        let answer = open(&app, &caller, path, "").await;
        assert_eq!(answer.header("link"), expected, "{path}");
        assert!(!answer.text().contains("preload"), "{path}");
        for file in expected.split('<').skip(1).filter_map(|part| part.split('>').next()) {
            assert!(answer.text().contains(&format!("\"{file}\"")), "{path} does not use {file}");
        }
    }
}
