//! Charts.

use super::sample::Sample;
use crate::components::spark::{Shape, SparkTile};
use domain::operation::Counted;
use leptos::prelude::*;

const CODE: &str = r#"<SparkTile label="Members" counted before="at the start" shape=Shape::Line />"#;

/// Charts of one number.
#[component]
pub(super) fn Charts() -> impl IntoView {
    let counted = |points: &[u32]| Counted { total: 9, before: 4, points: points.to_vec() };
    view! {
        <Sample name="Charts" code=CODE>
            <dl class="stats activity">
                <SparkTile label="Members" counted=counted(&[4, 4, 6, 7, 9]) before="at the start" shape=Shape::Line />
                <SparkTile label="Sessions" counted=counted(&[9, 9, 9]) before="at the start" shape=Shape::Line />
                <SparkTile label="Sign-ins" counted=counted(&[1, 0, 3, 5, 0]) before="in the hour before" />
                <SparkTile label="Refused calls" counted=counted(&[0, 0, 0, 0, 0]) before="in the hour before" />
            </dl>
        </Sample>
    }
}
