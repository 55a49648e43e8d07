//! The cost of the security headers of one response. Run with `cargo bench -p gatehouse`.

use criterion::{Criterion, criterion_group, criterion_main};
use gatehouse::headers::{ClerkSources, HeaderPolicy, security_headers};
use gatehouse::random::Token;
use std::hint::black_box;

fn headers(criterion: &mut Criterion) {
    let policy = HeaderPolicy { https: true, clerk: Some(ClerkSources::default()), ..HeaderPolicy::default() };
    for (name, with_clerk) in [("headers, a page", false), ("headers, a page with Clerk's components", true)] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| security_headers(black_box(&policy), with_clerk, &Token::random()));
        });
    }
}

criterion_group!(benches, headers);
criterion_main!(benches);
