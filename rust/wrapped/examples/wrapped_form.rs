//! Turns a proof as `zkpot wrap` writes it into its binary form, and verifies it.
//!
//! cargo run --release -p zkpot-wrapped --example wrapped_form -- digits.zkcirc proof.evm proof.zkwrap

use std::env;
use std::error::Error;
use std::fs;

use zkpot_wrapped::{Circuit, WrappedProof};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = env::args().skip(1).collect();
    let [circuit, proof, out] = paths.as_slice() else {
        return Err("give a circuit file, a proof.evm and the file to write".into());
    };
    let circuit = Circuit::from_bytes(&fs::read(circuit)?)?;
    let proof = WrappedProof::from_json(&fs::read(proof)?, &circuit)?;
    let receipt = circuit.verify(&proof)?;
    let bytes = proof.to_bytes();
    fs::write(out, &bytes)?;
    let steps = receipt.end.steps - receipt.start.steps;
    println!("{out}: {steps} steps from step {}, {} bytes", receipt.start.steps, bytes.len());
    Ok(())
}
