//! The promise of the compiler as a picture: a server function without its check, and what rustc
//! prints. `tools/mutants.sh` makes the same change and compares the output.

use leptos::prelude::*;

const CODE: &str = "\
#[server(endpoint = \"rename_organization\", prefix = \"/api\")]
pub async fn rename_organization(name: String, seen: String) -> Result<OrganizationView, CallError> {
    let input = operation::RenameOrganization { name, seen };
    store::organizations::rename(&input).await.map_err(refuse::store_error)
}";

const ERROR: &str = include_str!("forgotten_check.txt");

/// The code and the error.
#[component]
pub(crate) fn ForgottenCheck() -> impl IntoView {
    view! {
        <figure class="card promise" aria-labelledby="promise-title">
            <h2 id="promise-title">"Forget a check, and it does not compile"</h2>
            <p class="muted">
                "This function changes an organization without asking whether the caller may. The store accepts only the proof that the whole policy holds, so there is no way around it:"
            </p>
            <pre class="code" role="region" tabindex="0" aria-label="Server function">
                <code>{CODE}</code>
            </pre>
            <pre class="code" role="region" tabindex="0" aria-label="Error of the compiler">
                <code>{marked(ERROR)}</code>
            </pre>
            <figcaption class="muted">
                "The mended line is "<code>"let granted = require(input).await?"</code>
                ": signed in, permitted, recently verified, valid, for this organization, within the limit. Only then does "
                <code>"rename(&granted)"</code>" compile."
            </figcaption>
        </figure>
    }
}

/// The error with the marks that a terminal shows in red.
fn marked(error: &'static str) -> impl IntoView {
    let lines = error.lines().map(|line| {
        let start = if line.starts_with("error") { Some(0) } else { line.find('^') };
        let (plain, red) = line.split_at(start.unwrap_or(line.len()));
        // Leptos renders an empty text as a space.
        let plain = (!plain.is_empty()).then_some(plain);
        let red = (!red.is_empty()).then(|| view! { <span class="code-error">{red}</span> });
        view! { {plain}{red}"\n" }
    });
    lines.collect_view()
}
