//! What verifying a wrapped proof costs: operations, sizes, and times on one core.
//!
//! cargo run --release -p zkpot-wrapped --example wrapped_costs -- tests/golden/wrapped/digits.zkcirc \
//!     tests/golden/wrapped/0.zkwrap tests/golden/wrapped/1.zkwrap

use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use zkpot_wrapped::program::{Message, Operation};
use zkpot_wrapped::{Circuit, WrappedProof};

/// Times that each thing is measured.
const ROUNDS: usize = 100;

/// The median of a call's milliseconds.
fn milliseconds<T>(rounds: usize, call: impl Fn() -> T) -> f64 {
    let timed = |_| {
        let started = Instant::now();
        black_box(call());
        started.elapsed().as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..rounds).map(timed).collect();
    times.sort_by(f64::total_cmp);
    times[rounds / 2]
}

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = env::args().skip(1).collect();
    let [circuit, proofs @ ..] = paths.as_slice() else {
        return Err("give a circuit file, and proofs in their binary form".into());
    };
    let circuit = fs::read(circuit)?;
    let ready = Circuit::from_bytes(&circuit)?;
    let bytes: Vec<Vec<u8>> = proofs.iter().map(fs::read).collect::<Result<_, _>>()?;
    let proofs: Vec<WrappedProof> =
        bytes.iter().map(|bytes| WrappedProof::from_bytes(bytes)).collect::<Result<_, _>>()?;
    let (Some(proof), Some(read)) = (bytes.first(), proofs.first()) else {
        return Err("give at least one proof".into());
    };
    ready.verify_all(&proofs).map_err(|(at, error)| format!("{}: {error}", paths[at + 1]))?;

    let program = &ready.file().program;
    let messages = |wanted: fn(&Message) -> bool| {
        program.transcript.iter().filter(|message| wanted(message)).count()
    };
    let operations = |wanted: fn(&Operation) -> bool| {
        program.operations.iter().filter(|operation| wanted(operation)).count()
    };
    println!("circuit file         {} bytes", circuit.len());
    println!("proof, all it says   {} bytes", proof.len());
    println!("proof alone          {} bytes", read.proof.len());
    println!("constants            {}", program.constants.len());
    println!("points of the key    {}", program.points.len());
    println!("points read          {}", messages(|message| *message == Message::Point));
    println!("scalars read         {}", messages(|message| *message == Message::Scalar));
    println!("challenges (keccak)  {}", messages(|message| *message == Message::Challenge));
    println!(
        "multiplications      {}",
        operations(|operation| matches!(operation, Operation::Multiply(..)))
    );
    println!(
        "additions            {}",
        operations(|operation| matches!(
            operation,
            Operation::Add(..) | Operation::Subtract(..) | Operation::Negate(..)
        ))
    );
    println!(
        "inversions           {}",
        operations(|operation| matches!(operation, Operation::Invert(..)))
    );
    println!("terms of the sums    {} and {}", program.left.len(), program.right.len());

    println!(
        "reading the circuit  {:.3} ms",
        milliseconds(ROUNDS, || Circuit::from_bytes(&circuit))
    );
    println!(
        "reading the proof    {:.3} ms",
        milliseconds(ROUNDS, || WrappedProof::from_bytes(proof))
    );
    println!("verifying            {:.3} ms", milliseconds(ROUNDS, || ready.verify(read)));
    let together = milliseconds(ROUNDS, || ready.verify_all(&proofs));
    println!("all {} at once        {:.3} ms each", proofs.len(), together / proofs.len() as f64);
    Ok(())
}
