//! The initial of a person in a circle. It is decoration: the name stands beside it.

use leptos::prelude::*;

/// The first character. No capital letter is made of a small one, because that needs a table in the
/// wasm, and many scripts have none.
fn initial(name: &str) -> String {
    name.chars().next().map(String::from).unwrap_or_default()
}

/// The avatar.
#[component]
pub(crate) fn Avatar(name: String) -> impl IntoView {
    view! { <span class="avatar" aria-hidden="true" translate="no">{initial(&name)}</span> }
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn the_initial_is_the_first_character() {
        for (name, expected) in [("Ada Lovelace", "A"), ("王 小明", "王"), ("", "")] {
            assert_eq!(initial(name), expected, "{name}");
        }
    }
}
