//! Computes the search text and the sort key of members, with the same result on every database.
//!
//! SQLite lowercases ASCII letters only, and the order in PostgreSQL depends on the collation of
//! the database. The server therefore folds case and accents itself, and stores a search text and a
//! sort key that databases compare byte by byte.

use super::member_words;
use crate::db::{Connection, Database, StoreError};
use domain::text::is_ignorable;
use std::ops::RangeInclusive;
use unicode_normalization::UnicodeNormalization;

/// Length of the name in the sort key, in bytes. The key is indexed, and an index entry of
/// PostgreSQL holds at most 2704 bytes.
const SORTED_BYTES: usize = 256;

/// The two columns that a user and each of their memberships store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SearchColumns {
    /// Folded name, email address and id.
    pub(super) search_text: String,
    /// The folded name (or the id), a NUL byte and the id, so that users of the same name have a
    /// stable order.
    pub(super) sort_key: Vec<u8>,
}

impl SearchColumns {
    pub(super) fn of(id: &str, name: Option<&str>, email: Option<&str>) -> Self {
        let folded = fold(name.unwrap_or(id));
        let beginning = folded.as_bytes().iter().take(SORTED_BYTES);
        let sort_key = beginning.chain(b"\0").chain(id.as_bytes()).copied().collect();
        let search_text = fold(&format!("{} {} {id}", name.unwrap_or_default(), email.unwrap_or_default()));
        Self { search_text, sort_key }
    }
}

/// Folds case, accents, width and typographic punctuation, and removes invisible characters and
/// repeated spaces.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|letter| !is_ignored(*letter)).flat_map(char::to_lowercase);
    for letter in letters {
        match plain(letter) {
            Some(plain) => folded.push_str(plain),
            None if letter.is_whitespace() => folded.push(' '),
            None => folded.push(letter),
        }
    }
    folded.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The `like` pattern for a substring search; `%` and `_` are escaped with `!`.
pub(super) fn pattern(text: &str) -> String {
    let escaped = fold(text).replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// Combining marks of European scripts, invisible characters and control characters. Marks of other
/// scripts change the word, so they stay.
fn is_ignored(letter: char) -> bool {
    const COMBINING_MARKS: [RangeInclusive<char>; 5] = [
        '\u{300}'..='\u{36f}',
        '\u{1ab0}'..='\u{1aff}',
        '\u{1dc0}'..='\u{1dff}',
        '\u{20d0}'..='\u{20ff}',
        '\u{fe20}'..='\u{fe2f}',
    ];
    let is_mark = COMBINING_MARKS.iter().any(|block| block.contains(&letter));
    is_mark || is_ignorable(letter) || letter.is_control() && !letter.is_whitespace()
}

/// The usual replacement for a letter that Unicode does not decompose.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ς' => "σ",
        '\u{2018}' | '\u{2019}' | '\u{2bb}' | '\u{2bc}' => "'",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        _ => return None,
    })
}

/// Copies the columns of a user to the user's memberships where they differ, because the member
/// list filters and sorts by an index on memberships. Their words follow.
pub(super) async fn copy_to_memberships(connection: &mut Connection, user: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update memberships set (search_text, sort_key) = (select search_text, sort_key from users where id = $1), \
           has_words = 0 \
         where user_id = $1 and deleted_at is null and exists (select 1 from users u where u.id = $1 \
           and (memberships.search_text is null or memberships.search_text <> u.search_text \
             or memberships.sort_key is null or memberships.sort_key <> u.sort_key))",
    )
    .bind(user)
    .execute(&mut *connection)
    .await?;
    member_words::update(connection, user).await
}

/// Users in one transaction of the backfill.
const BATCH: i64 = 500;
const USERS_WITHOUT_COLUMNS: &str = "select id, name, email from users \
    where search_text is null and deleted_at is null and id > $1 order by id limit $2";
/// During an update, a server of an earlier version may still write memberships without these
/// columns and without words.
const MEMBERS_WITHOUT_COLUMNS: &str = "select m.user_id, u.name, u.email from memberships m \
    left join users u on u.id = m.user_id \
    where m.has_words = 0 and m.deleted_at is null and m.user_id > $1 \
    group by m.user_id, u.name, u.email order by m.user_id limit $2";
const MEMBERS_WITHOUT_ROLE_ORDER: &str = "select m.user_id, u.name, u.email from memberships m \
    left join users u on u.id = m.user_id \
    where m.role_order is null and m.deleted_at is null and m.user_id > $1 \
    group by m.user_id, u.name, u.email order by m.user_id limit $2";
/// The key names a person, and a server of an earlier version does not erase it. The condition on
/// the id makes SQLite search the partial index instead of walking through it.
const FORMER_WITH_ROLE_ORDER: &str = "select id from memberships \
    where role_order is not null and deleted_at is not null and id > $1 order by id limit $2";
const CLEAR_ROLE_ORDER: &str = "update memberships set role_order = null where id = $1 and deleted_at is not null";

/// Fills the columns in rows of earlier versions, in batches. Without such rows it costs four
/// statements on partial indexes.
pub(super) async fn backfill(database: &Database) -> Result<(), StoreError> {
    clear_former(database).await?;
    for statement in [USERS_WITHOUT_COLUMNS, MEMBERS_WITHOUT_COLUMNS, MEMBERS_WITHOUT_ROLE_ORDER] {
        let mut after = String::new();
        loop {
            let rows: Vec<(String, Option<String>, Option<String>)> =
                sqlx::query_as(statement).bind(&after).bind(BATCH).fetch_all(database.reader()).await?;
            let Some((last, _, _)) = rows.last() else { break };
            after.clone_from(last);
            fill_batch(database, &rows).await?;
        }
    }
    Ok(())
}

/// Clears the keys of members who have left.
async fn clear_former(database: &Database) -> Result<(), StoreError> {
    loop {
        let former = sqlx::query_as(FORMER_WITH_ROLE_ORDER).bind("").bind(BATCH);
        let former: Vec<(String,)> = former.fetch_all(database.reader()).await?;
        if former.is_empty() {
            return Ok(());
        }
        let mut transaction = database.writer().begin().await?;
        for (id,) in former {
            sqlx::query(CLEAR_ROLE_ORDER).bind(id).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }
}

async fn fill_batch(database: &Database, rows: &[(String, Option<String>, Option<String>)]) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    for (id, name, email) in rows {
        let columns = SearchColumns::of(id, name.as_deref(), email.as_deref());
        // The `where` clause keeps columns that a webhook stored after the row was read.
        sqlx::query(
            "insert into users (id, updated_at, search_text, sort_key) values ($1, 0, $2, $3) \
             on conflict (id) do update set search_text = excluded.search_text, sort_key = excluded.sort_key \
             where users.search_text is null and users.deleted_at is null",
        )
        .bind(id)
        .bind(columns.search_text)
        .bind(columns.sort_key)
        .execute(&mut *transaction)
        .await?;
        copy_to_memberships(&mut transaction, id).await?;
    }
    Ok(transaction.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_only_in_case_accents_and_punctuation_fold_alike() {
        for (one, other) in [
            ("émile", "ÉMILE"),
            ("E\u{301}mile", "Émile"),
            ("emile", "Émile"),
            ("ÖZGE YILMAZ", "özge yılmaz"),
            ("İstanbul", "istanbul"),
            ("ЖАННА Д’АРК", "жанна д'арк"),
            ("ÆRØ ØSTERGÅRD", "aero ostergard"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("ΣΟΦΟΣ", "σοφος"),
            ("Łódź", "lodz"),
            ("Đặng Hữu", "dang huu"),
            ("ﬁnn", "FINN"),
            ("Ｆｕｌｌ", "full"),
            ("Jean‑Luc", "jean-luc"),
            ("Mallory\u{202e} nimda", "mallory nimda"),
            ("a\u{a0}\u{2009} b", "A B"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        for (one, other) in [("ada", "adam"), ("か", "き"), ("नी", "न"), ("a b", "ab"), ("1", "2")] {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn folding_is_idempotent_and_keeps_every_letter() {
        for text in ["Éß Ø", "İı", "ﷺ", "김철수", "\u{1f6e1}\u{fe0f}", "ǅ", "ŉ", "ΐ"] {
            let folded = fold(text);
            assert_eq!(fold(&folded), folded, "{text}");
            assert!(!folded.is_empty(), "{text}");
        }
    }

    #[test]
    fn names_sort_in_dictionary_order() {
        let names = ["Ada", "Ærø", "Ångström", "Émile", "Zoë", "zola", "Жанна"];
        let mut sorted = names;
        sorted.sort_by_key(|name| SearchColumns::of("user_1", Some(name), None).sort_key);
        assert_eq!(sorted, names);
        let ids = ["user_a", "user_b"].map(|id| SearchColumns::of(id, Some("Ada"), None).sort_key);
        assert!(ids[0] < ids[1]);
    }

    #[test]
    fn a_name_of_any_length_has_a_key_that_fits_an_index() {
        let columns = SearchColumns::of(&"u".repeat(128), Some(&"名".repeat(50_000)), None);
        assert!(columns.sort_key.len() < 400 && columns.search_text.len() > 150_000);
    }

    #[test]
    fn a_pattern_matches_literally_also_in_full_width() {
        assert_eq!(pattern("50% _!"), "%50!% !_!!%");
        assert_eq!(pattern("％＿！"), "%!%!_!!%");
        assert_eq!(pattern("  "), "%%");
    }
}
