//! Times, the same on the server and in every browser: in UTC, without locale or clock. `page.js`
//! shows in their place how long ago they were, where the page asks for that.

use domain::calendar::date;
use leptos::prelude::*;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// example:begin users
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
// example:end users

/// A point in time, for people and for machines.
#[component]
pub(crate) fn Timestamp(
    /// Unix milliseconds.
    at_ms: i64,
    /// Whether people see the seconds, too.
    #[prop(optional)]
    seconds: bool,
    /// Whether people see how long ago it was. The exact time is at hand, and stays without
    /// JavaScript.
    #[prop(optional)]
    relative: bool,
) -> impl IntoView {
    let (year, month, day) = date(at_ms.div_euclid(86_400_000));
    let second_of_day = at_ms.rem_euclid(86_400_000) / 1000;
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    let name = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default();
    let machine = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    let clock = if seconds { format!("{hour:02}:{minute:02}:{second:02}") } else { format!("{hour:02}:{minute:02}") };
    let text = format!("{day} {name} {year}, {clock} UTC");
    if relative {
        view! { <time datetime=machine class="ago"><span>{text}</span></time> }.into_any()
    } else {
        view! { <time datetime=machine>{text}</time> }.into_any()
    }
}
