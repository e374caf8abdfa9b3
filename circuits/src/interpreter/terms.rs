//! Sums of products of recorded elements.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::EF;

use crate::arithmetic::Extension;
use crate::recording::Recorded;
use crate::sponge::Hasher;

/// Products that are added and products that are subtracted.
#[derive(Debug, Default)]
pub struct Terms {
    added: Vec<(Recorded, Recorded)>,
    subtracted: Vec<(Recorded, Recorded)>,
}

impl Terms {
    /// Adds a product, or subtracts it. A known factor takes the sign.
    pub fn push(&mut self, left: Recorded, right: Recorded, negative: bool) {
        match (left, right) {
            (left, right) if !negative => self.added.push((left, right)),
            (Recorded::Known(known), other) | (other, Recorded::Known(known)) => {
                self.added.push((other, Recorded::Known(-known)));
            }
            (left, right) => self.subtracted.push((left, right)),
        }
    }

    /// Lays the sum down, given the elements of its operands.
    pub fn lay(
        &self,
        hasher: &mut Hasher<'_>,
        element: &impl Fn(Recorded) -> Extension,
    ) -> Extension {
        let elements = |terms: &[(Recorded, Recorded)]| -> Vec<(Extension, Extension)> {
            terms.iter().map(|&(left, right)| (element(left), element(right))).collect()
        };
        let mut products = elements(&self.added);
        if !self.subtracted.is_empty() {
            let subtracted = elements(&self.subtracted);
            let subtracted = hasher.arithmetic.extension_sum(hasher.context, &subtracted);
            products.push((subtracted, EF::NEG_ONE.into()));
        }
        hasher.arithmetic.extension_sum(hasher.context, &products)
    }
}
