//! A program with what its check found, so that nothing checks it twice.

use crate::{Bounds, Digest, Effort, Program, ProgramError};

/// A program that was checked.
#[derive(Clone, Debug)]
pub struct CheckedProgram {
    program: Program,
    bounds: Bounds,
    digest: Digest,
    effort: u64,
}

impl CheckedProgram {
    /// Checks a program.
    ///
    /// # Errors
    /// Those of [`Program::check`].
    pub fn new(program: Program) -> Result<Self, ProgramError> {
        let mut effort = Effort::new(u64::MAX);
        let bounds = program.check_within(&mut effort)?;
        let digest = program.digest();
        Ok(Self { program, bounds, digest, effort: effort.spent() })
    }

    /// Decodes and checks a program, whose check may take so many units.
    ///
    /// # Errors
    /// Those of [`Program::from_bytes`] and [`Program::check_within`].
    pub fn from_bytes(bytes: &[u8], limit: u64) -> Result<Self, ProgramError> {
        let program = Program::decode(bytes)?;
        let mut effort = Effort::new(limit);
        let bounds = program.check_within(&mut effort)?;
        // The encoding is canonical: these are the bytes that the program would be encoded to.
        Ok(Self { program, bounds, digest: Digest::of(bytes), effort: effort.spent() })
    }

    /// The program.
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// The bounds of its tensors.
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Units of work that its check took, besides those of its bytes.
    pub const fn effort(&self) -> u64 {
        self.effort
    }

    /// Its digest.
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}
