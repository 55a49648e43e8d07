//! The files of the site in memory. `assets` serves the others from the disk.
//!
//! A release has a closed set of files, which the server reads at its start or has inside
//! (`embedded_site`). Under `cargo leptos watch` files change, so then nothing is kept.

use crate::embedded_site;
use crate::representations::{Coding, Representation, Representations};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use gatehouse::headers::{IMMUTABLE, REVALIDATE};
use http::{HeaderMap, HeaderValue, Method, header};
use leptos::config::Env;
use leptos::prelude::LeptosOptions;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::sync::Arc;

/// The longest representation that is kept. Only the plain wasm is longer, and no browser of today
/// asks for it.
const LONGEST: usize = 512 * 1024;
/// The bytes that are kept in all. A release of today has about 1 MiB of such files.
const MEMORY: usize = 4 * 1024 * 1024;

/// The media types of the files that are kept, by extension.
const TYPES: [(&str, &str); 5] = [
    ("js", "text/javascript"),
    ("wasm", "application/wasm"),
    ("css", "text/css"),
    ("svg", "image/svg+xml"),
    ("webp", "image/webp"),
];

/// The files in memory, by path.
pub(crate) struct SiteFiles {
    files: HashMap<String, Representations>,
    /// The longest representation that is kept, in bytes.
    longest: usize,
    /// The bytes that may still be kept.
    room: usize,
}

impl Default for SiteFiles {
    fn default() -> Self {
        Self { files: HashMap::new(), longest: LONGEST, room: MEMORY }
    }
}

impl SiteFiles {
    /// Reads the package and the files beside it.
    pub(crate) fn read(options: &LeptosOptions, beside: &[&str]) -> Self {
        let mut files = Self::default();
        if options.env == Env::DEV {
            return files;
        }
        let (root, package) = (Path::new(options.site_root.as_ref()), options.site_pkg_dir.as_ref());
        let in_package = if options.hash_files { IMMUTABLE } else { REVALIDATE };
        for file in std::fs::read_dir(root.join(package)).into_iter().flatten().flatten() {
            if let Some(name) = file.file_name().to_str() {
                files.keep(&format!("/{package}/{name}"), in_package, |coding| read(&file.path(), coding));
            }
        }
        for name in beside {
            files.keep(&format!("/{name}"), REVALIDATE, |coding| read(&root.join(name), coding));
        }
        files
    }

    /// The files inside the binary, all of them: the system loads their bytes when they are asked
    /// for.
    pub(crate) fn embedded(options: &LeptosOptions) -> Self {
        let mut files = Self { longest: usize::MAX, room: usize::MAX, ..Self::default() };
        let package = format!("/{}/", options.site_pkg_dir);
        for (url, _) in embedded_site::FILES {
            let is_hashed = options.hash_files && url.starts_with(&package);
            files.keep(url, if is_hashed { IMMUTABLE } else { REVALIDATE }, |coding| {
                embedded_site::get(&format!("{url}{}", suffix(coding))).map(Bytes::from_static)
            });
        }
        files
    }

    /// Keeps the representations of a file that are short enough.
    fn keep(&mut self, path: &str, cache: &'static str, bytes_in: impl Fn(Coding) -> Option<Bytes>) {
        let Some(media_type) = TYPES.iter().find(|(kind, _)| path.ends_with(&format!(".{kind}"))) else { return };
        let headers = [(header::CONTENT_TYPE, media_type.1), (header::CACHE_CONTROL, cache)];
        let headers = HeaderMap::from_iter(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
        let mut all = Vec::new();
        for coding in [Coding::Brotli, Coding::Gzip, Coding::Identity] {
            let Some(bytes) = bytes_in(coding) else { continue };
            if bytes.len() <= self.longest.min(self.room) {
                self.room -= bytes.len();
                all.push(Representation { coding, etag: etag(&bytes), bytes });
            }
        }
        if !all.is_empty() {
            self.files.insert(path.to_owned(), Representations::new(headers, all));
        }
    }
}

/// The end of the name of the file with the bytes in a coding, as the build has written it.
fn suffix(coding: Coding) -> &'static str {
    match coding {
        Coding::Brotli => ".br",
        Coding::Gzip => ".gz",
        Coding::Identity => "",
    }
}

fn read(file: &Path, coding: Coding) -> Option<Bytes> {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix(coding));
    std::fs::read(name).ok().map(Bytes::from)
}

/// A text that is the same on each server with these bytes. The files come from the build, so
/// nobody looks for two with the same hash.
fn etag(bytes: &Bytes) -> Option<HeaderValue> {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    HeaderValue::from_str(&format!("\"{:016x}\"", hasher.finish())).ok()
}

/// Answers from memory where it can. A request for a part of a file gets the whole file, as RFC
/// 9110 section 14.2 allows: the files are short, and browsers do not ask for parts of them.
pub(crate) async fn answer(State(files): State<Arc<SiteFiles>>, request: Request, next: Next) -> Response {
    let is_head = request.method() == Method::HEAD;
    let kept = files.files.get(request.uri().path()).filter(|_| is_head || request.method() == Method::GET);
    match kept.and_then(|kept| kept.answer(request.headers())) {
        Some(response) if is_head => response.map(|_| Body::empty()),
        Some(response) => response,
        None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::to_bytes;
    use axum::middleware::from_fn_with_state;
    use http::StatusCode;
    use tower::ServiceExt;
    use tower_http::services::ServeDir;

    const NAMES: [&str; 4] = ["a.js", "b.wasm", "c.css", "icon.svg"];

    fn site(env: Env) -> (tempfile::TempDir, LeptosOptions) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pkg")).unwrap();
        for name in NAMES {
            for (suffix, bytes) in [("", "plain"), (".br", "brotli"), (".gz", "gzip")] {
                std::fs::write(folder.path().join(format!("pkg/{name}{suffix}")), format!("{name} {bytes}")).unwrap();
            }
        }
        std::fs::write(folder.path().join("pkg/b.wasm"), vec![b'x'; LONGEST + 1]).unwrap();
        std::fs::write(folder.path().join("pkg/unknown.d.ts"), "x").unwrap();
        let root = folder.path().display().to_string();
        let options = LeptosOptions::builder().output_name("x").site_root(root).site_pkg_dir("pkg").env(env).build();
        (folder, options)
    }

    /// The package from memory before the disk, and from the disk alone.
    fn both(options: &LeptosOptions) -> [Router; 2] {
        let folder = Path::new(options.site_root.as_ref()).join("pkg");
        let disk = || {
            let folder = ServeDir::new(&folder).append_index_html_on_directories(false);
            Router::new().nest_service("/pkg", folder.precompressed_br().precompressed_gzip())
        };
        let files = Arc::new(SiteFiles::read(options, &[]));
        [disk().layer(from_fn_with_state(files, answer)), disk()]
    }

    async fn get(router: &Router, method: &Method, path: &str, accepted: &str) -> Response {
        let request = Request::builder().method(method).uri(path).header(header::ACCEPT_ENCODING, accepted);
        router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn the_memory_answers_as_the_disk_does() {
        let (_folder, options) = site(Env::PROD);
        let [memory, disk] = both(&options);
        for name in NAMES.iter().chain(&["unknown.d.ts", "none.js", "", "a.js.br", "../pkg/a.js", "%61.js"]) {
            for method in [Method::GET, Method::HEAD, Method::POST] {
                for accepted in ["", "gzip", "br", "gzip, br", "br;q=0, gzip", "identity", "gzip;q=0.5, br;q=0.1"] {
                    let path = format!("/pkg/{name}");
                    let kept = get(&memory, &method, &path, accepted).await;
                    let read = get(&disk, &method, &path, accepted).await;
                    assert_eq!(kept.status(), read.status(), "{method} {path} {accepted}");
                    for name in ["content-type", "content-encoding", "content-length", "vary", "allow"] {
                        let (kept, read) = (kept.headers().get(name), read.headers().get(name));
                        assert_eq!(kept, read, "{name} of {method} {path} {accepted}");
                    }
                    let kept = to_bytes(kept.into_body(), usize::MAX).await.unwrap();
                    let read = to_bytes(read.into_body(), usize::MAX).await.unwrap();
                    assert_eq!(kept, read, "{method} {path} {accepted}");
                }
            }
        }
    }

    #[tokio::test]
    async fn under_watch_a_changed_file_is_served_at_once() {
        for (env, expected) in [(Env::DEV, "new"), (Env::PROD, "a.js plain")] {
            let (folder, options) = site(env);
            let [memory, _] = both(&options);
            std::fs::write(folder.path().join("pkg/a.js"), "new").unwrap();
            let served = get(&memory, &Method::GET, "/pkg/a.js", "").await;
            assert_eq!(to_bytes(served.into_body(), usize::MAX).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn a_file_is_loaded_again_only_when_it_has_changed() {
        let (folder, options) = site(Env::PROD);
        let tag = async || {
            let response = get(&both(&options)[0], &Method::GET, "/pkg/a.js", "").await;
            response.headers()[header::ETAG].clone()
        };
        let (first, second) = (tag().await, tag().await);
        let request = Request::get("/pkg/a.js").header(header::IF_NONE_MATCH, &first).body(Body::empty()).unwrap();
        let again = both(&options)[0].clone().oneshot(request).await.unwrap();
        assert_eq!((again.status(), &second), (StatusCode::NOT_MODIFIED, &first));
        assert_eq!(again.headers()[header::CACHE_CONTROL], REVALIDATE);
        std::fs::write(folder.path().join("pkg/a.js"), "new").unwrap();
        assert_ne!(tag().await, first);
    }

    #[test]
    fn the_memory_of_files_is_bounded() {
        let mut files = SiteFiles::default();
        for number in 0..100 {
            files.keep(&format!("/{number}.js"), REVALIDATE, |_| Some(Bytes::from(vec![0; LONGEST])));
        }
        assert_eq!((files.room, files.files.len()), (0, MEMORY / LONGEST / 3 + 1));
    }
}
