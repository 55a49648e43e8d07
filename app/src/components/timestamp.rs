//! Times, the same on the server and in every browser: in UTC, without locale or clock.

use domain::calendar::date;
use leptos::prelude::*;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The time of a last sign-in, where there was one.
#[component]
pub(crate) fn LastSignIn(
    /// Unix milliseconds.
    at_ms: Option<i64>,
) -> impl IntoView {
    match at_ms {
        Some(at_ms) => view! { <Timestamp at_ms /> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    }
}

/// A point in time, for people and for machines.
#[component]
pub(crate) fn Timestamp(
    /// Unix milliseconds.
    at_ms: i64,
) -> impl IntoView {
    let (year, month, day) = date(at_ms.div_euclid(86_400_000));
    let minutes = at_ms.rem_euclid(86_400_000) / 60_000;
    let (hour, minute) = (minutes / 60, minutes % 60);
    let name = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default();
    let machine = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}Z");
    view! { <time datetime=machine>{format!("{day} {name} {year}, {hour:02}:{minute:02} UTC")}</time> }
}
