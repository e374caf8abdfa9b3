//! Layers of the tree of fractions.

use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use zkpot_protocol::field::EF;
use zkpot_protocol::order::GROUP_BITS;

use crate::packed::{Group, PEF, SLOTS, unpack};

/// Two groups that become one in the layer above.
pub type Siblings = [PEF; 2 * SLOTS];

/// Numerators and denominators of siblings.
pub type Fractions = (Siblings, Siblings);

/// What follows the stored fractions of a layer: 0 / 1, which leaves a sum as it is.
const NOTHING: (Group, Group) = ([PEF::ZERO; SLOTS], [PEF::ONE; SLOTS]);

/// One layer, as far as its fractions are not 0 / 1.
#[derive(Debug)]
pub enum Layer {
    /// At least 16 fractions.
    Wide {
        /// Numerators.
        numerators: Vec<Siblings>,
        /// Denominators.
        denominators: Vec<Siblings>,
        /// Logarithm of the number of fractions, those that are not stored included.
        variables: usize,
    },
    /// At most 8 fractions.
    Narrow {
        /// Numerators.
        numerators: Vec<EF>,
        /// Denominators.
        denominators: Vec<EF>,
    },
}

/// The sums of the fractions of two groups.
#[inline]
pub fn add_siblings((numerators, denominators): &Fractions) -> (Group, Group) {
    let (n, d) = (numerators, denominators);
    (from_fn(|i| n[i] * d[SLOTS + i] + n[SLOTS + i] * d[i]), from_fn(|i| d[i] * d[SLOTS + i]))
}

/// Two groups of fractions side by side.
#[inline]
pub fn pair(first: (Group, Group), second: (Group, Group)) -> Fractions {
    let join = |a: Group, b: Group| from_fn(|i| if i < SLOTS { a[i] } else { b[i - SLOTS] });
    (join(first.0, second.0), join(first.1, second.1))
}

impl Layer {
    /// A layer of at least 16 fractions, of which `count` groups are given by their position.
    pub fn wide<G>(variables: usize, count: usize, group: G) -> Self
    where
        G: Fn(usize) -> (Group, Group) + Sync,
    {
        let (numerators, denominators) = (0..count.div_ceil(2))
            .into_par_iter()
            .with_min_len(1 << 6)
            .map(|i| {
                let second = if 2 * i + 1 < count { group(2 * i + 1) } else { NOTHING };
                pair(group(2 * i), second)
            })
            .unzip();
        Self::Wide { numerators, denominators, variables }
    }

    /// Logarithm of the number of fractions.
    pub fn variables(&self) -> usize {
        match self {
            Self::Wide { variables, .. } => *variables,
            Self::Narrow { numerators, .. } => numerators.len().trailing_zeros() as usize,
        }
    }

    /// The layer above.
    pub fn reduce(&self) -> Self {
        match self {
            Self::Wide { numerators, denominators, variables } => {
                let sum = |i: usize| add_siblings(&(numerators[i], denominators[i]));
                if *variables > GROUP_BITS + 1 {
                    return Self::wide(variables - 1, numerators.len(), sum);
                }
                let (n, d) = sum(0);
                Self::Narrow { numerators: unpack(&n), denominators: unpack(&d) }
            }
            Self::Narrow { numerators: n, denominators: d } => {
                let half = n.len() / 2;
                Self::Narrow {
                    numerators: (0..half)
                        .map(|i| n[i] * d[half + i] + n[half + i] * d[i])
                        .collect(),
                    denominators: (0..half).map(|i| d[i] * d[half + i]).collect(),
                }
            }
        }
    }
}
