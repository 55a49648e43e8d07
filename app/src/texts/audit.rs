//! The sentence of an audit log entry, with the names of people.
//!
//! Each operation has one line of words: in [`CHANGES`], or in [`READS`]. An
//! operation of a later version has none and falls back to the words of its name.

use super::audit_labels::{operation_label, outcome_label, visible_text};
use domain::operation::AuditEntryView;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Our words.
    Words(String),
    /// A text that somebody else wrote: a name, an address, a role. A page isolates its direction.
    Quoted(String),
}

/// The words of one operation. In a text, `{subject}`, `{from}` and `{to}` stand for the change.
#[derive(Clone, Copy, Debug)]
struct OperationWords {
    /// After the actor, when it is done; empty for an operation that only reads, whose success has
    /// no entry.
    done: &'static str,
    /// After "tried to".
    attempt: &'static str,
    /// The subject in `attempt` when the entry has none: a refusal before the input is read.
    somebody: &'static str,
}

/// The words of each operation that changes something. A table, because the code of a `match` with
/// as many texts is larger in the wasm.
const CHANGES: &[(&str, OperationWords)] = &[
    ("rename_organization", words("renamed the organization from “{from}” to “{to}”", "rename the organization", "")),
    (
        "change_role",
        words("changed the role of {subject} from {from} to {to}", "change the role of {subject}", "a member"),
    ),
    ("remove_member", words("removed {subject} from the organization", "remove {subject}", "a member")),
    // example:begin bulk
    (
        "change_roles",
        words("changed the role of {subject} from {from} to {to}", "change the role of {subject}", "members"),
    ),
    ("remove_members", words("removed {subject} from the organization", "remove {subject}", "members")),
    ("sign_out_members", words("signed {subject} out everywhere", "sign {subject} out everywhere", "members")),
    // example:end bulk
    // example:begin invitations
    ("invite_member", words("invited {subject} as {to}", "invite {subject}", "somebody")),
    (
        "resend_invitation",
        words("sent the invitation of {subject} again", "send the invitation of {subject} again", "somebody"),
    ),
    (
        "revoke_invitation",
        words("revoked the invitation of {subject}", "revoke the invitation of {subject}", "somebody"),
    ),
    // example:end invitations
    ("revoke_session", words("revoked a session of {subject}", "revoke a session of {subject}", "a member")),
    ("revoke_other_sessions", words("signed out their other sessions", "sign out their other sessions", "")),
    ("sign_out_everywhere", words("signed {subject} out everywhere", "sign {subject} out everywhere", "a member")),
    // example:begin users
    ("ban_user", words("banned {subject}", "ban {subject}", "a user")),
    ("unban_user", words("unbanned {subject}", "unban {subject}", "a user")),
    ("lock_user", words("locked {subject}", "lock {subject}", "a user")),
    ("unlock_user", words("unlocked {subject}", "unlock {subject}", "a user")),
    // example:end users
    // example:begin webhooks
    ("reveal_webhook", words("read the payload of the webhook {subject}", "read the payload of a webhook", "")),
    ("reapply_webhook", words("applied the webhook {subject} again", "apply a webhook again", "")),
    // example:end webhooks
    // example:begin views
    ("save_audit_view", words("saved the audit log view {to}", "save an audit log view", "")),
    ("delete_audit_view", words("deleted the audit log view {from}", "delete an audit log view", "")),
    // example:end views
    ("export_audit", words("exported the audit log as {to}: {from}", "export the audit log", "")),
];

/// The attempt of each operation that only reads.
const READS: &[(&str, &str)] = &[
    ("show_dashboard", "open the overview"),
    ("show_activity", "read the activity"), // example:line activity
    ("show_settings", "open the settings"),
    ("show_security", "open the security page"),
    ("list_sessions", "list the sessions"), // example:line sessions
    ("list_organizations", "list their organizations"),
    ("list_members", "list the members"),
    ("show_member", "open the page of a member"),
    ("list_invitations", "list the invitations"), // example:line invitations
    ("list_roles", "list the roles"),
    ("list_users", "list the users"),         // example:line users
    ("show_user", "open the page of a user"), // example:line users
    ("list_audit", "read the audit log"),
    ("list_webhooks", "list the webhooks"),         // example:line webhooks
    ("show_webhook", "open a webhook"),             // example:line webhooks
    ("list_jobs", "list the jobs"),                 // example:line webhooks
    ("list_audit_views", "list their saved views"), // example:line views
    ("show_audit_entry", "open an entry of the audit log"),
];

const fn words(done: &'static str, attempt: &'static str, somebody: &'static str) -> OperationWords {
    OperationWords { done, attempt, somebody }
}

fn words_of(operation: &str) -> Option<OperationWords> {
    let change = CHANGES.iter().find(|(name, _)| *name == operation).map(|(_, words)| *words);
    let read = || READS.iter().find(|(name, _)| *name == operation).map(|(_, attempt)| words("", attempt, ""));
    change.or_else(read)
}

/// The labels of the operations that change something, for a list of choices.
pub(crate) fn change_labels() -> impl Iterator<Item = String> {
    CHANGES.iter().map(|(name, _)| operation_label(name))
}

/// The label of an operation of this version. Other text, such as one with a star, stays.
pub(crate) fn operation_in_words(typed: String) -> String {
    if words_of(&typed).is_some() { operation_label(&typed) } else { typed }
}

/// The sentence of an entry.
pub(crate) fn sentence(entry: &AuditEntryView) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Some(impersonator) = &entry.impersonator {
        parts.extend([Part::Quoted(visible_text(impersonator.clone())), Part::Words(" as ".to_owned())]);
    }
    parts.push(Part::Quoted(visible_text(entry.actor.clone())));
    match (words_of(&entry.operation), entry.outcome.as_str()) {
        (Some(words), "done") if !words.done.is_empty() => {
            push_words(&mut parts, &format!(" {}", words.done), entry, "")
        }
        (Some(words), outcome) => {
            push_words(&mut parts, &format!(" tried to {}", words.attempt), entry, words.somebody);
            parts.push(Part::Words(format!(": {}", in_sentence(outcome))));
        }
        (None, outcome) if entry.operation == "end_session" => {
            parts.push(Part::Words(format!(" was signed out: {}", in_sentence(outcome))));
        }
        (None, outcome) => push_unknown(&mut parts, entry, outcome),
    }
    parts
}

/// An operation of a later version: its name in words, and the change as it is stored.
fn push_unknown(parts: &mut Vec<Part>, entry: &AuditEntryView, outcome: &str) {
    parts.push(Part::Words(format!(": {}", operation_label(&entry.operation))));
    if outcome != "done" {
        parts.push(Part::Words(format!(": {}", in_sentence(outcome))));
    } else if entry.change.is_some() {
        push_words(parts, ", {subject}: “{from}” → “{to}”", entry, "");
    }
}

/// Adds a text, with the parts of the change in place of their marks.
fn push_words(parts: &mut Vec<Part>, text: &str, entry: &AuditEntryView, somebody: &'static str) {
    let mut rest = text;
    while let Some((before, (mark, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        parts.push(Part::Words(before.to_owned()));
        parts.push(marked(mark, entry, somebody));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest.to_owned()));
    }
}

fn marked(mark: &str, entry: &AuditEntryView, somebody: &'static str) -> Part {
    let Some(change) = &entry.change else { return Part::Words(somebody.to_owned()) };
    let text = match mark {
        "from" => role_or_text(&change.from),
        "to" => role_or_text(&change.to),
        _ => entry.subject.clone().unwrap_or_else(|| change.subject.clone()),
    };
    Part::Quoted(visible_text(text))
}

/// Clerk's keys of roles begin with `org:`, which says nothing to people.
fn role_or_text(text: &str) -> String {
    text.strip_prefix("org:").unwrap_or(text).to_owned()
}

/// The label of an outcome within a sentence.
fn in_sentence(outcome: &str) -> String {
    let mut label = outcome_label(outcome);
    // Labels begin with an ASCII letter.
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::operation::{ChangeView, Effect, OPERATIONS};

    fn entry(operation: &str, outcome: &str, change: Option<[&str; 3]>) -> AuditEntryView {
        let change = change.map(|[subject, from, to]| ChangeView {
            subject: subject.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        });
        AuditEntryView {
            actor: "Ada Lovelace".to_owned(),
            operation: operation.to_owned(),
            outcome: outcome.to_owned(),
            subject: change.as_ref().map(|_| "Alan Turing".to_owned()),
            change,
            ..AuditEntryView::default()
        }
    }

    fn text(entry: &AuditEntryView) -> String {
        let texts = sentence(entry).into_iter().map(|part| match part {
            Part::Words(text) | Part::Quoted(text) => text,
        });
        texts.collect()
    }

    #[test]
    fn every_operation_has_a_sentence() {
        let missing: Vec<_> = OPERATIONS.iter().map(|it| it.name).filter(|name| words_of(name).is_none()).collect();
        assert_eq!(missing, [""; 0], "add the words of these operations");
        for (declaration, words) in OPERATIONS.iter().filter_map(|it| Some((it, words_of(it.name)?))) {
            assert!(!words.attempt.is_empty(), "{}", declaration.name);
            assert_eq!(words.done.is_empty(), declaration.effect == Effect::Read, "{}", declaration.name);
            for template in [words.done, words.attempt] {
                assert_eq!(template.matches('{').count(), template.matches('}').count(), "{template}");
            }
            assert_eq!(words.attempt.contains("{subject}"), !words.somebody.is_empty(), "{}", declaration.name);
            for outcome in ["done", "forbidden"] {
                let text = text(&entry(declaration.name, outcome, Some(["user_1", "a", "b"])));
                assert!(text.starts_with("Ada Lovelace ") && !text.contains(['_', '{', '}']), "{text}");
            }
        }
    }

    #[test]
    fn a_sentence_names_who_did_what_to_whom() {
        for (operation, outcome, change, expected) in [
            (
                "rename_organization",
                "done",
                Some(["organization", "A", "B"]),
                "Ada Lovelace renamed the organization from “A” to “B”",
            ),
            (
                "change_role",
                "done",
                Some(["user_1", "org:member", "org:admin"]),
                "Ada Lovelace changed the role of Alan Turing from member to admin",
            ),
            (
                "remove_member",
                "done",
                Some(["user_1", "member", "removed"]),
                "Ada Lovelace removed Alan Turing from the organization",
            ),
            ("remove_member", "forbidden", None, "Ada Lovelace tried to remove a member: no permission"),
            (
                "remove_member",
                "already_gone",
                Some(["user_1", "", ""]),
                "Ada Lovelace tried to remove Alan Turing: already gone",
            ),
            ("list_audit", "rate_limited", None, "Ada Lovelace tried to read the audit log: too many attempts"),
            ("end_session", "session_idle", None, "Ada Lovelace was signed out: inactive"),
        ] {
            assert_eq!(text(&entry(operation, outcome, change)), expected);
        }
    }

    #[test]
    fn an_impersonator_is_named_first() {
        let acting = AuditEntryView {
            impersonator: Some("Grace Hopper".to_owned()),
            ..entry("list_members", "forbidden", None)
        };
        assert_eq!(text(&acting), "Grace Hopper as Ada Lovelace tried to list the members: no permission");
    }

    #[test]
    fn an_operation_of_a_later_version_falls_back_to_its_words() {
        let made = entry("build_engine", "done", Some(["engine_1", "", "Difference"]));
        assert_eq!(text(&made), "Ada Lovelace: Build engine, Alan Turing: “(none)” → “Difference”");
        assert_eq!(text(&entry("build_engine", "not_done", None)), "Ada Lovelace: Build engine: not done");
    }

    #[test]
    fn an_operation_is_offered_and_shown_in_words() {
        assert!(change_labels().any(|label| label == "Remove member"));
        for (typed, shown) in
            [("remove_member", "Remove member"), ("list_audit", "List audit"), ("rename_*", "rename_*")]
        {
            assert_eq!(operation_in_words(typed.to_owned()), shown);
        }
    }

    #[test]
    fn names_are_apart_from_our_words() {
        let parts = sentence(&entry("sign_out_everywhere", "done", Some(["user_1", "active", "revoked"])));
        let quoted = |text: &str| Part::Quoted(text.to_owned());
        let words = |text: &str| Part::Words(text.to_owned());
        assert_eq!(parts, [quoted("Ada Lovelace"), words(" signed "), quoted("Alan Turing"), words(" out everywhere")]);
    }
}
