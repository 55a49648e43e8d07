//! Invitations, into an organization or only into the application. They go out by e-mail with a link that is good once.

use crate::mailbox::Mail;
use crate::objects::organization as organization_object;
use crate::state::{State, User};
use crate::tickets::TicketError;
use crate::{Clerk, guard, identity, now_ms};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const MONTH_MS: i64 = 30 * 86_400_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) token: String,
    /// `None`: into the application only.
    pub(crate) organization: Option<String>,
    pub(crate) email: String,
    /// Without `org:`.
    pub(crate) role: String,
    pub(crate) inviter: Option<String>,
    /// Where the link leads instead of the sign-in page; on the application's origin.
    pub(crate) redirect_url: Option<String>,
    pub(crate) public_metadata: Value,
    pub(crate) status: InvitationStatus,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InvitationStatus {
    Pending,
    Accepted,
    Revoked,
    Expired,
}

impl InvitationStatus {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    pub(crate) email_address: String,
    pub(crate) role: String,
    pub(crate) inviter_user_id: Option<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) public_metadata: Option<Value>,
    /// Whether the mail goes out; absent is yes.
    pub(crate) notify: Option<bool>,
}

impl Invitation {
    pub(crate) fn status_now(&self) -> InvitationStatus {
        let old = self.status == InvitationStatus::Pending && self.expires_at() <= now_ms();
        if old { InvitationStatus::Expired } else { self.status }
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.status_now() == InvitationStatus::Pending
    }

    fn expires_at(&self) -> i64 {
        self.created_at + MONTH_MS
    }

    pub(crate) fn still_good(&self) -> Result<(), TicketError> {
        match self.status_now() {
            InvitationStatus::Pending => Ok(()),
            InvitationStatus::Accepted => {
                Err(TicketError("organization_invitation_already_accepted", "This invitation was accepted before."))
            }
            InvitationStatus::Revoked => {
                Err(TicketError("organization_invitation_revoked", "This invitation was revoked."))
            }
            InvitationStatus::Expired => Err(TicketError("ticket_expired_code", "This invitation has expired.")),
        }
    }

    fn new(organization: Option<&str>, role: String, wish: &Wish, redirect_url: Option<String>) -> Self {
        let now_ms = now_ms();
        let prefix = if organization.is_some() { "orginv" } else { "inv" };
        Self {
            id: format!("{prefix}_{}", identity::random_id()),
            token: identity::random_id(),
            organization: organization.map(str::to_owned),
            email: wish.email_address.trim().to_lowercase(),
            role,
            inviter: wish.inviter_user_id.clone(),
            redirect_url,
            public_metadata: wish.public_metadata.clone().filter(Value::is_object).unwrap_or_else(|| json!({})),
            status: InvitationStatus::Pending,
            created_at: now_ms,
            updated_at: now_ms,
        }
    }

    /// As all APIs and webhooks show it.
    pub(crate) fn object(&self, state: &State) -> Value {
        let organization = self.organization.as_deref().and_then(|id| state.organization(id));
        let inviter = self.inviter.as_deref().and_then(|id| state.user(id));
        let accepted = state.users.iter().find(|user| user.email == self.email).map(|user| &user.id);
        let mut object = json!({
            "object": "invitation", "id": self.id, "email_address": self.email, "status": self.status_now().word(),
            "public_metadata": self.public_metadata, "revoked": self.status == InvitationStatus::Revoked,
            "created_at": self.created_at, "updated_at": self.updated_at, "expires_at": self.expires_at(), "url": null,
        });
        if let Some(organization) = organization {
            let shown = organization_object(state, organization);
            object["object"] = "organization_invitation".into();
            object["role"] = format!("org:{}", self.role).into();
            object["role_name"] = state.roles.role(&self.role).map_or(self.role.as_str(), |role| &role.name).into();
            object["organization_id"] = organization.id.clone().into();
            object["inviter_id"] = json!(self.inviter);
            object["private_metadata"] = json!({});
            object["user_id"] = if self.status == InvitationStatus::Accepted { json!(accepted) } else { Value::Null };
            object["public_inviter_data"] = json!(inviter.map(crate::objects::public_user));
            object["public_organization_data"] = json!({
                "id": shown["id"], "name": shown["name"], "slug": shown["slug"], "image_url": "", "has_image": false,
            });
        }
        object
    }
}

/// Why somebody is not invited: status, Clerk's code, the field, and words for people.
pub(crate) struct NotInvited(StatusCode, &'static str, &'static str, String);

impl NotInvited {
    pub(crate) fn answer(&self) -> Response {
        let error = json!({
            "code": self.1, "message": self.3, "long_message": self.3,
            "meta": { "param_name": self.2, "email_addresses": [] },
        });
        crate::answer::errors(self.0, &[error])
    }
}

fn check(state: &State, organization: Option<&str>, wish: &Wish) -> Result<String, NotInvited> {
    let email = wish.email_address.trim().to_lowercase();
    let refused = |status, code, field, text: &str| Err(NotInvited(status, code, field, text.to_owned()));
    if !User::is_address(&email) {
        return refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "form_param_format_invalid",
            "email_address",
            "This is no e-mail address.",
        );
    }
    let role = wish.role.trim_start_matches("org:").to_owned();
    if organization.is_some() && state.roles.role(&role).is_none() {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "form_param_value_invalid", "role", "There is no such role.");
    }
    let member = state.users.iter().find(|user| user.email == email);
    if let (Some(member), Some(organization)) = (member, organization)
        && state.membership(organization, &member.id).is_some()
    {
        let text = format!("{email} is a member already.");
        return refused(StatusCode::BAD_REQUEST, "already_a_member_in_organization", "email_address", &text);
    }
    if member.is_some() && organization.is_none() {
        let text = format!("{email} has an account already.");
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "form_identifier_exists", "email_address", &text);
    }
    let same = |found: &Invitation| {
        found.email == email && found.organization.as_deref() == organization && found.is_pending()
    };
    if state.invitations.iter().any(same) {
        let text = format!("{email} is invited already.");
        return refused(StatusCode::BAD_REQUEST, "duplicate_record", "email_address", &text);
    }
    Ok(role)
}

impl Clerk {
    /// Invites all of them or nobody, and gives back the invitations as the APIs show them.
    pub(crate) fn invite(&self, organization: Option<&str>, wishes: &[Wish]) -> Result<Vec<Value>, NotInvited> {
        let mut made = Vec::new();
        let (mails, objects) = {
            let mut state = self.state();
            for wish in wishes {
                let role = check(&state, organization, wish)?;
                let page = self.page_of_link(wish.redirect_url.as_deref())?;
                let new = Invitation::new(organization, role, wish, page);
                if !made.iter().any(|(found, _): &(Invitation, bool)| found.email == new.email) {
                    made.push((new, wish.notify != Some(false)));
                }
            }
            state.invitations.extend(made.iter().map(|(invitation, _)| invitation.clone()));
            let mails: Vec<_> =
                made.iter().filter(|(_, notify)| *notify).map(|(new, _)| self.mail(&state, new)).collect();
            let object = |(new, _): &(Invitation, bool)| {
                self.webhooks.invitation(&state, new);
                let mut object = new.object(&state);
                object["url"] = self.link(&state, new).into();
                object
            };
            (mails, made.iter().map(object).collect())
        };
        mails.into_iter().for_each(|mail| self.send(mail));
        self.save();
        Ok(objects)
    }

    fn page_of_link(&self, wanted: Option<&str>) -> Result<Option<String>, NotInvited> {
        let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return Ok(None) };
        let refused = || {
            let text = "redirect_url must be on the application's origin.".to_owned();
            NotInvited(StatusCode::UNPROCESSABLE_ENTITY, "form_param_value_invalid", "redirect_url", text)
        };
        guard::way_back(self, wanted).ok_or_else(refused).map(Some)
    }

    fn link(&self, state: &State, invitation: &Invitation) -> String {
        let known = state.users.iter().any(|user| user.email == invitation.email);
        let status = if known { "sign_in" } else { "sign_up" };
        self.ticket_url(&invitation.token, Some(status), invitation.redirect_url.as_deref())
    }

    fn mail(&self, state: &State, invitation: &Invitation) -> Mail {
        let organization = invitation.organization.as_deref().and_then(|id| state.organization(id));
        let inviter = invitation.inviter.as_deref().and_then(|id| state.user(id)).map(User::name);
        let into = organization.map_or("this application", |organization| &organization.name);
        Mail::with_invitation(&invitation.email, inviter.as_deref(), into, &self.link(state, invitation))
    }
}
