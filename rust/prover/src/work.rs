//! What a link's prover has to do, counted before it is made.
//!
//! The counts come from the constraint system that the link will have, so that nobody else need
//! know how tensors are laid out, ranges split or claims rewritten. What each of them costs is
//! measured, and no business of this crate.

use std::collections::HashSet;

use p3_field::PrimeCharacteristicRing;
use serde::Serialize;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{
    Arithmetization, Column, LinkKind, LinkShape, Polynomial, Quantity, Target,
};
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::channel::{ChannelKind, VerifierChannel};
use zkpot_protocol::claims::{Claims, Product, PublicInputs};
use zkpot_protocol::effort::Effort;
use zkpot_protocol::field::EF;
use zkpot_protocol::labels;
use zkpot_protocol::order::own_point;
use zkpot_verifier::relations::lookup::verify_lookups;

use crate::error::ProveError;
use crate::forecast::expected_system;
use crate::relations::factors::key;
use crate::relations::weights::{inner_length, merge};
use crate::trace::TraceWork;

/// A link's work.
#[derive(Clone, Debug, Serialize)]
pub struct LinkWork {
    /// Its committed polynomials.
    pub polynomials: Vec<PolynomialWork>,
    /// What its witness holds, by region.
    pub columns: Vec<ColumnWork>,
    /// What is looked up in other polynomials, by region.
    pub elsewhere: Vec<ColumnWork>,
    /// The products that its sumchecks sum, by level.
    pub products: Vec<ProductWork>,
    /// The claims at the end.
    pub claims: ClaimWork,
    /// Scalars that are masked; `None` on the clear channel.
    pub masks: Option<usize>,
    /// What a training link executes.
    pub trace: Option<TraceWork>,
}

/// A committed polynomial.
#[derive(Clone, Debug, Serialize)]
pub struct PolynomialWork {
    /// Its role.
    pub role: String,
    /// Whether the link opens it.
    pub opened: bool,
    /// Logarithm of its size.
    pub variables: usize,
    /// Entries in use, padding inside regions included.
    pub entries: usize,
}

/// A region of the witness, or one of another polynomial that is looked up where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnWork {
    /// The tensor that it belongs to; `None` for a table.
    pub tensor: Option<u32>,
    /// What of it.
    pub what: &'static str,
    /// Elements.
    pub elements: usize,
    /// Entries, padding included.
    pub entries: usize,
    /// Whether it is looked up by itself; otherwise a row of a table is, or it is a table.
    pub digit: bool,
}

/// A product of two tensors, whose other axes are summed before the sumcheck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductWork {
    /// Its sumcheck, counted from the first.
    pub level: usize,
    /// The factors.
    pub tensors: [Option<u32>; 2],
    /// Elements of the factors, over all steps; zero where the same contraction serves another
    /// product of the level before.
    pub elements: [usize; 2],
    /// Variables of the sumcheck.
    pub variables: usize,
}

/// The claims that the last sumcheck proves together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimWork {
    /// How many.
    pub claims: usize,
    /// Weighted regions that they consist of.
    pub parts: usize,
    /// Entries of these regions, of proportional parts once: one counts as often as it is weighed.
    pub weighed: u64,
    /// Entries of the inner vectors that the weights are made of, likewise.
    pub vectors: u64,
}

impl LinkWork {
    /// Counts what a link of this shape takes.
    ///
    /// # Errors
    /// As [`expected_system`].
    pub fn new(
        program: &Program,
        shape: LinkShape,
        channel: ChannelKind,
    ) -> Result<Self, ProveError> {
        let training = shape.kind == LinkKind::Training;
        let (system, inputs) = expected_system(program, shape, channel)?;
        let (products, claims) = products(program, &system, &inputs)?;
        Ok(Self {
            polynomials: polynomials(&system),
            columns: columns(program, &system),
            elsewhere: elsewhere(program, &system),
            products,
            claims,
            masks: system.shape.masks,
            trace: training.then(|| TraceWork::of(program)),
        })
    }
}

fn polynomials(system: &Arithmetization) -> Vec<PolynomialWork> {
    let roles = system.polynomials.iter().enumerate();
    roles
        .map(|(index, &role)| PolynomialWork {
            role: match role {
                Polynomial::Witness => "witness",
                Polynomial::StatesIn => "states in",
                Polynomial::StatesOut => "states out",
                Polynomial::ShardIn(_) => "shard in",
                Polynomial::ShardOut(_) => "shard out",
            }
            .into(),
            opened: system.shape.opens(role),
            variables: system.variables(index),
            entries: system.layout.random[index],
        })
        .collect()
}

fn columns(program: &Program, system: &Arithmetization) -> Vec<ColumnWork> {
    let found = system.columns.iter().map(|column| {
        let (region, tensor, what, digit) = match *column {
            Column::Digit { region, quantity, .. } => {
                let quantity = system.quantities[quantity].quantity;
                (region, Some(tensor_of(program, quantity)), what(quantity), true)
            }
            Column::TableOutput { region, tensor } => (region, Some(tensor), "table output", false),
            Column::Multiplicity { region, .. } => (region, None, "table", false),
        };
        let region = &system.layout.regions[region];
        ColumnWork { tensor, what, elements: region.elements(), entries: region.size(), digit }
    });
    found.collect()
}

fn elsewhere(program: &Program, system: &Arithmetization) -> Vec<ColumnWork> {
    let found = system.lookups.iter().filter_map(|lookup| {
        let Target::Region(region) = lookup.argument else { return None };
        let quantity = system.committed_integers(region)?;
        let (tensor, region) = (tensor_of(program, quantity), &system.layout.regions[region]);
        Some(ColumnWork {
            tensor: Some(tensor),
            what: what(quantity),
            elements: region.elements(),
            entries: region.size(),
            digit: true,
        })
    });
    found.collect()
}

fn what(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Tensor(_) => "value",
        Quantity::Remainder(_) | Quantity::DivisionRemainder(_) | Quantity::RootRemainder(_) => {
            "remainder"
        }
        Quantity::Choice(_) => "choice",
        Quantity::Gap(_) => "gap",
        Quantity::DivisionRoom(_) | Quantity::RootRoom(_) => "room",
        Quantity::Magnitude(_) => "magnitude",
        Quantity::FirstState(_) => "first state",
        Quantity::FinalState(_) => "last state",
        Quantity::ShardField(..) => "data",
    }
}

/// The tensor whose range or rounding a quantity proves.
fn tensor_of(program: &Program, quantity: Quantity) -> u32 {
    let computed = |node: usize| program.nodes[node].outputs().last().copied().unwrap_or_default();
    match quantity {
        Quantity::Tensor(tensor) => tensor,
        Quantity::Remainder(node)
        | Quantity::Choice(node)
        | Quantity::Gap(node)
        | Quantity::DivisionRemainder(node)
        | Quantity::DivisionRoom(node)
        | Quantity::RootRemainder(node)
        | Quantity::RootRoom(node)
        | Quantity::Magnitude(node) => computed(node),
        Quantity::FirstState(state) | Quantity::FinalState(state) => program.states[state].tensor,
        Quantity::ShardField(_, field) => program.data[field].tensor,
    }
}

/// The products of each level, and the claims at the end.
///
/// Rewrites claims as the verifier does, at arbitrary challenges.
fn products(
    program: &Program,
    system: &Arithmetization,
    inputs: &PublicInputs,
) -> Result<(Vec<ProductWork>, ClaimWork), ProveError> {
    let mut channel = CountingVerifier::default();
    let mut claims: Claims<'_, EF> = Claims::new(program, system, inputs, Effort::unlimited());
    verify_lookups(&mut channel, program, system, &mut claims)?;
    let mut challenges = |count: usize| -> Vec<EF> {
        (0..count).map(|_| channel.challenge(labels::PRODUCT_ROUND)).collect()
    };
    let point: Vec<Vec<EF>> =
        system.relation_variables().into_iter().map(&mut challenges).collect();
    for relation in &system.relations {
        claims.add_relation(relation, &point)?;
    }
    claims.add_outputs()?;
    let mut found = Vec::new();
    let mut level = 0;
    while !claims.products.is_empty() {
        let products = core::mem::take(&mut claims.products);
        // All products of a level end at one point, so what they weigh alike stays alike.
        let point = challenges(products.iter().map(Product::variables).max().unwrap_or(0));
        let mut contracted = HashSet::new();
        for product in products {
            let mut counted = count_product(program, system, level, &product);
            for (factor, elements) in
                [&product.left, &product.right].into_iter().zip(&mut counted.elements)
            {
                if !contracted.insert(key(factor).0) {
                    *elements = 0;
                }
            }
            found.push(counted);
            let (_, own) = own_point(&point, product.variables());
            let (left, right) = product.factor_weights(&own);
            for (factor, weights) in [(&product.left, left), (&product.right, right)] {
                let claim = claims.open(EF::ONE);
                claims.add(claim, EF::ONE, factor.target, weights)?;
            }
        }
        level += 1;
    }
    let powers = vec![EF::ONE; claims.values.len()];
    let mut work = ClaimWork {
        claims: claims.values.len(),
        parts: claims.parts.len(),
        weighed: 0,
        vectors: 0,
    };
    for (index, region) in system.layout.regions.iter().enumerate() {
        let own = claims.parts.iter().filter(|part| part.region == index);
        let parts = merge(region, own, &powers).len() as u64;
        work.weighed += parts * region.size() as u64;
        work.vectors += parts * inner_length(region) as u64;
    }
    Ok((found, work))
}

fn count_product(
    program: &Program,
    system: &Arithmetization,
    level: usize,
    product: &Product,
) -> ProductWork {
    let targets = [product.left.target, product.right.target];
    let steps = system.shape.steps as usize;
    ProductWork {
        level,
        tensors: targets.map(|target| match target {
            Target::Tensor(tensor) => Some(tensor),
            Target::Quantity(index) => Some(tensor_of(program, system.quantities[index].quantity)),
            Target::Region(_) | Target::FinalState(_) => None,
        }),
        elements: targets.map(|target| match target {
            Target::Tensor(tensor) => {
                let shape = &program.tensors[tensor as usize].shape;
                steps * shape.iter().map(|&length| length as usize).product::<usize>()
            }
            Target::Quantity(index) => system.quantities[index].lengths.iter().product(),
            Target::Region(_) | Target::FinalState(_) => 0,
        }),
        variables: product.variables(),
    }
}
