//! Commands that need only a part of the variables.

use super::*;

fn of(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    move |name| pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn a_part_ignores_the_problems_of_other_variables() {
    let source = of(&[("CLERK_PUBLISHABLE_KEY", "nonsense"), ("DATABASE_URL", "sqlite://x.db"), ("REDIS_URL", "x")]);
    assert_eq!(database(&source).unwrap().expose_secret(), "sqlite://x.db");
    assert_eq!(address(&source).unwrap().port(), 3000);
    assert_eq!(log_filter(&source).unwrap().to_string(), "info");
}

#[test]
fn a_part_names_what_it_lacks() {
    let of_database = database(&of(&[("DATABASE_URL", "mysql://x")])).unwrap_err();
    assert_eq!(of_database.iter().map(|problem| problem.variable).collect::<Vec<_>>(), ["DATABASE_URL"]);
    let source = of(&[("CLERK_API_URL", "ftp://x"), ("DATABASE_URL", "mysql://x")]);
    let found = synchronization(&source).unwrap_err();
    let found: Vec<_> = found.iter().map(|problem| problem.variable).collect();
    assert_eq!(found, ["CLERK_SECRET_KEY", "CLERK_API_URL", "DATABASE_URL"]);
    let found = pruning(&of(&[("RETAIN_AUDIT", "ever"), ("DATABASE_URL", "mysql://x")])).unwrap_err();
    assert_eq!(found.iter().map(|problem| problem.variable).collect::<Vec<_>>(), ["DATABASE_URL", "RETAIN_AUDIT"]);
    assert!(address(&of(&[("LEPTOS_SITE_ADDR", "9")])).is_err());
    assert!(log_filter(&of(&[("RUST_LOG", "gatehouse=loud")])).is_err());
}
