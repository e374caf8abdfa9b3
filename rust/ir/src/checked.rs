//! A program with what its check found, so that nothing checks it twice.

use crate::{Bounds, Digest, Program, ProgramError};

/// A program that was checked.
#[derive(Clone, Debug)]
pub struct CheckedProgram {
    program: Program,
    bounds: Bounds,
    digest: Digest,
}

impl CheckedProgram {
    /// Checks a program.
    ///
    /// # Errors
    /// Those of [`Program::check`].
    pub fn new(program: Program) -> Result<Self, ProgramError> {
        let bounds = program.check()?;
        let digest = program.digest();
        Ok(Self { program, bounds, digest })
    }

    /// Decodes and checks a program.
    ///
    /// # Errors
    /// Those of [`Program::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProgramError> {
        let program = Program::decode(bytes)?;
        let bounds = program.check()?;
        // The encoding is canonical: these are the bytes that the program would be encoded to.
        Ok(Self { program, bounds, digest: Digest::of(bytes) })
    }

    /// The program.
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// The bounds of its tensors.
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Its digest.
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}
