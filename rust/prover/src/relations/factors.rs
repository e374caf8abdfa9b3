//! The factors of products, contracted: each tensor once for each set of weights.
//!
//! All relations meet at one point, so the same tensor comes with the same weights, up to a factor,
//! in many products: a weight that several steps read, or the rows behind several blocks.

use std::collections::HashMap;

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::arithmetization::Target;
use zkpot_protocol::claims::{Axis, Product, ProductFactor};
use zkpot_protocol::field::EF;
use zkpot_protocol::window::Window;

use super::proportion::proportion;
use crate::contract::{Contracted, contract};
use crate::witness::Witness;

/// A tensor with the roles of its axes; vectors of weights begin with one.
pub type Key = (Target, Vec<Axis>);

/// Left and right factor of each product, as vectors over its shared axes.
pub fn factors(products: &[Product], witness: &Witness<'_>) -> Vec<[Vec<EF>; 2]> {
    let keyed: Vec<[(Key, EF); 2]> =
        products.iter().map(|product| [&product.left, &product.right].map(key)).collect();
    let mut uses: HashMap<&Key, usize> = HashMap::new();
    for (key, _) in keyed.iter().flatten() {
        *uses.entry(key).or_default() += 1;
    }
    // Only what another product needs again stays in memory.
    let mut held: HashMap<&Key, Contracted> = HashMap::new();
    let mut all = Vec::with_capacity(products.len());
    for (product, keys) in products.iter().zip(&keyed) {
        let mut both = [Vec::new(), Vec::new()];
        for (side, (key, scale)) in keys.iter().enumerate() {
            let contracted = held.remove(key).unwrap_or_else(|| {
                let (values, lengths) = witness.target(key.0);
                contract(&values, &lengths, &key.1)
            });
            // The left one carries the weights of the shared axes.
            both[side] = contracted.spread(&product.shared, *scale, side == 0);
            let left = uses.entry(key).or_default();
            *left = left.saturating_sub(1);
            if *left > 0 {
                held.insert(key, contracted);
            }
        }
        all.push(both);
    }
    all
}

/// A factor's key, and what its contraction is to be multiplied with.
pub fn key(factor: &ProductFactor) -> (Key, EF) {
    let mut scale = EF::ONE;
    let axes = factor.axes.iter().map(|axis| match axis {
        Axis::Shared(place) => Axis::Shared(*place),
        Axis::Own(weights) => {
            let (own, unit) = proportion(weights);
            scale *= own;
            Axis::Own(unit.into())
        }
        Axis::Window(window) => {
            let weights: Vec<EF> = window.own.iter().map(|&(_, weight)| weight).collect();
            let (own, unit) = proportion(&weights);
            scale *= own;
            let places = window.own.iter().map(|&(numerator, _)| numerator);
            Axis::Window(Window { own: places.zip(unit).collect(), ..window.clone() })
        }
    });
    let axes = axes.collect();
    ((factor.target, axes), scale)
}
