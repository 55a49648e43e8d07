//! Components that pages share.

pub(crate) mod address;
pub(crate) mod frame;
pub(crate) mod form;
pub(crate) mod organization;
pub(crate) mod outcome;
pub(crate) mod pager;
pub(crate) mod person;
pub(crate) mod search;
pub(crate) mod step_up;
pub(crate) mod table;
pub(crate) mod when;
pub(crate) mod words;
