//! The initials of a person in a circle. It is decoration: the name stands beside it.

use leptos::prelude::*;

/// The first characters of the first and the last word. No capital letters are made of small ones,
/// because that needs a table in the wasm, and many scripts have none.
fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().next();
    let mut words = name.split_whitespace();
    let start = words.next().and_then(first);
    let end = words.last().and_then(first);
    start.into_iter().chain(end).collect()
}

/// The avatar.
#[component]
pub(crate) fn Avatar(name: String) -> impl IntoView {
    view! { <span class="avatar" aria-hidden="true" translate="no"><bdi>{initials(&name)}</bdi></span> }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, expected) in
            [("Ada Lovelace", "AL"), ("Radia", "R"), ("Juan de la Cierva", "JC"), ("王 小明", "王小"), ("", "")]
        {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
