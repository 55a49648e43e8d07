//! The variables that begin with `CLERK_`, and the organization of the operators.

use super::local_clerk;
use super::problems::Problems;
use super::variables::Variables;
use crate::public_origin::PublicOrigin;
use clerk::keys::VerifyingKey;
use clerk::publishable_key::{InstanceKind, PublishableKey};
use clerk::webhook;
use domain::local_path::LocalPath;
use domain::pages::Page;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The source of identities: the local Clerk or an instance.
#[derive(Debug)]
pub enum ClerkSource {
    /// The local Clerk of development builds, which needs no account.
    Local,
    /// A real instance.
    Instance(Box<ClerkSettings>),
}

/// A Clerk instance: its keys and the URLs of its APIs.
#[derive(Clone, Debug)]
pub struct ClerkSettings {
    /// Identifies the instance and its Frontend API.
    pub publishable_key: PublishableKey,
    /// Authenticates calls to the Backend API.
    pub secret_key: SecretString,
    /// Key for verification without the network; `None`: the server loads the key set of the
    /// Backend API.
    pub jwt_key: Option<VerifyingKey>,
    /// Backend API, without trailing slash.
    pub api_url: String,
    /// The Frontend API behind the proxy at `/__clerk`, without trailing slash.
    pub fapi_url: String,
    /// Public URL or path of that proxy; `None`: browsers call the Frontend API directly.
    pub proxy_url: Option<String>,
    /// Origins whose tokens are accepted (claim `azp`).
    pub authorized_parties: Vec<String>,
    /// Secrets that verify webhooks, several during a rotation; empty: the server answers every
    /// webhook with 500.
    pub webhook_secrets: Vec<SecretString>,
    /// The sign-in page: a path of this application or an absolute URL.
    pub sign_in_url: String,
}

pub(super) fn read(
    variables: &Variables<'_>,
    origin: &PublicOrigin,
    local_clerk_is_built_in: bool,
    problems: &mut Problems,
) -> Option<ClerkSource> {
    let (publishable, secret) = (variables.get("CLERK_PUBLISHABLE_KEY"), variables.secret("CLERK_SECRET_KEY"));
    if publishable.is_none() && secret.is_none() {
        local_clerk::check(variables, origin, local_clerk_is_built_in, problems);
        return Some(ClerkSource::Local);
    }
    if secret.is_none() {
        secret_key_is_missing(problems);
    }
    if publishable.is_none() {
        problems.add(
            "CLERK_PUBLISHABLE_KEY",
            "is missing",
            "copy it from the Clerk dashboard, API keys, beside the secret key",
        );
    }
    let key = publishable.and_then(|publishable| keys(&publishable, secret.as_ref(), origin, problems));
    let settings = rest(variables, origin, problems);
    Some(ClerkSource::Instance(Box::new(settings(key?, secret?))))
}

fn secret_key_is_missing(problems: &mut Problems) {
    let remedy = "copy it from the Clerk dashboard, API keys, beside the publishable key";
    problems.add("CLERK_SECRET_KEY", "is missing", remedy);
}

/// The URL of the Backend API, and the secret key. The key is blank when it is missing.
pub(super) fn backend_api(variables: &Variables<'_>, problems: &mut Problems) -> (String, SecretString) {
    let secret = variables.secret("CLERK_SECRET_KEY");
    match &secret {
        Some(secret) => check_secret_key(secret.expose_secret(), problems),
        None => secret_key_is_missing(problems),
    }
    (api_url(variables, problems), secret.unwrap_or_default())
}

fn api_url(variables: &Variables<'_>, problems: &mut Problems) -> String {
    http_url(variables, "CLERK_API_URL", "https://api.clerk.com", problems)
}

/// Checks the kind and the mode of both keys, and that they suit the origin.
fn keys(
    publishable: &str,
    secret: Option<&SecretString>,
    origin: &PublicOrigin,
    problems: &mut Problems,
) -> Option<PublishableKey> {
    let secret = secret.map(ExposeSecret::expose_secret);
    secret.into_iter().for_each(|secret| check_secret_key(secret, problems));
    if publishable.starts_with("sk_") {
        problems.add(
            "CLERK_PUBLISHABLE_KEY",
            "holds a secret key",
            "swap it with CLERK_SECRET_KEY, and roll the key if it was published",
        );
        return None;
    }
    let Ok(key) = PublishableKey::parse(publishable) else {
        problems.add(
            "CLERK_PUBLISHABLE_KEY",
            "is not a publishable key",
            "it begins with pk_test_ or pk_live_; copy the whole key",
        );
        return None;
    };
    let live = matches!(key.kind(), InstanceKind::Production);
    let of_the_other_mode = if live { "sk_test_" } else { "sk_live_" };
    if secret.is_some_and(|secret| secret.starts_with(of_the_other_mode)) {
        let what = "is of another instance than CLERK_PUBLISHABLE_KEY: test and live are mixed";
        problems.add("CLERK_SECRET_KEY", what, "take both keys from one instance");
    }
    if live && !origin.is_https() {
        problems.add(
            "PUBLIC_ORIGIN",
            "is plain http, but the Clerk keys are live",
            "use https, or the keys of a development instance",
        );
    }
    Some(key)
}

fn check_secret_key(secret: &str, problems: &mut Problems) {
    if secret.starts_with("pk_") {
        problems.add("CLERK_SECRET_KEY", "holds a publishable key", "put the key that begins with sk_ here");
    } else if !is_secret_key(secret) {
        problems.add(
            "CLERK_SECRET_KEY",
            "is not a secret key",
            "it begins with sk_test_ or sk_live_; copy the whole key",
        );
    }
}

fn is_secret_key(text: &str) -> bool {
    let is_of_a_key = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+/=".contains(&byte);
    (text.starts_with("sk_test_") || text.starts_with("sk_live_")) && text.len() >= 16 && text.bytes().all(is_of_a_key)
}

fn rest(
    variables: &Variables<'_>,
    origin: &PublicOrigin,
    problems: &mut Problems,
) -> impl FnOnce(PublishableKey, SecretString) -> ClerkSettings + use<> {
    let jwt_key = jwt_key(variables, problems);
    let api_url = api_url(variables, problems);
    let fapi_url = http_url(variables, "CLERK_FAPI_URL", "https://frontend-api.clerk.dev", problems);
    let proxy_url = proxy_url(variables, origin, problems);
    let authorized_parties = authorized_parties(variables, origin, problems);
    let webhook_secrets = webhook_secrets(variables, problems);
    let sign_in_url = sign_in_url(variables, origin, problems);
    move |publishable_key, secret_key| ClerkSettings {
        publishable_key,
        secret_key,
        jwt_key,
        api_url,
        fapi_url,
        proxy_url,
        authorized_parties,
        webhook_secrets,
        sign_in_url,
    }
}

fn jwt_key(variables: &Variables<'_>, problems: &mut Problems) -> Option<VerifyingKey> {
    let pem = variables.get("CLERK_JWT_KEY")?;
    VerifyingKey::from_pem(&pem)
        .map_err(|_| {
            problems.add(
                "CLERK_JWT_KEY",
                "is not a readable RSA public key",
                "copy the PEM from the Clerk dashboard, API keys, JWT public key",
            )
        })
        .ok()
}

fn http_url(variables: &Variables<'_>, name: &'static str, default: &str, problems: &mut Problems) -> String {
    let text = variables.get(name).unwrap_or_else(|| default.to_owned());
    if !is_plain_http_url(&text) {
        problems.add(
            name,
            "is not a plain http or https URL",
            "give scheme, host and perhaps a path, without credentials, query or fragment",
        );
    }
    text.trim_end_matches('/').to_owned()
}

pub(super) fn is_plain_http_url(text: &str) -> bool {
    // The URL parser drops line breaks and tabs (WHATWG URL), but other code uses the text
    // unchanged.
    let is_one_word = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    is_one_word
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        })
}

/// A path of this server, alone or on the public origin. Clerk documents that a proxy must be on
/// the domain of its application. The content security policy allows no other origin, and the
/// browser does not send the cookies of another host to this server.
fn proxy_url(variables: &Variables<'_>, origin: &PublicOrigin, problems: &mut Problems) -> Option<String> {
    const PATH: &str = "/__clerk";
    let text = variables.get("CLERK_PROXY_URL")?;
    if text.trim_end_matches('/') == PATH {
        return Some(PATH.to_owned());
    }
    let is_ours = is_plain_http_url(&text)
        && PublicOrigin::parse_url(&text).is_some_and(|found| found == *origin)
        && Url::parse(&text).is_ok_and(|url| url.path().trim_end_matches('/') == PATH);
    if !is_ours {
        problems.add(
            "CLERK_PROXY_URL",
            "is not the URL of this server's proxy",
            "use /__clerk, or the public origin followed by /__clerk",
        );
    }
    Some(format!("{}{PATH}", origin.as_str()))
}

fn authorized_parties(variables: &Variables<'_>, origin: &PublicOrigin, problems: &mut Problems) -> Vec<String> {
    let Some(list) = variables.get("CLERK_AUTHORIZED_PARTIES") else { return vec![origin.as_str().to_owned()] };
    let parsed: Result<Vec<_>, _> = list
        .split(',')
        .map(|party| PublicOrigin::parse(party.trim()).map(|origin| origin.as_str().to_owned()))
        .collect();
    parsed.unwrap_or_else(|_| {
        problems.add(
            "CLERK_AUTHORIZED_PARTIES",
            "holds something that is not an origin",
            "list origins such as https://admin.example.com, separated by commas",
        );
        Vec::new()
    })
}

fn webhook_secrets(variables: &Variables<'_>, problems: &mut Problems) -> Vec<SecretString> {
    let Some(list) = variables.secret("CLERK_WEBHOOK_SIGNING_SECRET") else { return Vec::new() };
    let secrets: Vec<_> = list.expose_secret().split(',').map(|secret| SecretString::from(secret.trim())).collect();
    if !secrets
        .iter()
        .all(|secret| secret.expose_secret().starts_with("whsec_") && webhook::check_secret(secret).is_ok())
    {
        problems.add(
            "CLERK_WEBHOOK_SIGNING_SECRET",
            "is not a signing secret",
            "it begins with whsec_; copy it from the Clerk dashboard, Webhooks, your endpoint; two are separated by a comma",
        );
    }
    secrets
}

/// The page to which signed-out people go: a page of this application, given as its path or with
/// the public origin, or an absolute URL. A path on the public origin that this server does not
/// answer may belong to another application behind the same proxy, so an absolute URL may name one.
fn sign_in_url(variables: &Variables<'_>, origin: &PublicOrigin, problems: &mut Problems) -> String {
    const VARIABLE: &str = "CLERK_SIGN_IN_URL";
    let Some(text) = variables.get(VARIABLE) else { return Page::SignIn.path().to_owned() };
    let is_local = LocalPath::parse(&text).is_some();
    let own_path = LocalPath::parse(text.strip_prefix(origin.as_str()).unwrap_or(&text));
    let page = own_path.as_ref().and_then(|path| Page::at(path.as_str().split('?').next().unwrap_or_default()));
    match page {
        Some(Page::SignIn) => return own_path.map_or(text, |path| path.as_str().to_owned()),
        Some(page) if page.definition().permission.is_some() => {
            problems.add(VARIABLE, "is a page behind the sign-in, so people would be sent in a circle", "use /sign-in");
        }
        Some(_) => problems.add(VARIABLE, "is a page without a sign-in form", "use /sign-in"),
        None if is_local => {
            let remedy = "use /sign-in, or the absolute URL of a page that another server answers";
            problems.add(VARIABLE, "is a path that has no page in this application, so it would answer 404", remedy);
        }
        None if !is_plain_http_url(&text) => {
            let remedy = "use /sign-in, or the page of your account portal";
            problems.add(VARIABLE, "is neither a path of this application nor an absolute URL", remedy);
        }
        None => {}
    }
    text
}
