//! The account of soundness: its terms, their sum, and what is refused for it.

use std::collections::BTreeMap;

use zkpot_pcs::{OpeningProof, Parameters, Whir};
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{Binding, CommitmentScheme};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::masks::MASK_ROWS;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::security::{ErrorTerm, OpeningSecurity, SecurityLevel};
use zkpot_prover::error::ProveError;
use zkpot_prover::forecast::Forecast;
use zkpot_prover::held::Held;
use zkpot_verifier::security::link::LinkSecurity;
use zkpot_verifier::{Expectations, Receipt};

use crate::links::Link;
use crate::programs::{Owned, ProveLinks, Running, classifier, nothing_expected, verify_links};

/// Bits of `|E|` that the account may use: one less than 192.
const FIELD: f64 = 191.0;

fn run_of(level: SecurityLevel, channel: ChannelKind) -> Running {
    let mut running = Running::committed_for(&Owned::new(3), level, channel);
    running.import();
    running.train(2, true);
    running.seal();
    running
}

fn verify<S>(running: &Running, expected: &Expectations) -> Result<Receipt, Rejection>
where
    S: CommitmentScheme<F, EF>,
{
    verify_links::<S>(&running.program, &running.order, expected, &running.links)
}

fn expecting(security: u32) -> Expectations {
    Expectations { security: Some(security), ..nothing_expected() }
}

fn bits(terms: &[ErrorTerm], name: &str) -> f64 {
    let found: Vec<_> = terms.iter().filter(|term| term.name == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0].bits
}

fn assert_close(actual: f64, expected: f64, what: &str) {
    assert!((actual - expected).abs() < 1e-9, "{what}: {actual} instead of {expected}");
}

/// A link's system and its account, from an accepted proof.
fn accepted(channel: ChannelKind) -> (Arithmetization, LinkSecurity) {
    let running = Running::start_on(channel);
    let link = Link::training(&running, 2);
    let system = link.system();
    let trace = link.execute(&|_, _| ());
    let proven = link.prove(&system, Some(&trace)).unwrap().link;
    (system.clone(), link.verify(&proven, &system).unwrap().security)
}

/// Each interactive term by a formula of its own.
#[test]
fn terms_are_what_the_formulas_say() {
    let (system, account) = accepted(ChannelKind::Hiding);
    let lists: Vec<f64> = account.openings.iter().map(|opening| opening.log_candidates).collect();
    let [witness, rest @ ..] = lists.as_slice() else { panic!("no opening") };
    assert!(*witness > 1.0 && rest.iter().all(|&list| list == 0.0), "{lists:?}");
    let terms = &account.interactive;
    let check = |name, roots: f64| {
        assert_close(bits(terms, name), FIELD - roots.log2() - witness, name);
    };

    // Looked-up rows and table rows, each as often as a row has columns.
    let elements =
        |region: usize| -> usize { system.layout.regions[region].lengths.iter().product() };
    let looked_up: usize = system.lookups.iter().map(|lookup| lookup.slot.elements()).sum();
    let table_rows: usize = system.tables.iter().map(|t| elements(t.multiplicity())).sum();
    let columns = system.lookups.iter().map(|lookup| lookup.outputs.len()).max().unwrap();
    assert!(columns >= 1);
    check("lookup fractions", ((looked_up + table_rows) * columns) as f64);

    // A tree of n layers has n (n - 1) / 2 rounds.
    let n = system.lookup_variables as f64;
    check("lookup layers", n);
    check("lookup rounds", n * (n - 1.0));
    check("lookup branches", n);
    check("relation point", system.relation_variables().iter().sum::<usize>() as f64);
    let largest = system.layout.variables.iter().copied().max().unwrap() as f64;
    check("claim rounds", 2.0 * largest);

    let region = &system.layout.regions[system.masks.unwrap()];
    let slots = ((region.block / MASK_ROWS) as f64).log2();
    check("mask rounds", 2.0 * slots);
    check("mask row point", 3.0);
    check("blinding factor", 1.0);
}

/// Products, relations and claims, counted by what the clear channel sends: m values and 2 m
/// factors a level, two scalars a round.
#[test]
fn levels_are_counted_as_they_are_sent() {
    let running = Running::start();
    let link = Link::training(&running, 2);
    let system = link.system();
    let trace = link.execute(&|_, _| ());
    let proven = link.prove(&system, Some(&trace)).unwrap().link;
    let account = link.verify(&proven, &system).unwrap().security;
    let find = |name: &str| account.interactive.iter().find(|term| term.name == name).unwrap();
    let n = system.lookup_variables as f64;
    let lookup = n * n + 3.0 * n + 2.0;
    let rounds = find("product rounds").challenges as f64;
    let claim_rounds = find("claim rounds").challenges as f64;
    let products = (proven.scalars.len() as f64 - lookup - 2.0 * rounds - 2.0 * claim_rounds) / 3.0;
    let witness = account.openings[0].log_candidates;
    let levels = find("product joins").challenges as f64;
    let roots = (products - levels).max(levels);
    assert_close(find("product joins").bits, FIELD - roots.log2() - witness, "product joins");
    let claims = 2.0 + system.relations.len() as f64 + 2.0 * products;
    assert_close(find("claim join").bits, FIELD - (claims - 1.0).log2() - witness, "claim join");
}

/// The bits of a link are those of the sum of all its terms, and no term is a blank.
#[test]
fn a_links_bits_are_the_sum_of_its_terms() {
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let (_, account) = accepted(channel);
        let mut error = 0.0;
        let mut largest: f64 = 0.0;
        let openings = account.openings.iter().flat_map(|opening| &opening.terms);
        for term in account.interactive.iter().chain(openings) {
            assert!(term.bits > 100.0 && term.bits.is_finite(), "{term:?}");
            error += (-term.bits).exp2();
            largest = largest.max((-term.bits).exp2());
        }
        assert_close(account.bits, -error.log2(), "link");
        assert!(account.weakest.contains("queries"), "{}", account.weakest);
        assert_eq!(account.interactive.iter().any(|t| t.name == "mask join"), {
            channel == ChannelKind::Hiding
        });
    }
}

/// What is predicted without a proof is what the verifier of the proof counts.
#[test]
fn predictions_are_exact() {
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let running = Running::start_on(channel);
        let link = Link::training(&running, 2);
        let system = link.system();
        let trace = link.execute(&|_, _| ());
        let proven = link.prove(&system, Some(&trace)).unwrap().link;
        let inputs =
            zkpot_verifier::link::public_inputs(&link.statement(), &link.rows, link.rows.len())
                .unwrap();
        let level = SecurityLevel::Bits100;
        let predicted =
            LinkSecurity::predict::<Whir>(&running.program, &system, &inputs, level, channel)
                .unwrap();
        assert_eq!(predicted, link.verify(&proven, &system).unwrap().security);
    }
}

/// A receipt's bits are those of all links and the hash function, summed.
#[test]
fn a_receipts_bits_are_the_sum_of_its_links() {
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let level = SecurityLevel::Bits100;
        let running = run_of(level, channel);
        let receipt = verify::<Whir>(&running, &nothing_expected()).unwrap();
        let mut error = (-157.0f64).exp2();
        for bytes in &running.links {
            let statement = LinkProof::from_bytes(bytes).unwrap().statement;
            // Openings decide: everything else is below 2^-140.
            let witness = statement.kind != LinkKind::Seal || channel == ChannelKind::Hiding;
            for opening in 0..1 + usize::from(witness) + statement.shards.len() {
                let ephemeral = opening == 0 && witness;
                let binding = if ephemeral { Binding::Ephemeral } else { Binding::Lasting };
                // All polynomials of this small program have 14 variables.
                let parameters = Parameters::new(14, binding, level, channel).unwrap();
                error += (-parameters.security().total()).exp2();
            }
        }
        assert_eq!(receipt.security_bits, (-error.log2()).floor() as u32);
        assert!(receipt.security_bits >= 100);
    }
}

#[test]
fn a_run_of_100_bits_is_refused_where_128_are_asked_for() {
    let running = run_of(SecurityLevel::Bits100, ChannelKind::Clear);
    let receipt = verify::<Whir>(&running, &expecting(100)).unwrap();
    assert!((100..112).contains(&receipt.security_bits));
    let refused = verify::<Whir>(&running, &expecting(128)).unwrap_err();
    let Rejection::Insecure { link: 0, reached, required: 128 } = refused else {
        panic!("{refused}")
    };
    assert!((100..128).contains(&reached), "{reached}");
    // Nobody can ask for less than the lowest level.
    assert!(verify::<Whir>(&running, &expecting(0)).is_ok());
}

#[test]
fn a_run_of_128_bits_verifies_on_both_channels() {
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let running = run_of(SecurityLevel::Bits128, channel);
        let receipt = verify::<Whir>(&running, &expecting(128)).unwrap();
        assert_eq!(receipt.security_bits, 128);
    }
}

/// The level is in every statement and in the order; neither can be changed alone, and the
/// commitments are bound to it.
#[test]
fn the_level_cannot_be_exchanged() {
    let running = run_of(SecurityLevel::Bits100, ChannelKind::Clear);
    let mut other = running.clone();
    other.order.security = SecurityLevel::Bits128;
    let chain = Err(Rejection::Chain { link: 0, field: "security" });
    assert_eq!(verify::<Whir>(&other, &nothing_expected()).map(|_| ()), chain);
    for link in &mut other.links {
        let mut proof = LinkProof::from_bytes(link).unwrap();
        proof.statement.security = SecurityLevel::Bits128;
        *link = proof.to_bytes();
    }
    assert!(verify::<Whir>(&other, &nothing_expected()).is_err());
}

/// A run cannot take commitments that were made for another level.
#[test]
fn commitments_of_another_level_are_refused_by_the_prover() {
    let (level, channel) = (SecurityLevel::Bits100, ChannelKind::Hiding);
    let mut running = Running::committed_for(&Owned::new(3), level, channel);
    running.order.security = SecurityLevel::Bits128;
    let given: BTreeMap<u32, &Held> = running.shards.iter().map(|(&i, h)| (i, h)).collect();
    let refused =
        running.session().prove_import::<Whir>(Some(&running.states), &given).unwrap_err();
    assert!(matches!(refused, ProveError::Commitment(_)));
    assert!(refused.to_string().contains("security level"), "{refused}");
}

/// [`Whir`], whose openings are said to reach 99 bits.
#[derive(Clone, Copy, Debug)]
struct Weak;

impl CommitmentScheme<F, EF> for Weak {
    type Parameters = Parameters;
    type Commitment = <Whir as CommitmentScheme<F, EF>>::Commitment;
    type Proof = OpeningProof;
    type Challenger = <Whir as CommitmentScheme<F, EF>>::Challenger;
    type Error = zkpot_pcs::Error;

    fn parameters(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Parameters, Self::Error> {
        Parameters::new(num_variables, binding, level, channel)
    }

    fn security(_: &Parameters) -> OpeningSecurity {
        let term = ErrorTerm { name: "guess".into(), challenges: 1, bits: 99.0 };
        OpeningSecurity { terms: vec![term], log_candidates: 0.0 }
    }

    fn challenger(channel: ChannelKind) -> Self::Challenger {
        Whir::challenger(channel)
    }

    fn decode(bytes: &[u8], parameters: &Parameters) -> Result<OpeningProof, Self::Error> {
        Whir::decode(bytes, parameters)
    }

    fn verify(
        commitment: &Self::Commitment,
        parameters: &Parameters,
        points: &[Vec<EF>],
        values: &[EF],
        proof: &OpeningProof,
        challenger: &mut Self::Challenger,
    ) -> Result<(), Self::Error> {
        Whir::verify(commitment, parameters, points, values, proof, challenger)
    }
}

#[test]
fn weak_openings_are_refused_with_the_numbers() {
    let running = run_of(SecurityLevel::Bits100, ChannelKind::Clear);
    let refused = verify::<Weak>(&running, &nothing_expected()).unwrap_err();
    // Witness, states and two shards: four openings of 99 bits in the import.
    assert_eq!(refused, Rejection::Insecure { link: 0, reached: 97, required: 100 });
    assert_eq!(
        refused.to_string(),
        "link 0: the run reaches 97 bits of security, 100 are required"
    );
}

#[test]
fn longer_links_and_runs_reach_less() {
    let program = classifier();
    let forecast =
        |steps, level, channel| Forecast::new::<Whir>(&program, steps, level, channel).unwrap();
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let [short, long] =
            [1, program.max_steps].map(|steps| forecast(steps, SecurityLevel::Bits100, channel));
        // The sizes of this program's polynomials do not change with its steps, so the openings
        // are the same; everything interactive that depends on steps has more roots.
        for name in ["lookup fractions", "relation point", "product rounds"] {
            let (short, long) = (&short.training.interactive, &long.training.interactive);
            assert!(bits(short, name) > bits(long, name), "{name}");
        }
        for links in [1, 10, 100, 1000] {
            assert!(short.bits(links) > short.bits(2 * links));
        }
        assert!(short.bits(short.max_links) >= 100.0);
        assert!(short.bits(short.max_links + 2) < 100.0);
        assert!(short.max_links > 1000, "{}", short.max_links);
        let high = forecast(1, SecurityLevel::Bits128, channel);
        assert!(high.bits(1) >= 128.0 && high.training.bits > 135.0);
        // So a longer run of 100 bits is possible too.
        assert!(high.bits(1 << 30) > 100.0);
    }
}

#[test]
fn a_forecast_has_the_programs_limits() {
    let program = classifier();
    for steps in [0, program.max_steps + 1] {
        let refused =
            Forecast::new::<Whir>(&program, steps, SecurityLevel::Bits100, ChannelKind::Hiding);
        assert!(matches!(refused, Err(ProveError::Shape(_))));
    }
}
