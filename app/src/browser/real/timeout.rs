//! A time limit for a future: a browser by itself gives a request up only after minutes.

use futures_channel::oneshot;
use leptos::prelude::set_timeout_with_handle;
use std::future::pending;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

/// The output of a future, or `None` after `timeout`. The future is then dropped, which aborts its
/// requests.
pub(super) async fn with_timeout<T>(timeout: Duration, future: impl Future<Output = T>) -> Option<T> {
    let (end, mut ended) = oneshot::channel::<()>();
    let give_up = move || {
        // The future was faster, and the receiver is gone.
        let _ = end.send(());
    };
    let timer = set_timeout_with_handle(give_up, timeout);
    let mut future = pin!(future);
    let output = std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Pin::new(&mut ended).poll(context).map(|_| None),
    });
    let output = output.await;
    if let Ok(timer) = timer {
        timer.clear();
    }
    output
}

/// Waits for as long.
pub(super) async fn sleep(time: Duration) {
    with_timeout(time, pending::<()>()).await;
}
