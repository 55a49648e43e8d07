//! The variables of the local Clerk. It needs no keys.

use super::problems::Problems;
use super::variables::Variables;
use crate::public_origin::PublicOrigin;

/// The variables that only a Clerk instance uses.
const OF_AN_INSTANCE: [&str; 7] = [
    "CLERK_JWT_KEY",
    "CLERK_API_URL",
    "CLERK_FAPI_URL",
    "CLERK_PROXY_URL",
    "CLERK_AUTHORIZED_PARTIES",
    "CLERK_WEBHOOK_SIGNING_SECRET",
    "CLERK_SIGN_IN_URL",
];

/// Refuses variables that the local Clerk would ignore: an operator who sets one expects an
/// instance.
fn check_nothing_is_ignored(variables: &Variables<'_>, problems: &mut Problems) {
    for name in OF_AN_INSTANCE.into_iter().filter(|name| variables.get(name).is_some()) {
        let remedy = "set CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY too, or remove the variable";
        problems.add(name, "is a setting of a Clerk instance, but the keys of the instance are missing", remedy);
    }
}

/// Checks that the build and the origin allow the local Clerk, and that it ignores no variable.
pub(super) fn check(variables: &Variables<'_>, origin: &PublicOrigin, built_in: bool, problems: &mut Problems) {
    const REMEDY: &str = "set CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY of a Clerk instance";
    if !built_in {
        problems.add("CLERK_PUBLISHABLE_KEY", "is missing, and this build has no local Clerk", REMEDY);
        problems.add("CLERK_SECRET_KEY", "is missing, and this build has no local Clerk", REMEDY);
    } else if origin.is_https() {
        problems.add("CLERK_PUBLISHABLE_KEY", "is missing, and the local Clerk never serves an https origin", REMEDY);
    }
    if built_in {
        check_nothing_is_ignored(variables, problems);
    }
}

/// The membership setting, which a real instance has in its dashboard.
pub(super) fn requires_membership(variables: &Variables<'_>, problems: &mut Problems) -> bool {
    match variables.get("LOCAL_CLERK_MEMBERSHIP").as_deref() {
        None | Some("optional") => false,
        Some("required") => true,
        Some(_) => {
            problems.add("LOCAL_CLERK_MEMBERSHIP", "is not a membership setting", "use optional or required");
            false
        }
    }
}
