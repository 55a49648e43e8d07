//! Callers that disconnect: a write is stored whole or not at all.

use super::*;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Polls a future at most `polls` times. `None` means that it was dropped before its end.
async fn poll_up_to<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    struct UpTo<'f, F>(usize, Pin<&'f mut F>);
    impl<F: Future> Future for UpTo<'_, F> {
        type Output = Option<F::Output>;
        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
            if self.0 == 0 {
                return Poll::Ready(None);
            }
            self.0 -= 1;
            match self.1.as_mut().poll(context) {
                Poll::Pending if self.0 == 0 => Poll::Ready(None),
                outcome @ (Poll::Ready(_) | Poll::Pending) => outcome.map(Some),
            }
        }
    }
    let future = pin!(future);
    UpTo(polls, future).await
}

#[tokio::test]
async fn a_write_that_is_dropped_at_any_await_is_stored_whole_or_not_at_all() {
    let opened = open(PATIENT).await;
    let two_notes = |polls: usize| {
        let writer = opened.writer.clone();
        async move {
            let mut transaction = writer.begin().await.unwrap();
            insert_into(&mut transaction, &format!("{polls} first")).await.unwrap();
            insert_into(&mut transaction, &format!("{polls} second")).await.unwrap();
            transaction.commit().await.unwrap();
        }
    };
    let mut polls = 0;
    while poll_up_to(polls, two_notes(polls)).await.is_none() {
        insert(&opened.writer, &format!("{polls} third")).await.unwrap();
        let stored = opened.notes().await.iter().filter(|id| id.starts_with(&format!("{polls} "))).count();
        assert!([1, 3].contains(&stored), "{polls} polls: {stored}");
        polls += 1;
        assert!(polls < 50);
    }
    assert!(polls >= 4, "{polls}");
}

#[tokio::test]
async fn a_commit_continues_after_its_caller_has_disconnected() {
    let opened = open(PATIENT).await;
    let mut transaction = opened.writer.begin().await.unwrap();
    insert_into(&mut transaction, "a").await.unwrap();
    assert!(poll_up_to(1, transaction.commit()).await.is_none());
    let mut next = opened.writer.begin().await.unwrap();
    let (rows,): (i64,) = sqlx::query_as("select count(*) from notes").fetch_one(&mut *next).await.unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_transaction_with_a_failed_or_cancelled_statement_cannot_be_committed() {
    let opened = open(PATIENT).await;
    let mut failed = opened.writer.begin().await.unwrap();
    failed.execute("insert into nowhere values (1)").await.unwrap_err();
    insert_into(&mut failed, "a").await.unwrap_err();
    failed.commit().await.unwrap_err();
    let mut cancelled = opened.writer.begin().await.unwrap();
    assert!(poll_up_to(1, insert_into(&mut cancelled, "b")).await.is_none());
    cancelled.commit().await.unwrap_err();
    insert(&opened.writer, "c").await.unwrap();
    assert_eq!(opened.notes().await, ["c"]);
}
