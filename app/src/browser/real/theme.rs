//! The theme that the document has now.

use domain::appearance::Theme;

/// The theme of the document, which the command palette changes without loading the page.
pub(crate) fn document_theme() -> Option<Theme> {
    let root = web_sys::window()?.document()?.document_element()?;
    let code = root.get_attribute("data-theme");
    let theme = Theme::ALL.into_iter().find(|theme| Some(theme.code()) == code.as_deref());
    Some(theme.unwrap_or_default())
}
