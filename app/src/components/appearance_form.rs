//! The appearance of the pages in this browser. It is a plain form with and without JavaScript: the
//! answer sets a cookie, and the page comes back with the new colors.

use super::erased::list;
use crate::browser::document_theme;
use domain::appearance::{Appearance, Contrast, Density, Theme};
use leptos::prelude::*;

/// The form.
#[component]
pub(crate) fn AppearanceForm() -> impl IntoView {
    let mut chosen = use_context::<Appearance>().unwrap_or_default();
    // The command palette may have changed the theme since the page was loaded.
    chosen.theme = document_theme().unwrap_or(chosen.theme);
    let themes = [(Theme::System, "System"), (Theme::Light, "Light"), (Theme::Dark, "Dark")];
    let contrasts = [(Contrast::System, "System"), (Contrast::More, "High")];
    let densities = [(Density::Comfortable, "Comfortable"), (Density::Compact, "Compact")];
    let themes = themes.map(|(value, label)| (value.code(), label, value == chosen.theme));
    let contrasts = contrasts.map(|(value, label)| (value.code(), label, value == chosen.contrast));
    let densities = densities.map(|(value, label)| (value.code(), label, value == chosen.density));
    view! {
        <section class="card" aria-labelledby="appearance-title">
            <h2 id="appearance-title">"Appearance"</h2>
            <form class="form" method="post" action=Appearance::PATH>
                {choice("theme", "Theme", &themes)}
                {choice("contrast", "Contrast", &contrasts)}
                {choice("density", "Density", &densities)}
                <p class="hint">"Applies to this browser."</p>
                <p><button class="button" type="submit">"Save appearance"</button></p>
            </form>
        </section>
    }
}

/// A group of radio buttons: code, label, and whether it is chosen.
fn choice(name: &'static str, legend: &'static str, values: &[(&'static str, &'static str, bool)]) -> AnyView {
    let options = values.iter().map(|(code, label, is_chosen)| {
        view! {
            <label class="choice"><input type="radio" name=name value=*code checked=*is_chosen />{*label}</label>
        }
    });
    view! { <fieldset class="choices"><legend>{legend}</legend>{list(options)}</fieldset> }.into_any()
}
