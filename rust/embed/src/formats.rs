//! Which versions of each format this build reads.
//!
//! A file of another version is refused by [`Code::Version`](crate::Code::Version) before anything else in it is
//! read. A node that meets one compares its own versions with the file's, and asks for a newer zkpot or an
//! older prover; [`of`] says which version a file has, whatever it is.

use zkpot_ir::ARITHMETIC_VERSION;
use zkpot_protocol::pending::HEAD_VERSION;
use zkpot_protocol::proof::LINK_VERSION;
use zkpot_protocol::statement::FORMAT_VERSION;

use crate::bundle;

/// A format and the version of it that this build reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// What files of it begin with.
    pub magic: &'static [u8],
    /// Its name.
    pub name: &'static str,
    /// The version that is read.
    pub version: u32,
}

/// All formats that reach a verifier.
pub const FORMATS: [Format; 4] = [
    Format { magic: bundle::MAGIC, name: "bundle", version: bundle::VERSION },
    Format { magic: b"ZKPROG", name: "program", version: zkpot_ir::PROGRAM_VERSION as u32 },
    Format { magic: b"ZKLINK", name: "link", version: LINK_VERSION as u32 },
    Format { magic: b"ZKHEAD", name: "continuation", version: HEAD_VERSION as u32 },
];

/// Version of statements, which links have and receipts name.
pub const STATEMENT: u32 = FORMAT_VERSION;

/// Version of the arithmetic that programs are made for.
pub const ARITHMETIC: u32 = ARITHMETIC_VERSION;

/// Which format a file has, and which version it says to be of.
pub fn of(bytes: &[u8]) -> Option<(Format, u32)> {
    let format = FORMATS.into_iter().find(|format| bytes.starts_with(format.magic))?;
    let rest = bytes.get(format.magic.len()..)?;
    let version = if format.magic == bundle::MAGIC {
        u32::from_le_bytes(*rest.first_chunk()?)
    } else {
        u16::from_be_bytes(*rest.first_chunk()?).into()
    };
    Some((format, version))
}

/// The version of the format with this name, `statement` and `arithmetic` included.
pub fn version(name: &str) -> Option<u32> {
    match name {
        "statement" => Some(STATEMENT),
        "arithmetic" => Some(ARITHMETIC),
        _ => FORMATS.iter().find(|format| format.name == name).map(|format| format.version),
    }
}
