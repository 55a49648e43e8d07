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
/// The first difference.
pub fn check_declarations() -> Result<(), String> {
    check_operations()?;
    check_pages(pages::paths())
}

fn check_operations() -> Result<(), String> {
    let linked: Vec<_> = server_fn::axum::server_fn_paths().collect();
    for (path, method) in &linked {
        let declared = path.strip_prefix("/api/").and_then(declared_operation).is_some();
        if !declared {
            return Err(format!("the server function at {path} has no declaration in domain/src/operation.rs"));
        }
        if *method != Method::POST {
            return Err(format!("the server function at {path} answers {method}; operations answer POST only"));
        }
    }
    if let Some(name) = downloads::OPERATIONS.into_iter().find(|name| declared_operation(name).is_none()) {
        return Err(format!("the download at /api/{name} has no declaration in domain/src/operation.rs"));
    }
    for Declaration { name, .. } in OPERATIONS {
        let is_function = linked.iter().any(|(path, _)| path.strip_prefix("/api/") == Some(*name));
        if is_function == downloads::OPERATIONS.contains(name) {
            return Err(format!(
                "the operation {name} is declared, but not exactly one server function or download has the endpoint /api/{name}"
            ));
        }
    }
    Ok(())
}

fn check_pages(routes: impl Iterator<Item = &'static str>) -> Result<(), String> {
    // These pages have their own handlers instead of a route of Leptos.
    let served: Vec<_> = routes.chain([Page::SignIn.path(), Page::SwitchOrganization.path()]).collect();
    let declared = |path: &str| Page::ALL.into_iter().any(|page| page.path() == path);
    if let Some(path) = served.iter().find(|path| !declared(path)) {
        return Err(format!("the route {path} has no page in the table domain/src/pages.rs"));
    }
    match Page::ALL.into_iter().find(|page| !served.contains(&page.path())) {
        Some(page) => Err(format!("the page {} is declared, but app has no route for it", page.path())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_without_a_page_and_a_page_without_a_route_are_refused() {
        let without = |left_out: Page| Page::ALL.into_iter().filter(move |page| *page != left_out).map(Page::path);
        assert_eq!(check_pages(without(Page::SignIn)), Ok(()));
        assert!(check_pages(without(Page::SignIn).chain(["/forgotten"])).unwrap_err().contains("/forgotten"));
        assert!(check_pages(without(Page::Users)).unwrap_err().contains("/admin/users"));
    }
}
