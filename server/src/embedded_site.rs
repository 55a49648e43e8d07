//! The site inside the binary (feature `embed-site`): one file is then the whole deployment, and no
//! site of another build can stand beside it. `build.rs` writes the list.

#[cfg(feature = "embed-site")]
include!(concat!(env!("OUT_DIR"), "/site.rs"));

#[cfg(not(feature = "embed-site"))]
pub(crate) static FILES: &[(&str, &[u8])] = &[];
#[cfg(not(feature = "embed-site"))]
pub(crate) const HASHES: &str = "";

/// Whether this binary has its site inside. It then reads no file of a site.
pub const IS_EMBEDDED: bool = cfg!(feature = "embed-site");

/// The bytes of the file at a URL.
pub(crate) fn get(url: &str) -> Option<&'static [u8]> {
    let index = FILES.binary_search_by_key(&url, |(url, _)| *url).ok()?;
    FILES.get(index).map(|(_, bytes)| *bytes)
}
