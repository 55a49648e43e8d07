//! The names that a signed-in visitor may always see: their own, and those of their organizations.
//!
//! Nothing else is read without a permission. A visitor without one has to see who they are and
//! where else they may work.

use crate::gate::Visitor;
use crate::store::{StoreError, own_organizations};
use domain::current_user::{HeaderNames, OwnOrganization};

impl Visitor {
    /// The names for the header; empty for a visitor who is not signed in, and while the database
    /// does not answer: the page around the header then says so itself.
    pub async fn header_names(&self) -> HeaderNames {
        let Some(session) = self.session() else { return HeaderNames::default() };
        let names = own_organizations::header_names(&self.services().database, session).await;
        names.unwrap_or_else(|error| {
            tracing::warn!(%error, "the names of the header could not be read");
            HeaderNames::default()
        })
    }

    /// The organizations of the visitor, at most 100.
    ///
    /// # Errors
    /// The database does not answer or refuses a statement.
    pub async fn own_organizations(&self) -> Result<Vec<OwnOrganization>, StoreError> {
        match self.session() {
            Some(session) => own_organizations::list(&self.services().database, session).await,
            None => Ok(Vec::new()),
        }
    }
}
