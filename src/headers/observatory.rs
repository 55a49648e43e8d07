//! observatory
