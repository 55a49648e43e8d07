//! Sign-ups by the Frontend API and on the hosted pages.

mod people;
mod support;

use people::{Application, NOWHERE, call, code_of, mailed_code, other_code, sign_up};
use serde_json::json;
use support::{Browser, location, start};

#[tokio::test]
async fn a_new_user_verifies_the_address_and_has_no_organization() {
    let folder = tempfile::tempdir().unwrap();
    let (application, url) = Application::start().await;
    let clerk = start(folder.path(), &url).await;
    let mut browser = Browser::new(&clerk);
    let (_, begun) = call(&mut browser, "/v1/client/sign_ups", &[("email_address", "New@Example.com")]).await;
    let begun = &begun["response"];
    assert_eq!((&begun["status"], &begun["missing_fields"]), (&json!("missing_requirements"), &json!(["password"])));
    assert_eq!(
        (&begun["unverified_fields"], &begun["email_address"]),
        (&json!(["email_address"]), &json!("new@example.com"))
    );
    let path = format!("/v1/client/sign_ups/{}", begun["id"].as_str().unwrap());
    let (status, short) = call(&mut browser, &format!("{path}?_method=PATCH"), &[("password", "short")]).await;
    assert_eq!((status, code_of(&short)), (422, "form_password_length_too_short"));
    let rest = [("password", "long-enough-1"), ("first_name", "Nora")];
    let (_, filled) = call(&mut browser, &format!("{path}?_method=PATCH"), &rest).await;
    assert_eq!(
        (&filled["response"]["missing_fields"], &filled["client"]["sign_up"]["first_name"]),
        (&json!([]), &json!("Nora"))
    );
    call(&mut browser, &format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await;
    let code = mailed_code(&mut browser, "new@example.com").await;
    let attempt = format!("{path}/attempt_verification");
    let (_, refused) = call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", other_code(&code))]).await;
    assert_eq!(code_of(&refused), "form_code_incorrect");
    let mut other = Browser::new(&clerk);
    assert_eq!(call(&mut other, &attempt, &[("strategy", "email_code"), ("code", &code)]).await.0, 404);
    let name = browser.cookies["__client"].clone();
    let (_, done) = call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", &code)]).await;
    let (response, session) = (&done["response"], &done["client"]["sessions"][0]);
    assert_eq!((&response["status"], &response["created_session_id"]), (&json!("complete"), &session["id"]));
    assert_eq!((&session["user"]["organization_memberships"], &done["client"]["sign_up"]), (&json!([]), &json!(null)));
    assert_ne!(browser.cookies["__client"], name);
    let person = response["created_user_id"].clone();
    assert_eq!(application.received("user.created", |user| user["id"] == person).await["first_name"], "Nora");
    assert_eq!(
        application.received("session.created", |session| session["user_id"] == person).await["status"],
        "active"
    );
}

#[tokio::test]
async fn an_address_must_be_valid_and_unused() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    for (email, word) in [
        ("ADA@example.com", "form_identifier_exists"),
        ("no address", "form_param_format_invalid"),
        ("a@b@c", "form_param_format_invalid"),
        ("a@localhost", "form_param_format_invalid"),
    ] {
        let (status, refused) = call(&mut browser, "/v1/client/sign_ups", &[("email_address", email)]).await;
        assert_eq!((status, code_of(&refused)), (422, word), "{email}");
        assert_eq!(refused["errors"][0]["meta"]["param_name"], "email_address");
    }
    // Two sign-ups start with the same address, and only the first to finish succeeds.
    let (mut first, mut second) = (Browser::new(&clerk), Browser::new(&clerk));
    let form = [("email_address", "twice+clerk_test@example.com"), ("password", "long-enough-1")];
    let (_, begun) = call(&mut second, "/v1/client/sign_ups", &form).await;
    let path = format!("/v1/client/sign_ups/{}", begun["response"]["id"].as_str().unwrap());
    call(&mut second, &format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await;
    assert_eq!(sign_up(&mut first, "twice+clerk_test@example.com").await["response"]["status"], "complete");
    let code = [("strategy", "email_code"), ("code", "424242")];
    let (status, refused) = call(&mut second, &format!("{path}/attempt_verification"), &code).await;
    assert_eq!((status, code_of(&refused)), (422, "form_identifier_exists"));
}

#[tokio::test]
async fn the_plain_pages_sign_up_without_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    let page = browser.get("/hosted/sign-in?redirect_url=%2Fadmin").await.text().await.unwrap();
    assert!(page.contains("/__clerk/hosted/sign-up?redirect_url=%2Fadmin") && page.contains("/__clerk/hosted/mail"));
    let filled = |email: &'static str, password: &'static str| {
        [("email", email), ("password", password), ("first_name", "<b>"), ("redirect_url", "/admin")]
    };
    let refused = browser.post("/hosted/sign-up", &filled("plain@example.com", "short")).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("Passwords must be at least 8 characters long.")
            && page.contains("&lt;b&gt;")
            && !page.contains("<b>"),
        "{page}"
    );
    let taken = browser.post("/hosted/sign-up", &filled("ada@example.com", "long-enough-1")).await;
    assert!(taken.text().await.unwrap().contains("That email address is taken"));
    let sent = browser.post("/hosted/sign-up", &filled("plain@example.com", "long-enough-1")).await;
    assert_eq!(location(&sent), "http://localhost:3000/__clerk/hosted/sign-up/code?redirect_url=%2Fadmin");
    let code = mailed_code(&mut browser, "plain@example.com").await;
    let mut other = Browser::new(&clerk);
    let elsewhere = other.post("/hosted/sign-up/code", &[("code", &code)]).await.text().await.unwrap();
    assert!(elsewhere.contains("This sign-up has expired"));
    let wrong = browser.post("/hosted/sign-up/code", &[("code", other_code(&code))]).await;
    assert_eq!(wrong.status(), 422);
    let done =
        browser.post("/hosted/sign-up/code", &[("code", &code), ("redirect_url", "https://evil.example/")]).await;
    assert_eq!(location(&done), "http://localhost:3000/");
    assert!(browser.session().await["o"].is_null());
    assert_eq!(Browser::new(&clerk).sign_in("plain@example.com", "long-enough-1").await.status(), 303);
}
