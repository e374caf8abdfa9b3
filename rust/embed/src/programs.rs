//! Programs that were checked before.

use alloc::sync::Arc;
use alloc::vec::Vec;

use spin::Mutex;
use zkpot_ir::{CheckedProgram, Digest};

use crate::refusal::Refusal;

/// A few checked programs, the ones used last. What it remembers changes no answer.
#[derive(Debug)]
pub struct Programs {
    most: usize,
    kept: Mutex<Vec<Arc<CheckedProgram>>>,
}

impl Programs {
    /// Remembers at most so many.
    pub const fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(Vec::new()) }
    }

    /// The program with these bytes, checked now or before.
    ///
    /// # Errors
    /// [`Code::Program`](crate::Code::Program) and [`Code::Version`](crate::Code::Version).
    pub fn get(&self, bytes: &[u8]) -> Result<Arc<CheckedProgram>, Refusal> {
        let digest = Digest::of(bytes);
        if let Some(known) = self.find(digest) {
            return Ok(known);
        }
        let program = Arc::new(CheckedProgram::from_bytes(bytes)?);
        let mut kept = self.kept.lock();
        kept.insert(0, Arc::clone(&program));
        kept.truncate(self.most);
        Ok(program)
    }

    /// A known program, which is the one used last from now on.
    fn find(&self, digest: Digest) -> Option<Arc<CheckedProgram>> {
        let mut kept = self.kept.lock();
        let at = kept.iter().position(|program| program.digest() == digest)?;
        let program = kept.remove(at);
        kept.insert(0, Arc::clone(&program));
        Some(program)
    }
}
