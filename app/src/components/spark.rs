//! A number with its small chart and the comparison to the time before: bars for what was counted,
//! and a line for what has a height at each time.
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

/// The form of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Each point is a number of events.
    Bars,
    /// Each point is the height at its time.
    Line,
}

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
    #[prop(default = Shape::Bars)] shape: Shape,
) -> impl IntoView {
    let Counted { total, before: earlier, points } = counted;
    let comparison = format!("{earlier}{unit} {before}");
    let text = format!("{label}: {total}{unit}, {comparison}");
    let highest = points.iter().copied().max().unwrap_or_default().max(1);
    let width = points.len() * STEP;
    // A number above zero is visible, however high the highest one is.
    let height = |number: u32| (u64::from(number) * u64::from(HEIGHT)).div_ceil(u64::from(highest));
    let heights: Vec<_> = points.into_iter().map(height).collect();
    let marks = match shape {
        Shape::Bars => bars(&heights),
        Shape::Line => line(&heights),
    };
    let view_box = format!("0 0 {width} {HEIGHT}");
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{total}{unit}</dd>
            <dd class="hint">{comparison}</dd>
            <dd>
                <svg class="spark" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=text>
                    {marks}
                </svg>
            </dd>
        </div>
    }
}

fn bars(heights: &[u64]) -> AnyView {
    let bars = heights.iter().enumerate().map(|(index, height)| {
        view! { <rect x=index * STEP y=u64::from(HEIGHT) - height width=STEP - 2 height=*height /> }
    });
    list(bars).into_any()
}

/// The line goes through the middle of each step. A single point is a line over its whole step.
fn line(heights: &[u64]) -> AnyView {
    let top = |height: &u64| u64::from(HEIGHT) - height;
    let start = heights.first().map(|first| format!("M0 {}", top(first)));
    let middles =
        heights.iter().enumerate().map(|(index, height)| format!("L{} {}", index * STEP + STEP / 2, top(height)));
    let end = format!("H{}", heights.len() * STEP);
    let path = start.into_iter().chain(middles).chain([end]).collect::<Vec<_>>().join("");
    view! { <path class="spark-line" d=path vector-effect="non-scaling-stroke" /> }.into_any()
}
