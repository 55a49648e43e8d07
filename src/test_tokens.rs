//! Session claims for tests. Only the verification of a token makes claims, so a test signs a token
//! with the key of the recordings and verifies it.

use clerk::claims::SessionClaims;
use clerk::keys::VerifyingKey;
use clerk::token::{self, Expectations};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const ISSUER: &str = "https://clerk.example.com";

/// The claims of a verified token that was issued at this Unix second.
pub(crate) fn session(user: &str, session: &str, organization: &str, issued_at_s: i64) -> SessionClaims {
    let claims = json!({
        "v": 2, "iss": ISSUER, "sub": user, "sid": session, "o": { "id": organization },
        "iat": issued_at_s, "exp": issued_at_s + 60,
    });
    let keys: Value = serde_json::from_str(include_str!("../clerk/tests/vectors/clerk/keys.json")).unwrap();
    let private = EncodingKey::from_rsa_pem(keys["private_key_pkcs8_pem"].as_str().unwrap().as_bytes()).unwrap();
    let public = VerifyingKey::from_pem(keys["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let token = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &private).unwrap();
    let expected = Expectations::new(ISSUER.to_owned(), Vec::new());
    token::verify_session(&token::decode(&token).unwrap(), &public, &expected, issued_at_s * 1000).unwrap()
}
