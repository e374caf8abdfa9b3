//! Hexadecimal text, as orders and expectations have it.

use alloc::vec::Vec;

/// 32 bytes from 64 hexadecimal digits.
pub fn bytes32(text: &str) -> Option<[u8; 32]> {
    bytes(text)?.try_into().ok()
}

/// Bytes from hexadecimal digits.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|&[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok()).collect()
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
}
