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

/// The appearance of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// The colors.
    pub theme: Theme,
    /// The contrast.
    pub contrast: Contrast,
    /// The space.
    pub density: Density,
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
        }
    }

    /// Reads the value of the cookie.
    #[must_use]
    pub fn parse(cookie: &str) -> Self {
        let mut codes = cookie.split('.');
        let mut next = || codes.next().unwrap_or_default();
        Self::of(next(), next(), next())
    }

    /// The value of the cookie.
    #[must_use]
    pub fn cookie(self) -> String {
        [self.theme.code(), self.contrast.code(), self.density.code()].join(".")
    }

    /// The place of the appearance among all of them, below [`Self::NUMBER`].
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
                    let chosen = Appearance { theme, contrast, density };
                    assert_eq!(Appearance::parse(&chosen.cookie()), chosen);
                    assert_eq!(chosen.index(), next_index);
                    next_index += 1;
                }
            }
        }
        assert_eq!(next_index, Appearance::NUMBER);
        for text in ["", "..", "x.y.z", "DARK", "\"dark\"", "light;dark"] {
            assert_eq!(Appearance::parse(text), Appearance::default(), "{text}");
        }
        assert_eq!(Appearance::parse("dark").theme, Theme::Dark);
    }
}
