//! The public home: what this is, and the way of one protected call.

use super::diagram::CallDiagram;
use crate::components::brand::Brand;
use domain::current_user::{CurrentUser, SignInState};
use leptos::prelude::*;
use leptos_meta::Title;

/// The steps of one protected call.
const WAY: [(&str, &str); 6] = [
    (
        "Layers",
        "Request id, security headers with a fresh nonce, limits of size and time. Writes from other sites end here.",
    ),
    ("Gate", "Cookies and headers become a Visitor: nobody, somebody, or a short trip to Clerk first."),
    ("Door", "The operation's declared policy, before one byte of the body is decoded."),
    ("Function", "The policy again, the input validated, the rate limit taken. Out comes a Granted."),
    ("Store", "Takes the Granted and nothing else: one organization cannot name another."),
    ("Answer", "The audit row is written in the same transaction. A view goes back, or a closed refusal."),
];

/// What stands already.
const PARTS: [(&str, &str); 6] = [
    ("Sessions", "Clerk's tokens, verified with our own strict rules; a Clerk that runs offline while you develop."),
    (
        "Permissions",
        "Declared once for each operation. What is not declared does not answer; what is not checked does not compile.",
    ),
    ("Fresh sign-in", "Dangerous work asks again who you are, and then goes on with what you had wanted."),
    (
        "Rate limits",
        "An exact sliding window, in the process, in Redis or at Upstash. When the limiter is down, nothing dangerous passes.",
    ),
    ("Webhooks", "Verified over the raw body, stored durably, counted once, in any order of delivery."),
    ("Audit log", "Who changed what, and who was refused, for each organization."),
];

/// The link to the dashboard: target and text.
fn entrance(state: SignInState) -> (&'static str, &'static str) {
    match state {
        SignInState::SignedOut => ("/sign-in?redirect_url=%2Fadmin", "Sign in"),
        SignInState::Pending => ("/sign-in/tasks?redirect_url=%2Fadmin", "Finish signing in"),
        SignInState::SignedIn => ("/admin", "Open the dashboard"),
    }
}

/// The page at `/`.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let (target, text) = entrance(use_context::<CurrentUser>().unwrap_or_default().state);
    view! {
        <Title text="Gatehouse – a secure full-stack starter in Rust" />
        <a class="skip" href="#main">"Skip to content"</a>
        <header class="bar">
            <div class="bar-inner">
                <Brand />
                <nav class="nav" aria-label="Page"><a href="#way">"One call"</a><a href="#parts">"What stands"</a></nav>
                <a class="button button-small" href=target>{text}</a>
            </div>
        </header>
        <main id="main" class="page">
            <section class="hero" aria-labelledby="hero-title">
              <div class="hero-words">
                <h1 id="hero-title">"The walls stand. Build your rooms."</h1>
                <p class="lead">
                    "A full-stack starter in Rust for products with an admin dashboard. A check that is forgotten does not compile, and a route that is not declared does not answer."
                </p>
                <p class="row">
                    <a class="button" href=target>{text}</a>
                    <a class="button button-quiet" href="#way">"Follow one call"</a>
                </p>
              </div>
              <CallDiagram />
            </section>
            <section id="way" class="card" aria-labelledby="way-title">
                <h2 id="way-title">"The way of one protected call"</h2>
                <ol class="way">
                    {WAY.map(|(name, text)| view! { <li><strong>{name}</strong><span>{text}</span></li> }).collect_view()}
                </ol>
            </section>
            <section id="parts" class="stack" aria-labelledby="parts-title">
                <h2 id="parts-title">"What stands already"</h2>
                <ul class="cards">
                    {PARTS.map(|(name, text)| view! { <li class="card"><h3>{name}</h3><p>{text}</p></li> }).collect_view()}
                </ul>
            </section>
        </main>
        <footer class="foot"><p>"Gatehouse. MIT or Apache-2.0."</p></footer>
    }
}
