//! Emails, as webhooks show them.

use crate::model::mail::Mail;
use crate::model::user::User;
use serde_json::{Value, json};

/// `user`: the owner of the address.
pub(crate) fn email(mail: &Mail, user: Option<&User>) -> Value {
    json!({
        "object": "email", "id": mail.id, "slug": mail.slug, "from_email_name": "noreply",
        "to_email_address": mail.to, "email_address_id": user.map(User::email_id),
        "user_id": user.map(|user| &user.id), "subject": mail.subject, "body": null,
        "body_plain": mail.body, "status": "queued", "delivered_by_clerk": true,
        "data": { "otp_code": mail.code, "action_url": mail.link, "app": { "name": "Gatehouse" } },
        "created_at": mail.sent_at, "updated_at": mail.sent_at,
    })
}
