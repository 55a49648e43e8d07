//! A browser without scripts, and a local Clerk that it uses.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use local_clerk::{LocalClerk, Options};
use reqwest::{Client, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

pub const ORIGIN: &str = "http://localhost:3000";

pub async fn start(folder: &Path, webhook_url: &str) -> LocalClerk {
    let options = Options {
        data_dir: folder.to_owned(),
        public_origin: ORIGIN.to_owned(),
        webhook_url: webhook_url.to_owned(),
        ..Options::default()
    };
    local_clerk::start(options).await.unwrap()
}

/// A browser that keeps cookies and follows no redirect.
pub struct Browser {
    pub client: Client,
    pub base: String,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(clerk: &LocalClerk) -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, base: clerk.api_url(), cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("origin", ORIGIN).form(form);
        self.send(request).await
    }

    pub async fn send(&mut self, request: reqwest::RequestBuilder) -> Response {
        let line: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header("cookie", line.join("; ")).send().await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            self.store_cookie(cookie.to_str().unwrap());
        }
        response
    }

    pub fn store_cookie(&mut self, directive: &str) {
        let (name, value) = directive.split(';').next().unwrap().split_once('=').unwrap();
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Response {
        self.post(
            "/hosted/sign-in",
            &[("email", email), ("password", password), ("redirect_url", "http://localhost:3000/admin")],
        )
        .await
    }

    pub async fn claims(&mut self, token: &str) -> Value {
        let set: JwkSet = self.get("/.well-known/jwks.json").await.json().await.unwrap();
        let key = DecodingKey::from_jwk(&set.keys[0]).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
    }

    pub async fn session(&mut self) -> Value {
        let token = self.cookies["__session"].clone();
        self.claims(&token).await
    }
}

/// First eight characters of the key's SHA-1 in base64url.
pub fn suffix_of(publishable_key: &str) -> String {
    use base64::Engine;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, publishable_key.as_bytes());
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref())[..8].to_owned()
}

pub fn location(response: &Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// A client without cookies.
pub fn cookieless_client() -> Client {
    Client::builder().build().unwrap()
}

/// The code of an authenticator app so many seconds from now (RFC 6238).
pub fn totp_code(secret: &str, ahead_s: u64) -> String {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret.chars().map(|letter| format!("{:05b}", letters.find(letter).unwrap())).collect();
    let bytes: Vec<u8> = bits
        .as_bytes()
        .as_chunks::<8>()
        .0
        .iter()
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let now = (std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + ahead_s) / 30;
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = aws_lc_rs::hmac::sign(&key, &now.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}
