//! The choice between the representations, by every form of `Accept-Encoding`.

use super::*;
use http::HeaderName;

fn resource(codings: &[Coding]) -> Representations {
    let representation = |coding: &Coding| Representation {
        coding: *coding,
        bytes: Bytes::from(coding.name()),
        etag: Some(HeaderValue::from_str(&format!("\"{}\"", coding.name())).unwrap()),
    };
    Representations::new(HeaderMap::new(), codings.iter().map(representation).collect())
}

fn asking(name: HeaderName, values: &[&str]) -> HeaderMap {
    values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
}

/// The coding of the answer to these values of `Accept-Encoding`.
fn chosen(codings: &[Coding], accepted: &[&str]) -> Option<&'static str> {
    let request = asking(header::ACCEPT_ENCODING, accepted);
    let answer = resource(codings).answer(&request)?;
    let coding = answer.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
    Some(match coding.as_deref() {
        None => "identity",
        Some("br") => "br",
        Some("gzip") => "gzip",
        Some(other) => panic!("{other}"),
    })
}

#[test]
fn the_client_decides_by_weight_and_the_server_among_equals() {
    let all = [Coding::Identity, Coding::Gzip, Coding::Brotli];
    for (accepted, expected) in [
        (&[][..], "identity"),
        (&[""], "identity"),
        (&["gzip, deflate, br, zstd"], "br"),
        (&["gzip, deflate"], "gzip"),
        (&["x-gzip"], "gzip"),
        (&["GZIP"], "gzip"),
        (&["deflate"], "identity"),
        (&["gzip;q=1.0, br;q=0.5"], "gzip"),
        (&["gzip; q=0.2 , br ; q=0.9"], "br"),
        (&["br;q=0, gzip"], "gzip"),
        (&["br;q=0, gzip;q=0"], "identity"),
        (&["br;q=0.000, gzip;q=0.001"], "gzip"),
        (&["identity, gzip;q=0.5"], "identity"),
        (&["identity;q=0.5, gzip;q=1"], "gzip"),
        (&["*"], "br"),
        (&["*;q=0, gzip"], "gzip"),
        (&["gzip;q=0.8, *;q=0.1"], "gzip"),
        (&["br;q=0, *"], "gzip"),
        (&["identity;q=0, *;q=0"], "identity"),
        (&["br;q=none"], "identity"),
        (&["gzip", "br"], "br"),
    ] {
        assert_eq!(chosen(&all, accepted), Some(expected), "{accepted:?}");
    }
}

#[test]
fn plain_bytes_outside_of_the_memory_are_read_elsewhere() {
    let compressed = [Coding::Gzip, Coding::Brotli];
    for (accepted, expected) in [
        (&["br"][..], Some("br")),
        (&[], None),
        (&["deflate"], None),
        (&["identity, gzip;q=0.1"], None),
        (&["identity;q=0, gzip;q=0.1"], Some("gzip")),
    ] {
        assert_eq!(chosen(&compressed, accepted), expected, "{accepted:?}");
    }
}

#[test]
fn an_answer_that_the_client_has_is_empty_and_one_in_another_coding_is_not() {
    let resource = resource(&[Coding::Identity, Coding::Gzip]);
    for (known, accepted, expected) in [
        ("\"identity\"", "", StatusCode::NOT_MODIFIED),
        ("W/\"identity\"", "", StatusCode::NOT_MODIFIED),
        ("\"other\", \"identity\"", "", StatusCode::NOT_MODIFIED),
        ("*", "", StatusCode::NOT_MODIFIED),
        ("\"identity\"", "gzip", StatusCode::OK),
        ("\"gzip\"", "gzip", StatusCode::NOT_MODIFIED),
        ("identity", "", StatusCode::OK),
    ] {
        let mut request = asking(header::IF_NONE_MATCH, &[known]);
        request.extend(asking(header::ACCEPT_ENCODING, &[accepted]));
        let answer = resource.answer(&request).unwrap();
        assert_eq!(answer.status(), expected, "{known} {accepted}");
        assert!(answer.headers().contains_key(header::ETAG) && answer.headers().contains_key(header::VARY));
    }
}

#[test]
fn a_document_has_the_same_text_in_both_codings() {
    use std::io::Read;
    let html = "<p>Gatehouse</p>".repeat(100);
    let document = Representations::document(html.clone());
    let [compressed, plain] = &*document.all else { panic!("two representations") };
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*compressed.bytes).read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), &*plain.bytes), (html.as_str(), html.as_bytes()));
    assert!(compressed.bytes.len() < plain.bytes.len() / 4);
    assert_eq!(Representations::document("short".to_owned()).all.len(), 1, "gzip makes it longer");
}
