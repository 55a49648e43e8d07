//! Requests that are for this application, and requests that are not.

use super::*;

const OWN: &str = "https://admin.example.com";

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    map
}

fn request_origin(
    public: &str,
    trusts: bool,
    target: &str,
    pairs: &[(&'static str, &str)],
) -> Result<String, HostError> {
    let parties = ["https://second.example.com".to_owned()];
    let origins = Origins::new(&PublicOrigin::parse(public).unwrap(), &parties, trusts);
    origins.request_origin(&target.parse().unwrap(), &headers(pairs))
}

#[test]
fn a_request_for_an_unknown_host_is_refused() {
    let own = |host: &str| request_origin(OWN, false, "/", &[("host", host)]);
    for host in ["admin.example.com", "ADMIN.Example.com", "admin.example.com:443"] {
        assert_eq!(own(host).as_deref(), Ok(OWN), "{host}");
    }
    assert_eq!(own("second.example.com").as_deref(), Ok("https://second.example.com"));
    for host in [
        "evil.example",
        "admin.example.com:80",
        "admin.example.com:8443",
        "admin.example.com.",
        "admin.example.com.evil.example",
        "evil-admin.example.com",
        "localhost",
        "127.0.0.1",
        "127.0.0.1:3000",
        "10.0.0.7",
        "[::1]",
    ] {
        assert_eq!(own(host), Err(HostError::OtherHost), "{host}");
    }
    for host in ["", " ", "admin.example.com/x", "admin@example.com", "admin.example.com, evil", "ädmin.example.com"] {
        assert_eq!(own(host), Err(HostError::Malformed), "{host}");
    }
}

#[test]
fn a_request_names_exactly_one_host() {
    let own = |target: &str, hosts: &[(&'static str, &str)]| request_origin(OWN, false, target, hosts);
    let ours = ("host", "admin.example.com");
    assert_eq!(own("/", &[]), Err(HostError::Malformed));
    assert_eq!(own("/", &[ours, ours]), Err(HostError::Malformed));
    assert_eq!(own("/", &[ours, ("host", "evil.example")]), Err(HostError::Malformed));
    assert_eq!(own("https://admin.example.com/", &[]).as_deref(), Ok(OWN));
    assert_eq!(own("http://admin.example.com:443/", &[ours]).as_deref(), Ok(OWN));
    assert_eq!(own("https://evil.example/", &[ours]), Err(HostError::OtherHost));
    assert_eq!(own("https://admin.example.com/", &[("host", "evil.example")]), Err(HostError::OtherHost));
}

#[test]
fn only_our_proxies_can_forward_the_host() {
    let (inner, ours) = (("host", "10.0.0.7:3000"), ("x-forwarded-host", "admin.example.com"));
    assert_eq!(request_origin(OWN, true, "/", &[inner, ours]).as_deref(), Ok(OWN));
    assert_eq!(
        request_origin(OWN, true, "/", &[inner, ("x-forwarded-host", "admin.example.com, inner")]).as_deref(),
        Ok(OWN)
    );
    assert_eq!(request_origin(OWN, false, "/", &[inner, ours]), Err(HostError::OtherHost));
    assert_eq!(request_origin(OWN, true, "/", &[inner]), Err(HostError::OtherHost));
    let evil = ("x-forwarded-host", "evil.example, admin.example.com");
    assert_eq!(request_origin(OWN, true, "/", &[("host", "admin.example.com"), evil]), Err(HostError::OtherHost));
    let unreadable = ("x-forwarded-host", "ä");
    assert_eq!(request_origin(OWN, true, "/", &[("host", "admin.example.com"), unreadable]), Err(HostError::Malformed));
}

#[test]
fn in_development_every_loopback_name_is_accepted() {
    let public = "http://localhost:3000";
    for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "127.0.0.1:8080", "app.localhost:3000"] {
        assert_eq!(request_origin(public, false, "/", &[("host", host)]).as_deref(), Ok(public), "{host}");
    }
    for host in ["evil.example:3000", "localhost.evil.example:3000", "10.0.0.7:3000"] {
        assert_eq!(request_origin(public, false, "/", &[("host", host)]), Err(HostError::OtherHost), "{host}");
    }
    assert_eq!(
        request_origin("https://localhost:3443", false, "/", &[("host", "127.0.0.1:3443")]),
        Err(HostError::OtherHost)
    );
}

#[test]
fn a_write_must_come_from_the_same_origin() {
    let may = |pairs: &[(&'static str, &str)]| is_allowed_request(&Method::POST, "/sign-out", &headers(pairs), OWN);
    let cookie = ("cookie", "__session=x");
    assert!(may(&[("origin", OWN), cookie]));
    assert!(may(&[("origin", OWN), ("sec-fetch-site", "same-origin"), cookie]));
    assert!(may(&[("sec-fetch-site", "same-origin"), cookie]));
    assert!(may(&[]), "a program without cookies");
    for other in [
        "http://admin.example.com",
        "https://admin.example.com:8443",
        "https://admin.example.com.",
        "https://evil.example",
        "https://second.example.com",
        "https://admin.example.com/",
        "https://ADMIN.example.com",
        "null",
        "",
        "https://ädmin.example.com",
    ] {
        assert!(!may(&[("origin", other)]), "{other}");
        assert!(!may(&[("origin", other), ("sec-fetch-site", "same-origin")]), "{other}");
        assert!(!may(&[("origin", OWN), ("origin", other)]), "{other}");
        assert!(!may(&[("origin", other), ("origin", OWN)]), "{other}");
    }
    assert!(!may(&[("origin", OWN), ("origin", OWN)]));
    for site in ["cross-site", "same-site", "", "SAME-ORIGIN"] {
        assert!(!may(&[("origin", OWN), ("sec-fetch-site", site)]), "{site}");
        assert!(!may(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", site)]), "{site}");
    }
    assert!(!may(&[cookie]));
}

#[test]
fn protected_pages_can_be_linked_and_not_embedded() {
    let may = |path: &str, pairs: &[(&'static str, &str)]| is_allowed_request(&Method::GET, path, &headers(pairs), OWN);
    for site in ["cross-site", "same-site"] {
        let site = ("sec-fetch-site", site);
        let protected = Page::ALL.into_iter().filter(|page| page.definition().permission.is_some()).map(Page::path);
        for path in protected.chain(["/api/show_dashboard", "/api"]) {
            let page = [site, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
            assert!(may(path, &page) && may(path, &page[..2]), "{path}");
            for (mode, destination) in [
                ("navigate", "iframe"),
                ("navigate", "frame"),
                ("navigate", "object"),
                ("navigate", "embed"),
                ("no-cors", "image"),
                ("no-cors", "script"),
                ("no-cors", "document"),
                ("cors", "empty"),
                ("websocket", "websocket"),
            ] {
                let pairs = [site, ("sec-fetch-mode", mode), ("sec-fetch-dest", destination)];
                assert!(!may(path, &pairs), "{path} {mode} {destination}");
            }
            assert!(!may(path, &[site]), "{path}");
            for method in [Method::HEAD, Method::OPTIONS] {
                assert!(
                    !is_allowed_request(&method, path, &headers(&[site, ("sec-fetch-mode", "cors")]), OWN),
                    "{method} {path}"
                );
            }
        }
        assert!(may("/", &[site, ("sec-fetch-mode", "no-cors")]) && may("/administration", &[site]));
    }
    for site in ["same-origin", "none"] {
        assert!(may("/admin", &[("sec-fetch-site", site), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")]));
    }
    assert!(may("/admin", &[]), "a browser that tells nothing");
}
