//! A proof of a small circuit with every chip in it.

use crate::proving;

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};
use zkpot_circuits::Fr;
use zkpot_circuits::circuit::ChipCircuit;
use zkpot_circuits::poseidon2::from_sponge;
use zkpot_circuits::sponge::{Hasher, Sponge, Word};
use zkpot_protocol::field::{EF, F};
use zkpot_sponge::{LeafHash, NodeHash};

use proving::Keys;

const K: usize = 11;
const LOOKUP_BITS: usize = 8;

/// A path to a public root from a row whose product with its inverse is one, at an index that the
/// transcript draws.
fn lay(row: EF) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let coordinates: &[F] = row.as_basis_coefficients_slice();
        let [mut root] = LeafHash.hash_slice(coordinates);
        let siblings: Vec<zkpot_sponge::Fr> = (0..2).map(zkpot_sponge::Fr::from_u64).collect();
        let arithmetic = circuit.arithmetic();
        let (context, permutations) = circuit.parts();
        let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
        let element = arithmetic.load_extension(hasher.context, row);
        let mut sponge = Sponge::default();
        sponge.absorb_extension(&mut hasher, &element);
        let bits = sponge.squeeze_bits(&mut hasher, siblings.len());
        for (bit, &sibling) in bits.iter().zip(&siblings) {
            let pair = if bit.is_set() { [sibling, root] } else { [root, sibling] };
            [root] = NodeHash.compress(pair.map(|digest| [digest]));
        }
        let root = hasher.context.load_witness(from_sponge(root));
        let siblings: Vec<Fr> = siblings.into_iter().map(from_sponge).collect();
        hasher.verify_path(&element.0, &bits, &siblings, Word::Held(root));
        let inverse = arithmetic.invert_extension(hasher.context, &element);
        let product = arithmetic.multiply_extension(hasher.context, &element, &inverse);
        arithmetic.reduce_extension(hasher.context, &product);
        circuit.show(root);
    }
}

#[test]
fn a_circuit_is_proven_and_verified() {
    let keys = Keys::new(proving::parameters(K), LOOKUP_BITS, lay(EF::ONE));
    let row = EF::from_basis_coefficients_fn(|place| F::from_usize(place + 5));
    let (inputs, proof) = keys.prove(lay(row));
    keys.verify(&inputs, &proof).unwrap();
    // Another root, a changed proof, and one of what is not so: zero has no inverse.
    keys.verify(&[inputs[0] + Fr::one()], &proof).unwrap_err();
    for place in [0, proof.len() / 2, proof.len() - 1] {
        let mut changed = proof.clone();
        changed[place] ^= 1;
        keys.verify(&inputs, &changed).unwrap_err();
    }
    let (inputs, proof) = keys.prove(lay(EF::ZERO));
    keys.verify(&inputs, &proof).unwrap_err();
}
