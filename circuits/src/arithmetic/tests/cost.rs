//! What operations cost, which changes should not change unnoticed.

use halo2_base::gates::circuit::CircuitBuilderStage;

use super::super::{Arithmetic, Extension};
use super::load;
use crate::Context;
use crate::circuit::ChipCircuit;

/// Cells of the vertical gate and looked up cells, with limbs of 16 bits.
fn cost(lay: impl Fn(&Arithmetic, &mut Context, &Extension, &Extension)) -> (usize, usize) {
    let mut circuit = ChipCircuit::new(CircuitBuilderStage::Mock, 17, 16);
    let arithmetic = circuit.arithmetic();
    let (context, _) = circuit.parts();
    let [x, y] = [[1, 2, 3], [4, 5, 6]].map(|words| load(&arithmetic, context, words));
    let (cells, looked_up) = circuit.cells();
    lay(&arithmetic, circuit.parts().0, &x, &y);
    let (all_cells, all_looked_up) = circuit.cells();
    (all_cells - cells, all_looked_up - looked_up)
}

#[test]
fn operations_cost_this() {
    let load = cost(|arithmetic, context, _, _| {
        arithmetic.load(context, 1);
    });
    assert_eq!(load, (10, 4));
    let sum = cost(|arithmetic, context, x, y| {
        arithmetic.add_extension(context, x, y);
    });
    assert_eq!(sum, (12, 0));
    let product = cost(|arithmetic, context, x, y| {
        arithmetic.multiply_extension(context, x, y);
    });
    assert_eq!(product, (34, 0));
    let product_and_sum = cost(|arithmetic, context, x, y| {
        arithmetic.multiply_add_extension(context, x, y, x);
    });
    assert_eq!(product_and_sum, (40, 0));
    let reduced = cost(|arithmetic, context, x, y| {
        let product = arithmetic.multiply_extension(context, x, y);
        arithmetic.reduce_extension(context, &product);
    });
    assert_eq!(reduced, (34 + 3 * 25, 27));
    let zero = cost(|arithmetic, context, x, y| {
        let product = arithmetic.multiply_extension(context, x, y);
        arithmetic.require_zero_extension(context, &product);
    });
    assert_eq!(zero, (34 + 3 * 16, 15));
    let inner_product = cost(|arithmetic, context, x, y| {
        let terms = vec![(x.clone(), y.clone()); 100];
        arithmetic.extension_sum(context, &terms);
    });
    assert_eq!(inner_product, (2708, 0));
    let halves = cost(|arithmetic, context, x, _| {
        let cell = x.0[0].clone();
        let super::Residue::Held(integer) = cell else { return };
        arithmetic.split(context, integer.cell());
    });
    assert_eq!(halves, (76, 25));
}
