//! Cuts search texts and searches into words.
//!
//! A search finds a member when each of its words is the beginning of a word of the member. Words
//! of a member therefore begin at each space and behind punctuation, and end at the next space:
//! `ada@example.com` has the words `ada@example.com`, `example.com` and `com`.

/// Words of a member. A name has two to four of them and an address three.
pub(super) const MAX_WORDS: usize = 12;
/// Bytes of a word. The table has an index on it.
const MAX_BYTES: usize = 64;
/// Words of a search, as many as the statements have parameters for.
pub(super) const MAX_TOKENS: usize = 6;

/// The words of a member's search text. The id is its last word, and comes first, so that a long
/// name cannot displace it.
pub(super) fn words(search_text: &str) -> Vec<&[u8]> {
    let pieces = search_text.rsplit(' ').take(1).chain(search_text.split(' '));
    let mut words = distinct(pieces.flat_map(suffixes).take(4 * MAX_WORDS));
    words.truncate(MAX_WORDS);
    words
}

/// The words of a folded search; none if it is empty or has too many.
pub(super) fn tokens(folded: &str) -> Vec<Vec<u8>> {
    let tokens = distinct(folded.split(' ').map(cut));
    if tokens.len() > MAX_TOKENS { Vec::new() } else { tokens.into_iter().map(<[u8]>::to_vec).collect() }
}

/// The piece, and what follows each punctuation in it.
fn suffixes(piece: &str) -> impl Iterator<Item = &[u8]> {
    let mut is_inside = false;
    piece.char_indices().filter_map(move |(at, letter)| {
        let is_start = at == 0 || letter.is_alphanumeric() && !is_inside;
        is_inside = letter.is_alphanumeric();
        is_start.then(|| cut(piece.get(at..).unwrap_or_default()))
    })
}

fn cut(word: &str) -> &[u8] {
    word.get(..word.floor_char_boundary(MAX_BYTES)).unwrap_or(word).as_bytes()
}

/// Leaves out each word that is the beginning of another one: the other one is found by the same
/// searches.
fn distinct<'a>(words: impl Iterator<Item = &'a [u8]>) -> Vec<&'a [u8]> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        if !kept.iter().any(|other| other.starts_with(word)) {
            kept.retain(|other| !word.starts_with(other));
            kept.push(word);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::search_text::fold;

    fn of(name: &str, email: &str) -> Vec<String> {
        let text = fold(&format!("{name} {email} user_2Ab"));
        words(&text).into_iter().map(|word| String::from_utf8(word.to_vec()).unwrap()).collect()
    }

    #[test]
    fn words_begin_at_spaces_and_behind_punctuation() {
        let ada = of("Ada O’Neil", "ada@example.com");
        assert_eq!(ada, ["user_2ab", "2ab", "o'neil", "neil", "ada@example.com", "example.com", "com"]);
        assert_eq!(of("ADA O'neil", ""), ["user_2ab", "2ab", "ada", "o'neil", "neil"]);
        assert_eq!(of("Émile-Zola", ""), ["user_2ab", "2ab", "emile-zola", "zola"]);
        assert_eq!(of("", ""), ["user_2ab", "2ab"]);
        assert_eq!(of("Жанна Д’Арк", ""), ["user_2ab", "2ab", "жанна", "д'арк", "арк"]);
        assert_eq!(of("김철수", ""), [&["user_2ab", "2ab"][..], &[fold("김철수").as_str()]].concat());
        assert_eq!(of("🛡 ***", ""), ["user_2ab", "2ab", "🛡", "***"], "names without letters");
    }

    #[test]
    fn words_are_few_short_and_whole() {
        let numbers = (0..999).map(|n| format!("{n} ")).collect();
        for name in ["名".repeat(200), "n".repeat(200), "é-".repeat(200), "🛡 ".repeat(200), numbers] {
            let words = of(&name, "");
            assert!(words.len() <= MAX_WORDS && words.iter().all(|word| word.len() <= MAX_BYTES), "{words:?}");
            assert!(words.contains(&"user_2ab".to_owned()), "{words:?}");
        }
    }

    #[test]
    fn a_search_has_a_few_words() {
        let of = |query: &str| {
            tokens(&fold(query)).into_iter().map(|token| String::from_utf8(token).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(of("  Ada   ÉMILE ad"), ["ada", "emile"]);
        assert_eq!(of("é%"), ["e%"]);
        assert!(of("").is_empty() && of("a b c d e f g").is_empty());
        assert_eq!(of(&"名".repeat(200)), ["名".repeat(21)]);
    }
}
