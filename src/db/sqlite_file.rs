//! The SQLite file: creates it with mode 0600, or inspects it without leaving a trace.
//!
//! The file type is checked before anything is opened, and only a regular file is accepted: opening
//! a pipe blocks forever, and the mode of a device must not change.

use super::error::{AddressError, NAME_A_FILE, StoreError};
use super::migrations::Schema;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode};
use std::ffi::OsString;
use std::fs::FileType;
use std::io::ErrorKind::{NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem};
use std::path::{Path, PathBuf};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct SqliteFile {
    pub(super) path: PathBuf,
    /// Whether the file must exist already (`?mode=rw`).
    pub(super) must_exist: bool,
}

/// How an inspection reads the database.
#[derive(Debug)]
pub(super) enum Inspection {
    /// With this address for the driver.
    Open(String),
    /// Without opening it: the state is already known.
    Known(Schema),
}

/// Suffixes of the files that SQLite creates beside a database.
const COMPANION_SUFFIXES: [&str; 3] = ["-wal", "-shm", "-journal"];
const GRANT_WRITE_ACCESS: &str = "give the server's user write access, or name another file";

impl SqliteFile {
    /// Creates the file and its folder if they are missing, readable by the owner only: the
    /// database contains names, email addresses and sessions. Returns the address for the driver.
    ///
    /// # Errors
    /// The file cannot be created, read or written, or is not a regular file.
    pub(super) fn prepare(&self) -> Result<String, StoreError> {
        let failed = |error| failed(&self.path, &error);
        if !self.exists()? {
            create_private_folder(self.folder()).map_err(failed)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.read(true).append(true).create(!self.must_exist);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.path).map_err(failed)?;
        let path = self.path.canonicalize().map_err(failed)?;
        make_private(&path);
        COMPANION_SUFFIXES.iter().for_each(|suffix| make_private(&companion(&path, suffix)));
        Ok(format!("{}?mode=rw", address(&path)))
    }

    /// Decides how to read the database without a trace: no file is created or written, and no mode
    /// is tightened.
    ///
    /// # Errors
    /// As [`SqliteFile::prepare`].
    pub(super) fn inspection(&self) -> Result<Inspection, StoreError> {
        if !self.exists()? {
            let is_there = |folder: &&Path| folder.exists();
            self.folder().ancestors().map(or_current).find(is_there).map_or(Ok(()), check_writable)?;
            return Ok(Inspection::Known(Schema::Absent));
        }
        let path = self.path.canonicalize().map_err(|error| failed(&self.path, &error))?;
        check_writable(&path)?;
        path.parent().map_or(Ok(()), check_writable)?;
        // The write-ahead log holds pages that are not in the file yet. SQLite finds them through
        // the shared index of the writers, which a read-only connection cannot create.
        Ok(match (companion(&path, "-wal").exists(), companion(&path, "-shm").exists()) {
            (false, _) => Inspection::Open(format!("{}?mode=ro&immutable=1", address(&path))),
            (true, true) => {
                let uri = format!("file:{}?readonly_shm=1", escaped(&path));
                Inspection::Open(format!("sqlite://{}?mode=ro", percent_encode(uri.as_bytes(), ESCAPED)))
            }
            (true, false) => Inspection::Known(Schema::Unread),
        })
    }

    /// The path of the file without links; `None`: it does not exist.
    pub(super) fn existing(&self) -> Result<Option<PathBuf>, StoreError> {
        if !self.exists()? {
            return Ok(None);
        }
        self.path.canonicalize().map(Some).map_err(|error| failed(&self.path, &error))
    }

    /// Whether the file exists. It is an error if another kind of file is in its place or in its
    /// path.
    fn exists(&self) -> Result<bool, StoreError> {
        let found = file_type(&self.path)?;
        match found {
            None if self.must_exist => {
                return Err(unusable(&self.path, "is not there", "leave out mode=rw, and the server creates it"));
            }
            None => check_ancestors(self.folder())?,
            Some(kind) if kind.is_dir() => {
                return Err(AddressError { problem: "names a folder", remedy: NAME_A_FILE }.into());
            }
            Some(kind) if !kind.is_file() => {
                return Err(unusable(&self.path, &format!("is {}, not a file", kind_name(kind)), NAME_A_FILE));
            }
            Some(_) => {}
        }
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        for file in COMPANION_SUFFIXES.map(|suffix| companion(&path, suffix)) {
            if let Ok(kind) = file.symlink_metadata().map(|found| found.file_type())
                && !kind.is_file()
            {
                let what = format!("is {} where SQLite creates a file of its own", kind_name(kind));
                return Err(unusable(&file, &what, "remove it"));
            }
        }
        Ok(found.is_some())
    }

    fn folder(&self) -> &Path {
        self.path.parent().map_or(Path::new("."), or_current)
    }

    /// Explains why SQLite cannot open the file. Other errors stay unchanged.
    pub(super) fn explain_open_error(&self, error: StoreError) -> StoreError {
        let (StoreError::Unavailable(error) | StoreError::Internal(error)) = error else { return error };
        let code =
            error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok()).map(|code| code & 0xff);
        let what = match code {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => {
                "another process holds it; end that process, or wait for its end".to_owned()
            }
            Some(SQLITE_READONLY | SQLITE_CANTOPEN) => {
                "SQLite cannot write there; give the server's user write access to the file and its folder".to_owned()
            }
            Some(SQLITE_NOTADB | SQLITE_CORRUPT) => {
                "it is not an SQLite database, or it is damaged; name another file, or restore a backup".to_owned()
            }
            _ => error.to_string(),
        };
        StoreError::Place(format!("{}: {what}", self.path.display()))
    }
}

// Primary result codes of SQLite (sqlite.org/rescode.html), without the extended bits.
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_READONLY: u32 = 8;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

pub(super) fn address(path: &Path) -> String {
    format!("sqlite://{}", escaped(path))
}

fn escaped(path: &Path) -> PercentEncode<'_> {
    percent_encode(path.as_os_str().as_encoded_bytes(), ESCAPED)
}

fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Replaces an empty path with the current directory.
fn or_current(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

fn unusable(path: &Path, what: &str, remedy: &str) -> StoreError {
    StoreError::Place(format!("{} {what}: {remedy}", path.display()))
}

fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    let denied = [PermissionDenied, ReadOnlyFilesystem].contains(&error.kind());
    let remedy = if denied { GRANT_WRITE_ACCESS } else { "name a file that the server can write" };
    StoreError::Place(format!("{}: {error}; {remedy}", path.display()))
}

/// The type of the file, or of the target of a symbolic link; `None` if nothing exists there.
fn file_type(path: &Path) -> Result<Option<FileType>, StoreError> {
    let itself = match path.symlink_metadata() {
        Ok(found) => found.file_type(),
        Err(error) if [NotFound, NotADirectory].contains(&error.kind()) => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    match path.metadata() {
        Ok(found) => Ok(Some(found.file_type())),
        Err(error) if itself.is_symlink() && error.kind() != PermissionDenied => {
            let remedy = "create its target, or name a file";
            Err(unusable(path, "is a broken symbolic link", remedy))
        }
        Err(error) => Err(failed(path, &error)),
    }
}

/// Checks that the nearest existing ancestor is a folder, so the missing folders can be created.
fn check_ancestors(folder: &Path) -> Result<(), StoreError> {
    for ancestor in folder.ancestors().map(or_current) {
        if let Some(kind) = file_type(ancestor)? {
            let refused = || unusable(ancestor, "is not a folder", "name a file that the server can write");
            return if kind.is_dir() { Ok(()) } else { Err(refused()) };
        }
    }
    Ok(())
}

#[cfg(unix)]
fn kind_name(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_symlink() => "a link",
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn kind_name(_: FileType) -> &'static str {
    "something else"
}

/// `accessat` checks the permission without opening the file.
#[cfg(unix)]
fn check_writable(path: &Path) -> Result<(), StoreError> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS)
        .map_err(|_| unusable(path, "cannot be written", GRANT_WRITE_ACCESS))
}

#[cfg(not(unix))]
fn check_writable(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes the permissions of group and others from a regular file that exists already.
#[cfg(unix)]
fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(found) = path.symlink_metadata() else { return };
    let mode = found.permissions().mode();
    if found.is_file()
        && mode & 0o077 != 0
        && let Err(error) = std::fs::set_permissions(path, PermissionsExt::from_mode(mode & 0o700))
    {
        tracing::warn!(
            %error,
            path = %path.display(),
            "other users can read the database file, and its mode cannot be changed"
        );
    }
}

#[cfg(not(unix))]
fn make_private(_: &Path) {}
