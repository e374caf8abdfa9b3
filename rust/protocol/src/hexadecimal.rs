//! Hexadecimal text, as orders, expectations, receipts and proofs for a chain have it.

use alloc::string::String;
use alloc::vec::Vec;

/// 32 bytes from 64 hexadecimal digits.
pub fn bytes32(text: &str) -> Option<[u8; 32]> {
    bytes(text)?.try_into().ok()
}

/// Bytes from hexadecimal digits of either case.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|&[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok()).collect()
}

/// The digits of bytes, in small letters.
pub fn text(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_either_case_and_nothing_else() {
        assert_eq!(bytes("00fFA9"), Some(alloc::vec![0, 255, 169]));
        for other in ["0", "0x", "+1", "é", "0 ", "g0"] {
            assert_eq!(bytes(other), None, "{other}");
        }
        assert_eq!(bytes32(&"7e".repeat(32)), Some([126; 32]));
        assert_eq!(bytes32(&"7e".repeat(31)), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let every: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&text(&every)), Some(every));
        assert_eq!(text(&[0, 0x0f, 0xa9]), "000fa9");
    }
}
