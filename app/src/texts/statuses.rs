//! The texts of error pages, by HTTP status.

/// The title, from a fixed set: the framework does not escape titles.
pub(crate) const fn title(status: u16) -> &'static str {
    match status {
        401 => "Sign in – Gatehouse",
        403 => "No access – Gatehouse",
        404 => "Not found – Gatehouse",
        503 => "Not available – Gatehouse",
        _ => "Error – Gatehouse",
    }
}

/// Heading and text.
pub(crate) const fn status_message(status: u16) -> (&'static str, &'static str) {
    match status {
        401 => ("You are signed out", "Sign in to go on. You will come back to this page."),
        403 => (
            "You do not have access",
            "Your role in this organization does not have the permission that this page asks for. Ask an administrator for one that has it, then sign in again.",
        ),
        404 => ("There is nothing here", "The address may be mistyped, or what was here has gone."),
        405 => ("This cannot be done here", "The address exists, but not for this kind of request."),
        421 => (
            "This is another address",
            "Nothing is served under the name that was asked for. Open the application at its own address.",
        ),
        413 => ("That is too much", "What was sent is larger than anything this application takes."),
        429 => ("Too many requests", "This was opened too often within a minute. Wait a moment, then try again."),
        503 => ("Not available right now", "Something that this page needs does not answer. Try again in a moment."),
        500..=599 => ("Something went wrong", "It is our fault. What happened is written down under the number below."),
        _ => ("This did not work", "The request could not be understood."),
    }
}
