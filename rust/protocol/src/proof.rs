//! The bytes of a link.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::canonical::is_encoding;
use crate::field::EF;
use crate::rejection::Rejection;
use crate::statement::{FORMAT_VERSION, Statement};
use crate::version::{self, magic};

/// What a link begins with, before the version of its encoding.
const KIND: &[u8; 6] = b"ZKLINK";

/// Version of the encoding of links.
pub const LINK_VERSION: u16 = 6;

/// No link may be larger: openings of the three largest polynomials and a long schedule fit.
pub const MAX_LINK_BYTES: usize = 64 << 20;

/// A proven link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkProof {
    /// What is proven.
    pub statement: Statement,
    /// Root of the witness polynomial, if the link has one.
    pub witness: Option<[u8; 32]>,
    /// The scalars that were sent over the channel, in order; masked on the hiding channel.
    pub scalars: Vec<EF>,
    /// What is shown as it is, in order: on the hiding channel nothing but uniform elements.
    pub revealed: Vec<EF>,
    /// Openings of the polynomials that the link opens, in their order.
    #[serde(with = "crate::octets")]
    pub openings: Vec<Vec<u8>>,
}

impl LinkProof {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory cannot fail: every type is plain data.
        let body = postcard::to_allocvec(self).unwrap_or_default();
        [magic(KIND, LINK_VERSION).as_slice(), &body].concat()
    }

    /// Decodes a link. Allocates no more than a small multiple of `bytes`.
    ///
    /// # Errors
    /// [`Rejection::Limit`], [`Rejection::Version`] and [`Rejection::Encoding`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rejection> {
        if bytes.len() > MAX_LINK_BYTES {
            return Err(Rejection::Limit { part: "link", limit: MAX_LINK_BYTES as u64 });
        }
        let body = version::body(bytes, KIND, LINK_VERSION, "link")?;
        let (link, rest): (Self, &[u8]) = postcard::take_from_bytes(body)
            .map_err(|_| Rejection::Encoding("truncated or damaged"))?;
        if !rest.is_empty() || !is_encoding(&link, body) {
            return Err(Rejection::Encoding("not in canonical form"));
        }
        let (part, found) = ("statement", link.statement.format);
        if found != FORMAT_VERSION {
            return Err(Rejection::Version { part, found, known: FORMAT_VERSION });
        }
        Ok(link)
    }
}

/// The statement that a link begins with, without looking at what follows it.
///
/// # Errors
/// [`Rejection::Version`] and [`Rejection::Encoding`].
pub fn statement_of(link: &[u8]) -> Result<Statement, Rejection> {
    let body = version::body(link, KIND, LINK_VERSION, "link")?;
    postcard::take_from_bytes(body)
        .map(|(statement, _)| statement)
        .map_err(|_| Rejection::Encoding("truncated or damaged"))
}
