//! The operations that read the audit log.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{CURSOR, SEARCH, TextFields, cleaned_search, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the audit log of the active organization, newest first, as far as it matches the filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct ListAudit {
    /// The place of the page, as an earlier page named it; empty for the first page.
    #[garde(custom(follows(CURSOR)))]
    pub page: String,
    /// The id of a user, or a part of a name or an address: who did it, or whom it concerns. Blank
    /// for everybody.
    #[serde(default)]
    #[garde(custom(follows(SEARCH)))]
    pub person: String,
    /// As `person`, and only who did it.
    #[garde(custom(follows(SEARCH)))]
    pub actor: String,
    /// The name of an operation, in which `*` stands for any text, or some of its words; blank for
    /// every operation.
    #[garde(custom(follows(SEARCH)))]
    pub operation: String,
    /// `done`, `refused` for every refusal, or a code; blank for every outcome.
    #[garde(custom(follows(SEARCH)))]
    pub outcome: String,
    /// Unix milliseconds of the earliest entry; 0 for no limit.
    #[garde(skip)]
    pub from_ms: i64,
    /// Unix milliseconds after the latest entry; 0 for no limit.
    #[garde(skip)]
    pub to_ms: i64,
}

impl Operation for ListAudit {
    const DECLARATION: Declaration = Declaration::read("list_audit");
    const TEXT_FIELDS: TextFields =
        &[("page", CURSOR), ("person", SEARCH), ("actor", SEARCH), ("operation", SEARCH), ("outcome", SEARCH)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        let texts = [&self.person, &self.actor, &self.operation, &self.outcome];
        let [person, actor, operation, outcome] = texts.map(|text| cleaned_search(text));
        Self { person, actor, operation, outcome, ..self }
    }
}

impl ListAudit {
    /// The filter in the input.
    #[must_use]
    pub fn filter(&self) -> AuditFilter {
        let Self { person, actor, operation, outcome, from_ms, to_ms, .. } = self.clone();
        AuditFilter { person, actor, operation, outcome, from_ms, to_ms }
    }
}

/// The entries that a person asks for. Each field is that of [`ListAudit`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The id of a user, or a part of a name or an address: who did it, or whom it concerns.
    pub person: String,
    /// As `person`, and only who did it.
    pub actor: String,
    /// The name of an operation, in which `*` stands for any text, or some of its words.
    pub operation: String,
    /// `done`, `refused` for every refusal, or a code.
    pub outcome: String,
    /// Unix milliseconds of the earliest entry; 0 for no limit.
    pub from_ms: i64,
    /// Unix milliseconds after the latest entry; 0 for no limit.
    pub to_ms: i64,
}

/// Shows one entry of the audit log of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ShowAuditEntry {
    /// The entry, as [`AuditEntryView::id`] names it.
    #[garde(custom(follows(CURSOR)))]
    pub entry_id: String,
}

impl Operation for ShowAuditEntry {
    const DECLARATION: Declaration = Declaration::read("show_audit_entry");
    const TEXT_FIELDS: TextFields = &[("entry_id", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// Exports the entries of the active organization that match the filter as a file.
///
/// A file leaves the application, and with it the limits on who may read the log. So an export
/// needs a fresh sign-in and leaves an entry of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ExportAudit {
    /// `jsonl` for JSON Lines, any other text for CSV.
    #[garde(custom(follows(SEARCH)))]
    pub format: String,
    /// As in [`ListAudit`].
    #[serde(default)]
    #[garde(custom(follows(SEARCH)))]
    pub person: String,
    /// As in [`ListAudit`].
    #[garde(custom(follows(SEARCH)))]
    pub actor: String,
    /// As in [`ListAudit`].
    #[garde(custom(follows(SEARCH)))]
    pub operation: String,
    /// As in [`ListAudit`].
    #[garde(custom(follows(SEARCH)))]
    pub outcome: String,
    /// As in [`ListAudit`].
    #[garde(skip)]
    pub from_ms: i64,
    /// As in [`ListAudit`].
    #[garde(skip)]
    pub to_ms: i64,
}

impl Operation for ExportAudit {
    const DECLARATION: Declaration = Declaration::sensitive_change("export_audit", 5);
    const TEXT_FIELDS: TextFields =
        &[("format", SEARCH), ("person", SEARCH), ("actor", SEARCH), ("operation", SEARCH), ("outcome", SEARCH)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        let texts = [&self.format, &self.person, &self.actor, &self.operation, &self.outcome];
        let [format, person, actor, operation, outcome] = texts.map(|text| cleaned_search(text));
        Self { format, person, actor, operation, outcome, ..self }
    }
}

impl ExportAudit {
    /// The filter in the input.
    #[must_use]
    pub fn filter(&self) -> AuditFilter {
        let Self { person, actor, operation, outcome, from_ms, to_ms, .. } = self.clone();
        AuditFilter { person, actor, operation, outcome, from_ms, to_ms }
    }

    /// Whether the file is JSON Lines.
    #[must_use]
    pub fn is_json_lines(&self) -> bool {
        self.format == "jsonl"
    }
}

/// The whole entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntryDetailsView {
    /// The row of the list.
    pub entry: AuditEntryView,
    /// Id of the user.
    pub user_id: String,
    /// Id of the impersonator, where there was one.
    pub impersonator_id: Option<String>,
    /// Id or address of the person whom the change concerns, where it concerns one.
    pub concerned: Option<String>,
    /// Id of the session.
    pub session_id: String,
    /// Id of the request, as in the log of the server and the header `x-request-id`.
    pub request_id: String,
}

/// One page of the entries that match a filter.
///
/// A filter that few entries match could read the whole log for one page. So the server reads a
/// limited number of entries, and says how far it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPageView {
    /// The entries.
    pub rows: Vec<AuditEntryView>,
    /// The place of the previous page, where there is one; see [`CURSOR`](crate::input::CURSOR).
    pub previous: Option<String>,
    /// The place of the next page, where there is one.
    pub next: Option<String>,
    /// Where the search stopped before the page was full, and may go on.
    pub searched: Option<SearchedView>,
}

/// How far a search came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchedView {
    /// The time of the last entry that was read, Unix milliseconds.
    pub to_ms: i64,
    /// The place where the search goes on.
    pub page: String,
}

/// One entry: a change, or a refused attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntryView {
    /// The id as text for a URL.
    pub id: String,
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Name or id of the user.
    pub actor: String,
    /// Name or id of the impersonator, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impersonator: Option<String>,
    /// Name of the operation.
    pub operation: String,
    /// `done`, the code of the refusal, or the rule that ended the session.
    pub outcome: String,
    /// How often within the minute, for refusals.
    pub times: u32,
    /// The value that changed; `None` for refusals and ended sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeView>,
    /// Name of the user or of the user of the session that the change names by id; `None` where
    /// the change names something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Why, as the actor wrote it; `None` for an entry without a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Id, name or kind of the changed object.
    pub subject: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}
