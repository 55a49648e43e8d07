//! The data of a new instance: demo accounts that can sign in, and their colleagues.

use super::organization::{Membership, Organization};
use super::role::{MANAGER, Roles};
use super::session::{Browser, Session};
use super::{state::State, user::User};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// The content of `seed.json`.
#[derive(Default, Deserialize)]
struct Seed {
    accounts: Vec<DemoAccount>,
    /// Name and role.
    colleagues: Vec<(String, String)>,
}

/// An account that can sign in, as the sign-in page shows it.
#[derive(Deserialize, Serialize)]
pub(crate) struct DemoAccount {
    id: String,
    name: String,
    email: String,
    password: String,
    description: String,
    /// Secret of the authenticator app.
    pub(crate) totp: Option<String>,
}

static SEED: LazyLock<Seed> = LazyLock::new(|| {
    let seed = serde_json::from_str(include_str!("seed.json"));
    seed.inspect_err(|error| tracing::error!(%error, "the demo data is invalid")).unwrap_or_default()
});

pub(crate) fn demo_accounts() -> &'static [DemoAccount] {
    &SEED.accounts
}

const BROWSERS: [&str; 4] = ["Firefox", "Chrome", "Safari", "Edge"];
const DAY_MS: i64 = 86_400_000;
/// Id of the organization whose administrators also manage the users of the instance.
pub const OPERATORS: &str = "org_local_engines";
const SOCIETY: &str = "org_local_society";

/// The state of a new instance whose application declares these permissions.
pub(crate) fn new_state(declared: &[String], now_ms: i64) -> State {
    let begin = now_ms - 90 * DAY_MS;
    let organization = |id: &str, name: &str, slug: &str| Organization {
        id: id.to_owned(),
        name: name.to_owned(),
        slug: slug.to_owned(),
        created_at: begin,
        updated_at: begin,
    };
    let organizations = vec![
        organization(OPERATORS, "Analytical Engines", "analytical-engines"),
        organization(SOCIETY, "Royal Society", "royal-society"),
    ];
    let mut state = State { organizations, roles: Roles::new(declared), ..State::default() };
    for (name, role) in [("Ada Lovelace", "admin"), ("Max Mustermann", "member")] {
        add_user(&mut state, name, role, begin);
    }
    state.memberships.push(Membership::new(SOCIETY, "user_local_ada", "member", begin));
    for (number, (name, role)) in (0_i64..).zip(&SEED.colleagues) {
        let id = add_user(&mut state, name, role, begin + number * DAY_MS);
        add_sessions(&mut state, number, &id, now_ms);
    }
    state
}

/// Adds a member of the first organization, who is a demo account or has no password.
fn add_user(state: &mut State, name: &str, role: &str, joined: i64) -> String {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    let (small_first, small_last) = (first.to_lowercase(), last.to_lowercase());
    let user = match SEED.accounts.iter().find(|account| account.name == name) {
        Some(account) => {
            let password = Some(account.password.as_str());
            let mut user = User::new(&account.id, (first, last), &account.email, password, joined);
            user.totp.clone_from(&account.totp);
            user
        }
        None => {
            let email = format!("{small_first}.{small_last}@example.com");
            User::new(&format!("user_local_{small_last}"), (first, last), &email, None, joined)
        }
    };
    let id = user.id.clone();
    state.users.push(user);
    state.memberships.push(Membership::new(OPERATORS, &id, role, joined));
    id
}

/// Every other colleague has a session somewhere, some have two.
fn add_sessions(state: &mut State, number: i64, user: &str, now_ms: i64) {
    let devices = usize::from(number % 2 == 0) + usize::from(number % 6 == 0);
    let started_at = now_ms - (number + 1) * DAY_MS / 7;
    for (device, name) in BROWSERS.into_iter().enumerate().take(devices) {
        let id = format!("{}_{device}", user.replace("user_", "sess_"));
        let browser = Browser { client: String::new(), name };
        let session = Session::new(&id, user, &browser, Some(OPERATORS.to_owned()), started_at);
        state.sessions.push(Session { verified_at: now_ms - DAY_MS, chosen_at: 0, ..session });
    }
}

/// Brings a state that was saved earlier up to date: the demo roles grant what is declared now, and
/// the demo manager exists. Accounts that were deleted stay deleted.
pub(crate) fn upgrade(state: &mut State, declared: &[String], now_ms: i64) {
    state.roles.declare(declared, now_ms);
    if !state.roles.add_manager(now_ms) {
        return;
    }
    let Some(manager) = SEED.accounts.iter().find(|account| account.name == "Joan Clarke") else { return };
    if state.user_by_email(&manager.email).is_some() {
        return;
    }
    let Ok(user) = state.user_mut(&manager.id) else { return };
    user.email.clone_from(&manager.email);
    user.set_password(&manager.password);
    user.updated_at = now_ms;
    if let Some(member) = state.memberships.iter_mut().find(|member| member.is_of(OPERATORS, &manager.id)) {
        (member.role, member.updated_at) = (MANAGER.to_owned(), now_ms);
    }
}
