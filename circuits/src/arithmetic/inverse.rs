//! Inverses.

use p3_field::{Field, PrimeCharacteristicRing};
use zkpot_protocol::field::EF;

use super::{Arithmetic, Extension, Residue};
use crate::Context;

impl Arithmetic {
    /// The inverse of an element. Zero makes a circuit that nothing satisfies.
    ///
    /// # Soundness
    /// The inverse is [loaded](Self::load_extension), and its product with the element is one: the
    /// extension is a field, so there is one such element, and none for zero.
    pub fn invert_extension(&self, context: &mut Context, element: &Extension) -> Extension {
        let value = element.value();
        let inverse = value.try_inverse().unwrap_or(EF::ZERO);
        if element.0.iter().all(|residue| matches!(residue, Residue::Known(_))) {
            self.constrain_inverse(context, element, &inverse.into());
            return inverse.into();
        }
        let inverse = self.load_extension(context, inverse);
        self.constrain_inverse(context, element, &inverse);
        inverse
    }

    /// Requires that the product of two elements is one.
    pub(super) fn constrain_inverse(
        &self,
        context: &mut Context,
        element: &Extension,
        inverse: &Extension,
    ) {
        let product = (element.clone(), inverse.clone());
        let minus_one = (EF::NEG_ONE.into(), EF::ONE.into());
        let difference = self.extension_sum(context, &[product, minus_one]);
        self.require_zero_extension(context, &difference);
    }
}
