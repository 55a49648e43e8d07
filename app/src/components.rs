//! Components that pages share, one piece a file.

pub(crate) mod account;
pub(crate) mod action_button; // example:line users
pub(crate) mod activity; // example:line activity
pub(crate) mod admin_frame;
pub(crate) mod appearance_form;
pub(crate) mod audit_entry;
pub(crate) mod audit_filter_form;
mod avatar;
pub(crate) mod badge;
pub(crate) mod brand;
pub(crate) mod bulk_outcome; // example:line bulk
pub(crate) mod breadcrumb;
pub(crate) mod card_table;
mod changed_notice;
#[cfg(feature = "ssr")]
pub(crate) mod code_block;
pub(crate) mod column_menu;
mod command_palette;
pub(crate) mod confirm_dialog;
pub(crate) mod copy_button;
pub(crate) mod download_form;
mod download_notice;
pub(crate) mod empty_state;
pub(crate) mod erased;
pub(crate) mod error_message;
mod failed_reads_notice;
pub(crate) mod field;
mod header_context;
mod impersonation_notice;
pub(crate) mod loaded;
pub(crate) mod menu;
pub(crate) mod next_steps;
pub(crate) mod operation_form;
mod other_organization;
pub(crate) mod outcome;
pub(crate) mod outcome_notice;
pub(crate) mod pager;
mod person_badges;
pub(crate) mod person_cell;
pub(crate) mod person_head;
pub(crate) mod recent_activity;
pub(crate) mod refusal_page;
pub(crate) mod rename_form;
pub(crate) mod role_grants;
pub(crate) mod role_select;
pub(crate) mod search_form;
pub(crate) mod select_field;
pub(crate) mod selection; // example:line bulk
pub(crate) mod spark; // example:line activity
mod step_up_dialog;
pub(crate) mod timestamp;
mod toasts;
