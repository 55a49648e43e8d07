//! Security headers, each with its reason. The server's outermost layer decides which response gets
//! them.
//!
//! Browsers enforce the policy; nothing is report-only. `'self'` in `script-src` is safe only
//! because this origin serves no files of users: `import()` and the preload links load the browser
//! code from it. Never serve user files from this origin.

pub mod score;
#[cfg(test)]
mod observatory;

use crate::random::Token;
use domain::refusal::Refusal;
use http::{HeaderName, HeaderValue};

/// `Cache-Control` of responses for one user, and of every error.
pub const PRIVATE: &str = "private, no-store";
/// `Cache-Control` of files whose name contains the hash of their content.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// `Cache-Control` of files that may change without a new name.
pub const REVALIDATE: &str = "no-cache";

/// The settings that decide which security headers the server sends.
#[derive(Clone, Debug, Default)]
pub struct HeaderPolicy {
    /// Whether users connect with TLS: the server sends HSTS, and pages upgrade plain requests.
    pub https: bool,
    /// Further sources for `connect-src`, for example the reload socket in development.
    pub connect: Vec<String>,
    /// Origins to which a form post may redirect: Clerk's, if users sign in there. Browsers check
    /// redirects against `form-action`.
    pub form_redirects: Vec<String>,
    /// The sources of Clerk's components; `None` if no page has them.
    pub clerk: Option<ClerkSources>,
}

/// The sources of Clerk's components.
#[derive(Clone, Debug, Default)]
pub struct ClerkSources {
    /// Origin of the Frontend API; `None` if browsers reach it through our own origin.
    pub frontend_api: Option<String>,
    /// Whether the instance is the local Clerk, which loads nothing from other origins.
    pub local: bool,
}

/// Clerk's code field inserts two styles without the nonce: an empty style, and a style for its
/// hidden text.
const CODE_FIELD_STYLES: &str =
    " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-KQDhUccuEkZUQDnfbVDeY+ev2LZ+73AQR7ro4JppAY8='";

/// Clerk's bot protection on sign-up pages.
const BOT_PROTECTION: &str = "https://challenges.cloudflare.com";
/// Pictures of users and organizations.
const CLERK_IMAGES: &str = "https://img.clerk.com";
/// Clerk Protect, which may show a challenge before a sign-in and connects to any port.
const CLERK_PROTECT: &str = "https://*.protect.clerk.com";

/// The headers that every response has with the same value.
const CONSTANT: [(&str, &str); 12] = [
    // Other sites see the origin only. With `no-referrer` browsers would post forms with the origin
    // `null`, which the server refuses.
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-content-type-options", "nosniff"),
    // Older browsers do not know `frame-ancestors`.
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("x-dns-prefetch-control", "off"),
    ("x-permitted-cross-domain-policies", "none"),
    ("permissions-policy", PERMISSIONS),
    // The endpoint `default` also receives reports of crashes, interventions and deprecated
    // features.
    ("reporting-endpoints", "default=\"/reports\""),
    // The XSS filter of old browsers had vulnerabilities of its own.
    ("x-xss-protection", "0"),
];

/// The pages use no device features, except passkeys in Clerk's components. Chromium logs a warning
/// for every unknown name, so the list contains only names that Chromium knows.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), \
     compute-pressure=(), cross-origin-isolated=(), display-capture=(), encrypted-media=(), fullscreen=(), \
     gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), \
     keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
     publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), \
     storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// The headers of a response that is a refusal: `Cache-Control`, and `Retry-After` if the same call
/// can succeed later.
pub fn refusal_headers(refusal: &Refusal) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<> {
    let retry_after = refusal.retry_after().map(|seconds| (http::header::RETRY_AFTER, HeaderValue::from(seconds)));
    [(http::header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE))].into_iter().chain(retry_after)
}

/// The security headers of one response. `with_clerk`: the page has Clerk's components, which
/// insert styles with the nonce and run timers in a worker.
#[must_use]
pub fn security_headers(policy: &HeaderPolicy, with_clerk: bool, nonce: &Token) -> Vec<(HeaderName, HeaderValue)> {
    let constant =
        CONSTANT.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let mut headers: Vec<_> = constant.collect();
    let clerk = policy.clerk.as_ref().filter(|_| with_clerk);
    if clerk.is_some_and(|clerk| !clerk.local) {
        // Clerk's pictures and its bot protection send no `Cross-Origin-Resource-Policy`.
        headers.retain(|(name, _)| name != "cross-origin-embedder-policy");
        headers
            .push((HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("unsafe-none")));
    }
    // The parts are a nonce and origins of the configuration, which are valid header values. If one
    // is invalid, the strictest policy applies.
    let csp = HeaderValue::from_str(&content_security_policy(policy, clerk, nonce))
        .unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.push((http::header::CONTENT_SECURITY_POLICY, csp));
    if policy.https {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.push((http::header::STRICT_TRANSPORT_SECURITY, two_years));
    }
    headers
}

/// The content security policy: everything is forbidden, and each directive allows the sources that
/// the page needs.
fn content_security_policy(policy: &HeaderPolicy, clerk: Option<&ClerkSources>, nonce: &Token) -> String {
    let connect: String = policy.connect.iter().map(|source| format!(" {source}")).collect();
    let from = |list: &[&str]| list.iter().map(|source| format!(" {source}")).collect::<String>();
    let frontend_api = clerk.and_then(|clerk| clerk.frontend_api.as_deref());
    let frontend_api = from(frontend_api.as_slice());
    let elsewhere = clerk.is_some_and(|clerk| !clerk.local);
    let (challenges, protect, images) = if elsewhere {
        (from(&[BOT_PROTECTION, CLERK_PROTECT]), format!(" {CLERK_IMAGES} {CLERK_PROTECT}:*"), from(&[CLERK_IMAGES]))
    } else {
        Default::default()
    };
    let styles =
        if clerk.is_some() { format!(" 'nonce-{}'{CODE_FIELD_STYLES}", nonce.as_str()) } else { String::new() };
    let mut directives = vec![
        "default-src 'none'".to_owned(),
        // Own files, inline scripts with the nonce, and the compilation of WebAssembly (which is
        // not `eval`).
        format!("script-src 'self' 'nonce-{}' 'wasm-unsafe-eval'{frontend_api}{challenges}", nonce.as_str()),
        format!("style-src 'self'{styles}"),
        // The stylesheet contains icons as `data:` URLs.
        format!("img-src 'self' data:{images}"),
        "font-src 'self'".to_owned(),
        // The calls of server functions, and Clerk's Frontend API behind the proxy.
        format!("connect-src 'self'{connect}{frontend_api}{protect}"),
        "manifest-src 'self'".to_owned(),
        ["form-action 'self'"]
            .into_iter()
            .chain(policy.form_redirects.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" "),
        "base-uri 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
        "object-src 'none'".to_owned(),
    ];
    directives.extend(last_directives(policy, clerk.is_some(), elsewhere.then_some(challenges)));
    directives.join("; ")
}

/// Directives that only some pages and some origins need.
fn last_directives(policy: &HeaderPolicy, with_clerk: bool, frames: Option<String>) -> Vec<String> {
    let mut directives = Vec::new();
    if with_clerk {
        directives.push("worker-src 'self' blob:".to_owned());
    }
    if let Some(frames) = frames {
        directives.push(format!("frame-src{frames}"));
    }
    directives.push("report-uri /reports".to_owned());
    if policy.https {
        directives.push("upgrade-insecure-requests".to_owned());
        // Browsers send reports to `Reporting-Endpoints` over TLS only, and they ignore
        // `report-uri` if the policy has `report-to`.
        directives.push("report-to default".to_owned());
    }
    directives
}
