//! Looks for the schedules of openings that cost a circuit least, and prints a table in Markdown.
//!
//! ```text
//! cargo run --release -p zkpot-circuits --example opening_schedules -- 12 14 17 20
//! ```
//!
//! The circuit hashes with Poseidon2 over the scalar field of BN254, three elements wide. All schedules
//! reach what an opening needs at level 100 with the most points; what is counted has two.

mod candidates;

use std::env;

use p3_whir::SecurityAssumption::{JohnsonBound, UniqueDecoding};
use zkpot_circuits::openings::{Claim, OpeningChannel, Plan, verify};
use zkpot_circuits::recording::Recording;
use zkpot_circuits::recording::costs::Costs;
use zkpot_circuits::recording::permutations::Permutations;
use zkpot_protocol::rejection::Rejection;

use candidates::Candidate;

/// Points of the openings that are counted.
const POINTS: usize = 2;
/// Rows of a circuit with six columns, estimated: for a permutation, a product, a product with a
/// constant, a reduction.
const ROWS: [usize; 4] = [37, 2, 1, 2];
/// Levels below the root at which trees end, so that all nodes there are absorbed instead of it.
const CAPS: [usize; 2] = [0, 4];
/// Schedules of a first rate that are recorded before the best is chosen.
const SHORTLIST: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut sizes = env::args().skip(1).map(|n| n.parse()).collect::<Result<Vec<usize>, _>>()?;
    if sizes.is_empty() {
        sizes = vec![12, 14, 17, 20];
    }
    println!(
        "| n | committed | others | ground | cap | folds | rates | queries | bits | hashed | leaves \
         | nodes | transcript | permutations | ext | mixed | base | const | reduced | rows |"
    );
    println!("|{}", "---|".repeat(20));
    for &variables in &sizes {
        for (committed, others) in [
            (JohnsonBound, JohnsonBound),
            (UniqueDecoding, JohnsonBound),
            (UniqueDecoding, UniqueDecoding),
        ] {
            for grinding in [8, 12, 16, 20] {
                let mut candidates = candidates::all(variables, (committed, others), grinding);
                for rate in candidates::FIRST_RATES {
                    let of_rate: Vec<Candidate> =
                        candidates.extract_if(.., |candidate| candidate.rates[0] == rate).collect();
                    for cap in CAPS {
                        let Some(best) = best(&of_rate, cap)? else { continue };
                        println!(
                            "| {variables} | {committed:?} | {others:?} | {grinding} | {best}"
                        );
                    }
                }
            }
        }
    }
    Ok(())
}

/// The line of the schedule with the fewest rows, among those with the cheapest queries.
fn best(candidates: &[Candidate], cap: usize) -> Result<Option<String>, Rejection> {
    let mut candidates: Vec<&Candidate> = candidates.iter().collect();
    candidates.sort_by_key(|candidate| candidate.hashed(cap));
    let mut counted = Vec::new();
    for candidate in candidates.into_iter().take(SHORTLIST) {
        let plan = Plan::of(&candidate.config, POINTS);
        let recording = Recording::of(|recorder| opening(recorder, &plan))?.0;
        let (costs, hashing) = (recording.costs(), recording.permutations(cap));
        counted.push((rows(&costs, &hashing), candidate, costs, hashing));
    }
    let best = counted.into_iter().min_by_key(|(rows, ..)| *rows);
    Ok(best.map(|(rows, candidate, costs, hashing)| {
        let Candidate { folds, rates, bits, .. } = candidate;
        let Permutations { leaves, nodes, transcript, .. } = hashing;
        let Costs { extension, mixed, base, constant, reduced, hashed, .. } = costs;
        format!(
            "{cap} | {folds:?} | {rates:?} | {:?} | {bits:.1} | {hashed} | {leaves} | {nodes} | {transcript} \
             | {} | {extension} | {mixed} | {base} | {constant} | {reduced} | {rows} |",
            candidate.queries(),
            hashing.total(),
        )
    }))
}

fn rows(costs: &Costs, hashing: &Permutations) -> usize {
    let [permutation, product, constant, reduction] = ROWS;
    permutation * hashing.total()
        + product * (costs.extension + costs.mixed + costs.base)
        + constant * costs.constant
        + reduction * costs.reduced
}

/// An opening whose points and values come over the channel.
fn opening<C: OpeningChannel>(channel: &mut C, plan: &Plan) -> Result<(), Rejection> {
    let points: Vec<Vec<C::Element>> = (0..plan.points)
        .map(|_| channel.receive("point", plan.variables))
        .collect::<Result<_, _>>()?;
    let values = channel.receive("value", plan.points)?;
    let root = channel.commitment(0)?;
    verify(channel, plan, &root, &Claim { polynomial: "", points: &points, values: &values })
}
