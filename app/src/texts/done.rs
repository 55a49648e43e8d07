//! The messages about finished changes, by operation. A page that knows more says whom the change
//! concerns; after a form post without JavaScript only the name of the operation is known.

/// The message after a change was taken back.
pub(crate) const UNDONE: &str = "Change undone.";

/// The message of an operation; `None` for one whose page has a message that names the person.
pub(crate) fn done_message(operation: &str) -> Option<&'static str> {
    let text = match operation {
        "rename_organization" => "Organization renamed.",
        "revoke_other_sessions" => "Your other sessions are signed out.",
        "appearance" => "Appearance saved.",
        // example:begin bulk
        "change_roles" => "Roles changed.",
        "sign_out_members" => "Members signed out everywhere.",
        "remove_members" => "Members removed.",
        // example:end bulk
        // example:begin invitations
        "invite_member" => "Invitation sent.",
        "resend_invitation" => "Invitation sent again.",
        "revoke_invitation" => "Invitation revoked.",
        // example:end invitations
        _ => return None,
    };
    Some(text)
}
