//! Who is there at first start: Ada and Max, who can sign in, and two dozen colleagues to look at.

use crate::state::{Organization, Session, Status, User};

/// Accounts for people who try things: name, address, password, what they are for.
pub(crate) const DEMO: [(&str, &str, &str, &str); 2] = [
    ("Ada Lovelace", "ada@example.com", "engine-no-1", "administrator"),
    ("Max Mustermann", "max@example.com", "member-no-2", "member without the permission"),
];

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

pub(crate) fn everybody(now_ms: i64) -> (Organization, Vec<User>, Vec<Session>) {
    let begin = now_ms - 90 * DAY_MS;
    let organization = Organization {
        id: "org_local_engines".to_owned(),
        name: "Analytical Engines".to_owned(),
        slug: "analytical-engines".to_owned(),
        created_at: begin,
        updated_at: begin,
    };
    let [ada, max] = DEMO;
    let mut users = vec![
        User::new("user_local_ada", ("Ada", "Lovelace"), ada.1, "admin", Some(ada.2), begin),
        User::new("user_local_max", ("Max", "Mustermann"), max.1, "member", Some(max.2), begin),
    ];
    let mut sessions = Vec::new();
    for (number, (first, last, role)) in (0_i64..).zip(COLLEAGUES) {
        let id = format!("user_local_{}", last.to_lowercase());
        let email = format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase());
        users.push(User::new(&id, (first, last), &email, role, None, begin + number * DAY_MS));
        // Every other colleague is signed in somewhere, some twice.
        for (device, browser) in
            BROWSERS.iter().enumerate().take(usize::from(number % 2 == 0) + usize::from(number % 6 == 0))
        {
            sessions.push(Session {
                id: format!("sess_local_{}_{device}", last.to_lowercase()),
                user: id.clone(),
                client: String::new(),
                status: Status::Active,
                browser: (*browser).to_owned(),
                created_at: now_ms - (number + 1) * DAY_MS / 7,
                updated_at: now_ms - (number + 1) * DAY_MS / 7,
                verified_at: now_ms - DAY_MS,
            });
        }
    }
    (organization, users, sessions)
}
