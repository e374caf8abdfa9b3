//! Programs that were checked before.

use alloc::sync::Arc;
use alloc::vec::Vec;

use spin::Mutex;
use zkpot_ir::{CheckedProgram, Digest, ProgramError};
use zkpot_protocol::effort::Effort;
use zkpot_protocol::rejection::Rejection;

use crate::refusal::Refusal;

/// A few checked programs, the ones used last. What it remembers changes no answer.
#[derive(Debug)]
pub struct Programs {
    most: usize,
    bytes: u64,
    kept: Mutex<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    program: Arc<CheckedProgram>,
    bytes: u64,
}

impl Programs {
    /// Remembers at most so many, of so many bytes together.
    pub const fn new(most: usize, bytes: u64) -> Self {
        Self { most, bytes, kept: Mutex::new(Vec::new()) }
    }

    /// The program with these bytes, checked now or before; its check counts either way.
    ///
    /// # Errors
    /// [`Code::Program`](crate::Code::Program), [`Code::Version`](crate::Code::Version) and
    /// [`Code::Limit`](crate::Code::Limit).
    pub fn get(&self, bytes: &[u8], effort: &mut Effort) -> Result<Arc<CheckedProgram>, Refusal> {
        let digest = Digest::of(bytes);
        if let Some(known) = self.find(digest) {
            effort.spend(known.effort())?;
            return Ok(known);
        }
        let checked = CheckedProgram::from_bytes(bytes, effort.left());
        let program = Arc::new(checked.map_err(|error| match error {
            // As it is told wherever the work is too much.
            ProgramError::Effort { .. } => effort.spend(u64::MAX).err().map_or_else(
                || Refusal::from(error),
                |rejection: Rejection| Refusal::from(rejection),
            ),
            _ => Refusal::from(error),
        })?);
        effort.spend(program.effort())?;
        self.keep(&program, bytes.len() as u64);
        Ok(program)
    }

    fn keep(&self, program: &Arc<CheckedProgram>, bytes: u64) {
        let mut kept = self.kept.lock();
        kept.insert(0, Known { program: Arc::clone(program), bytes });
        kept.truncate(self.most);
        let mut left = self.bytes;
        let within = |known: &Known| {
            let rest = left.checked_sub(known.bytes);
            left = rest.unwrap_or(0);
            rest.is_some()
        };
        kept.retain(within);
    }

    /// A known program, which is the one used last from now on.
    fn find(&self, digest: Digest) -> Option<Arc<CheckedProgram>> {
        let mut kept = self.kept.lock();
        let at = kept.iter().position(|known| known.program.digest() == digest)?;
        let known = kept.remove(at);
        let program = Arc::clone(&known.program);
        kept.insert(0, known);
        Some(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::{Reader, Section};
    use crate::limits::Limits;

    fn program(bundle: &[u8]) -> Vec<u8> {
        let mut program = Vec::new();
        let take = |section: Section<'_>| {
            if let Section::Program(bytes) = section {
                program.extend_from_slice(bytes);
            }
            Ok(())
        };
        Reader::new(Limits::default()).push(bundle, take).unwrap();
        program
    }

    /// The ones used last, as many as there may be, and of as many bytes.
    #[test]
    fn few_are_remembered() {
        let first = program(include_bytes!("../../../tests/golden/6/clear.zkpot"));
        let second = program(include_bytes!("../../../tests/golden/6/dropout.zkpot"));
        let both = (first.len() + second.len()) as u64;
        let known = |programs: &Programs, bytes: &[u8]| {
            let effort = &mut Effort::unlimited();
            let found = programs.find(Digest::of(bytes)).is_some();
            programs.get(bytes, effort).unwrap();
            assert!(effort.units() > 0 || found, "a check counts");
            found
        };
        for (most, bytes, expected) in [
            (2, both, [false, true, false, true, true]),
            (1, both, [false, true, false, false, false]),
            (2, both - 1, [false, true, false, false, false]),
            (2, 10, [false; 5]),
            (0, both, [false; 5]),
        ] {
            let programs = Programs::new(most, bytes);
            let asked = [&first, &first, &second, &first, &second];
            assert_eq!(asked.map(|bytes| known(&programs, bytes)), expected, "{most}, {bytes}");
        }
    }
}
