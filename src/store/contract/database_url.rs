//! `DATABASE_URL` names exactly the file that is used, and only its owner can read it.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

/// The names of all files and folders below.
fn below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            found.insert(path.strip_prefix(folder).unwrap().display().to_string());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

#[cfg(unix)]
fn assert_private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for name in below(folder) {
        let mode = folder.join(&name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
}

async fn open(folder: &Path, file: &str) -> Result<Database, StoreError> {
    crate::store::open(&format!("sqlite://{}/{file}", folder.display()).into()).await
}

async fn use_it(store: &Database) {
    organizations::rename(&grant(store, "org_a", RenameOrganization::to("A"))).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn percent_escapes_are_decoded_once_for_new_and_existing_folders() {
    for (address, path) in [
        ("a%20b/g.db", "a b/g.db"),
        ("a b/g.db", "a b/g.db"),
        ("100%25/g.db", "100%/g.db"),
        ("a%2520b/g.db", "a%20b/g.db"),
        ("what%3F/%23.db", "what?/#.db"),
        ("größe/Ж.db?mode=rwc", "größe/Ж.db"),
        ("x/../y/g.db", "y/g.db"),
        ("nested/very/deep/g.db", "nested/very/deep/g.db"),
    ] {
        for folder_is_there in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let parent = Path::new(path).parent().unwrap();
            if folder_is_there || path.starts_with('y') {
                use std::os::unix::fs::DirBuilderExt;
                let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.path().join(parent));
                made.unwrap();
            }
            use_it(&open(folder.path(), address).await.unwrap()).await;
            let mut expected = BTreeSet::new();
            for ancestor in parent.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty()) {
                expected.insert(ancestor.display().to_string());
            }
            if address.starts_with("x/") {
                expected.insert("x".to_owned());
            }
            expected.extend(["", "-wal", "-shm"].map(|suffix| format!("{path}{suffix}")));
            let found = below(folder.path());
            assert!(found.is_subset(&expected) && found.contains(path), "{address}: {found:?}");
            assert_private(folder.path());
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_readable_database_file_is_made_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("g.db");
    drop(open(folder.path(), "g.db").await.unwrap());
    for name in below(folder.path()) {
        std::fs::set_permissions(folder.path().join(name), PermissionsExt::from_mode(0o644)).unwrap();
    }
    // Also through a symbolic link to the same file.
    std::os::unix::fs::symlink(&file, folder.path().join("link.db")).unwrap();
    use_it(&open(folder.path(), "link.db").await.unwrap()).await;
    for name in below(folder.path()) {
        let mode = folder.path().join(&name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    assert!(!below(folder.path()).contains("link.db-wal"));
}

#[tokio::test]
async fn an_unusable_database_url_is_reported_with_the_remedy_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("folder.db")).unwrap();
    std::fs::write(
        folder.path().join("text.db"),
        "This is no database, but long enough to be taken for one. ".repeat(50),
    )
    .unwrap();
    let before = below(folder.path());
    for (file, said) in [
        ("folder.db", "names a folder"),
        ("folder.db/", "names a folder"),
        ("new/g.db?mode=rw", "leave out mode=rw"),
        ("g.db?mode=ro", "leave out mode=ro"),
        ("g.db?mode=memory", "name a file"),
        ("g.db?cache=shared", "use mode=rwc or mode=rw"),
        ("100%/g.db", "write % as %25"),
        ("a#b.db", "write # as %23"),
        ("%FF.db", "UTF-8"),
        ("text.db", "it is not an SQLite database"),
        ("text.db/g.db", "name a file that the server can write"),
    ] {
        let error = open(folder.path(), file).await.unwrap_err().to_string();
        assert!(error.starts_with("DATABASE_URL cannot be used: ") && error.contains(said), "{file}: {error}");
        assert_eq!(below(folder.path()), before, "{file}");
    }
}

#[tokio::test]
async fn a_locked_database_opens_if_nothing_has_to_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let held = open(folder.path(), "g.db").await.unwrap();
    let mut transaction = held.writer().begin().await.unwrap();
    sqlx::query("update organizations set updated_at = 0").execute(&mut *transaction).await.unwrap();
    assert!(open(folder.path(), "g.db").await.unwrap().ready().await);
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("new.db").display());
    let mut other = AnyConnection::connect(&url).await.unwrap();
    other.execute("pragma journal_mode = wal; begin immediate; create table held (id text)").await.unwrap();
    let error = open(folder.path(), "new.db").await.unwrap_err().to_string();
    assert!(
        error.starts_with("DATABASE_URL cannot be used: ") && error.contains("another process holds it"),
        "{error}"
    );
    other.execute("rollback").await.unwrap();
    open(folder.path(), "new.db").await.unwrap();
}

/// The kind, mode, length and content of everything below a folder. Links are not followed.
#[cfg(unix)]
fn exactly(folder: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let about = |name: String| {
        let path = folder.join(&name);
        let found = path.symlink_metadata().unwrap();
        let content = if found.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        let content = content.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        format!("{name} {:o} {} {} {content}", found.mode(), found.len(), found.mtime_nsec())
    };
    below(folder).into_iter().map(about).collect()
}

#[cfg(unix)]
async fn inspect(folder: &Path, file: &str) -> Result<Schema, StoreError> {
    Database::inspect(&format!("sqlite://{}/{file}", folder.display()).into()).await
}

/// Everything in place of a database that is no regular file. The tests touch no device of the
/// machine.
#[cfg(unix)]
fn obstacles(folder: &Path) -> std::os::unix::net::UnixListener {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let at = |name: &str| folder.join(name);
    let made = std::process::Command::new("mkfifo").arg("-m").arg("666").arg(at("pipe.db")).status().unwrap();
    assert!(made.success());
    let socket = std::os::unix::net::UnixListener::bind(at("socket.db")).unwrap();
    std::fs::set_permissions(at("socket.db"), PermissionsExt::from_mode(0o666)).unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    std::fs::write(at("file"), "x").unwrap();
    for (target, link) in [
        ("pipe.db", "to-pipe.db"),
        ("socket.db", "to-socket.db"),
        ("folder", "to-folder.db"),
        ("nowhere.db", "to-nowhere.db"),
        ("to-nowhere.db", "to-link-to-nowhere.db"),
        ("circle.db", "circle.db"),
        ("no-folder", "to-no-folder"),
    ] {
        symlink(at(target), at(link)).unwrap();
    }
    for (beside, database) in [("-wal", "a"), ("-shm", "b"), ("-journal", "c")] {
        std::fs::write(at(&format!("{database}.db")), "").unwrap();
        symlink(at("pipe.db"), at(&format!("{database}.db{beside}"))).unwrap();
    }
    socket
}

#[cfg(unix)]
#[tokio::test]
async fn only_a_regular_file_is_opened_as_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let _socket = obstacles(folder.path());
    let before = exactly(folder.path());
    for (file, said) in [
        ("pipe.db", "is a pipe"),
        ("to-pipe.db", "is a pipe"),
        ("socket.db", "is a socket"),
        ("to-socket.db", "is a socket"),
        ("to-folder.db", "names a folder"),
        ("to-nowhere.db", "is a broken symbolic link"),
        ("to-nowhere.db?mode=rw", "is a broken symbolic link"),
        ("to-link-to-nowhere.db", "is a broken symbolic link"),
        ("circle.db", "is a broken symbolic link"),
        ("to-no-folder/g.db", "to-no-folder is a broken symbolic link"),
        ("to-no-folder/deep/g.db", "to-no-folder is a broken symbolic link"),
        ("file/g.db", "file is not a folder"),
        ("file/deep/g.db", "file is not a folder"),
        ("a.db", "a.db-wal is a link"),
        ("b.db", "b.db-shm is a link"),
        ("c.db", "c.db-journal is a link"),
    ] {
        for told in [open(folder.path(), file).await.err(), inspect(folder.path(), file).await.err()] {
            let error = told.unwrap_or_else(|| panic!("{file} was used")).to_string();
            assert!(error.starts_with("DATABASE_URL cannot be used: ") && error.contains(said), "{file}: {error}");
            let remedies = ["name a file", "remove it", "create its target"];
            assert!(remedies.iter().any(|remedy| error.contains(remedy)), "{file}: {error}");
            assert_eq!(exactly(folder.path()), before, "{file}");
        }
    }
}

/// The files of a database at rest, and those that a killed process leaves. The test of `server
/// check` covers a database in use, because two connections of one process share the index of the
/// log.
#[cfg(unix)]
#[tokio::test]
async fn inspecting_changes_no_file_and_no_mode() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let readable = |folder: &Path| {
        for name in below(folder) {
            std::fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o755)).unwrap();
        }
    };
    let looked = async |folder: &Path, file: &str, expected: Schema| {
        let before = exactly(folder);
        assert_eq!(inspect(folder, file).await.unwrap(), expected, "{file}");
        assert_eq!(exactly(folder), before, "{file}");
    };
    looked(folder.path(), "g.db", Schema::Absent).await;
    looked(folder.path(), "not/there/g.db", Schema::Absent).await;
    std::fs::write(folder.path().join("empty.db"), "").unwrap();
    looked(folder.path(), "empty.db", Schema::Absent).await;

    let store = open(folder.path(), "g.db").await.unwrap();
    use_it(&store).await;
    readable(folder.path());
    assert!(below(folder.path()).contains("g.db-wal"));
    let killed = tempfile::tempdir().unwrap();
    for name in below(folder.path()).iter().filter(|name| name.starts_with("g.db")) {
        std::fs::copy(folder.path().join(name), killed.path().join(name)).unwrap();
    }
    looked(killed.path(), "g.db", Schema::Current).await;
    std::fs::remove_file(killed.path().join("g.db-shm")).unwrap();
    looked(killed.path(), "g.db", Schema::Unread).await;

    let rest = folder.path().join("rest.db");
    execute(&store, format!("vacuum into '{}'", rest.display())).await;
    let mut last = AnyConnection::connect(&format!("sqlite://{}", rest.display())).await.unwrap();
    last.execute("pragma journal_mode = wal; create table more (id text)").await.unwrap();
    last.close().await.unwrap();
    assert!(!below(folder.path()).contains("rest.db-wal"));
    readable(folder.path());
    looked(folder.path(), "rest.db", Schema::Current).await;
}

/// Whether folder permissions apply to this process; they do not apply to root.
#[cfg(unix)]
fn permissions_bind(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o500)).unwrap();
    let bind = std::fs::File::create(folder.join("probe")).is_err();
    if !bind {
        println!("skipped: root writes into every folder");
    }
    bind
}

#[cfg(unix)]
#[tokio::test]
async fn inspecting_reports_an_unwritable_folder() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), "g.db").await.unwrap());
    if !permissions_bind(folder.path()) {
        return;
    }
    for file in ["g.db", "new.db", "not/there/g.db"] {
        let error = inspect(folder.path(), file).await.unwrap_err().to_string();
        assert!(error.contains("cannot be written: let the server's user write there"), "{file}: {error}");
    }
}
