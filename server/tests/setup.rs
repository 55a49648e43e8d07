//! `server setup` against an instance of Clerk without the permissions of the application.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::permission::Permission;
use gatehouse::setup::{Instance, missing_steps};
use local_clerk::{LocalClerk, Options};
use std::path::Path;
use support::binary::{Ended, run, scratch};
use support::clerk_options::without_webhooks;

async fn clerk(folder: &Path) -> LocalClerk {
    let options = Options { permissions: Vec::new(), ..without_webhooks(&folder.join("clerk")) };
    local_clerk::start(options).await.unwrap()
}

async fn setup(folder: &Path, clerk: &LocalClerk, words: &[&str]) -> Ended {
    let url = clerk.api_url();
    run(folder, words, &[("CLERK_API_URL", &url), ("CLERK_SECRET_KEY", clerk.secret_key())]).await
}

#[tokio::test]
async fn a_new_instance_gets_everything_once() {
    let folder = scratch();
    let clerk = clerk(folder.path()).await;
    let api = clerk::backend_api::BackendApi::new(&clerk.api_url(), clerk.secret_key().to_owned().into());
    let api = api.unwrap();
    let before = Instance::read(&api).await.unwrap();
    let steps = missing_steps(&before);
    assert!(steps.len() > Permission::ALL.len(), "{steps:?}");

    let told = setup(folder.path(), &clerk, &["setup"]).await;
    assert_eq!(told.success, Some(true), "{}", told.said);
    for step in &steps {
        assert!(told.printed.contains(&format!("- {step}\n")), "{step}: {}", told.printed);
    }
    assert!(told.printed.contains("/api/webhooks/clerk"), "{}", told.printed);
    assert_eq!(Instance::read(&api).await.unwrap(), before, "a dry run changes nothing");

    let applied = setup(folder.path(), &clerk, &["setup", "--apply"]).await;
    assert_eq!(applied.success, Some(true), "{}", applied.said);
    for step in &steps {
        assert!(applied.printed.contains(&format!("done: {step}\n")), "{step}: {}", applied.printed);
    }
    assert_eq!(missing_steps(&Instance::read(&api).await.unwrap()), []);
    let again = setup(folder.path(), &clerk, &["setup", "--apply"]).await;
    assert!(again.printed.starts_with("Nothing is missing"), "{}", again.said);
}

#[tokio::test]
async fn a_wrong_key_or_none_is_named() {
    let folder = scratch();
    let clerk = clerk(folder.path()).await;
    let url = clerk.api_url();
    let wrong = [("CLERK_API_URL", url.as_str()), ("CLERK_SECRET_KEY", "sk_test_wrong")];
    for variables in [&wrong[..], &wrong[..1]] {
        let refused = run(folder.path(), &["setup"], variables).await;
        assert_eq!(refused.success, Some(false), "{}", refused.said);
        assert!(refused.said.contains("CLERK_SECRET_KEY"), "{}", refused.said);
    }
}
