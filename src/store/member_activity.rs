//! The newest entries of the audit log by a member and about them.

use super::audit_filter::Row;
use super::audit_statements::with_names;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::{AuditEntryView, ShowMember};

/// As many as the page of a member shows.
const SHOWN: i64 = 10;

/// Each side walks its own index from the newest entry. An entry of both sides is one row.
const NEWEST: &str = with_names!(
    "select * from ( \
       select * from (select a.* from audit a where a.organization_id = $1 and a.user_id = $2 \
         order by a.at desc, a.id desc limit $3) by_them \
       union \
       select * from (select a.* from audit a where a.organization_id = $1 and a.subject = $2 \
         order by a.at desc, a.id desc limit $3) about_them) found \
     order by at desc, id desc limit $3",
    " order by f.at desc, f.id desc"
);

/// Reads them. The organization is that of the grant, so nothing shows what the person does
/// elsewhere.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(super) async fn newest(grant: &Granted<ShowMember>) -> Result<Vec<AuditEntryView>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(NEWEST)
        .bind(grant.actor().organization.as_str())
        .bind(grant.input().user_id.as_str())
        .bind(SHOWN)
        .fetch_all(grant.database().reader())
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
