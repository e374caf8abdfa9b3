//! Lists of byte strings, encoded as any list of lists of bytes but copied at once and not byte by byte.

use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serializer};
use serde_bytes::{ByteBuf, Bytes};

/// # Errors
/// Those of the encoder.
pub fn serialize<S: Serializer>(strings: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(strings.iter().map(|string| Bytes::new(string)))
}

/// # Errors
/// Those of the decoder.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
    let strings = Vec::<ByteBuf>::deserialize(deserializer)?;
    Ok(strings.into_iter().map(ByteBuf::into_vec).collect())
}
