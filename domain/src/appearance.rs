//! The appearance that a person has chosen for the pages of one browser.
//!
//! A cookie keeps it. The server writes it as attributes of the document, so a page has its colors
//! with the first byte and needs no script.

use crate::brand::APPEARANCE_COOKIE;
use crate::closed_set::closed_set;
use serde::{Deserialize, Serialize};

closed_set! {
    /// The colors.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Theme;
    /// The value in the cookie, in the form and in the document.
    fn code;
    /// As the operating system says.
    #[default]
    System = "system",
    /// Always light.
    Light = "light",
    /// Always dark.
    Dark = "dark",
}

closed_set! {
    /// The contrast of text and borders.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Contrast;
    /// The value in the cookie, in the form and in the document.
    fn code;
    /// As the operating system says.
    #[default]
    System = "system",
    /// Higher than usual.
    More = "more",
}

closed_set! {
    /// The space between rows and parts.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Density;
    /// The value in the cookie, in the form and in the document.
    fn code;
    /// The usual space.
    #[default]
    Comfortable = "comfortable",
    /// Less space, so more rows fit.
    Compact = "compact",
}

closed_set! {
    /// A column of a list that a person can hide.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Column;
    /// The value in the cookie, in the form, in the document and in the stylesheet.
    fn code;
    /// The roles of members.
    MemberRole = "role",
    /// The active sessions of members.
    MemberSessions = "sessions",
}

/// The columns that are hidden, a bit for each in the order of [`Column::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenColumns(u8);

impl HiddenColumns {
    /// Whether a column is hidden.
    #[must_use]
    pub fn has(self, column: Column) -> bool {
        self.0 & Self::bit(column) != 0
    }

    /// The same columns with this one hidden or shown.
    #[must_use]
    pub fn with(self, column: Column, is_hidden: bool) -> Self {
        let others = self.0 & !Self::bit(column);
        Self(if is_hidden { others | Self::bit(column) } else { others })
    }

    const fn bit(column: Column) -> u8 {
        1 << column as u8
    }

    /// The codes with this text between them; empty where nothing is hidden.
    #[must_use]
    pub fn joined(self, between: &str) -> String {
        let hidden = Column::ALL.into_iter().filter(|column| self.has(*column));
        hidden.map(Column::code).collect::<Vec<_>>().join(between)
    }

    fn parse(text: &str) -> Self {
        let columns = Column::ALL.into_iter().filter(|column| text.split('+').any(|code| code == column.code()));
        columns.fold(Self::default(), |hidden, column| hidden.with(column, true))
    }
}

/// The appearance of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// The colors.
    pub theme: Theme,
    /// The contrast.
    pub contrast: Contrast,
    /// The space.
    pub density: Density,
    /// The columns of lists that are not shown.
    #[serde(default)]
    pub hidden: HiddenColumns,
}

impl Appearance {
    /// The name of the cookie.
    pub const COOKIE: &'static str = APPEARANCE_COOKIE;
    /// The address to which the form posts.
    pub const PATH: &'static str = "/appearance";
    /// The number of all appearances.
    pub const NUMBER: usize = Theme::ALL.len() * Contrast::ALL.len() * Density::ALL.len();

    /// The appearance with these codes. An unknown code chooses nothing.
    #[must_use]
    pub fn of(theme: &str, contrast: &str, density: &str) -> Self {
        Self {
            theme: Theme::ALL.into_iter().find(|value| value.code() == theme).unwrap_or_default(),
            contrast: Contrast::ALL.into_iter().find(|value| value.code() == contrast).unwrap_or_default(),
            density: Density::ALL.into_iter().find(|value| value.code() == density).unwrap_or_default(),
            hidden: HiddenColumns::default(),
        }
    }

    /// Reads the value of the cookie.
    #[must_use]
    pub fn parse(cookie: &str) -> Self {
        let mut codes = cookie.split('.');
        let mut next = || codes.next().unwrap_or_default();
        let appearance = Self::of(next(), next(), next());
        Self { hidden: HiddenColumns::parse(next()), ..appearance }
    }

    /// The value of the cookie.
    #[must_use]
    pub fn cookie(self) -> String {
        [self.theme.code(), self.contrast.code(), self.density.code(), &self.hidden.joined("+")].join(".")
    }

    /// The place of the appearance among all of them, below [`Self::NUMBER`]. Hidden columns do not
    /// count, because documents without a person have none.
    #[must_use]
    pub const fn index(self) -> usize {
        let theme_and_contrast = self.theme as usize * Contrast::ALL.len() + self.contrast as usize;
        theme_and_contrast * Density::ALL.len() + self.density as usize
    }

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The attributes of the document for the theme, the contrast and the density: `None` for a
    /// choice that was not made, so that a page has no byte for it.
    #[must_use]
    pub fn attributes(self) -> [Option<&'static str>; 3] {
        let default = Self::default();
        [
            (self.theme != default.theme).then_some(self.theme.code()),
            (self.contrast != default.contrast).then_some(self.contrast.code()),
            (self.density != default.density).then_some(self.density.code()),
        ]
    }

    /// The content of the metadata `color-scheme`.
    #[must_use]
    pub const fn color_scheme(self) -> &'static str {
        match self.theme {
            Theme::System => "light dark",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written_and_other_text_chooses_nothing() {
        let mut next_index = 0;
        for theme in Theme::ALL {
            for contrast in Contrast::ALL {
                for density in Density::ALL {
                    for hidden in (0..1 << Column::ALL.len()).map(HiddenColumns) {
                        let chosen = Appearance { theme, contrast, density, hidden };
                        assert_eq!(Appearance::parse(&chosen.cookie()), chosen);
                        assert_eq!(chosen.index(), next_index);
                    }
                    next_index += 1;
                }
            }
        }
        assert_eq!(next_index, Appearance::NUMBER);
        for text in ["", "..", "x.y.z", "...x+y", "DARK", "\"dark\"", "light;dark"] {
            assert_eq!(Appearance::parse(text), Appearance::default(), "{text}");
        }
        assert_eq!(Appearance::parse("dark").theme, Theme::Dark);
    }
}
