//! The account of a run: the sum over its links, and the hash function once.

use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::security::{SecurityLevel, whole_bits};

use super::link::LinkSecurity;

/// The errors of a run so far.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSecurity {
    error: f64,
    links: usize,
    required: u32,
}

impl RunSecurity {
    /// Of a run whose commitments are made for `level`; `required` bits or those of the lowest
    /// level, whichever is more, must be left at its end.
    pub fn new(level: SecurityLevel, required: Option<u32>) -> Self {
        let least = SecurityLevel::default().bits();
        let required = required.map_or(least, |required| required.max(least));
        Self { error: libm::exp2(-level.hash_bits()), links: 0, required }
    }

    /// Adds a link.
    ///
    /// # Errors
    /// [`Rejection::Insecure`] once too little is left; it never becomes more again.
    pub fn add(&mut self, link: &LinkSecurity) -> Result<(), Rejection> {
        self.error += libm::exp2(-link.bits);
        let (reached, required) = (self.bits(), self.required);
        if reached < required {
            return Err(Rejection::Insecure { link: self.links, reached, required });
        }
        self.links += 1;
        Ok(())
    }

    /// Whole bits that are left.
    pub fn bits(&self) -> u32 {
        whole_bits(self.error)
    }
}
