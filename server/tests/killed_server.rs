//! Kills the server between the steps of a command at Clerk, starts it again, and compares what
//! Clerk has with the audit log and the local copy. Nothing that Clerk did may be missing, nothing
//! may be there twice, and the log says of each command that it was done or not done.
#![cfg(feature = "local-clerk")]
#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a scene that fails ends the test")]

mod support;

use local_clerk::LocalClerk;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::app_with_clerk::ada;
use support::clerk_options::without_webhooks;
use support::drill::{is_drill, print_figures};
use support::holding_proxy::{Moment, Proxy};
use support::server_process::ServerProcess;

const MOMENTS: [Moment; 5] =
    [Moment::BeforeIntent, Moment::BeforeClerk, Moment::AfterClerk, Moment::BeforeOutcome, Moment::AfterOutcome];

/// A command, and where its effect is seen.
struct Case {
    operation: &'static str,
    form: &'static str,
    /// A change of the Backend API that comes first.
    before: Option<&'static str>,
    /// A path of the Backend API, and whether its answer shows the effect.
    at_clerk: (&'static str, fn(&Value) -> bool),
    /// The number of rows that show the effect in the local copy.
    in_copy: &'static str,
}

const MEMBERSHIPS: &str = "users/user_local_turing/organization_memberships";

/// The role in the operators' organization, if there is a membership.
fn role_of(memberships: &Value) -> Option<&str> {
    let mut memberships = memberships["data"].as_array().unwrap().iter();
    memberships.find(|membership| membership["organization"]["id"] == local_clerk::OPERATORS)?["role"].as_str()
}

fn cases() -> Vec<Case> {
    // example:begin users
    let turing = "users/user_local_turing";
    let user = |operation, before: Option<&'static str>, is_done, in_copy| Case {
        operation,
        form: "user_id=user_local_turing",
        before,
        at_clerk: (turing, is_done),
        in_copy,
    };
    // example:end users
    vec![
        Case {
            operation: "change_role",
            form: "user_id=user_local_turing&role=admin",
            before: None,
            at_clerk: (MEMBERSHIPS, |found| role_of(found) == Some("org:admin")),
            in_copy: "select count(*) from memberships where user_id = 'user_local_turing' and role = 'admin' \
                 and organization_id = 'org_local_engines'",
        },
        // example:begin invitations
        Case {
            operation: "invite_member",
            form: "email_address=new%40example.com&role=member",
            before: None,
            at_clerk: ("organizations/org_local_engines/invitations", |found| {
                found["data"].as_array().unwrap().iter().any(|invitation| {
                    invitation["email_address"] == "new@example.com" && invitation["status"] == "pending"
                })
            }),
            in_copy: "select count(*) from invitations where email = 'new@example.com' and status = 'pending'",
        },
        // example:end invitations
        Case {
            operation: "remove_member",
            form: "user_id=user_local_turing",
            before: None,
            at_clerk: (MEMBERSHIPS, |found| role_of(found).is_none()),
            in_copy: "select count(*) from memberships where user_id = 'user_local_turing' \
                 and organization_id = 'org_local_engines' and deleted_at is not null",
        },
        Case {
            operation: "sign_out_everywhere",
            form: "user_id=user_local_turing",
            before: None,
            at_clerk: ("sessions?user_id=user_local_turing&status=active", |found| *found == json!([])),
            in_copy: "select count(*) from sessions where id = 'sess_known' and status = 'revoked'",
        },
        // example:begin users
        user("ban_user", None, |user| user["banned"] == true, BANNED),
        user("unban_user", Some("users/user_local_turing/ban"), |user| user["banned"] == false, NOT_BANNED),
        user("lock_user", None, |user| user["locked"] == true, LOCKED),
        user("unlock_user", Some("users/user_local_turing/lock"), |user| user["locked"] == false, NOT_LOCKED),
        // example:end users
    ]
}

// example:begin users
const BANNED: &str = "select banned from users where id = 'user_local_turing'";
const NOT_BANNED: &str = "select 1 - banned from users where id = 'user_local_turing'";
const LOCKED: &str = "select locked from users where id = 'user_local_turing'";
const NOT_LOCKED: &str = "select 1 - locked from users where id = 'user_local_turing'";
// example:end users

/// Clerk, the proxy, and a folder for a server that may die.
struct Scene {
    clerk: LocalClerk,
    proxy: Proxy,
    folder: tempfile::TempDir,
    client: reqwest::Client,
}

impl Scene {
    async fn set(case: &Case) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = without_webhooks(&folder.path().join("clerk"));
        let clerk = local_clerk::start(options).await.unwrap();
        let proxy = Proxy::start(clerk.api_url()).await;
        let client = clerk::http_client::http_client(Duration::from_secs(30)).unwrap();
        let scene = Self { clerk, proxy, folder, client };
        if let Some(path) = case.before {
            let url = format!("{}/v1/{path}", scene.clerk.api_url());
            let request = scene.client.post(url).bearer_auth(scene.clerk.secret_key());
            assert!(request.send().await.unwrap().status().is_success());
        }
        let database = gatehouse::store::open(&scene.database_url().into()).await.unwrap();
        let api = clerk::backend_api::BackendApi::new(&scene.clerk.api_url(), scene.clerk.secret_key().into()).unwrap();
        gatehouse::sync::sync(&database, &api, |_| ()).await.unwrap();
        let session = "insert into sessions (id, user_id, status, created_at, updated_at) \
             values ('sess_known', 'user_local_turing', 'active', 1, 1)";
        connect(&scene.file()).await.execute(session).await.unwrap();
        scene
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("killed.db")
    }

    fn database_url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    async fn start_server(&self) -> ServerProcess {
        let variables = [
            ("CLERK_SECRET_KEY", self.clerk.secret_key()),
            ("CLERK_API_URL", &self.proxy.url),
            ("CLERK_FAPI_URL", &self.proxy.url),
            ("OPERATORS_ORGANIZATION_ID", local_clerk::OPERATORS),
            ("DATABASE_URL", &self.database_url()),
        ];
        ServerProcess::start(self.folder.path(), "", &variables).await
    }

    async fn lock_database(&self) -> SqliteConnection {
        let mut lock = connect(&self.file()).await;
        lock.execute("begin immediate").await.unwrap();
        lock
    }

    async fn fetch_from_clerk(&self, path: &str) -> Value {
        let url = format!("{}/v1/{path}", self.clerk.api_url());
        self.client.get(url).bearer_auth(self.clerk.secret_key()).send().await.unwrap().json().await.unwrap()
    }
}

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "every query is a text of this file")]
async fn count(file: &Path, query: &str) -> i64 {
    let mut connection = connect(file).await;
    sqlx::query_as::<_, (i64,)>(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap().0
}

async fn wait_for(file: &Path, query: &str, number: i64) {
    let reached = async {
        while count(file, query).await != number {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap_or_else(|_| panic!("{query}"));
}

const OPEN: &str = "select count(*) from command_intents";

/// Brings the server to the moment and kills it.
async fn kill_at(scene: &mut Scene, case: &Case, moment: Moment) {
    let mut server = scene.start_server().await;
    let held = match moment {
        Moment::BeforeIntent | Moment::AfterOutcome => None,
        Moment::BeforeClerk => Some(Moment::BeforeClerk),
        Moment::AfterClerk | Moment::BeforeOutcome => Some(Moment::AfterClerk),
    };
    scene.proxy.hold_at(held);
    let lock = if moment == Moment::BeforeIntent { Some(scene.lock_database().await) } else { None };
    // The answer is awaited after the kill.
    let answer = tokio::spawn(server.http.call(&ada(), case.operation, case.form));
    if held.is_some() {
        let reached = tokio::time::timeout(Duration::from_secs(30), scene.proxy.reached.recv()).await;
        assert_eq!(reached.expect("Clerk is asked"), held);
    }
    match moment {
        Moment::BeforeIntent => tokio::time::sleep(Duration::from_millis(400)).await,
        Moment::BeforeClerk | Moment::AfterClerk => {}
        Moment::BeforeOutcome => {
            let _lock = scene.lock_database().await;
            scene.proxy.release();
            tokio::time::sleep(Duration::from_millis(400)).await;
            server.child.kill().await.unwrap();
        }
        Moment::AfterOutcome => {
            let done = format!("select count(*) from audit where operation = '{}'", case.operation);
            wait_for(&scene.file(), &done, 1).await;
        }
    }
    // SIGKILL: the process runs nothing more.
    let _ = server.child.kill().await;
    drop(lock);
    scene.proxy.release();
    if moment != Moment::AfterOutcome {
        assert_eq!(answer.await.unwrap(), None, "nobody was told that it was done");
    }
}

/// Kills the server at the moment, starts another, and checks that both sides agree.
async fn survives(case: &Case, moment: Moment) {
    let name = format!("{} {moment:?}", case.operation);
    let mut scene = Scene::set(case).await;
    kill_at(&mut scene, case, moment).await;
    let is_made = !matches!(moment, Moment::BeforeIntent | Moment::BeforeClerk);
    assert_eq!((case.at_clerk.1)(&scene.fetch_from_clerk(case.at_clerk.0).await), is_made, "{name}: at Clerk");
    let mut server = scene.start_server().await;
    wait_for(&scene.file(), OPEN, 0).await;
    let entries = |outcome: &str| {
        format!("select count(*) from audit where operation = '{}' and outcome = '{outcome}'", case.operation)
    };
    let file = scene.file();
    let logged = (count(&file, &entries("done")).await, count(&file, &entries("not_done")).await);
    let expected = (i64::from(is_made), i64::from(moment == Moment::BeforeClerk));
    assert_eq!(logged, expected, "{name}: entries for done and not done");
    assert_eq!(count(&file, case.in_copy).await, i64::from(is_made), "{name}: in the local copy");
    server.child.kill().await.unwrap();
}

#[tokio::test]
async fn a_command_survives_a_kill_between_each_pair_of_steps() {
    let mut survived = 0;
    for (index, case) in cases().iter().enumerate() {
        for moment in MOMENTS {
            if index == 0 || moment == Moment::AfterClerk || is_drill() {
                survives(case, moment).await;
                survived += 1;
            }
        }
    }
    print_figures("kill -9", &format!("{survived} commands, lost 0, twice 0, wrong outcome 0"));
}
