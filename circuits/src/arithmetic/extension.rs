//! Elements of the cubic extension `F[X] / (X^3 - X - 1)`.

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use zkpot_protocol::field::{EF, F};

use super::{Arithmetic, Residue};
use crate::Context;

/// An element of the extension by its coordinates, lowest degree first. An element of the base field
/// is one whose other coordinates are known to be zero.
#[derive(Clone, Debug)]
pub struct Extension(pub [Residue; 3]);

impl From<EF> for Extension {
    fn from(value: EF) -> Self {
        let coordinates: &[F] = value.as_basis_coefficients_slice();
        Self(core::array::from_fn(|place| coordinates[place].into()))
    }
}

impl From<Residue> for Extension {
    fn from(value: Residue) -> Self {
        Self([value, Residue::ZERO, Residue::ZERO])
    }
}

impl Extension {
    /// The element that it stands for in this witness.
    pub fn value(&self) -> EF {
        let coordinates: [F; 3] = core::array::from_fn(|place| self.0[place].value());
        EF::from_basis_coefficients_fn(|place| coordinates[place])
    }
}

/// Products of coordinates that are summed.
type Products = Vec<(Residue, Residue)>;

impl Arithmetic {
    /// Loads what a proof claims to be an element: three integers below `2^64`.
    ///
    /// # Soundness
    /// Three times [`load`](Self::load).
    pub fn load_extension(&self, context: &mut Context, value: EF) -> Extension {
        let coordinates: &[F] = value.as_basis_coefficients_slice();
        Extension(core::array::from_fn(|place| self.load_element(context, coordinates[place])))
    }

    /// The sum of products, as [`sum_of_products`](Self::sum_of_products).
    ///
    /// With `X^3 = X + 1` and `X^4 = X^2 + X`, and `c_k` the sum of `a_i b_j` with `i + j = k`, the
    /// coordinates are `c_0 + c_3`, `c_1 + c_3 + c_4` and `c_2 + c_4`. `c_3` and `c_4` are computed
    /// once where they have enough terms for that to be cheaper.
    ///
    /// # Soundness
    /// Each coordinate is a sum of products of residues.
    pub fn extension_sum(
        &self,
        context: &mut Context,
        products: &[(Extension, Extension)],
    ) -> Extension {
        let mut sums: [Products; 5] = Default::default();
        for (Extension(left), Extension(right)) in products {
            for (i, left) in left.iter().enumerate() {
                for (j, right) in right.iter().enumerate() {
                    if !left.is(F::ZERO) && !right.is(F::ZERO) {
                        sums[i + j].push((left.clone(), right.clone()));
                    }
                }
            }
        }
        let [c0, c1, c2, c3, c4] = sums;
        let [c3, c4] = [c3, c4].map(|products| match products.len() {
            0 | 1 => products,
            _ => vec![(self.sum_of_products(context, &products), Residue::ONE)],
        });
        let coordinates = [[c0, c3.clone(), vec![]], [c1, c3, c4.clone()], [c2, c4, vec![]]];
        Extension(coordinates.map(|sums| self.sum_of_products(context, &sums.concat())))
    }

    /// `left + right`.
    pub fn add_extension(
        &self,
        context: &mut Context,
        left: &Extension,
        right: &Extension,
    ) -> Extension {
        self.combine(context, left, EF::ONE, right)
    }

    /// `left - right`.
    pub fn subtract_extension(
        &self,
        context: &mut Context,
        left: &Extension,
        right: &Extension,
    ) -> Extension {
        self.combine(context, left, EF::NEG_ONE, right)
    }

    fn combine(
        &self,
        context: &mut Context,
        left: &Extension,
        factor: EF,
        right: &Extension,
    ) -> Extension {
        let terms = [(left.clone(), EF::ONE.into()), (right.clone(), factor.into())];
        self.extension_sum(context, &terms)
    }

    /// `left * right`.
    pub fn multiply_extension(
        &self,
        context: &mut Context,
        left: &Extension,
        right: &Extension,
    ) -> Extension {
        self.extension_sum(context, &[(left.clone(), right.clone())])
    }

    /// `left * right + addend`.
    pub fn multiply_add_extension(
        &self,
        context: &mut Context,
        left: &Extension,
        right: &Extension,
        addend: &Extension,
    ) -> Extension {
        let terms = [(left.clone(), right.clone()), (addend.clone(), EF::ONE.into())];
        self.extension_sum(context, &terms)
    }

    /// The same element, every coordinate [reduced](Self::reduce).
    pub fn reduce_extension(&self, context: &mut Context, element: &Extension) -> Extension {
        let Extension(coordinates) = element;
        Extension(coordinates.each_ref().map(|residue| self.reduce(context, residue)))
    }

    /// Requires an element to be zero.
    ///
    /// # Soundness
    /// Each coordinate is [zero](Self::require_zero).
    pub fn require_zero_extension(&self, context: &mut Context, element: &Extension) {
        element.0.iter().for_each(|residue| self.require_zero(context, residue));
    }
}
