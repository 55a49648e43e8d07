//! Components that pages share, one piece a file.

pub(crate) mod action_button;
pub(crate) mod admin_frame;
pub(crate) mod audit_entry;
pub(crate) mod brand;
pub(crate) mod card_table;
pub(crate) mod confirm_dialog;
pub(crate) mod erased;
pub(crate) mod error_message;
mod failed_reads_notice;
pub(crate) mod field;
mod impersonation_notice;
pub(crate) mod loaded;
pub(crate) mod operation_form;
mod other_organization;
pub(crate) mod outcome;
pub(crate) mod outcome_notice;
pub(crate) mod pager;
mod person_badges;
pub(crate) mod person_cell;
pub(crate) mod person_head;
pub(crate) mod refusal_page;
pub(crate) mod role_grants;
pub(crate) mod role_select;
pub(crate) mod search_form;
mod step_up_dialog;
pub(crate) mod timestamp;
