//! The parts of the home page that show what the template does.

use super::diagram::CallDiagram;
use domain::appearance::{Appearance, Theme};
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

/// The card of the commands.
#[component]
pub(super) fn Commands() -> impl IntoView {
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
pub(super) fn Picture() -> impl IntoView {
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
pub(super) fn ProtectedCall() -> impl IntoView {
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
pub(super) fn Features() -> impl IntoView {
    let features = FEATURES.map(|(name, text)| view! { <li class="card"><h3>{name}</h3><p>{text}</p></li> });
    view! {
        <section id="parts" class="stack" aria-labelledby="parts-title">
            <h2 id="parts-title">"Features"</h2>
            <ul class="cards">{features.collect_view()}</ul>
        </section>
    }
}
