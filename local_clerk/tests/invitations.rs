//! Invitations from the email to the membership, and the permissions to send and revoke them.

mod people;
mod support;

use people::{Application, NOWHERE, call, code_of, get_json, mailed_link, manage, read, sign_up, ticket_in};
use serde_json::{Value, json};
use support::{Browser, location, start};

const ENGINES: &str = "/organizations/org_local_engines/invitations";

async fn invite(clerk: &local_clerk::LocalClerk, email: &str) -> (u16, Value) {
    let wish = json!({ "email_address": email, "role": "org:editor", "inviter_user_id": "user_local_ada" });
    manage(clerk, ENGINES, wish).await
}

#[tokio::test]
async fn a_new_user_signs_up_by_the_link_and_is_a_member() {
    let folder = tempfile::tempdir().unwrap();
    let (application, url) = Application::start().await;
    let clerk = start(folder.path(), &url).await;
    let (_, made) = invite(&clerk, "New@example.com").await;
    assert_eq!(
        (&made["status"], &made["role"], &made["email_address"]),
        (&json!("pending"), &json!("org:editor"), &json!("new@example.com"))
    );
    let pending = read(&clerk, "/organizations/org_local_engines").await["pending_invitations_count"].clone();
    assert_eq!(pending, 1);
    let mut browser = Browser::new(&clerk);
    let link = mailed_link(&mut browser, "new@example.com").await;
    assert!(
        link.starts_with("http://localhost:3000/sign-in?__clerk_ticket=") && link.ends_with("&__clerk_status=sign_up")
    );
    let ticket = ticket_in(&link);
    let by_ticket = [("strategy", "ticket"), ("ticket", ticket.as_str())];
    let (status, refused) = call(&mut browser, "/v1/client/sign_ins", &by_ticket).await;
    assert_eq!((status, code_of(&refused)), (422, "invitation_account_not_exists"));
    let (_, begun) = call(&mut browser, "/v1/client/sign_ups", &by_ticket).await;
    assert_eq!(
        (&begun["response"]["missing_fields"], &begun["response"]["unverified_fields"]),
        (&json!(["password"]), &json!([]))
    );
    let path = format!("/v1/client/sign_ups/{}?_method=PATCH", begun["response"]["id"].as_str().unwrap());
    let (_, done) = call(&mut browser, &path, &[("password", "long-enough-1")]).await;
    let person = done["response"]["created_user_id"].clone();
    let member = &done["client"]["sessions"][0]["user"]["organization_memberships"][0];
    assert_eq!((&done["response"]["status"], &member["role"]), (&json!("complete"), &json!("org:editor")));
    let id = made["id"].clone();
    assert_eq!(
        application.received("organizationInvitation.created", |found| found["id"] == id).await["status"],
        "pending"
    );
    let accepted = application.received("organizationInvitation.accepted", |found| found["id"] == id).await;
    assert_eq!((&accepted["status"], &accepted["user_id"]), (&json!("accepted"), &person));
    let joined = application
        .received("organizationMembership.created", |found| found["public_user_data"]["user_id"] == person)
        .await;
    assert_eq!(joined["role"], "org:editor");
    let (_, again) = call(&mut Browser::new(&clerk), "/v1/client/sign_ups", &by_ticket).await;
    assert_eq!(code_of(&again), "organization_invitation_already_accepted");
}

#[tokio::test]
async fn the_email_address_of_an_invitation_cannot_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    invite(&clerk, "meant@example.com").await;
    let mut browser = Browser::new(&clerk);
    let ticket = ticket_in(&mailed_link(&mut browser, "meant@example.com").await);
    let form = [
        ("strategy", "ticket"),
        ("ticket", ticket.as_str()),
        ("email_address", "other@example.com"),
        ("password", "long-enough-1"),
    ];
    let (_, begun) = call(&mut browser, "/v1/client/sign_ups", &form).await;
    assert_eq!(
        (&begun["response"]["status"], &begun["response"]["unverified_fields"]),
        (&json!("missing_requirements"), &json!(["email_address"]))
    );
    assert_eq!(begun["client"]["sessions"], json!([]));
}

#[tokio::test]
async fn only_the_invited_user_accepts_by_link_or_in_the_application() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let society = "/organizations/org_local_society/invitations";
    for email in ["max@example.com", "grace@example.com"] {
        manage(&clerk, society, json!({ "email_address": email, "role": "org:viewer" })).await;
    }
    let (mut max, mut ada, mut grace) = (Browser::new(&clerk), Browser::new(&clerk), Browser::new(&clerk));
    max.sign_in("max@example.com", "member-no-2").await;
    ada.sign_in("ada@example.com", "engine-no-1").await;
    let listed = get_json(&mut max, "/v1/me/organization_invitations").await["response"].clone();
    assert_eq!(
        (&listed["total_count"], &listed["data"][0]["public_organization_data"]["name"]),
        (&json!(1), &json!("Royal Society"))
    );
    let accept = format!("/v1/me/organization_invitations/{}/accept", listed["data"][0]["id"].as_str().unwrap());
    assert_eq!(call(&mut ada, &accept, &[]).await.0, 404);
    assert_eq!(call(&mut max, &accept, &[]).await.1["response"]["status"], "accepted");
    assert_eq!(call(&mut max, &accept, &[]).await.0, 404);
    // Grace has an authenticator app: the link proves the first factor only.
    let link = mailed_link(&mut grace, "grace@example.com").await;
    assert!(link.ends_with("&__clerk_status=sign_in"));
    let ticket = ticket_in(&link);
    let (_, came) = call(&mut grace, "/v1/client/sign_ins", &[("strategy", "ticket"), ("ticket", &ticket)]).await;
    assert_eq!((&came["response"]["status"], &came["client"]["sessions"]), (&json!("needs_second_factor"), &json!([])));
    let members = read(&clerk, "/organizations/org_local_society/memberships").await;
    assert_eq!(members["total_count"], 2);
}

#[tokio::test]
async fn an_invalid_invitation_is_refused_with_clerks_code() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    assert_eq!(invite(&clerk, "new@example.com").await.0, 200);
    let with = |email: &str, more: Value| {
        let mut wish = json!({ "email_address": email, "role": "org:member" });
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wish
    };
    for (wish, status, word) in [
        (with("new@example.com", json!({})), 400, "duplicate_record"),
        (with("max@example.com", json!({})), 400, "already_a_member_in_organization"),
        (with("nonsense", json!({})), 422, "form_param_format_invalid"),
        (with("b@example.com", json!({ "role": "org:emperor" })), 422, "form_param_value_invalid"),
        (with("b@example.com", json!({ "redirect_url": "https://evil.example/" })), 422, "form_param_value_invalid"),
        (with("b@example.com", json!({ "redirect_url": "//evil.example/" })), 422, "form_param_value_invalid"),
    ] {
        let (found, refused) = manage(&clerk, ENGINES, wish.clone()).await;
        assert_eq!((found, code_of(&refused)), (status, word), "{wish}");
    }
    assert_eq!(
        manage(&clerk, "/organizations/org_of_nobody/invitations", with("b@example.com", json!({}))).await.0,
        404
    );
    let bulk =
        json!([with("c@example.com", json!({ "redirect_url": "/welcome" })), with("max@example.com", json!({}))]);
    assert_eq!(manage(&clerk, &format!("{ENGINES}/bulk"), bulk).await.0, 400);
    let bulk = json!([with("c@example.com", json!({ "redirect_url": "/welcome" })), with("d@example.com", json!({}))]);
    assert_eq!(manage(&clerk, &format!("{ENGINES}/bulk"), bulk).await.1["total_count"], 2);
    let link = mailed_link(&mut Browser::new(&clerk), "c@example.com").await;
    assert!(link.starts_with("http://localhost:3000/welcome?__clerk_ticket="), "{link}");
    let page = read(&clerk, &format!("{ENGINES}?status=pending&limit=1&offset=1")).await;
    assert_eq!((&page["total_count"], page["data"].as_array().unwrap().len()), (&json!(3), 1));
}

#[tokio::test]
async fn a_revoked_invitation_cannot_be_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let (_, made) = invite(&clerk, "new@example.com").await;
    let path = format!("{ENGINES}/{}", made["id"].as_str().unwrap());
    let by = |user: &str| json!({ "requesting_user_id": user });
    let (status, refused) = manage(&clerk, &format!("{path}/revoke"), by("user_local_max")).await;
    assert_eq!((status, code_of(&refused)), (403, "not_an_admin_in_organization"));
    assert_eq!(manage(&clerk, &format!("{path}/revoke"), by("user_local_ada")).await.1["status"], "revoked");
    let (_, again) = manage(&clerk, &format!("{path}/revoke"), by("user_local_ada")).await;
    assert_eq!(code_of(&again), "organization_invitation_not_pending");
    assert_eq!(read(&clerk, &path).await["status"], "revoked");
    let mut browser = Browser::new(&clerk);
    let ticket = ticket_in(&mailed_link(&mut browser, "new@example.com").await);
    let (_, refused) = call(&mut browser, "/v1/client/sign_ups", &[("strategy", "ticket"), ("ticket", &ticket)]).await;
    assert_eq!(code_of(&refused), "organization_invitation_revoked");
}

#[tokio::test]
async fn the_plain_page_accepts_an_invitation() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    invite(&clerk, "new@example.com").await;
    let mut browser = Browser::new(&clerk);
    let ticket = ticket_in(&mailed_link(&mut browser, "new@example.com").await);
    let asked = browser.get(&format!("/hosted/sign-in?redirect_url=%2Fadmin&__clerk_ticket={ticket}")).await;
    let page =
        browser.get(location(&asked).trim_start_matches("http://localhost:3000/__clerk")).await.text().await.unwrap();
    assert!(page.contains("You are invited as <strong>new@example.com</strong>"), "{page}");
    let form = [("ticket", ticket.as_str()), ("password", "long-enough-1"), ("redirect_url", "/admin")];
    assert_eq!(location(&browser.post("/hosted/sign-up", &form).await), "http://localhost:3000/admin");
    assert_eq!(browser.session().await["o"]["rol"], "editor");
}

#[tokio::test]
async fn the_instance_invites_without_an_organization() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let (_, made) = manage(&clerk, "/invitations", json!({ "email_address": "new@example.com" })).await;
    assert_eq!((&made["object"], &made["status"]), (&json!("invitation"), &json!("pending")));
    assert_eq!(read(&clerk, "/invitations").await.as_array().unwrap().len(), 1);
    let taken = manage(&clerk, "/invitations", json!({ "email_address": "ada@example.com" })).await;
    assert_eq!(code_of(&taken.1), "form_identifier_exists");
    let revoke = format!("/invitations/{}/revoke", made["id"].as_str().unwrap());
    assert_eq!(manage(&clerk, &revoke, json!({})).await.1["revoked"], true);
}

#[tokio::test]
async fn administrators_run_their_organization_from_the_browser_and_members_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    sign_up(&mut browser, "founder@example.com").await;
    let (_, made) = call(&mut browser, "/v1/organizations", &[("name", "Compilers & Co")]).await;
    let made = &made["response"];
    let path = format!("/v1/organizations/{}", made["id"].as_str().unwrap());
    assert_eq!(made["slug"], "compilers-co");
    let (_, invited) = call(
        &mut browser,
        &format!("{path}/invitations"),
        &[("email_address", "max@example.com"), ("role", "org:member")],
    )
    .await;
    assert_eq!(invited["response"]["status"], "pending");
    let mut max = Browser::new(&clerk);
    max.sign_in("max@example.com", "member-no-2").await;
    assert_eq!(max.get(&path).await.status(), 404);
    let accept = format!("/v1/me/organization_invitations/{}/accept", invited["response"]["id"].as_str().unwrap());
    call(&mut max, &accept, &[]).await;
    assert_eq!(max.get(&format!("{path}/memberships")).await.status(), 200);
    for (method, form) in [("PATCH", ("name", "Mine")), ("POST", ("email_address", "x@example.com"))] {
        let target = if method == "POST" { format!("{path}/invitations") } else { format!("{path}?_method=PATCH") };
        let (status, refused) = call(&mut max, &target, &[form, ("role", "org:admin")]).await;
        assert_eq!((status, code_of(&refused)), (403, "missing_permission"), "{target}");
    }
    let member = format!("{path}/memberships/user_local_max?_method");
    assert_eq!(call(&mut max, &format!("{member}=PATCH"), &[("role", "org:admin")]).await.0, 403);
    assert_eq!(
        call(&mut browser, &format!("{member}=PATCH"), &[("role", "org:viewer")]).await.1["response"]["role"],
        "org:viewer"
    );
    let leave = path.replace("/v1/organizations", "/v1/me/organization_memberships") + "?_method=DELETE";
    let (status, refused) = call(&mut browser, &leave, &[]).await;
    assert_eq!((status, code_of(&refused)), (403, "organization_minimum_permissions_needed"));
    assert_eq!(call(&mut browser, &format!("{member}=DELETE"), &[]).await.0, 200);
    assert_eq!(max.get(&path).await.status(), 404);
    assert_eq!(get_json(&mut browser, &format!("{path}/roles")).await["response"]["total_count"], 6);
}
