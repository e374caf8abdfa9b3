//! From all claims to one value of each committed polynomial, prover's half.

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::claims::{Claims, Part, PartWeights};
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::Region;

use super::sumcheck::{Term, prove_sumcheck};
use crate::packed::{PEF, WIDTH, add_at, pack};

/// Proves all claims up to the polynomials' values; returns for each polynomial its final point
/// and its value there.
pub fn prove_claims<C: ProverChannel>(
    channel: &mut C,
    system: &Arithmetization,
    claims: Claims<'_, EF>,
    polynomials: &[&[F]],
) -> Vec<(Vec<EF>, EF)> {
    let join = channel.challenge(labels::OPENING_JOIN);
    let powers: Vec<EF> = join.powers().take(claims.values.len()).collect();
    let weights = weigh_polynomials(system, &claims.parts, &powers);
    let terms = weights
        .into_iter()
        .zip(polynomials)
        .map(|(weights, polynomial)| Term::weighted(weights, polynomial))
        .collect();
    // The polynomials are different summands of one sum, not terms to be told apart.
    let (point, values) = prove_sumcheck(channel, labels::OPENING_ROUND, terms, EF::ONE);
    let revealed: Vec<EF> = values.iter().map(|&(_, value)| value).collect();
    channel.reveal(labels::OPENING_VALUE, &revealed);
    revealed
        .into_iter()
        .enumerate()
        .map(|(index, value)| (point[point.len() - system.variables(index)..].to_vec(), value))
        .collect()
}

/// The joined weight of every entry of every polynomial.
fn weigh_polynomials(system: &Arithmetization, parts: &[Part], powers: &[EF]) -> Vec<Vec<PEF>> {
    let mut weights: Vec<Vec<PEF>> = system
        .layout
        .variables
        .iter()
        .map(|&variables| vec![PEF::ZERO; (1 << variables) / WIDTH])
        .collect();
    for (index, region) in system.layout.regions.iter().enumerate() {
        let own: Vec<&Part> = parts.iter().filter(|part| part.region == index).collect();
        weigh_region(region, &own, powers, &mut weights[region.polynomial]);
    }
    weights
}

fn weigh_region(region: &Region, parts: &[&Part], powers: &[EF], weights: &mut [PEF]) {
    // Each part is an outer vector times the vector of a block.
    let mut factors: Vec<(Vec<EF>, Vec<EF>)> = Vec::with_capacity(parts.len());
    for part in parts {
        let scale = part.coefficient * powers[part.claim];
        match &part.weights {
            PartWeights::Eq(point) => factors.push((vec![scale], eq_table(point, region.block))),
            PartWeights::Axes(axes) => {
                let outer = axes[region.outer].iter().map(|&w| w * scale).collect();
                factors.push((outer, block_vector(region, axes)));
            }
        }
    }
    if region.block < WIDTH || !region.offset.is_multiple_of(WIDTH) {
        for (outer, block) in &factors {
            for (o, &scale) in outer.iter().enumerate() {
                for (j, &weight) in block.iter().enumerate() {
                    add_at(weights, region.offset + o * region.block + j, scale * weight);
                }
            }
        }
        return;
    }
    let factors: Vec<(Vec<EF>, Vec<PEF>)> =
        factors.into_iter().map(|(outer, block)| (outer, pack(&block))).collect();
    let size = region.block / WIDTH;
    let start = region.offset / WIDTH;
    let piece = size.min(1 << 12);
    weights[start..start + size * region.lengths[region.outer]]
        .par_chunks_mut(piece)
        .enumerate()
        .for_each(|(index, chunk)| {
            let (o, first) = (index * piece / size, index * piece % size);
            for (outer, block) in &factors {
                let scale = PEF::from(outer[o]);
                for (weight, &inner) in chunk.iter_mut().zip(&block[first..]) {
                    *weight += scale * inner;
                }
            }
        });
}

/// The product of the padded axes' weights over one block.
fn block_vector(region: &Region, axes: &[impl AsRef<[EF]>]) -> Vec<EF> {
    let mut vector = vec![EF::ONE];
    for axis in (0..region.lengths.len()).filter(|axis| *axis != region.outer) {
        let padded = region.lengths[axis].next_power_of_two();
        let weights = axes[axis].as_ref();
        vector = vector
            .iter()
            .flat_map(|&value| {
                let padding = core::iter::repeat_n(EF::ZERO, padded - weights.len());
                weights.iter().map(move |&w| value * w).chain(padding)
            })
            .collect();
    }
    vector
}
