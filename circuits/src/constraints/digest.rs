//! What identifies a circuit.

use halo2_base::halo2_proofs::halo2curves::ff::PrimeField;

use super::Constraints;

impl Constraints {
    /// A digest of everything but values.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let none = self.values.len();
        let places = |flags: &[bool]| -> Vec<usize> {
            flags.iter().enumerate().filter_map(|(place, &flag)| flag.then_some(place)).collect()
        };
        let permuted = self.calls.iter().flat_map(|call| {
            call.input.into_iter().chain(call.output.map(|cell| cell.unwrap_or(none)))
        });
        let lists = [
            vec![none, self.table as usize],
            places(&self.gates),
            self.copies.iter().flat_map(|&(left, right)| [left, right]).collect(),
            places(&self.looked_up),
            permuted.collect(),
            self.constants.iter().map(|&(cell, _)| cell).collect(),
        ];
        for list in lists {
            hasher.update(&(list.len() as u64).to_le_bytes());
            let bytes: Vec<u8> =
                list.into_iter().flat_map(|number| (number as u64).to_le_bytes()).collect();
            hasher.update(&bytes);
        }
        for (_, value) in &self.constants {
            hasher.update(value.to_repr().as_ref());
        }
        hasher.finalize().to_hex().to_string()
    }
}
