//! The hiding channel's scheme: hiding WHIR (eprint 2026/391), trees with salted leaves.

#[cfg(all(test, feature = "prover"))]
mod accounting;
mod base_case;
mod codes;
#[cfg(feature = "prover")]
mod randomness;
mod security;
mod shape;

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use p3_blake3::Blake3;
use p3_commit::MultilinearPcs;
use p3_merkle_tree::MerkleTreeHidingMmcs;
use p3_multilinear_util::point::Point;
use p3_whir::{HidingWhirPcs, SecurityAssumption, ZkParameters, ZkWhirConfig, ZkWhirProof};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::schedule::Schedule;
use crate::scheme::Scheme;
use crate::security::SecurityReport;
use crate::sponge::Challenger;
use crate::suite::{EF, F, LeafHash, NodeHash, Root, Transform};
use crate::{Error, OpeningChallenger};

pub use shape::Shape;

/// Field elements of salt in front of every leaf hash: 256 bits.
pub const SALT_ELEMENTS: usize = 4;

/// Coefficients of each sumcheck mask: one more than the round polynomials' degree.
const MASK_COEFFICIENTS: usize = 3;

type Tree = MerkleTreeHidingMmcs<F, u8, LeafHash, NodeHash, StdRng, 2, 32, SALT_ELEMENTS>;
type Config<C> = ZkWhirConfig<EF, F, C>;
type Pcs<C> = HidingWhirPcs<EF, F, Transform, Tree, C, StdRng>;

/// Hiding WHIR.
#[derive(Clone, Copy, Debug)]
pub struct Hiding;

impl Scheme for Hiding {
    type Root = Root;
    type Config<C> = Config<C>;
    type Shape = Shape;
    type Proof = ZkWhirProof<F, EF, Tree>;

    fn config<C: OpeningChallenger<Root>>(
        num_variables: usize,
        schedule: &Schedule,
    ) -> Result<Config<C>, Error> {
        let zk = ZkParameters {
            ell_zk: MASK_COEFFICIENTS,
            mask_log_inv_rate: schedule.mask_log_inv_rate,
        };
        Config::<C>::new(num_variables, schedule.protocol(), zk)
            .map_err(|error| Error::NoParameters { num_variables, reason: error.to_string() })
    }

    fn security(config: &Config<Challenger>, committed: SecurityAssumption) -> SecurityReport {
        security::report(config, committed)
    }

    fn shape<C: OpeningChallenger<Root>>(config: &Config<C>) -> Shape {
        Shape::of(config)
    }

    fn max_bytes(shape: &Shape, points: usize) -> usize {
        shape.max_bytes(points)
    }

    fn check(shape: &Shape, proof: &Self::Proof, points: usize) -> Result<(), Error> {
        shape.check(proof, points)
    }

    fn values(proof: &Self::Proof) -> Vec<EF> {
        proof.evals.clone()
    }

    fn verify<C: OpeningChallenger<Root>>(
        config: Config<C>,
        commitment: &[u8; 32],
        points: &[Vec<EF>],
        proof: &Self::Proof,
        challenger: &mut C,
    ) -> Result<(), Error> {
        // Verification draws neither salts nor masks; the library's type wants generators.
        let unused = || StdRng::from_seed([0; 32]);
        // The prover mixes this sample into its masks; see `open`.
        let _: EF = challenger.sample_algebra_element();
        pcs(config, unused(), unused())
            .verify(&root(commitment), proof, challenger, points_of(points))
            .map_err(|error| Error::Refused { reason: error.to_string() })
    }
}

#[cfg(feature = "prover")]
impl crate::scheme::Prover for Hiding {
    type Data = p3_whir::HidingWhirProverData<F, EF, Tree>;

    fn commit(
        config: Config<Challenger>,
        values: Vec<F>,
        seed: &[u8; 32],
    ) -> Result<([u8; 32], Self::Data), Error> {
        let streams = randomness::Streams::of_commitment(seed);
        // The library absorbs the root into whatever sponge it is given; this one is thrown away.
        let mut unheard = crate::new_challenger(&[]);
        let (root, data) = pcs(config, streams.salts, streams.masks)
            .commit(p3_multilinear_util::poly::Poly::new(values), &mut unheard)
            .map_err(|error| Error::NotOpened { reason: error.to_string() })?;
        Ok((root[0], data))
    }

    fn committed(data: &Self::Data) -> &[F] {
        data.message.as_slice()
    }

    fn open<C: OpeningChallenger<Root>>(
        config: Config<C>,
        data: Self::Data,
        commitment: &[u8; 32],
        seed: &[u8; 32],
        points: &[Vec<EF>],
        challenger: &mut C,
    ) -> Result<Self::Proof, Error> {
        let transcript: EF = challenger.sample_algebra_element();
        let streams = randomness::Streams::of_opening(seed, commitment, points, transcript);
        let pcs = pcs(config, streams.salts, streams.masks);
        pcs.observe_commitment(&root(commitment), challenger);
        pcs.open(data, points_of(points), challenger)
            .map_err(|error| Error::NotOpened { reason: error.to_string() })
    }
}

/// The library's scheme over the given randomness.
fn pcs<C: OpeningChallenger<Root>>(config: Config<C>, salts: StdRng, masks: StdRng) -> Pcs<C> {
    let tree = Tree::new(LeafHash::new(Blake3), NodeHash::new(Blake3), 0, salts);
    Pcs::new(config, Transform::default(), tree, masks)
}

fn root(commitment: &[u8; 32]) -> Root {
    Root::new(vec![*commitment])
}

fn points_of(points: &[Vec<EF>]) -> Vec<Point<EF>> {
    points.iter().map(|point| Point::new(point.clone())).collect()
}
