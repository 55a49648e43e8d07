//! The decoded tokens of one request. Several steps read the same token, and the decision starts
//! again after each lookup, so a token is decoded once and kept until the request is decided.

use super::config::AuthConfig;
use crate::token::TokenError;
use crate::verified_tokens::{DecodedToken, VerifiedTokens};
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// Tokens that are kept. A browser sends two or three; the search for one of thousands would cost
/// more than decoding it.
const CAPACITY: usize = 8;

type Decoded = Result<Arc<DecodedToken>, TokenError>;

/// The tokens that were decoded for a request, by their text. Refused ones are kept too.
#[derive(Default)]
pub(super) struct DecodedTokens(RefCell<Vec<(Box<str>, Decoded)>>);

/// Decodes the tokens of one request.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a> {
    verified: &'a VerifiedTokens,
    decoded: &'a DecodedTokens,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(config: &'a AuthConfig, decoded: &'a DecodedTokens) -> Self {
        Self { verified: &config.verified_tokens, decoded }
    }

    pub(super) fn decode(self, text: &str) -> Decoded {
        let mut decoded = self.decoded.0.borrow_mut();
        if let Some((_, token)) = decoded.iter().find(|(known, _)| **known == *text) {
            return token.clone();
        }
        let token = self.verified.decode(text);
        if decoded.len() < CAPACITY {
            decoded.push((text.into(), token.clone()));
        }
        token
    }
}

impl fmt::Debug for DecodedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecodedTokens")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publishable_key::PublishableKey;

    #[test]
    fn a_token_is_decoded_once_for_a_request() {
        let config = AuthConfig::new(PublishableKey::parse("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap(), "http://a");
        let decoded = DecodedTokens::default();
        let tokens = Tokens::new(&config, &decoded);
        let (first, again) = (tokens.decode("e30.e30.").unwrap(), tokens.decode("e30.e30.").unwrap());
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(tokens.decode("no token").err(), Some(TokenError::Invalid));
        for number in 0..100 {
            assert!(tokens.decode(&format!("e30.e30.{number:04}")).is_ok());
        }
        assert_eq!(decoded.0.borrow().len(), CAPACITY);
        let other_request = DecodedTokens::default();
        assert!(!Arc::ptr_eq(&first, &Tokens::new(&config, &other_request).decode("e30.e30.").unwrap()));
    }
}
