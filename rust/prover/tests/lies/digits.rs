//! A digit outside its table, made up for by the next one: the integer itself is right.

use p3_field::PrimeCharacteristicRing;
use p3_field::PrimeField64;
use zkpot_protocol::arithmetization::{Arithmetization, Quantity, Target};
use zkpot_protocol::field::F;

use super::{Broken, Lie, Stage};

/// One lie for every quantity that has more than one digit.
pub fn digits(stage: Stage, system: &Arithmetization) -> Vec<Lie> {
    let long = system.quantities.iter().filter(|columns| columns.digits.len() > 1);
    long.map(|columns| {
        let says = "a digit too large, and one less of the next";
        let mut lie = Lie::new(stage, Broken::Range(columns.quantity), says);
        lie.committing = Some(carry);
        lie
    })
    .collect()
}

fn carry(system: &Arithmetization, quantity: Quantity, values: &mut [F]) {
    let columns = system.quantities.iter().find(|columns| columns.quantity == quantity).unwrap();
    let [low, high] = [columns.digits[0], columns.digits[1]];
    change(system, low.0, F::from_u64(1 << low.2), values);
    change(system, high.0, -F::ONE, values);
}

/// Changes the first element of a digit, and how often the rows of its table are looked up.
fn change(system: &Arithmetization, region: usize, by: F, values: &mut [F]) {
    let regions = &system.layout.regions;
    let place = regions[region].offset;
    let before = values[place];
    values[place] += by;
    let argument = Target::Region(region);
    let Some(lookup) = system.lookups.iter().find(|l| l.argument == argument) else { return };
    let table = &system.tables[lookup.table];
    let multiplicities = regions[table.multiplicity()].offset;
    let after = values[place];
    for (digit, by) in [(before, -F::ONE), (after, F::ONE)] {
        let row = digit.as_canonical_u64();
        if row < 1 << table.bits() {
            values[multiplicities + row as usize] += by;
        }
    }
}
