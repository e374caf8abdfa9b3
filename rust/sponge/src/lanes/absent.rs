//! What stands for lanes where there are none.

use crate::duplex::RATE;
use crate::{Fr, WIDTH};

/// One message at a time.
pub const LANES: usize = 1;

/// As with lanes.
pub type Words = [[u64; LANES]; 4];

/// As with lanes.
#[derive(Clone, Copy)]
pub enum Form {
    Integer,
    Library,
}

/// There are none.
#[derive(Clone, Copy)]
pub enum Lanes {}

/// There are none.
#[derive(Clone)]
pub enum States {}

impl Lanes {
    pub const fn new() -> Option<Self> {
        None
    }

    pub const fn states(self, _: [Fr; WIDTH]) -> States {
        match self {}
    }
}

impl States {
    pub const fn absorb(&mut self, _: &[Words; RATE], _: Form) {
        match *self {}
    }

    pub const fn first(&self) -> [[u64; 4]; LANES] {
        match *self {}
    }
}
