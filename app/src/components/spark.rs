//! A number with its small bar chart and the comparison to the time before.
//!
//! The chart is a picture with a text; the numbers of its points stand in the table below all
//! charts.

use super::erased::list;
use domain::operation::Counted;
use leptos::prelude::*;

/// The height of the chart in its own units.
const HEIGHT: u32 = 32;
/// The width of a bar with the gap after it.
const STEP: usize = 8;

/// The tile.
#[component]
pub(crate) fn SparkTile(
    /// The name of the number.
    label: &'static str,
    counted: Counted,
    /// The unit after the number, with a space before it.
    #[prop(default = "")]
    unit: &'static str,
    /// The time before, as in "12 in the 24 hours before".
    before: &'static str,
) -> impl IntoView {
    let Counted { total, before: earlier, points } = counted;
    let comparison = format!("{earlier}{unit} {before}");
    let text = format!("{label}: {total}{unit}, {comparison}");
    let (highest, width) = (points.iter().copied().max().unwrap_or_default().max(1), points.len() * STEP);
    let bars = points.into_iter().enumerate().map(move |(index, number)| {
        // A number above zero is visible, however high the highest one is.
        let height = (u64::from(number) * u64::from(HEIGHT)).div_ceil(u64::from(highest));
        let y = u64::from(HEIGHT) - height;
        view! { <rect x=index * STEP y=y width=STEP - 2 height=height /> }
    });
    let view_box = format!("0 0 {width} {HEIGHT}");
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{total}{unit}</dd>
            <dd class="hint">{comparison}</dd>
            <dd>
                <svg class="spark" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=text>
                    {list(bars)}
                </svg>
            </dd>
        </div>
    }
}
