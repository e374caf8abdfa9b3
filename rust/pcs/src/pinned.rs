//! The wrapped channel's scheme: WHIR whose commitments pin one polynomial.
//!
//! A root alone is read as any codeword of a list, where words are decoded up to Johnson's bound, and a
//! circuit cannot afford the queries of unique decoding. So a commitment is the hash of a root and of the
//! polynomial's value at a point that is drawn from the root. Two polynomials of the list agree there with a
//! probability below `n L^2 / 2^193`, for `n` variables and lists of `L`, and an opening shows root and
//! value and opens that point, too: what passes is one polynomial, as long as the commitment lasts
//! (WHIR, eprint 2024/1586, section 4.2, draws such samples within a proof).
//!
//! ```text
//! point = n elements of the transcript of (tag, root)
//! commitment = hash(root, packed value)
//! ```

use alloc::string::ToString;
use alloc::vec::Vec;

use p3_challenger::FieldChallenger;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_whir::SecurityAssumption;
use serde::{Deserialize, Serialize};
#[cfg(feature = "prover")]
use zkpot_protocol::field::{F, eq_table};
use zkpot_protocol::security::field_bits;
use zkpot_sponge::{Fr, Sponge, from_bytes, hash_elements, pack, to_bytes};

use crate::parameters::MAX_POINTS;
use crate::plain::{Plain, Poseidon2Root, Poseidon2Tree, report};
use crate::schedule::Schedule;
use crate::scheme::Scheme;
use crate::security::{SecurityReport, SecurityTerm, SecurityTermKind};
use crate::shape::DIGEST_BYTES;
use crate::sponge::Challenger;
use crate::suite::EF;
use crate::{Error, OpeningChallenger};

type Library = Plain<Poseidon2Tree>;

/// Tells the transcript that the point comes from.
const TAG: &[u8; 12] = b"zkpot/v1/pin";

/// WHIR over trees of Poseidon2, with commitments that pin one polynomial.
#[derive(Clone, Copy, Debug)]
pub struct Pinned;

/// A root, and its opening at the given points and at the one that pins the polynomial.
#[derive(Clone, Serialize, Deserialize)]
pub struct PinnedProof {
    /// The root.
    pub root: [u8; 32],
    /// The library's opening; the last value is the one that pins.
    pub opening: <Library as Scheme>::Proof,
}

impl Scheme for Pinned {
    type Root = Poseidon2Root;
    type Config<C> = <Library as Scheme>::Config<C>;
    type Shape = <Library as Scheme>::Shape;
    type Proof = PinnedProof;

    fn config<C: OpeningChallenger<Self::Root>>(
        num_variables: usize,
        schedule: &Schedule,
    ) -> Result<Self::Config<C>, Error> {
        Library::config(num_variables, schedule)
    }

    fn security(
        config: &Self::Config<Challenger>,
        committed: SecurityAssumption,
    ) -> SecurityReport {
        let library = report(config, committed, MAX_POINTS + 1);
        let log_candidates = library.log_candidates();
        let pairs = 2.0 * log_candidates - 1.0;
        let bits = field_bits() - libm::log2(config.num_variables() as f64) - pairs;
        let (kind, round, challenges) = (SecurityTermKind::Pinning, None, config.num_variables());
        let pinning = SecurityTerm { kind, round, challenges, bits, grinding: 0 };
        let terms = core::iter::once(pinning).chain(library.terms().iter().copied());
        SecurityReport::new(terms.collect(), 0.0)
    }

    fn shape<C: OpeningChallenger<Self::Root>>(config: &Self::Config<C>) -> Self::Shape {
        Library::shape(config)
    }

    fn max_bytes(shape: &Self::Shape, points: usize) -> usize {
        DIGEST_BYTES + Library::max_bytes(shape, points + 1)
    }

    fn check(shape: &Self::Shape, proof: &Self::Proof, points: usize) -> Result<(), Error> {
        Library::check(shape, &proof.opening, points + 1)
    }

    fn values(proof: &Self::Proof) -> Vec<EF> {
        let mut values = Library::values(&proof.opening);
        values.pop();
        values
    }

    fn verify<C: OpeningChallenger<Self::Root>>(
        config: Self::Config<C>,
        commitment: &[u8; 32],
        points: &[Vec<EF>],
        proof: &Self::Proof,
        challenger: &mut C,
    ) -> Result<(), Error> {
        let refused = |reason: &str| Error::Refused { reason: reason.to_string() };
        let root = from_bytes(&proof.root).ok_or_else(|| refused("the root is none"))?;
        let value = Library::values(&proof.opening).pop().unwrap_or_default();
        if to_bytes(pin(root, value)) != *commitment {
            return Err(refused("root and value are not those that were committed to"));
        }
        let points = with_pin(points, root, config.num_variables());
        Library::verify(config, &proof.root, &points, &proof.opening, challenger)
    }
}

#[cfg(feature = "prover")]
impl crate::scheme::Prover for Pinned {
    type Data = PinnedData;

    fn commit(
        config: Self::Config<Challenger>,
        values: Vec<F>,
        seed: &[u8; 32],
    ) -> Result<([u8; 32], Self::Data), Error> {
        let variables = config.num_variables();
        let (root, data) = Library::commit(config, values, seed)?;
        let root = from_bytes(&root)
            .ok_or_else(|| Error::NotOpened { reason: "the root is none".into() })?;
        let value = evaluate(Library::committed(&data), &pinning_point(root, variables));
        Ok((to_bytes(pin(root, value)), PinnedData { root, library: data }))
    }

    fn committed(data: &Self::Data) -> &[F] {
        Library::committed(&data.library)
    }

    fn open<C: OpeningChallenger<Self::Root>>(
        config: Self::Config<C>,
        data: Self::Data,
        _: &[u8; 32],
        seed: &[u8; 32],
        points: &[Vec<EF>],
        challenger: &mut C,
    ) -> Result<Self::Proof, Error> {
        let PinnedData { root, library } = data;
        let points = with_pin(points, root, config.num_variables());
        let root = to_bytes(root);
        let opening = Library::open(config, library, &root, seed, &points, challenger)?;
        Ok(PinnedProof { root, opening })
    }
}

/// The library's data, and the root.
#[cfg(feature = "prover")]
pub struct PinnedData {
    root: Fr,
    library: <Library as crate::scheme::Prover>::Data,
}

/// What is committed to: a root, and the value at its point.
pub fn pin(root: Fr, value: EF) -> Fr {
    let value = pack(value.as_basis_coefficients_slice().iter().copied());
    hash_elements(&[&[root], value.as_slice()].concat())
}

/// What the transcript of a pinning point absorbs before the root.
pub fn pinning_tag() -> Fr {
    let mut tag = [0; 16];
    tag[16 - TAG.len()..].copy_from_slice(TAG);
    Fr::from_u128(u128::from_be_bytes(tag))
}

/// The point at which a root's polynomial is pinned.
#[must_use]
pub fn pinning_point(root: Fr, variables: usize) -> Vec<EF> {
    let mut sponge = Sponge::new();
    sponge.absorb_digest(pinning_tag());
    sponge.absorb_digest(root);
    (0..variables).map(|_| sponge.sample_algebra_element()).collect()
}

fn with_pin(points: &[Vec<EF>], root: Fr, variables: usize) -> Vec<Vec<EF>> {
    points.iter().cloned().chain([pinning_point(root, variables)]).collect()
}

/// The multilinear polynomial with these values on the cube, at a point.
#[cfg(feature = "prover")]
fn evaluate(values: &[F], point: &[EF]) -> EF {
    let (high, low) = point.split_at(point.len() / 2);
    let rows = eq_table(high, 1 << high.len());
    let columns = eq_table(low, 1 << low.len());
    let row = |row: &[F]| -> EF { columns.iter().zip(row).map(|(&eq, &value)| eq * value).sum() };
    values.chunks(columns.len()).zip(rows).map(|(values, eq)| eq * row(values)).sum()
}
