//! The verifier of a key, written down as a program.
//!
//! The library's verifier runs on values that remember how they came about ([`recorder`]), over a transcript
//! that notes what is read and drawn ([`transcript`]), each value once ([`tape`]). What the two points of the
//! pairing hang on is numbered ([`emission`]); nothing else is kept. So the program is the verifier that the
//! contract is generated from, and no second version of it.

mod emission;
mod recorder;
mod tape;
mod transcript;

use halo2_base::halo2_proofs::halo2curves::bn256::{Fq, G2Affine};
use halo2_base::halo2_proofs::halo2curves::ff::PrimeField;
use snark_verifier::pcs::kzg::KzgAccumulator;
use snark_verifier::verifier::SnarkVerifier;
use zkpot_wrapped::Word;
use zkpot_wrapped::program::{INPUTS, Program};

use super::{SuccinctVerifier, contract};
use crate::keys::{Error, Keys};
use recorder::Recorder;
use transcript::Recorded;

/// What the verifier of a key computes.
///
/// # Errors
/// [`Error::Library`]: it does something that programs have no operation for.
pub fn program(keys: &Keys) -> Result<Program, Error> {
    let library = |error| Error::Library(format!("{error:?}"));
    let recorder = Recorder::default();
    let protocol = contract::protocol(keys).loaded(&recorder);
    let key = contract::deciding(keys).svk();
    let inputs = [(0..INPUTS).map(|number| recorder.input(number)).collect()];
    let mut transcript = Recorded::new(&recorder);
    let proof = SuccinctVerifier::read_proof(&key, &protocol, &inputs, &mut transcript);
    let proof = proof.map_err(library)?;
    let found = SuccinctVerifier::verify(&key, &protocol, &inputs, &proof).map_err(library)?;
    let [KzgAccumulator { lhs, rhs, .. }] = found.as_slice() else {
        return Err(Error::Library(format!("{} pairings, and not one", found.len())));
    };
    let parameters = keys.parameters();
    let pairing = [parameters.g2(), -parameters.s_g2()].map(coordinates);
    recorder.program([lhs, rhs], pairing).map_err(|reason| Error::Library(reason.into()))
}

/// `x.c0, x.c1, y.c0, y.c1`.
fn coordinates(point: G2Affine) -> [Word; 4] {
    [point.x.c0, point.x.c1, point.y.c0, point.y.c1].map(to_bytes)
}

/// A coordinate, most significant byte first.
fn to_bytes(coordinate: Fq) -> Word {
    let mut bytes = coordinate.to_repr();
    bytes.reverse();
    bytes
}
