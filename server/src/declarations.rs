//! Compares the declarations in `domain` with the endpoints of this binary: operations with server
//! functions and downloads, pages with routes.
//!
//! The server does not start if they differ, because an undeclared function or route would have no
//! policy.

use crate::authorize::declared_operation;
use crate::{downloads, pages};
use domain::operation::{Declaration, OPERATIONS};
use domain::pages::Page;
use http::Method;

/// Checks that each server function is declared and answers POST only, that each declared operation
/// has a server function, and that the routes of the pages are those of the table.
///
/// # Errors
/// Every difference, each in a line of its own.
pub fn check_declarations() -> Result<(), String> {
    let mut differences = operation_differences();
    differences.extend(page_differences(pages::paths()));
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
}

fn operation_differences() -> Vec<String> {
    let linked: Vec<_> = server_fn::axum::server_fn_paths().collect();
    let mut differences = Vec::new();
    for (path, method) in &linked {
        if path.strip_prefix("/api/").and_then(declared_operation).is_none() {
            differences.push(format!("the server function at {path} has no declaration in domain/src/operation.rs"));
        }
        if *method != Method::POST {
            differences.push(format!("the server function at {path} answers {method}; operations answer POST only"));
        }
    }
    for name in downloads::OPERATIONS.iter().filter(|name| declared_operation(name).is_none()) {
        differences.push(format!("the download at /api/{name} has no declaration in domain/src/operation.rs"));
    }
    for Declaration { name, .. } in OPERATIONS {
        let is_function = linked.iter().any(|(path, _)| path.strip_prefix("/api/") == Some(*name));
        if is_function == downloads::OPERATIONS.contains(name) {
            differences.push(format!(
                "the operation {name} is declared, but not exactly one server function or download has the endpoint /api/{name}"
            ));
        }
    }
    differences
}

fn page_differences(routes: impl Iterator<Item = &'static str>) -> Vec<String> {
    // These pages have their own handlers instead of a route of Leptos.
    let served: Vec<_> = routes.chain([Page::SignIn.path(), Page::SwitchOrganization.path()]).collect();
    let declared = |path: &str| Page::ALL.into_iter().any(|page| page.path() == path);
    let undeclared = served.iter().filter(|path| !declared(path));
    let unserved = Page::ALL.into_iter().filter(|page| !served.contains(&page.path()));
    undeclared
        .map(|path| format!("the route {path} has no page in the table domain/src/pages.rs"))
        .chain(unserved.map(|page| format!("the page {} is declared, but app has no route for it", page.path())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_without_a_page_and_a_page_without_a_route_are_refused() {
        let without = |left_out: Page| Page::ALL.into_iter().filter(move |page| *page != left_out).map(Page::path);
        assert_eq!(page_differences(without(Page::SignIn)), Vec::<String>::new());
        let both = page_differences(without(Page::Security).chain(["/forgotten"]));
        assert!(matches!(&both[..], [route, page] if route.contains("/forgotten") && page.contains("/admin/security")));
    }
}
