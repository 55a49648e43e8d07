//! Where the rate limits are stored: Redis, Upstash, or this process.

use super::*;
use crate::limit::Mode;

#[test]
fn a_url_of_redis_is_read_as_the_client_reads_it() {
    for url in ["redis://h", "rediss://u:p@h:6380/3", "redis://[::1]:6379/"] {
        assert!(matches!(read(&[("REDIS_URL", url)], true).unwrap().limits, LimitStore::Redis(_)), "{url}");
    }
    for url in ["redis://", "redis://h/first", "redis://h:port", "redis:h", "h:6379"] {
        assert_eq!(complaints(&[("REDIS_URL", url)], true), ["REDIS_URL"], "{url}");
    }
}

#[test]
fn the_mode_is_strict_unless_parity_is_set() {
    let mode = |value| read(&[("RATE_LIMIT_MODE", value)], true).unwrap().rate_limit_mode;
    assert_eq!((mode(""), mode("strict"), mode(" parity ")), (Mode::Strict, Mode::Strict, Mode::Parity));
    for wrong in ["Parity", "0", "strict,parity", "lenient"] {
        let problems = read(&[("RATE_LIMIT_MODE", wrong)], true).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.variable, problem.remedy)).collect();
        assert_eq!(found.len(), 1, "{wrong}");
        assert!(found[0].0 == "RATE_LIMIT_MODE" && found[0].1.contains("parity"), "{wrong}: {found:?}");
    }
}

const UPSTASH_URL: &str = "UPSTASH_REDIS_REST_URL";
const UPSTASH_TOKEN: &str = "UPSTASH_REDIS_REST_TOKEN";

#[test]
fn upstash_is_reached_over_https_or_on_the_loopback() {
    let read_url = |url| read(&[(UPSTASH_URL, url), (UPSTASH_TOKEN, "AX_opensesame-~+/==")], true);
    for url in [
        "https://eu1-a.upstash.io",
        " https://eu1-a.upstash.io/ ",
        "http://127.0.0.1:8079",
        "http://[::1]:80/",
        "http://localhost:1",
    ] {
        assert!(matches!(read_url(url).unwrap().limits, LimitStore::Upstash { .. }), "{url}");
    }
    for url in [
        "http://eu1-a.upstash.io",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "http://0.0.0.0:8079",
        "https://:opensesame@eu1-a.upstash.io/",
        "https://eu1-a.upstash.io/?_token=opensesame",
        "rediss://eu1-a.upstash.io:6379",
        "\"https://eu1-a.upstash.io\"",
        "eu1-a.upstash.io",
    ] {
        let problems = read_url(url).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.variable).collect::<Vec<_>>(), [UPSTASH_URL], "{url}");
        assert!(!format!("{problems} {problems:?}").contains("opensesame"), "{problems}");
    }
}

#[test]
fn upstash_needs_both_variables_and_no_redis_beside_it() {
    let (url, token) = ((UPSTASH_URL, "https://eu1-a.upstash.io"), (UPSTASH_TOKEN, "opensesame"));
    assert_eq!(complaints(&[url], true), [UPSTASH_TOKEN]);
    assert_eq!(complaints(&[token], true), [UPSTASH_URL]);
    assert_eq!(complaints(&[url, (UPSTASH_TOKEN, " ")], true), [UPSTASH_TOKEN]);
    let beside = read(&[url, token, ("REDIS_URL", "redis://h")], true).unwrap_err();
    assert_eq!(beside.iter().map(|problem| problem.variable).collect::<Vec<_>>(), [UPSTASH_URL, UPSTASH_TOKEN]);
    assert!(beside.iter().all(|problem| problem.remedy.contains("remove REDIS_URL")), "{beside}");
    for wrong in ["two words", "\"opensesame\"", "op\u{e9}n", "open\nsesame"] {
        assert_eq!(complaints(&[url, (UPSTASH_TOKEN, wrong)], true), [UPSTASH_TOKEN], "{wrong}");
    }
    let printed = format!("{:?}", read(&[url, token], true).unwrap());
    assert!(printed.contains("eu1-a.upstash.io") && !printed.contains("opensesame"), "{printed}");
}
