//! Changes by the Backend API, and their effect on its answers and on tokens.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use local_clerk::LocalClerk;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use support::{Browser, cookieless_client, start};

struct Api(LocalClerk);

impl Api {
    async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = cookieless_client().request(method, format!("{}/v1{path}", self.0.api_url()));
        let answer = request.bearer_auth(self.0.secret_key()).json(&body).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
        (answer.status(), answer.json().await.unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, json!({})).await.1
    }

    async fn code(&self, method: Method, path: &str, body: Value) -> String {
        let (status, answer) = self.ask(method, path, body).await;
        assert!(status.is_client_error() && answer["clerk_trace_id"].as_str().unwrap().len() > 8, "{answer}");
        answer["errors"][0]["code"].as_str().unwrap().to_owned()
    }

    async fn journal(&self) -> Vec<Value> {
        let url = format!("{}/_local/webhooks", self.0.api_url());
        let answer = cookieless_client().get(url).bearer_auth(self.0.secret_key()).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["data"].as_array().unwrap().clone()
    }

    /// The webhook data of a type, newest first, once there are at least so many.
    async fn events(&self, kind: &str, at_least: usize) -> Vec<Value> {
        for _ in 0..200 {
            let list = self.journal().await.into_iter().filter(|message| message["type"] == kind);
            let list: Vec<_> = list.map(|message| message["payload"]["data"].clone()).collect();
            if list.len() >= at_least {
                return list;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Vec::new()
    }
}

/// An API whose application has received the events of the start.
async fn api(folder: &std::path::Path) -> Api {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(async || "taken");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let api = Api(start(folder, &url).await);
    while api.journal().await.iter().any(|message| message["outcome"] == "pending") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    api
}

fn names(list: &Value, pointer: &str) -> Vec<String> {
    let list = list.get("data").unwrap_or(list).as_array().unwrap();
    list.iter().map(|object| object.pointer(pointer).unwrap().as_str().unwrap_or("null").to_owned()).collect()
}

#[tokio::test]
async fn permissions_of_a_role_are_in_tokens_and_memberships() {
    let folder = tempfile::tempdir().unwrap();
    let api = api(folder.path()).await;
    let mut browser = Browser::new(&api.0);
    browser.sign_in("max@example.com", "member-no-2").await;
    assert!(browser.session().await.get("fea").is_none());
    let permission = json!({ "name": "Read invoices", "key": "org:invoices:read", "description": "Reads" });
    let (_, permission) = api.ask(Method::POST, "/organization_permissions", permission).await;
    assert_eq!((&permission["object"], &permission["type"]), (&json!("permission"), &json!("custom")));
    let role = json!({ "name": "Clerk", "key": "org:clerk", "permissions": [permission["id"]] });
    let (_, role) = api.ask(Method::POST, "/organization_roles", role).await;
    assert_eq!((&role["object"], &role["permissions"][0]["key"]), (&json!("role"), &json!("org:invoices:read")));
    let member = "/organizations/org_local_engines/memberships/user_local_max";
    let (_, member) = api.ask(Method::PATCH, member, json!({ "role": "org:clerk" })).await;
    assert_eq!((&member["permissions"], &member["role_name"]), (&json!(["org:invoices:read"]), &json!("Clerk")));
    browser.sign_in("max@example.com", "member-no-2").await;
    let claims = browser.session().await;
    assert_eq!(
        (&claims["fea"], &claims["o"]["per"], &claims["o"]["fpm"]),
        (&json!("o:invoices"), &json!("read"), &json!("1"))
    );
    let path = format!("/organization_roles/{}", role["id"].as_str().unwrap());
    assert_eq!(api.code(Method::DELETE, &path, json!({})).await, "form_param_value_invalid");
    api.ask(Method::PATCH, &path, json!({ "key": "org:bookkeeper", "permissions": ["perm_local_users_manage"] })).await;
    browser.sign_in("max@example.com", "member-no-2").await;
    let claims = browser.session().await;
    assert_eq!((&claims["o"]["rol"], &claims["fea"]), (&json!("bookkeeper"), &json!("o:users")));
    let gone = format!("/organization_permissions/{}", permission["id"].as_str().unwrap());
    assert_eq!(api.ask(Method::DELETE, &gone, json!({})).await.1["deleted"], true);
    assert_eq!(api.events("role.updated", 1).await[0]["key"], "org:bookkeeper");
    // Six exist at the start.
    assert_eq!((api.events("role.created", 7).await.len(), api.events("permission.deleted", 1).await.len()), (7, 1));
    assert_eq!(names(&api.get("/organization_roles?order_by=key").await, "/key")[0], "org:admin");
}

#[tokio::test]
async fn invalid_and_duplicate_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let api = api(folder.path()).await;
    for (path, key, code) in [
        ("/organization_roles", "org:admin", "duplicate_record"),
        ("/organization_roles", "chief", "form_param_format_invalid"),
        ("/organization_roles", "org:Chief", "form_param_format_invalid"),
        ("/organization_permissions", "org:admin:access", "duplicate_record"),
        ("/organization_permissions", "org:sys_memberships:read", "form_param_format_invalid"),
        ("/organization_permissions", "org:admin", "form_param_format_invalid"),
    ] {
        assert_eq!(api.code(Method::POST, path, json!({ "name": "N", "key": key })).await, code, "{key}");
    }
    let unknown = json!({ "name": "N", "key": "org:n", "permissions": ["perm_unknown"] });
    assert_eq!(api.code(Method::POST, "/organization_roles", unknown).await, "form_param_value_invalid");
    let system = "/organization_permissions/perm_local_sys_profile";
    assert_eq!(api.code(Method::DELETE, system, json!({})).await, "organization_permission_system");
    assert_eq!(api.code(Method::PATCH, system, json!({ "name": "N" })).await, "organization_permission_system");
    let admin = "/organization_roles/role_local_admin";
    assert_eq!(api.code(Method::DELETE, admin, json!({})).await, "form_param_value_invalid");
    let withdrawn = format!("{admin}/permissions/perm_local_users_manage");
    assert_eq!(api.ask(Method::DELETE, &withdrawn, json!({})).await.1["permissions"].as_array().unwrap().len(), 6);
    assert_eq!(api.ask(Method::POST, &withdrawn, json!({})).await.1["permissions"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn users_are_created_changed_and_deleted_with_their_objects() {
    let folder = tempfile::tempdir().unwrap();
    let api = api(folder.path()).await;
    let new = json!({ "email_address": ["Mary@Example.com"], "first_name": "Mary", "last_name": "Shelley",
        "password": "frankenstein-1", "public_metadata": { "plan": { "seats": 1 }, "tags": [1, 2], "old": true } });
    let (status, mary) = api.ask(Method::POST, "/users", new.clone()).await;
    assert_eq!((status, &mary["email_addresses"][0]["email_address"]), (StatusCode::OK, &json!("mary@example.com")));
    assert_eq!(api.code(Method::POST, "/users", new).await, "form_identifier_exists");
    assert_eq!(api.code(Method::POST, "/users", json!({ "first_name": "Nobody" })).await, "form_data_missing");
    let id = mary["id"].as_str().unwrap();
    // Objects are merged, lists are replaced, and null removes.
    let public = json!({ "plan": { "seats": null, "name": "pro" }, "tags": [3], "old": null, "new": { "a": null } });
    let change = json!({ "public_metadata": public, "private_metadata": { "note": 1 } });
    let (_, changed) = api.ask(Method::PATCH, &format!("/users/{id}/metadata"), change).await;
    assert_eq!(
        (&changed["public_metadata"], &changed["private_metadata"]),
        (&json!({ "plan": { "name": "pro" }, "tags": [3], "new": {} }), &json!({ "note": 1 }))
    );
    let member = json!({ "user_id": id, "role": "org:viewer" });
    api.ask(Method::POST, "/organizations/org_local_engines/memberships", member).await;
    let mut browser = Browser::new(&api.0);
    browser.sign_in("mary@example.com", "frankenstein-1").await;
    assert_eq!(browser.session().await["o"]["rol"], "viewer");
    let (_, gone) = api.ask(Method::DELETE, &format!("/users/{id}"), json!({})).await;
    assert_eq!(gone, json!({ "object": "user", "id": id, "deleted": true }));
    assert_eq!(api.code(Method::GET, &format!("/users/{id}"), json!({})).await, "resource_not_found");
    assert_eq!(api.events("user.deleted", 1).await, [gone]);
    assert_eq!(api.events("organizationMembership.deleted", 1).await[0]["public_user_data"]["user_id"], id);
    assert_eq!(api.events("session.revoked", 1).await[0]["user_id"], id);
    assert_eq!(browser.sign_in("mary@example.com", "frankenstein-1").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn organizations_are_created_changed_and_deleted_with_their_memberships() {
    let folder = tempfile::tempdir().unwrap();
    let api = api(folder.path()).await;
    let new = json!({ "name": "Royal Society", "created_by": "user_local_max" });
    let (_, made) = api.ask(Method::POST, "/organizations", new).await;
    assert_eq!((&made["slug"], &made["members_count"]), (&json!("royal-society-2"), &json!(1)));
    assert_eq!(api.events("organizationMembership.created", 28).await[0]["role"], "org:admin");
    let path = format!("/organizations/{}", made["id"].as_str().unwrap());
    assert_eq!(api.code(Method::PATCH, &path, json!({ "slug": "royal-society" })).await, "form_identifier_exists");
    let (_, changed) = api.ask(Method::PATCH, &path, json!({ "name": "Lunar Society", "slug": "lunar" })).await;
    assert_eq!((&changed["name"], &changed["slug"]), (&json!("Lunar Society"), &json!("lunar")));
    assert_eq!(api.get("/organizations/lunar").await["id"], made["id"]);
    assert_eq!(
        names(&api.get("/organizations?query=society&order_by=name").await, "/slug"),
        ["lunar", "royal-society"]
    );
    let mut browser = Browser::new(&api.0);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    assert_eq!(browser.session().await["o"]["slg"], "analytical-engines");
    let (_, gone) = api.ask(Method::DELETE, "/organizations/org_local_engines", json!({})).await;
    assert_eq!((&gone["deleted"], &gone["slug"]), (&json!(true), &json!("analytical-engines")));
    assert_eq!(api.events("organizationMembership.deleted", 26).await.len(), 26);
    assert_eq!(api.events("organization.deleted", 1).await, [gone]);
}

#[tokio::test]
async fn sessions_and_tokens_are_created_without_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let api = api(folder.path()).await;
    let new = json!({ "user_id": "user_local_ada", "active_organization_id": "org_local_society" });
    let (_, session) = api.ask(Method::POST, "/sessions", new).await;
    let path = format!("/sessions/{}/tokens", session["id"].as_str().unwrap());
    let (_, token) = api.ask(Method::POST, &path, json!({ "expires_in_seconds": 600 })).await;
    let mut browser = Browser::new(&api.0);
    let claims = browser.claims(token["jwt"].as_str().unwrap()).await;
    assert_eq!(
        (&claims["sid"], &claims["o"]["id"], claims.get("azp")),
        (&session["id"], &json!("org_local_society"), None)
    );
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    let (_, template) = api.ask(Method::POST, &format!("{path}/hasura"), json!({})).await;
    let jwt = template["jwt"].as_str().unwrap();
    let header: Value = {
        use base64::Engine;
        serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(jwt.split('.').next().unwrap()).unwrap())
            .unwrap()
    };
    let claims = browser.claims(jwt).await;
    assert_eq!(
        (&header["cat"], claims.get("sid"), &claims["sub"]),
        (&json!("cl_B7d4PD222AAA"), None, &json!("user_local_ada"))
    );
    let others = json!({ "user_id": "user_local_max", "active_organization_id": "org_local_society" });
    assert_eq!(api.code(Method::POST, "/sessions", others).await, "form_param_value_invalid");
    let list = api.get("/sessions?user_id=user_local_ada&paginated=true").await;
    assert_eq!((&list["total_count"], &list["data"][0]["id"]), (&json!(1), &session["id"]));
    assert_eq!(api.code(Method::GET, "/sessions", json!({})).await, "form_param_missing");
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_paged() {
    let folder = tempfile::tempdir().unwrap();
    let api = api(folder.path()).await;
    let by_name = api.get("/users?order_by=last_name&limit=3").await;
    assert_eq!(names(&by_name, "/last_name"), ["Allen", "Babbage", "Cerf"]);
    assert_eq!(names(&api.get("/users?order_by=-last_name&limit=1").await, "/last_name"), ["Zuse"]);
    let all = names(&api.get("/users?limit=500&order_by=%2Bcreated_at").await, "/id");
    assert_eq!((all.len(), all[0].as_str()), (26, "user_local_ada"));
    let after = api.get(&format!("/users?order_by=%2Bcreated_at&starting_after={}&limit=2", all[3])).await;
    assert_eq!(names(&after, "/id"), all[4..6]);
    assert_eq!(api.code(Method::GET, "/users?order_by=shoe_size", json!({})).await, "form_param_value_invalid");
    let two = api.get("/users?user_id=user_local_ada&user_id=user_local_max").await;
    assert_eq!(two.as_array().unwrap().len(), 2);
    let active = api.get("/users?last_active_at_since=0&limit=500").await.as_array().unwrap().len();
    assert_eq!((active, api.get("/users/count?last_active_at_since=0").await["total_count"].clone()), (12, json!(12)));
    let members = "/organizations/org_local_engines/memberships";
    let editors = api.get(&format!("{members}?role=org:editor&role=org:billing&order_by=last_name")).await;
    assert_eq!(
        (&editors["total_count"], names(&editors, "/public_user_data/last_name")[0].as_str()),
        (&json!(8), "Dijkstra")
    );
    assert_eq!(api.get(&format!("{members}?query=knuth")).await["total_count"], 1);
}

#[tokio::test]
async fn an_invalid_request_is_refused_in_clerks_format() {
    let folder = tempfile::tempdir().unwrap();
    let api = api(folder.path()).await;
    assert_eq!(api.code(Method::GET, "/nowhere", json!({})).await, "resource_not_found");
    assert_eq!(api.code(Method::PUT, "/users", json!({})).await, "method_not_allowed");
    assert_eq!(api.code(Method::POST, "/sessions", json!({ "user_id": 7 })).await, "form_param_format_invalid");
}
