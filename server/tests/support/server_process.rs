//! The real binary as a child process, and requests to it.

use super::caller::{Caller, test_keys};
use super::free_port::free_address;
use super::{ORIGIN, PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, binary};
use http::StatusCode;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running server. Its log is the file `server.log` in its folder.
pub struct ServerProcess {
    pub child: Child,
    pub http: Http,
    log: PathBuf,
}

impl ServerProcess {
    /// Starts the binary in this folder with these variables in place of the defaults, and waits
    /// until it answers. Nothing runs behind the default URLs of Clerk. `shell` runs before the
    /// binary, `ulimit -n 36;` for example.
    pub async fn start(folder: &Path, shell: &str, variables: &[(&str, &str)]) -> Self {
        let free = free_address();
        let log = folder.join("server.log");
        let pem = test_keys()["public_key_spki_pem"].as_str().unwrap().to_owned();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell} exec \"$0\""), env!("CARGO_BIN_EXE_server")]);
        command.current_dir(folder).env_clear().kill_on_drop(true).stdout(Stdio::null());
        command.stderr(File::options().create(true).append(true).open(&log).unwrap());
        command.envs([
            ("PATH", "/usr/bin:/bin"),
            ("METRICS_ADDR", ""),
            ("PUBLIC_ORIGIN", ORIGIN),
            ("LEPTOS_SITE_ADDR", &free.to_string()),
            ("LEPTOS_SITE_ROOT", &binary::site(folder)),
            ("CLERK_PUBLISHABLE_KEY", PUBLISHABLE_KEY),
            ("CLERK_SECRET_KEY", SECRET_KEY),
            ("CLERK_JWT_KEY", &pem),
            ("CLERK_API_URL", "http://127.0.0.1:9"),
            ("CLERK_FAPI_URL", "http://127.0.0.1:9"),
            ("CLERK_WEBHOOK_SIGNING_SECRET", WEBHOOK_SECRET),
            ("DATABASE_URL", &format!("sqlite://{}", folder.join("server.db").display())),
        ]);
        let child = command.envs(variables.iter().copied()).spawn().unwrap();
        let client = clerk::http_client::http_client(Duration::from_secs(30)).unwrap();
        let server = Self { child, http: Http { address: free.to_string(), client }, log };
        let started = Instant::now();
        while server.http.get("/healthz").await.is_none() {
            assert!(started.elapsed() < Duration::from_secs(60), "the server does not answer: {}", server.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub async fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.id().to_string()]).status().await.unwrap().success());
    }

    /// The exit code and the log.
    pub async fn ended(mut self, within: Duration) -> (Option<i32>, String) {
        let ended = tokio::time::timeout(within, self.child.wait()).await.expect("the server ends");
        (ended.unwrap().code(), self.log())
    }
}

/// Requests to one server.
#[derive(Clone)]
pub struct Http {
    pub address: String,
    client: reqwest::Client,
}

impl Http {
    /// The status and the text of an answer; `None`: the server does not accept connections.
    pub async fn get(&self, path: &str) -> Option<(StatusCode, String)> {
        let mut socket = TcpStream::connect(&self.address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.ok()?;
        let text = read_to_end(&mut socket).await;
        Some((status(&text)?, text))
    }

    /// Calls an operation. `None`: the connection ended without an answer.
    pub fn call(
        &self,
        caller: &Caller,
        operation: &str,
        form: &str,
    ) -> impl Future<Output = Option<StatusCode>> + Send + use<> {
        let request = self
            .client
            .post(format!("http://{}/api/{operation}", self.address))
            .header("host", "localhost:3000")
            .header("origin", ORIGIN)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", format!("__session={}; __client_uat=1; __clerk_db_jwt=dvb_test", caller.token()))
            .body(form.to_owned());
        async move { request.send().await.ok().map(|answer| answer.status()) }
    }
}

pub async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn status(answer: &str) -> Option<StatusCode> {
    StatusCode::from_bytes(answer.split(' ').nth(1)?.as_bytes()).ok()
}
