//! The data of a new instance: four demo accounts that can sign in, and their colleagues.

use crate::roles::{MANAGER, Roles};
use crate::state::{Membership, Organization, Session, State, Status, User};

/// Accounts for people who try things: name, address, password, what they are for.
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
/// Id of the organization that a new instance begins with: its administrators run the instance as well.
pub const OPERATORS: &str = "org_local_engines";

pub(crate) fn everybody(declared: &[String], now_ms: i64) -> State {
    let begin = now_ms - 90 * DAY_MS;
    let organization = |id: &str, name: &str, slug: &str| Organization {
        id: id.to_owned(),
        name: name.to_owned(),
        slug: slug.to_owned(),
        created_at: begin,
        updated_at: begin,
    };
    let member = |organization: &str, user: &str, role: &str, created_at| Membership {
        organization: organization.to_owned(),
        user: user.to_owned(),
        role: role.to_owned(),
        created_at,
        updated_at: created_at,
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
            member(OPERATORS, "user_local_ada", "admin", begin),
            member(OPERATORS, "user_local_max", "member", begin),
            member("org_local_society", "user_local_ada", "member", begin),
        ],
        roles: Roles::new(declared),
        ..State::default()
    };
    for (number, (first, last, role)) in (0_i64..).zip(COLLEAGUES) {
        let (id, joined) = (format!("user_local_{}", last.to_lowercase()), begin + number * DAY_MS);
        let email = format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase());
        let demo = DEMO.into_iter().find(|(name, ..)| *name == format!("{first} {last}"));
        let (email, password) = demo.map_or((email.as_str(), None), |(_, email, password, _)| (email, Some(password)));
        let mut user = User::new(&id, (first, last), email, password, joined);
        user.totp = (first == "Grace").then(|| TOTP_SECRET.to_owned());
        state.users.push(user);
        state.memberships.push(member(OPERATORS, &id, role, joined));
        // Every other colleague is signed in somewhere, some twice.
        for (device, browser) in
            BROWSERS.iter().enumerate().take(usize::from(number % 2 == 0) + usize::from(number % 6 == 0))
        {
            state.sessions.push(Session {
                id: format!("sess_local_{}_{device}", last.to_lowercase()),
                user: id.clone(),
                client: String::new(),
                status: Status::Active,
                browser: (*browser).to_owned(),
                created_at: now_ms - (number + 1) * DAY_MS / 7,
                updated_at: now_ms - (number + 1) * DAY_MS / 7,
                verified_at: now_ms - DAY_MS,
                second_verified_at: None,
                organization: Some(OPERATORS.to_owned()),
                chosen_at: 0,
                actor: None,
                ends_at: None,
            });
        }
    }
    state
}

/// Brings a file that was saved earlier up to date: the demo roles grant what is declared now, and the manager exists.
/// Accounts that somebody deleted stay deleted.
pub(crate) fn upgrade(state: &mut State, declared: &[String], now_ms: i64) {
    state.roles.declare(declared, now_ms);
    if !state.roles.add_manager(now_ms) {
        return;
    }
    let Some((_, email, password, _)) = DEMO.into_iter().find(|(name, ..)| *name == "Joan Clarke") else { return };
    let is_free = state.users.iter().all(|user| user.email != email);
    let Some(user) = state.user_mut("user_local_clarke").filter(|_| is_free) else { return };
    email.clone_into(&mut user.email);
    user.set_password(password);
    user.updated_at = now_ms;
    let joan = |member: &&mut Membership| member.organization == OPERATORS && member.user == "user_local_clarke";
    if let Some(member) = state.memberships.iter_mut().find(joan) {
        (member.role, member.updated_at) = (MANAGER.to_owned(), now_ms);
    }
}
