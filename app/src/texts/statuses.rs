//! The texts of error pages, by HTTP status.

/// The title of the document.
pub(crate) const fn title(status: u16) -> &'static str {
    match status {
        401 => "Sign in",
        403 => "No access",
        404 => "Not found",
        503 => "Unavailable",
        _ => "Error",
    }
}

/// Heading and text.
pub(crate) const fn status_message(status: u16) -> (&'static str, &'static str) {
    match status {
        401 => ("You are signed out", "Sign in to continue. You will return to this page."),
        403 => (
            "You do not have access",
            "Your role in this organization does not include access to this page. Ask an administrator for access.",
        ),
        404 => ("Page not found", "This page does not exist or was removed. Check the address."),
        405 => ("Method not allowed", "This address does not accept this kind of request."),
        421 => (
            "This is another address",
            "The application is not served under this host name. Open it at its own address.",
        ),
        413 => ("Request too large", "The request is larger than this application accepts."),
        429 => ("Too many requests", "Wait a moment, then try again."),
        503 => ("Temporarily unavailable", "A service that this page needs does not respond. Try again in a moment."),
        500..=599 => ("Something went wrong", "The problem is on our side. Try again in a moment."),
        _ => ("Bad request", "The request could not be understood."),
    }
}
