//! A resource in memory, plain and compressed, and the choice between the two (RFC 9110, section
//! 12.5.3).
//!
//! Only content that is the same for everybody belongs here: compressed once and without anything
//! of a request in it, it reveals nothing by its length (BREACH).

use axum::body::{Body, Bytes};
use axum::response::Response;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::io::{Error, Write};

/// The weight of a coding that is listed without one.
const FULL: u16 = 1000;

/// A content coding, the best one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// The name, as `Accept-Encoding` and `Content-Encoding` have it.
    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// The weight that a request gives to the coding, from 0 (refused) to [`FULL`]. A client that
    /// names no codings gets the plain bytes.
    fn weight(self, request: &HeaderMap) -> u16 {
        let listed = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let mut others = None;
        for (name, weight) in listed.flat_map(|list| list.split(',')).map(weighted) {
            // `x-gzip` is another name of gzip (RFC 9110, section 8.4.1.3).
            let name = name.strip_prefix("x-").unwrap_or(name);
            if name.eq_ignore_ascii_case(self.name()) {
                return weight;
            }
            if name == "*" {
                others = Some(weight);
            }
        }
        // Plain bytes are acceptable unless they are refused, and a listed coding is better.
        others.unwrap_or(u16::from(self == Self::Identity))
    }
}

/// The name and the weight of a member of `Accept-Encoding`. A weight that is no number refuses.
fn weighted(member: &str) -> (&str, u16) {
    let (name, parameter) = member.split_once(';').unwrap_or((member, ""));
    let weight = match parameter.split_once('=') {
        Some((key, value)) if key.trim().eq_ignore_ascii_case("q") => {
            value.trim().parse::<f32>().map_or(0, |weight| (weight.clamp(0.0, 1.0) * f32::from(FULL)) as u16)
        }
        _ => FULL,
    };
    (name.trim(), weight)
}

/// The bytes in one coding.
pub(crate) struct Representation {
    pub(crate) coding: Coding,
    pub(crate) bytes: Bytes,
    /// A quoted text that changes with the bytes; `None` if the client must not keep the answer.
    pub(crate) etag: Option<HeaderValue>,
}

/// A resource with at least one representation in memory.
pub(crate) struct Representations {
    headers: HeaderMap,
    /// The best coding first.
    all: Vec<Representation>,
}

impl Representations {
    /// A resource with the headers that each of its answers has.
    pub(crate) fn new(headers: HeaderMap, mut all: Vec<Representation>) -> Self {
        all.sort_by_key(|representation| representation.coding);
        Self { headers, all }
    }

    /// An HTML document, plain and with gzip. Brotli would save half a kilobyte of the largest one,
    /// less than a packet.
    pub(crate) fn document(html: String) -> Self {
        let html_type = HeaderValue::from_static("text/html; charset=utf-8");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, html_type)]);
        let gzip = gzip(html.as_bytes()).map(|bytes| (Coding::Gzip, Bytes::from(bytes)));
        let plain = (Coding::Identity, Bytes::from(html));
        let all = gzip.into_iter().chain([plain]).map(|(coding, bytes)| Representation { coding, bytes, etag: None });
        Self::new(headers, all.collect())
    }

    /// The answer to a request. `None`: the client wants the plain bytes, and they are not in
    /// memory.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Option<Response> {
        let best = self.choose(request)?;
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.headers.clone();
        let headers = response.headers_mut();
        if self.all.len() > 1 {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Some(etag) = &best.etag {
            headers.insert(header::ETAG, etag.clone());
            if is_current(request, etag) {
                headers.remove(header::CONTENT_TYPE);
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                return Some(response);
            }
        }
        if best.coding != Coding::Identity {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(best.coding.name()));
        }
        // Also the answer to HEAD has it, whose body is dropped.
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(best.bytes.len()));
        *response.body_mut() = Body::from(best.bytes.clone());
        Some(response)
    }

    /// The representation with the highest weight, and the best coding among equals. If the client
    /// refuses all, it gets the plain bytes.
    fn choose(&self, request: &HeaderMap) -> Option<&Representation> {
        let plain = Coding::Identity.weight(request);
        let weighted = self.all.iter().map(|found| (found.coding.weight(request), found));
        let best = weighted.rev().filter(|(weight, _)| *weight > 0).max_by_key(|(weight, _)| *weight);
        match best {
            Some((weight, found)) if weight >= plain => Some(found),
            _ => self.all.iter().find(|found| found.coding == Coding::Identity),
        }
    }
}

/// Whether the client has these bytes already (RFC 9110, section 13.1.2).
fn is_current(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|list| list.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    known.any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes())
}

/// The bytes with gzip. `None`: they do not become shorter.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed.map_err(|_: Error| ()).ok().filter(|compressed| compressed.len() < bytes.len())
}

#[cfg(test)]
mod tests;
