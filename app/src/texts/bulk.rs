//! The words of operations on several members.

use super::audit_labels::outcome_label;

/// The words of one operation.
#[derive(Clone, Copy)]
pub(crate) struct BulkWords {
    /// The text of the button in the list.
    pub(crate) button: &'static str,
    /// The question, before and after whom it concerns.
    pub(crate) question: [&'static str; 2],
    /// The effect.
    pub(crate) effect: &'static str,
    /// The text of the button in the confirmation.
    pub(crate) verb: &'static str,
    /// The message that it is done, before and after whom it concerns.
    pub(crate) done: [&'static str; 2],
    /// The heading above those who are left.
    pub(crate) left: &'static str,
}

/// Another role.
pub(crate) const CHANGE_ROLES: BulkWords = BulkWords {
    button: "Change role",
    question: ["Change the role of ", "?"],
    effect: "The role takes effect within a minute.",
    verb: "Change role",
    done: ["Role changed for ", "."],
    left: "Some roles were not changed:",
};

/// The end of all sessions.
pub(crate) const SIGN_OUT_MEMBERS: BulkWords = BulkWords {
    button: "Sign out everywhere",
    question: ["Sign out ", " everywhere?"],
    effect: "All their sessions end. They can sign in again.",
    verb: "Sign out members",
    done: ["", " signed out everywhere."],
    left: "Some members were not signed out:",
};

/// The removal.
pub(crate) const REMOVE_MEMBERS: BulkWords = BulkWords {
    button: "Remove",
    question: ["Remove ", " from the organization?"],
    effect: "They lose access to this organization. Their accounts stay.",
    verb: "Remove members",
    done: ["", " removed."],
    left: "Some members were not removed:",
};

/// A text with whom it concerns.
pub(crate) fn about([before, after]: [&'static str; 2], who: &str) -> String {
    format!("{before}{who}{after}")
}

/// A number of members.
pub(crate) fn members(number: usize) -> String {
    if number == 1 { "1 member".to_owned() } else { format!("{number} members") }
}

/// Why an operation left a member out, by the code of the refusal.
pub(crate) fn why_left(code: &str) -> String {
    let text = match code {
        "not_found" => "no longer a member",
        "forbidden" => "you do not have permission",
        "invalid_input" => "Clerk does not allow it, for example because an organization keeps an administrator",
        "unavailable" => "no answer in time, so the change may be missing; try again",
        code => return outcome_label(code),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_whom_it_concerns() {
        assert_eq!(about(REMOVE_MEMBERS.question, "Alan Turing"), "Remove Alan Turing from the organization?");
        assert_eq!(about(REMOVE_MEMBERS.done, &members(1)), "1 member removed.");
        assert_eq!(about(CHANGE_ROLES.done, &members(3)), "Role changed for 3 members.");
        assert_eq!(why_left("not_found"), "no longer a member");
        assert_eq!(why_left("rate_limited"), "Too many attempts");
    }
}
