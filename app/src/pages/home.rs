//! `/`: the public home page.

use crate::components::brand::Brand;
use domain::brand::{NAME, TAGLINE};
use domain::current_user::SignInState;
use domain::local_path::LocalPath;
use leptos::prelude::*;
// example:begin home
use super::forgotten_check::ForgottenCheck;
use super::showcase::{Commands, Features, Picture, ProtectedCall};
// example:end home

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
                // example:begin home
                <nav class="nav" aria-label="Page">
                    <a href="#way">"How it works"</a><a href="#parts">"Features"</a>
                </nav>
                // example:end home
                <a class="button button-small" href=target.as_str().to_owned()>{text}</a>
            </div>
        </header>
        <main id="main" class="page">
            <Hero entrance=(target, text) />
            // example:begin home
            <Picture />
            <ForgottenCheck />
            <ProtectedCall />
            <Features />
            // example:end home
        </main>
        <footer class="foot">
            <p>
                {NAME}
                ". MIT or Apache-2.0." // example:line home
            </p>
        </footer>
    }
}

/// The words about the product.
#[component]
fn Hero(entrance: (LocalPath, &'static str)) -> impl IntoView {
    let (target, text) = entrance;
    view! {
        <section class="hero" aria-labelledby="hero-title">
            <div class="hero-words">
                <h1 id="hero-title">{TAGLINE}</h1>
                // example:begin home
                <p class="lead">
                    {NAME}
                    " is a template that you clone: sign-in, organizations, an admin dashboard and an audit log work at once, and you build your own pages on top."
                </p>
                // example:end home
                <p class="row">
                    <a class="button" href=target.as_str().to_owned()>{text}</a>
                    // example:begin home
                    <a class="button button-quiet" href="#way">"How it works"</a>
                    // example:end home
                </p>
            </div>
            // example:begin home
            <Commands />
            // example:end home
        </section>
    }
}
