//! Waiting, but not for ever: a browser gives a request up only after minutes.

use futures_channel::oneshot;
use leptos::prelude::set_timeout_with_handle;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

/// What a future gives, unless it takes longer. Then it is dropped, which calls off its requests.
pub(super) async fn within<T>(patience: Duration, future: impl Future<Output = T>) -> Option<T> {
    let (end, mut ended) = oneshot::channel::<()>();
    let give_up = move || {
        // Nobody listens to a timer that comes too late.
        let _ = end.send(());
    };
    let timer = set_timeout_with_handle(give_up, patience);
    let mut future = pin!(future);
    let given = std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(given) => Poll::Ready(Some(given)),
        Poll::Pending => Pin::new(&mut ended).poll(context).map(|_| None),
    });
    let given = given.await;
    if let Ok(timer) = timer {
        timer.clear();
    }
    given
}
