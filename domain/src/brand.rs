//! The brand of the product: its name, the prefix of everything that it names, and its logo.
//!
//! Pages, mails of the local Clerk, cookies, defaults of the configuration and log lines read it
//! from here, so a rename changes this file and the documents. The colors are in `style/brand.css`.

/// The name that people see.
pub const NAME: &str = "Gatehouse";

/// A few words that say what the product is.
pub const TAGLINE: &str = "A secure full-stack starter in Rust";

/// The name for machines, as a literal: `concat!` takes no constant.
macro_rules! slug {
    () => {
        "gatehouse"
    };
}

/// The name for machines: lower-case letters, digits and hyphens. It is also the default prefix of
/// the rate limits in a shared Redis.
pub const SLUG: &str = slug!();

/// The cookie with the appearance. Browsers share cookies between the ports of a host, so each
/// product has names of its own.
pub const APPEARANCE_COOKIE: &str = concat!(slug!(), "_appearance");

/// The cookie that remembers a sign-out that Clerk did not complete.
pub const SIGN_OUT_COOKIE: &str = concat!(slug!(), "_sign_out");

/// The database of an installation that configures none.
pub const DATABASE_URL: &str = concat!("sqlite://data/", slug!(), ".db");

/// The logo, for HTML. The browser also has it as the icon of the page. The content security policy
/// forbids style attributes and `<style>` in pages, so it has `fill` and no style.
pub const LOGO: &str = include_str!("../../assets/favicon.svg");

/// The title of the document of a page. The public home has none of its own.
#[must_use]
pub fn title(page: &str) -> String {
    if page.is_empty() { format!("{NAME} – {TAGLINE}") } else { format!("{page} – {NAME}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_for_machines_fits_cookies_files_and_keys() {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(SLUG.starts_with(|first: char| first.is_ascii_lowercase()) && SLUG.bytes().all(is_plain), "{SLUG}");
    }

    #[test]
    fn the_logo_is_one_image_without_styles_and_scripts() {
        assert!(LOGO.starts_with("<svg ") && LOGO.trim_end().ends_with("</svg>"), "{LOGO}");
        for forbidden in ["style", "<script", "href", " on", " id="] {
            assert!(!LOGO.contains(forbidden), "{forbidden}: {LOGO}");
        }
    }

    #[test]
    fn a_title_names_the_page_and_the_product() {
        assert_eq!(title("Members"), format!("Members – {NAME}"));
        assert_eq!(title(""), format!("{NAME} – {TAGLINE}"));
    }
}
