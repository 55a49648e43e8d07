//! The door in front of `/api` and `/admin`: the declared policy of an operation, asked before a byte of its body is read.
//!
//! It is the second wall. The first is `Granted`, which pages and server functions need in any case; this one keeps unauthenticated bytes
//! away from every decoder, and a server function that nobody declared from answering at all.

use crate::start::App;
use crate::{answer, form_body};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use clerk::sign_in_urls::{ReturnTarget, SignInUrls};
use domain::form_result::ORGANIZATION;
use domain::local_path::LocalPath;
use domain::operation::{Declaration, OPERATIONS};
use domain::refusal::{FieldProblem, InvalidFields, Refusal};
use gatehouse::actor::Actor;
use gatehouse::gate::Visitor;
use http::{HeaderValue, Method, StatusCode, header};

pub(crate) async fn authorize(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(visitor) = request.extensions().get::<Visitor>() else {
        tracing::error!("no visitor: the layer `authenticate` is missing");
        return answer::refusal(&Refusal::Internal);
    };
    if let Some(name) = path.strip_prefix("/api/") {
        return match declaration(name) {
            None => answer::refusal(&Refusal::NotFound),
            Some(_) if request.method() != Method::POST => {
                (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, HeaderValue::from_static("POST"))]).into_response()
            }
            Some(declaration) => match visitor.authorize(declaration) {
                Err(refusal) => answer::refusal(&refusal),
                Ok(actor) => match from_its_page(request, &actor).await {
                    Ok(request) => next.run(request).await,
                    Err(refused) => refused,
                },
            },
        };
    }
    if is_signed_in_page(path) && visitor.session().is_none() {
        return to_sign_in(&app, &request, visitor);
    }
    next.run(request).await
}

/// Refuses a body that is not UTF-8, and notes for which organization the calling page was made. A call that names
/// none is for the active one. Whether it fits is asked where all of the policy is, after the input.
async fn from_its_page(request: Request, actor: &Actor) -> Result<Request, Response> {
    let (mut request, fields) = form_body::read(request).await?;
    if let Some(field) = fields.not_text() {
        let fields = InvalidFields::from([(field, FieldProblem::Invalid)]);
        return Err(answer::refusal(&Refusal::InvalidInput { fields }));
    }
    let active = actor.organization.as_str();
    let another = fields.pairs().find(|(name, organization)| name == ORGANIZATION && organization != active);
    if let (Some((_, another)), Some(visitor)) = (another, request.extensions_mut().get_mut::<Visitor>()) {
        *visitor = visitor.clone().with_page_organization(&another);
    }
    Ok(request)
}

/// Sends a signed-out person to sign in, and back to where they wanted to go. Who is signed in with something left to do goes to that first, and
/// whose session a rule has ended to the page that says so, wherever people sign in.
fn to_sign_in(app: &App, request: &Request, visitor: &Visitor) -> Response {
    let wanted = request.uri().path_and_query().and_then(|target| LocalPath::parse(target.as_str()));
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let wanted = if reads { wanted } else { None }.unwrap_or(LocalPath::ADMIN);
    if visitor.signed_out().is_some() {
        let page = LocalPath::sign_in(&wanted, visitor.signed_out());
        return answer::see_other(HeaderValue::from_str(page.as_str()).unwrap_or(HeaderValue::from_static("/sign-in")));
    }
    let at = format!("{}{}", app.public_origin.as_str(), wanted.as_str());
    let dev_browser = app.gate.dev_browser(request.headers());
    let pages = SignInUrls {
        publishable_key: &app.clerk.publishable_key,
        sign_in_url: Some(&app.clerk.sign_in_url),
        sign_up_url: None,
    };
    let sender =
        ReturnTarget { at: &at, return_to: &at, dev_browser: dev_browser.as_deref(), pending: visitor.is_pending() };
    match pages.sign_in(&sender).and_then(|url| HeaderValue::from_str(&url).ok()) {
        Some(location) => answer::see_other(location),
        None => answer::refusal(&Refusal::NOBODY),
    }
}

fn is_signed_in_page(path: &str) -> bool {
    path == "/admin" || path.starts_with("/admin/")
}

fn declaration(name: &str) -> Option<&'static Declaration> {
    OPERATIONS.iter().copied().find(|declaration| declaration.name == name)
}

/// Compares the declared operations with the server functions that are linked in.
///
/// # Errors
/// A server function without a declaration, a declaration without a server function, or one that answers to anything but POST.
pub fn check_operations() -> Result<(), String> {
    let linked: Vec<_> = server_fn::axum::server_fn_paths().collect();
    for (path, method) in &linked {
        let declared = path.strip_prefix("/api/").and_then(declaration).is_some();
        if !declared {
            return Err(format!("the server function at {path} has no declaration in src/operation.rs"));
        }
        if *method != Method::POST {
            return Err(format!("the server function at {path} answers {method}; operations answer POST only"));
        }
    }
    for Declaration { name, .. } in OPERATIONS {
        if !linked.iter().any(|(path, _)| path.strip_prefix("/api/") == Some(*name)) {
            return Err(format!(
                "the operation {name} is declared, but no server function has the endpoint /api/{name}"
            ));
        }
    }
    Ok(())
}
