//! What a server function answers when it says no: the closed set of `domain::refusal`, in the form that Leptos wants.

use domain::refusal::{InvalidFields, Refusal};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// A refusal as the error type of server functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refused(pub Refusal);

impl FromServerFnError for Refused {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        #[cfg(feature = "ssr")]
        crate::compat::note_framework_error(&error);
        Self(match error {
            // In the browser: the network is gone, or something else answered in our place, with a page of a proxy for example.
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Refusal::Unavailable,
            ServerFnErrorErr::Deserialization(_) if cfg!(not(feature = "ssr")) => Refusal::Unavailable,
            // The decoder's text could quote the input: which field was wrong is only said for fields that were decoded.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Refusal::InvalidInput { fields: InvalidFields::new() }
            }
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_) => Refusal::Internal,
        })
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}
