//! How much a verifier takes on.

use alloc::format;

use serde::Deserialize;

use crate::refusal::{Code, Refusal};
use crate::text::object;

/// What a verifier refuses to look at. As text (JSON), each key is optional.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a bundle.
    pub bundle_bytes: u64,
    /// Bytes of the run's terms.
    pub order_bytes: u64,
    /// Bytes of a program.
    pub program_bytes: u64,
    /// Bytes of a link.
    pub link_bytes: u64,
    /// Links of a run.
    pub links: u64,
    /// Units of [`work`](crate::work) that one run may need.
    pub work: u64,
    /// Field elements, of 24 bytes, that the claims and the constraint system of one link may take.
    pub elements: u64,
    /// Programs that are remembered, checked; those of `program_bytes` together.
    pub programs: u64,
}

impl Default for Limits {
    /// Bundles of 64 MiB whose verification takes a minute.
    fn default() -> Self {
        Self {
            bundle_bytes: 64 << 20,
            order_bytes: 8 << 20,
            program_bytes: 16 << 20,
            link_bytes: 64 << 20,
            links: 1 << 12,
            work: 60_000_000_000,
            elements: 1 << 25,
            programs: 16,
        }
    }
}

impl Limits {
    /// Those of the formats themselves: as long as it takes, in at most 3 GB.
    pub const fn of_formats() -> Self {
        Self {
            bundle_bytes: u64::MAX,
            order_bytes: 256 << 20,
            program_bytes: 256 << 20,
            link_bytes: 64 << 20,
            links: 1 << 20,
            work: u64::MAX,
            elements: 1 << 27,
            programs: 1,
        }
    }

    /// Reads limits (JSON); no text at all means the default ones.
    ///
    /// # Errors
    /// [`Code::Argument`].
    pub fn read(text: &[u8]) -> Result<Self, Refusal> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        object(text).map_err(|error| Refusal::new(Code::Argument, format!("limits: {error}")))
    }

    /// Compares a size with its limit.
    pub(crate) fn check(part: &str, size: u64, limit: u64) -> Result<(), Refusal> {
        if size <= limit {
            return Ok(());
        }
        Err(Refusal::new(Code::Limit, format!("{part} is larger than the limit of {limit}")))
    }
}
