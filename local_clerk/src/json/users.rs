//! Users and emails.

use crate::model::{Mail, State, User};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

pub(crate) fn user(user: &User) -> Value {
    let (email_id, second) = (user.email_id(), user.totp.is_some());
    json!({
        "object": "user", "id": user.id, "first_name": user.first_name, "last_name": user.last_name, "username": null,
        "image_url": "", "has_image": false, "primary_email_address_id": email_id, "primary_phone_number_id": null,
        "primary_web3_wallet_id": null, "password_enabled": user.has_password(), "two_factor_enabled": second,
        "totp_enabled": second, "backup_code_enabled": false, "banned": user.banned, "locked": user.locked,
        "lockout_expires_in_seconds": null, "verification_attempts_remaining": 100,
        "email_addresses": [email_address(user)], "phone_numbers": [], "web3_wallets": [], "passkeys": [],
        "external_accounts": [], "enterprise_accounts": [], "saml_accounts": [], "organization_memberships": [],
        "public_metadata": user.metadata.public, "private_metadata": user.metadata.private,
        "unsafe_metadata": user.metadata.unsafe_, "external_id": null, "delete_self_enabled": false,
        "create_organization_enabled": true, "last_sign_in_at": null, "last_active_at": null, "mfa_enabled_at": null,
        "mfa_disabled_at": null, "legal_accepted_at": null, "created_at": user.created_at,
        "updated_at": user.updated_at,
    })
}

fn email_address(user: &User) -> Value {
    json!({
        "object": "email_address", "id": user.email_id(), "email_address": user.email, "reserved": false,
        "linked_to": [], "created_at": user.created_at, "updated_at": user.created_at,
        "verification": {
            "object": "verification_otp", "status": "verified", "strategy": "email_code", "attempts": 1,
            "expire_at": null,
        },
    })
}

/// A user with the times of their last session.
pub(crate) fn user_with_activity(state: &State, found: &User) -> Value {
    let own = || state.sessions.iter().filter(|session| session.user == found.id);
    let mut object = user(found);
    object["last_active_at"] = json!(own().map(|session| session.updated_at).max());
    object["last_sign_in_at"] = json!(own().map(|session| session.created_at).max());
    object
}

/// The part of a user that other members of an organization see.
pub(crate) fn public_user(user: &User) -> Value {
    json!({
        "user_id": user.id, "first_name": user.first_name, "last_name": user.last_name, "identifier": user.email,
        "image_url": "", "has_image": false,
    })
}

/// The secret of an authenticator app, with its address for a QR code, or the fact that it is
/// verified. `application`: the name that the authenticator shows.
pub(crate) fn totp(id: &str, application: &str, secret: Option<(&str, &str)>, now_ms: i64) -> Value {
    let name = byte_serialize(application.as_bytes()).collect::<String>().replace('+', "%20");
    let uri = secret.map(|(secret, email)| {
        format!("otpauth://totp/{name}:{email}?secret={secret}&issuer={name}&algorithm=SHA1&digits=6&period=30")
    });
    json!({
        "object": "totp", "id": id, "secret": secret.map(|(secret, _)| secret), "uri": uri,
        "verified": secret.is_none(), "backup_codes": null, "created_at": now_ms, "updated_at": now_ms,
    })
}

/// `user`: the owner of the address.
pub(crate) fn email(mail: &Mail, user: Option<&User>, application: &str) -> Value {
    json!({
        "object": "email", "id": mail.id, "slug": mail.slug, "from_email_name": "noreply",
        "to_email_address": mail.to, "email_address_id": user.map(User::email_id),
        "user_id": user.map(|user| &user.id), "subject": mail.subject, "body": null, "body_plain": mail.body,
        "status": "queued", "delivered_by_clerk": true,
        "data": { "otp_code": mail.code, "action_url": mail.link, "app": { "name": application } },
        "created_at": mail.sent_at, "updated_at": mail.sent_at,
    })
}
