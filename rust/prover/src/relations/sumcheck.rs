//! Sumcheck over a sum of products of two multilinear polynomials of different sizes.
//!
//! Bits are bound in the order of [`zkpot_protocol::order`]. A polynomial with fewer variables
//! lives where the bits that it does not have are zero: its product waits in the rounds that bind
//! these, and contributes `sum * (1 - z)` to each.

use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::order::{GROUP, GROUP_BITS, absent_rounds};

use super::weights::{BLOCK, Weights};
use crate::packed::{Group, SLOTS, TASK, ZERO, add, fold, group, halve, sum_lanes, unpack};

/// `sum over the cube of left * right`.
#[derive(Debug)]
pub struct Term<'a> {
    factors: Factors<'a>,
    variables: usize,
    /// Factors of the rounds that the term waited in.
    late: EF,
}

#[derive(Debug)]
enum Factors<'a> {
    /// The weights of a committed polynomial, not multiplied out, and its values.
    Weighted(Weights, &'a [F]),
    /// Groups, as far as they are not zero; more than one until the high bits are bound.
    Wide(Vec<Group>, Vec<Group>),
    /// At most a group.
    Narrow(Vec<EF>, Vec<EF>),
}

impl<'a> Term<'a> {
    /// Two vectors of the same power-of-two length.
    pub fn new(left: Vec<EF>, right: Vec<EF>) -> Self {
        let variables = left.len().trailing_zeros() as usize;
        let groups = |values: &[EF]| values.par_chunks_exact(GROUP).map(group).collect();
        let factors = if variables > GROUP_BITS {
            Factors::Wide(groups(&left), groups(&right))
        } else {
            Factors::Narrow(left, right)
        };
        Self { factors, variables, late: EF::ONE }
    }

    /// A committed polynomial and its weights.
    pub fn weighted(weights: Weights, values: &'a [F]) -> Self {
        let variables = values.len().trailing_zeros() as usize;
        Self { factors: Factors::Weighted(weights, values), variables, late: EF::ONE }
    }

    /// Value at zero and leading coefficient of the round that binds the next high bit.
    fn wide_round(&self) -> (EF, EF) {
        let [zero, leading] = match &self.factors {
            Factors::Weighted(weights, values) => (0..weights.blocks())
                .into_par_iter()
                .map(|index| weights.first_round(index, values))
                .reduce(|| [ZERO; 2], |a, b| from_fn(|i| add(a[i], b[i]))),
            Factors::Wide(left, right) => left
                .par_chunks(2 * TASK)
                .zip(right.par_chunks(2 * TASK))
                .map(|(left, right)| sum_pairs(left, right))
                .reduce(|| [ZERO; 2], |a, b| from_fn(|i| add(a[i], b[i]))),
            // No high bits are left.
            Factors::Narrow(..) => [ZERO; 2],
        };
        let sum = |group: Group| group.map(sum_lanes).into_iter().sum();
        (sum(zero), sum(leading))
    }

    fn bind_wide(&mut self, challenge: EF) {
        match &mut self.factors {
            Factors::Weighted(weights, values) => {
                let (left, right) = bind_weighted(weights, values, challenge);
                self.factors = Factors::Wide(left, right);
            }
            Factors::Wide(left, right) => {
                fold(left, ZERO, challenge);
                fold(right, ZERO, challenge);
            }
            Factors::Narrow(..) => {}
        }
    }

    /// Leaves the lanes once the high bits are bound.
    fn settle(&mut self) {
        if let Factors::Wide(left, right) = &self.factors {
            self.factors = Factors::Narrow(unpack(&left[0]), unpack(&right[0]));
        }
    }

    /// Value at zero and leading coefficient of the round that binds the next low bit.
    fn narrow_round(&self) -> (EF, EF) {
        let Factors::Narrow(left, right) = &self.factors else { return (EF::ZERO, EF::ZERO) };
        let half = left.len() / 2;
        (0..half).fold((EF::ZERO, EF::ZERO), |(zero, leading), low| {
            let (left_slope, right_slope) =
                (left[half + low] - left[low], right[half + low] - right[low]);
            (zero + left[low] * right[low], leading + left_slope * right_slope)
        })
    }

    fn bind_narrow(&mut self, challenge: EF) {
        if let Factors::Narrow(left, right) = &mut self.factors {
            halve(left, challenge);
            halve(right, challenge);
        }
    }

    fn narrow_sum(&self) -> EF {
        let Factors::Narrow(left, right) = &self.factors else { return EF::ZERO };
        dot(left, right)
    }

    fn finish(self) -> (EF, EF) {
        match self.factors {
            Factors::Narrow(left, right) => (left[0], right[0]),
            // All variables are bound.
            Factors::Weighted(..) | Factors::Wide(..) => (EF::ZERO, EF::ZERO),
        }
    }
}

/// The inner product of two vectors.
pub fn dot(left: &[EF], right: &[EF]) -> EF {
    left.par_iter().zip(right).with_min_len(1 << 10).map(|(&a, &b)| a * b).sum()
}

/// Sums over pairs of neighbours; what follows a last one without a neighbour is zero.
fn sum_pairs(left: &[Group], right: &[Group]) -> [Group; 2] {
    let mut sums = [ZERO; 2];
    for (a, b) in left.chunks(2).zip(right.chunks(2)) {
        let (a1, b1) = (a.get(1).unwrap_or(&ZERO), b.get(1).unwrap_or(&ZERO));
        for i in 0..SLOTS {
            sums[0][i] += a[0][i] * b[0][i];
            sums[1][i] += (a1[i] - a[0][i]) * (b1[i] - b[0][i]);
        }
    }
    sums
}

/// Binds the first variable of weights and values, which multiplies the weights out.
fn bind_weighted(weights: &mut Weights, values: &[F], challenge: EF) -> (Vec<Group>, Vec<Group>) {
    weights.bind_inner(challenge);
    let weights = &*weights;
    let (left, right): (Vec<[Group; BLOCK / 2]>, Vec<[Group; BLOCK / 2]>) = (0..weights.blocks())
        .into_par_iter()
        .map(|index| weights.bind(index, values, challenge).into())
        .unzip();
    (left.into_flattened(), right.into_flattened())
}

/// Proves `sum of join^i * term_i` and returns the challenges, in order, and both factors of each
/// term at its own point.
pub fn prove_sumcheck<C: ProverChannel>(
    channel: &mut C,
    label: &'static str,
    mut terms: Vec<Term<'_>>,
    join: EF,
) -> (Vec<EF>, Vec<(EF, EF)>) {
    let rounds = terms.iter().map(|term| term.variables).max().unwrap_or(0);
    let powers: Vec<EF> = join.powers().take(terms.len()).collect();
    let mut challenges = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let mut message = [EF::ZERO; 2];
        for (term, &power) in terms.iter_mut().zip(&powers) {
            let absent = absent_rounds(rounds, term.variables);
            if round == absent.start {
                term.settle();
            }
            let (zero, leading) = if round < absent.start {
                term.wide_round()
            } else if round < absent.end {
                // The sum at zero, nothing at one.
                (term.narrow_sum(), EF::ZERO)
            } else {
                term.narrow_round()
            };
            message[0] += power * term.late * zero;
            message[1] += power * term.late * leading;
        }
        channel.send(label, &message);
        let challenge = channel.challenge(label);
        for term in &mut terms {
            let absent = absent_rounds(rounds, term.variables);
            if round < absent.start {
                term.bind_wide(challenge);
            } else if round < absent.end {
                term.late *= EF::ONE - challenge;
            } else {
                term.bind_narrow(challenge);
            }
        }
        challenges.push(challenge);
    }
    (challenges, terms.into_iter().map(Term::finish).collect())
}
