//! Security headers as values, each with its reason. Pure: which answer gets them is decided by the server's outermost layer.
//!
//! The policy is enforced, never only reported. `'self'` in `script-src` is deliberate: the browser's half is loaded by `import()` and preload
//! links from this origin, and nothing here serves files of users. Never do so from this origin.

#[cfg(test)]
mod observatory;

use aws_lc_rs::rand;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;

/// `Cache-Control` of what belongs to somebody, and of every error.
pub const PRIVATE: &str = "private, no-store";
/// `Cache-Control` of files that are named by their content.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// `Cache-Control` of files that may change under their name.
pub const REVALIDATE: &str = "no-cache";

/// Which headers are sent.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Whether people come over TLS: HSTS, and no plain requests from pages.
    pub https: bool,
    /// Further sources for `connect-src`: the reload socket in development.
    pub connect: Vec<String>,
    /// Origins to which a form post may be redirected: Clerk's, where people sign in there. Browsers check redirects against `form-action`.
    pub form_redirects: Vec<String>,
    /// What pages with Clerk's components need; `None` where no page has them.
    pub clerk: Option<ClerkSources>,
}

/// Where Clerk's components come from.
#[derive(Clone, Debug, Default)]
pub struct ClerkSources {
    /// Origin of the Frontend API, where it is not reached through our own.
    pub frontend_api: Option<String>,
    /// Whether it is the local Clerk, which needs nothing from elsewhere.
    pub local: bool,
}

/// The field for codes inserts two styles of its own without the nonce: an empty one, and one for its hidden text.
const CODE_FIELD_STYLES: &str =
    " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-KQDhUccuEkZUQDnfbVDeY+ev2LZ+73AQR7ro4JppAY8='";

/// Clerk's bot protection, on pages where people sign up.
const BOT_PROTECTION: &str = "https://challenges.cloudflare.com";
/// Pictures of people and organizations.
const CLERK_IMAGES: &str = "https://img.clerk.com";
/// Clerk Protect, which may put a challenge before a sign-in; its connections may go to any port.
const CLERK_PROTECT: &str = "https://*.protect.clerk.com";

/// A number used once: 128 random bits as text of 22 characters (ASVS 11.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(Arc<str>);

impl Nonce {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        // Fails only when the system has no randomness at all. Then a constant would be a lie, an empty nonce matches nothing.
        let text = rand::fill(&mut bytes).map(|()| BASE64_URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The headers that are the same on every answer.
const CONSTANT: [(&str, &str); 12] = [
    // Other sites see the origin only. Under `no-referrer` a form would be posted with the origin `null`, and refused.
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-content-type-options", "nosniff"),
    // For browsers that do not know `frame-ancestors`.
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("x-dns-prefetch-control", "off"),
    ("x-permitted-cross-domain-policies", "none"),
    ("permissions-policy", PERMISSIONS),
    // `default` also takes reports of crashes, interventions and deprecated features.
    ("reporting-endpoints", "default=\"/reports\""),
    // The old filter of browsers did more harm than good.
    ("x-xss-protection", "0"),
];

/// Nothing of the device is used, except passkeys by Clerk's components. Chromium writes a warning to the console for every name that it does
/// not know, so a name stands here only when it knows it.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), compute-pressure=(), \
     cross-origin-isolated=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), \
     identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), \
     picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), \
     storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// The security headers of one answer. `with_clerk`: it is a page with Clerk's components, which insert styles under the nonce and keep time in a worker.
#[must_use]
pub fn security_headers(profile: &Profile, with_clerk: bool, nonce: &Nonce) -> Vec<(HeaderName, HeaderValue)> {
    let constant =
        CONSTANT.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let mut headers: Vec<_> = constant.collect();
    let clerk = profile.clerk.as_ref().filter(|_| with_clerk);
    if clerk.is_some_and(|clerk| !clerk.local) {
        // Clerk's pictures and its bot protection do not say that they may be embedded.
        headers.retain(|(name, _)| name != "cross-origin-embedder-policy");
        headers
            .push((HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("unsafe-none")));
    }
    // The parts are a nonce of ours and a socket address: always a header value. Were it not, the strictest policy stands in.
    let policy = HeaderValue::from_str(&content_security_policy(profile, clerk, nonce))
        .unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.push((http::header::CONTENT_SECURITY_POLICY, policy));
    if profile.https {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.push((http::header::STRICT_TRANSPORT_SECURITY, two_years));
    }
    headers
}

/// Built up from nothing.
fn content_security_policy(profile: &Profile, clerk: Option<&ClerkSources>, nonce: &Nonce) -> String {
    let connect: String = profile.connect.iter().map(|source| format!(" {source}")).collect();
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
        // Own files, own inline scripts by nonce, and compiling WebAssembly (which is not `eval`).
        format!("script-src 'self' 'nonce-{}' 'wasm-unsafe-eval'{frontend_api}{challenges}", nonce.as_str()),
        format!("style-src 'self'{styles}"),
        // `data:` for icons in the stylesheet.
        format!("img-src 'self' data:{images}"),
        "font-src 'self'".to_owned(),
        // Server functions, and Clerk behind the proxy.
        format!("connect-src 'self'{connect}{frontend_api}{protect}"),
        "manifest-src 'self'".to_owned(),
        ["form-action 'self'"]
            .into_iter()
            .chain(profile.form_redirects.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" "),
        "base-uri 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
        "object-src 'none'".to_owned(),
    ];
    directives.extend(last_directives(profile, clerk.is_some(), elsewhere.then_some(challenges)));
    directives.join("; ")
}

/// Directives that only some pages and some origins need.
fn last_directives(profile: &Profile, with_clerk: bool, frames: Option<String>) -> Vec<String> {
    let mut directives = Vec::new();
    if with_clerk {
        directives.push("worker-src 'self' blob:".to_owned());
    }
    if let Some(frames) = frames {
        directives.push(format!("frame-src{frames}"));
    }
    directives.push("report-uri /reports".to_owned());
    if profile.https {
        directives.push("upgrade-insecure-requests".to_owned());
        // Browsers deliver to `Reporting-Endpoints` over TLS only, and where they read this they do not read `report-uri`.
        directives.push("report-to default".to_owned());
    }
    directives
}
