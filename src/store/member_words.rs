//! Stores the words of members, by which `member_search` finds them.
//!
//! The words follow the search text of a membership, in the transaction that writes it. A sync
//! writes the same users every day, so only memberships whose text has changed are written again.

use super::member_facets;
use super::words::words;
use crate::db::{Connection, StoreError};

/// Memberships of the user `$1` whose words are missing, or whose words must go, also where a
/// migration has said that there are none. The next start of a server fills a text that is missing,
/// with its words.
const OUTDATED: &str = "select id, organization_id, search_text, sort_key from memberships \
     where user_id = $1 and ((has_words = 0 and deleted_at is null and search_text is not null) \
       or (deleted_at is not null and (has_words = 1 \
         or exists (select 1 from membership_words w where w.membership_id = memberships.id))))";
/// The update locks the row, so that the end of the membership waits for the words.
const MARK: &str = "update memberships set has_words = (case when deleted_at is null then 1 else 0 end), \
       role_order = (case when deleted_at is null then role_order end) where id = $1 returning deleted_at";
const INSERT: &str = "insert into membership_words (organization_id, word, sort_key, membership_id) \
     values ($1, $2, $3, $4) on conflict do nothing";

type Outdated = (String, String, Option<String>, Option<Vec<u8>>);

/// Writes the words of the memberships of a user, and erases those of memberships that have ended.
pub(super) async fn update(connection: &mut Connection, user: &str) -> Result<(), StoreError> {
    let outdated: Vec<Outdated> = sqlx::query_as(OUTDATED).bind(user).fetch_all(&mut *connection).await?;
    for (id, organization, search_text, sort_key) in outdated {
        let mark = sqlx::query_as(MARK).bind(&id);
        let (deleted_at,): (Option<i64>,) = mark.fetch_one(&mut *connection).await?;
        erase(connection, &id).await?;
        let (None, Some(text), Some(sort_key)) = (deleted_at, search_text, sort_key) else { continue };
        for word in words(&text) {
            let insert = sqlx::query(INSERT).bind(&organization).bind(word.to_vec()).bind(&sort_key).bind(&id);
            insert.execute(&mut *connection).await?;
        }
    }
    member_facets::update(connection, user).await
}

/// Erases the words of a membership that has ended.
pub(super) async fn erase(connection: &mut Connection, membership: &str) -> Result<(), StoreError> {
    sqlx::query("delete from membership_words where membership_id = $1").bind(membership).execute(connection).await?;
    Ok(())
}

/// Erases the words of the members of a deleted organization, whose rows say that they have none.
pub(super) async fn erase_organization(connection: &mut Connection, organization: &str) -> Result<(), StoreError> {
    sqlx::query("delete from membership_words where organization_id = $1")
        .bind(organization)
        .execute(connection)
        .await?;
    Ok(())
}
