//! `zkpot._native`: the Rust side of the Python package.
//!
//! Each file binds one room and holds no logic of its own. Work that takes time runs
//! without the interpreter lock.

mod allocator;
mod build;
mod circuit;
mod envelope;
mod errors;
mod held;
mod observed;
mod opening;
mod order;
mod program;
mod prove;
mod trace;
mod verify;
mod wrap;

use p3_field::{Field, PackedValue};
use pyo3::prelude::*;
use zkpot_protocol::field::F;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    allocator::configure();
    module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
    module.add("ARITHMETIC_VERSION", zkpot_ir::ARITHMETIC_VERSION)?;
    module.add("BUILD", build::BUILD)?;
    module.add("LANES", <F as Field>::Packing::WIDTH)?;
    module.add_function(wrap_pyfunction!(build::runnable_builds, module)?)?;
    module.add_function(wrap_pyfunction!(allocator::release_memory, module)?)?;
    module.add_class::<program::Program>()?;
    module.add_class::<held::Held>()?;
    module.add_class::<opening::Sponge>()?;
    module.add_function(wrap_pyfunction!(trace::train, module)?)?;
    module.add_function(wrap_pyfunction!(trace::evaluate, module)?)?;
    module.add_function(wrap_pyfunction!(trace::trace_link, module)?)?;
    module.add_function(wrap_pyfunction!(trace::random_tensor, module)?)?;
    module.add_function(wrap_pyfunction!(trace::scheduled_rows, module)?)?;
    module.add_function(wrap_pyfunction!(held::initial_states, module)?)?;
    module.add_function(wrap_pyfunction!(held::commit_states, module)?)?;
    module.add_function(wrap_pyfunction!(held::commit_shard, module)?)?;
    module.add_class::<prove::Link>()?;
    module.add_class::<prove::Unopened>()?;
    module.add_function(wrap_pyfunction!(prove::import_link, module)?)?;
    module.add_function(wrap_pyfunction!(prove::train_link, module)?)?;
    module.add_function(wrap_pyfunction!(prove::seal_link, module)?)?;
    module.add_function(wrap_pyfunction!(prove::scheduled_shards, module)?)?;
    module.add_function(wrap_pyfunction!(prove::continuation, module)?)?;
    module.add_function(wrap_pyfunction!(prove::data_root, module)?)?;
    module.add_function(wrap_pyfunction!(prove::statement_digest, module)?)?;
    module.add_function(wrap_pyfunction!(prove::link_statement, module)?)?;
    module.add_function(wrap_pyfunction!(verify::verify_run, module)?)?;
    module.add_function(wrap_pyfunction!(verify::verify_bundle, module)?)?;
    module.add_function(wrap_pyfunction!(circuit::answer_wrapped, module)?)?;
    module.add_function(wrap_pyfunction!(envelope::hash_ciphertext, module)?)?;
    module.add_function(wrap_pyfunction!(envelope::hash_key, module)?)?;
    module.add_function(wrap_pyfunction!(envelope::open_envelope, module)?)?;
    module.add_class::<wrap::WrapCircuit>()?;
    module.add_class::<wrap::WrapKeys>()?;
    module.add_class::<circuit::WrapVerifier>()?;
    Ok(())
}
