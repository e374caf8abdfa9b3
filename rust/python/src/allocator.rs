//! The allocator, and when it returns memory.

use pyo3::prelude::*;

#[global_allocator]
static ALLOCATOR: zkpot_memory::Allocator = zkpot_memory::Allocator;

/// Sets the allocator up, once, when the module is loaded.
pub fn configure() {
    zkpot_memory::configure();
}

/// Returns memory that no table uses to the system.
#[pyfunction]
pub fn release_memory() {
    zkpot_memory::release();
}
