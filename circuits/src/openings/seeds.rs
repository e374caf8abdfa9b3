//! What the library absorbs beside messages: before each part, a description of it.
//!
//! The descriptions are the library's own. Where it does not hand one out, its verifier is run on a
//! listener, so that nothing of them is written a second time.

use p3_challenger::{CanObserve, CanSample, CanSampleBits, FieldChallenger, GrindingChallenger};
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_multilinear_util::point::Point;
use p3_sumcheck::layout::{Layout, PrefixProver, Verifier, commitment_domain_separator};
use p3_sumcheck::strategy::Basis;
use p3_sumcheck::transcript::SumcheckShape;
use p3_sumcheck::{OpeningBatch, TableShape};
use p3_whir::{WhirConfig, WhirShape};
use zkpot_protocol::field::{EF, F};

/// The constants absorbed before each part of an opening; those of sumchecks are with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// Before the commitment.
    pub commitment: Vec<F>,
    /// Before each sample of the polynomial itself.
    pub sample: Vec<F>,
    /// Before each value.
    pub value: Vec<F>,
    /// After them, before all that follows.
    pub run: Vec<F>,
    /// Before the challenge that joins the claims.
    pub join: Vec<F>,
}

impl Seeds {
    /// Those of a configuration and a number of points.
    pub fn of<C>(config: &WhirConfig<EF, F, C>, points: usize) -> Self
    where
        C: FieldChallenger<F> + GrindingChallenger<Witness = F>,
    {
        let variables = config.num_variables();
        let strategy = <PrefixProver<F, EF> as Layout<F, EF>>::strategy();
        let mut verifier = Verifier::<F, EF>::new(&[TableShape::new(variables, 1)], strategy);
        let (mut sample, mut value) = (Vec::new(), Vec::new());
        for _ in 0..config.commitment_ood_samples() {
            sample = heard(|listener| verifier.add_virtual_eval(EF::ZERO, listener));
        }
        let (asked, answered) =
            (OpeningBatch::new(vec![0], vec![]), OpeningBatch::new(vec![EF::ZERO], vec![]));
        let point = Point::new(vec![EF::ZERO; variables]);
        for _ in 0..points {
            value = heard(|listener| {
                // One value for one column, as asked.
                let _ = verifier.add_claim_at(0, &asked, &point, &answered, listener);
            });
            // The value itself, which no draw comes before.
            value.truncate(value.len() - <EF as BasedVectorSpace<F>>::DIMENSION);
        }
        Self {
            commitment: heard(|listener| commitment_domain_separator::<F>().seed(listener)),
            sample,
            value,
            run: heard(|listener| {
                WhirShape::new(config, points).domain_separator::<F, EF>().seed(listener);
            }),
            join: heard(|listener| {
                let _ = verifier.batching_challenge(listener);
            }),
        }
    }
}

/// What is absorbed before a sumcheck; nothing before none.
pub fn of_sumcheck(rounds: usize, grinding: usize) -> Vec<F> {
    if rounds == 0 {
        return Vec::new();
    }
    let shape = SumcheckShape::new(rounds, grinding, Basis::Evaluation);
    heard(|listener| shape.domain_separator::<F, EF>().seed(listener))
}

/// What is absorbed before anything is drawn.
fn heard(run: impl FnOnce(&mut Listener)) -> Vec<F> {
    let mut listener = Listener::default();
    run(&mut listener);
    listener.absorbed
}

/// A sponge that keeps what it absorbs before the first draw, and draws zeros.
#[derive(Clone, Debug, Default)]
struct Listener {
    absorbed: Vec<F>,
    drawn: bool,
}

impl CanObserve<F> for Listener {
    fn observe(&mut self, element: F) {
        if !self.drawn {
            self.absorbed.push(element);
        }
    }
}

impl CanSample<F> for Listener {
    fn sample(&mut self) -> F {
        self.drawn = true;
        F::ZERO
    }
}

impl CanSampleBits<usize> for Listener {
    fn sample_bits(&mut self, _: usize) -> usize {
        self.drawn = true;
        0
    }
}

impl FieldChallenger<F> for Listener {}

impl GrindingChallenger for Listener {
    type Witness = F;

    fn grind(&mut self, _: usize) -> F {
        F::ZERO
    }
}
