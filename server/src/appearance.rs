//! `POST /appearance`: keeps the appearance that a person has chosen in a cookie, and the columns
//! of lists that they have hidden.
//!
//! It needs no session, because the choice belongs to the browser and not to the person. The cookie
//! names values of closed sets, so nobody learns anything from it.

use crate::answer;
use crate::app_state::AppState;
use crate::body;
use crate::chosen_appearance::chosen_appearance;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::appearance::{Appearance, Column};
use domain::local_path::LocalPath;
use http::{HeaderMap, HeaderValue, header};
use url::form_urlencoded;

/// The lifetime of the cookie in seconds: a year. Browsers keep none longer than 400 days.
const AGE_S: u32 = 31_536_000;

pub(crate) async fn submit(State(app): State<AppState>, headers: HeaderMap, form: Body) -> Response {
    let bytes = match body::read(form).await {
        Ok(bytes) => bytes,
        Err(status) => return status.into_response(),
    };
    let secure = if app.public_origin.is_https() { "; Secure" } else { "" };
    let chosen = chosen(chosen_appearance(&headers), &bytes);
    let cookie =
        format!("{}={}; Path=/; Max-Age={AGE_S}; HttpOnly; SameSite=Lax{secure}", Appearance::COOKIE, chosen.cookie());
    let page = values(&bytes, "page").next().and_then(|page| LocalPath::parse(&page));
    let back = page.unwrap_or_else(|| LocalPath::SETTINGS.with_query(&[("done", "appearance")]));
    let mut answer = answer::see_other(HeaderValue::from_str(back.as_str()).unwrap_or(HeaderValue::from_static("/")));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// The appearance after a form, which leaves the rest as it was. A list offers its columns, and
/// sends those that are shown.
fn chosen(before: Appearance, form: &[u8]) -> Appearance {
    let value = |name: &str, code: &'static str| values(form, name).next().unwrap_or_else(|| code.to_owned());
    let theme = value("theme", before.theme.code());
    let contrast = value("contrast", before.contrast.code());
    let density = value("density", before.density.code());
    let has = |name: &str, column: Column| values(form, name).any(|code| code == column.code());
    let offered = Column::ALL.into_iter().filter(|column| has("offered", *column));
    let hidden = offered.fold(before.hidden, |hidden, column| hidden.with(column, !has("column", column)));
    Appearance { hidden, ..Appearance::of(&theme, &contrast, &density) }
}

fn values(form: &[u8], wanted: &str) -> impl Iterator<Item = String> {
    form_urlencoded::parse(form).filter(move |(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_changes_what_it_offers_and_nothing_else() {
        let before = Appearance::parse("dark.more.compact.role");
        for (form, after) in [
            ("theme=light&contrast=system&density=compact", "light.system.compact.role"),
            ("offered=role&offered=sessions&column=role", "dark.more.compact.sessions"),
            ("offered=role&column=role", "dark.more.compact."),
            ("offered=shoe_size&column=sessions", "dark.more.compact.role"),
            ("", "dark.more.compact.role"),
        ] {
            assert_eq!(chosen(before, form.as_bytes()).cookie(), after, "{form}");
        }
    }
}
