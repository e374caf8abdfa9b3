//! `zkpot._native`: the Rust side of the Python package.
//!
//! Each file binds one room and holds no logic of its own. Work that takes time runs
//! without the interpreter lock.

mod errors;

use pyo3::prelude::*;

/// Keeps freed pages. With the C library's allocator two threads are slower than one on
/// the prover's large tables, because every table is returned to the system and faulted
/// in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
    module.add("ARITHMETIC_VERSION", zkpot_ir::ARITHMETIC_VERSION)?;
    Ok(())
}
