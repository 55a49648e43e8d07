//! After an answer to a form, the page reads again and the next submission is sent.

use crate::call_error::CallError;
use crate::page_reads::PageReads;
use crate::texts::refusals::gone_message;
use leptos::prelude::*;

/// The action of a form. `S` is a submission.
type OfForm<S> = Action<S, Result<(), CallError>>;

pub(super) fn revision_of<S: Send + Sync + 'static>(action: OfForm<S>) -> Memo<usize> {
    Memo::new(move |before: Option<&usize>| {
        let may_change = action.value().with(|answer| answer.as_ref().is_some_and(CallError::leaves_page_outdated));
        before.copied().unwrap_or_default() + usize::from(may_change)
    })
}

/// Whether the last answer leaves nothing to do: the change is done, or its object is gone.
pub(super) fn is_settled<S: Send + Sync + 'static>(action: OfForm<S>, operation: &str) -> bool {
    action.value().with_untracked(|answer| match answer {
        Some(Ok(())) => true,
        Some(Err(CallError(refusal))) => gone_message(operation, refusal).is_some(),
        None => false,
    })
}

/// The submissions that wait. One is sent after each answer that settles the one before. After any
/// other refusal nothing more is sent, because the person has to read first what was refused.
pub(super) fn waiting_for<S: Send + Sync + 'static>(action: OfForm<S>, operation: &'static str) -> StoredValue<Vec<S>> {
    let (waiting, reads) = (StoredValue::new(Vec::new()), use_context::<PageReads>());
    Effect::new(move |seen: Option<usize>| {
        let version = action.version().get();
        if let Some(reads) = reads.filter(|_| seen.is_some()) {
            reads.count_answer();
        }
        let is_settled = is_settled(action, operation);
        let mut sent = waiting.try_update_value(std::mem::take).unwrap_or_default();
        if is_settled && !sent.is_empty() {
            let next = sent.remove(0);
            waiting.set_value(sent);
            action.dispatch(next);
        }
        version
    });
    waiting
}
