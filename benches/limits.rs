//! The cost of a rate limit that is counted in this process. Run with `cargo bench -p gatehouse`.
#![expect(clippy::unwrap_used, reason = "a setup that fails ends the benchmark")]

use criterion::{Criterion, criterion_group, criterion_main};
use gatehouse::limit::{Call, Limit, Limiter, Requester};
use std::hint::black_box;
use tokio::runtime::Builder;

const NOW_MS: i64 = 1_750_000_000_000;

fn limits(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().build().unwrap();
    let limiter = Limiter::in_process(100_000);
    let call = Call::new(Requester::User("user_1"), NOW_MS);
    for (name, requests) in [("limit, admitted", u64::MAX), ("limit, refused", 1)] {
        let limit = Limit::per_minute(name, requests);
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(limiter.take(black_box(limit), black_box(call))));
        });
    }
}

criterion_group!(benches, limits);
criterion_main!(benches);
