//! The rows of an organization that operations can name, and every row of the database as text.

use super::app_with_clerk::AppWithClerk;
use super::inputs::Input;
use super::{WEBHOOK_SECRET, deliver_webhook};
use domain::input::{TextKind, TextRule};
use http::StatusCode;
use serde_json::json;
use sqlx::{AnyPool, AssertSqlSafe};

/// Rows of the operators' organization that no other organization may see. Operations change rows,
/// so each operation has rows of its own.
pub struct Rows {
    members: Vec<String>,
    sessions: Vec<String>,
    // example:begin invitations
    /// One to send again and one to revoke.
    invitations: Vec<String>,
    // example:end invitations
    /// An entry of the audit log, as operations name it.
    entry: &'static str,
    // example:begin webhooks
    /// A webhook, as operations name it.
    webhook: &'static str,
    // example:end webhooks
    // example:begin views
    /// A saved view of the caller.
    view: &'static str,
    // example:end views
}

impl Rows {
    /// Fills the local copy from Clerk, and adds what `server sync` does not copy: sessions
    /// and what is made here.
    pub async fn create(setup: &AppWithClerk, database: &AnyPool) -> Self {
        setup.sync().await;
        // Without `rename_organization`, whose fault would change the other organization before the
        // test compares its rows.
        sqlx::query("update organizations set display_name = 'Engine Works' where id = $1")
            .bind(local_clerk::OPERATORS)
            .execute(database)
            .await
            .unwrap();
        // example:begin invitations
        for name in ["engineer", "engineer2"] {
            setup.call_ok("invite_member", &format!("email_address={name}@example.com&role=viewer")).await;
        }
        // example:end invitations
        let members: Vec<(String,)> = sqlx::query_as(
            "select user_id from memberships where organization_id = $1 and user_id <> 'user_local_ada' order by user_id",
        )
        .bind(local_clerk::OPERATORS)
        .fetch_all(database)
        .await
        .unwrap();
        let members: Vec<_> = members.into_iter().map(|(member,)| member).collect();
        let mut sessions = Vec::new();
        for member in &members {
            let running = setup.fetch_from_clerk(&format!("sessions?user_id={member}&status=active")).await;
            for session in running.as_array().unwrap() {
                let id = session["id"].as_str().unwrap().to_owned();
                let event = json!({ "type": "session.created", "object": "event", "timestamp": 1, "data": session });
                let taken = deliver_webhook(&setup.app, &id, &event.to_string(), WEBHOOK_SECRET).await;
                assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
                sessions.push(id);
            }
        }
        // example:begin invitations
        let invitations: Vec<(String,)> =
            sqlx::query_as("select id from invitations where status = 'pending'").fetch_all(database).await.unwrap();
        let invitations = invitations.into_iter().map(|(invitation,)| invitation).collect();
        // example:end invitations
        // Operations have entries of their own, so this one is of an operation that no version has.
        sqlx::query(
            "insert into audit (id, organization_id, at, user_id, session_id, operation, outcome, subject, \
               request_id, times) \
             values ('kept-entry', $1, 1, 'user_local_ada', 'sess_ada', 'kept_entry', 'done', 'kept', 'request', 1)",
        )
        .bind(local_clerk::OPERATORS)
        .execute(database)
        .await
        .unwrap();
        // example:begin views
        sqlx::query(
            "insert into audit_views (id, organization_id, user_id, name, filter, created_at) \
             values ('view_kept', $1, 'user_local_ada', 'Kept', 'outcome=refused', 1)",
        )
        .bind(local_clerk::OPERATORS)
        .execute(database)
        .await
        .unwrap();
        // example:end views
        // example:begin webhooks
        let event = json!({ "type": "kept.event", "object": "event", "timestamp": 1, "data": { "id": "kept" } });
        let taken = deliver_webhook(&setup.app, "kept-webhook", &event.to_string(), WEBHOOK_SECRET).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
        // example:end webhooks
        Self {
            members,
            sessions,
            invitations, // example:line invitations
            // As operations name them.
            entry: "a2VwdC1lbnRyeQ",
            webhook: "a2VwdC13ZWJob29r", // example:line webhooks
            view: "view_kept",           // example:line views
        }
    }

    /// A form for the operation at this place of the list that names rows of the organization.
    pub fn form(&self, index: usize, input: &Input) -> String {
        input.form(|field, rule| self.value(index, input.declaration.name, field, rule))
    }

    fn value(&self, index: usize, operation: &str, field: &str, rule: TextRule) -> String {
        match (rule.kind, field) {
            (TextKind::Identifier, "user_id") => self.members[index % self.members.len()].clone(),
            (TextKind::Identifiers, _) => self.members[index % self.members.len()].clone(), // example:line bulk
            // Operations on users end sessions of theirs, so the last session is the one to name.
            (TextKind::Identifier, "session_id") => self.sessions.last().unwrap().clone(),
            // example:begin invitations
            (TextKind::Identifier, "invitation_id") => {
                self.invitations[usize::from(operation == "resend_invitation")].clone()
            }
            // example:end invitations
            (TextKind::Cursor, "entry_id") => self.entry.to_owned(),
            (TextKind::Cursor, "view_id") => self.view.to_owned(), // example:line views
            (TextKind::Cursor, "webhook_id") => self.webhook.to_owned(), // example:line webhooks
            (TextKind::Identifier, _) => panic!(
                "{operation}: add a row that the field {field} can name to `Rows` in server/tests/support/rows.rs"
            ),
            (TextKind::Role, _) => "viewer".to_owned(),
            (TextKind::EmailAddress, _) => "new@example.com".to_owned(),
            (TextKind::DisplayName, _) => "Renamed".to_owned(),
            (TextKind::Reason, _) => "Left the company".to_owned(),
            (TextKind::Search | TextKind::Cursor, _) => String::new(),
        }
    }

    /// Texts that appear in rows of the organization and nowhere else: ids, names and addresses.
    pub async fn markers(&self, database: &AnyPool) -> Vec<String> {
        let mut markers = vec![local_clerk::OPERATORS.to_owned(), self.entry.to_owned()];
        markers.extend(self.invitations.iter().cloned()); // example:line invitations
        markers.push(self.webhook.to_owned()); // example:line webhooks
        markers.push(self.view.to_owned()); // example:line views
        markers.push("engineer@example.com".to_owned()); // example:line invitations
        markers.extend(["Engine Works", "Analytical Engines"].map(str::to_owned));
        markers.extend(self.sessions.iter().cloned());
        for member in &self.members {
            let (name, email): (String, String) = sqlx::query_as("select name, email from users where id = $1")
                .bind(member)
                .fetch_one(database)
                .await
                .unwrap();
            markers.extend([member.clone(), name, email]);
        }
        markers
    }

    /// The objects of the organization at Clerk.
    pub async fn at_clerk(&self, setup: &AppWithClerk) -> Vec<String> {
        let mut found = Vec::new();
        let organization = format!("organizations/{}", local_clerk::OPERATORS);
        let lists =
            ["/memberships?limit=100", "/invitations?limit=100", ""].map(|list| format!("{organization}{list}"));
        let sessions = self.sessions.iter().map(|id| format!("sessions/{id}"));
        for path in lists.into_iter().chain(["users?limit=100".to_owned()]).chain(sessions) {
            found.push(setup.fetch_from_clerk(&path).await.to_string());
        }
        found
    }
}

/// Every row of every table as text, with the name of its table.
pub async fn all_rows(database: &AnyPool, is_sqlite: bool) -> Vec<String> {
    let tables = if is_sqlite {
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"
    } else {
        "select cast(tablename as text) from pg_tables where schemaname = current_schema()"
    };
    let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(database).await.unwrap();
    let mut found = Vec::new();
    for (table,) in tables {
        let row = if is_sqlite { sqlite_row(database, &table).await } else { "cast(t as text)".to_owned() };
        #[expect(clippy::disallowed_methods, reason = "names of tables are no parameters; these are ours")]
        let statement = AssertSqlSafe(format!("select {row} from \"{table}\" as t order by 1"));
        let rows: Vec<(String,)> = sqlx::query_as(statement).fetch_all(database).await.unwrap();
        found.extend(rows.into_iter().map(|(row,)| format!("{table}: {row}")));
    }
    found
}

async fn sqlite_row(database: &AnyPool, table: &str) -> String {
    let columns: Vec<(String,)> =
        sqlx::query_as("select name from pragma_table_info($1)").bind(table).fetch_all(database).await.unwrap();
    columns.iter().map(|(column,)| format!("quote(\"{column}\")")).collect::<Vec<_>>().join(" || ' ' || ")
}
