//! The program's canonical bytes and digest.

use alloc::vec::Vec;
use core::fmt;

use crate::{Program, ProgramError};

/// BLAKE3 of a program's canonical bytes under the key `zkpot/v1/program`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of the program with this canonical encoding.
    pub fn of(canonical: &[u8]) -> Self {
        Self(blake3::derive_key("zkpot/v1/program", canonical))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// What a program begins with, before the version of its encoding.
const KIND: &[u8; 6] = b"ZKPROG";

/// Version of the encoding of programs.
pub const PROGRAM_VERSION: u16 = 6;

/// No program file may be larger (tables of a large program take a few megabytes).
const MAX_BYTES: usize = 256 << 20;

impl Program {
    /// The canonical encoding: a magic, then the program as postcard writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory cannot fail: every type is plain data.
        let body = postcard::to_allocvec(self).unwrap_or_default();
        [KIND.as_slice(), &PROGRAM_VERSION.to_be_bytes(), &body].concat()
    }

    /// Decodes and checks a program.
    ///
    /// # Errors
    /// [`ProgramError::Version`] for another format, [`ProgramError::Encoding`] where the bytes are
    /// not a canonical encoding, and whatever [`Program::check`] finds.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProgramError> {
        let program = Self::decode(bytes)?;
        program.check()?;
        Ok(program)
    }

    /// Decodes a program and leaves it unchecked.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, ProgramError> {
        if bytes.len() > MAX_BYTES {
            return Err(ProgramError::Encoding("larger than 256 MiB"));
        }
        let (version, body) = bytes
            .strip_prefix(KIND.as_slice())
            .and_then(<[u8]>::split_first_chunk::<2>)
            .ok_or(ProgramError::Encoding("it does not begin as one does"))?;
        let found = u16::from_be_bytes(*version);
        if found != PROGRAM_VERSION {
            return Err(ProgramError::Version { found, known: PROGRAM_VERSION });
        }
        let (program, rest): (Program, &[u8]) = postcard::take_from_bytes(body)
            .map_err(|_| ProgramError::Encoding("truncated or damaged"))?;
        if !rest.is_empty() || program.to_bytes() != bytes {
            return Err(ProgramError::Encoding("not in canonical form"));
        }
        Ok(program)
    }

    /// The digest that statements name.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }
}

#[cfg(feature = "json")]
impl Program {
    /// The program as JSON, for people and for the compiler.
    ///
    /// # Errors
    /// [`ProgramError::Json`] never occurs in practice; kept for the serialiser's sake.
    pub fn to_json(&self) -> Result<alloc::string::String, ProgramError> {
        use alloc::string::ToString;
        serde_json::to_string(self).map_err(|e| ProgramError::Json(e.to_string()))
    }

    /// Reads and checks a program written as JSON.
    ///
    /// # Errors
    /// [`ProgramError::Json`] where the text does not describe a program, and whatever
    /// [`Program::check`] finds.
    pub fn from_json(text: &str) -> Result<Self, ProgramError> {
        use alloc::string::ToString;
        let program: Program =
            serde_json::from_str(text).map_err(|e| ProgramError::Json(e.to_string()))?;
        program.check()?;
        Ok(program)
    }
}
