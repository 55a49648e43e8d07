//! The hosted pages as HTML. Their templates are in `pages/`; a handler gives the values.

use crate::{http::answer::status, model::Refused, server::Clerk};
use axum::response::{Html, IntoResponse, Response};
use axum::{http::StatusCode, http::header};
use minijinja::value::{Serde, Value as TemplateValue};
use minijinja::{Environment, Error, Output, State, UndefinedBehavior};
use serde_json::{Value, json};
use std::{fmt::Write, sync::LazyLock};

macro_rules! templates {
    ($($name:literal)*) => { [$(($name, include_str!(concat!("pages/", $name)))),*] };
}

const TEMPLATES: [(&str, &str); 12] = templates![
    "layout.html" "parts.html" "mail.html" "organization.html" "sign_in.html" "sign_up.html" "sign_up_code.html"
    "sign_up_expired.html" "ticket.html" "ticket_refused.html" "tools.html" "verify.html"
];

static PAGES: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    // A value that a handler forgot is an error, and not an empty text.
    pages.set_undefined_behavior(UndefinedBehavior::Strict);
    pages.set_formatter(write_escaped);
    pages.add_filter("redirect_query", |redirect_url: &str| redirect_query(redirect_url));
    TEMPLATES.into_iter().try_for_each(|(name, source)| pages.add_template(name, source))?;
    Ok(pages)
});

/// Renders a template. `name`: without `.html`.
pub(super) fn page(name: &str, values: Value) -> Response {
    let rendered = PAGES.as_ref().map_err(ToString::to_string).and_then(|pages| {
        let template = pages.get_template(&format!("{name}.html"));
        template.and_then(|template| template.render(Serde(values))).map_err(|error| error.to_string())
    });
    match rendered {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(name, error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Renders a page with a form. A refusal of what was submitted is its error, and gives the status.
pub(super) fn form_page(name: &str, mut values: Value, refused: Option<&Refused>) -> Response {
    values["error"] = json!(refused.map(|refused| &refused.message));
    let mut response = page(name, values);
    if let Some(refused) = refused {
        *response.status_mut() = status(refused);
    }
    response
}

/// Escapes a value. Bidirectional control characters (Unicode property `Bidi_Control`) are removed,
/// because a name with one could reverse the text beside it.
fn write_escaped(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &TemplateValue) -> Result<(), Error> {
    let text = value.to_string();
    if value.is_safe() {
        return Ok(out.write_str(&text)?);
    }
    for character in text.chars() {
        match character {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ => out.write_char(character)?,
        }
    }
    Ok(())
}

/// The query with the page to return to.
pub(super) fn redirect_query(redirect_url: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_url", redirect_url).finish()
}

pub(super) async fn style(clerk: Clerk) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, format!("{}{}", include_str!("pages/style.css"), clerk.options.style))
}
