//! local clerk
