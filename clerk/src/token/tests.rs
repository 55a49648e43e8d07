use super::*;
use proptest::prelude::*;
use serde_json::json;

fn times(claims: &Value) -> Result<(), TokenError> {
    check_times(claims.as_object().unwrap(), LEEWAY_MS, 1_750_000_000_000)
}

#[test]
fn an_invalid_time_claim_is_refused() {
    assert_eq!(times(&json!({ "exp": 1_750_000_050 })), Ok(()));
    for wrong in [
        json!(9_007_199_254_740_992_i64),
        json!(1e300),
        json!(-1e300),
        json!(i64::MIN),
        json!(true),
        json!("1750000050"),
        json!(null),
    ] {
        assert_eq!(times(&json!({ "exp": wrong })), Err(TokenError::VerificationFailed), "exp {wrong}");
        for name in ["nbf", "iat"] {
            let claims = json!({ "exp": 1_750_000_050, name: wrong });
            assert_eq!(times(&claims), Err(TokenError::VerificationFailed), "{name} {wrong}");
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_tokens_do_not_panic(text: String, parts in "[-_.=A-Za-z0-9]{0,200}") {
        let _ = decode(&text);
        let _ = decode(&parts);
    }

    #[test]
    fn arbitrary_claims_in_a_token_do_not_panic(header: String, payload: String) {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let _ = decode(&format!("{}.{}.", part(&json!({ "kid": header }).to_string()), part(&payload)));
    }
}
