//! The shape of a proof: what the parameters say about every length in it.
//!
//! The verifier checks it before the library sees the proof, and the decoder's size limit is its
//! encoded size. Only Merkle siblings vary: their number depends on the positions drawn. The lengths
//! themselves are in the `shape.rs` of each scheme.

use alloc::vec::Vec;

use crate::Error;

pub const BASE_BYTES: usize = 8;
pub const EXTENSION_BYTES: usize = 24;
pub const DIGEST_BYTES: usize = 32;
/// The most a length takes in the encoding: shapes stay below `2^28`.
pub const LENGTH_BYTES: usize = 4;

/// Rows opened at the queried positions of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Openings {
    pub rows: usize,
    pub width: usize,
    pub log_height: usize,
}

impl Openings {
    pub fn new(queries: usize, width: usize, height: usize) -> Self {
        Self {
            // A phase with more queries than rows opens every row once.
            rows: queries.min(height),
            width,
            log_height: height.ilog2() as usize,
        }
    }

    /// Checks rows and the number of Merkle siblings that come with them.
    pub fn check<T>(&self, rows: &[Vec<T>], siblings: usize) -> Result<(), Error> {
        count("opened rows", self.rows, rows.len())?;
        for row in rows {
            count("opened row", self.width, row.len())?;
        }
        let most = self.max_siblings();
        if siblings > most {
            return Err(Error::ProofShape {
                part: "Merkle siblings",
                expected: most,
                actual: siblings,
            });
        }
        Ok(())
    }

    /// At each level, a sibling is sent for at most every query and every parent.
    fn max_siblings(&self) -> usize {
        (0..self.log_height).map(|log_parents| self.rows.min(1 << log_parents)).sum()
    }

    /// Encoded length, at the width of extension elements, with nodes and what comes with a row of
    /// the given lengths.
    pub fn max_bytes(&self, node: usize, beside_a_row: usize) -> usize {
        let row = LENGTH_BYTES + self.width * EXTENSION_BYTES;
        4 * LENGTH_BYTES + self.rows * (row + beside_a_row) + self.max_siblings() * node
    }
}

/// Requires a part to have as many entries as it should.
pub fn count(part: &'static str, expected: usize, actual: usize) -> Result<(), Error> {
    if expected == actual { Ok(()) } else { Err(Error::ProofShape { part, expected, actual }) }
}

/// Rows of the extension where those of the base field are opened, or the other way round.
pub const fn other_field(base: bool) -> Result<(), Error> {
    let (expected, actual) = if base { (1, 3) } else { (3, 1) };
    Err(Error::ProofShape { part: "degree of the opened field", expected, actual })
}
