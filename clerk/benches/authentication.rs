//! The cost of a session token: its signature, the same token again, a whole request, and a
//! question about entitlements. Run with `cargo bench -p clerk`.
#![expect(clippy::unwrap_used, reason = "a setup that fails ends the benchmark")]

use clerk::authenticate::{AuthConfig, LookupResults, Progress, RequestHead, decide};
use clerk::claims::SessionClaims;
use clerk::entitlements::{Requirement, satisfies};
use clerk::keys::VerifyingKey;
use clerk::publishable_key::PublishableKey;
use clerk::token::{self, Expectations};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use http::{HeaderMap, HeaderValue, Method, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::hint::black_box;

const NOW_S: i64 = 1_750_000_000;
const NOW_MS: i64 = NOW_S * 1000;
const ORIGIN: &str = "http://localhost:3000";
const ISSUER: &str = "https://clerk.example.com";

fn keys() -> Value {
    serde_json::from_str(include_str!("../tests/vectors/clerk/keys.json")).unwrap()
}

fn verifying_key() -> VerifyingKey {
    VerifyingKey::from_pem(keys()["public_key_spki_pem"].as_str().unwrap()).unwrap()
}

fn signed() -> String {
    let claims = json!({
        "v": 2, "iss": ISSUER, "azp": ORIGIN, "sub": "user_1", "sid": "sess_1", "sts": "active",
        "iat": NOW_S, "nbf": NOW_S - 10, "exp": NOW_S + 60, "fva": [0, -1], "fea": "o:admin,o:members",
        "o": { "id": "org_1", "slg": "engines", "rol": "admin", "per": "access,manage", "fpm": "3,3" },
    });
    let private = EncodingKey::from_rsa_pem(keys()["private_key_pkcs8_pem"].as_str().unwrap().as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &private).unwrap()
}

fn config() -> AuthConfig {
    AuthConfig::new(PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap(), ORIGIN)
}

fn claims(token: &str) -> SessionClaims {
    let expected = Expectations::new(ISSUER.to_owned(), Vec::new());
    token::verify_session(&token::decode(token).unwrap(), &verifying_key(), &expected, NOW_MS).unwrap()
}

fn is_decided(headers: &HeaderMap, config: &AuthConfig, results: &LookupResults) -> bool {
    let head = RequestHead { method: &Method::GET, target: "/admin", headers };
    matches!(decide(head, config, results, NOW_MS), Progress::Done(_))
}

fn tokens(criterion: &mut Criterion) {
    let (token, key) = (signed(), verifying_key());
    let expected = Expectations::new(ISSUER.to_owned(), Vec::new());
    criterion.bench_function("token, decoded and verified", |bencher| {
        bencher.iter(|| token::verify_session(&token::decode(&token).unwrap(), &key, &expected, NOW_MS).unwrap());
    });
    let cookie = HeaderValue::from_str(&format!("__session={token}; __client_uat=1")).unwrap();
    let headers = HeaderMap::from_iter([(header::COOKIE, cookie)]);
    let results = || {
        let mut results = LookupResults::default();
        results.keys.push((None, Some(key.clone())));
        results
    };
    criterion.bench_function("request, token unknown", |bencher| {
        let fresh = || (config(), results());
        bencher.iter_batched(
            fresh,
            |(config, results)| assert!(is_decided(&headers, &config, &results)),
            BatchSize::SmallInput,
        );
    });
    let config = config();
    criterion.bench_function("request, token remembered", |bencher| {
        bencher.iter_batched(
            results,
            |results| assert!(is_decided(&headers, &config, &results)),
            BatchSize::SmallInput,
        );
    });
}

fn entitlements(criterion: &mut Criterion) {
    let session = claims(&signed());
    let required = Requirement::permission("org:members:manage");
    criterion.bench_function("entitlement, a permission", |bencher| {
        bencher.iter(|| satisfies(black_box(&session), black_box(&required)));
    });
}

criterion_group!(benches, tokens, entitlements);
criterion_main!(benches);
