//! The browser that a request comes from.

/// A browser, by its client id and for people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    /// Value of the cookie `__client`; empty for a browser without one, which has no session.
    pub(crate) client: String,
    /// Its family, as session lists show it.
    pub(crate) name: &'static str,
}
