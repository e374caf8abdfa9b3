//! Vectors up to a factor.

use p3_field::{Field, PrimeCharacteristicRing};
use zkpot_protocol::field::EF;

/// A factor and a vector that make the given one together; the vector's first entry that is not zero
/// is one, so proportional vectors have the same.
pub fn proportion(vector: &[EF]) -> (EF, Vec<EF>) {
    match vector.iter().copied().find(|&entry| entry != EF::ZERO) {
        Some(first) if first != EF::ONE => {
            let inverse = first.inverse();
            (first, vector.iter().map(|&entry| entry * inverse).collect())
        }
        _ => (EF::ONE, vector.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportional_vectors_are_one_vector() {
        let vector = [0, 3, 5, 0].map(EF::from_usize);
        let (factor, unit) = proportion(&vector);
        assert_eq!(unit[1], EF::ONE);
        assert_eq!(unit.iter().map(|&entry| factor * entry).collect::<Vec<_>>(), vector);
        assert_eq!(proportion(&vector.map(|entry| entry * EF::from_usize(7))).1, unit);
        assert_eq!(proportion(&[EF::ZERO; 2]), (EF::ONE, vec![EF::ZERO; 2]));
    }
}
