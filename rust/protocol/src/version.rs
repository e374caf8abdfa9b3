//! The beginning of every encoding: what it is, in six letters, and its version.

use crate::rejection::Rejection;

/// The beginning of the files of one kind.
pub fn magic(kind: &[u8; 6], version: u16) -> [u8; 8] {
    let [high, low] = version.to_be_bytes();
    let [a, b, c, d, e, f] = *kind;
    [a, b, c, d, e, f, high, low]
}

/// What follows the beginning of a file of this kind and version; `part` names it in errors.
///
/// # Errors
/// [`Rejection::Encoding`] for another kind, [`Rejection::Version`] for another version of it.
pub fn body<'a>(
    bytes: &'a [u8],
    kind: &[u8; 6],
    version: u16,
    part: &'static str,
) -> Result<&'a [u8], Rejection> {
    let rest = bytes.strip_prefix(kind.as_slice());
    let (found, body) = rest
        .and_then(<[u8]>::split_first_chunk::<2>)
        .ok_or(Rejection::Encoding("it does not begin as one does"))?;
    let found = u16::from_be_bytes(*found);
    if found != version {
        return Err(Rejection::Version { part, found: found.into(), known: version.into() });
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn other_versions_are_named() {
        let bytes = magic(b"ZKTEST", 258);
        assert_eq!(body(&bytes, b"ZKTEST", 258, "test"), Ok(&[][..]));
        let refused = body(&bytes, b"ZKTEST", 1, "test").unwrap_err();
        assert_eq!(refused.to_string(), "test of format version 258: this build knows version 1");
        for other in [&bytes[..7], b"ZKTOAST\x01\x02", b""] {
            assert!(matches!(body(other, b"ZKTEST", 1, "test"), Err(Rejection::Encoding(_))));
        }
    }
}
