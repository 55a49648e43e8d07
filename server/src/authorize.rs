//! The authorization layer: checks the declared policy of an operation and the permission of a page
//! before a decoder reads the body.
//!
//! `Granted` protects the data: pages and server functions need it in any case. This layer is a
//! second check. It keeps the bytes of unauthenticated callers away from every decoder, and an
//! operation or a page that is not declared does not answer.

use crate::app_state::AppState;
use crate::{answer, form_body, sign_in};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::form_result::ORGANIZATION;
use domain::operation::{Declaration, OPERATIONS};
use domain::pages::Page;
use domain::refusal::{FieldProblem, InvalidFields, Refusal};
use gatehouse::actor::Actor;
use gatehouse::gate::Visitor;
use gatehouse::sign_in_redirect::sign_in_redirect;
use http::{HeaderValue, Method, StatusCode, header};

pub(crate) async fn authorize(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>().cloned() else {
        tracing::error!("no visitor: the layer `authenticate` is missing");
        return answer::refusal(&Refusal::Internal);
    };
    let path = request.uri().path();
    if let Some(name) = path.strip_prefix("/api/") {
        return operation(declared_operation(name), &visitor, request, next).await;
    }
    match Page::at(path) {
        Some(page) => open(page, &app, &visitor, request, next).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn operation(
    declaration: Option<&'static Declaration>,
    visitor: &Visitor,
    request: Request,
    next: Next,
) -> Response {
    let Some(declaration) = declaration else { return answer::refusal(&Refusal::NotFound) };
    if request.method() != Method::POST {
        let allow = [(header::ALLOW, HeaderValue::from_static("POST"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    match visitor.authorize(declaration) {
        Err(refusal) => answer::refusal(&refusal),
        Ok(actor) => match from_its_page(request, &actor).await {
            Ok(request) => next.run(request).await,
            Err(refused) => refused,
        },
    }
}

async fn open(page: Page, app: &AppState, visitor: &Visitor, mut request: Request, next: Next) -> Response {
    if page.definition().permission.is_some() {
        let names = visitor.header_names().await;
        request.extensions_mut().insert(names);
    }
    match visitor.may_open(page) {
        Ok(()) => next.run(request).await,
        Err(Refusal::Unauthenticated { .. }) => to_sign_in(app, &request, visitor),
        // The page renders the refusal in its frame, where the person can switch to another
        // organization. It cannot do so if its operations require less than the page does.
        Err(_) => refused_at_least(next.run(request).await),
    }
}

/// Replaces the content of a page that the visitor may not open.
fn refused_at_least(response: Response) -> Response {
    if response.status().is_success() { StatusCode::FORBIDDEN.into_response() } else { response }
}

/// Refuses a body that is not UTF-8, and records the organization for which the calling page was
/// rendered. A call that names none is for the active organization. `access` compares the two after
/// it has validated the input.
#[expect(clippy::result_large_err, reason = "the error is the answer to the request")]
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

/// Sends a signed-out visitor to sign-in.
fn to_sign_in(app: &AppState, request: &Request, visitor: &Visitor) -> Response {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let state = sign_in::state(app, visitor, request.headers());
    let url = sign_in_redirect(&state, request.method(), target, &sign_in::settings(app));
    match url.and_then(|url| HeaderValue::from_str(&url).ok()) {
        Some(location) => answer::see_other(location),
        None => answer::refusal(&Refusal::NOBODY),
    }
}

/// The declaration of an operation.
pub(crate) fn declared_operation(name: &str) -> Option<&'static Declaration> {
    OPERATIONS.iter().copied().find(|declaration| declaration.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_its_permission_shows_its_own_refusal_or_none_of_its_content() {
        for (status, expected) in [(200, 403), (204, 403), (303, 303), (401, 401), (403, 403), (404, 404), (503, 503)] {
            let response = StatusCode::from_u16(status).unwrap().into_response();
            assert_eq!(refused_at_least(response).status().as_u16(), expected, "{status}");
        }
    }
}
