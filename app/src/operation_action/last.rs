//! The last answer of an action, for a page that shows more of it than its success.

use super::OperationAction;
use leptos::prelude::GetValue as _;
use serde::de::DeserializeOwned;

impl OperationAction {
    /// The last answer that was no refusal, as the type that the operation answers with.
    pub(crate) fn last_answer<T: DeserializeOwned + Clone + 'static>(self) -> Option<T> {
        self.answer.get_value()?.read().ok()
    }
}
