//! A diagram of a protected call: each step may refuse it, and only a call that passes all of them
//! reaches the data.

use leptos::prelude::*;

struct Step {
    name: &'static str,
    question: &'static str,
    /// The statuses with which the step refuses a call.
    exit: Option<&'static str>,
}

const STEPS: [Step; 6] = [
    Step { name: "Browser", question: "with or without JavaScript", exit: None },
    Step { name: "Layers", question: "size, time, same site", exit: Some("403 413") },
    Step { name: "Gate", question: "who is calling?", exit: Some("401") },
    Step { name: "Authorization", question: "permission and fresh sign-in?", exit: Some("403") },
    Step { name: "Server function", question: "valid input, limit not reached?", exit: Some("400 429") },
    Step { name: "Store", question: "accepts only a Granted", exit: None },
];

const HEIGHT: usize = 54;
const SPACING: usize = 76;

/// The diagram. Colours come from the stylesheet, so that it follows light and dark.
#[component]
pub(crate) fn CallDiagram() -> impl IntoView {
    let stations = STEPS.iter().enumerate().map(|(index, step)| view! { <Row index=index step=step/> });
    view! {
        <svg class="diagram" viewBox="0 0 420 440" role="img" aria-labelledby="diagram-title diagram-text">
            <title id="diagram-title">"A protected call"</title>
            <desc id="diagram-text">
                "From the browser through the layers (403, 413), the gate (401), the authorization (403) and the server function (400, 429) to the store. Each step can refuse the call."
            </desc>
            {stations.collect_view()}
        </svg>
    }
}

#[component]
fn Row(
    /// Position, counted from 0.
    index: usize,
    /// The step.
    step: &'static Step,
) -> impl IntoView {
    let top = 3 + index * SPACING;
    let arrow = (index + 1 < STEPS.len()).then(|| {
        let (from, to) = (top + HEIGHT, top + SPACING - 2);
        let path = format!("M44 {from} V{to} M39 {} L44 {to} L49 {}", to - 6, to - 6);
        view! { <path class="way-line" d=path fill="none"/> }
    });
    let exit = step.exit.map(|exit| {
        let middle = top + HEIGHT / 2;
        view! {
            <path class="exit" d=format!("M322 {middle} H346") fill="none"/>
            <text class="exit-status" x="352" y=middle + 5>{exit}</text>
        }
    });
    let end = if index + 1 == STEPS.len() { "station end" } else { "station" };
    view! {
        <rect class=end x="2" y=top width="320" height=HEIGHT rx="10"/>
        <text class="station-name" x="18" y=top + 23>{step.name}</text>
        <text class="station-question" x="18" y=top + 42>{step.question}</text>
        {arrow}
        {exit}
    }
}
