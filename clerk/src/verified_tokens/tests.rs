use super::*;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const NOW_S: i64 = 1_750_000_000;
const ISSUER: &str = "https://clerk.example.com";
const LEEWAY_S: i64 = 5;

fn fixtures() -> Value {
    serde_json::from_str(include_str!("../../tests/vectors/clerk/keys.json")).unwrap()
}

fn key(name: &str) -> VerifyingKey {
    VerifyingKey::from_pem(fixtures()[name].as_str().unwrap()).unwrap()
}

fn own_key() -> VerifyingKey {
    key("public_key_spki_pem")
}

fn signed(claims: &Value) -> String {
    let private = EncodingKey::from_rsa_pem(fixtures()["private_key_pkcs8_pem"].as_str().unwrap().as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &private).unwrap()
}

fn token() -> String {
    signed(&json!({
        "v": 2, "iss": ISSUER, "azp": "https://a.example.com", "sub": "user_1", "sid": "sess_1",
        "iat": NOW_S, "nbf": NOW_S - 10, "exp": NOW_S + 60,
    }))
}

fn expected() -> Expectations {
    Expectations::new(ISSUER.to_owned(), vec!["https://a.example.com".to_owned()])
}

type Verdict = Result<SessionClaims, TokenError>;

fn verdict(tokens: &VerifiedTokens, text: &str, key: &VerifyingKey, expected: &Expectations, now_ms: i64) -> Verdict {
    tokens.verify_session(&*tokens.decode(text)?, key, expected, now_ms)
}

/// Tokens with this one in them.
fn remembering(text: &str) -> VerifiedTokens {
    let tokens = VerifiedTokens::default();
    assert!(verdict(&tokens, text, &own_key(), &expected(), NOW_S * 1000).is_ok());
    assert_eq!(tokens.sizes(), (1, 1));
    assert!(tokens.decode(text).unwrap().verified.is_some());
    tokens
}

#[test]
fn a_remembered_token_is_valid_until_the_same_millisecond_as_an_unknown_one() {
    let text = token();
    let tokens = remembering(&text);
    let ends_ms = (NOW_S + 60 + LEEWAY_S) * 1000;
    let begins_ms = (NOW_S - LEEWAY_S) * 1000;
    for (now_ms, wanted) in [
        (ends_ms - 1, None),
        (ends_ms, Some(TokenError::Expired)),
        (ends_ms + 1000, Some(TokenError::Expired)),
        (ends_ms - 1, None),
        // The clock is set back.
        (begins_ms, None),
        (begins_ms - 1, Some(TokenError::IatInTheFuture)),
        ((NOW_S - 10 - LEEWAY_S) * 1000 - 1, Some(TokenError::NotActiveYet)),
        (NOW_S * 1000, None),
    ] {
        let remembered = verdict(&tokens, &text, &own_key(), &expected(), now_ms);
        let fresh = verdict(&VerifiedTokens::default(), &text, &own_key(), &expected(), now_ms);
        assert_eq!((remembered.as_ref().err(), &remembered), (wanted.as_ref(), &fresh), "{now_ms}");
    }
}

#[test]
fn a_remembered_token_needs_the_key_that_verified_it() {
    let text = token();
    let tokens = remembering(&text);
    let other = key("other_public_key_spki_pem");
    let found = verdict(&tokens, &text, &other, &expected(), NOW_S * 1000);
    assert_eq!(found.err(), Some(TokenError::InvalidSignature));
    assert!(verdict(&tokens, &text, &own_key(), &expected(), NOW_S * 1000).is_ok());
}

#[test]
fn a_remembered_token_must_still_be_for_this_application() {
    let text = token();
    let tokens = remembering(&text);
    let elsewhere = Expectations { authorized_parties: vec!["https://b.example.com".to_owned()], ..expected() };
    let found = verdict(&tokens, &text, &own_key(), &elsewhere, NOW_S * 1000);
    assert_eq!(found.err(), Some(TokenError::InvalidAuthorizedParties));
    let found =
        verdict(&tokens, &text, &own_key(), &Expectations { issuer: String::new(), ..expected() }, NOW_S * 1000);
    assert_eq!(found.err(), Some(TokenError::InvalidIssuer));
}

#[test]
fn a_changed_token_is_another_token() {
    let text = token();
    let tokens = remembering(&text);
    let (signed_part, signature) = text.rsplit_once('.').unwrap();
    let (header, payload) = signed_part.split_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let other_payload = signed(&json!({ "sub": "user_2" }));
    let other_payload = other_payload.split('.').nth(1).unwrap();
    for forged in [
        format!("{signed_part}.{first}{}", signature.get(1..).unwrap()),
        format!("{header}.{other_payload}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{}", signature.get(..signature.len() - 2).unwrap()),
    ] {
        assert!(verdict(&tokens, &forged, &own_key(), &expected(), NOW_S * 1000).is_err(), "{forged}");
    }
    assert_eq!(tokens.sizes(), (1, 1), "a refusal is not remembered");
}

#[test]
fn a_refused_token_is_not_remembered() {
    let tokens = VerifiedTokens::default();
    let text = token();
    assert!(verdict(&tokens, &text, &own_key(), &expected(), (NOW_S + 66) * 1000).is_err());
    assert!(verdict(&tokens, "e30.e30.", &own_key(), &expected(), NOW_S * 1000).is_err());
    assert_eq!(tokens.sizes(), (0, 0));
    assert!(verdict(&tokens, &text, &own_key(), &expected(), NOW_S * 1000).is_ok());
}

#[test]
fn a_flood_of_tokens_is_bounded() {
    let tokens = VerifiedTokens::default();
    let verified = |number: usize, expires_s: i64| {
        // The signatures of thousands of tokens take minutes in a debug build, so they are left
        // out here.
        let text = format!("e30.{}.{number:08}", encoded(&json!({ "exp": expires_s })));
        let token = token::decode(&text).unwrap();
        let claims = json!({ "v": 2, "sub": "user_1", "sid": "sess_1" });
        let claims = SessionClaims::from_claims(claims.as_object().unwrap()).unwrap();
        (text, token, Verified { key: own_key(), claims })
    };
    for number in 0..3 * CAPACITY {
        let (_, token, proof) = verified(number, NOW_S + 60);
        tokens.remember(&token, proof, NOW_S * 1000);
    }
    let (kept, queued) = tokens.sizes();
    assert!(kept <= CAPACITY && kept == queued, "{kept} {queued}");
    let (text, token, proof) = verified(3 * CAPACITY - 1, NOW_S + 60);
    assert!(tokens.decode(&text).unwrap().verified.is_some(), "the newest token is kept");
    tokens.remember(&token, proof, NOW_S * 1000);
    assert_eq!(tokens.sizes().0, tokens.sizes().1, "a token is queued once");
    // A minute later the expired tokens of each shard that gets a new one are gone.
    for number in 0..CAPACITY {
        let (_, token, proof) = verified(number, NOW_S + 120);
        tokens.remember(&token, proof, (NOW_S + 60) * 1000);
        assert!(tokens.sizes().0 <= CAPACITY);
    }
}

#[test]
fn a_token_above_the_limit_is_verified_and_not_remembered() {
    let tokens = VerifiedTokens::default();
    let text = signed(&json!({
        "v": 2, "iss": ISSUER, "azp": "https://a.example.com", "sub": "user_1", "sid": "sess_1",
        "iat": NOW_S, "exp": NOW_S + 60, "custom": "x".repeat(MAX_BYTES),
    }));
    assert!(verdict(&tokens, &text, &own_key(), &expected(), NOW_S * 1000).is_ok());
    assert_eq!(tokens.sizes(), (0, 0));
}

fn encoded(value: &Value) -> String {
    use base64::Engine;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}
