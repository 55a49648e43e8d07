//! Operations that need a feature or a plan of Clerk Billing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use clerk::authenticate::RequestHead;
use domain::operation::{Declaration, Entitlement};
use domain::refusal::Refusal;
use domain::reverification::{FactorLevel, Reverification};
use gatehouse::gate::{Admission, Visitor};
use gatehouse::limit::Requester;
use http::{Method, Request};
use serde_json::{Value, json};
use support::{TestApp, caller_with};

async fn visitor(app: &TestApp, change: impl FnOnce(&mut Value)) -> Visitor {
    let request = caller_with(change).with_cookies(Request::get("/")).body(()).unwrap();
    let head = RequestHead { method: &Method::GET, target: "/", headers: request.headers() };
    let admitted = app.state.gate.admit(head, Requester::User("user_ada"), "request", app.state.clock.now_ms()).await;
    let Admission::Visitor(visitor, _) = admitted else { unreachable!("the caller is not admitted") };
    visitor
}

fn for_plan(entitlement: Entitlement) -> Declaration {
    Declaration::sensitive_change("make_report", 5).with_entitlement(entitlement)
}

#[tokio::test]
async fn an_operation_asks_for_a_feature_or_a_plan() {
    let app = TestApp::new().await;
    let reports = Entitlement::Feature("reports");
    for (claims, entitlement, is_granted) in [
        (json!({}), reports, false),
        (json!({ "fea": "o:admin,o:users,o:reports" }), reports, true),
        (json!({ "fea": "o:admin,o:users,u:reports" }), reports, true),
        (json!({ "fea": "o:admin,o:users,u:reports" }), Entitlement::Feature("org:reports"), false),
        (json!({ "fea": "o:admin,o:users,o:reports2" }), reports, false),
        (json!({ "pla": "o:reports" }), reports, false),
        (json!({ "pla": "o:pro" }), Entitlement::Plan("pro"), true),
        (json!({ "pla": "o:free_org" }), Entitlement::Plan("pro"), false),
        (json!({ "pla": "pro" }), Entitlement::Plan("pro"), false),
    ] {
        let case = format!("{claims} {entitlement}");
        let given = claims.clone();
        let visitor = visitor(&app, |token| {
            given.as_object().unwrap().iter().for_each(|(name, value)| token[name] = value.clone());
        })
        .await;
        match visitor.authorize(&for_plan(entitlement)) {
            Ok(_) => assert!(is_granted, "{case}"),
            Err(refusal) => {
                assert_eq!(refusal, Refusal::Entitlement { needs: entitlement.to_string() }, "{case}");
                assert!(!is_granted && refusal.status() == 403, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn the_permission_comes_first_and_the_reverification_after_it() {
    let app = TestApp::new().await;
    let declaration = for_plan(Entitlement::Plan("pro"));
    let without_permission = visitor(&app, |token| token["o"]["fpm"] = "0,0".into()).await;
    assert_eq!(without_permission.authorize(&declaration).unwrap_err(), Refusal::Forbidden);
    let stale = visitor(&app, |token| token["fva"] = json!([60, -1])).await;
    assert!(matches!(stale.authorize(&declaration).unwrap_err(), Refusal::Entitlement { .. }));
    let stale = visitor(&app, |token| (token["fva"], token["pla"]) = (json!([60, -1]), "o:pro".into())).await;
    let needed = Reverification { level: FactorLevel::SecondFactor, within_minutes: 5 };
    assert_eq!(stale.authorize(&declaration).unwrap_err(), Refusal::reverification(needed));
}
