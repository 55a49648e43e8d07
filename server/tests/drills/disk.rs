//! The disk is full while callers change something.

use crate::answers::{new_caller, rename_form, renames, under_load};
use crate::support::drill::fault_time;
use crate::support::server_process::ServerProcess;
use http::StatusCode;
use rustix::process::{Pid, Resource, Rlimit, prlimit};

/// Lets no file of a process grow beyond this number of bytes. `None`: the disk has space again.
fn limit_files(process: u32, bytes: Option<u64>) {
    let process = Pid::from_raw(process.try_into().unwrap());
    prlimit(process, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}

#[tokio::test]
async fn a_full_disk_loses_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("drill.db").display());
    // A write beyond the limit sends SIGXFSZ, which would end the process, where a full disk only
    // fails the write. Ignored signals stay ignored in the server.
    let server = ServerProcess::start(folder.path(), "trap '' XFSZ;", &[("DATABASE_URL", &database)]).await;
    let rename =
        async |text: &str| server.http.call(&new_caller(text), "rename_organization", &rename_form(text)).await;
    let fault = async {
        // The log of changes (WAL) and the database have more bytes already, so each write fails.
        limit_files(server.id(), Some(4096));
        tokio::time::sleep(fault_time()).await;
        let health = server.http.get("/healthz").await;
        assert_eq!(health.map(|(status, _)| status), Some(StatusCode::OK), "{}", server.log());
        limit_files(server.id(), None);
    };
    let answers = under_load(rename, fault).await;
    answers.assert_refused("disk full");
    answers.assert_all_answered("disk full");
    answers.judge("disk full", &renames(&database).await, &[StatusCode::SERVICE_UNAVAILABLE]);
}
