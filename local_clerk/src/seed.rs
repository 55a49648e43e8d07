//! Who is there at first start: Ada, Max and Grace, who can sign in, and two dozen colleagues to look at.

use crate::state::{Membership, Organization, Session, State, Status, User};

/// Accounts for people who try things: name, address, password, what they are for.
pub(crate) const DEMO: [(&str, &str, &str, &str); 3] = [
    ("Ada Lovelace", "ada@example.com", "engine-no-1", "administrator"),
    ("Max Mustermann", "max@example.com", "member-no-2", "member without the permission"),
    ("Grace Hopper", "grace@example.com", "compiler-no-3", "administrator with an authenticator app"),
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
    ("Joan", "Clarke", "member"),
    ("Vint", "Cerf", "member"),
    ("Adele", "Goldberg", "member"),
    ("Lynn", "Conway", "member"),
];

const BROWSERS: [&str; 4] = ["Firefox", "Chrome", "Safari", "Edge"];
const DAY_MS: i64 = 86_400_000;
/// Id of the organization that a new instance begins with: its administrators run the instance as well.
pub const OPERATORS: &str = "org_local_engines";

pub(crate) fn everybody(now_ms: i64) -> State {
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
    let [ada, max, grace] = DEMO;
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
        ..State::default()
    };
    for (number, (first, last, role)) in (0_i64..).zip(COLLEAGUES) {
        let (id, joined) = (format!("user_local_{}", last.to_lowercase()), begin + number * DAY_MS);
        let email = format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase());
        let is_grace = grace.0 == format!("{first} {last}");
        let (email, password) = if is_grace { (grace.1, Some(grace.2)) } else { (email.as_str(), None) };
        let mut user = User::new(&id, (first, last), email, password, joined);
        user.totp = is_grace.then(|| TOTP_SECRET.to_owned());
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
