//! Times exact training of a program on random data.
//!
//! ```text
//! cargo run --release --example train_speed -- program.zkprog [steps [value of the scalars]]
//! ```
//!
//! Prints milliseconds a step on the threads of rayon's pool (`RAYON_NUM_THREADS`), the best of
//! five runs, for training alone and for training that keeps a witness. The program is a
//! `.zkprog` file or its JSON form.

use std::error::Error;
use std::ops::ControlFlow;
use std::time::Instant;

use zkpot_ir::{DataField, Node, Program, Range};
use zkpot_prover::trace::{Keep, LinkInput, run};

/// As in the Python package.
#[global_allocator]
static ALLOCATOR: zkpot_memory::Allocator = zkpot_memory::Allocator;

/// A linear congruential generator: the values only have to be spread.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(0x2545_f491_4f6c_dd1d);
        ((u128::from(self.0) * limit as u128) >> 64) as i64
    }

    /// Values in the middle `1 / share` of a range.
    fn fill(&mut self, range: Range, share: i64, count: usize) -> Vec<i64> {
        let width = ((1i64 << range.bits) / share).max(1);
        let lo = range.lo + ((1i64 << range.bits) - width) / 2;
        (0..count).map(|_| lo + self.below(width)).collect()
    }
}

fn elements(program: &Program, tensor: u32) -> usize {
    program.tensors[tensor as usize].shape.iter().map(|&l| l as usize).product()
}

/// Random values of a data field; class numbers where it holds classes.
fn data(program: &Program, tensor: u32, steps: usize, numbers: &mut Numbers) -> Vec<i64> {
    let classes = program.nodes.iter().find_map(|node| match node {
        Node::OneHot { input, out } if *input == tensor => {
            program.tensors[*out as usize].shape.last()
        }
        _ => None,
    });
    let count = steps * elements(program, tensor);
    match (classes, program.tensors[tensor as usize].range) {
        (Some(&classes), _) => (0..count).map(|_| numbers.below(classes.into())).collect(),
        (None, Some(range)) => numbers.fill(range, 2, count),
        (None, None) => vec![0; count],
    }
}

type Arrays = Vec<Vec<i64>>;

/// States in the middle `1 / share` of their ranges, and batches.
fn random(program: &Program, steps: usize, share: i64) -> (Arrays, Arrays) {
    let mut numbers = Numbers(1);
    let mut state = |tensor: u32| {
        let range = program.tensors[tensor as usize].range;
        let range = range.unwrap_or(Range { lo: 0, bits: 1 });
        numbers.fill(range, share, elements(program, tensor))
    };
    let states = program.states.iter().map(|s| state(s.tensor)).collect();
    let batch = |field: &DataField| data(program, field.tensor, steps, &mut numbers);
    let data = program.data.iter().map(batch).collect();
    (states, data)
}

fn input<'a>(
    states: &'a Arrays,
    data: &'a Arrays,
    scalars: &'a Arrays,
    steps: u32,
) -> LinkInput<'a> {
    LinkInput { states, data, scalars, seed: &[0; 32], first_step: 0, steps }
}

fn main() -> Result<(), Box<dyn Error>> {
    zkpot_memory::configure();
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which program?")?;
    let steps: u32 = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let scalar: i64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let content = std::fs::read(path)?;
    let program = match Program::from_bytes(&content) {
        Ok(program) => program,
        Err(_) => Program::from_json(std::str::from_utf8(&content)?)?,
    };

    let value = |lo: i64, hi: i64| vec![scalar.clamp(lo, hi); steps as usize];
    let scalars: Vec<Vec<i64>> = program.scalars.iter().map(|s| value(s.lo, s.hi)).collect();
    // Random weights that are too large leave the ranges of what they feed.
    let mut share = 1 << 8;
    let (states, data) = loop {
        let (states, data) = random(&program, steps as usize, share);
        match run(&program, &input(&states, &data, &scalars, steps), Keep::Nothing, &|_| {
            ControlFlow::Continue(())
        }) {
            Ok(_) => break (states, data),
            Err(error) if share >= 1 << 20 => return Err(error.into()),
            Err(_) => share <<= 2,
        }
    };
    let input = input(&states, &data, &scalars, steps);

    println!("{}: {steps} steps, {} threads", program.name, rayon::current_num_threads());
    for keep in [Keep::Nothing, Keep::Witness] {
        let mut best = f64::INFINITY;
        let mut loss = None;
        for _ in 0..5 {
            let start = Instant::now();
            let trace = run(&program, &input, keep, &|_| ControlFlow::Continue(()))?;
            best = best.min(start.elapsed().as_secs_f64());
            loss = trace.losses.last().copied();
        }
        let milliseconds = best * 1e3 / f64::from(steps);
        println!("keeping {keep:?}: {milliseconds:.3} ms a step, last loss {loss:?}");
    }
    Ok(())
}
