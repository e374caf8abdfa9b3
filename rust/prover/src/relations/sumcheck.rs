//! Sumcheck over a sum of products of two multilinear polynomials of different sizes.
//!
//! A polynomial with fewer variables lives where the first variables are zero, so its product
//! contributes `sum * (1 - z)` for each of them and joins in the last rounds.

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::field::{EF, F};

use crate::packed::{CHUNK, PEF, PF, WIDTH, bind, sum_lanes, unpack};
use p3_field::PackedValue;

/// A vector of extension elements, in lanes while it is long.
#[derive(Debug)]
enum Table {
    Packed(Vec<PEF>),
    Plain(Vec<EF>),
}

/// A second factor: extension elements, or the base elements of a committed polynomial.
#[derive(Debug)]
enum Factor<'a> {
    Base(&'a [F]),
    Extension(Table),
}

/// `sum over the cube of left * right`.
#[derive(Debug)]
pub struct Term<'a> {
    left: Table,
    right: Factor<'a>,
    variables: usize,
    /// The sum, with the factors of the rounds before it joined.
    sum: EF,
}

impl Table {
    fn new(values: Vec<EF>) -> Self {
        if values.len() > WIDTH {
            Self::Packed(crate::packed::pack(&values))
        } else {
            Self::Plain(values)
        }
    }

    /// Short vectors leave the lanes.
    fn settle(self) -> Self {
        match self {
            Self::Packed(values) if values.len() < 2 => Self::Plain(unpack(&values)),
            table => table,
        }
    }

    fn bind(&mut self, challenge: EF) {
        match self {
            Self::Packed(values) => bind(values, PEF::from(challenge)),
            Self::Plain(values) => bind(values, challenge),
        }
        let table = core::mem::replace(self, Self::Plain(Vec::new()));
        *self = table.settle();
    }
}

impl<'a> Term<'a> {
    /// Two vectors of the same power-of-two length.
    pub fn new(left: Vec<EF>, right: Vec<EF>) -> Self {
        let variables = left.len().trailing_zeros() as usize;
        let sum = left.iter().zip(&right).map(|(&a, &b)| a * b).sum();
        Self { left: Table::new(left), right: Factor::Extension(Table::new(right)), variables, sum }
    }

    /// Weights in lanes and a committed polynomial.
    pub fn weighted(weights: Vec<PEF>, polynomial: &'a [F]) -> Self {
        let variables = polynomial.len().trailing_zeros() as usize;
        let sum = weights
            .par_chunks(CHUNK)
            .zip(PF::pack_slice(polynomial).par_chunks(CHUNK))
            .map(|(w, p)| w.iter().zip(p).fold(PEF::ZERO, |sum, (&w, &p)| sum + w * p))
            .reduce(|| PEF::ZERO, |a, b| a + b);
        Self {
            left: Table::Packed(weights),
            right: Factor::Base(polynomial),
            variables,
            sum: sum_lanes(sum),
        }
    }

    /// The sum over the cube.
    pub fn sum(&self) -> EF {
        self.sum
    }

    /// Value at zero and leading coefficient of this term's round polynomial.
    fn round(&self) -> (EF, EF) {
        match (&self.left, &self.right) {
            (Table::Packed(a), Factor::Base(b)) => {
                let half = a.len() / 2;
                let b = PF::pack_slice(b);
                let (b_low, b_high) = b.split_at(half);
                let sums = chunks(&a[..half], &a[half..])
                    .zip(b_low.par_chunks(CHUNK).zip(b_high.par_chunks(CHUNK)))
                    .map(|((a0, a1), (b0, b1))| {
                        let mut sums = (PEF::ZERO, PEF::ZERO);
                        for i in 0..a0.len() {
                            sums.0 += a0[i] * b0[i];
                            sums.1 += (a1[i] - a0[i]) * (b1[i] - b0[i]);
                        }
                        sums
                    })
                    .reduce(|| (PEF::ZERO, PEF::ZERO), |x, y| (x.0 + y.0, x.1 + y.1));
                (sum_lanes(sums.0), sum_lanes(sums.1))
            }
            (Table::Packed(a), Factor::Extension(Table::Packed(b))) => {
                let (zero, leading) = round_of(a, b);
                (sum_lanes(zero), sum_lanes(leading))
            }
            (Table::Plain(a), Factor::Extension(Table::Plain(b))) => round_of(a, b),
            // Both factors have one length, so both are packed or both are plain.
            _ => (EF::ZERO, EF::ZERO),
        }
    }

    fn bind(&mut self, challenge: EF) {
        self.left.bind(challenge);
        match &mut self.right {
            Factor::Extension(table) => table.bind(challenge),
            Factor::Base(values) => {
                let values = PF::pack_slice(values);
                let (low, high) = values.split_at(values.len() / 2);
                let factor = PEF::from(challenge);
                let bound: Vec<PEF> = low
                    .par_iter()
                    .zip(high)
                    .with_min_len(CHUNK)
                    .map(|(&low, &high)| factor * (high - low) + low)
                    .collect();
                self.right = Factor::Extension(Table::Packed(bound).settle());
            }
        }
    }

    fn finish(self) -> (EF, EF) {
        let first = |table: Table| match table {
            Table::Packed(values) => unpack(&values)[0],
            Table::Plain(values) => values[0],
        };
        let right = match self.right {
            Factor::Extension(table) => first(table),
            Factor::Base(values) => EF::from(values[0]),
        };
        (first(self.left), right)
    }
}

fn chunks<'a, A: Sync>(
    low: &'a [A],
    high: &'a [A],
) -> impl IndexedParallelIterator<Item = (&'a [A], &'a [A])> {
    low.par_chunks(CHUNK).zip(high.par_chunks(CHUNK))
}

fn round_of<A: PrimeCharacteristicRing + Copy + Send + Sync>(a: &[A], b: &[A]) -> (A, A) {
    let half = a.len() / 2;
    chunks(&a[..half], &a[half..])
        .zip(chunks(&b[..half], &b[half..]))
        .map(|((a0, a1), (b0, b1))| {
            let mut sums = (A::ZERO, A::ZERO);
            for i in 0..a0.len() {
                sums.0 += a0[i] * b0[i];
                sums.1 += (a1[i] - a0[i]) * (b1[i] - b0[i]);
            }
            sums
        })
        .reduce(|| (A::ZERO, A::ZERO), |x, y| (x.0 + y.0, x.1 + y.1))
}

/// Proves `sum of join^i * term_i` and returns the point and both factors of each term there
/// (each at the last of the point's coordinates that it has variables for).
pub fn prove_sumcheck<C: ProverChannel>(
    channel: &mut C,
    label: &'static str,
    mut terms: Vec<Term<'_>>,
    join: EF,
) -> (Vec<EF>, Vec<(EF, EF)>) {
    let rounds = terms.iter().map(|term| term.variables).max().unwrap_or(0);
    let powers: Vec<EF> = join.powers().take(terms.len()).collect();
    let mut point = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let mut message = [EF::ZERO; 2];
        for (term, &power) in terms.iter().zip(&powers) {
            if rounds - term.variables > round {
                // Not joined yet: the sum at zero, nothing at one.
                message[0] += power * term.sum;
            } else {
                let late: EF =
                    point[..rounds - term.variables].iter().map(|&z| EF::ONE - z).product();
                let (zero, leading) = term.round();
                message[0] += power * late * zero;
                message[1] += power * late * leading;
            }
        }
        channel.send(label, &message);
        let challenge = channel.challenge(label);
        for term in &mut terms {
            if rounds - term.variables > round {
                term.sum *= EF::ONE - challenge;
            } else {
                term.bind(challenge);
            }
        }
        point.push(challenge);
    }
    (point, terms.into_iter().map(Term::finish).collect())
}
