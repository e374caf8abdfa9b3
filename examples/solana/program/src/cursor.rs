//! Reading a proof's bytes in postcard's encoding, and only what it would write again in the same way.

use crate::machine::Word;
use crate::refusal::Refusal;

/// What is left to read.
pub struct Cursor<'a> {
    left: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// At the beginning.
    #[inline(always)]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    /// So many bytes.
    #[inline(always)]
    pub fn bytes(&mut self, count: u64) -> Option<&'a [u8]> {
        let count = usize::try_from(count).ok()?;
        let (taken, left) = self.left.split_at_checked(count)?;
        self.left = left;
        Some(taken)
    }

    /// A digest, or a number.
    #[inline(always)]
    pub fn word(&mut self) -> Option<&'a Word> {
        self.bytes(32)?.first_chunk()
    }

    /// A byte.
    #[inline(always)]
    pub fn byte(&mut self) -> Option<u8> {
        let (&byte, left) = self.left.split_first()?;
        self.left = left;
        Some(byte)
    }

    /// An integer of seven bits a byte, without a byte too many.
    #[inline(never)]
    pub fn integer(&mut self, to: &mut u64) -> Result<(), Refusal> {
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            let byte = self.byte().ok_or(Refusal::Encoding)?;
            // The tenth byte has the last bit; a last byte of zero says nothing.
            if (shift == 63 && byte > 1) || (shift > 0 && byte == 0) {
                return Err(Refusal::Encoding);
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                *to = value;
                return Ok(());
            }
            shift += 7;
        }
    }

    /// Nothing is left.
    #[inline(always)]
    pub const fn end(&self) -> Result<(), Refusal> {
        if self.left.is_empty() { Ok(()) } else { Err(Refusal::Encoding) }
    }
}
