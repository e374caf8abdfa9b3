//! What a check takes on top of what the bytes of its program take.

use crate::ProgramError;

/// Units of work, of which one is at most about a nanosecond natively, and how many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    spent: u64,
    limit: u64,
}

impl Effort {
    /// Nothing is spent yet.
    pub const fn new(limit: u64) -> Self {
        Self { spent: 0, limit }
    }

    /// Units so far.
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    /// Counts units before they are spent.
    ///
    /// # Errors
    /// [`ProgramError::Effort`]; what is refused does not count.
    pub(crate) fn spend(&mut self, units: u64) -> Result<(), ProgramError> {
        let spent = self.spent.saturating_add(units);
        if spent > self.limit {
            return Err(ProgramError::Effort { limit: self.limit });
        }
        self.spent = spent;
        Ok(())
    }
}
