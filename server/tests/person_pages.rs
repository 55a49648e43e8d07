//! The pages about one person.
#![cfg(feature = "local-clerk")]

mod support;

use http::StatusCode;
use support::app_with_clerk::{AppWithClerk, ada, ada_in_customer_organization};

#[tokio::test]
async fn a_person_has_a_page_and_nobody_else_has_one() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    let pages = [
        ("/admin/members", "remove_member"),
        ("/admin/users", "lock_user"), // example:line users
    ];
    for (list, question) in pages {
        let page = setup.app.open(&ada(), &format!("{list}/user_local_turing")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for part in ["<h1><bdi>Alan Turing<", "alan.turing@example.com", &format!("confirm={question}")] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        // The list is the current part of the navigation.
        assert!(page.body.contains(&format!("href=\"{list}\" aria-current=\"page\"")), "{}", page.body);
        let own = setup.app.open(&ada(), &format!("{list}/user_local_ada")).await;
        assert!(own.status == StatusCode::OK && own.body.contains(">you<"), "{}", own.body);
        for operation in ["change_role", "remove_member", "sign_out_everywhere", "ban_user", "lock_user"] {
            for way in ["/api/", "confirm="] {
                assert!(!own.body.contains(&format!("{way}{operation}")), "{operation} on {list}: {}", own.body);
            }
        }
        for nobody in ["user_local_nobody", "%20", "a.b", "%E5%AD%97", "x%2Fy", &"x".repeat(129)] {
            let page = setup.app.open(&ada(), &format!("{list}/{nobody}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{list}/{nobody}: {}", page.body);
            assert!(page.body.contains("Page not found"), "{list}/{nobody}: {}", page.body);
        }
    }
    let customer = ada_in_customer_organization();
    let page = setup.app.open(&customer, "/admin/members/user_local_turing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "a member of another organization: {}", page.body);
    // example:begin users
    let page = setup.app.open(&customer, "/admin/users/user_local_turing").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    // example:end users
}

#[tokio::test]
async fn other_organizations_are_not_named_on_the_page_of_a_member() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    // The owner of both pages is a member of a second organization.
    let member = setup.app.open(&ada(), "/admin/members/user_local_ada").await;
    assert!(member.status == StatusCode::OK && !member.body.contains("Royal Society"), "{}", member.body);
    // example:begin users
    let user = setup.app.open(&ada(), "/admin/users/user_local_ada").await;
    for name in ["Royal Society", "Analytical Engines", "data-copy=\"user_local_ada\""] {
        assert!(user.body.contains(name), "{name}: {}", user.body);
    }
    // example:end users
    setup.call_ok("change_role", "user_id=user_local_turing&role=viewer").await;
    let member = setup.app.open(&ada(), "/admin/members/user_local_turing").await;
    assert!(member.body.contains("Recent activity") && member.body.contains("changed the role of"), "{}", member.body);
}
