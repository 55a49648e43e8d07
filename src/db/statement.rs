//! One SQL statement with its arguments, detached from the query that a store function wrote.
//!
//! It has no lifetime, so it can be sent to the task that owns a connection. Each run collects all
//! results: no table is read as a stream.

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow, AnyStatement};
use sqlx::error::BoxDynError;
use sqlx::{Any, AnyConnection, Either, Error, Execute, Executor, SqlStr};

/// The results of a statement, or of several in one text.
pub(super) type Results = Vec<Either<AnyQueryResult, AnyRow>>;

/// A statement that is ready to run.
pub(super) struct Statement {
    pub(super) sql: SqlStr,
    /// `None` for a text that may hold several statements and is not prepared.
    pub(super) arguments: Option<AnyArguments>,
    is_named: bool,
}

impl Statement {
    /// Detaches a query.
    ///
    /// # Errors
    /// An argument cannot be encoded.
    pub(super) fn of<'q>(mut query: impl Execute<'q, Any>) -> Result<Self, Error> {
        let arguments = query.take_arguments().map_err(Error::Encode)?;
        let is_named = query.persistent();
        let sql = query.sql();
        #[cfg(test)]
        recorded::add(sql.as_str());
        Ok(Self { sql, arguments, is_named })
    }

    /// Prepares the statement without a name, so that a pooler cannot lose it.
    pub(super) fn unnamed(self) -> Self {
        Self { is_named: false, ..self }
    }

    pub(super) async fn run(self, connection: &mut AnyConnection) -> Result<Results, Error> {
        connection.fetch_many(self).try_collect().await
    }
}

impl Execute<'static, Any> for Statement {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&AnyStatement> {
        None
    }

    fn take_arguments(&mut self) -> Result<Option<AnyArguments>, BoxDynError> {
        Ok(self.arguments.take())
    }

    fn persistent(&self) -> bool {
        self.is_named
    }
}

/// The results as [`Executor::fetch_many`] returns them.
pub(super) fn many<'e>(
    results: impl Future<Output = Result<Results, Error>> + Send + 'e,
) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>> {
    let steps = async move { Ok::<_, Error>(stream::iter(results.await?.into_iter().map(Ok))) };
    stream::once(steps).try_flatten().boxed()
}

/// The first row as [`Executor::fetch_optional`] returns it.
pub(super) fn first_row<'e>(
    results: impl Future<Output = Result<Results, Error>> + Send + 'e,
) -> BoxFuture<'e, Result<Option<AnyRow>, Error>> {
    Box::pin(async move { Ok(results.await?.into_iter().find_map(Either::right)) })
}

/// The answer to a caller that wants a prepared statement without running it. A connection of a
/// pool or of a transaction could not keep it.
pub(super) fn not_prepared<'e, T: Send + 'e>() -> BoxFuture<'e, Result<T, Error>> {
    Box::pin(async { Err(Error::Configuration("a statement is prepared when it runs".into())) })
}

/// The statements that ran in this process, for the test of their plans.
#[cfg(test)]
pub(crate) mod recorded {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    static STATEMENTS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

    pub(super) fn add(sql: &str) {
        let mut statements = STATEMENTS.lock().unwrap();
        if !statements.contains(sql) {
            statements.insert(sql.to_owned());
        }
    }

    pub(crate) fn statements() -> Vec<String> {
        STATEMENTS.lock().unwrap().iter().cloned().collect()
    }
}
