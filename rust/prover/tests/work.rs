//! What a link's prover has to do is counted as it will be done.

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{LinkKind, LinkShape, Polynomial, ShardShape, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::claims::Claims;
use zkpot_protocol::effort::Effort;
use zkpot_protocol::field::EF;
use zkpot_prover::error::ProveError;
use zkpot_prover::forecast::expected_system;
use zkpot_prover::work::LinkWork;
use zkpot_verifier::relations::lookup::verify_lookups;
use zkpot_verifier::relations::product::verify_products;

use crate::programs::classifier;
use crate::programs::convolution::convolution;

fn shape(program: &Program, kind: LinkKind) -> LinkShape {
    let source = if kind == LinkKind::Import { Source::Owner } else { Source::Run };
    let shards = vec![ShardShape { index: 0, rows: 4 * program.batch, source, copy: true }];
    let steps = if kind == LinkKind::Training { 2 } else { 0 };
    LinkShape { kind, states: Some(source), steps, shards, masks: None, closed: false }
}

#[test]
fn columns_fill_the_witness() {
    let program = classifier();
    for kind in [LinkKind::Training, LinkKind::Import, LinkKind::Seal] {
        for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
            let shape = shape(&program, kind);
            let work = LinkWork::new(&program, shape.clone(), channel).unwrap();
            let (system, _) = expected_system(&program, shape, channel).unwrap();
            let masks = system.masks.map_or(0, |region| system.layout.regions[region].size());
            let columns: usize = work.columns.iter().map(|column| column.entries).sum();
            let witness = system.position(Polynomial::Witness);
            assert_eq!(columns + masks, witness.map_or(0, |index| system.layout.size(index)));
            assert_eq!(work.polynomials.len(), system.polynomials.len());
            assert_eq!(work.masks, system.shape.masks);
            assert_eq!(work.trace.is_some(), kind == LinkKind::Training);
        }
    }
}

/// The verifier, which asks for two scalars a round of each level and for a value, two factors and
/// their product of each product, asks for as many as the products that were counted say.
#[test]
fn products_are_those_of_the_verifier() {
    for program in [classifier(), convolution()] {
        let shape = shape(&program, LinkKind::Training);
        let work = LinkWork::new(&program, shape.clone(), ChannelKind::Clear).unwrap();
        let (system, inputs) = expected_system(&program, shape, ChannelKind::Clear).unwrap();
        let mut claims: Claims<'_, EF> =
            Claims::new(&program, &system, &inputs, Effort::unlimited());
        let mut channel = CountingVerifier::default();
        verify_lookups(&mut channel, &program, &system, &mut claims).unwrap();
        let variables = system.relation_variables();
        let point: Vec<Vec<EF>> =
            variables.iter().map(|&count| (2..2 + count as u64).map(element).collect()).collect();
        for relation in &system.relations {
            claims.add_relation(relation, &point).unwrap();
        }
        claims.add_outputs().unwrap();
        let before = channel.scalars();
        verify_products(&mut channel, &mut claims).unwrap();
        let levels = work.products.iter().map(|product| product.level + 1).max().unwrap_or(0);
        let rounds: usize = (0..levels)
            .map(|level| {
                let own = work.products.iter().filter(|product| product.level == level);
                own.map(|product| product.variables).max().unwrap_or(0)
            })
            .sum();
        assert!(levels > 0);
        assert_eq!(channel.scalars() - before, 2 * rounds + 4 * work.products.len());
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_counted() {
    let program = classifier();
    let mut shape = shape(&program, LinkKind::Import);
    shape.shards[0].rows = 1 << 27;
    let refused = LinkWork::new(&program, shape, ChannelKind::Clear).unwrap_err();
    assert!(matches!(refused, ProveError::Statement(_)), "{refused}");
}

fn element(seed: u64) -> EF {
    use p3_field::PrimeCharacteristicRing;
    EF::from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 2)
}
