//! The pages of a sign-up.

use super::layout::{code_field, email_field, links, page, problem, redirect_field};
use axum::response::Html;
use maud::html;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignUpForm {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) ticket: String,
    pub(super) redirect_url: String,
}

/// `invited`: the address of an invitation.
pub(super) fn details_page(form: &SignUpForm, invited: Option<&str>, error: Option<&str>) -> Html<String> {
    page(
        "Create an account",
        &html! {
            section .card {
                h1 { "Create an account" }
                @if let Some(email) = invited { p .muted { "You are invited as " strong { (email) } "." } }
                @else { p .muted { "A verification code is sent to your email address. Find it in the mailbox of this local Clerk." } }
                form method="post" action="/__clerk/hosted/sign-up" {
                    (redirect_field(&form.redirect_url))
                    label for="first" { "First name " span .muted { "(optional)" } }
                    input #first type="text" name="first_name" value=(form.first_name) autocomplete="given-name";
                    label for="last" { "Last name " span .muted { "(optional)" } }
                    input #last type="text" name="last_name" value=(form.last_name) autocomplete="family-name";
                    @if invited.is_some() { input type="hidden" name="ticket" value=(form.ticket); }
                    @else { (email_field(&form.email, error.is_some())) }
                    label for="password" { "Password " span .muted { "(at least 8 characters)" } }
                    input #password type="password" name="password" autocomplete="new-password" required
                        aria-invalid=[error.map(|_| "true")] aria-describedby="problem";
                    (problem(error))
                    button { "Continue" }
                }
                (links(&form.redirect_url, "sign-in", "I already have an account"))
            }
        },
    )
}

pub(super) fn code_page(email: &str, redirect_url: &str, error: Option<&str>) -> Html<String> {
    page(
        "Verify your email",
        &html! {
            section .card {
                h1 { "Verify your email" }
                p .muted {
                    "Enter the verification code sent to " strong { (email) } ". It is in the "
                    a href="/__clerk/hosted/mail" target="_blank" { "mailbox" } "."
                }
                form method="post" action="/__clerk/hosted/sign-up/code" {
                    (redirect_field(redirect_url))
                    (code_field("Verification code", error.is_some()))
                    (problem(error))
                    button { "Create account" }
                }
                (links(redirect_url, "sign-up", "Start over"))
            }
        },
    )
}

/// The attempt took too long, or belongs to another browser.
pub(super) fn expired_page() -> Html<String> {
    page(
        "Sign-up expired",
        &html! {
            section .card {
                h1 { "This sign-up has expired" }
                p { "Start over to create your account." }
                p .links {
                    a href="/__clerk/hosted/sign-up" { "Create an account" }
                    a href="/__clerk/hosted/sign-in" { "Sign in" }
                }
            }
        },
    )
}
