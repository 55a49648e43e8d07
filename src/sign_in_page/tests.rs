//! The sign-in page as a table: who opens which path, and what they get.

use super::*;
use clerk::publishable_key::PublishableKey;

const ORIGIN: &str = "https://admin.example.com";
const TO_MEMBERS: &str = "redirect_url=%2Fadmin%2Fmembers";
/// Where the way back to the members is an absolute URL.
const BACK: &str = "redirect_url=https%3A%2F%2Fadmin.example.com%2Fadmin%2Fmembers";

fn publishable_key() -> PublishableKey {
    PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap()
}

fn nobody() -> VisitorState {
    VisitorState::default()
}

fn signed_in() -> VisitorState {
    VisitorState { is_signed_in: true, ..VisitorState::default() }
}

fn pending() -> VisitorState {
    VisitorState { is_pending: true, ..VisitorState::default() }
}

fn ended() -> VisitorState {
    VisitorState { signed_out: Some(SignOutReason::SessionIdle), ..VisitorState::default() }
}

/// A short text for a response: `-> target`, or the kind of the page with what matters in it.
fn text(page: SignInPage) -> String {
    match page {
        SignInPage::Redirect(target) => format!("-> {target}"),
        SignInPage::Form(form) => {
            let ended = if form.has_ended_session { " ended" } else { "" };
            let reason = form.reason.map(|reason| format!(" {}", reason.code())).unwrap_or_default();
            format!("{:?} {}{reason}{ended}", form.mode, form.back.as_str())
        }
        SignInPage::Problem(problem, back) => format!("{problem:?} {}", back.as_str()),
        SignInPage::SignedOut(reason, sign_in) => format!("{} {sign_in}", reason.code()),
    }
}

fn open(visitor: &VisitorState, path_and_query: &str, change: impl Fn(&mut SignInSettings<'_>)) -> String {
    let publishable_key = publishable_key();
    let mut settings = SignInSettings {
        public_origin: ORIGIN,
        publishable_key: &publishable_key,
        sign_in_url: "/sign-in",
        has_clerk_components: true,
        is_local_clerk: false,
    };
    change(&mut settings);
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    text(sign_in_page(visitor, &SignInQuery::parse(query), path, &settings))
}

#[test]
fn the_page_shows_clerks_form_in_the_mode_of_the_visit() {
    for (visitor, target, expected) in [
        (nobody(), "/sign-in", "SignIn /admin"),
        (nobody(), "/sign-in?redirect_url=%2Fadmin%2Fmembers", "SignIn /admin/members"),
        (nobody(), "/sign-in?redirect_url=https%3A%2F%2Fadmin.example.com%2Fadmin%2Faudit", "SignIn /admin/audit"),
        (nobody(), "/sign-in?redirect_url=https%3A%2F%2Fevil.example%2Fadmin", "SignIn /admin"),
        (nobody(), "/sign-in?redirect_url=%2F%2Fevil.example", "SignIn /admin"),
        (nobody(), "/sign-in/factor-one", "SignIn /admin"),
        (nobody(), "/sign-in?__clerk_ticket=t", "AnotherAccount /admin"),
        (nobody(), "/sign-in/reverify", "-> /sign-in?redirect_url=%2Fadmin"),
        (signed_in(), "/sign-in?redirect_url=%2Fadmin%2Fmembers", "-> /admin/members"),
        (signed_in(), "/sign-in?add_account=true", "AnotherAccount /admin"),
        (signed_in(), "/sign-in?__clerk_ticket=t", "AnotherAccount /admin"),
        (signed_in(), "/sign-in/factor-one", "AnotherAccount /admin"),
        (signed_in(), "/sign-in/tasks", "-> /admin"),
        (signed_in(), "/sign-in/reverify", "Verification /admin"),
        (pending(), "/sign-in", "-> /sign-in/tasks?redirect_url=%2Fadmin"),
        (pending(), "/sign-in/tasks/choose-organization", "Task /admin"),
        (pending(), "/sign-in/create/tasks/choose-organization", "Task /admin"),
        (pending(), "/sign-in/factor-one", "AnotherAccount /admin"),
        (ended(), "/sign-in", "SignIn /admin session_idle ended"),
        (nobody(), "/sign-in?signed_out=session_idle", "SignIn /admin session_idle"),
        (nobody(), "/sign-in?signed_out=nonsense", "SignIn /admin"),
    ] {
        assert_eq!(open(&visitor, target, |_| {}), expected, "{visitor:?} {target}");
    }
}

#[test]
fn without_clerks_components_sign_in_is_on_a_hosted_page() {
    let portal = "https://accounts.example.com";
    for (visitor, target, expected) in [
        (nobody(), format!("/sign-in?{TO_MEMBERS}"), format!("-> {portal}/sign-in?{BACK}")),
        (
            nobody(),
            format!("/sign-in?{TO_MEMBERS}&__clerk_ticket=a%26b&__clerk_status=sign_up"),
            format!("-> {portal}/sign-up?{BACK}&__clerk_ticket=a%26b&__clerk_status=sign_up"),
        ),
        (
            nobody(),
            format!("/sign-in?{TO_MEMBERS}&__clerk_ticket=t&__clerk_status=sign_in"),
            format!("-> {portal}/sign-in?{BACK}&__clerk_ticket=t&__clerk_status=sign_in"),
        ),
        (nobody(), format!("/sign-in?{TO_MEMBERS}&__clerk_status=sign_up"), format!("-> {portal}/sign-in?{BACK}")),
        (pending(), format!("/sign-in/tasks?{TO_MEMBERS}"), format!("-> {portal}/sign-in/tasks?{BACK}")),
        (ended(), format!("/sign-in?{TO_MEMBERS}"), format!("session_idle {portal}/sign-in?{BACK}")),
    ] {
        let page = open(&visitor, &target, |settings| settings.has_clerk_components = false);
        assert_eq!(page, expected, "{visitor:?} {target}");
    }
}

#[test]
fn a_configured_page_or_the_local_clerk_replaces_the_account_portal() {
    let there = "https://login.example.com/in";
    for (target, expected) in [
        (format!("/sign-in?{TO_MEMBERS}"), format!("-> {there}?{BACK}")),
        (
            format!("/sign-in?{TO_MEMBERS}&__clerk_ticket=t&__clerk_status=sign_up"),
            format!("-> {there}?{BACK}&__clerk_ticket=t&__clerk_status=sign_up"),
        ),
    ] {
        let page = open(&nobody(), &target, |settings| settings.sign_in_url = there);
        assert_eq!(page, expected, "{target}");
    }
    let local = |settings: &mut SignInSettings<'_>| {
        settings.is_local_clerk = true;
        settings.has_clerk_components = false;
    };
    for (visitor, path, expected) in [
        (nobody(), "/sign-in", "/__clerk/hosted/sign-in"),
        (pending(), "/sign-in/tasks", "/__clerk/hosted/sign-in/tasks"),
        (signed_in(), "/sign-in/reverify", "/__clerk/hosted/verify"),
    ] {
        let page = open(&visitor, &format!("{path}?{TO_MEMBERS}"), local);
        assert_eq!(page, format!("-> {ORIGIN}{expected}?{BACK}"), "{path}");
    }
}

#[test]
fn a_session_left_at_clerk_is_ended_before_the_next_sign_in() {
    let left = |left_session, visitor| VisitorState { left_session: Some(left_session), ..visitor };
    let unfinished = format!("-> {}", unfinished_page().as_str());
    for (visitor, target, is_redirected) in [
        (left(LeftSession::Known, nobody()), "/sign-in", true),
        (left(LeftSession::Known, pending()), "/sign-in/tasks", true),
        (left(LeftSession::Known, signed_in()), "/sign-in?add_account=true", false),
        (left(LeftSession::Unknown, signed_in()), "/sign-in?add_account=true", true),
        (left(LeftSession::Unknown, signed_in()), "/sign-in/reverify", false),
        (left(LeftSession::Unknown, nobody()), "/sign-in?__clerk_ticket=t", false),
    ] {
        let page = open(&visitor, target, |_| {});
        assert_eq!(page == unfinished, is_redirected, "{visitor:?} {target}: {page}");
    }
    assert_eq!(unfinished_page().as_str(), "/sign-out?unfinished=true");
}

#[test]
fn a_problem_that_clerks_script_cannot_fix_is_shown() {
    let with = |visitor| VisitorState { problem: Some(SignInProblem::Keys), ..visitor };
    let hosted = |settings: &mut SignInSettings<'_>| settings.has_clerk_components = false;
    assert_eq!(open(&with(nobody()), "/sign-in", |_| {}), "SignIn /admin");
    assert_eq!(open(&with(signed_in()), "/sign-in", |_| {}), "Keys /admin");
    assert_eq!(open(&with(nobody()), "/sign-in", hosted), "Keys /admin");
}
