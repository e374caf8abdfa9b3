//! Makes a program for Solana (sBPF version 0) of an object that LLVM made for BPF.
//!
//! zkpot-sbpf-linker OBJECT PROGRAM
//!
//! The library's own command starts from bitcode and takes an LLVM of one version for that; the object comes from
//! the LLVM of this Rust.

use std::error::Error;
use std::{env, fs};

use sbpf_linker::{OptimizationConfig, ProgramOptions, SbpfArch, SbpfLinkerError, link_program};

/// Bytes that a function's frame has.
const FRAME: i32 = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    let [object, program] = &env::args().skip(1).collect::<Vec<_>>()[..] else {
        return Err("give an object, and where its program goes".into());
    };
    let read = fs::read(object).map_err(|error| format!("{object}: {error}"))?;
    let options = ProgramOptions::new(OptimizationConfig::default(), SbpfArch::V0, FRAME);
    let linked = link_program(&read, options)
        .map_err(|errors| format!("{object}: {}", SbpfLinkerError::format_errors(&errors)))?;
    fs::write(program, linked).map_err(|error| format!("{program}: {error}"))?;
    Ok(())
}
