//! Reads a program as JSON from standard input; prints its digest and the interval of every
//! tensor as JSON, or the reason why it is refused, and then ends with status 1.

use std::io::Read;
use std::process::ExitCode;

use zkpot_ir::Program;

fn main() -> ExitCode {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        eprintln!("{error}");
        return ExitCode::from(2);
    }
    match Program::from_json(&text).and_then(|program| Ok((program.check()?, program))) {
        Ok((bounds, program)) => {
            println!("{}", program.digest());
            for (tensor, bound) in program.tensors.iter().zip(&bounds.0) {
                println!("{} {} {}", bound.lo, bound.hi, tensor.name);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
