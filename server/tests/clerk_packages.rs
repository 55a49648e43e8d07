//! Clerk's browser packages from the local Clerk, through the proxy: compressed for a browser that
//! accepts it, and as they are for every other client.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use flate2::{Compression, write::GzEncoder};
use http::{Request, StatusCode, header};
use std::io::Write;
use std::path::Path;
use support::TestApp;

const SCRIPT: &str = "window.Clerk = {}; // A script of Clerk.";

/// A folder as `tools/install.sh clerk-js` leaves it.
fn packages(folder: &Path) {
    for name in ["clerk-js", "ui"] {
        let dist = folder.join(name).join("dist");
        std::fs::create_dir_all(&dist).unwrap();
        std::fs::write(folder.join(name).join("package.json"), r#"{"version":"6.1.0"}"#).unwrap();
        std::fs::write(dist.join("clerk.browser.js"), SCRIPT).unwrap();
        let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
        compressed.write_all(SCRIPT.as_bytes()).unwrap();
        std::fs::write(dist.join("clerk.browser.js.gz"), compressed.finish().unwrap()).unwrap();
    }
}

#[tokio::test]
async fn a_script_is_compressed_for_a_browser_that_accepts_it() {
    let folder = tempfile::tempdir().unwrap();
    packages(folder.path());
    let clerk = local_clerk::start(local_clerk::Options {
        data_dir: folder.path().join("data"),
        clerk_js: Some(folder.path().to_owned()),
        ..local_clerk::Options::default()
    });
    let clerk = clerk.await.unwrap();
    let app = TestApp::with(&[("CLERK_FAPI_URL", &clerk.api_url())]).await;
    for (accepted, encoding) in [("gzip, deflate, br, zstd", "gzip"), ("gzip;q=0", ""), ("identity", "")] {
        let request = Request::get("/__clerk/npm/@clerk/clerk-js@6.1.0/dist/clerk.browser.js");
        let request = request.header(header::ACCEPT_ENCODING, accepted).body(Body::empty()).unwrap();
        let response = app.send(request).await;
        assert_eq!(response.status, StatusCode::OK, "{accepted}: {}", response.body);
        assert_eq!(response.header("content-encoding"), encoding, "{accepted}");
        assert!(response.header("vary").contains("accept-encoding"), "{accepted}: {:?}", response.headers);
        assert!(response.header("content-type").starts_with("text/javascript"), "{:?}", response.headers);
        assert!(response.header("cache-control").contains("immutable"), "{:?}", response.headers);
        assert_eq!(response.body == SCRIPT, encoding.is_empty(), "{accepted}");
    }
}
