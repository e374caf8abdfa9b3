//! Whether bytes are the encoding of a value, without encoding it anew.

use postcard::ser_flavors::Flavor;
use serde::Serialize;

/// Whether postcard encodes `value` as `bytes`: varints have several encodings, of which one is canonical.
pub fn is_encoding<T: Serialize>(value: &T, bytes: &[u8]) -> bool {
    matches!(postcard::serialize_with_flavor(value, Expected(bytes)), Ok(true))
}

/// What is still expected of an encoder.
struct Expected<'a>(&'a [u8]);

impl Flavor for Expected<'_> {
    /// Whether nothing more was expected.
    type Output = bool;

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0 = self.0.strip_prefix(bytes).ok_or(postcard::Error::SerializeBufferFull)?;
        Ok(())
    }

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn finalize(self) -> postcard::Result<bool> {
        Ok(self.0.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_encoding_alone() {
        let value = (300u32, alloc::vec![1u8, 2], true);
        let bytes = postcard::to_allocvec(&value).unwrap();
        assert!(is_encoding(&value, &bytes));
        assert!(!is_encoding(&value, &bytes[..bytes.len() - 1]));
        assert!(!is_encoding(&value, &[&bytes[..], &[0]].concat()));
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(!is_encoding(&value, &other));
        }
        // 300 in three bytes: it decodes to the same.
        let wide = [0xac, 0x82, 0x00, 2, 1, 2, 1];
        assert_eq!(postcard::from_bytes(&wide), Ok(value.clone()));
        assert!(!is_encoding(&value, &wide));
    }
}
