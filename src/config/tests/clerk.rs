//! Settings of a Clerk instance: sign-in page, proxy and webhook secrets.

use super::*;

#[test]
fn the_sign_in_url_is_our_page_or_an_external_page() {
    let sign_in = |url: &'static str| {
        let origin = ("PUBLIC_ORIGIN", "https://admin.example.com");
        let config = read(&instance(&[origin, ("CLERK_SIGN_IN_URL", url)]), true)?;
        let ClerkSource::Instance(settings) = config.clerk else { panic!("local") };
        Ok::<_, Problems>(settings.sign_in_url)
    };
    for url in ["/sign-in", "/sign-in?x=1", "https://accounts.example.com/sign-in", "https://admin.example.com/login"] {
        assert_eq!(sign_in(url).unwrap(), url);
    }
    // Another application behind the same proxy: its path only begins like the dashboard's.
    let neighbour = "https://admin.example.com/admin-login";
    assert_eq!(sign_in(neighbour).unwrap(), neighbour);
    assert_eq!(sign_in("https://admin.example.com/sign-in").unwrap(), "/sign-in");
    for (url, problem) in [
        ("/admin", "is a page behind the sign-in"),
        ("/admin/members?page=1", "is a page behind the sign-in"),
        ("https://admin.example.com/admin", "is a page behind the sign-in"),
        ("/", "is a page without a sign-in form"),
        ("/sign-out", "is a page without a sign-in form"),
        ("/sign-in-custom", "has no page in this application, so it would answer 404"),
        ("/admin-login", "has no page in this application, so it would answer 404"),
        ("sign-in", "is neither a path of this application nor an absolute URL"),
        ("/sign-in/\\x", "is neither a path of this application nor an absolute URL"),
    ] {
        let problems = sign_in(url).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| problem.variable).collect();
        assert_eq!(found, ["CLERK_SIGN_IN_URL"], "{url}");
        assert!(problems.to_string().contains(problem), "{url}: {problems}");
    }
}

#[test]
fn the_proxy_url_is_on_the_public_origin() {
    let proxy = |url: &'static str| {
        let origin = ("PUBLIC_ORIGIN", "https://admin.example.com");
        let config = read(&instance(&[origin, ("CLERK_PROXY_URL", url)]), true)?;
        let ClerkSource::Instance(settings) = config.clerk else { panic!("local") };
        Ok::<_, Problems>(settings.proxy_url.unwrap())
    };
    for url in ["/__clerk", "/__clerk/"] {
        assert_eq!(proxy(url).unwrap(), "/__clerk");
    }
    for url in [
        "https://admin.example.com/__clerk",
        "https://admin.example.com/__clerk/",
        "https://ADMIN.example.com:443/__clerk",
    ] {
        assert_eq!(proxy(url).unwrap(), "https://admin.example.com/__clerk", "{url}");
    }
    for url in [
        "https://elsewhere.example/__clerk",
        "https://www.admin.example.com/__clerk",
        "https://admin.example.com:8443/__clerk",
        "http://admin.example.com/__clerk",
        "https://admin.example.com/x/__clerk",
        "https://admin.example.com/__clerk?x",
        "https://user@admin.example.com/__clerk",
        "//admin.example.com/__clerk",
        "/x/__clerk",
        "__clerk",
    ] {
        let problems = proxy(url).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| problem.variable).collect();
        assert_eq!(found, ["CLERK_PROXY_URL"], "{url}");
        assert!(problems.to_string().contains("the public origin followed by /__clerk"), "{problems}");
    }
}

#[test]
fn two_webhook_secrets_are_allowed_while_rotating() {
    let pairs = instance(&[(
        "CLERK_WEBHOOK_SIGNING_SECRET",
        "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0, whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==",
    )]);
    let ClerkSource::Instance(settings) = read(&pairs, false).unwrap().clerk else { panic!("local") };
    assert_eq!(settings.webhook_secrets.len(), 2);
}

#[test]
fn settings_of_a_real_instance_are_refused_with_the_local_clerk() {
    for name in [
        "CLERK_JWT_KEY",
        "CLERK_API_URL",
        "CLERK_FAPI_URL",
        "CLERK_PROXY_URL",
        "CLERK_AUTHORIZED_PARTIES",
        "CLERK_WEBHOOK_SIGNING_SECRET",
        "CLERK_SIGN_IN_URL",
    ] {
        assert_eq!(complaints(&[(name, "/__clerk")], true), [name]);
        assert!(read(&[(name, " ")], true).is_ok(), "{name}");
    }
}
