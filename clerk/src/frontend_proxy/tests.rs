//! The headers, cookies, credentials and paths that pass the proxy.

use super::*;

#[test]
fn application_cookies_and_forwarded_headers_are_not_sent_to_clerk() {
    let proxy = |trusts| {
        let secret = "sk_test_x".to_owned().into();
        FrontendProxy::new("/__clerk", "https://frontend-api.clerk.dev", secret, "https://a.example", trusts).unwrap()
    };
    let mut incoming = HeaderMap::new();
    for (name, value) in [
        ("cookie", "theme=dark; __session=s; cart=1; __client_uat=2"),
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-host", "evil.example"),
        ("x-real-ip", "6.6.6.6"),
        ("cf-connecting-ip", "6.6.6.6"),
    ] {
        incoming.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let sent = proxy(false).request_headers(&incoming, Some("203.0.113.9".parse().unwrap()));
    let text = |headers: &HeaderMap, name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(text(&sent, "cookie").as_deref(), Some("__session=s; __client_uat=2"));
    assert_eq!(text(&sent, "x-forwarded-for").as_deref(), Some("203.0.113.9"));
    assert_eq!(text(&sent, "x-forwarded-host").as_deref(), Some("a.example"));
    assert_eq!((text(&sent, "x-real-ip"), text(&sent, "cf-connecting-ip")), (None, None));
    let trusted = proxy(true).request_headers(&incoming, None);
    assert_eq!(
        (text(&trusted, "x-forwarded-host").as_deref(), text(&trusted, "x-forwarded-for")),
        (Some("evil.example"), None)
    );
}

#[test]
fn only_a_scheme_of_the_web_comes_from_a_trusted_proxy() {
    let secret = "sk_test_x".to_owned().into();
    let proxy = FrontendProxy::new("/__clerk", "https://frontend-api.clerk.dev", secret, "https://a.example", true);
    let proxy = proxy.unwrap();
    for (scheme, expected) in [
        ("https", "https://b.example/__clerk"),
        ("http", "http://b.example/__clerk"),
        ("javascript", "https://a.example/__clerk"),
        ("ftp", "https://a.example/__clerk"),
        ("https://evil.example/?", "https://a.example/__clerk"),
    ] {
        let mut incoming = HeaderMap::new();
        incoming.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
        incoming.insert("x-forwarded-host", HeaderValue::from_static("b.example"));
        assert_eq!(proxy.request_headers(&incoming, None)["clerk-proxy-url"], expected, "{scheme}");
    }
}

#[test]
fn non_ascii_bytes_do_not_hide_clerks_cookies() {
    let secret = "sk_test_x".to_owned().into();
    let proxy =
        FrontendProxy::new("/__clerk", "https://frontend-api.clerk.dev", secret, "https://a.example", false).unwrap();
    let mut incoming = HeaderMap::new();
    for (name, value) in [
        ("cookie", "city=Zürich; __session=s; __session_é=x"),
        ("cookie", "__client=c; Zürich"),
        ("connection", "x-drop, ü"),
        ("x-drop", "1"),
        ("user-agent", "Zürich"),
    ] {
        incoming.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let sent = proxy.request_headers(&incoming, None);
    assert_eq!(sent["cookie"], "__session=s; __client=c");
    assert_eq!((sent.get("x-drop"), sent["user-agent"].as_bytes()), (None, "Zürich".as_bytes()));
    let upstream = HeaderMap::from_iter([(
        header::LOCATION,
        HeaderValue::from_bytes("https://frontend-api.clerk.dev/v1/ü".as_bytes()).unwrap(),
    )]);
    let url = proxy.upstream_url("/__clerk/v1").unwrap();
    let location = &proxy.response_headers(&HeaderMap::new(), &url, &upstream)[header::LOCATION];
    assert_eq!(location, "https://a.example/__clerk/v1/%C3%BC");
}

#[test]
fn only_bearer_tokens_are_sent_to_clerk() {
    let secret = "sk_test_x".to_owned().into();
    let proxy =
        FrontendProxy::new("/__clerk", "https://frontend-api.clerk.dev", secret, "https://a.example", false).unwrap();
    for (credential, goes_up) in [
        ("Basic c3RhZ2luZzpzZWNyZXQ=", false),
        ("basic c3RhZ2luZzpzZWNyZXQ=", false),
        ("Digest username=\"u\", realm=\"r\"", false),
        ("Negotiate YII=", false),
        ("Bearer eyJ.eyJ.x", true),
        ("bearer eyJ.eyJ.x", true),
        ("eyJ.eyJ.x", true),
    ] {
        let incoming = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(credential))]);
        let sent = proxy.request_headers(&incoming, None);
        assert_eq!(sent.contains_key(header::AUTHORIZATION), goes_up, "{credential}");
    }
}

#[test]
fn no_path_reaches_another_host() {
    let secret = "sk_test_x".to_owned().into();
    let proxy =
        FrontendProxy::new("/__clerk/", "http://127.0.0.1:4455/base", secret, "http://a.example", false).unwrap();
    for target in
        ["/__clerk//evil.example/x", "/__clerk/@evil.example", "/__clerk/\\evil.example", "/__clerk/..//..//x"]
    {
        assert_eq!(proxy.upstream_url(target).unwrap().host_str(), Some("127.0.0.1"), "{target}");
    }
    assert_eq!(proxy.upstream_url("/__clerkx/v1"), Err(ProxyError::PathMismatch));
}
