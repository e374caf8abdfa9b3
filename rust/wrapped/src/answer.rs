//! Proofs in their binary form and what is expected of them: one by one, or several with one pairing.

use alloc::vec::Vec;

use crate::accumulation::Accumulator;
use crate::work::reading;
use crate::{Circuit, Error, Expectations, Receipt, WrappedProof};

/// A proof, and what it has to be about.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The proof's binary form.
    pub proof: &'a [u8],
    /// What is expected of it.
    pub expected: Expectations,
}

/// What a verification found, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is proven, or why nothing is.
    pub result: Result<Receipt, Error>,
    /// Units of [`work`](Circuit::work): none where the bytes are no proof, and those of reading it where a rule or an
    /// expectation refuses it. In a batch they are those of the proof alone.
    pub work: u64,
}

impl Circuit {
    /// Reads and verifies a proof, and compares it with what is expected.
    pub fn answer(&self, claim: &Claim<'_>) -> Answer {
        let (found, work) = self.examine(claim);
        let result = found.and_then(|(receipt, accumulator)| {
            self.accepts(&[accumulator]).then_some(receipt).ok_or(Error::InvalidProof)
        });
        Answer { result, work }
    }

    /// The same for several, with one pairing where all are valid. Answers are those of [`Circuit::answer`], as
    /// [`Circuit::verify_all`] argues.
    pub fn answer_all(&self, claims: &[Claim<'_>]) -> Vec<Answer> {
        let mut accumulators = Vec::new();
        let mut answers = Vec::with_capacity(claims.len());
        for claim in claims {
            let (found, work) = self.examine(claim);
            let result = found.map(|(receipt, accumulator)| {
                accumulators.push(accumulator);
                receipt
            });
            answers.push(Answer { result, work });
        }
        let mut holds = self.judge(accumulators).into_iter();
        for answer in answers.iter_mut().filter(|answer| answer.result.is_ok()) {
            if holds.next() != Some(true) {
                answer.result = Err(Error::InvalidProof);
            }
        }
        answers
    }

    /// All but the pairing, and the units that a verification takes.
    fn examine(&self, claim: &Claim<'_>) -> (Result<(Receipt, Accumulator), Error>, u64) {
        let proof = match WrappedProof::from_bytes(claim.proof) {
            Ok(proof) => proof,
            Err(refused) => return (Err(refused), 0),
        };
        let stated = self.state(&proof).and_then(|(receipt, inputs)| {
            claim.expected.require(&receipt)?;
            Ok((receipt, inputs))
        });
        match stated {
            Ok((receipt, inputs)) => {
                let ran = self.run(inputs, &proof.proof);
                (ran.map(|ran| (receipt, ran)), self.work(claim.proof.len()))
            }
            Err(refused) => (Err(refused), reading(claim.proof.len())),
        }
    }
}
