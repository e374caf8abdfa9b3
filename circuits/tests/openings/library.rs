//! Openings made and verified by the library, with parameters of any kind.

use p3_commit::MultilinearPcs;
use p3_dft::Radix2DFTSmallBatch;
use p3_matrix::dense::RowMajorMatrix;
use p3_multilinear_util::point::Point;
use p3_sumcheck::layout::{Layout, PrefixProver, Table, observe_commitment};
use p3_sumcheck::{
    OpeningBatch, OpeningProtocol, PrescribedPointPcs, SumcheckError, TableShape, TableSpec,
};
use p3_whir::{
    FoldingFactor, PcsProof, ProtocolParameters, SecurityAssumption, VerifierError, WhirConfig,
    WhirProver,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_circuits::openings::clear::ClearOpenings;
use zkpot_circuits::openings::paths::Path;
use zkpot_circuits::openings::tree::Blake3Tree;
use zkpot_circuits::openings::{Check, Claim, OpeningChannel, Phase, Plan, verify};
use zkpot_circuits::recording::{Fault, Recording};
use zkpot_pcs::{EF, F};
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript;

use super::spy::{Note, Root, Spy};

pub type Proof = PcsProof<F, EF, Blake3Tree>;
pub type Config = WhirConfig<EF, F, Spy>;
type Columns = PrefixProver<F, EF>;
type Pcs = WhirProver<EF, F, Radix2DFTSmallBatch<F>, Blake3Tree, Spy, Columns>;

/// What is found: the paths of all rows.
type Found = Result<Vec<Path<[u8; 32]>>, Fault>;

const CLAIM: &str = "claim";
pub const NAME: &str = "tested";

/// Folds, rates, and the rest of a schedule.
pub fn parameters(
    folds: &[usize],
    log_inv_rates: &[usize],
    decoding: SecurityAssumption,
    (level, grinding): (usize, usize),
) -> ProtocolParameters {
    ProtocolParameters {
        starting_log_inv_rate: log_inv_rates[0],
        round_log_inv_rates: log_inv_rates[1..].to_vec(),
        folding_factor: FoldingFactor::PerRound(folds.to_vec()),
        soundness_type: decoding,
        security_level: level,
        pow_bits: grinding,
    }
}

/// A statement with its proof.
#[derive(Clone)]
pub struct Opening {
    pub config: Config,
    pub plan: Plan,
    pub root: Root,
    pub points: Vec<Vec<EF>>,
    pub values: Vec<EF>,
    pub proof: Proof,
}

impl Opening {
    pub fn new(variables: usize, parameters: ProtocolParameters, points: usize, seed: u64) -> Self {
        let config = Config::new(variables, parameters).unwrap();
        let mut rng = StdRng::seed_from_u64(seed);
        let polynomial: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        let points: Vec<Vec<EF>> =
            (0..points).map(|_| (0..variables).map(|_| rng.random()).collect()).collect();
        let plan = Plan::of(&config, points.len());
        let width = polynomial.len();
        let table = Table::new(RowMajorMatrix::new(polynomial.clone(), width));
        let witness = Columns::new_witness(vec![table], config.round_folding_factor(0));
        let pcs = pcs(config.clone());
        let (root, data) = pcs.commit(witness, &mut Spy::new()).unwrap();
        let values: Vec<EF> = points
            .iter()
            .map(|point| {
                let weights = zkpot_protocol::field::eq_table(point, width);
                weights.iter().zip(&polynomial).map(|(&weight, &value)| weight * value).sum()
            })
            .collect();
        let mut sponge = start(&points, &values, &root);
        let protocol = protocol(variables, points.len());
        let proof = pcs.open_at(data, &protocol, &points_of(&points), &mut sponge).unwrap();
        Self { config, plan, root, points, values, proof }
    }

    /// What the library's verifier says, and what went through its sponge.
    pub fn library(&self) -> (Result<(), VerifierError>, Vec<Note>) {
        let mut sponge = start(&self.points, &self.values, &self.root);
        let protocol = protocol(self.config.num_variables(), self.points.len());
        let points = points_of(&self.points);
        let verdict = pcs(self.config.clone())
            .verify_at(&self.root, &self.proof, &protocol, &points, &mut sponge)
            .map(drop);
        (verdict, sponge.notes)
    }

    /// The verifier's recording: points and values come over the channel first.
    pub fn record(&self) -> Recording {
        Recording::of(|recorder| run(recorder, &self.plan)).unwrap().0
    }

    /// What the verifier itself says on native elements, what went through its sponge, and the paths.
    pub fn verify(&self) -> (Found, Vec<Note>) {
        self.on_channel(|channel| run(channel, &self.plan).map_err(Fault::from))
    }

    /// The same of a recording.
    pub fn replay(&self, recording: &Recording) -> (Found, Vec<Note>) {
        self.on_channel(|channel| recording.replay(channel).map(drop))
    }

    fn on_channel(
        &self,
        run: impl FnOnce(&mut ClearOpenings<'_, Spy, Blake3Tree>) -> Result<(), Fault>,
    ) -> (Found, Vec<Note>) {
        let scalars = self.scalars();
        let mut transcript = Transcript::new(Spy::new());
        let link = ClearVerifier::new(&mut transcript, &scalars, &[]);
        let mut channel = ClearOpenings::new(link, vec![self.root.clone()]);
        let found = match channel.add(&self.plan, &self.proof) {
            Ok(()) => run(&mut channel).and_then(|()| Ok(channel.close()?.paths)),
            Err(rejection) => Err(rejection.into()),
        };
        (found, transcript.sponge_mut().notes.clone())
    }

    pub fn scalars(&self) -> Vec<EF> {
        self.points.iter().flatten().chain(&self.values).copied().collect()
    }
}

/// Receives the claim and verifies it.
pub fn run<C: OpeningChannel>(channel: &mut C, plan: &Plan) -> Result<(), Rejection> {
    run_of(channel, plan, plan.points, plan.variables)
}

/// The same of a claim at some points of some coordinates.
pub fn run_of<C: OpeningChannel>(
    channel: &mut C,
    plan: &Plan,
    points: usize,
    variables: usize,
) -> Result<(), Rejection> {
    let scalars = channel.receive(CLAIM, points * (variables + 1))?;
    let (points, values) = scalars.split_at(points * variables);
    let points: Vec<Vec<C::Element>> =
        points.chunks(variables).map(<[C::Element]>::to_vec).collect();
    let root = channel.commitment(0)?;
    verify(channel, plan, &root, &Claim { polynomial: NAME, points: &points, values })
}

/// The sponge of both sides, before the library takes it: as the clear channel's scheme has it.
fn start(points: &[Vec<EF>], values: &[EF], root: &Root) -> Spy {
    let mut transcript = Transcript::new(Spy::new());
    let claim: Vec<EF> = points.iter().flatten().chain(values).copied().collect();
    let mut channel = ClearVerifier::new(&mut transcript, &claim, &[]);
    channel.receive(CLAIM, claim.len()).unwrap();
    let mut sponge = transcript.sponge_mut().clone();
    observe_commitment::<F, _, _>(&mut sponge, root.clone());
    for &coordinate in points.iter().flatten() {
        p3_challenger::FieldChallenger::observe_algebra_element(&mut sponge, coordinate);
    }
    sponge
}

fn pcs(config: Config) -> Pcs {
    use zkpot_circuits::openings::tree::{LeafHash, NodeHash};
    let tree =
        Blake3Tree::new(LeafHash::new(p3_blake3::Blake3), NodeHash::new(p3_blake3::Blake3), 0);
    Pcs::new(config, Radix2DFTSmallBatch::default(), tree)
}

fn protocol(variables: usize, points: usize) -> OpeningProtocol {
    let batches = vec![OpeningBatch::new(vec![0], vec![]); points];
    OpeningProtocol::new(vec![TableSpec::new(TableShape::new(variables, 1), batches)])
}

fn points_of(points: &[Vec<EF>]) -> Vec<Point<EF>> {
    points.iter().map(|point| Point::new(point.clone())).collect()
}

/// The checks that the library's word may stand for; `None` where it is about lengths.
pub fn checks(error: &VerifierError, plan: &Plan) -> Option<Vec<Check>> {
    let phase =
        |round: usize| if round < plan.rounds.len() { Phase::Round(round) } else { Phase::Last };
    let phases = (0..=plan.rounds.len()).map(phase);
    Some(match error {
        VerifierError::InvalidPowWitness { round, .. } => vec![Check::QueryGrinding(phase(*round))],
        VerifierError::Sumcheck(SumcheckError::InvalidPowWitness { round, .. }) => phases
            .map(Some)
            .chain([None])
            .map(|before| Check::SumcheckGrinding { before, round: *round })
            .collect(),
        VerifierError::MerkleProofInvalid { reason, .. } if reason.contains("verification") => {
            phases.map(Check::Rows).collect()
        }
        VerifierError::StirChallengeFailed { .. } => {
            (0..plan.queries.count).map(|query| Check::LastPolynomial { query }).collect()
        }
        VerifierError::SumcheckFailed { .. } => vec![Check::Sum],
        _ => return None,
    })
}

/// Requires that the verifier, its recording and the library say the same of an opening; returns the
/// refusal.
pub fn agree(opening: &Opening, recording: &Recording) -> Option<Rejection> {
    let (library, library_notes) = opening.library();
    let (found, notes) = opening.verify();
    let (replayed, replayed_notes) = opening.replay(recording);
    assert_eq!(found, replayed);
    assert_eq!(notes, replayed_notes);
    match (library, found) {
        (Ok(()), Ok(_)) => {
            assert_eq!(notes, library_notes);
            None
        }
        (Err(error), Err(Fault::Refused(rejection))) => {
            match checks(&error, &opening.plan) {
                Some(checks) => {
                    let refusals: Vec<_> = checks.iter().map(|check| check.refusal(NAME)).collect();
                    assert!(refusals.contains(&rejection), "{error}: {rejection}");
                    // The value that is refused last is absorbed by both.
                    assert_eq!(notes, library_notes);
                }
                None => {
                    assert!(matches!(rejection, Rejection::Shape { .. }), "{error}: {rejection}");
                }
            }
            Some(rejection)
        }
        (library, found) => panic!("the library says {library:?}, the verifier {found:?}"),
    }
}
