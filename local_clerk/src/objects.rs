//! Things as Clerk's APIs and webhooks show them.

use crate::Clerk;
use crate::roles::{Permission, Role, Roles};
use crate::state::{Membership, Organization, Session, State, User};
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

pub(crate) fn email_id(user: &User) -> String {
    format!("idn_{}", user.id.trim_start_matches("user_"))
}

pub(crate) fn organization(state: &State, organization: &Organization) -> Value {
    let invited = state
        .invitations
        .iter()
        .filter(|found| found.organization.as_deref() == Some(&organization.id) && found.is_pending())
        .count();
    let members = state.memberships.iter().filter(|membership| membership.organization == organization.id).count();
    json!({
        "object": "organization", "id": organization.id, "name": organization.name, "slug": organization.slug, "image_url": "",
        "has_image": false, "members_count": members, "pending_invitations_count": invited, "max_allowed_memberships": 100,
        "admin_delete_enabled": false, "public_metadata": {}, "private_metadata": {}, "created_by": null,
        "created_at": organization.created_at, "updated_at": organization.updated_at,
    })
}

pub(crate) fn user(user: &User) -> Value {
    let email_id = email_id(user);
    let second = user.totp.is_some();
    json!({
        "object": "user", "id": user.id, "first_name": user.first_name, "last_name": user.last_name, "username": null, "image_url": "",
        "has_image": false, "primary_email_address_id": email_id, "primary_phone_number_id": null, "primary_web3_wallet_id": null,
        "password_enabled": user.can_use_password(), "two_factor_enabled": second, "totp_enabled": second, "backup_code_enabled": false,
        "banned": user.banned, "locked": user.locked, "lockout_expires_in_seconds": null, "verification_attempts_remaining": 100,
        "email_addresses": [{
            "object": "email_address", "id": email_id, "email_address": user.email, "reserved": false, "linked_to": [],
            "verification": { "object": "verification_otp", "status": "verified", "strategy": "email_code", "attempts": 1, "expire_at": null },
            "created_at": user.created_at, "updated_at": user.created_at,
        }],
        "phone_numbers": [], "web3_wallets": [], "passkeys": [], "external_accounts": [], "enterprise_accounts": [], "saml_accounts": [],
        "organization_memberships": [], "public_metadata": user.metadata.public, "private_metadata": user.metadata.private,
        "unsafe_metadata": user.metadata.unsafe_, "external_id": null,
        "delete_self_enabled": false, "create_organization_enabled": true, "last_sign_in_at": null, "last_active_at": null,
        "mfa_enabled_at": null, "mfa_disabled_at": null, "legal_accepted_at": null, "created_at": user.created_at, "updated_at": user.updated_at,
    })
}

pub(crate) fn public_user(user: &User) -> Value {
    json!({
        "user_id": user.id, "first_name": user.first_name, "last_name": user.last_name, "identifier": user.email, "image_url": "",
        "has_image": false,
    })
}

/// `None`: one of the two is gone.
pub(crate) fn membership(state: &State, membership: &Membership) -> Option<Value> {
    let member = state.user(&membership.user)?;
    let of = state.organization(&membership.organization)?;
    let permissions = state.roles.grants(&membership.role);
    let role_name = state.roles.role(&membership.role).map_or(&membership.role, |role| &role.name);
    let id = (member.id.trim_start_matches("user_"), of.id.trim_start_matches("org_"));
    Some(json!({
        "object": "organization_membership", "id": format!("orgmem_{}_{}", id.0, id.1), "role": format!("org:{}", membership.role),
        "role_name": role_name, "permissions": permissions, "public_metadata": {}, "private_metadata": {},
        "organization": organization(state, of), "public_user_data": public_user(member),
        "created_at": membership.created_at, "updated_at": membership.updated_at,
    }))
}

/// A session as the Backend API and webhooks show it.
pub(crate) fn session(session: &Session) -> Value {
    json!({
        "object": "session", "id": session.id, "client_id": session.client, "user_id": session.user, "status": session.status.word(),
        "last_active_organization_id": session.organization, "last_active_at": session.updated_at, "created_at": session.created_at,
        "updated_at": session.updated_at, "expire_at": session.expires_at(), "abandon_at": session.created_at + 30 * DAY_MS,
        "latest_activity": { "object": "session_activity", "id": "", "browser_name": session.browser, "device_type": "Linux", "is_mobile": false },
        "actor": session.actor, "tasks": session.status.tasks(),
    })
}

impl Clerk {
    /// A session as the browser that it belongs to sees it, with its user and a token.
    pub(crate) fn own_session(&self, state: &State, own: &Session, now_ms: i64) -> Value {
        let mut object = session(own);
        let Some(owner) = state.user(&own.user) else { return object };
        let memberships: Vec<_> =
            state.memberships_of(&owner.id).filter_map(|found| membership(state, found)).collect();
        let mut owner_object = user(owner);
        owner_object["organization_memberships"] = memberships.into();
        object["user"] = owner_object;
        object["public_user_data"] = public_user(owner);
        object["factor_verification_age"] = own.factor_ages(now_ms);
        object["last_active_token"] = json!({ "object": "token", "jwt": self.session_token(state, own, now_ms) });
        object
    }

    /// The browser, with the sessions that it has.
    pub(crate) fn client_object(&self, state: &State, client: &str, now_ms: i64) -> Value {
        let active = state.session_of_client(client);
        let sessions: Vec<_> =
            state.sessions_of_client(client).map(|session| self.own_session(state, session, now_ms)).collect();
        let at = active.map_or(now_ms, |session| session.updated_at);
        let sign_in = state.flows.sign_in(client).filter(|flow| flow.session.is_none());
        let sign_up = state.flows.sign_up(client).filter(|flow| flow.session.is_none());
        json!({
            "object": "client", "id": if client.is_empty() { "client_nobody" } else { client }, "sessions": sessions,
            "sign_in": sign_in.map(|flow| flow.object(state)), "sign_up": sign_up.map(crate::sign_up::SignUp::object),
            "last_active_session_id": active.map(|session| session.id.as_str()), "cookie_expires_at": null, "captcha_bypass": true,
            "last_authentication_strategy": null, "created_at": at, "updated_at": at,
        })
    }
}

pub(crate) fn permission(permission: &Permission) -> Value {
    json!({
        "object": "permission", "id": permission.id, "key": permission.key, "name": permission.name,
        "description": permission.description, "type": if permission.is_system() { "system" } else { "custom" },
        "created_at": permission.created_at, "updated_at": permission.updated_at,
    })
}

pub(crate) fn role(roles: &Roles, role: &Role) -> Value {
    let granted = roles.permissions.iter().filter(|found| role.permissions.contains(&found.id));
    json!({
        "object": "role", "id": role.id, "key": format!("org:{}", role.key), "name": role.name, "description": role.description,
        "is_creator_eligible": role.creator_eligible, "permissions": granted.map(permission).collect::<Vec<_>>(),
        "created_at": role.created_at, "updated_at": role.updated_at,
    })
}

/// What is left of a thing.
pub(crate) fn deleted(object: &str, id: &str) -> Value {
    json!({ "object": object, "id": id, "deleted": true })
}

pub(crate) fn verified(strategy: &str) -> Value {
    json!({ "object": format!("verification_{strategy}"), "status": "verified", "strategy": strategy, "attempts": 1, "expire_at": null })
}
