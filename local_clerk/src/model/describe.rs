//! Makes the details of objects from the state.

use super::event::{Change, Event, InvitationDetails, MembershipDetails, OrganizationDetails, RoleDetails};
use super::organization::{Membership, Organization};
use super::{invitation::Invitation, role::Role, state::State, ticket::ticket_url};

impl State {
    pub(crate) fn organization_details(&self, organization: &Organization) -> OrganizationDetails {
        let is_of_it = |found: &Option<String>| found.as_deref() == Some(&organization.id);
        let pending =
            self.invitations.iter().filter(|found| is_of_it(&found.organization) && found.is_pending(self.now_ms));
        let members = self.memberships.iter().filter(|found| found.organization == organization.id);
        OrganizationDetails {
            organization: organization.clone(),
            members: members.count(),
            pending_invitations: pending.count(),
        }
    }

    /// `None`: the user or the organization does not exist.
    pub(crate) fn membership_details(&self, membership: &Membership) -> Option<MembershipDetails> {
        let user = self.user(&membership.user)?.clone();
        let organization = self.organization_details(self.organization(&membership.organization)?);
        let permissions = self.roles.permission_keys(&membership.role).into_iter().map(str::to_owned).collect();
        let role_name = self.role_name(&membership.role);
        Some(MembershipDetails { membership: membership.clone(), user, organization, role_name, permissions })
    }

    pub(crate) fn invitation_details(&self, invitation: &Invitation) -> InvitationDetails {
        let organization = invitation.organization.as_deref().and_then(|id| self.organization(id));
        let user = self.user_by_email(&invitation.email).map(|user| user.id.clone());
        let status = if user.is_some() { "sign_in" } else { "sign_up" };
        let (origin, page) = (&self.settings.public_origin, invitation.redirect_url.as_deref());
        InvitationDetails {
            invitation: invitation.clone(),
            status: invitation.status_at(self.now_ms),
            organization: organization.map(|found| self.organization_details(found)),
            role_name: self.role_name(&invitation.role),
            inviter: invitation.inviter.as_deref().and_then(|id| self.user(id)).cloned(),
            user,
            url: ticket_url(origin, &invitation.token, Some(status), page),
        }
    }

    pub(crate) fn role_details(&self, role: &Role) -> RoleDetails {
        let granted = self.roles.permissions.iter().filter(|found| role.permissions.contains(&found.id));
        RoleDetails { role: role.clone(), permissions: granted.cloned().collect() }
    }

    fn role_name(&self, key: &str) -> String {
        self.roles.role(key).map_or_else(|| key.to_owned(), |role| role.name.clone())
    }

    /// Events that tell of every object, as if it had just been created or updated.
    pub(crate) fn all_events(&self) -> Vec<Event> {
        let change = |created_at: i64, updated_at: i64| {
            if created_at == updated_at { Change::Created } else { Change::Updated }
        };
        let mut events = Vec::new();
        for found in &self.roles.permissions {
            events.push(Event::Permission(change(found.created_at, found.updated_at), found.clone()));
        }
        for found in &self.roles.roles {
            events.push(Event::Role(change(found.created_at, found.updated_at), self.role_details(found)));
        }
        for found in &self.organizations {
            events.push(Event::Organization(Change::Created, Box::new(self.organization_details(found))));
        }
        for found in &self.users {
            events.push(Event::User(change(found.created_at, found.updated_at), Box::new(found.clone())));
        }
        for details in self.memberships.iter().filter_map(|found| self.membership_details(found)) {
            let change = change(details.membership.created_at, details.membership.updated_at);
            events.push(Event::Membership(change, Box::new(details)));
        }
        events.extend(self.invitations.iter().map(|found| Event::Invitation(Box::new(self.invitation_details(found)))));
        events.extend(self.sessions.iter().map(|found| Event::Session(Box::new(found.clone()))));
        events
    }
}
