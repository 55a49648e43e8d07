//! Opens every page of the table, and paths that only look like one. The table drives the tests, so
//! a new page is covered without a line here.

mod support;

use domain::pages::Page;
use http::StatusCode;
#[cfg(feature = "local-clerk")]
use support::app_with_clerk::{AppWithClerk, ada};
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
async fn a_title_is_text_without_markup() {
    let app = TestApp::new().await;
    let (nobody, admin) = (Caller::anonymous(), Caller::admin());
    for (caller, path) in
        [(&nobody, "/"), (&nobody, "/sign-in"), (&nobody, "/none"), (&admin, "/admin"), (&admin, "/admin/members")]
    {
        let page = app.open(caller, path).await;
        let (_, title) = page.body.split_once("<title>").unwrap_or_else(|| panic!("{path}: {}", page.body));
        let (title, _) = title.split_once("</title>").unwrap();
        assert!(title.contains(domain::brand::NAME) && !title.contains('<'), "{path}: {title}");
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

#[cfg(feature = "local-clerk")]
#[tokio::test]
async fn a_part_that_cannot_be_read_says_so_inside_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("parts.db").display());
    let setup = AppWithClerk::with(&[("DATABASE_URL", &url)]).await;
    setup.sync().await;
    let database = sqlx::AnyPool::connect(&url).await.unwrap();
    for table in ["roles", "invitations", "organizations"] {
        #[expect(clippy::disallowed_methods, reason = "names of tables are no parameters; these are ours")]
        let statement = sqlx::AssertSqlSafe(format!("alter table {table} rename to away_{table}"));
        sqlx::query(statement).execute(&database).await.unwrap();
    }
    for (path, texts) in [
        ("/admin/members", ["Katherine Johnson", "The roles could not be loaded."]),
        // example:begin invitations
        ("/admin/members?tab=invitations", ["The roles could not be loaded.", "The invitations could not be loaded."]),
        // example:end invitations
    ] {
        let page = setup.app.open(&ada(), path).await;
        assert_eq!((page.status, page.header("retry-after")), (StatusCode::OK, ""), "{}", page.body);
        for text in texts {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
    }
    let page = setup.app.open(&ada(), "/admin/members/user_local_johnson").await;
    assert!(page.status == StatusCode::OK && page.body.contains("The roles could not be loaded."), "{}", page.body);
    // The answer to a call and the page that shows nothing else have the status of the refusal.
    assert_eq!(setup.call(&ada(), "list_roles", "").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let page = setup.app.open(&ada(), "/admin").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", page.body);
    let id = page.header("x-request-id");
    for text in [format!("<code translate=\"no\">{id}<"), format!("data-copy=\"{id}\"")] {
        assert!(page.body.contains(&text), "{text}: {}", page.body);
    }
}
