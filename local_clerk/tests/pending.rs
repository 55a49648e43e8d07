//! Membership required: every API shows a session without an organization as pending until its user
//! chooses one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod people;
mod support;

use local_clerk::{LocalClerk, Options};
use people::{Application, NOWHERE, call, code_of, get_json, mailed_link, manage, read, sign_up, ticket_in};
use serde_json::{Value, json};
use std::path::Path;
use support::{Browser, ORIGIN, cookieless_client, location};

const ENGINES: &str = "org_local_engines";
const TASK: &str = "/__clerk/hosted/sign-in/tasks";

async fn start_with_required_membership(folder: &Path, webhook_url: &str) -> LocalClerk {
    let options = Options {
        data_dir: folder.to_owned(),
        public_origin: ORIGIN.to_owned(),
        webhook_url: webhook_url.to_owned(),
        membership_required: true,
        ..Options::default()
    };
    local_clerk::start(options).await.unwrap()
}

fn tasks() -> Value {
    json!([{ "key": "choose-organization" }])
}

/// The session of the browser, as ClerkJS sees it.
async fn own_session(browser: &mut Browser) -> Value {
    get_json(browser, "/v1/client").await["response"]["sessions"][0].clone()
}

async fn touch(browser: &mut Browser, session: &Value, organization: &str) -> (u16, Value) {
    let path = format!("/v1/client/sessions/{}/touch", session["id"].as_str().unwrap());
    call(browser, &path, &[("active_organization_id", organization), ("intent", "select_org")]).await
}

async fn claims_of(browser: &mut Browser, session: &Value) -> Value {
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap().to_owned();
    browser.claims(&jwt).await
}

#[tokio::test]
async fn a_session_is_pending_until_an_organization_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let (application, url) = Application::start().await;
    let clerk = start_with_required_membership(folder.path(), &url).await;
    let mut browser = Browser::new(&clerk);
    assert_eq!(
        get_json(&mut browser, "/v1/environment").await["organization_settings"]["force_organization_selection"],
        true
    );
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let session = own_session(&mut browser).await;
    assert_eq!((&session["status"], &session["tasks"]), (&json!("pending"), &tasks()));
    let (id, claims) = (session["id"].clone(), claims_of(&mut browser, &session).await);
    assert_eq!((&claims["sts"], &claims["o"], &claims["fea"]), (&json!("pending"), &Value::Null, &Value::Null));
    let told = application.received("session.pending", |told| told["id"] == id).await;
    assert_eq!((&told["status"], &told["tasks"]), (&json!("pending"), &tasks()));
    assert_eq!(read(&clerk, "/sessions?user_id=user_local_ada&status=pending").await[0]["id"], id);
    let refused = touch(&mut browser, &session, "org_nobody").await;
    assert_eq!((refused.0, code_of(&refused.1)), (404, "organization_not_found_or_unauthorized"));
    // There is no personal account to select.
    assert_eq!(touch(&mut browser, &session, "").await.1["response"]["status"], "pending");
    let (_, touched) = touch(&mut browser, &session, "analytical-engines").await;
    let chosen = &touched["response"];
    assert_eq!((&chosen["status"], &chosen["tasks"], &chosen["id"]), (&json!("active"), &Value::Null, &id));
    assert_eq!(touched["client"]["sessions"][0]["status"], "active");
    let claims = claims_of(&mut browser, chosen).await;
    assert_eq!((&claims["sts"], &claims["o"]["id"]), (&json!("active"), &json!(ENGINES)));
    let told = application.received("session.created", |told| told["id"] == id).await;
    assert_eq!((&told["status"], &told["last_active_organization_id"]), (&json!("active"), &json!(ENGINES)));
    assert!(told["updated_at"].as_i64() > session["updated_at"].as_i64());
    assert_eq!(touch(&mut browser, &session, "").await.1["response"]["last_active_organization_id"], ENGINES);
}

#[tokio::test]
async fn a_new_session_has_the_organization_chosen_last() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start_with_required_membership(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let session = own_session(&mut browser).await;
    touch(&mut browser, &session, "org_local_society").await;
    let answer = Browser::new(&clerk).sign_in("ada@example.com", "engine-no-1").await;
    assert_eq!(location(&answer), format!("{ORIGIN}/admin"));
    // Joining an organization counts as choosing it.
    let (_, made) = manage(&clerk, "/organizations", json!({ "name": "New", "created_by": "user_local_ada" })).await;
    let mut again = Browser::new(&clerk);
    again.sign_in("ada@example.com", "engine-no-1").await;
    assert_eq!(again.session().await["o"]["id"], made["id"]);
    // So does the organization of a session that the Backend API creates.
    let (_, session) = manage(&clerk, "/sessions", json!({ "user_id": "user_local_max" })).await;
    assert_eq!((&session["status"], &session["tasks"]), (&json!("pending"), &tasks()));
    let asked = json!({ "user_id": "user_local_max", "active_organization_id": ENGINES });
    assert_eq!(manage(&clerk, "/sessions", asked).await.1["status"], "active");
}

#[tokio::test]
async fn a_removed_member_has_to_choose_an_organization_again() {
    let folder = tempfile::tempdir().unwrap();
    let (application, url) = Application::start().await;
    let clerk = start_with_required_membership(folder.path(), &url).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let session = own_session(&mut browser).await;
    touch(&mut browser, &session, ENGINES).await;
    let path = format!("{}/v1/organizations/{ENGINES}/memberships/user_local_ada", clerk.api_url());
    cookieless_client().delete(path).bearer_auth(clerk.secret_key()).send().await.unwrap();
    let session = own_session(&mut browser).await;
    assert_eq!((&session["status"], &session["last_active_organization_id"]), (&json!("pending"), &Value::Null));
    let is_news = |told: &Value| told["id"] == session["id"] && told["updated_at"] == session["updated_at"];
    assert_eq!(application.received("session.pending", is_news).await["status"], "pending");
    // A pending session can be ended too.
    let path = format!("/v1/client/sessions/{}/end", session["id"].as_str().unwrap());
    assert_eq!(call(&mut browser, &path, &[]).await.1["response"]["status"], "ended");
    assert_eq!(get_json(&mut browser, "/v1/client").await["response"]["sessions"], json!([]));
}

#[tokio::test]
async fn the_setting_may_change_between_two_starts() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = support::start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    sign_up(&mut browser, "alone@example.com").await;
    assert_eq!(own_session(&mut browser).await["status"], "active");
    drop(clerk);
    for (is_required, status) in [(true, "pending"), (false, "active")] {
        let clerk = if is_required {
            start_with_required_membership(folder.path(), NOWHERE).await
        } else {
            support::start(folder.path(), NOWHERE).await
        };
        browser.base = clerk.api_url();
        assert_eq!(own_session(&mut browser).await["status"], status);
    }
}

#[tokio::test]
async fn a_new_user_creates_or_joins_an_organization() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start_with_required_membership(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    assert_eq!(sign_up(&mut browser, "founder@example.com").await["client"]["sessions"][0]["tasks"], tasks());
    let (_, made) = call(&mut browser, "/v1/organizations", &[("name", "Founders"), ("slug", "founders")]).await;
    assert_eq!(made["client"]["sessions"][0]["status"], "pending");
    let session = own_session(&mut browser).await;
    let id = made["response"]["id"].as_str().unwrap();
    assert_eq!(touch(&mut browser, &session, id).await.1["response"]["status"], "active");
    // The link of an invitation makes the user a member before the session starts.
    let wish = json!({ "email_address": "invited@example.com", "role": "org:admin" });
    manage(&clerk, &format!("/organizations/{ENGINES}/invitations"), wish).await;
    let mut invited = Browser::new(&clerk);
    let ticket = ticket_in(&mailed_link(&mut invited, "invited@example.com").await);
    let form = [("strategy", "ticket"), ("ticket", &ticket), ("password", "long-enough-1")];
    let (_, done) = call(&mut invited, "/v1/client/sign_ups", &form).await;
    assert_eq!(done["client"]["sessions"][0]["last_active_organization_id"], ENGINES);
    assert_eq!(done["client"]["sessions"][0]["status"], "active");
}

#[tokio::test]
async fn the_plain_pages_complete_the_task_without_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start_with_required_membership(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    let answer = browser.sign_in("ada@example.com", "engine-no-1").await;
    let task = format!("{ORIGIN}{TASK}?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fadmin");
    assert_eq!(location(&answer), task);
    assert_eq!(browser.session().await["sts"], "pending");
    let page = browser.get("/hosted/sign-in/tasks?redirect_url=%2Fadmin").await.text().await.unwrap();
    assert!(page.contains("Analytical Engines") && page.contains("Royal Society"), "{page}");
    let tools = browser.get("/hosted/").await.text().await.unwrap();
    assert!(tools.contains("Choose an organization") && !tools.contains("Switch to"), "{tools}");
    let choose = "/hosted/sign-in/tasks";
    for (form, status) in [
        (("organization", "org_nobody"), 422),
        (("invitation", "orginv_nobody"), 422),
        (("name", " "), 422),
        (("organization", ENGINES), 303),
    ] {
        let answer = browser.post(choose, &[form, ("redirect_url", "/admin/audit")]).await;
        assert_eq!(answer.status(), status, "{form:?}");
        if status == 303 {
            assert_eq!(location(&answer), format!("{ORIGIN}/admin/audit"));
        }
    }
    assert_eq!(
        (&browser.session().await["sts"], &browser.session().await["o"]["id"]),
        (&json!("active"), &json!(ENGINES))
    );
    let done = browser.get("/hosted/sign-in/tasks?redirect_url=%2Fadmin").await;
    assert_eq!(location(&done), format!("{ORIGIN}/admin"));
}

#[tokio::test]
async fn the_plain_pages_offer_to_join_create_or_sign_out() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start_with_required_membership(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    sign_up(&mut browser, "lone@example.com").await;
    let wish = json!({ "email_address": "lone@example.com", "role": "org:viewer" });
    let (_, invitation) = manage(&clerk, &format!("/organizations/{ENGINES}/invitations"), wish).await;
    let page = browser.get("/hosted/sign-in/tasks").await.text().await.unwrap();
    assert!(page.contains("lone@example.com") && page.contains("Join Analytical Engines"), "{page}");
    browser.post("/hosted/sign-in/tasks", &[("invitation", invitation["id"].as_str().unwrap())]).await;
    assert_eq!(browser.session().await["o"]["rol"], "viewer");
    let mut other = Browser::new(&clerk);
    sign_up(&mut other, "maker@example.com").await;
    other.post("/hosted/sign-in/tasks", &[("name", "Makers")]).await;
    assert_eq!(other.session().await["o"]["rol"], "admin");
    let mut third = Browser::new(&clerk);
    sign_up(&mut third, "leaver@example.com").await;
    assert_eq!(location(&third.post("/hosted/sign-out", &[]).await), format!("{ORIGIN}/"));
    assert_eq!(get_json(&mut third, "/v1/client").await["response"]["sessions"], json!([]));
    assert!(third.get("/hosted/sign-in/tasks").await.text().await.unwrap().contains("Sign in"));
}
