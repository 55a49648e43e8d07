//! Every page of the application with its path and its properties, in one closed table.
//!
//! Routes, navigation, authorization of pages, content security policy, metrics and the check of
//! the configuration read this table, so they agree about every page. A path outside of it has no
//! page: the server refuses to start with such a route, and it answers requests for such a path
//! with 404. The operations of a page decide which data it shows.

use crate::closed_set::closed_set;
use crate::permission::Permission;

closed_set! {
    /// A page of the application.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Page;
    /// The path on this origin. The metrics use it as the label of the page. A page about one user
    /// has [`USER_ID`] in braces as its last segment.
    fn path;
    /// The public home.
    Home = "/",
    /// The sign-in page, with the steps of Clerk's form below it.
    SignIn = "/sign-in",
    /// The confirmation of a sign-out.
    SignOut = "/sign-out",
    /// The overview of the active organization.
    Dashboard = "/admin",
    /// The members of the active organization.
    Members = "/admin/members",
    /// A member of the active organization.
    Member = "/admin/members/{user_id}",
    // example:begin sessions
    /// The running sessions of the members.
    Sessions = "/admin/sessions",
    // example:end sessions
    // example:begin users
    /// The users of the whole instance.
    Users = "/admin/users",
    /// A user of the whole instance.
    User = "/admin/users/{user_id}",
    // example:end users
    // example:begin webhooks
    /// The webhooks of the whole instance, and the jobs.
    Webhooks = "/admin/webhooks",
    /// A webhook; the parameter `id` names it.
    Webhook = "/admin/webhooks/event",
    // example:end webhooks
    /// The audit log of the active organization.
    Audit = "/admin/audit",
    /// The state of the instance.
    Security = "/admin/security",
    /// The settings of the organization, the person and this browser.
    Settings = "/admin/settings",
    /// The choice of another organization. The path below it names one.
    SwitchOrganization = "/switch-organization",
    // example:begin views
    /// The saved views of the audit log.
    AuditViews = "/admin/audit/views",
    // example:end views
    /// An entry of the audit log; the parameter `id` names it.
    AuditEntry = "/admin/audit/entry",
}

/// The parameter in the path of a page about one user: the id of the user.
pub const USER_ID: &str = "user_id";

/// The properties of a page.
#[derive(Clone, Copy, Debug)]
pub struct PageDefinition {
    /// Title of the document, which [`crate::brand::title`] completes.
    pub title: &'static str,
    /// Label in the navigation of the dashboard, which lists the pages in the order of
    /// [`Page::ALL`]. `None`: the navigation does not list the page.
    pub navigation: Option<&'static str>,
    /// The permission that a visitor needs. `None`: the page is public.
    pub permission: Option<Permission>,
    /// Whether Clerk's components are on the page. Its content security policy allows their
    /// sources.
    pub has_clerk_components: bool,
    /// Whether the browser loads the application's code (hydration).
    pub is_interactive: bool,
    /// Whether search engines may list the page.
    pub is_listed: bool,
    /// Whether every path below the path of the page belongs to the page.
    pub has_subpaths: bool,
}

/// A public document that needs no script.
const PUBLIC: PageDefinition = PageDefinition {
    title: "",
    navigation: None,
    permission: None,
    has_clerk_components: false,
    is_interactive: false,
    is_listed: false,
    has_subpaths: false,
};

/// A page in the frame of the dashboard.
const fn in_dashboard(title: &'static str, navigation: &'static str, permission: Permission) -> PageDefinition {
    PageDefinition {
        title,
        navigation: Some(navigation),
        permission: Some(permission),
        has_clerk_components: true,
        is_interactive: true,
        ..PUBLIC
    }
}

/// A page in the frame of the dashboard about one user of a list, which links to it. The title does
/// not name the user, because the history of a browser keeps titles.
const fn about_user(title: &'static str, permission: Permission) -> PageDefinition {
    PageDefinition { navigation: None, ..in_dashboard(title, "", permission) }
}

/// A page in the frame of the dashboard without the application, below a list that links to it.
const fn document(title: &'static str, permission: Permission) -> PageDefinition {
    PageDefinition { navigation: None, is_interactive: false, ..in_dashboard(title, "", permission) }
}

impl Page {
    /// The row of the table.
    #[must_use]
    pub const fn definition(self) -> PageDefinition {
        match self {
            Self::Home => PageDefinition { is_listed: true, ..PUBLIC },
            Self::SignIn => {
                PageDefinition { title: "Sign in", has_clerk_components: true, has_subpaths: true, ..PUBLIC }
            }
            Self::SignOut => PageDefinition { title: "Sign out", ..PUBLIC },
            Self::Dashboard => in_dashboard("Overview", "Overview", Permission::AdminAccess),
            Self::Members => in_dashboard("Members", "Members", Permission::AdminAccess),
            Self::Member => about_user("Member", Permission::AdminAccess),
            Self::Sessions => in_dashboard("Sessions", "Sessions", Permission::AdminAccess), // example:line sessions
            // example:begin users
            Self::Users => in_dashboard("Users", "Users", Permission::ManageUsers),
            Self::User => about_user("User", Permission::ManageUsers),
            // example:end users
            // example:begin webhooks
            Self::Webhooks => PageDefinition {
                is_interactive: false,
                ..in_dashboard("Webhooks", "Webhooks", Permission::ManageUsers)
            },
            Self::Webhook => document("Webhook", Permission::ManageUsers),
            // example:end webhooks
            Self::Audit => in_dashboard("Audit log", "Audit log", Permission::AdminAccess),
            Self::Security => PageDefinition {
                is_interactive: false,
                ..in_dashboard("Security", "Security", Permission::ManageUsers)
            },
            Self::Settings => in_dashboard("Settings", "Settings", Permission::AdminAccess),
            Self::SwitchOrganization => PageDefinition { title: "Switch organization", has_subpaths: true, ..PUBLIC },
            Self::AuditViews => document("Saved views", Permission::AdminAccess), // example:line views
            Self::AuditEntry => document("Audit log entry", Permission::AdminAccess),
        }
    }

    /// The page at a path without its query. Paths are compared exactly: `/admin/` and
    /// `/admin-login` are not `/admin`.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| match path.strip_prefix(page.folder().unwrap_or(page.path())) {
            Some(id) if page.folder().is_some() => !id.is_empty() && !id.contains('/'),
            Some("") => true,
            Some(below) => page.definition().has_subpaths && below.starts_with('/'),
            None => false,
        })
    }

    /// The path before the id, for a page about one user.
    #[must_use]
    pub fn folder(self) -> Option<&'static str> {
        self.path().split_once('{').map(|(folder, _)| folder)
    }

    /// The last segment of the path, as a nested route names it.
    #[must_use]
    pub fn segment(self) -> &'static str {
        self.path().rsplit('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_found_at_its_own_path() {
        for page in Page::ALL {
            assert_eq!(Page::at(page.path()), Some(page));
        }
    }

    #[test]
    fn a_path_that_only_begins_like_a_page_has_none() {
        for path in ["", "/admin/", "/admin/none", "/admin-login", "/administration", "/sign-in-custom", "/sign-out/x"]
        {
            assert_eq!(Page::at(path), None, "{path}");
        }
        for path in ["/admin/members/", "/admin/members/user_1/", "/admin/members/user_1/x", "/admin/membersx/user_1"] {
            assert_eq!(Page::at(path), None, "{path}");
        }
        for (path, page) in [
            ("/admin/members/user_1", Page::Member),
            ("/admin/members/a%2Fb", Page::Member),
            ("/admin/users/user_1", Page::User), // example:line users
        ] {
            assert_eq!(Page::at(path), Some(page), "{path}");
        }
        for path in ["/sign-in/", "/sign-in/tasks", "/sign-in/reverify", "/sign-in/create/tasks/choose-organization"] {
            assert_eq!(Page::at(path), Some(Page::SignIn), "{path}");
        }
    }

    #[test]
    fn the_dashboard_is_one_folder_of_pages_with_a_permission() {
        for page in Page::ALL {
            let is_inside = page == Page::Dashboard || page.path().starts_with("/admin/");
            assert_eq!(page.definition().permission.is_some(), is_inside, "{page:?}");
        }
    }

    #[test]
    fn a_page_with_a_permission_is_not_listed_by_search_engines() {
        for page in Page::ALL {
            let PageDefinition { permission, is_listed, .. } = page.definition();
            assert!(!(is_listed && permission.is_some()), "{page:?}");
        }
    }
}
