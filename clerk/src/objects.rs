//! Clerk's objects, as its Backend API answers them and its webhooks tell of them, cut down to what is used here.
//!
//! Read leniently: unknown members do no harm, and an optional one of a wrong type counts as absent. Only what makes the object itself (its id,
//! what it belongs to, its age) must be there; without it there is no object. A blank name is no name.

use crate::ids::{OrganizationId, SessionId, UserId};
use serde_json::Value;

/// An object of Clerk.
pub trait ClerkObject: Sized {
    /// Reads it. `None`: it lacks what makes it one.
    fn read(data: &Value) -> Option<Self>;
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Clerk's id.
    pub id: UserId,
    /// First name, where given.
    pub first_name: Option<String>,
    /// Last name, where given.
    pub last_name: Option<String>,
    /// The primary email address, once its owner has proven it.
    pub email: Option<String>,
    /// Whether an administrator keeps them out.
    pub banned: bool,
    /// Whether they may not sign in, after too many wrong passwords for example.
    pub locked: bool,
    /// Unix milliseconds; `None` where nobody ever signed in.
    pub last_sign_in_at: Option<i64>,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Clerk's id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// That somebody belongs to an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Clerk's id: whoever leaves and comes back has a new one.
    pub id: String,
    /// The organization.
    pub organization: OrganizationId,
    /// The member.
    pub user: UserId,
    /// Role without the leading `org:`.
    pub role: String,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// An invitation to an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Clerk's id.
    pub id: String,
    /// The organization.
    pub organization: OrganizationId,
    /// Who is invited.
    pub email: String,
    /// Role without the leading `org:`.
    pub role: String,
    /// `pending`, or how it ended.
    pub status: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: Option<i64>,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// A role of the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Clerk's id.
    pub id: String,
    /// Key without the leading `org:`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Keys of the permissions that it grants.
    pub permissions: Vec<String>,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// A permission of the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Clerk's id.
    pub id: String,
    /// `org:<feature>:<permission>`
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Clerk's id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// `active` and `pending` run; every other word of Clerk's has ended, for good.
    pub status: String,
    /// Browser, device and city of the latest activity, as far as Clerk knows them.
    pub client: Vec<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: Option<i64>,
    /// Unix milliseconds.
    pub updated_at: i64,
}

impl ClerkObject for User {
    fn read(data: &Value) -> Option<Self> {
        let flag = |name: &str| data.get(name).and_then(Value::as_bool).unwrap_or_default();
        Some(Self {
            id: UserId::parse(&text(data, "id")?).ok()?,
            first_name: name(data, "first_name"),
            last_name: name(data, "last_name"),
            email: primary_email(data),
            banned: flag("banned"),
            locked: flag("locked"),
            last_sign_in_at: number(data, "last_sign_in_at"),
            updated_at: age(data)?,
        })
    }
}

/// An address counts once its owner has proven it: everybody can write anybody's into a sign-up form.
fn primary_email(data: &Value) -> Option<String> {
    let primary = data.get("primary_email_address_id")?;
    let addresses = data.get("email_addresses")?.as_array()?;
    let found = addresses.iter().find(|address| address.get("id") == Some(primary))?;
    let status = found.get("verification")?.get("status")?.as_str()?;
    if status == "verified" { text(found, "email_address") } else { None }
}

impl ClerkObject for Organization {
    fn read(data: &Value) -> Option<Self> {
        let id = OrganizationId::parse(&text(data, "id")?).ok()?;
        Some(Self { id, slug: name(data, "slug"), name: name(data, "name"), updated_at: age(data)? })
    }
}

impl ClerkObject for Membership {
    fn read(data: &Value) -> Option<Self> {
        Some(Self {
            id: key(data, "id")?,
            organization: OrganizationId::parse(&text(data.get("organization")?, "id")?).ok()?,
            user: UserId::parse(&text(data.get("public_user_data")?, "user_id")?).ok()?,
            role: role(data)?,
            updated_at: age(data)?,
        })
    }
}

impl ClerkObject for Invitation {
    fn read(data: &Value) -> Option<Self> {
        let updated_at = age(data)?;
        Some(Self {
            id: key(data, "id")?,
            organization: OrganizationId::parse(&text(data, "organization_id")?).ok()?,
            email: text(data, "email_address")?,
            role: role(data)?,
            status: text(data, "status")?,
            created_at: number(data, "created_at").unwrap_or(updated_at),
            expires_at: number(data, "expires_at"),
            updated_at,
        })
    }
}

impl ClerkObject for Role {
    fn read(data: &Value) -> Option<Self> {
        let role_key = without_org_prefix(&key(data, "key")?);
        // A role without the list could grant anything.
        let granted = data.get("permissions")?.as_array()?;
        // Whole objects; the role of a membership has the bare keys.
        let permission = |value: &Value| value.as_str().map(str::to_owned).or_else(|| text(value, "key"));
        Some(Self {
            id: key(data, "id")?,
            name: name(data, "name").unwrap_or_else(|| role_key.clone()),
            key: role_key,
            permissions: granted.iter().filter_map(permission).collect(),
            updated_at: age(data)?,
        })
    }
}

impl ClerkObject for Permission {
    fn read(data: &Value) -> Option<Self> {
        let permission_key = key(data, "key")?;
        Some(Self {
            id: key(data, "id")?,
            name: name(data, "name").unwrap_or_else(|| permission_key.clone()),
            key: permission_key,
            updated_at: age(data)?,
        })
    }
}

impl ClerkObject for Session {
    fn read(data: &Value) -> Option<Self> {
        let updated_at = age(data)?;
        Some(Self {
            id: SessionId::parse(&text(data, "id")?).ok()?,
            user: UserId::parse(&text(data, "user_id")?).ok()?,
            status: text(data, "status").unwrap_or_else(|| "active".to_owned()),
            client: client(data),
            created_at: number(data, "created_at").unwrap_or(updated_at),
            expires_at: number(data, "expire_at"),
            updated_at,
        })
    }
}

fn client(data: &Value) -> Vec<String> {
    let parts = ["browser_name", "device_type", "city"];
    data.get("latest_activity")
        .map(|activity| parts.iter().filter_map(|part| name(activity, part)).collect())
        .unwrap_or_default()
}

/// Clerk writes roles with a prefix in its APIs and without one in tokens.
#[must_use]
pub fn without_org_prefix(role: &str) -> String {
    role.trim_start_matches("org:").to_owned()
}

fn role(data: &Value) -> Option<String> {
    text(data, "role").map(|role| without_org_prefix(&role))
}

fn age(data: &Value) -> Option<i64> {
    number(data, "updated_at").or_else(|| number(data, "created_at"))
}

fn number(data: &Value, name: &str) -> Option<i64> {
    data.get(name).and_then(Value::as_i64)
}

/// An id or key of whatever kind: they all have one form, short enough for an index.
#[must_use]
pub fn key(data: &Value, name: &str) -> Option<String> {
    text(data, name).filter(|text| UserId::parse(text).is_ok())
}

fn text(data: &Value, name: &str) -> Option<String> {
    data.get(name)?.as_str().map(without_nul)
}

/// A text for people.
fn name(data: &Value, member: &str) -> Option<String> {
    text(data, member).filter(|text| !text.trim().is_empty())
}

/// PostgreSQL has no NUL in its texts.
#[must_use]
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
