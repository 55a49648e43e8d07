//! `OPERATORS_ORGANIZATION_ID`: the organization whose members manage the users of the instance.

use super::problems::Problems;
use super::variables::Variables;
use domain::ids::OrganizationId;

pub(super) fn read(variables: &Variables<'_>, problems: &mut Problems) -> Option<OrganizationId> {
    let text = variables.get("OPERATORS_ORGANIZATION_ID")?;
    let id = OrganizationId::parse(&text).ok().filter(|id| id.as_str().starts_with("org_"));
    if id.is_none() {
        let remedy =
            "copy the id of your own organization from the Clerk dashboard, Organizations; it begins with org_";
        problems.add("OPERATORS_ORGANIZATION_ID", "is not the id of an organization", remedy);
    }
    id
}
