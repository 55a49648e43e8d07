//! `server setup`: creates the permissions, roles and role set of this application at Clerk, and
//! says what only the dashboard of Clerk can set.

use crate::standard_output::print;
use crate::start_error::StartError;
use clerk::backend_api::{BackendApi, BackendApiError};
use gatehouse::setup::{Instance, Step, apply, missing_steps};
use secrecy::SecretString;

/// The settings that Clerk's API does not have.
const BY_HAND: &str = "\
Set these in Clerk's dashboard; its API cannot:
- Organizations: assign the role set Operators to your own organization, give yourself the role
  Operator there, and set OPERATORS_ORGANIZATION_ID to its id.
- Sessions: leave the version of the session token at 2, and turn on reverification.
- Webhooks: add the endpoint /api/webhooks/clerk of your public address with the events user,
  organization, organizationMembership, organizationInvitation, session, role and permission, and
  set CLERK_WEBHOOK_SIGNING_SECRET to its secret.
Then `server check` tries what is configured, and `server sync` copies existing data.";

/// Prints what the instance lacks, and with `is_applied` creates it. Repeated, it finds nothing.
///
/// # Errors
/// Clerk rejects the secret key or a change, or cannot be reached.
pub async fn setup((api_url, secret_key): (String, SecretString), is_applied: bool) -> Result<(), StartError> {
    let api = BackendApi::new(&api_url, secret_key)?.with_long_retries();
    let mut instance = read(&api).await?;
    let steps = missing_steps(&instance);
    if steps.is_empty() {
        print("Nothing is missing: the instance has the permissions and roles of this application.")?;
    } else if !is_applied {
        print("The instance lacks something. `server setup --apply` would")?;
        steps.iter().try_for_each(|step| print(&format!("- {step}")))?;
    }
    for step in steps.into_iter().filter(|_| is_applied) {
        apply(&api, &instance, step).await.map_err(|error| failed(step, &error))?;
        print(&format!("done: {step}"))?;
        instance = read(&api).await?;
    }
    if !instance.has_role_sets() {
        print("This instance has no role sets, so every organization can give the role org:operator. It counts only")?;
        print("in the organization of OPERATORS_ORGANIZATION_ID.")?;
    }
    print("")?;
    print(BY_HAND)
}

async fn read(api: &BackendApi) -> Result<Instance, StartError> {
    Instance::read(api).await.map_err(|error| match error {
        BackendApiError::NotFound => {
            "Clerk has no roles: turn on Organizations in Clerk's dashboard, then repeat the command".into()
        }
        error @ (BackendApiError::Rejected(_) | BackendApiError::Unavailable(_)) => error.into(),
    })
}

fn failed(step: Step, error: &BackendApiError) -> StartError {
    format!("could not {step}: {error}. Create it in Clerk's dashboard, or repeat the command").into()
}
