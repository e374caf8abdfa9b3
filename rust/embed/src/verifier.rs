//! What a node keeps: limits, and the programs that it checked.

use alloc::sync::Arc;

use zkpot_verifier::{Expectations, Receipt};

use crate::bundle::Reader;
use crate::limits::Limits;
use crate::programs::Programs;
use crate::refusal::Refusal;
use crate::run::Run;
use crate::session::Session;

/// What a verification found, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is proven, or why nothing is.
    pub result: Result<Receipt, Refusal>,
    /// Units of [`work`](crate::work); for a refused bundle those until its fault was found.
    pub work: u64,
}

/// Verifies bundles within limits. Threads share it; what it remembers changes no answer.
#[derive(Clone, Debug)]
pub struct Verifier {
    limits: Limits,
    programs: Arc<Programs>,
}

impl Verifier {
    /// A verifier with these limits.
    pub fn new(limits: Limits) -> Self {
        let most = usize::try_from(limits.programs).unwrap_or(usize::MAX);
        Self { limits, programs: Arc::new(Programs::new(most, limits.program_bytes)) }
    }

    /// Verifies a bundle. The whole container is looked at before any of its sections, so that a damaged one
    /// costs nothing.
    pub fn verify(&self, bundle: &[u8], expected: Expectations) -> Answer {
        let mut reader = Reader::new(self.limits);
        let whole = reader.push(bundle, |_| Ok(())).and_then(|()| reader.finish());
        if let Err(refusal) = whole {
            return Answer { result: Err(refusal), work: 0 };
        }
        let mut session = self.session(expected);
        let result = session.push(bundle).and_then(|()| session.finish());
        Answer { result, work: session.work() }
    }

    /// Verifies a bundle that will come in pieces.
    pub fn session(&self, expected: Expectations) -> Session {
        Session::new(self.limits, self.run(expected))
    }

    /// Verifies a run whose sections will come one by one.
    pub fn run(&self, expected: Expectations) -> Run {
        Run::new(Arc::clone(&self.programs), expected, self.limits)
    }
}
