//! Coming in by a link: a one-time sign-in, an impersonation, or an invitation to somebody who has an account.

use super::{refused, sign_ins};
use crate::arrivals::Arrival;
use crate::flows::SignIn;
use crate::hosted::browser;
use crate::tickets::{Refusal, Way};
use crate::{Clerk, answer, now_ms};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// A sign-in link and an impersonation are proof enough; an invitation proves the address only, which is the first factor.
pub(super) fn sign_in(clerk: &Clerk, headers: &HeaderMap, client: &str, token: &str) -> Response {
    let way = clerk.state().way(token);
    let (user, invitation) = match way {
        Err(error) => return error.answer(),
        Ok(Way::Ticket(ticket)) => (ticket.user, None),
        Ok(Way::Invitation(invitation)) => {
            let state = clerk.state();
            let Some(user) = state.users.iter().find(|user| user.email == invitation.email) else {
                let text = "Nobody has an account with this address yet: sign up with the link.";
                return answer::error(StatusCode::UNPROCESSABLE_ENTITY, "invitation_account_not_exists", text);
            };
            (user.id.clone(), Some(invitation.id))
        }
    };
    let email = clerk.state().user(&user).map(|user| user.email.clone()).unwrap_or_default();
    let flow = clerk.state().flows.begin_sign_in(client, &email, now_ms());
    let flow = SignIn { first: "ticket".to_owned(), invitation, ..flow };
    if flow.invitation.is_some() {
        return sign_ins::proved(clerk, headers, flow, &user);
    }
    match clerk.take_ticket(token) {
        Err(Refusal::Ticket(error)) => error.answer(),
        Err(Refusal::Person(error)) => refused(error),
        Ok(ticket) => {
            let arrival = Arrival {
                user: ticket.user,
                client: client.to_owned(),
                browser: browser(headers).to_owned(),
                second: false,
                actor: ticket.actor,
                lasts_s: ticket.session_lasts_s,
            };
            sign_ins::arrived(clerk, &flow, &arrival)
        }
    }
}
