//! Signing out: the session ends at Clerk whatever the age of its token, or the page says that it has
//! not; and no cookie stays behind.
#![cfg(feature = "local-clerk")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use support::place::Place;
use support::{Answer, Person, Town, changed, now_s};

const UNFINISHED: &str = "/sign-out?unfinished=true";

/// A session at Clerk, of a browser whose token is so old.
async fn somebody(place: &Place, token_age_s: i64) -> (String, Person) {
    let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
    let request = client.post(format!("{}/v1/sessions", place.clerk.api_url())).bearer_auth(place.clerk.secret_key());
    let answer = request.json(&json!({ "user_id": "user_local_ada" })).send().await.unwrap();
    let session: Value = answer.json().await.unwrap();
    let id = session["id"].as_str().unwrap().to_owned();
    (id.clone(), holder(&id, token_age_s))
}

fn holder(session: &str, token_age_s: i64) -> Person {
    changed(|claims| {
        let issued = now_s() - token_age_s;
        claims["sub"] = "user_local_ada".into();
        claims["sid"] = session.into();
        (claims["iat"], claims["nbf"], claims["exp"]) = (issued.into(), (issued - 10).into(), (issued + 60).into());
    })
}

async fn status_at_clerk(place: &Place, session: &str) -> String {
    place.at_clerk(&format!("sessions/{session}")).await["status"].as_str().unwrap().to_owned()
}

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
}

fn cookie<'a>(answer: &'a Answer, begin: &str) -> &'a str {
    let found = cookies(answer).into_iter().find(|cookie| cookie.starts_with(begin));
    found.unwrap_or_else(|| panic!("{begin}: {:?}", cookies(answer)))
}

async fn sign_out_with(town: &Town, cookies: &str) -> Answer {
    let request = Request::post("/sign-out").header(header::ORIGIN, support::ORIGIN).header(header::COOKIE, cookies);
    town.send(request.body(Body::empty()).unwrap()).await
}

/// A page as nobody, with a cookie.
async fn open_with(town: &Town, path: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header(header::COOKIE, format!("__clerk_db_jwt=dvb_town; {cookie}"));
    let request = request.header(header::ACCEPT, "text/html").header("sec-fetch-dest", "document");
    town.send(request.body(Body::empty()).unwrap()).await
}

/// What a browser that could not be signed out keeps of it.
async fn unfinished(town: &Town, cookies: &str) -> String {
    let answer = sign_out_with(town, cookies).await;
    assert_eq!(answer.header("location"), UNFINISHED, "{cookies}");
    cookie(&answer, "gatehouse_sign_out=").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_unfinished_sign_out_stands_before_the_way_back_in() {
    let place = Place::new().await;
    let (_, person) = somebody(&place, 0).await;
    place.faults(json!({ "fail": 503 })).await;
    let known = unfinished(&place.town, &format!("__session={}; __client_uat=1", person.token())).await;
    let unknown = unfinished(&place.town, "__session=garbage; __client_uat=1").await;
    let long = changed(|claims| claims["custom"] = "x".repeat(4000).into());
    let too_long = unfinished(&place.town, &format!("__session={}; __client_uat=1", long.token())).await;
    assert_eq!(unknown, too_long);
    for mark in [&known, &unknown] {
        let ways = ["/sign-in", "/sign-in?redirect_url=%2Fadmin%2Fmembers", "/sign-in/factor-one", "/sign-in/tasks"];
        for way in ways.into_iter().chain(["/sign-in?add_account=true"]) {
            let answer = open_with(&place.town, way, mark).await;
            let to = (answer.status, answer.header("location"), answer.header("cache-control"));
            assert_eq!(to, (StatusCode::SEE_OTHER, UNFINISHED, "no-store"), "{way} {mark}");
        }
        // A link that lets somebody in is not lost.
        let invited = open_with(&place.town, "/sign-in?__clerk_ticket=dGlja2V0", mark).await;
        assert_ne!(invited.header("location"), UNFINISHED);
    }
    place.faults(json!({})).await;
    // Who has signed in since is on the way back to work, unless it may be the very session that was left.
    let (_, another) = somebody(&place, 0).await;
    let session = |mark: &str| format!("__session={}; __client_uat=1; {mark}", another.token());
    assert_eq!(open_with(&place.town, "/sign-in", &session(&known)).await.header("location"), "/admin");
    assert_eq!(open_with(&place.town, "/sign-in", &session(&unknown)).await.header("location"), UNFINISHED);
}

#[tokio::test]
async fn only_what_an_unfinished_sign_out_left_says_that_there_is_one() {
    let town = Town::new().await;
    for cookie in ["", "gatehouse_sign_out=", "gatehouse_sign_out=junk", "other=unknown"] {
        let page = open_with(&town, UNFINISHED, cookie).await;
        assert!(page.body.contains("Sign out?") && !page.body.contains("not ended yet"), "{cookie}: {}", page.body);
        assert_ne!(open_with(&town, "/sign-in", cookie).await.header("location"), UNFINISHED, "{cookie}");
    }
    let own = "gatehouse_sign_out=junk; gatehouse_sign_out=unknown";
    assert!(open_with(&town, UNFINISHED, own).await.body.contains("not ended yet"));
}

#[tokio::test]
async fn what_nobody_sees_is_not_stored_either() {
    let town = Town::new().await;
    for path in ["/", "/sign-out", UNFINISHED] {
        let answer = open_with(&town, path, "a=b").await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "private, no-store"), "{path}");
    }
}

#[tokio::test]
async fn the_session_ends_at_clerk_whatever_the_age_of_its_token() {
    let place = Place::new().await;
    for age_s in [0, 70, 3600, 8 * 86_400, -30] {
        let (session, person) = somebody(&place, age_s).await;
        let answer = place.town.send(person.post("/sign-out", "")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"), "{age_s}");
        assert_eq!(status_at_clerk(&place, &session).await, "revoked", "{age_s}");
        for place in ["/sign-out", "/sign-in"] {
            let cleared = format!("gatehouse_sign_out=; Path={place}; Max-Age=0; HttpOnly; SameSite=Lax");
            assert!(cookies(&answer).contains(&cleared.as_str()), "{:?}", cookies(&answer));
        }
    }
}

#[tokio::test]
async fn either_spelling_of_the_cookie_tells_the_session() {
    let place = Place::new().await;
    let suffix = place.town.app.clerk.publishable_key.cookie_suffix();
    for name in ["__session".to_owned(), format!("__session_{suffix}")] {
        let (session, person) = somebody(&place, 300).await;
        sign_out_with(&place.town, &format!("city=Z\u{fc}rich; {name}={}", person.token())).await;
        assert_eq!(status_at_clerk(&place, &session).await, "revoked", "{name}");
    }
    let (session, person) = somebody(&place, 300).await;
    let cookies = format!("__session=garbage; __session_{suffix}={}; __client_uat=1", person.token());
    sign_out_with(&place.town, &cookies).await;
    assert_eq!(status_at_clerk(&place, &session).await, "revoked");
}

#[tokio::test]
async fn a_session_whose_token_does_not_verify_is_never_ended() {
    let place = Place::new().await;
    let (session, person) = somebody(&place, 70).await;
    let (head, signature) = person.token().rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let unsigned = head.replacen(head.split('.').next().unwrap(), "eyJhbGciOiJub25lIn0", 1);
    let elsewhere = changed(|claims| {
        (claims["sid"], claims["iss"]) = (session.as_str().into(), "https://clerk.elsewhere.example".into());
    });
    sign_out_with(&place.town, &format!("__session={}; __client_uat=1", elsewhere.token())).await;
    assert_eq!(status_at_clerk(&place, &session).await, "active");
    for token in [&forged, &format!("{unsigned}."), "garbage", ""] {
        let answer = sign_out_with(&place.town, &format!("__session={token}; __client_uat=1")).await;
        assert_eq!(answer.header("location"), UNFINISHED, "{token}");
        assert_eq!(status_at_clerk(&place, &session).await, "active", "{token}");
        // Only with this cookie does the next page make the handshake that brings a token.
        assert!(!cookies(&answer).iter().any(|cookie| cookie.starts_with("__client_uat")), "{:?}", cookies(&answer));
        assert!(cookie(&answer, "__session=").contains("Max-Age=0"));
    }
    let nobody = sign_out_with(&place.town, "__clerk_db_jwt=dvb_town; __client_uat=0").await;
    assert_eq!(nobody.header("location"), "/");
}

#[tokio::test]
async fn where_clerk_is_down_the_page_says_so_and_the_next_attempt_ends_the_session() {
    let place = Place::new().await;
    for (trouble, age_s) in [(json!({ "fail": 503 }), 0), (json!({ "drop_connection": true }), 300)] {
        let (session, person) = somebody(&place, age_s).await;
        place.faults(trouble).await;
        let answer = place.town.send(person.post("/sign-out", "")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, UNFINISHED));
        assert!(
            cookie(&answer, "__session=").contains("Max-Age=0")
                && cookie(&answer, "__client_uat=").contains("Max-Age=0")
        );
        let kept = cookie(&answer, "gatehouse_sign_out=").to_owned();
        assert!(kept.contains("Path=/sign-out") && kept.contains("HttpOnly"), "{kept}");
        let page = open_with(&place.town, UNFINISHED, kept.split(';').next().unwrap()).await;
        assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "private, no-store"));
        assert!(
            page.body.contains("Your session has not ended yet") && page.body.contains("Try again"),
            "{}",
            page.body
        );
        // Here it has ended all the same.
        assert_ne!(place.town.open(&person, "/admin").await.status, StatusCode::OK);
        place.faults(json!({})).await;
        let kept = kept.split(';').next().unwrap();
        place.forward(300);
        let again = sign_out_with(&place.town, &format!("__clerk_db_jwt=dvb_town; {kept}")).await;
        assert_eq!(again.header("location"), "/");
        assert_eq!(status_at_clerk(&place, &session).await, "revoked");
        assert!(cookie(&again, "gatehouse_sign_out=;").contains("Max-Age=0"));
    }
}

/// Signs two people in, in one browser; tells their sessions.
async fn two_accounts(place: &Place) -> [String; 2] {
    let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
    let mut cookie = String::new();
    for (email, password) in [("ada@example.com", "engine-no-1"), ("max@example.com", "member-no-2")] {
        let request = client.post(format!("{}/hosted/sign-in", place.clerk.api_url()));
        let body = form_urlencoded(&[("email", email), ("password", password), ("redirect_url", support::ORIGIN)]);
        let request = request.header("origin", support::ORIGIN).header("cookie", &cookie).body(body);
        let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        let mut set = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let of_client = set.rfind(|cookie| cookie.starts_with("__client=")).unwrap();
        cookie = of_client.split(';').next().unwrap().to_owned();
    }
    let running = async |user: &str| place.at_clerk(&format!("sessions?user_id={user}&status=active")).await;
    let (ada, max) = (running("user_local_ada").await, running("user_local_max").await);
    let mut pairs = ada.as_array().unwrap().iter().flat_map(|first| {
        let same = move |second: &&Value| second["client_id"] == first["client_id"];
        max.as_array().unwrap().iter().filter(same).map(move |second| [first, second])
    });
    pairs.next().unwrap().map(|session| session["id"].as_str().unwrap().to_owned())
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[tokio::test]
async fn every_account_of_the_browser_is_signed_out_and_none_of_another_browser() {
    let place = Place::new().await;
    let (elsewhere, _) = somebody(&place, 0).await;
    let [ada, max] = two_accounts(&place).await;
    let answer = place.town.send(holder(&ada, 0).post("/sign-out", "")).await;
    assert_eq!(answer.header("location"), "/");
    for (session, status) in [(&ada, "revoked"), (&max, "revoked"), (&elsewhere, "active")] {
        assert_eq!(status_at_clerk(&place, session).await, status, "{session}");
    }
    // Its last token is worth nothing any more.
    let left = changed(|claims| (claims["sub"], claims["sid"]) = ("user_local_max".into(), max.as_str().into()));
    assert_ne!(place.town.open(&left, "/admin").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_that_could_not_be_ended_ends_with_the_next_sign_out_of_somebody_else() {
    let place = Place::new().await;
    let (first, person) = somebody(&place, 0).await;
    place.faults(json!({ "fail": 503 })).await;
    let unfinished = place.town.send(person.post("/sign-out", "")).await;
    let kept = cookie(&unfinished, "gatehouse_sign_out=").split(';').next().unwrap().to_owned();
    place.faults(json!({})).await;
    let (second, another) = somebody(&place, 0).await;
    let cookies = format!("__session={}; __client_uat=1; {kept}", another.token());
    assert_eq!(sign_out_with(&place.town, &cookies).await.header("location"), "/");
    for session in [first, second] {
        assert_eq!(status_at_clerk(&place, &session).await, "revoked");
    }
}

#[tokio::test]
async fn a_session_that_clerk_does_not_know_has_ended() {
    let place = Place::new().await;
    let answer = place.town.send(holder("sess_unknown", 300).post("/sign-out", "")).await;
    assert_eq!(answer.header("location"), "/");
}

#[tokio::test]
async fn without_keys_nothing_is_taken_for_ended_and_the_token_is_kept_for_the_next_attempt() {
    let town = Town::with(&[("CLERK_JWT_KEY", "")]).await;
    let person = holder("sess_ada", 300);
    let answer = town.send(person.post("/sign-out", "")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, UNFINISHED));
    assert!(cookie(&answer, "gatehouse_sign_out=").contains(person.token()));
    assert!(cookie(&answer, "__session=").contains("Max-Age=0"));
}

#[tokio::test]
async fn clerks_cookies_are_cleared_for_the_host_and_for_every_domain_and_none_is_set() {
    let town =
        Town::with(&[("PUBLIC_ORIGIN", "https://admin.example.com"), ("CLERK_API_URL", "http://127.0.0.1:9")]).await;
    let request = Request::post("/sign-out").header(header::ORIGIN, "https://admin.example.com");
    let answer = town.send(request.body(Body::empty()).unwrap()).await;
    let suffix = town.app.clerk.publishable_key.cookie_suffix();
    for name in ["__client_uat".to_owned(), format!("__client_uat_{suffix}")] {
        for domain in ["", "; Domain=admin.example.com", "; Domain=example.com"] {
            let cookie = format!("{name}=; Path=/{domain}; Max-Age=0; SameSite=Lax; Secure");
            assert!(cookies(&answer).contains(&cookie.as_str()), "{cookie}: {:?}", cookies(&answer));
        }
    }
    for begin in ["__session=;".to_owned(), format!("__session_{suffix}=;"), format!("__refresh_{suffix}=;")] {
        assert!(cookie(&answer, &begin).contains("; Path=/; Max-Age=0"));
    }
    assert!(
        cookies(&answer).iter().all(|cookie| cookie.contains("=; ") && cookie.contains("Max-Age=0")),
        "{:?}",
        cookies(&answer)
    );
}

#[tokio::test]
async fn a_handshake_that_comes_back_after_the_sign_out_brings_nothing() {
    let place = Place::new().await;
    let (session, person) = somebody(&place, 0).await;
    let handshake = |person: &Person| {
        let directives = [
            format!("__session={}; Path=/; SameSite=Lax", person.token()),
            "__client_uat=1; Path=/".to_owned(),
            "__clerk_handshake=; Path=/; Max-Age=0".to_owned(),
        ];
        let carrier = Person::with_claims(&json!({ "handshake": directives }));
        format!("/admin?page=2&__clerk_handshake={}", carrier.token())
    };
    let before = place.town.open(&Person::nobody(), &handshake(&person)).await;
    assert_eq!(cookies(&before).len(), 3);
    place.town.send(person.post("/sign-out", "")).await;
    // The address stays in the history; in development a token may be a day old when a handshake brings it.
    for later_s in [0, 3600, 20 * 3600] {
        place.forward(later_s);
        let answer = place.town.open(&Person::nobody(), &handshake(&holder(&session, 0))).await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT, "{later_s}");
        assert_eq!(answer.header("location"), "http://localhost:3000/admin?page=2");
        assert_eq!(cookies(&answer), ["__clerk_handshake=; Path=/; Max-Age=0"], "{later_s}");
    }
}
