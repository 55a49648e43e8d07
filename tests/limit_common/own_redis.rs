//! A Redis server for one test.

use crate::limit_common::skipped;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A Redis server for one test, which the test may stop and kill.
pub(crate) struct OwnRedis {
    pub(crate) child: Child,
    pub(crate) url: String,
    _folder: tempfile::TempDir,
}

impl OwnRedis {
    pub(crate) fn start(port: u16) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--port"];
        let mut command = Command::new("redis-server");
        command
            .args(arguments)
            .arg(port.to_string())
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => Some(Self { child, url: format!("redis://127.0.0.1:{port}/"), _folder: folder }),
            Err(error) => {
                skipped(&format!("redis-server: {error}"));
                None
            }
        }
    }

    pub(crate) async fn listening(self) -> Self {
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(self.url.trim_start_matches("redis://").trim_end_matches('/'))
                .await
                .is_ok()
            {
                return self;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("redis-server did not start");
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        // SIGKILL also ends a stopped process.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
