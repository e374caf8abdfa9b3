//! LogUp with a GKR tree of fractions, prover's half.
//!
//! The library's fractional GKR prover asserts that the sum is zero and owns its transcript; this
//! one runs over the channel, sends two scalars a round instead of three, and proves what it is
//! given, so that tests can watch a false sum being refused.

mod layer;
mod leaf_rounds;
pub mod leaves;
mod rounds;

use p3_field::{Field, PrimeCharacteristicRing};
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::field::EF;
use zkpot_protocol::labels;
use zkpot_protocol::order::reorder;

use layer::Layer;
use leaves::Leaves;
use rounds::{Below, prove_layer};

/// Proves that the fractions sum to zero, up to a claim on numerator and denominator at a point.
///
/// Returns point, numerator and denominator.
pub fn prove_fractions<C: ProverChannel>(
    channel: &mut C,
    leaves: &Leaves<'_>,
) -> (Vec<EF>, EF, EF) {
    let variables = leaves.variables;
    // The two lowest layers are larger than all others together, and are not stored.
    let mut layers = vec![leaves.second_layer()];
    while layers[layers.len() - 1].variables() > 0 {
        let next = layers[layers.len() - 1].reduce();
        layers.push(next);
    }
    let root = match layers.pop() {
        Some(Layer::Narrow { denominators, .. }) => denominators[0],
        _ => EF::ONE,
    };
    // Without an inverse nothing can be sent that verifies.
    let inverse = root.try_inverse().unwrap_or(EF::ZERO);
    channel.send(labels::LOOKUP_ROOT, &[root, inverse]);
    channel.multiply(root, inverse);
    let (mut point, mut numerator, mut denominator) = (Vec::new(), EF::ZERO, root);
    for depth in 0..variables {
        let join = channel.challenge(labels::LOOKUP_LAYER);
        let below = match layers.pop() {
            Some(layer) => Below::Stored(layer),
            None if depth + 1 == variables => Below::Leaves(leaves),
            None => Below::AboveLeaves(leaves),
        };
        let ([n0, d0, n1, d1], mut next) = prove_layer(channel, below, &point, join);
        channel.send(labels::LOOKUP_CHILDREN, &[n0, d0, n1, d1]);
        channel.multiply(n0, d1);
        channel.multiply(n1, d0);
        channel.multiply(d0, d1);
        let branch = channel.challenge(labels::LOOKUP_BRANCH);
        numerator = n0 + branch * (n1 - n0);
        denominator = d0 + branch * (d1 - d0);
        // A layer's children differ in the bit that is bound first.
        next.insert(0, branch);
        point = next;
    }
    (reorder(&point), numerator, denominator)
}

#[cfg(test)]
mod tests {
    use p3_field::{BasedVectorSpace, PackedFieldExtension, PrimeField64};
    use zkpot_pcs::{ChannelKind, Whir};
    use zkpot_protocol::channel::clear::{ClearProver, ClearVerifier};
    use zkpot_protocol::commitment::CommitmentScheme;
    use zkpot_protocol::field::{F, eq_table};
    use zkpot_protocol::transcript::Transcript;
    use zkpot_verifier::relations::lookup::verify_fractions;

    use super::leaves::{PIECE, Piece};
    use super::*;
    use crate::packed::{PEF, WIDTH};

    /// A block of a padded region: eleven of sixteen places are in use.
    fn pattern() -> Vec<F> {
        (0..16).map(|i| F::from_bool(i % 4 != 3 && i != 12)).collect()
    }

    /// Digits, padded digits, nothing, a table of their multiplicities, and digits again, which
    /// leaves an odd number of pieces in the first third of the cube.
    fn leaves(values: &mut [F], base: EF) -> Leaves<'_> {
        let mut state = 1u64;
        for value in values[..5 * PIECE].iter_mut() {
            state = state.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1);
            *value = F::from_u64(state >> 54);
        }
        let mut counts = vec![0u32; PIECE];
        for (index, value) in values[..5 * PIECE].iter().enumerate() {
            let used = match index / PIECE {
                0 | 4 => true,
                1 => pattern()[(index + 8) % 16] == F::ONE,
                _ => false,
            };
            if used {
                counts[value.as_canonical_u64() as usize] += 1;
            }
        }
        let digits = Piece::Digits { base, square: base.square() };
        let rows: Vec<EF> = (0..PIECE).map(|row| base - EF::from_usize(row)).collect();
        Leaves {
            variables: values.len().trailing_zeros() as usize,
            values: values.chunks(PIECE).take(5).collect(),
            pieces: vec![
                digits,
                Piece::Padded { base, pattern: 0, first: 8 },
                Piece::Nothing,
                Piece::Stored(0),
                digits,
            ],
            patterns: vec![pattern()],
            numerators: counts.into_iter().map(|count| -F::from_u32(count)).collect(),
            denominators: rows.chunks_exact(WIDTH).map(PEF::from_ext_slice).collect(),
        }
    }

    /// The fractions, one by one.
    fn fraction(leaves: &Leaves<'_>, index: usize) -> (EF, EF) {
        let value = leaves.values.get(index / PIECE).map_or(F::ZERO, |piece| piece[index % PIECE]);
        match leaves.pieces.get(index / PIECE) {
            Some(&Piece::Digits { base, .. }) => (EF::ONE, base - value),
            Some(&Piece::Padded { base, .. }) if pattern()[(index + 8) % 16] == F::ONE => {
                (EF::ONE, base - value)
            }
            Some(Piece::Stored(_)) => {
                let place = index % PIECE;
                let denominator = leaves.denominators[place / WIDTH].extract(place % WIDTH);
                (EF::from(leaves.numerators[place]), denominator)
            }
            _ => (EF::ZERO, EF::ONE),
        }
    }

    #[test]
    fn the_tree_ends_in_the_leaves_at_a_point() {
        let base = EF::from_u64(0x1234_5678_9abc_def1).square()
            + EF::from_basis_coefficients_fn(|i| F::from_usize(i + 5));
        for variables in [13, 14] {
            let mut values = F::zero_vec(1 << variables);
            let leaves = leaves(&mut values, base);
            let mut transcript = Transcript::new(Whir::challenger(ChannelKind::Clear));
            let mut channel = ClearProver::new(&mut transcript);
            let (point, numerator, denominator) = prove_fractions(&mut channel, &leaves);
            let messages = channel.close();

            let mut transcript = Transcript::new(Whir::challenger(ChannelKind::Clear));
            let mut channel = ClearVerifier::new(&mut transcript, &messages.scalars, &[]);
            let leaf = verify_fractions(&mut channel, variables).unwrap();
            channel.close().unwrap();
            assert_eq!((&leaf.point, leaf.numerator), (&point, numerator));
            assert_eq!(leaf.denominator, denominator);

            let weights = eq_table(&point, 1 << variables);
            let mut sums = (EF::ZERO, EF::ZERO);
            for (index, weight) in weights.into_iter().enumerate() {
                let (numerator, denominator) = fraction(&leaves, index);
                sums.0 += weight * numerator;
                sums.1 += weight * denominator;
            }
            assert_eq!(sums, (numerator, denominator));
        }
    }
}
