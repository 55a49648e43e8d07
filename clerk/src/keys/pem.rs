//! Reads the modulus and the exponent of an RSA public key from a PEM text: SubjectPublicKeyInfo
//! (RFC 5280) or PKCS #1 (RFC 8017).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// Modulus and exponent, big-endian. `None`: the text is no key in one of the two forms, or more
/// text follows the key.
pub(super) fn components(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let der = BASE64_STANDARD.decode(body(text)?).ok()?;
    let mut outer = Reader(&der);
    let mut key = Reader(outer.element(SEQUENCE)?);
    if !outer.0.is_empty() {
        return None;
    }
    // PKCS #1 begins with the modulus, SubjectPublicKeyInfo with the algorithm.
    if key.0.first() == Some(&SEQUENCE) {
        let algorithm = key.element(SEQUENCE)?;
        let bits = key.element(BIT_STRING)?;
        let inner = bits.strip_prefix(&[0])?;
        if !algorithm.starts_with(RSA_ENCRYPTION) || !key.0.is_empty() {
            return None;
        }
        let mut wrapped = Reader(inner);
        key = Reader(wrapped.element(SEQUENCE)?);
    }
    let (modulus, exponent) = (key.element(INTEGER)?, key.element(INTEGER)?);
    key.0.is_empty().then(|| (modulus.to_vec(), exponent.to_vec()))
}

/// The base64 between the frames, or the whole text if the frames are missing.
fn body(text: &str) -> Option<String> {
    let text = text.replace("\\n", "\n").replace("\\r", "");
    let inner = match text.split_once("-----BEGIN ") {
        Some((_, rest)) => {
            let (label, rest) = rest.split_once("-----")?;
            if !matches!(label, "PUBLIC KEY" | "RSA PUBLIC KEY") {
                return None;
            }
            rest.split_once("-----END ")?.0.to_owned()
        }
        None => text,
    };
    let body: String = inner.chars().filter(|char| !char.is_ascii_whitespace()).collect();
    let missing = (4 - body.trim_end_matches('=').len() % 4) % 4;
    Some(format!("{}{}", body.trim_end_matches('='), "=".repeat(missing)))
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// Object identifier 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The content of the next DER element, which must have this tag.
    fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
            0x82 => (usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])), rest.get(2..)?),
            _ => return None,
        };
        let content = rest.get(..length)?;
        self.0 = rest.get(length..)?;
        Some(content)
    }
}
