//! What DATABASE_URL names is the file that is used, and nobody else can read it.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Every file and folder below, by name.
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

async fn open(folder: &Path, file: &str) -> Result<Store, StoreError> {
    Store::open(&format!("sqlite://{}/{file}", folder.display()).into()).await
}

async fn use_it(store: &Store) {
    organizations::rename(&by(store, "org_a", RenameOrganization { name: "A".to_owned() })).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn escapes_in_an_address_are_read_once_whether_the_folder_is_there_or_not() {
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
async fn a_file_that_others_can_read_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("g.db");
    drop(open(folder.path(), "g.db").await.unwrap());
    for name in below(folder.path()) {
        std::fs::set_permissions(folder.path().join(name), PermissionsExt::from_mode(0o644)).unwrap();
    }
    // By another way to the same file as well.
    std::os::unix::fs::symlink(&file, folder.path().join("link.db")).unwrap();
    use_it(&open(folder.path(), "link.db").await.unwrap()).await;
    for name in below(folder.path()) {
        let mode = folder.path().join(&name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    assert!(!below(folder.path()).contains("link.db-wal"));
}

#[tokio::test]
async fn what_cannot_be_used_is_named_with_the_variable_and_the_remedy_and_nothing_is_left_behind() {
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
        ("text.db", "it is no database of SQLite"),
        ("text.db/g.db", "name a file that the server can write"),
    ] {
        let error = open(folder.path(), file).await.unwrap_err().to_string();
        assert!(error.starts_with("DATABASE_URL cannot be used: ") && error.contains(said), "{file}: {error}");
        assert_eq!(below(folder.path()), before, "{file}");
    }
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_opened_where_nothing_is_to_be_written_and_else_named() {
    let folder = tempfile::tempdir().unwrap();
    let held = open(folder.path(), "g.db").await.unwrap();
    let mut transaction = held.writer.begin().await.unwrap();
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
