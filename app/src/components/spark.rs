//! A number with its small chart and the comparison to the time before: bars for what was counted,
//! and a line for what has a height at each time.
//!
//! The chart is a picture with a text; the numbers of its points stand in the table below all
//! charts.

use domain::operation::Counted;
use leptos::prelude::*;

/// The height of the chart in its own units.
const HEIGHT: u32 = 32;
/// The width of a bar with the gap after it.
const STEP: usize = 8;
/// The distance of a line from the edges.
const MARGIN: u32 = 4;

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
    let width = points.len() * STEP;
    let (class, path) = match shape {
        Shape::Bars => (None, bars_path(&points)),
        Shape::Line => (Some("spark-line"), line_path(&points)),
    };
    let view_box = format!("0 0 {width} {HEIGHT}");
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{total}{unit}</dd>
            <dd class="hint">{comparison}</dd>
            <dd>
                <svg class="spark" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=text>
                    <path class=class d=path vector-effect="non-scaling-stroke" />
                </svg>
            </dd>
        </div>
    }
}

/// Bars that begin at zero. A path for all of them has far fewer nodes than an element for each,
/// and the page takes a server that much less time.
fn bars_path(points: &[u32]) -> String {
    let highest = points.iter().copied().max().unwrap_or_default();
    let heights = points.iter().map(|number| scaled(*number, highest, HEIGHT)).enumerate();
    let bar = |(index, height)| format!("M{} {HEIGHT}v-{height}h{}v{height}", index * STEP, STEP - 2);
    heights.filter(|(_, height)| *height > 0).map(bar).collect()
}

/// A line between the lowest and the highest number, so that a small change of a large number is
/// visible. A number that does not change is a line in the middle. The line goes through the middle
/// of each step and keeps a margin, so that its whole width shows at the edges.
fn line_path(points: &[u32]) -> String {
    let lowest = points.iter().copied().min().unwrap_or_default();
    let range = points.iter().copied().max().unwrap_or_default() - lowest;
    let top = |number: &u32| match range {
        0 => HEIGHT / 2,
        range => HEIGHT - MARGIN - scaled(number - lowest, range, HEIGHT - 2 * MARGIN),
    };
    let start = points.first().map(|first| format!("M0 {}", top(first)));
    let middles =
        points.iter().enumerate().map(|(index, number)| format!("L{} {}", index * STEP + STEP / 2, top(number)));
    let end = format!("H{}", points.len() * STEP);
    start.into_iter().chain(middles).chain([end]).collect()
}

/// The height of a number if the highest number has this full height. A number above zero is
/// visible, however high the highest one is.
fn scaled(number: u32, highest: u32, full: u32) -> u32 {
    let height = (u64::from(number) * u64::from(full)).div_ceil(u64::from(highest).max(1));
    u32::try_from(height).unwrap_or(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_small_changes_and_stands_in_the_middle_without_one() {
        for (points, path) in [
            (&[26, 26][..], "M0 16L4 16L12 16H16"),
            (&[0], "M0 16L4 16H8"),
            (&[1000, 1002, 1001], "M0 28L4 28L12 4L20 16H24"),
            (&[0, u32::MAX], "M0 28L4 28L12 4H16"),
            (&[], "H0"),
        ] {
            assert_eq!(line_path(points), path, "{points:?}");
        }
    }

    #[test]
    fn a_bar_above_zero_is_visible() {
        assert_eq!(bars_path(&[0, 1, 500, 1000]), "M8 32v-1h6v1M16 32v-16h6v16M24 32v-32h6v32");
        assert_eq!(bars_path(&[0, 0]), "");
    }
}
