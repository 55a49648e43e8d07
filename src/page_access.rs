//! Whether a visitor may open a page, by the permission of the page in `domain::pages`.
//!
//! It protects no data: each operation that the page calls asks for its own grant.

use crate::gate::Visitor;
use domain::pages::Page;
use domain::refusal::Refusal;

impl Visitor {
    /// Asks for the permission of a page. A public page asks for none.
    ///
    /// # Errors
    /// `Unauthenticated` without a session, `Forbidden` without the permission in the active
    /// organization.
    pub fn may_open(&self, page: Page) -> Result<(), Refusal> {
        let Some(permission) = page.definition().permission else { return Ok(()) };
        if self.session().is_none() {
            return Err(Refusal::Unauthenticated { reason: self.signed_out() });
        }
        if self.has_permission(permission) { Ok(()) } else { Err(Refusal::Forbidden) }
    }
}
