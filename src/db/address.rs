//! Parses `DATABASE_URL`. This is the only parser, so the file whose mode is tightened is the file
//! that SQLite opens.
//!
//! An SQLite address is `sqlite:` or `sqlite://` and a path, relative to the working directory
//! unless it begins with `/`. `%` begins an escape as in every URL, and `?mode=rw` requires an
//! existing file. An address that could mean another file than the operator expects is refused.

pub(crate) use super::error::AddressError;
use super::error::{NAME_A_FILE, StoreError};
use super::sqlite_file::SqliteFile;
use percent_encoding::percent_decode_str;
use std::path::{Path, PathBuf};
use url::Url;

/// The location that an address names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// An SQLite file.
    Sqlite(SqliteFile),
    /// A PostgreSQL server. The address is not kept here, because it may contain a password.
    Postgres,
}

/// Checks the syntax of the address without opening anything.
pub(crate) fn check(address: &str) -> Result<(), AddressError> {
    Location::parse(address).map(|_| ())
}

impl Location {
    pub(super) fn parse(address: &str) -> Result<Self, AddressError> {
        if let Some(rest) = address.strip_prefix("sqlite:") {
            return SqliteFile::parse(rest.strip_prefix("//").unwrap_or(rest)).map(Self::Sqlite);
        }
        if !address.starts_with("postgres://") && !address.starts_with("postgresql://") {
            let remedy = "begin it with sqlite:// or postgres://";
            return Err(AddressError { problem: "names no supported database", remedy });
        }
        match Url::parse(address) {
            Ok(url) if url.fragment().is_none() => Ok(Self::Postgres),
            _ => Err(AddressError {
                problem: "is not a URL of PostgreSQL",
                remedy: "write it as postgres://user:password@host:5432/database, with special characters of the password percent-encoded",
            }),
        }
    }
}

impl SqliteFile {
    fn parse(text: &str) -> Result<Self, AddressError> {
        let (path, parameters) = text.split_once('?').unwrap_or((text, ""));
        if text.contains('#') {
            return Err(AddressError { problem: "has a # in it", remedy: "write # as %23 in the name of a file" });
        }
        if !is_escaped(path) {
            let remedy = "write % as %25 in the name of a file";
            return Err(AddressError { problem: "has a % without two hexadecimal digits after it", remedy });
        }
        // The configuration replaces bytes that are not UTF-8 with U+FFFD, so the real name is
        // unknown.
        let path = percent_decode_str(path).decode_utf8().ok().filter(|path| !path.contains(['\0', '\u{fffd}']));
        let Some(path) = path else {
            return Err(AddressError { problem: "names a file that is not UTF-8", remedy: NAME_A_FILE });
        };
        if path.is_empty() || path.contains(":memory:") {
            // Each connection of the pool would get its own in-memory database.
            return Err(AddressError { problem: "names no file", remedy: NAME_A_FILE });
        }
        if path.ends_with('/') || Path::new(&*path).file_name().is_none() {
            return Err(AddressError { problem: "names a folder", remedy: NAME_A_FILE });
        }
        let must_exist = match parameters {
            "" | "mode=rwc" => false,
            "mode=rw" => true,
            "mode=memory" => return Err(AddressError { problem: "names no file", remedy: NAME_A_FILE }),
            "mode=ro" => {
                return Err(AddressError {
                    problem: "opens the file read-only",
                    remedy: "leave out mode=ro: the server writes",
                });
            }
            _ => {
                let remedy = "use mode=rwc or mode=rw after the ?, or write ? as %3F in the name of a file";
                return Err(AddressError { problem: "has an unknown parameter", remedy });
            }
        };
        Ok(Self { path: PathBuf::from(&*path), must_exist })
    }
}

/// Explains why PostgreSQL refuses the connection. A temporary failure stays
/// [`StoreError::Unavailable`].
pub(super) fn explain_connect_error(error: sqlx::Error) -> StoreError {
    // PgBouncer reports it with the SQLSTATE of a lost connection (08P01), so the text decides.
    if error.as_database_error().is_some_and(|error| error.message().contains("unsupported startup parameter")) {
        let remedy = "for extra_float_digits set ignore_startup_parameters = extra_float_digits in pgbouncer.ini, \
             and remove other parameters from DATABASE_URL";
        return StoreError::Place(format!(
            "the pooler in front of PostgreSQL refuses a startup parameter: {error}; {remedy}"
        ));
    }
    StoreError::from(error).map_permanent(|error| StoreError::Place(error.to_string()))
}

fn is_escaped(text: &str) -> bool {
    let digits = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    text.split('%').skip(1).all(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(address: &str) -> Result<String, &'static str> {
        match Location::parse(address) {
            Ok(Location::Sqlite(file)) => Ok(file.path.display().to_string()),
            Ok(Location::Postgres) => Ok("postgres".to_owned()),
            Err(error) => Err(error.problem),
        }
    }

    #[test]
    fn a_database_url_names_one_file() {
        for (address, file) in [
            ("sqlite://data/app.db", "data/app.db"),
            ("sqlite:data/app.db", "data/app.db"),
            ("sqlite:///var/lib/g.db", "/var/lib/g.db"),
            ("sqlite:/var/lib/g.db", "/var/lib/g.db"),
            ("sqlite:////var/lib/g.db", "//var/lib/g.db"),
            ("sqlite://data/a%20b/g.db", "data/a b/g.db"),
            ("sqlite://data/a b/g.db", "data/a b/g.db"),
            ("sqlite://data/100%25/g.db", "data/100%/g.db"),
            ("sqlite://data/a%2520b/g.db", "data/a%20b/g.db"),
            ("sqlite://data/%23%3F.db", "data/#?.db"),
            ("sqlite://../elsewhere/./g.db", "../elsewhere/./g.db"),
            ("sqlite://größe.db?mode=rwc", "größe.db"),
            ("sqlite://gr%C3%B6%C3%9Fe.db?mode=rw", "größe.db"),
            ("sqlite://file:g.db", "file:g.db"),
        ] {
            assert_eq!(path(address), Ok(file.to_owned()), "{address}");
        }
    }

    #[test]
    fn an_ambiguous_database_url_is_refused_with_the_remedy() {
        for (address, what) in [
            ("sqlite:", "names no file"),
            ("sqlite://", "names no file"),
            ("sqlite::memory:", "names no file"),
            ("sqlite://:memory:", "names no file"),
            ("sqlite://file::memory:?cache=shared", "names no file"),
            ("sqlite://?mode=memory", "names no file"),
            ("sqlite://g.db?mode=memory", "names no file"),
            ("sqlite://g.db?mode=ro", "opens the file read-only"),
            ("sqlite://g.db?cache=shared", "has an unknown parameter"),
            ("sqlite://what?.db", "has an unknown parameter"),
            ("sqlite://a#b.db", "has a # in it"),
            ("sqlite://100%/g.db", "has a % without two hexadecimal digits after it"),
            ("sqlite://g.db%", "has a % without two hexadecimal digits after it"),
            ("sqlite://%zz.db", "has a % without two hexadecimal digits after it"),
            ("sqlite://%FF.db", "names a file that is not UTF-8"),
            ("sqlite://gr\u{fffd}.db", "names a file that is not UTF-8"),
            ("sqlite://a%00b.db", "names a file that is not UTF-8"),
            ("sqlite://data/", "names a folder"),
            ("sqlite://data/..", "names a folder"),
            ("sqlite://.", "names a folder"),
            ("sqlite3://g.db", "names no supported database"),
            ("mysql://localhost/x", "names no supported database"),
            ("data/g.db", "names no supported database"),
            ("", "names no supported database"),
            ("postgres://app:a#b@localhost/x", "is not a URL of PostgreSQL"),
            ("postgres://app:a/b@localhost:x/x", "is not a URL of PostgreSQL"),
        ] {
            assert_eq!(path(address), Err(what), "{address}");
        }
        assert_eq!(path("postgresql://app:opensesame@localhost:5432/app?sslmode=require"), Ok("postgres".to_owned()));
    }
}
