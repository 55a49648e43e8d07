//! A field to choose one of a few values.

use super::erased::list;
use leptos::prelude::*;

/// The label and the select. A chosen value that is not offered any more stays an option, or the
/// form would change it.
#[component]
pub(crate) fn SelectField(
    /// Id of the field.
    id: &'static str,
    /// Name of the field.
    name: &'static str,
    label: &'static str,
    /// The values with their texts.
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    let other = (!options.iter().any(|(value, _)| *value == chosen)).then(|| (chosen.clone(), chosen.clone()));
    let options = options.into_iter().chain(other).map(|(value, text)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{text}</option> }
    });
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id class="input" name=name>{list(options)}</select>
        </div>
    }
}
