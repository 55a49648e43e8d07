//! The one writer of SQLite: shared commits, and callers that fail, disconnect or never come back.

mod cancelled;

use super::super::error::StoreError;
use super::super::group_commit::{LIMITS, Limits};
use super::*;
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// A group of these limits ends when nobody waits, never because time has passed.
const PATIENT: Limits = Limits { filling: Duration::from_secs(60), ..LIMITS };

struct Opened {
    folder: tempfile::TempDir,
    writer: Writer,
}

async fn open(limits: Limits) -> Opened {
    install_default_drivers();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}?mode=rwc", address(&folder.path().join("g.db")));
    let writer = Writer::Sqlite(WriteQueue::open(&url, limits).await.unwrap());
    for table in [
        "create table notes (id text primary key, body blob)",
        "create table replies (note_id text references notes (id) deferrable initially deferred)",
    ] {
        writer.execute(table).await.unwrap();
    }
    Opened { folder, writer }
}

fn address(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

async fn insert(writer: &Writer, id: &str) -> Result<(), Error> {
    let mut transaction = writer.begin().await?;
    insert_into(&mut transaction, id).await?;
    transaction.commit().await
}

async fn insert_into(transaction: &mut Transaction, id: &str) -> Result<(), Error> {
    sqlx::query("insert into notes (id) values ($1)").bind(id).execute(&mut **transaction).await.map(drop)
}

/// Starts a write, which joins the queue.
async fn start(writer: &Writer, id: &'static str) -> JoinHandle<Result<(), Error>> {
    let writer = writer.clone();
    let started = tokio::spawn(async move { insert(&writer, id).await });
    tokio::task::yield_now().await;
    started
}

fn is_unavailable(result: Result<(), Error>) -> bool {
    matches!(result.map_err(StoreError::from), Err(StoreError::Unavailable(_)))
}

impl Opened {
    fn file(&self) -> PathBuf {
        self.folder.path().join("g.db")
    }

    /// The stored notes, read through another connection.
    async fn notes(&self) -> Vec<String> {
        notes(&self.file()).await
    }

    /// The number of commits in the write-ahead log: a frame that ends a commit has a size of the
    /// database in bytes 4 to 8 of its header (sqlite.org/fileformat2.html#walformat).
    fn commits(&self) -> usize {
        let log = std::fs::read(self.file().with_extension("db-wal")).unwrap();
        let page = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
        log[32..].chunks_exact(24 + page).filter(|frame| frame[4..8] != [0; 4]).count()
    }
}

async fn notes(file: &Path) -> Vec<String> {
    let mut connection = AnyConnection::connect(&address(file)).await.unwrap();
    let rows: Vec<(String,)> =
        sqlx::query_as("select id from notes order by id").fetch_all(&mut connection).await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

#[tokio::test]
async fn two_hundred_concurrent_writes_are_all_stored_in_few_commits() {
    let opened = open(LIMITS).await;
    let before = opened.commits();
    let writes: Vec<_> = (0..200)
        .map(|n| {
            let writer = opened.writer.clone();
            tokio::spawn(async move { insert(&writer, &n.to_string()).await })
        })
        .collect();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    assert_eq!(opened.notes().await.len(), 200);
    let commits = opened.commits() - before;
    assert!((1..=100).contains(&commits), "{commits}");
}

#[tokio::test]
async fn a_copy_of_the_files_at_the_moment_of_the_answer_has_the_write() {
    let opened = open(PATIENT).await;
    let copy = tempfile::tempdir().unwrap();
    for n in 0..20 {
        insert(&opened.writer, &n.to_string()).await.unwrap();
        let copied = copy.path().join(format!("{n}.db"));
        std::fs::copy(opened.file(), &copied).unwrap();
        std::fs::copy(opened.file().with_extension("db-wal"), copied.with_extension("db-wal")).unwrap();
        assert_eq!(notes(&copied).await.len(), n + 1);
    }
}

#[tokio::test]
async fn the_writer_waits_for_the_disk() {
    let opened = open(LIMITS).await;
    for (pragma, value) in [("pragma synchronous", 2), ("pragma fullfsync", 1)] {
        let mut transaction = opened.writer.begin().await.unwrap();
        let (set,): (i64,) = sqlx::query_as(pragma).fetch_one(&mut *transaction).await.unwrap();
        assert_eq!(set, value, "{pragma}");
    }
}

#[tokio::test]
async fn a_write_that_fails_leaves_the_others_of_its_group() {
    let opened = open(PATIENT).await;
    let before = opened.commits();
    let mut first = opened.writer.begin().await.unwrap();
    let writes = [start(&opened.writer, "b").await, start(&opened.writer, "a").await, start(&opened.writer, "c").await];
    insert_into(&mut first, "a").await.unwrap();
    first.commit().await.unwrap();
    let [b, again, c] = writes;
    b.await.unwrap().unwrap();
    assert!(again.await.unwrap().unwrap_err().as_database_error().unwrap().is_unique_violation());
    c.await.unwrap().unwrap();
    assert_eq!(opened.notes().await, ["a", "b", "c"]);
    assert_eq!(opened.commits() - before, 1);
}

#[tokio::test]
async fn a_commit_that_fails_stores_nothing_and_fails_every_write_of_its_group() {
    let opened = open(PATIENT).await;
    let mut orphan = opened.writer.begin().await.unwrap();
    let other = start(&opened.writer, "a").await;
    // SQLite checks this reference at the commit of the group.
    orphan.execute("insert into replies (note_id) values ('none')").await.unwrap();
    assert!(is_unavailable(orphan.commit().await));
    assert!(is_unavailable(other.await.unwrap()));
    assert!(opened.notes().await.is_empty());
    insert(&opened.writer, "b").await.unwrap();
    assert_eq!(opened.notes().await, ["b"]);
}

/// SQLite may roll back the whole group when a statement of one turn fails, for example when the
/// disk is full. A statement `rollback` has the same effect.
#[tokio::test]
async fn a_group_that_sqlite_rolls_back_fails_every_write_of_it() {
    let opened = open(PATIENT).await;
    let mut first = opened.writer.begin().await.unwrap();
    let writer = opened.writer.clone();
    let second = tokio::spawn(async move { writer.begin().await.unwrap().execute("rollback").await.map(drop) });
    tokio::task::yield_now().await;
    insert_into(&mut first, "a").await.unwrap();
    assert!(is_unavailable(first.commit().await));
    second.await.unwrap().unwrap();
    assert!(opened.notes().await.is_empty());
    insert(&opened.writer, "b").await.unwrap();
    assert_eq!(opened.notes().await, ["b"]);
}

#[tokio::test]
async fn on_a_full_disk_exactly_the_answered_writes_are_stored_and_later_ones_succeed() {
    let opened = open(PATIENT).await;
    opened.writer.execute("pragma max_page_count = 12").await.unwrap();
    let mut first = opened.writer.begin().await.unwrap();
    let writer = opened.writer.clone();
    let large = tokio::spawn(async move {
        writer.execute("insert into notes (id, body) values ('large', zeroblob(200000))").await.map(drop)
    });
    tokio::task::yield_now().await;
    let small = start(&opened.writer, "c").await;
    insert_into(&mut first, "a").await.unwrap();
    let first = first.commit().await;
    assert!(is_unavailable(large.await.unwrap()));
    let answered = [("a", first), ("c", small.await.unwrap())];
    let stored: Vec<_> = answered.into_iter().filter_map(|(id, outcome)| outcome.is_ok().then_some(id)).collect();
    assert_eq!(opened.notes().await, stored);
    opened.writer.execute("pragma max_page_count = 1000").await.unwrap();
    opened.writer.execute("insert into notes (id, body) values ('large', zeroblob(200000))").await.unwrap();
}

#[tokio::test]
async fn a_caller_that_never_comes_back_loses_its_turn_only() {
    let opened = open(Limits { idle: Duration::from_millis(200), ..PATIENT }).await;
    let mut first = opened.writer.begin().await.unwrap();
    let writer = opened.writer.clone();
    let stuck = tokio::spawn(async move {
        let mut transaction = writer.begin().await.unwrap();
        insert_into(&mut transaction, "stuck").await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let late = insert_into(&mut transaction, "late").await;
        (late, transaction.commit().await)
    });
    tokio::task::yield_now().await;
    let third = start(&opened.writer, "c").await;
    insert_into(&mut first, "a").await.unwrap();
    first.commit().await.unwrap();
    third.await.unwrap().unwrap();
    let (late, commit) = stuck.await.unwrap();
    assert!(is_unavailable(late) && commit.is_err());
    assert_eq!(opened.notes().await, ["a", "c"]);
}

#[tokio::test]
async fn a_write_beyond_the_queue_is_refused_at_once_and_a_waiting_one_after_two_seconds() {
    let opened = open(Limits { waiting: 2, ..PATIENT }).await;
    let held = opened.writer.begin().await.unwrap();
    let waiting = [start(&opened.writer, "a").await, start(&opened.writer, "b").await];
    let started = Instant::now();
    assert!(is_unavailable(insert(&opened.writer, "c").await));
    assert!(started.elapsed() < Duration::from_millis(500));
    for write in waiting {
        assert!(is_unavailable(write.await.unwrap()));
    }
    assert!(started.elapsed() < Duration::from_secs(4));
    drop(held);
    tokio::time::sleep(Duration::from_millis(300)).await;
    insert(&opened.writer, "d").await.unwrap();
    assert_eq!(opened.notes().await, ["d"]);
}
