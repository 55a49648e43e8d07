//! The session that a browser signs out of.

use super::*;

fn leaves(cookies: &str, before: Option<&str>) -> SignOutTarget {
    let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookies).unwrap())]);
    let head = RequestHead { method: &Method::POST, target: "/sign-out", headers: &headers };
    let key = VerifyingKey::from_pem(fixtures()["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let mut results = LookupResults::default();
    loop {
        match sign_out_target(head, &config(true), &results, NOW_S * 1000, before) {
            Ok(leaving) => return leaving,
            Err(Lookup::Key(kid)) => results.keys.push((kid, Some(key.clone()))),
            Err(need) => panic!("{need:?}"),
        }
    }
}

#[test]
fn a_signed_token_identifies_the_session_to_end_at_any_age() {
    let session = |token: &str| SignOutTarget::Session(SessionId::parse("sess_1").unwrap(), token.to_owned());
    for age_s in [0, 120, 86_400 * 30, -3600] {
        let token = session_token(age_s);
        assert_eq!(leaves(&format!("__session={token}; __client_uat=1"), None), session(&token), "{age_s}");
        assert_eq!(leaves("__client_uat=0", Some(&token)), session(&token), "{age_s}");
    }
    let claims = |change: &dyn Fn(&mut Value)| {
        let mut claims =
            json!({ "iss": "https://clerk.example.com", "sub": "user_1", "sid": "sess_1", "exp": NOW_S - 90 });
        change(&mut claims);
        signed(&claims)
    };
    let without_origin = claims(&|_| {});
    assert_eq!(leaves(&format!("__session={without_origin}"), None), session(&without_origin));
    let mut forged = session_token(120);
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    let (foreign, nameless) =
        (claims(&|c| c["iss"] = "https://other.example".into()), claims(&|c| c["sid"] = "user_1".into()));
    // The cookies beside a token of another instance are that instance's too.
    assert_eq!(leaves(&format!("__session={foreign}; __client_uat={NOW_S}"), None), SignOutTarget::Nobody);
    for token in [forged.as_str(), &nameless, "garbage", ""] {
        assert_eq!(
            leaves(&format!("__session={token}; __client_uat={NOW_S}"), Some(token)),
            SignOutTarget::Unknown,
            "{token}"
        );
        assert_eq!(leaves(&format!("__session={token}"), None), SignOutTarget::Nobody, "{token}");
    }
}
