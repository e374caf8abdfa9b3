//! LogUp with a GKR tree of fractions, prover's half.
//!
//! The library's fractional GKR prover asserts that the sum is zero and owns its transcript; this
//! one runs over the channel, sends two scalars a round instead of three, and proves what it is
//! given, so that tests can watch a false sum being refused.

use p3_field::{Field, PrimeCharacteristicRing};
use rayon::prelude::*;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;

use crate::packed::{PEF, PF, WIDTH, bind, pack, sum_lanes, unpack};
use p3_field::PackedValue;

/// Variables of the inner block of the equality weights.
const INNER: usize = 10;

/// The fractions at the leaves.
#[derive(Debug, Default)]
pub struct Leaves {
    /// Numerators.
    pub numerators: Vec<F>,
    /// Denominators, in lanes.
    pub denominators: Vec<PEF>,
}

/// Numerators and denominators of one layer of the tree.
#[derive(Debug)]
enum Layer {
    Packed(Vec<PEF>, Vec<PEF>),
    Plain(Vec<EF>, Vec<EF>),
}

/// Proves that the fractions sum to zero, up to a claim on numerator and denominator at a point.
///
/// Returns point, numerator and denominator.
pub fn prove_fractions<C: ProverChannel>(channel: &mut C, mut leaves: Leaves) -> (Vec<EF>, EF, EF) {
    let variables = leaves.numerators.len().trailing_zeros() as usize;
    let mut layers = vec![first_layer(&leaves)];
    while layers[layers.len() - 1].variables() > 0 {
        let next = layers[layers.len() - 1].reduce();
        layers.push(next);
    }
    let root = match layers.pop() {
        Some(Layer::Plain(_, denominators)) => denominators[0],
        _ => EF::ONE,
    };
    // Without an inverse nothing can be sent that verifies.
    let inverse = root.try_inverse().unwrap_or(EF::ZERO);
    channel.send(labels::LOOKUP_ROOT, &[root, inverse]);
    channel.multiply(root, inverse);
    let (mut point, mut numerator, mut denominator) = (Vec::new(), EF::ZERO, root);
    for depth in 0..variables {
        let join = channel.challenge(labels::LOOKUP_LAYER);
        let claim = numerator + join * denominator;
        let children = match layers.pop() {
            Some(Layer::Plain(n, d)) => {
                prove_layer(channel, Split::plain(n, d, join), &point, claim, join)
            }
            Some(Layer::Packed(n, d)) => {
                prove_layer(channel, Split::packed(n, d, join), &point, claim, join)
            }
            None => {
                debug_assert_eq!(depth + 1, variables);
                let split = Split::Leaves(core::mem::take(&mut leaves), join);
                prove_layer(channel, split, &point, claim, join)
            }
        };
        let ([n0, d0, n1, d1], mut next) = children;
        channel.send(labels::LOOKUP_CHILDREN, &[n0, d0, n1, d1]);
        channel.multiply(n0, d1);
        channel.multiply(n1, d0);
        channel.multiply(d0, d1);
        let branch = channel.challenge(labels::LOOKUP_BRANCH);
        numerator = n0 + branch * (n1 - n0);
        denominator = d0 + branch * (d1 - d0);
        next.insert(0, branch);
        point = next;
    }
    (point, numerator, denominator)
}

/// The layer above the leaves.
fn first_layer(leaves: &Leaves) -> Layer {
    let n = PF::pack_slice(&leaves.numerators);
    let d = &leaves.denominators;
    let half = d.len() / 2;
    let (n, d) = (0..half)
        .into_par_iter()
        .with_min_len(1 << 10)
        .map(|i| (d[i + half] * n[i] + d[i] * n[i + half], d[i] * d[i + half]))
        .unzip();
    Layer::Packed(n, d).settle()
}

fn combine<A: PrimeCharacteristicRing + Copy + Send + Sync>(n: &[A], d: &[A]) -> (Vec<A>, Vec<A>) {
    let half = n.len() / 2;
    (0..half)
        .into_par_iter()
        .with_min_len(1 << 10)
        .map(|i| (d[i + half] * n[i] + d[i] * n[i + half], d[i] * d[i + half]))
        .unzip()
}

impl Layer {
    fn variables(&self) -> usize {
        match self {
            Self::Packed(n, _) => (n.len() * WIDTH).trailing_zeros() as usize,
            Self::Plain(n, _) => n.len().trailing_zeros() as usize,
        }
    }

    fn settle(self) -> Self {
        match self {
            Self::Packed(n, d) if n.len() < 4 => Self::Plain(unpack(&n), unpack(&d)),
            layer => layer,
        }
    }

    fn reduce(&self) -> Self {
        match self {
            Self::Packed(n, d) => {
                let (n, d) = combine(n, d);
                Self::Packed(n, d).settle()
            }
            Self::Plain(n, d) => {
                let (n, d) = combine(n, d);
                Self::Plain(n, d)
            }
        }
    }
}

/// The two children of a layer. `mixed` is `n0 + join * d0`, so that the gate
/// `n0 d1 + n1 d0 + join d0 d1` is `mixed d1 + n1 d0`: two products.
#[derive(Debug)]
enum Split {
    /// The leaves before their first round, and `join`: nothing is copied.
    Leaves(Leaves, EF),
    Packed([Vec<PEF>; 4]),
    Plain([Vec<EF>; 4]),
}

fn mix<A: PrimeCharacteristicRing + Copy + Send + Sync>(
    mut n: Vec<A>,
    mut d: Vec<A>,
    join: A,
) -> [Vec<A>; 4] {
    let half = n.len() / 2;
    let n1 = n.split_off(half);
    let d1 = d.split_off(half);
    n.par_iter_mut().zip(&d).with_min_len(1 << 10).for_each(|(n, &d)| *n += join * d);
    [n, d1, n1, d]
}

impl Split {
    fn plain(n: Vec<EF>, d: Vec<EF>, join: EF) -> Self {
        Self::Plain(mix(n, d, join))
    }

    fn packed(n: Vec<PEF>, d: Vec<PEF>, join: EF) -> Self {
        Self::Packed(mix(n, d, PEF::from(join))).settle()
    }

    fn settle(self) -> Self {
        match self {
            Self::Packed(tables) if tables[0].len() < 4 => {
                Self::Plain(tables.map(|table| unpack(&table)))
            }
            split => split,
        }
    }

    /// Value at zero and leading coefficient of the gate's round polynomial, weighed with
    /// `eq(rest, .)` over the variables after the bound one.
    fn round(&self, rest: &[EF]) -> (EF, EF) {
        match self {
            Self::Leaves(leaves, join) => {
                let (outer, inner) = equality(rest);
                let (zero, leading) = leaf_sums(leaves, PEF::from(*join), &outer, &inner);
                (sum_lanes(zero), sum_lanes(leading))
            }
            Self::Packed(tables) => {
                let (outer, inner) = equality(rest);
                let (zero, leading) = gate_sums(tables, &outer, &inner);
                (sum_lanes(zero), sum_lanes(leading))
            }
            Self::Plain(tables) => {
                let inner = eq_table(rest, 1 << rest.len());
                gate_sums(tables, &[EF::ONE], &inner)
            }
        }
    }

    fn bind(&mut self, challenge: EF) {
        match self {
            Self::Leaves(leaves, join) => *self = bind_leaves(leaves, *join, challenge),
            Self::Packed(tables) => {
                tables.iter_mut().for_each(|table| bind(table, PEF::from(challenge)));
            }
            Self::Plain(tables) => tables.iter_mut().for_each(|table| bind(table, challenge)),
        }
        let split = core::mem::replace(self, Self::Plain(Default::default()));
        *self = split.settle();
    }
}

/// `eq(rest, .)` as plain outer and packed inner weights.
fn equality(rest: &[EF]) -> (Vec<EF>, Vec<PEF>) {
    let (outer, inner) = rest.split_at(rest.len() - rest.len().min(INNER));
    (eq_table(outer, 1 << outer.len()), pack(&eq_table(inner, 1 << inner.len())))
}

/// The four quarters of the leaves: child 0 and child 1, each with the bound variable 0 and 1.
fn quarters(leaves: &Leaves) -> [(&[PF], &[PEF]); 4] {
    let n = PF::pack_slice(&leaves.numerators);
    let d = leaves.denominators.as_slice();
    let quarter = n.len() / 4;
    [0, 1, 2, 3].map(|i| {
        let range = i * quarter..(i + 1) * quarter;
        (&n[range.clone()], &d[range])
    })
}

/// [`gate_sums`] for the leaves, whose numerators lie in the base field.
fn leaf_sums(leaves: &Leaves, join: PEF, outer: &[EF], inner: &[PEF]) -> (PEF, PEF) {
    let size = inner.len();
    let quarters = quarters(leaves);
    outer
        .par_iter()
        .enumerate()
        .map(|(block, &weight)| {
            let range = block * size..(block + 1) * size;
            let [low0, high0, low1, high1] =
                quarters.map(|(n, d)| (&n[range.clone()], &d[range.clone()]));
            let mut sums = (PEF::ZERO, PEF::ZERO);
            for (i, &weight) in inner.iter().enumerate() {
                let zero = (join * low0.1[i] + low0.0[i]) * low1.1[i] + low0.1[i] * low1.0[i];
                let (d0, d1) = (high0.1[i] - low0.1[i], high1.1[i] - low1.1[i]);
                let leading =
                    (join * d0 + (high0.0[i] - low0.0[i])) * d1 + d0 * (high1.0[i] - low1.0[i]);
                sums.0 += weight * zero;
                sums.1 += weight * leading;
            }
            let weight = PEF::from(weight);
            (sums.0 * weight, sums.1 * weight)
        })
        .reduce(|| (PEF::ZERO, PEF::ZERO), |a, b| (a.0 + b.0, a.1 + b.1))
}

/// Binds the first variable of the leaves, which lifts their numerators to the extension.
fn bind_leaves(leaves: &Leaves, join: EF, challenge: EF) -> Split {
    let [low0, high0, low1, high1] = quarters(leaves);
    let (join, challenge) = (PEF::from(join), PEF::from(challenge));
    let d0 = |i: usize| low0.1[i] + challenge * (high0.1[i] - low0.1[i]);
    let table = |entry: &(dyn Fn(usize) -> PEF + Sync)| -> Vec<PEF> {
        (0..low0.0.len()).into_par_iter().with_min_len(1 << 10).map(entry).collect()
    };
    let tables = [
        table(&|i| join * d0(i) + challenge * (high0.0[i] - low0.0[i]) + low0.0[i]),
        table(&|i| low1.1[i] + challenge * (high1.1[i] - low1.1[i])),
        table(&|i| challenge * (high1.0[i] - low1.0[i]) + low1.0[i]),
        table(&d0),
    ];
    Split::Packed(tables).settle()
}

fn gate_sums<A>(tables: &[Vec<A>; 4], outer: &[EF], inner: &[A]) -> (A, A)
where
    A: PrimeCharacteristicRing + Copy + Send + Sync + From<EF>,
{
    let half = tables[0].len() / 2;
    let size = inner.len();
    let halves = [0, 1, 2, 3].map(|t: usize| tables[t].split_at(half));
    outer
        .par_iter()
        .enumerate()
        .map(|(block, &weight)| {
            let range = block * size..(block + 1) * size;
            let [m, d1, n1, d0] =
                halves.map(|(low, high)| (&low[range.clone()], &high[range.clone()]));
            let mut sums = (A::ZERO, A::ZERO);
            for (i, &weight) in inner.iter().enumerate() {
                let zero = m.0[i] * d1.0[i] + n1.0[i] * d0.0[i];
                let leading = (m.1[i] - m.0[i]) * (d1.1[i] - d1.0[i])
                    + (n1.1[i] - n1.0[i]) * (d0.1[i] - d0.0[i]);
                sums.0 += weight * zero;
                sums.1 += weight * leading;
            }
            let weight = A::from(weight);
            (sums.0 * weight, sums.1 * weight)
        })
        .reduce(|| (A::ZERO, A::ZERO), |a, b| (a.0 + b.0, a.1 + b.1))
}

/// One layer's sumcheck; returns the children `n0, d0, n1, d1` and its point.
fn prove_layer<C: ProverChannel>(
    channel: &mut C,
    mut split: Split,
    point: &[EF],
    mut claim: EF,
    join: EF,
) -> ([EF; 4], Vec<EF>) {
    let mut next = Vec::with_capacity(point.len() + 1);
    for (round, &coordinate) in point.iter().enumerate() {
        let (zero, leading) = split.round(&point[round + 1..]);
        channel.send(labels::LOOKUP_ROUND, &[zero, leading]);
        let challenge = channel.challenge(labels::LOOKUP_ROUND);
        let inverse = coordinate.try_inverse().unwrap_or(EF::ZERO);
        let one = (claim - zero * (EF::ONE - coordinate)) * inverse;
        claim = zero + (one - zero - leading) * challenge + leading * challenge * challenge;
        split.bind(challenge);
        next.push(challenge);
    }
    let [mixed, d1, n1, d0] = match split {
        Split::Plain(tables) => tables.map(|table| table[0]),
        Split::Packed(tables) => tables.map(|table| unpack(&table)[0]),
        // At least one round has bound them.
        Split::Leaves(..) => [EF::ZERO; 4],
    };
    ([mixed - join * d0, d0, n1, d1], next)
}
