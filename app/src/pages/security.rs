//! `/admin/security`: the state of the instance, and the policy of every operation. A document
//! without the application, so the wasm does not contain it.

use crate::api::ShowSecurity;
use crate::call_error::CallError;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::refusal_page::RefusalPage;
use crate::load::load;
use crate::texts::audit_labels::operation_label;
use domain::operation::{
    Declaration, Effect, FactView, HeaderView, OPERATIONS, OnOutage, ReportCountView, SecurityView,
};
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/security`.
#[component]
pub(crate) fn Security() -> impl IntoView {
    let security = load(|| (), |()| ShowSecurity {});
    view! {
        <Title text=Page::Security.definition().title />
        {loaded(move || async move {
            match security.await {
                Ok(found) => view! { <Content found /> }.into_any(),
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Content(found: SecurityView) -> impl IntoView {
    let SecurityView { facts, headers, score, reports } = found;
    view! {
        <div class="page-head">
            <h1>"Security"</h1>
            <p class="lead">
                "The state of this instance. Run "<code>"server check"</code>" for every check of the configuration."
            </p>
        </div>
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"State"</h2>
            <dl class="pairs">{list(facts.into_iter().map(fact))}</dl>
        </section>
        <section class="card" aria-labelledby="reports-title">
            <h2 id="reports-title">"Reports of browsers"</h2>
            {counted(reports)}
        </section>
        <section class="card" aria-labelledby="headers-title">
            <h2 id="headers-title">"Headers: "{score}" of 150 points"</h2>
            <p class="hint">"By the rules of the MDN HTTP Observatory, for a page with Clerk's components."</p>
            <dl class="pairs">{list(headers.into_iter().map(header))}</dl>
        </section>
        <section class="stack" aria-labelledby="policies-title">
            <h2 id="policies-title">"Policies"</h2>
            <Policies />
        </section>
    }
}

fn fact(fact: FactView) -> impl IntoView {
    let remedy = fact.remedy.map(|remedy| view! { <p class="field-error">{remedy}</p> });
    view! { <div><dt>{fact.label}</dt><dd>{fact.text}{optional(remedy)}</dd></div> }
}

fn header(header: HeaderView) -> impl IntoView {
    view! { <div><dt><code>{header.name}</code></dt><dd><code>{header.value}</code></dd></div> }
}

fn counted(reports: Vec<ReportCountView>) -> AnyView {
    if reports.is_empty() {
        return view! { <p class="muted">"None since this server has started."</p> }.into_any();
    }
    let items = reports.into_iter().map(|report| view! { <div><dt>{report.label}</dt><dd>{report.times}</dd></div> });
    view! { <dl class="pairs">{list(items)}</dl> }.into_any()
}

/// The policy of every operation, from the declarations that the server enforces.
#[component]
fn Policies() -> impl IntoView {
    let heads = ["Operation", "Effect", "Permission", "Reverification", "Rate limit"];
    let heads = heads.map(|head| view! { <th scope="col">{head}</th> });
    view! {
        <div class="table-region" role="region" aria-label="Table of policies" tabindex="0">
            <table class="table">
                <thead><tr>{list(heads)}</tr></thead>
                <tbody>{list(OPERATIONS.iter().map(|declaration| policy(declaration)))}</tbody>
            </table>
        </div>
    }
}

fn policy(declaration: &'static Declaration) -> impl IntoView {
    let effect = if declaration.effect == Effect::Change { "Change" } else { "Read" };
    let reverification = declaration
        .reverification
        .map_or_else(|| "None".to_owned(), |needed| format!("Within {} minutes", needed.within_minutes));
    let limit = declaration.rate_limit.map_or_else(
        || "None".to_owned(),
        |limit| {
            let outage = match limit.on_outage {
                OnOutage::Refuse => "refused during an outage",
                OnOutage::Allow => "allowed during an outage",
                OnOutage::Local => "counted by each server during an outage",
            };
            format!("{} in {} seconds, {outage}", limit.requests, limit.window_seconds)
        },
    );
    view! {
        <tr>
            <th scope="row">{operation_label(declaration.name)}</th>
            <td>{effect}</td>
            <td>
                <code>{declaration.permission.key()}</code>
                {declaration.entitlement.map(|needed| view! { " "<code>{needed.to_string()}</code> })}
            </td>
            <td>{reverification}</td>
            <td>{limit}</td>
        </tr>
    }
}
