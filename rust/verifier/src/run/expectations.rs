//! What a verifier is told to expect of a run.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use zkpot_ir::Program;
use zkpot_protocol::pending::Head;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::spans;
use zkpot_protocol::statement::{Order, Origin};

use super::receipt::{describe, hex};

/// What the verifier was told to expect; whatever is absent is listed as unchecked.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// Digest of the program.
    pub program: Option<[u8; 32]>,
    /// First commitment.
    pub first: Option<[u8; 32]>,
    /// Merkle root of the original data shards.
    pub data_root: Option<[u8; 32]>,
    /// Nonce of the batch schedule.
    pub nonce: Option<[u8; 32]>,
    /// Training steps of the whole run. Where a program makes a window of them in each of its
    /// steps, the last window may be filled up with others.
    pub steps: Option<u64>,
    /// Training steps behind the first weights.
    pub earlier_steps: Option<u64>,
    /// Free bytes of the order.
    pub context: Option<Vec<u8>>,
    /// Bits of security that the whole run must reach: 100, unless this is more.
    pub security: Option<u32>,
    /// Accept links that hide nothing.
    pub allow_clear: bool,
    /// Public scalars (learning rates), by name, as runs of equal integers.
    pub scalars: Option<BTreeMap<String, Vec<(i64, u64)>>>,
    /// The public seed that the first weights come from.
    pub seed: Option<[u8; 32]>,
    /// The head of the run that this one continues, from that run's verification.
    pub previous: Option<Head>,
}

impl Expectations {
    /// Compares them with the terms of a run for the program with the given digest.
    ///
    /// # Errors
    /// [`Rejection::Expectation`] with the field that differs; [`Rejection::Origin`] where the run
    /// continues one that is not given.
    pub(super) fn check_order(
        &self,
        order: &Order,
        program: [u8; 32],
        data_root: [u8; 32],
    ) -> Result<(), Rejection> {
        expect_bytes("program", self.program.or(Some(program)), program)?;
        expect_bytes("program", Some(program), order.program)?;
        expect_bytes("first commitment", self.first, order.first)?;
        expect_bytes("data root", self.data_root, data_root)?;
        expect_bytes("nonce", self.nonce, order.nonce)?;
        if let Some(context) = &self.context
            && *context != order.context
        {
            return Err(Rejection::Expectation {
                field: "context",
                expected: hex(context),
                actual: hex(&order.context),
            });
        }
        check_origin(order, self)?;
        self.check_earlier_steps(order)
    }

    /// Compares the steps behind the first weights with what their origin says of them, and with
    /// what is expected.
    ///
    /// # Errors
    /// [`Rejection::Expectation`].
    fn check_earlier_steps(&self, order: &Order) -> Result<(), Rejection> {
        let known = match (order.origin, &self.previous) {
            (Origin::Run(_), Some(head)) => Some(head.steps),
            (Origin::Seed(_), _) => Some(0),
            _ => None,
        };
        let actual = order.earlier_steps;
        match [known, self.earlier_steps].into_iter().flatten().find(|steps| *steps != actual) {
            Some(expected) => Err(Rejection::Expectation {
                field: "earlier steps",
                expected: expected.to_string(),
                actual: actual.to_string(),
            }),
            None => Ok(()),
        }
    }

    /// Compares them with the number of steps.
    ///
    /// # Errors
    /// [`Rejection::Expectation`].
    pub(super) fn check_steps(&self, actual: u64, window: u32) -> Result<(), Rejection> {
        let whole = |steps: u64| steps.checked_next_multiple_of(window.into());
        match self.steps {
            Some(steps) if whole(steps) != Some(actual) => Err(Rejection::Expectation {
                field: "steps",
                expected: steps.to_string(),
                actual: actual.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// Compares them with the public scalars of all steps.
    ///
    /// # Errors
    /// [`Rejection::Expectation`].
    pub(super) fn check_scalars(
        &self,
        actual: &BTreeMap<String, Vec<(i64, u64)>>,
    ) -> Result<(), Rejection> {
        match &self.scalars {
            Some(expected) if expected != actual => Err(Rejection::Expectation {
                field: "scalars",
                expected: tell(expected),
                actual: tell(actual),
            }),
            _ => Ok(()),
        }
    }

    /// The names of those that were not given and would have said something.
    pub(super) fn unchecked(&self, program: &Program, order: &Order) -> Vec<&'static str> {
        let given = [
            ("program", self.program.is_some()),
            ("first", self.first.is_some()),
            ("data-root", self.data_root.is_some()),
            ("nonce", self.nonce.is_some()),
            ("steps", self.steps.is_some()),
            ("earlier-steps", self.earlier_steps.is_some() || !counts_on(program, order)),
            ("context", self.context.is_some()),
            ("lr", self.scalars.is_some() || program.scalars.is_empty()),
            // Weights from a seed that the verifier does not know may have been searched for.
            ("init-seed", self.seed.is_some() || !matches!(order.origin, Origin::Seed(_))),
        ];
        given.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect()
    }
}

/// Whether the run rests on a number of earlier steps that nothing proves: its first weights are
/// whatever their owner committed, and it says that they were trained or counts its steps.
fn counts_on(program: &Program, order: &Order) -> bool {
    let word = |c: char| !(c.is_alphanumeric() || c == '_' || c == '.');
    let counts = |name: &str| name.split(word).any(|name| name == "step");
    order.origin == Origin::Arbitrary
        && (order.earlier_steps != 0 || program.scalars.iter().any(|scalar| counts(&scalar.name)))
}

/// Public scalars by name, as a refusal tells them.
fn tell(scalars: &BTreeMap<String, Vec<(i64, u64)>>) -> String {
    let each: Vec<String> =
        scalars.iter().map(|(name, runs)| format!("{name} {}", spans::text(runs))).collect();
    spans::list(&each)
}

/// The run starts from arbitrary weights, or from those that the given run left.
fn check_origin(order: &Order, expected: &Expectations) -> Result<(), Rejection> {
    let origin = describe(order.origin);
    if let Some(seed) = expected.seed
        && order.origin != Origin::Seed(seed)
    {
        let expected = describe(Origin::Seed(seed));
        return Err(Rejection::Expectation { field: "origin", expected, actual: origin });
    }
    match (order.origin, &expected.previous) {
        (Origin::Arbitrary | Origin::Seed(_), None) => Ok(()),
        (Origin::Run(_), None) => Err(Rejection::Origin { origin }),
        (Origin::Run(digest), Some(head)) if digest == head.statement => {
            expect_bytes("first commitment", Some(head.states.commitment), order.first)
        }
        (_, Some(head)) => Err(Rejection::Expectation {
            field: "origin",
            expected: describe(Origin::Run(head.statement)),
            actual: origin,
        }),
    }
}

fn expect_bytes(
    field: &'static str,
    expected: Option<[u8; 32]>,
    actual: [u8; 32],
) -> Result<(), Rejection> {
    match expected {
        Some(expected) if expected != actual => {
            Err(Rejection::Expectation { field, expected: hex(&expected), actual: hex(&actual) })
        }
        _ => Ok(()),
    }
}
