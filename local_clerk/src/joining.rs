//! The end of an invitation: accepted, with a membership, or revoked.

use crate::invitations::{Invitation, InvitationStatus};
use crate::state::{Membership, State};
use crate::webhooks::Change;
use crate::{Clerk, now_ms, objects};
use serde_json::Value;

impl State {
    pub(crate) fn invitation(&self, organization: Option<&str>, id: &str) -> Option<&Invitation> {
        self.invitations.iter().find(|found| found.id == id && found.organization.as_deref() == organization)
    }

    /// Those of an organization or, without one, into the application; newest first, as the APIs show them.
    pub(crate) fn invitations_of(&self, organization: Option<&str>, status: Option<&str>) -> Vec<Value> {
        let is_meant = |found: &&Invitation| {
            found.organization.as_deref() == organization
                && status.is_none_or(|status| status.split(',').any(|word| word == found.status_now().word()))
        };
        self.invitations.iter().rev().filter(is_meant).map(|found| found.object(self)).collect()
    }

    /// Those into organizations that somebody may accept.
    pub(crate) fn invitations_to(&self, user: &str) -> impl Iterator<Item = &Invitation> {
        let email = self.user(user).map(|user| user.email.as_str());
        let own =
            self.invitations.iter().filter(move |found| Some(found.email.as_str()) == email && found.is_pending());
        own.filter(|found| found.organization.is_some())
    }

    /// Who joins an organization comes back to it at the next sign-in (Clerk behaviour).
    pub(crate) fn join(&mut self, member: Membership) {
        if let Some(user) = self.user_mut(&member.user) {
            user.last_organization = Some(member.organization.clone());
        }
        self.memberships.push(member);
    }

    /// Gives a pending invitation its end, once.
    fn end_invitation(&mut self, id: &str, status: InvitationStatus) -> Option<Invitation> {
        let found = self.invitations.iter_mut().find(|found| found.id == id && found.is_pending())?;
        (found.status, found.updated_at) = (status, now_ms().max(found.updated_at + 1));
        Some(found.clone())
    }
}

impl Clerk {
    /// Makes the invited person a member. `None`: the invitation is over, or it is somebody else's.
    pub(crate) fn accept(&self, invitation: &str, user: &str) -> Option<Invitation> {
        let accepted = {
            let mut state = self.state();
            let email = state.user(user)?.email.clone();
            state.invitations.iter().find(|found| found.id == invitation && found.email == email)?;
            let accepted = state.end_invitation(invitation, InvitationStatus::Accepted)?;
            if let Some(organization) = accepted.organization.clone() {
                self.add_member(&mut state, organization, user, &accepted.role);
            }
            self.webhooks.invitation(&state, &accepted);
            accepted
        };
        self.save();
        Some(accepted)
    }

    /// `None`: there is nothing to revoke.
    pub(crate) fn revoke_invitation(&self, id: &str) -> Option<Invitation> {
        let revoked = {
            let mut state = self.state();
            let revoked = state.end_invitation(id, InvitationStatus::Revoked)?;
            self.webhooks.invitation(&state, &revoked);
            revoked
        };
        self.save();
        Some(revoked)
    }

    /// Somebody who is a member already stays what they are.
    pub(crate) fn add_member(&self, state: &mut State, organization: String, user: &str, role: &str) {
        if state.membership(&organization, user).is_some() {
            return;
        }
        let now_ms = now_ms();
        let (user, role) = (user.to_owned(), role.to_owned());
        let member = Membership { organization, user, role, created_at: now_ms, updated_at: now_ms };
        let Some(object) = objects::membership(state, &member) else { return };
        state.join(member);
        self.webhooks.membership(&object, Change::Created);
    }
}
