//! One verification of bytes that arrive in pieces.

use zkpot_verifier::Receipt;

use crate::bundle::Reader;
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::run::Run;

/// One verification of a bundle that arrives in pieces: in the memory of its program and one link.
#[derive(Debug)]
pub struct Session {
    reader: Reader,
    run: Run,
}

impl Session {
    pub(crate) const fn new(limits: Limits, run: Run) -> Self {
        Self { reader: Reader::new(limits), run }
    }

    /// Takes the next bytes, and verifies whatever they complete.
    ///
    /// # Errors
    /// Why the bundle is refused; what follows has no other answer than [`Code::Ended`](crate::Code::Ended).
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        self.run.check_open()?;
        let pushed = self.reader.push(piece, |section| self.run.take(section));
        pushed.inspect_err(|_| self.run.end())
    }

    /// After the last byte.
    ///
    /// # Errors
    /// Why there is no receipt.
    pub fn finish(&mut self) -> Result<Receipt, Refusal> {
        self.run.check_open()?;
        self.reader.finish().inspect_err(|_| self.run.end())?;
        self.run.finish()
    }

    /// Units of [`work`](crate::work) so far.
    pub const fn work(&self) -> u64 {
        self.run.work()
    }
}
