//! `/`: the public home page.

use super::diagram::CallDiagram;
use super::forgotten_check::ForgottenCheck;
use crate::components::brand::Brand;
use domain::appearance::{Appearance, Theme};
use domain::brand::NAME;
use domain::current_user::SignInState;
use domain::local_path::LocalPath;
use leptos::prelude::*;

/// The steps of a protected call.
const STEPS: [(&str, &str); 6] = [
    ("Layers", "Adds security headers, limits size and time, and refuses cross-site writes."),
    ("Gate", "Reads the session from cookies and headers. The result is a Visitor, signed in or not."),
    ("Authorization", "Checks the policy of the operation before the body is decoded."),
    (
        "Server function",
        "Checks the policy again, validates the input and applies the rate limit. The result is a Granted.",
    ),
    ("Store", "Accepts only a Granted, so one organization cannot reach the data of another."),
    ("Answer", "Writes the audit entry in the same transaction and returns a view or a refusal."),
];

/// The features of the template.
const FEATURES: [(&str, &str); 6] = [
    ("Sessions", "Clerk sessions with strict token verification, and a local Clerk for offline development."),
    ("Permissions", "Declared once for each operation. A forgotten check does not compile."),
    ("Fresh sign-in", "Sensitive changes ask users to confirm their identity, then continue automatically."),
    (
        "Rate limits",
        "An exact sliding window in memory, in Redis or at Upstash. Changes are refused while the limiter is down.",
    ),
    ("Webhooks", "Verified signatures, durable storage, and exactly one effect in any order of delivery."),
    ("Audit log", "Changes and refused attempts, for each organization."),
];

/// The two commands with their effect.
const COMMANDS: [(&str, &str); 2] = [
    ("make dev", "Runs the application. No account, no service, no Node."),
    ("make test", "Runs every test, in real databases and real browsers."),
];

/// The link to the dashboard: target and text.
fn entrance(state: SignInState) -> (LocalPath, &'static str) {
    match state {
        SignInState::SignedOut => (LocalPath::sign_in(&LocalPath::ADMIN, None), "Sign in"),
        SignInState::Pending => (LocalPath::sign_in_tasks(&LocalPath::ADMIN), "Finish signing in"),
        SignInState::SignedIn => (LocalPath::ADMIN, "Open the dashboard"),
    }
}

/// The page at `/`.
#[component]
pub(crate) fn Home(
    /// How far the sign-in of the visitor has come.
    state: SignInState,
) -> impl IntoView {
    let (target, text) = entrance(state);
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <header class="bar">
            <div class="bar-inner">
                <Brand />
                <nav class="nav" aria-label="Page">
                    <a href="#way">"How it works"</a><a href="#parts">"Features"</a>
                </nav>
                <a class="button button-small" href=target.as_str().to_owned()>{text}</a>
            </div>
        </header>
        <main id="main" class="page">
            <section class="hero" aria-labelledby="hero-title">
                <div class="hero-words">
                    <h1 id="hero-title">"A web product in Rust, secure from the first commit"</h1>
                    <p class="lead">
                        {NAME}
                        " is a template that you clone: sign-in, organizations, an admin dashboard and an audit log work at once, and you build your own pages on top."
                    </p>
                    <p class="row">
                        <a class="button" href=target.as_str().to_owned()>{text}</a>
                        <a class="button button-quiet" href="#way">"How it works"</a>
                    </p>
                </div>
                <Commands />
            </section>
            <Picture />
            <ForgottenCheck />
            <ProtectedCall />
            <Features />
        </main>
        <footer class="foot"><p>{NAME}". MIT or Apache-2.0."</p></footer>
    }
}

/// The card of the commands.
#[component]
fn Commands() -> impl IntoView {
    let commands = COMMANDS.map(|(command, text)| {
        view! { <div><dt><code>{command}</code></dt><dd>{text}</dd></div> }
    });
    view! {
        <section class="card" aria-labelledby="commands-title">
            <h2 id="commands-title">"Two commands"</h2>
            <dl class="commands">{commands.collect_view()}</dl>
        </section>
    }
}

/// The dashboard as `make dev` serves it, in the colors of the page. `make screenshots` takes the
/// pictures.
#[component]
fn Picture() -> impl IntoView {
    let (dark, light) = ("/overview-dark.webp", "/overview-light.webp");
    let theme = use_context::<Appearance>().unwrap_or_default().theme;
    let system = (theme == Theme::System).then_some("(prefers-color-scheme: dark)");
    view! {
        <figure class="picture">
            <picture>
                {system.map(|media| view! { <source srcset=dark media=media /> })}
                <img
                    src=if theme == Theme::Dark { dark } else { light }
                    width="1280"
                    height="800"
                    alt="The overview of an organization, with members, sessions and sign-ins as charts"
                    decoding="async"
                />
            </picture>
            <figcaption class="muted">"The dashboard that "<code>"make dev"</code>" serves."</figcaption>
        </figure>
    }
}

#[component]
fn ProtectedCall() -> impl IntoView {
    let steps = STEPS.map(|(name, text)| view! { <li><strong>{name}</strong><span>{text}</span></li> });
    view! {
        <section id="way" class="card" aria-labelledby="way-title">
            <h2 id="way-title">"How a protected call works"</h2>
            <div class="call">
                <ol class="way">{steps.collect_view()}</ol>
                <CallDiagram />
            </div>
        </section>
    }
}

#[component]
fn Features() -> impl IntoView {
    let features = FEATURES.map(|(name, text)| view! { <li class="card"><h3>{name}</h3><p>{text}</p></li> });
    view! {
        <section id="parts" class="stack" aria-labelledby="parts-title">
            <h2 id="parts-title">"Features"</h2>
            <ul class="cards">{features.collect_view()}</ul>
        </section>
    }
}
