//! The state of the instance. Time is `State::now_ms`, set when the state is locked.

pub(crate) mod attempt;
pub(crate) mod codes;
pub(crate) mod dev_browser;
pub(crate) mod invitation;
pub(crate) mod mail;
pub(crate) mod metadata;
pub(crate) mod organization;
pub(crate) mod refresh_token;
pub(crate) mod refused;
pub(crate) mod role;
pub(crate) mod seed;
pub(crate) mod session;
pub(crate) mod state;
pub(crate) mod storage;
pub(crate) mod ticket;
pub(crate) mod totp;
pub(crate) mod transient;
pub(crate) mod user;

pub(crate) use attempt::{Reverification, SignIn, SignInDetails, SignUp, SignUpDetails, StepParams};
pub(crate) use invitation::{Invitation, InvitationParams, InvitationStatus};
pub(crate) use mail::Mail;
pub(crate) use metadata::MetadataParams;
pub(crate) use organization::{Membership, Organization, OrganizationParams};
pub(crate) use refused::{Refused, Result, ensure};
pub(crate) use role::{Permission, Role, Roles};
pub(crate) use session::{Browser, Session, Status};
pub(crate) use state::{Event, Settings, State};
pub(crate) use ticket::{Ticket, TicketStatus};
pub(crate) use user::User;
