//! The error type of server functions: a [`Refusal`] in the form that Leptos needs.

use crate::leptos_response::{IS_SERVER, report_framework_error};
use domain::refusal::{InvalidFields, Refusal};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallError(pub Refusal);

impl CallError {
    /// Whether the page may be out of date after this answer. Refusals that nothing on the page can
    /// have caused or that only concern the form leave it as it is.
    pub(crate) fn leaves_page_outdated(answer: &Result<(), Self>) -> bool {
        let Err(Self(refusal)) = answer else { return true };
        match refusal {
            Refusal::Unavailable
            | Refusal::OtherOrganization
            | Refusal::RateLimited { .. }
            | Refusal::Entitlement { .. }
            | Refusal::Reverification { .. }
            | Refusal::InvalidInput { .. } => false,
            Refusal::Changed
            | Refusal::Unauthenticated { .. }
            | Refusal::Forbidden
            | Refusal::NotFound
            | Refusal::Internal => true,
        }
    }
}

impl FromServerFnError for CallError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        report_framework_error(&error);
        Self(match error {
            // In the browser: the network is down, or something else answered, a proxy for example.
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Refusal::Unavailable,
            ServerFnErrorErr::Deserialization(_) if !IS_SERVER => Refusal::Unavailable,
            // The decoder's text could quote the input, so no field is named.
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

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}
