//! Clerk's objects in answers of the Backend API and in webhooks, with the members that servers use
//! most.
//!
//! Reading is lenient: unknown members are ignored, and an optional member of a wrong type counts
//! as absent. Only the id, the owner and the age of an object are required. A blank name is no
//! name. Texts contain no NUL, which PostgreSQL cannot store.

use crate::ids::{OrganizationId, SessionId, UserId};
use serde_json::Value;

/// An object of Clerk.
pub trait ClerkObject: Sized {
    /// Reads the object. `None`: a required member is missing.
    fn read(data: &Value) -> Option<Self>;
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Clerk's id.
    pub id: UserId,
    /// First name, where given.
    pub first_name: Option<String>,
    /// Last name, where given.
    pub last_name: Option<String>,
    /// The primary email address, once it is verified.
    pub email: Option<String>,
    /// Whether the user is banned.
    pub banned: bool,
    /// Whether the user is locked, after too many wrong passwords for example.
    pub locked: bool,
    /// The last sign-in, in Unix milliseconds. `None`: the user has never signed in.
    pub last_sign_in_at: Option<i64>,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Clerk's id.
    pub id: OrganizationId,
    /// Its name in URLs.
    pub slug: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// The membership of a user in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Clerk's id. A user who leaves and returns gets a new membership.
    pub id: String,
    /// The organization.
    pub organization: OrganizationId,
    /// The member.
    pub user: UserId,
    /// The role, without the leading `org:`.
    pub role: String,
    /// When the user joined, Unix milliseconds.
    pub created_at: Option<i64>,
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
    /// The invited email address.
    pub email: String,
    /// The role, without the leading `org:`.
    pub role: String,
    /// `pending`, `accepted`, `revoked` or `expired`.
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
    /// The key, without the leading `org:`.
    pub key: String,
    /// The display name.
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
    /// The key, as `org:<feature>:<permission>`.
    pub key: String,
    /// The display name.
    pub name: String,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Clerk's id.
    pub id: SessionId,
    /// The user.
    pub user: UserId,
    /// The status. `active` and `pending` sessions run; with every other status a session has ended
    /// for good.
    pub status: String,
    /// The browser, device type and city of the latest activity, as far as Clerk knows them.
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

/// An address counts only when it is verified, because anybody can enter any address at sign-up.
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
            created_at: number(data, "created_at"),
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
        // The list is required: without it a role could grant anything.
        let granted = data.get("permissions")?.as_array()?;
        // The list has objects, or only keys in the role of a membership.
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

/// A role without the leading `org:`. Clerk writes the prefix in its APIs, and leaves it out in
/// tokens.
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

/// An id or a key. All kinds have the same form, which is short enough for an index.
pub(crate) fn key(data: &Value, name: &str) -> Option<String> {
    text(data, name).filter(|text| UserId::parse(text).is_ok())
}

fn text(data: &Value, name: &str) -> Option<String> {
    data.get(name)?.as_str().map(without_nul)
}

/// A display text.
fn name(data: &Value, member: &str) -> Option<String> {
    text(data, member).filter(|text| !text.trim().is_empty())
}

/// A text without NUL, which PostgreSQL cannot store: U+FFFD replaces it.
#[must_use]
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
