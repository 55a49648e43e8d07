//! The answers of reads in a page: the server writes them, and the browser's half starts with them.

use crate::browser::Answer;
use crate::call_error::CallError;
use crate::codec::Json;
use crate::value::Mismatch;
use domain::refusal::Refusal;
use leptos::server::codee::{Decoder, Encoder};

/// No JSON begins with this character.
const REFUSED: char = '!';

/// The JSON of an answer as it is, or the JSON of a refusal with a mark before it: the type of the
/// answer is not known here.
pub(crate) struct AnswerJson;

impl Encoder<Result<Answer, CallError>> for AnswerJson {
    type Error = Mismatch;
    type Encoded = String;

    fn encode(answer: &Result<Answer, CallError>) -> Result<String, Self::Error> {
        match answer {
            Ok(answer) => Ok(answer.json()),
            Err(refusal) => Json::encode(refusal).map(|json| format!("{REFUSED}{json}")),
        }
    }
}

impl Decoder<Result<Answer, CallError>> for AnswerJson {
    type Error = Refusal;
    type Encoded = str;

    fn decode(text: &str) -> Result<Result<Answer, CallError>, Refusal> {
        match text.strip_prefix(REFUSED) {
            Some(json) => Json::decode(json).map(Err).map_err(|_| Refusal::Internal),
            None => Answer::of_json(text).map(Ok).ok_or(Refusal::Internal),
        }
    }
}
