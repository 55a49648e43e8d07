//! Forms without JavaScript: every outcome comes back to the page, and nothing that was typed is lost.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode, header};
use support::{Answer, ORIGIN, Person, Town};
use url::Url;

async fn post_form(town: &Town, person: &Person, body: &str, referer: Option<&str>) -> Answer {
    let mut request = person.post("/api/rename_organization", body);
    request.headers_mut().insert(header::ACCEPT, "text/html,application/xhtml+xml".parse().unwrap());
    if let Some(referer) = referer {
        request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
    }
    town.send(request).await
}

fn query(answer: &Answer) -> (String, Vec<(String, String)>) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let location = answer.header("location");
    assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
    let url = Url::parse(&format!("{ORIGIN}{location}")).unwrap();
    (url.path().to_owned(), url.query_pairs().into_owned().collect())
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

#[tokio::test]
async fn success_comes_back_to_the_page() {
    let town = Town::new().await;
    let answer =
        post_form(&town, &Person::admin(), "name=Engines", Some("http://localhost:3000/admin?refused=x&name=y")).await;
    let (path, pairs) = query(&answer);
    assert_eq!((path.as_str(), value(&pairs, "done")), ("/admin", "rename_organization"));
    assert_eq!(pairs.len(), 1);
}

#[tokio::test]
async fn a_form_on_a_later_page_comes_back_to_it() {
    let town = Town::new().await;
    let referer = "http://localhost:3000/admin/members?page=2&done=change_role&page=x";
    let answer = post_form(&town, &Person::admin(), "name=Engines", Some(referer)).await;
    assert_eq!(answer.header("location"), "/admin/members?page=2&done=rename_organization");
}

#[tokio::test]
async fn a_refusal_carries_its_code_and_what_was_typed() {
    let town = Town::new().await;
    let typed = "é".repeat(201);
    let body: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("name", &typed).finish();
    let (path, pairs) = query(&post_form(&town, &Person::admin(), &body, Some("http://localhost:3000/admin")).await);
    assert_eq!(
        (path.as_str(), value(&pairs, "refused"), value(&pairs, "name")),
        ("/admin", "rename_organization", typed.as_str())
    );
    assert_eq!(value(&pairs, "refusal"), r#"{"error":"invalid_input","fields":{"name":"too_long"}}"#);
}

#[tokio::test]
async fn the_door_refuses_in_the_same_way() {
    let town = Town::new().await;
    let (_, pairs) = query(&post_form(&town, &Person::stale(), "name=New+Name", None).await);
    assert_eq!(value(&pairs, "name"), "New Name");
    assert!(value(&pairs, "refusal").contains("reverification-error"));
}

#[tokio::test]
async fn whoever_is_signed_out_goes_to_sign_in_and_back() {
    let town = Town::new().await;
    let (path, pairs) =
        query(&post_form(&town, &Person::nobody(), "name=x", Some("http://localhost:3000/admin/members")).await);
    assert_eq!((path.as_str(), value(&pairs, "redirect_url")), ("/sign-in", "/admin/members"));
}

#[tokio::test]
async fn a_hostile_referer_leads_nowhere_else() {
    let town = Town::new().await;
    for referer in [
        "https://evil.example/admin",
        "https://evil.example//evil.example",
        "javascript:alert(1)",
        "//evil.example",
        "http://localhost:3000//evil.example/",
    ] {
        let answer = post_form(&town, &Person::admin(), "name=Engines", Some(referer)).await;
        if answer.status == StatusCode::SEE_OTHER {
            query(&answer);
        }
    }
}

#[tokio::test]
async fn a_body_cannot_smuggle_an_outcome_or_a_header() {
    let town = Town::new().await;
    let answer = post_form(&town, &Person::stale(), "name=a%0d%0aset-cookie:x=1&done=rename_organization", None).await;
    let (_, pairs) = query(&answer);
    assert_eq!(value(&pairs, "refused"), "rename_organization");
    assert!(answer.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn a_cross_site_form_gets_a_page_and_no_round_trip() {
    let town = Town::new().await;
    let request = Person::admin().on(Request::post("/api/rename_organization"));
    let request = request.header(header::ORIGIN, "https://evil.example").header(header::ACCEPT, "text/html");
    let answer = town.send(request.body(Body::from("name=Stolen")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.header("content-type").starts_with("text/html") && answer.header("location").is_empty());
}
