//! The data of a new instance: four demo accounts that can sign in, and their colleagues.

use super::organization::{Membership, Organization};
use super::role::{MANAGER, Roles};
use super::session::{Browser, Session};
use super::{state::State, user::User};

/// The demo accounts: name, email address, password, description.
pub(crate) const DEMO: [(&str, &str, &str, &str); 4] = [
    ("Ada Lovelace", "ada@example.com", "engine-no-1", "administrator"),
    ("Max Mustermann", "max@example.com", "member-no-2", "member without the permission"),
    ("Grace Hopper", "grace@example.com", "compiler-no-3", "administrator with an authenticator app"),
    ("Joan Clarke", "joan@example.com", "cipher-no-4", "manager: opens the dashboard, does not manage users"),
];

/// Secret of Grace's authenticator app.
pub(crate) const TOTP_SECRET: &str = "GATEHOUSEGATEHOUSEGATEHOUSEGATEH";

const COLLEAGUES: [(&str, &str, &str); 24] = [
    ("Charles", "Babbage", "admin"),
    ("Grace", "Hopper", "admin"),
    ("Alan", "Turing", "editor"),
    ("Katherine", "Johnson", "editor"),
    ("Edsger", "Dijkstra", "editor"),
    ("Barbara", "Liskov", "editor"),
    ("Donald", "Knuth", "editor"),
    ("Hedy", "Lamarr", "editor"),
    ("Emmy", "Noether", "viewer"),
    ("Claude", "Shannon", "viewer"),
    ("Radia", "Perlman", "viewer"),
    ("Niklaus", "Wirth", "viewer"),
    ("Margaret", "Hamilton", "viewer"),
    ("Tony", "Hoare", "viewer"),
    ("Frances", "Allen", "viewer"),
    ("Konrad", "Zuse", "viewer"),
    ("Sophie", "Wilson", "viewer"),
    ("Dennis", "Ritchie", "viewer"),
    ("Luca", "Pacioli", "billing"),
    ("Mary", "Somerville", "billing"),
    ("Joan", "Clarke", MANAGER),
    ("Vint", "Cerf", "member"),
    ("Adele", "Goldberg", "member"),
    ("Lynn", "Conway", "member"),
];

const BROWSERS: [&str; 4] = ["Firefox", "Chrome", "Safari", "Edge"];
const DAY_MS: i64 = 86_400_000;
/// Id of the organization whose administrators also manage the users of the instance.
pub const OPERATORS: &str = "org_local_engines";

/// Id of the demo user who has the role in between.
const MANAGER_ID: &str = "user_local_clarke";

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
    let [ada, max, ..] = DEMO;
    let mut state = State {
        organizations: vec![
            organization(OPERATORS, "Analytical Engines", "analytical-engines"),
            organization("org_local_society", "Royal Society", "royal-society"),
        ],
        users: vec![
            User::new("user_local_ada", ("Ada", "Lovelace"), ada.1, Some(ada.2), begin),
            User::new("user_local_max", ("Max", "Mustermann"), max.1, Some(max.2), begin),
        ],
        memberships: vec![
            Membership::new(OPERATORS, "user_local_ada", "admin", begin),
            Membership::new(OPERATORS, "user_local_max", "member", begin),
            Membership::new("org_local_society", "user_local_ada", "member", begin),
        ],
        roles: Roles::new(declared),
        ..State::default()
    };
    for (number, colleague) in (0_i64..).zip(COLLEAGUES) {
        add_colleague(&mut state, number, colleague, (begin + number * DAY_MS, now_ms));
    }
    state
}

/// Every other colleague has a session somewhere, some have two.
fn add_colleague(
    state: &mut State,
    number: i64,
    (first, last, role): (&str, &str, &str),
    (joined, now_ms): (i64, i64),
) {
    let id = format!("user_local_{}", last.to_lowercase());
    let email = format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase());
    let demo = DEMO.into_iter().find(|(name, ..)| *name == format!("{first} {last}"));
    let (email, password) = demo.map_or((email.as_str(), None), |(_, email, password, _)| (email, Some(password)));
    let mut user = User::new(&id, (first, last), email, password, joined);
    user.totp = (first == "Grace").then(|| TOTP_SECRET.to_owned());
    state.users.push(user);
    state.memberships.push(Membership::new(OPERATORS, &id, role, joined));
    let devices = usize::from(number % 2 == 0) + usize::from(number % 6 == 0);
    let started_at = now_ms - (number + 1) * DAY_MS / 7;
    for (device, name) in BROWSERS.into_iter().enumerate().take(devices) {
        let (session, browser) =
            (format!("sess_local_{}_{device}", last.to_lowercase()), Browser { client: String::new(), name });
        let session = Session::new(&session, &id, &browser, Some(OPERATORS.to_owned()), started_at);
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
    let Some((_, email, password, _)) = DEMO.into_iter().find(|(name, ..)| *name == "Joan Clarke") else { return };
    if state.user_by_email(email).is_some() {
        return;
    }
    let Ok(user) = state.user_mut(MANAGER_ID) else { return };
    email.clone_into(&mut user.email);
    user.set_password(password);
    user.updated_at = now_ms;
    if let Some(member) = state.memberships.iter_mut().find(|member| member.is_of(OPERATORS, MANAGER_ID)) {
        (member.role, member.updated_at) = (MANAGER.to_owned(), now_ms);
    }
}
