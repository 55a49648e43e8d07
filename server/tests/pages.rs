//! Opens every page of the table, and paths that only look like one. The table drives the tests, so
//! a new page is covered without a line here.

mod support;

use domain::pages::Page;
use http::StatusCode;
use support::{Caller, TestApp};

#[tokio::test]
async fn every_page_asks_for_its_own_permission() {
    let app = TestApp::new().await;
    for page in Page::ALL {
        let path = page.path();
        let Some(permission) = page.definition().permission else { continue };
        let anonymous = app.open(&Caller::anonymous(), path).await;
        assert_eq!(anonymous.status, StatusCode::SEE_OTHER, "{path}");
        for caller in [Caller::with_all_but(permission), Caller::without_organization()] {
            assert_eq!(app.open(&caller, path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}

#[tokio::test]
async fn a_path_without_a_page_answers_404_and_its_policy_is_not_widened() {
    let app = TestApp::new().await;
    for path in ["/admin/", "/admin/none", "/admin-login", "/sign-in-custom", "/sign-out/x", "/none"] {
        for caller in [Caller::anonymous(), Caller::admin()] {
            let response = app.open(&caller, path).await;
            assert_eq!(response.status, StatusCode::NOT_FOUND, "{path}");
            let mut directives = response.header("content-security-policy").split("; ");
            let scripts = directives.find(|directive| directive.starts_with("script-src")).unwrap();
            assert!(!scripts.contains("clerk.example.com"), "{path}: {scripts}");
        }
    }
}
