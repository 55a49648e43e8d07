//! The audit log as a file: CSV (RFC 4180) or JSON Lines, UTF-8.
//!
//! A spreadsheet runs a cell that begins like a formula, and people choose their names, so such a
//! cell gets an apostrophe in front (OWASP, CSV Injection).

use super::{File, unfold};
use axum::body::Bytes;
use domain::calendar::rfc3339;
use domain::operation::ExportAudit;
use futures_util::stream::Stream;
use gatehouse::access::Granted;
use gatehouse::store::StoreError;
use gatehouse::store::audit_export::{self, AuditExport, COLUMNS, Exported, ExportedEntry};
use serde_json::{Map, Value, json};

/// How an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    JsonLines,
}

/// The file, and its parts in order.
pub(super) async fn parts(
    grant: &Granted<ExportAudit>,
) -> Result<(File, impl Stream<Item = Result<Bytes, StoreError>> + Send + use<>), StoreError> {
    let format = if grant.input().is_json_lines() { Format::JsonLines } else { Format::Csv };
    let export = audit_export::begin(grant).await?;
    let day: String = rfc3339(grant.now_ms()).chars().take(10).collect();
    let file = match format {
        Format::Csv => {
            File { name: format!("audit-log-{day}.csv"), content_type: "text/csv; charset=utf-8; header=present" }
        }
        Format::JsonLines => File { name: format!("audit-log-{day}.jsonl"), content_type: "application/jsonl" },
    };
    let state = Some((export, format.head()));
    Ok((file, unfold(state, move |state| next(state, format))))
}

type State = Option<(AuditExport, String)>;

/// The next part, after what is written before it.
async fn next(state: State, format: Format) -> Result<Option<(Bytes, State)>, StoreError> {
    let Some((mut export, mut text)) = state else { return Ok(None) };
    let state = match export.next().await? {
        Exported::Entries(entries) => {
            entries.iter().for_each(|entry| text.push_str(&format.line(entry)));
            Some((export, String::new()))
        }
        Exported::Cut(last_ms) => {
            text.push_str(&format.cut(last_ms));
            None
        }
        Exported::End => None,
    };
    Ok(Some((Bytes::from(text), state)))
}

impl Format {
    fn head(self) -> String {
        match self {
            Self::Csv => record(COLUMNS),
            Self::JsonLines => String::new(),
        }
    }

    fn line(self, entry: &ExportedEntry) -> String {
        match self {
            Self::Csv => record(entry.values.iter().map(String::as_str)),
            Self::JsonLines => {
                let pairs = COLUMNS.into_iter().zip(&entry.values);
                let object: Map<_, _> =
                    pairs.map(|(name, value)| (name.to_owned(), Value::from(value.as_str()))).collect();
                format!("{}\n", Value::Object(object))
            }
        }
    }

    /// The last line of an export that has reached its limit.
    fn cut(self, last_ms: i64) -> String {
        let text = format!("The export is cut. Export the entries before {} separately.", rfc3339(last_ms));
        match self {
            Self::Csv => record([text.as_str()].into_iter().chain(std::iter::repeat_n("", COLUMNS.len() - 1))),
            Self::JsonLines => format!("{}\n", json!({ "cut": text })),
        }
    }
}

/// One record of CSV. Every cell is quoted.
fn record<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<_> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    // The wide forms are formulas in some spreadsheets, too.
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        for (text, expected) in [
            ("", "\"\""),
            ("Ada", "\"Ada\""),
            ("a \"b\", c\r\nd", "\"a \"\"b\"\", c\r\nd\""),
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "\"'＝1\""),
            ("a=1", "\"a=1\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn each_format_has_every_column_and_says_when_it_is_cut() {
        let entry = ExportedEntry { at_ms: 0, values: COLUMNS.map(|column| format!("={column}")) };
        assert_eq!(Format::Csv.line(&entry).matches("\"'=").count(), COLUMNS.len());
        assert!(Format::Csv.line(&entry).ends_with("\"'=entry_id\"\r\n"));
        let line: Value = serde_json::from_str(&Format::JsonLines.line(&entry)).unwrap();
        assert_eq!((line["time"].as_str(), line.as_object().map(Map::len)), (Some("=time"), Some(COLUMNS.len())));
        for format in [Format::Csv, Format::JsonLines] {
            let cut = format.cut(0);
            assert!(cut.contains("before 1970-01-01T00:00:00.000Z") && cut.ends_with('\n'), "{cut}");
        }
    }
}
