//! The scheme of the clear channel, and what the wrapped channel's is made of: WHIR (eprint 2024/1586),
//! which hides nothing.
//!
//! Leaves are not salted: rows are shown in full anyway where they are opened, roots need not hide
//! what they stand for on a channel that hides nothing, and so this is what WHIR costs by itself.
//! There is no randomness: a commitment is a function of its values.
//!
//! A root of one scheme is none of the other, short of a collision of the hash: a hiding leaf is a
//! row and four salts, so the two never hash leaves of one length.

mod security;
mod shape;
mod tree;

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

use p3_multilinear_util::point::Point;
use p3_sumcheck::layout::{PrefixProver, observe_commitment};
use p3_sumcheck::{OpeningBatch, OpeningProtocol, PrescribedPointPcs, TableShape, TableSpec};
use p3_whir::{PcsProof, SecurityAssumption, WhirConfig, WhirProver};

use crate::parameters::MAX_POINTS;
use crate::schedule::Schedule;
use crate::scheme::Scheme;
use crate::security::SecurityReport;
use crate::sponge::Challenger;
use crate::suite::{EF, F, Transform};
use crate::{Error, OpeningChallenger};

pub use security::report;
pub use shape::Shape;
pub use tree::{Blake3Tree, Poseidon2Root, Poseidon2Tree, Tree};

type Config<C> = WhirConfig<EF, F, C>;
/// Variable 0, the most significant, is folded first.
type Columns = PrefixProver<F, EF>;
type Pcs<T, C> = WhirProver<EF, F, Transform, T, C, Columns>;

/// WHIR over the trees `T`.
#[derive(Clone, Copy, Debug)]
pub struct Plain<T>(PhantomData<T>);

impl<T: Tree> Scheme for Plain<T> {
    type Root = T::Commitment;
    type Config<C> = Config<C>;
    type Shape = Shape;
    type Proof = PcsProof<F, EF, T>;

    fn config<C: OpeningChallenger<T::Commitment>>(
        num_variables: usize,
        schedule: &Schedule,
    ) -> Result<Config<C>, Error> {
        Config::<C>::new(num_variables, schedule.protocol())
            .map_err(|error| Error::NoParameters { num_variables, reason: error.to_string() })
    }

    fn security(config: &Config<Challenger>, committed: SecurityAssumption) -> SecurityReport {
        security::report(config, committed, MAX_POINTS)
    }

    fn shape<C: OpeningChallenger<T::Commitment>>(config: &Config<C>) -> Shape {
        Shape::of(config)
    }

    fn max_bytes(shape: &Shape, points: usize) -> usize {
        shape.max_bytes::<T>(points)
    }

    fn check(shape: &Shape, proof: &Self::Proof, points: usize) -> Result<(), Error> {
        shape.check(proof, points)
    }

    fn values(proof: &Self::Proof) -> Vec<EF> {
        proof.evals.iter().flat_map(|batch| batch.current()).copied().collect()
    }

    fn verify<C: OpeningChallenger<T::Commitment>>(
        config: Config<C>,
        commitment: &[u8; 32],
        points: &[Vec<EF>],
        proof: &Self::Proof,
        challenger: &mut C,
    ) -> Result<(), Error> {
        let root = T::root(commitment)
            .ok_or_else(|| Error::Refused { reason: "the commitment is no root".into() })?;
        observe(&root, points, challenger);
        let protocol = protocol(config.num_variables(), points.len());
        pcs::<T, C>(config)
            .verify_at(&root, proof, &protocol, &points_of(points), challenger)
            .map(|_| ())
            .map_err(|error| Error::Refused { reason: error.to_string() })
    }
}

#[cfg(feature = "prover")]
impl<T: Tree> crate::scheme::Prover for Plain<T>
where
    Challenger: OpeningChallenger<T::Commitment>,
{
    type Data = p3_whir::WhirProverData<F, EF, T, Columns>;

    fn commit(
        config: Config<Challenger>,
        values: Vec<F>,
        _: &[u8; 32],
    ) -> Result<([u8; 32], Self::Data), Error> {
        use p3_commit::MultilinearPcs;
        use p3_sumcheck::layout::{Layout, Table};

        let width = values.len();
        let table = Table::new(p3_matrix::dense::RowMajorMatrix::new(values, width));
        let witness = Columns::new_witness(vec![table], config.round_folding_factor(0));
        // The library absorbs the root into whatever sponge it is given; this one is thrown away.
        let mut unheard = crate::new_challenger(&[]);
        let (root, data) = pcs::<T, Challenger>(config)
            .commit(witness, &mut unheard)
            .map_err(|error| Error::NotOpened { reason: error.to_string() })?;
        Ok((T::bytes(&root), data))
    }

    fn committed(data: &Self::Data) -> &[F] {
        data.table(0).column(0).as_dense().unwrap_or_default()
    }

    fn open<C: OpeningChallenger<T::Commitment>>(
        config: Config<C>,
        data: Self::Data,
        commitment: &[u8; 32],
        _: &[u8; 32],
        points: &[Vec<EF>],
        challenger: &mut C,
    ) -> Result<Self::Proof, Error> {
        let root = T::root(commitment)
            .ok_or_else(|| Error::NotOpened { reason: "the commitment is no root".into() })?;
        observe(&root, points, challenger);
        let protocol = protocol(config.num_variables(), points.len());
        pcs::<T, C>(config)
            .open_at(data, &protocol, &points_of(points), challenger)
            .map_err(|error| Error::NotOpened { reason: error.to_string() })
    }
}

/// Absorbs commitment and points; the library absorbs the values.
fn observe<R: Clone, C: OpeningChallenger<R>>(root: &R, points: &[Vec<EF>], challenger: &mut C) {
    observe_commitment::<F, _, _>(challenger, root.clone());
    for &coordinate in points.iter().flatten() {
        challenger.observe_algebra_element(coordinate);
    }
}

fn pcs<T: Tree, C: OpeningChallenger<T::Commitment>>(config: Config<C>) -> Pcs<T, C> {
    Pcs::new(config, Transform::default(), T::empty())
}

/// One table of one column, opened at some points.
fn protocol(num_variables: usize, points: usize) -> OpeningProtocol {
    let batches = vec![OpeningBatch::new(vec![0], vec![]); points];
    OpeningProtocol::new(vec![TableSpec::new(TableShape::new(num_variables, 1), batches)])
}

fn points_of(points: &[Vec<EF>]) -> Vec<Point<EF>> {
    points.iter().map(|point| Point::new(point.clone())).collect()
}
