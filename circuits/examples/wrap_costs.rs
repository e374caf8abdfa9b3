//! Measures a wrap phase by phase.
//!
//! ```text
//! cargo run --release -p zkpot-circuits --example wrap_costs -- digits.zkprog OUT LINK..
//! ```

use std::time::Instant;
use std::{env, fs};

use zkpot_circuits::evm;
use zkpot_circuits::keys::{Keys, Parameters};
use zkpot_circuits::wrap::{RunCircuit, RunShape};
use zkpot_ir::Program;
use zkpot_pcs::SecurityLevel;
use zkpot_protocol::proof::LinkProof;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let program = Program::from_bytes(&fs::read(arguments.next().unwrap())?)?;
    let out = arguments.next().unwrap();
    let links: Vec<LinkProof> =
        arguments.map(|path| LinkProof::from_bytes(&fs::read(path).unwrap()).unwrap()).collect();
    let mut clock = Instant::now();
    let mut lap = |name: &str| {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap().to_owned();
        println!("{name}: {:.1} s, {peak}", clock.elapsed().as_secs_f64());
        clock = Instant::now();
    };
    let steps = links.iter().map(|link| link.statement.steps).collect();
    let rows = links[0].statement.shards[0].rows;
    let (level, envelopes) = (SecurityLevel::Bits100, false);
    let run = RunCircuit::new(&program, &RunShape { steps, rows, level, envelopes })?;
    lap("recorded");
    let circuit = run.key_circuit()?;
    lap("laid for a key");
    println!("{:?}", circuit.shape());
    let parameters = Parameters::known(circuit.k());
    lap("parameters");
    let keys = circuit.keys(parameters)?;
    drop(circuit);
    lap("keys");
    fs::write(format!("{out}/Verifier.sol"), evm::contract(&keys)?)?;
    keys.write(out.as_ref(), "measured")?;
    lap("keys written");
    let keys = Keys::read(out.as_ref(), "measured")?.ok_or("keys")?;
    lap("keys read");
    let (inputs, proof) = run.prove(&keys, &links, &[])?;
    lap("proof");
    let calldata: Vec<u8> = inputs
        .to_array()
        .iter()
        .flat_map(|&input| zkpot_circuits::wrap::public::to_big_endian(input))
        .chain(proof.iter().copied())
        .collect();
    println!("{} bytes of proof", proof.len());
    fs::write(
        format!("{out}/calldata.hex"),
        calldata.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    )?;
    Ok(())
}
