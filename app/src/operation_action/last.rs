//! The last call of an action.

use super::OperationAction;
use leptos::prelude::GetValue as _;
use serde::de::DeserializeOwned;

impl OperationAction {
    /// The last answer that was no refusal, as the type that the operation answers with.
    pub(crate) fn last_answer<T: DeserializeOwned + Clone + 'static>(self) -> Option<T> {
        self.answer.get_value()?.read().ok()
    }

    /// A field of the last input that was sent.
    pub(crate) fn last_input(self, field: &str) -> Option<String> {
        let fields = self.last.get_value()?.valid.ok()?;
        fields.into_iter().find(|(name, _)| name == field).map(|(_, value)| value)
    }
}
