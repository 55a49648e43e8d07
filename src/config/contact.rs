//! `SECURITY_CONTACT`: the contacts for security reports (RFC 9116 section 2.5.3).

use super::problems::Problems;
use super::variables::Variables;
use url::Url;

/// The contacts in the order of preference, as URIs; empty if the variable is absent.
pub(super) fn read(variables: &Variables<'_>, problems: &mut Problems) -> Vec<String> {
    let Some(list) = variables.get("SECURITY_CONTACT") else { return Vec::new() };
    let contacts: Option<Vec<_>> = list.split(',').map(|contact| uri(contact.trim())).collect();
    contacts.unwrap_or_else(|| {
        problems.add(
            "SECURITY_CONTACT",
            "holds something that is not a contact",
            "use an email address, or a URI that begins with mailto:, https:// or tel:; several are separated by commas",
        );
        Vec::new()
    })
}

/// The contact as a URI. It becomes a line of `security.txt`, so spaces and line breaks are
/// invalid.
fn uri(text: &str) -> Option<String> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let has_scheme = ["mailto:", "https:", "tel:"].iter().any(|scheme| starts_with_ignoring_case(text, scheme));
    let url = if has_scheme { Url::parse(text) } else { Url::parse(&format!("mailto:{text}")) }.ok()?;
    let path = url.path();
    let is_contact = match url.scheme() {
        "mailto" => is_mail_address(path) && (has_scheme || !path.contains(['/', ':', '?', '#'])),
        "tel" => path.bytes().any(|byte| byte.is_ascii_digit()),
        _ => url.has_host() && url.username().is_empty() && url.password().is_none(),
    };
    is_contact.then(|| url.into())
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
}

fn is_mail_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(user, host)| !user.is_empty() && !user.contains('@') && !host.is_empty())
}
