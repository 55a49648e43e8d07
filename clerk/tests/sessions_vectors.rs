//! Recorded answers of Clerk's library about keys, tokens, claims and entitlements, and constructed
//! attacks on tokens.
//!
//! `GATEHOUSE_VECTORS` names the folder. Where a recording of Clerk's library is laxer than a rule
//! of this crate, the rule decides: a token of a JWT template, padding, another algorithm than
//! RS256, a missing session id and a missing issuer are refused. Texts of messages are not
//! compared. Left out are satellite domains and proxies in `publishable-keys` (other hosts than the
//! key's), and questions of a wrong type in `has`, which a typed function cannot be asked.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod vectors;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clerk::claims::SessionClaims;
use clerk::entitlements::{Requirement, satisfies};
use clerk::keys::VerifyingKey;
use clerk::publishable_key::{InstanceKind, PublishableKey};
use clerk::reverification::{FactorLevel, Reverification};
use clerk::token::{self, Expectations, TokenError};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};
use vectors::{cases, texts, vectors};

#[test]
fn publishable_keys_are_parsed_as_recorded() {
    for case in cases(&vectors("clerk/publishable-keys.json"), "cases") {
        let (text, plain) =
            (case["key"].as_str().unwrap_or_default(), case["options"].as_object().is_none_or(Map::is_empty));
        let key = PublishableKey::parse(text);
        if let Some(valid) = case["is_publishable_key"].as_bool() {
            assert_eq!(key.is_ok(), valid, "{case}");
        }
        let (Ok(key), true) = (key, plain) else { continue };
        let kind = if key.kind() == InstanceKind::Production { "production" } else { "development" };
        let found = json!({
            "parsed": { "instanceType": kind, "frontendApi": key.frontend_api() },
            "accounts_base_url": key.accounts_base_url(),
            "cookie_suffix": key.cookie_suffix(),
        });
        for (member, value) in found.as_object().unwrap().iter().filter(|(member, _)| case.get(*member).is_some()) {
            assert_eq!(case[member], *value, "{case}");
        }
    }
}

#[test]
fn tokens_are_verified_as_recorded() {
    let file = vectors("clerk/jwt-verify.json");
    let key = VerifyingKey::from_pem(vectors("clerk/keys.json")["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let now_ms = file["_about"]["now_unix"].as_i64().unwrap() * 1000;
    for case in cases(&file, "cases") {
        let (text, options) = (case["token"].as_str().unwrap(), &case["options"]);
        let expected = Expectations {
            issuer: options["issuer"].as_str().map_or_else(|| issuer(text).unwrap_or_default(), str::to_owned),
            authorized_parties: texts(&options["authorizedParties"]),
            audience: texts(&options["audience"]),
            leeway_ms: options["clockSkewInMs"].as_i64().unwrap_or(5000),
        };
        let result = token::decode(text).and_then(|token| token::verify_session(&token, &key, &expected, now_ms));
        match (case["expected"]["valid"].as_bool().unwrap(), result) {
            (true, Ok(_)) => {}
            (true, Err(reason)) => assert!(refused_by_a_stricter_rule(text, reason), "{case}: {reason:?}"),
            (false, Ok(_)) => panic!("accepted: {case}"),
            (false, Err(reason)) => assert!(
                case["expected"]["reason"] == reason.as_str() || refused_by_a_stricter_rule(text, reason),
                "{case}: {reason:?}"
            ),
        }
    }
}

/// The issuer that a token names. The recorded library does not check it unless a case asks for
/// one.
fn issuer(token: &str) -> Option<String> {
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    claims["iss"].as_str().map(str::to_owned)
}

fn is_id(claim: Option<&Value>, kind: &str) -> bool {
    claim.and_then(Value::as_str).is_some_and(|text| text.len() > kind.len() && text.starts_with(kind))
}

/// The rules by which this crate refuses tokens that Clerk's library accepts.
fn refused_by_a_stricter_rule(text: &str, reason: TokenError) -> bool {
    let lenient = base64::engine::general_purpose::GeneralPurpose::new(
        &base64::alphabet::URL_SAFE,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    let object = |part: Option<&str>| -> Map<String, Value> {
        part.and_then(|part| lenient.decode(part).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    };
    let mut parts = text.split('.');
    let (header, claims) = (object(parts.next()), object(parts.next()));
    let class = header.get("cat").and_then(Value::as_str);
    text.contains('=')
        || class.is_some_and(|class| class != "cl_B7d4PD111AAA" && class != "cl_I7d4PD111III")
        || header.contains_key("crit")
        || header.get("alg") != Some(&json!("RS256"))
        || !is_id(claims.get("sid"), "sess_")
        || !is_id(claims.get("sub"), "user_")
        || (reason == TokenError::InvalidIssuer && !claims.get("iss").is_some_and(Value::is_string))
}

#[test]
fn permissions_are_read_as_recorded() {
    for case in cases(&vectors("clerk/permissions.json"), "cases") {
        let claims = case["claims"].as_object().unwrap();
        let expected = &case["expected"];
        let Some(session) = session_with(claims) else {
            assert!(expected.get("error").is_some(), "{case}");
            continue;
        };
        let organization = session.organization.as_ref();
        assert_eq!(expected["userId"], session.user.as_str(), "{case}");
        assert_eq!(expected["sessionId"], session.id.as_str(), "{case}");
        assert_eq!(expected["sessionStatus"], json!(session.status), "{case}");
        assert_eq!(expected["orgId"], json!(organization.map(|o| o.id.as_str())), "{case}");
        assert_eq!(expected["orgSlug"], json!(organization.and_then(|o| o.slug.as_deref())), "{case}");
        assert_eq!(expected["orgRole"], json!(organization.and_then(|o| o.role.as_deref())), "{case}");
        let permissions = organization.map(|o| o.permissions.clone()).unwrap_or_default();
        assert_eq!(texts(&expected["orgPermissions"]), permissions, "{case}");
        let ages = session.factor_ages.map(|ages| [ages.first.unwrap_or(-1.0), ages.second.unwrap_or(-1.0)]);
        let recorded = expected["factorVerificationAge"]
            .as_array()
            .map(|ages| [ages[0].as_f64().unwrap(), ages[1].as_f64().unwrap()]);
        assert_eq!(recorded, ages, "{case}");
    }
}

/// The session with these claims. Only the verification of a token makes one, so the claims are
/// signed with the key of the project's own vectors. Claims that only the verification reads get
/// valid values. `None`: a claim makes the token unusable.
fn session_with(claims: &Map<String, Value>) -> Option<SessionClaims> {
    let keys: Value = serde_json::from_str(include_str!("vectors/clerk/keys.json")).unwrap();
    let (mut claims, issuer, now_s) = (claims.clone(), "https://clerk.example.com", 1_750_000_000);
    let valid = [("iss", json!(issuer)), ("iat", json!(now_s)), ("nbf", json!(now_s)), ("exp", json!(now_s + 60))];
    claims.extend(valid.map(|(name, value)| (name.to_owned(), value)));
    let private = EncodingKey::from_rsa_pem(keys["private_key_pkcs8_pem"].as_str().unwrap().as_bytes()).unwrap();
    let public = VerifyingKey::from_pem(keys["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let token = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &private).unwrap();
    let expected = Expectations::new(issuer.to_owned(), Vec::new());
    token::verify_session(&token::decode(&token).unwrap(), &public, &expected, now_s * 1000).ok()
}

/// The session that a recorded auth object stands for. `None`: nobody is signed in.
fn session_of(auth: &Value) -> Option<SessionClaims> {
    let mut claims = json!({
        "sub": auth["userId"].as_str()?, "sid": "sess_1", "fva": auth["factorVerificationAge"],
        "fea": auth["features"], "pla": auth["plans"],
    });
    if auth["orgId"].is_string() {
        claims["org_id"] = auth["orgId"].clone();
        claims["org_role"] = auth["orgRole"].clone();
        claims["org_permissions"] = auth["orgPermissions"].clone();
    }
    session_with(claims.as_object().unwrap())
}

/// `None`: not a valid requirement, so it does not hold.
fn reverification(file: &Value, asked: &Value) -> Option<Reverification> {
    let config = asked.as_str().map_or(asked, |preset| &file["presets"][preset]);
    let level = match config["level"].as_str()? {
        "first_factor" => FactorLevel::FirstFactor,
        "second_factor" => FactorLevel::SecondFactor,
        "multi_factor" => FactorLevel::MultiFactor,
        _ => return None,
    };
    // Ages are whole minutes, so a limit within a minute is the next whole one.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive; the cast saturates")]
    let within_minutes = config["afterMinutes"].as_f64().filter(|minutes| *minutes > 0.0)?.ceil() as u32;
    Some(Reverification { level, within_minutes })
}

#[test]
fn entitlements_are_decided_as_recorded() {
    let file = vectors("clerk/has.json");
    for case in cases(&file, "cases") {
        let (asked, expected) = (case["params"].as_object().unwrap(), case["expected"].as_bool().unwrap());
        let Some(session) = session_of(&file["auths"][case["auth"].as_str().unwrap()]) else {
            assert!(!expected, "{case}");
            continue;
        };
        let valid_step_up = asked.get("reverification").is_none_or(|asked| reverification(&file, asked).is_some());
        let wrong_type = asked.iter().any(|(name, value)| name != "reverification" && !value.is_string());
        if wrong_type || !valid_step_up {
            assert!(!expected, "{case}");
            continue;
        }
        let text = |name: &str| asked.get(name).and_then(Value::as_str);
        let requirement = Requirement {
            role: text("role"),
            permission: text("permission"),
            feature: text("feature"),
            plan: text("plan"),
            reverification: asked.get("reverification").and_then(|asked| reverification(&file, asked)),
        };
        assert_eq!(satisfies(&session, &requirement), expected, "{case}");
    }
}

#[test]
fn reverification_is_decided_as_recorded() {
    let file = vectors("clerk/has.json");
    for case in cases(&file, "reverification_cases") {
        let session = session_of(&json!({ "userId": "user_1", "factorVerificationAge": case["fva"] })).unwrap();
        let holds = reverification(&file, &case["reverification"])
            .is_some_and(|needed| satisfies(&session, &Requirement::reverification(needed)));
        assert_eq!(holds, case["expected"].as_bool().unwrap(), "{case}");
    }
}

#[test]
fn session_claims_are_read_as_recorded() {
    let file = vectors("jwt/session-tokens.json");
    let policy = &file["policy"];
    let expected =
        Expectations::new(policy["issuer"].as_str().unwrap().to_owned(), texts(&policy["authorized_parties"]));
    let pem = VerifyingKey::from_pem(file["key"]["pem"].as_str().unwrap()).unwrap();
    let jwk = VerifyingKey::from_jwk(file["key"]["jwk"].as_object().unwrap()).unwrap();
    let now_ms = file["now"].as_i64().unwrap() * 1000;
    for case in cases(&file, "cases") {
        for key in [&pem, &jwk] {
            let session = token::decode(case["token"].as_str().unwrap())
                .and_then(|token| token::verify_session(&token, key, &expected, now_ms));
            let granted = session.is_ok_and(|session| {
                satisfies(&session, &Requirement::permission(policy["permission"].as_str().unwrap()))
            });
            match case["expect"].as_str().unwrap() {
                "accept" => assert!(granted, "{case}"),
                "reject" => assert!(!granted, "{case}"),
                _ => {}
            }
        }
    }
}
