//! A form names its page in a hidden field, because browsers and privacy extensions may send no
//! `Referer`.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use http::{StatusCode, header};
use serde_json::json;
use support::app_with_clerk::{AppWithClerk, ada};
use support::{Caller, ORIGIN, TestApp, TestResponse, caller_with};
use url::Url;

/// A form of a page: its action, and the body that a browser posts for its hidden fields.
fn forms(page: &str) -> Vec<(String, String)> {
    let between = |text: &str, start: &str| Some(text.split_once(start)?.1.split_once('"')?.0.replace("&amp;", "&"));
    let hidden = |form: &str| {
        let fields = form.split("<input type=\"hidden\"").skip(1).map(|field| {
            (between(field, "name=\"").unwrap_or_default(), between(field, "value=\"").unwrap_or_default())
        });
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let forms = page.split("<form ").skip(1).filter_map(|form| form.split_once("</form>")).map(|(form, _)| form);
    forms.filter_map(|form| Some((between(form, "action=\"/api/")?, hidden(form)))).collect()
}

async fn post(app: &TestApp, caller: &Caller, operation: &str, body: &str, referer: Option<&str>) -> TestResponse {
    let mut request = caller.post(&format!("/api/{operation}"), body);
    request.headers_mut().insert(header::ACCEPT, "text/html,application/xhtml+xml".parse().unwrap());
    if let Some(referer) = referer {
        request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
    }
    app.send(request).await
}

fn parts(location: &str) -> (String, Vec<(String, String)>) {
    assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
    let url = Url::parse(&format!("{ORIGIN}{location}")).unwrap();
    (url.path().to_owned(), url.query_pairs().into_owned().collect())
}

fn stale_ada() -> Caller {
    caller_with(|claims| {
        claims["sub"] = "user_local_ada".into();
        claims["o"]["id"] = local_clerk::OPERATORS.into();
        claims["fva"] = json!([5, -1]);
    })
}

#[tokio::test]
async fn every_form_returns_to_its_page_without_a_referer() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.call_ok("invite_member", "email_address=new@example.com&role=viewer").await; // example:line invitations
    let lists = [
        "/admin",
        // example:begin invitations
        "/admin/members",
        "/admin/members?query=%C3%A9%26a%2Bb%25",
        "/admin/members?query=turing&page=0",
        "/admin/members?tab=invitations",
        // example:end invitations
        "/admin/members/user_local_turing",
        "/admin/users/user_local_hopper?confirm=ban_user", // example:line users
    ];
    for list in lists {
        let opened =
            format!("{list}{}refused=ban_user&sent=x&done=ban_user", if list.contains('?') { '&' } else { '?' });
        for address in [list, &opened] {
            let page = setup.app.open(&ada(), address).await;
            let forms = forms(&page.body);
            assert!(page.status == StatusCode::OK && !forms.is_empty(), "{address}: {}", page.body);
            for (operation, body) in forms {
                let response = post(&setup.app, &stale_ada(), &operation, &body, None).await;
                let (path, mut pairs) = parts(response.header("location"));
                assert_eq!(pairs.iter().find(|(name, _)| name == "refused").unwrap().1, operation);
                pairs.retain(|(name, _)| !["refused", "refusal", "sent"].contains(&name.as_str()));
                assert_eq!((path, pairs), parts(list), "{operation} on {address}");
            }
        }
    }
}

#[tokio::test]
async fn success_returns_to_the_same_page_with_a_message() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    for (opened, operation, back, words) in [
        // example:begin invitations
        ("/admin/members?query=turing", "invite_member", "/admin/members?query=turing&done=", "Invitation sent."),
        // example:end invitations
        (
            "/admin/members/user_local_turing",
            "change_role",
            "/admin/members/user_local_turing?done=",
            "Role changed for Alan Turing.",
        ),
        (
            "/admin/members/user_local_knuth?confirm=remove_member",
            "remove_member",
            "/admin/members?removed=user_local_knuth&done=",
            "Donald Knuth removed.",
        ),
        (
            "/admin/members/user_local_turing?confirm=sign_out_everywhere",
            "sign_out_everywhere",
            "/admin/members/user_local_turing?done=",
            "Alan Turing signed out everywhere.",
        ),
        // example:begin users
        (
            "/admin/users/user_local_hopper?confirm=lock_user",
            "lock_user",
            "/admin/users/user_local_hopper?done=",
            "Grace Hopper locked.",
        ),
        // example:end users
    ] {
        let page = setup.app.open(&ada(), opened).await;
        let (_, body) = forms(&page.body).into_iter().find(|(found, _)| found == operation).unwrap();
        let body = format!("{body}&role=viewer&email_address=new@example.com");
        let response = post(&setup.app, &ada(), operation, &body, None).await;
        assert_eq!(response.header("location"), format!("{back}{operation}"));
        let after = setup.app.open(&ada(), response.header("location")).await;
        assert!(after.body.contains(words), "{}", after.body);
    }
}

#[tokio::test]
async fn the_page_after_a_removal_is_not_the_page_of_its_refusal() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    let member = "/admin/members/user_local_knuth";
    let opened = "/admin/members/user_local_knuth?confirm=remove_member";
    let page = setup.app.open(&ada(), opened).await;
    let (_, body) = forms(&page.body).into_iter().find(|(found, _)| found == "remove_member").unwrap();
    let refused = post(&setup.app, &stale_ada(), "remove_member", &body, None).await;
    let (path, pairs) = parts(refused.header("location"));
    assert_eq!((path.as_str(), pairs[0].1.as_str()), (member, "remove_member"));
    let back = setup.app.open(&stale_ada(), refused.header("location")).await;
    assert!(back.status == StatusCode::OK && back.body.contains("Confirm it's you"), "{}", back.body);
    let foreign = body.replace("form_done_page=%2Fadmin%2Fmembers", "form_done_page=%2F%2Fevil.example");
    assert_ne!(foreign, body);
    let done = post(&setup.app, &ada(), "remove_member", &foreign, None).await;
    assert_eq!(done.header("location"), format!("{opened}&done=remove_member"));
    assert_eq!(setup.app.open(&ada(), opened).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_field_of_a_form_accepts_local_paths_only() {
    let app = TestApp::new().await;
    for page in [
        "https://evil.example/admin",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/x/..//evil.example",
        "/%2fevil.example",
        "/admin\r\nset-cookie: x=1",
        "",
    ] {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("name", "Engines")
            .append_pair("form_page", page)
            .finish();
        let response = post(&app, &Caller::stale(), "rename_organization", &body, None).await;
        assert_eq!(parts(response.header("location")).0, "/admin", "{page:?}");
    }
}

#[tokio::test]
async fn the_page_field_wins_over_the_referer_and_the_url_does_not_grow() {
    let app = TestApp::new().await;
    let long = "x".repeat(2000);
    let body = format!(
        "name=Typed&form_page=%2Fadmin%2Fmembers%3Fpage%3D2%26role%3Da%26long%3D{long}%26page%3Dx%26done%3Dx%26\
         confirm_id%3D1%26confirm_id%3D2"
    );
    let referer = Some("http://localhost:3000/admin");
    let response = post(&app, &Caller::stale(), "rename_organization", &body, referer).await;
    let (path, pairs) = parts(response.header("location"));
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    let kept = vec!["page", "role", "confirm_id", "confirm_id", "refused", "refusal", "sent"];
    assert_eq!((path.as_str(), names), ("/admin/members", kept));
    let sent = &pairs.last().unwrap().1;
    let sent = domain::form_result::Sent::read(sent, |json| serde_json::from_str(json).ok()).unwrap();
    assert_eq!((sent.get("name"), sent.get("form_page")), (Some("Typed"), None));
}

#[tokio::test]
async fn a_row_change_for_the_previous_organization_is_not_offered_again() {
    let app = TestApp::new().await;
    let member = "%2Fadmin%2Fmembers%2Fuser_1";
    for (operation, body, form_page) in [
        ("change_role", "user_id=user_1&role=viewer", member),
        ("remove_member", "user_id=user_1", member),
        ("revoke_session", "session_id=sess_1", member),
        // example:begin invitations
        ("revoke_invitation", "invitation_id=inv_1", "%2Fadmin%2Fmembers%3Ftab%3Dinvitations"),
        // example:end invitations
    ] {
        let body = format!("{body}&organization_id=org_neighbours&form_page={form_page}");
        let response = post(&app, &Caller::admin(), operation, &body, None).await;
        let page = app.open(&Caller::admin(), response.header("location")).await.body;
        assert!(page.contains("Nothing was changed") && page.contains("Switch back"), "{operation}: {page}");
        assert!(!page.contains("Submit it again"), "{operation}: {page}");
    }
    let body = "name=Typed&organization_id=org_neighbours&form_page=%2Fadmin";
    let response = post(&app, &Caller::admin(), "rename_organization", body, None).await;
    let page = app.open(&Caller::admin(), response.header("location")).await.body;
    assert!(page.contains("value=\"Typed\"") && page.contains("Submit it again"), "{page}");
}
