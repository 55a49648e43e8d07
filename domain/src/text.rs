//! Visible characters, and safe display of text that other users wrote.
//!
//! A name without a visible character looks like an empty name. A character that changes the
//! direction of text reorders the text after it. Input rules refuse the first, and pages handle
//! both when they show a name, because Clerk accepts such names.

/// The characters that change the direction of text (Unicode property `Bidi_Control`).
#[must_use]
pub const fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character ends a line or controls a terminal: categories Cc, Zl and Zp.
#[must_use]
pub fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Whether a character is never drawn by itself (Unicode property `Default_Ignorable_Code_Point`):
/// joiners, fillers, soft hyphens, variation selectors, tags.
#[must_use]
pub const fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character is visible by itself. Combining marks do not count.
fn is_visible(character: char) -> bool {
    // These characters are blank by design, but no Unicode property says so: Braille without dots,
    // a null note head, blank hieroglyphs and the object replacement character.
    let is_blank = character.is_whitespace()
        || matches!(character, '\u{2800}' | '\u{fffc}' | '\u{1d159}' | '\u{13441}' | '\u{13442}');
    // The standard library escapes characters that are not printable or that extend the character
    // before them (Unicode property `Grapheme_Extend`).
    let is_printed = matches!(character, '"' | '\'' | '\\') || character.escape_debug().count() == 1;
    is_printed && !is_blank && !is_ignorable(character)
}

/// Whether a text has a visible character.
#[must_use]
pub fn has_visible(text: &str) -> bool {
    text.chars().any(is_visible)
}

/// The trimmed text; `None` if it has no visible character.
#[must_use]
pub fn visible(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| has_visible(text))
}

/// A text that another user wrote, without the characters that change the direction of text. The
/// isolation by an element (`<bdi>`) is not enough, because one of these characters can end it.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().filter(|character| !is_bidi_control(*character)).collect()
}

/// A short mark of a text, to find out whether it has changed: FNV-1a with 64 bits
/// (draft-eastlake-fnv), as hexadecimal digits. It protects nothing, because anybody can find
/// another text with the same mark.
#[must_use]
pub fn mark(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// The shown name, or `instead` if the name has no visible character.
#[must_use]
pub fn shown_or(name: Option<&str>, instead: &str) -> String {
    shown(name.and_then(visible).unwrap_or(instead))
}

/// The shown text for places without markup, such as an option or a label. Isolation characters
/// surround right-to-left text. Other texts stay unchanged, so that typing finds them.
#[must_use]
pub fn isolated(text: &str) -> String {
    let text = shown(text);
    if text.chars().any(is_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text }
}

/// Whether a character belongs to a right-to-left script (Unicode, `DerivedBidiClass`, defaults R
/// and AL).
const fn is_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_published_hash() {
        // The test vectors of the draft, appendix C.
        for (text, expected) in [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")] {
            assert_eq!(mark(text), expected, "{text}");
        }
    }

    #[test]
    fn these_texts_are_invisible() {
        for text in [
            "",
            " \t\u{a0}\u{2003}\u{3000}\u{205f}",
            "\u{200b}",
            "\u{ad}",
            "\u{2060}\u{feff}\u{180e}",
            "\u{200c}\u{200d}",
            "\u{3164}",
            "\u{115f}\u{1160}\u{ffa0}",
            "\u{2800}",
            "\u{fffc}",
            "\u{fff9}\u{fffa}\u{fffb}",
            "\u{fffc}\u{fe0f} \u{fffc}",
            "\u{16fe4}",
            "\u{13430}\u{1343f}",
            "\u{1d173}",
            "\u{301}\u{308}",
            "\u{20dd}",
            "\u{fe0f}",
            "\u{e0100}",
            "\u{34f}",
            "\u{e0067}\u{e007f}",
            "\u{202e}\u{2066}\u{2069}\u{61c}\u{200e}",
            "\u{17b4}",
            "\u{1d159}",
            "\u{13441}",
            "\u{0}\u{1b}\u{85}",
            "\u{2028}\u{2029}",
            "\u{e000}",
            "\u{fffe}",
            "\u{378}",
        ] {
            assert!(!has_visible(text), "{text:?}");
        }
    }

    #[test]
    fn these_texts_are_visible() {
        for text in [
            "a",
            "7",
            "!",
            "\"",
            "'",
            "\\",
            "\u{fffd}",
            "🛡",
            "👨‍👩‍👧‍👦",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "می‌خواهم",
            "क्‍ष",
            "שלום",
            "日本",
            "e\u{301}",
            "\u{200b}x",
            "한",
            "ᄀ",
            "¿",
            "❤️",
            "½",
            "\u{fffc} Ada",
        ] {
            assert!(has_visible(text), "{text:?}");
        }
    }

    #[test]
    fn shown_text_has_no_bidi_control_characters() {
        assert_eq!(shown("Acme\u{202e}gro.live\u{2069}\u{200f}"), "Acmegro.live");
        assert_eq!(isolated("Ada"), "Ada");
        assert_eq!(shown_or(Some("Ada\u{202e}"), "user_1"), "Ada");
        assert_eq!(shown_or(Some(" \u{200b}\u{202e}"), "user_1"), "user_1");
        assert_eq!(shown_or(None, "user_1"), "user_1");
        assert_eq!(isolated("\u{2069}\u{202e}שלום"), "\u{2068}שלום\u{2069}");
        assert_eq!(shown("می‌خواهم 👨‍👩‍👧‍👦"), "می‌خواهم 👨‍👩‍👧‍👦");
    }
}
