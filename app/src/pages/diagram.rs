//! The way of one protected call, drawn: each station may say no, and only what passes all of them reaches the data.

use leptos::prelude::*;

struct Station {
    name: &'static str,
    question: &'static str,
    /// The statuses with which the way can end here.
    exit: Option<&'static str>,
}

const STATIONS: [Station; 6] = [
    Station { name: "Browser", question: "with or without JavaScript", exit: None },
    Station { name: "Layers", question: "size, time, same site", exit: Some("403 413") },
    Station { name: "Gate", question: "who is asking?", exit: Some("401") },
    Station { name: "Door", question: "may they, and is it really them?", exit: Some("403") },
    Station { name: "Function", question: "is the input valid, the budget left?", exit: Some("400 429") },
    Station { name: "Store", question: "takes a Granted and nothing else", exit: None },
];

const HEIGHT: usize = 54;
const STEP: usize = 76;

/// The drawing. Colours come from the stylesheet, so that it follows light and dark.
#[component]
pub(crate) fn CallDiagram() -> impl IntoView {
    let stations = STATIONS.iter().enumerate().map(|(index, station)| view! { <Row index=index station=station/> });
    view! {
        <svg class="diagram" viewBox="0 0 420 440" role="img" aria-labelledby="diagram-title diagram-text">
            <title id="diagram-title">"The way of one protected call"</title>
            <desc id="diagram-text">
                "From the browser through the layers (403, 413), the gate (401), the door (403) and the server function (400, 429) to the store. Each of them can refuse; only what passed them all reaches the data."
            </desc>
            {stations.collect_view()}
        </svg>
    }
}

#[component]
fn Row(
    /// Place on the way, counted from 0.
    index: usize,
    /// What stands there.
    station: &'static Station,
) -> impl IntoView {
    let top = 3 + index * STEP;
    let arrow = (index + 1 < STATIONS.len()).then(|| {
        let (from, to) = (top + HEIGHT, top + STEP - 2);
        let path = format!("M44 {from} V{to} M39 {} L44 {to} L49 {}", to - 6, to - 6);
        view! { <path class="way-line" d=path fill="none"/> }
    });
    let exit = station.exit.map(|exit| {
        let middle = top + HEIGHT / 2;
        view! {
            <path class="exit" d=format!("M322 {middle} H346") fill="none"/>
            <text class="exit-status" x="352" y=middle + 5>{exit}</text>
        }
    });
    let end = if index + 1 == STATIONS.len() { "station end" } else { "station" };
    view! {
        <rect class=end x="2" y=top width="320" height=HEIGHT rx="10"/>
        <text class="station-name" x="18" y=top + 23>{station.name}</text>
        <text class="station-question" x="18" y=top + 42>{station.question}</text>
        {arrow}
        {exit}
    }
}
