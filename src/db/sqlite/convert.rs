//! Translates arguments, rows and errors between sqlx and SQLite.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, Statement};
use sqlx::Error;
use sqlx::any::{AnyArguments, AnyRow, AnyTypeInfo, AnyTypeInfoKind, AnyValue};
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx_core::HashMap;
use sqlx_core::any::{AnyColumn, AnyValueKind};
use sqlx_core::ext::ustr::UStr;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Binds the arguments by the numbers in the names of the parameters, `$1` and so on: SQLite itself
/// numbers them in the order in which they appear.
pub(super) fn bind(statement: &mut Statement<'_>, arguments: &AnyArguments) -> Result<(), Error> {
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        let argument = name.and_then(|number| arguments.values.0.get(number.checked_sub(1)?));
        let argument = argument.ok_or_else(|| Error::Protocol(format!("parameter {index} has no argument")))?;
        statement.raw_bind_parameter(index, value_of(argument)?).map_err(database_error)?;
    }
    Ok(())
}

fn value_of(argument: &AnyValueKind) -> Result<ToSqlOutput<'_>, Error> {
    let owned = |value: Value| Ok(ToSqlOutput::Owned(value));
    match argument {
        AnyValueKind::Null(_) => owned(Value::Null),
        AnyValueKind::Bool(value) => owned(Value::Integer(i64::from(*value))),
        AnyValueKind::SmallInt(value) => owned(Value::Integer(i64::from(*value))),
        AnyValueKind::Integer(value) => owned(Value::Integer(i64::from(*value))),
        AnyValueKind::BigInt(value) => owned(Value::Integer(*value)),
        AnyValueKind::Real(value) => owned(Value::Real(f64::from(*value))),
        AnyValueKind::Double(value) => owned(Value::Real(*value)),
        AnyValueKind::Text(text) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))),
        AnyValueKind::TextSlice(text) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))),
        AnyValueKind::Blob(bytes) => Ok(ToSqlOutput::Borrowed(ValueRef::Blob(bytes))),
        // The enum of sqlx may grow.
        other => Err(Error::Encode(format!("SQLite has no type for {other:?}").into())),
    }
}

/// The columns of a statement, which its rows share.
pub(super) struct Columns {
    names: Arc<HashMap<UStr, usize>>,
    columns: Vec<AnyColumn>,
}

impl Columns {
    pub(super) fn of(statement: &Statement<'_>) -> Self {
        // A value has its own type in SQLite, so a column has none.
        let type_info = AnyTypeInfo { kind: AnyTypeInfoKind::Null };
        let columns: Vec<_> = statement
            .column_names()
            .into_iter()
            .enumerate()
            .map(|(ordinal, name)| AnyColumn { ordinal, name: UStr::new(name), type_info: type_info.clone() })
            .collect();
        let names = columns.iter().map(|column| (column.name.clone(), column.ordinal)).collect();
        Self { names: Arc::new(names), columns }
    }

    pub(super) fn row(&self, row: &Row<'_>) -> Result<AnyRow, Error> {
        let values = (0..self.columns.len()).map(|index| {
            let kind = match row.get_ref(index).map_err(database_error)? {
                ValueRef::Null => AnyValueKind::Null(AnyTypeInfoKind::Null),
                ValueRef::Integer(value) => AnyValueKind::BigInt(value),
                ValueRef::Real(value) => AnyValueKind::Double(value),
                ValueRef::Text(bytes) => {
                    let text = str::from_utf8(bytes).map_err(|error| Error::Decode(error.into()))?;
                    AnyValueKind::Text(Arc::new(text.to_owned()))
                }
                ValueRef::Blob(bytes) => AnyValueKind::Blob(Arc::new(bytes.to_vec())),
            };
            Ok(AnyValue { kind })
        });
        let values = values.collect::<Result<_, Error>>()?;
        Ok(AnyRow { column_names: Arc::clone(&self.names), columns: self.columns.clone(), values })
    }
}

/// The error of sqlx for an error of SQLite.
pub(super) fn database_error(error: rusqlite::Error) -> Error {
    let (code, message) = if let rusqlite::Error::SqliteFailure(failure, message) = &error {
        (failure.extended_code, message.clone().unwrap_or_else(|| failure.to_string()))
    } else if let rusqlite::Error::SqlInputError { error, msg, .. } = &error {
        (error.extended_code, msg.clone())
    } else {
        return Error::Protocol(error.to_string());
    };
    Error::Database(Box::new(SqliteError { code, message }))
}

/// An error that SQLite reports.
#[derive(Debug)]
struct SqliteError {
    /// The extended result code (sqlite.org/rescode.html).
    code: i32,
    message: String,
}

impl fmt::Display for SqliteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(code: {}) {}", self.code, self.message)
    }
}

impl StdError for SqliteError {}

impl DatabaseError for SqliteError {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        match self.code {
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                ErrorKind::UniqueViolation
            }
            rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_NOTNULL => ErrorKind::NotNullViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_CHECK => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}
