//! The confirmation of a dangerous change. The URL opens it, so it works without JavaScript: a link
//! leads to the same page with `confirm=<operation>`, and the page has the dialog with the form.
//! With JavaScript the same dialog is modal, and nothing is loaded.

use super::erased::{list, optional};
use super::field::TextField;
use super::operation_form::{OperationForm, Submit};
use super::outcome::{field_error, outcome_in_url};
use super::outcome_notice::{PostedNotice, RefusalNotice};
use crate::leptos_response::IS_SERVER;
use crate::operation_action::OperationAction;
use crate::page_url::PageUrl;
use domain::local_path::LocalPath;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// The optional field of an operation with the reason for the audit log.
const REASON: &str = "reason";

/// The script of Clerk's components puts a modal dialog aside while its own is open.
const ASIDE: &str = "data-aside";

/// The content of a confirmation.
#[derive(Clone, PartialEq)]
pub(crate) struct Question {
    /// The question, which names whom it concerns: "Remove Ada Lovelace?"
    pub(crate) title: String,
    /// The effect of the change.
    pub(crate) text: &'static str,
    /// The text of the button, a verb with its object: "Remove member".
    pub(crate) verb: &'static str,
    /// The input of the operation, without the reason.
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// The link that opens the confirmation of an action. It keeps the search and the place of the
/// page.
#[component]
pub(crate) fn ConfirmLink(
    /// The action.
    action: OperationAction,
    /// Id of the row, where the page has several.
    #[prop(optional, into)]
    id: Option<String>,
    /// CSS class.
    #[prop(default = "button button-danger button-small")]
    class: &'static str,
    /// Accessible name where the text alone is ambiguous; begins with the text.
    #[prop(optional, into)]
    label: Option<String>,
    /// The text.
    text: &'static str,
) -> impl IntoView {
    let location = use_location();
    let href = move || PageUrl::of(&location).with_confirmation(action.operation(), id.as_deref()).as_str().to_owned();
    // It takes the place of the page in the history, so "Back" never leads to a question that is
    // settled.
    view! {
        <a class=class href=href aria-label=label data-noscroll="" prop:replace=true>
            {text}
        </a>
    }
}

/// The confirmation of an action. A page has one for each dangerous operation.
#[component]
pub(crate) fn ConfirmDialog(
    /// The action.
    action: OperationAction,
    /// The question for the ids in the URL; `None` where they name nothing on the page.
    #[prop(into)]
    question: Callback<Vec<String>, Option<Question>>,
    /// The page to open once the change is done, where it is another page.
    #[prop(optional, into)]
    done_page: Option<LocalPath>,
    // example:begin bulk
    /// Whether "Cancel" leaves the rows selected. Without JavaScript the URL holds the selection.
    #[prop(optional)]
    keeps_selection: bool,
    // example:end bulk
    /// More of the form, between the text and the reason: whom the change is about, and fields that
    /// a person fills in.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let location = use_location();
    let url = Memo::new(move |_| PageUrl::of(&location));
    let asked = Memo::new(move |_| {
        let ids = url.read().confirming(action.operation())?;
        question.run(ids)
    });
    let closed = Signal::derive(move || url.read().without_confirmation());
    let submitted = StoredValue::new(None);
    let cancelled = closed;
    // example:begin bulk
    let selected = Signal::derive(move || url.read().with_selection());
    let cancelled = if keeps_selection { selected } else { cancelled };
    // example:end bulk
    leave_when_done(action, asked, submitted, done_page.clone().map_or(closed, Signal::stored));
    let operation = action.operation();
    view! {
        {left_notice(operation, asked)}
        <Modal operation asked closed submitted>
            {move || {
                let (done_page, more) = (done_page.clone(), children.clone());
                optional(asked.get().map(|asked| view! { <Content action asked closed cancelled done_page more /> }))
            }}
        </Modal>
    }
}

/// The refusal of a change whose row is gone, or belongs to the organization before. Nothing is
/// asked then, and the refusal stands in the page.
fn left_notice(operation: &'static str, asked: Memo<Option<Question>>) -> Option<AnyView> {
    let is_refused = move || matches!(outcome_in_url(operation).get().answer, Some(Err(_)));
    let is_left = untrack(|| asked.with(Option::is_none) && is_refused());
    optional(is_left.then(|| view! { <PostedNotice operation /> }))
}

/// The dialog around the form.
#[component]
fn Modal(
    operation: &'static str,
    asked: Memo<Option<Question>>,
    /// The page with the dialog closed.
    closed: Signal<LocalPath>,
    submitted: StoredValue<Option<Question>>,
    children: Children,
) -> impl IntoView {
    let (dialog, close) = (NodeRef::<html::Dialog>::new(), close_with(closed, asked));
    follow(dialog, asked);
    let on_close = move |_| {
        if dialog.get_untracked().is_some_and(|dialog| !dialog.has_attribute(ASIDE)) {
            close.run(());
        }
    };
    // The form covers the dialog, so only a click beside the dialog has it as its target.
    let on_click = move |event: MouseEvent| {
        if event.target() == event.current_target() {
            close.run(());
        }
    };
    let is_open = IS_SERVER && asked.with_untracked(Option::is_some);
    view! {
        <dialog
            class="dialog confirm"
            node_ref=dialog
            open=is_open
            on:close=on_close
            on:click=on_click
            on:submit=move |_| submitted.set_value(asked.get_untracked())
            aria-labelledby=format!("{operation}-title")
            aria-describedby=format!("{operation}-text")
        >
            {children()}
        </dialog>
    }
}

/// Returns a callback that closes an open confirmation.
fn close_with(closed: Signal<LocalPath>, asked: Memo<Option<Question>>) -> Callback<()> {
    let navigate = use_navigate();
    Callback::new(move |()| {
        if asked.with_untracked(Option::is_some) {
            navigate(closed.get_untracked().as_str(), in_place());
        }
    })
}

fn in_place() -> NavigateOptions {
    NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() }
}

/// Makes the dialog modal while there is a question. The server sends it open and not modal, and a
/// modal dialog cannot be made of an open one. The frame after the change has the form, which
/// gets the focus.
fn follow(dialog: NodeRef<html::Dialog>, asked: Memo<Option<Question>>) {
    Effect::new(move |_| {
        let is_asked = asked.with(Option::is_some);
        let Some(dialog) = dialog.get() else { return };
        // A page that is read again makes the dialog anew, which takes its attribute `open`.
        let is_modal = dialog.open() && dialog.matches(":modal").unwrap_or_default();
        if is_asked && !is_modal && !dialog.has_attribute(ASIDE) {
            request_animation_frame(move || {
                if asked.try_with_untracked(Option::is_some) == Some(true) {
                    dialog.set_open(false);
                    // Fails only for a dialog that is not in the page.
                    let _ = dialog.show_modal();
                }
            });
        } else if !is_asked {
            // Fails only for a name that is not valid.
            let _ = dialog.remove_attribute(ASIDE);
            if dialog.open() {
                dialog.close();
            }
        }
    });
}

/// Forgets the refusal of an earlier attempt when the dialog opens, and leaves the question once
/// the change is done, or its object is gone.
///
/// `submitted`: the question that was answered. A person may have opened the next one meanwhile.
fn leave_when_done(
    action: OperationAction,
    asked: Memo<Option<Question>>,
    submitted: StoredValue<Option<Question>>,
    target: Signal<LocalPath>,
) {
    Effect::new(move |was_asked: Option<bool>| {
        let is_asked = asked.with(Option::is_some);
        if was_asked == Some(false) && is_asked {
            action.clear();
        }
        is_asked
    });
    let navigate = use_navigate();
    Effect::new(move |seen: Option<usize>| {
        let version = action.version().get();
        let is_new = seen.is_some_and(|seen| seen != version);
        let is_settled = action.is_settled();
        let is_same = asked.with_untracked(|asked| asked.is_some() && submitted.with_value(|other| asked == other));
        if is_new && is_settled && is_same {
            navigate(target.get_untracked().as_str(), in_place());
        }
        version
    });
}

/// The form of the dialog.
#[component]
fn Content(
    action: OperationAction,
    asked: Question,
    closed: Signal<LocalPath>,
    /// The page that "Cancel" leads to.
    cancelled: Signal<LocalPath>,
    done_page: Option<LocalPath>,
    // Made here, because without a question there may be no router any more.
    more: Option<ChildrenFn>,
) -> impl IntoView {
    let Question { title, text, verb, fields } = asked;
    let operation = action.operation();
    let (title_id, text_id) = (format!("{operation}-title"), format!("{operation}-text"));
    let error = error_of(action, &fields);
    let fields = fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let has_reason = action.text_rule(REASON).is_some();
    let reason = has_reason.then(|| {
        let hint = "Optional. The audit log shows it.";
        view! { <TextField action name=REASON label="Reason" hint autofocus=true /> }
    });
    let done_page = done_page.unwrap_or_else(|| closed.get_untracked());
    let cancel = move || cancelled.get().as_str().to_owned();
    view! {
        <OperationForm action class="form confirm-form" done_page>
            <h2 id=title_id>{title}</h2>
            <p id=text_id class="muted">{text}</p>
            {list(fields)}
            {more.map(|more| more())}
            {optional(reason)}
            <p class="field-error" aria-live="polite">{error}</p>
            <RefusalNotice action />
            <div class="row">
                <Submit action class="button button-alarm">{verb}</Submit>
                <a class="button button-quiet" href=cancel autofocus=!has_reason data-noscroll="" prop:replace=true>
                    "Cancel"
                </a>
            </div>
        </OperationForm>
    }
}

/// The error of a field that the person does not see.
fn error_of(action: OperationAction, fields: &[(&'static str, String)]) -> impl Fn() -> Option<String> + use<> {
    let errors: Vec<_> = fields.iter().map(|(name, _)| field_error(action, name)).collect();
    move || errors.iter().find_map(|error| error.get())
}
