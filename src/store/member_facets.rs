//! The role and the states of members as words, so that `member_search` filters by a range of the
//! same index, in the order of the list; and the key of each in a list by role.
//!
//! These words begin with a byte that no search text has. The words of a name are in
//! `member_words`.

use crate::db::{Connection, StoreError};
use domain::operation::MemberState;
use std::collections::BTreeSet;

/// The first byte of these words, and the one behind it.
const MARK: u8 = 1;
const AFTER_MARK: u8 = MARK + 1;
/// Bytes of a role or state in a word or key. The table has an index on it.
const MAX_BYTES: usize = 128;

const MEMBERSHIPS: &str = "select m.id, m.organization_id, m.sort_key, m.role, coalesce(u.banned, 0), \
       coalesce(u.locked, 0), m.role_order, \
       (select count(*) from (select 1 from sessions s where s.user_id = m.user_id \
         and s.status = 'active' and s.expired = 0 limit 1) running) \
     from memberships m left join users u on u.id = m.user_id \
     where m.user_id = $1 and m.deleted_at is null and m.sort_key is not null and m.has_words = 1";
const STORED: &str = "select word from membership_words where membership_id = $1 and word < $2";
const DELETE: &str = "delete from membership_words where membership_id = $1 and word = $2";
const INSERT: &str = "insert into membership_words (organization_id, word, sort_key, membership_id) \
     values ($1, $2, $3, $4) on conflict do nothing";

const SET_ROLE_ORDER: &str = "update memberships set role_order = $2 where id = $1 and deleted_at is null";

type Row = (String, String, Vec<u8>, String, i64, i64, Option<Vec<u8>>, i64);

/// The word of members with a role.
pub(super) fn role_word(role: &str) -> Vec<u8> {
    word(b'r', role)
}

/// The word of members in a state.
pub(super) fn state_word(state: &str) -> Vec<u8> {
    word(b's', state)
}

/// The end keeps one role from being the beginning of another one.
fn word(kind: u8, value: &str) -> Vec<u8> {
    [MARK, kind].into_iter().chain(value.bytes().take(MAX_BYTES)).chain([0]).collect()
}

/// The key of a member in a list by role. The NUL byte keeps one role from being the beginning of
/// another one.
pub(super) fn role_order(role: &str, sort_key: &[u8]) -> Vec<u8> {
    role.bytes().take(MAX_BYTES).chain([0]).chain(sort_key.iter().copied()).collect()
}

/// The role and the sort key in a [`role_order`]; `None` for a key that has none.
pub(super) fn role_and_name(order: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = order.iter().position(|byte| *byte == 0)?;
    let (role, name) = order.split_at(end);
    Some((String::from_utf8_lossy(role).into_owned(), name[1..].to_vec()))
}

/// Writes the words and the keys of the memberships of a user where they differ. The transaction
/// has the lock on the user.
pub(super) async fn update(connection: &mut Connection, user: &str) -> Result<(), StoreError> {
    let memberships: Vec<Row> = sqlx::query_as(MEMBERSHIPS).bind(user).fetch_all(&mut *connection).await?;
    for (id, organization, sort_key, role, banned, locked, stored_order, running) in memberships {
        let order = role_order(&role, &sort_key);
        if stored_order.as_ref() != Some(&order) {
            sqlx::query(SET_ROLE_ORDER).bind(&id).bind(order).execute(&mut *connection).await?;
        }
        let states = [
            (MemberState::Active, banned == 0 && locked == 0),
            (MemberState::Banned, banned != 0),
            (MemberState::Locked, locked != 0),
            (MemberState::SignedOut, running == 0),
        ];
        let states = states.into_iter().filter(|(_, holds)| *holds).map(|(state, _)| state_word(state.code()));
        let wanted: BTreeSet<Vec<u8>> = states.chain([role_word(&role)]).collect();
        let stored = sqlx::query_as(STORED).bind(&id).bind(vec![AFTER_MARK]);
        let stored: Vec<(Vec<u8>,)> = stored.fetch_all(&mut *connection).await?;
        let stored: BTreeSet<Vec<u8>> = stored.into_iter().map(|(word,)| word).collect();
        for word in stored.difference(&wanted) {
            sqlx::query(DELETE).bind(&id).bind(word.clone()).execute(&mut *connection).await?;
        }
        for word in wanted.difference(&stored) {
            let insert = sqlx::query(INSERT).bind(&organization).bind(word.clone()).bind(&sort_key).bind(&id);
            insert.execute(&mut *connection).await?;
        }
    }
    Ok(())
}
