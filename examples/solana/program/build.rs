//! The circuit's file as tables: everything that is known before a proof is there costs the chain nothing.
//!
//! `ZKPOT_CIRCUIT` names the file. It is checked as the verifier of all other languages checks it.

use std::collections::BinaryHeap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{array, cmp, env, fs};

use ark_bn254::Fr;
use ark_ff::{BigInt, Field, PrimeField};
use zkpot_wrapped::program::{INPUTS, Message, Operation, Program, Term};
use zkpot_wrapped::{Circuit, Word};

/// Limbs of an element, and their bits (`src/field.rs`).
const LIMBS: usize = 9;
const BITS: usize = 29;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=ZKPOT_CIRCUIT");
    let path =
        env::var("ZKPOT_CIRCUIT").map_err(|_| "ZKPOT_CIRCUIT has to name a circuit's file")?;
    println!("cargo::rerun-if-changed={path}");
    let file = fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
    let circuit = Circuit::from_bytes(&file).map_err(|error| format!("{path}: {error}"))?;
    if circuit.file().test_srs && env::var_os("CARGO_FEATURE_TEST_SRS").is_none() {
        return Err(format!(
            "{path}: everybody can forge its proofs; the feature test-srs takes it"
        )
        .into());
    }
    let tables = tables(&circuit)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("circuit.rs"), tables)?;
    Ok(())
}

fn tables(circuit: &Circuit) -> Result<String, Box<dyn Error>> {
    let file = circuit.file();
    let (shape, program) = (&file.shape, &file.program);
    let laid = Laid::of(program)?;
    let mut to = String::new();
    let bytes = |bytes: &[u8]| format!("{bytes:?}");
    writeln!(to, "pub const FILE: [u8; 32] = {};", bytes(circuit.digest()))?;
    writeln!(to, "pub const CIRCUIT: [u8; 32] = {};", bytes(&file.circuit))?;
    writeln!(to, "pub const PROGRAM: [u8; 32] = {};", bytes(&shape.program))?;
    let numbers = [
        ("STATEMENTS", file.statements),
        ("ARITHMETIC", file.arithmetic),
        ("SECURITY", shape.security.bits()),
        ("ROWS", shape.rows),
        ("STEPS", shape.steps),
        ("SCALARS", u32::try_from(shape.link_scalars())?),
        ("OUTPUTS", shape.outputs),
        ("LINKS", shape.links),
        ("PROOF_BYTES", shape.proof_bytes),
    ];
    for (name, value) in numbers {
        writeln!(to, "pub const {name}: u32 = {value};")?;
    }
    writeln!(to, "pub const MOST_STEPS: u64 = {};", shape.most_steps)?;
    writeln!(to, "pub const ENVELOPES: bool = {};", shape.envelopes)?;
    // The modulus in nine limbs, and 2^522, which brings a number into Montgomery's form.
    let modulus = limbs(Fr::MODULUS.0);
    writeln!(to, "pub const MODULUS: [u32; {LIMBS}] = {modulus:?};")?;
    writeln!(to, "pub const MODULUS_WORDS: [u64; 4] = {:?};", Fr::MODULUS.0)?;
    writeln!(to, "pub const SQUARE: [u32; {LIMBS}] = {:?};", limbs(power(2).into_bigint().0))?;
    let constants: Vec<_> = program.constants.iter().map(montgomery).collect();
    writeln!(to, "pub static CONSTANTS: [[u32; {LIMBS}]; {}] = {constants:?};", constants.len())?;
    writeln!(to, "pub const SLOTS: usize = {};", laid.slots)?;
    writeln!(to, "pub const INPUTS: [u16; {INPUTS}] = {:?};", laid.inputs)?;
    writeln!(
        to,
        "pub static TRANSCRIPT: [[u16; 2]; {}] = {:?};",
        laid.transcript.len(),
        laid.transcript
    )?;
    writeln!(
        to,
        "pub static OPERATIONS: [[u16; 4]; {}] = {:?};",
        laid.operations.len(),
        laid.operations
    )?;
    let points: Vec<u8> = program.points.iter().flatten().flatten().copied().collect();
    writeln!(to, "pub static POINTS: [u8; {}] = {points:?};", points.len())?;
    for (name, terms) in [("LEFT", &laid.left), ("RIGHT", &laid.right)] {
        writeln!(to, "pub static {name}: [[u16; 3]; {}] = {terms:?};", terms.len())?;
    }
    // The chain has the imaginary part first.
    let [first, second] = program.pairing.map(|[x0, x1, y0, y1]| [x1, x0, y1, y0].concat());
    writeln!(to, "pub static PAIRING: [[u8; 128]; 2] = [{first:?}, {second:?}];")?;
    Ok(to)
}

fn power(exponent: u64) -> Fr {
    Fr::from(2u64).pow([exponent * (LIMBS * BITS) as u64])
}

fn montgomery(word: &Word) -> [u32; LIMBS] {
    limbs((Fr::from_be_bytes_mod_order(word) * power(1)).into_bigint().0)
}

fn limbs(words: [u64; 4]) -> [u32; LIMBS] {
    let mut left = BigInt(words);
    array::from_fn(|_| {
        let limb = left.0[0] & ((1 << BITS) - 1);
        left >>= BITS as u32;
        u32::try_from(limb).unwrap_or_default()
    })
}

/// The program with places in place of numbers. A place is taken again when its value is not read any more.
#[derive(Default)]
struct Laid {
    slots: usize,
    inputs: [u16; INPUTS],
    /// What to do (0 absorb, 1 scalar, 2 point, 3 challenge), and a value's place.
    transcript: Vec<[u16; 2]>,
    /// What to do (0 add, 1 subtract, 2 multiply, 3 negate, 4 invert), both operands, the result.
    operations: Vec<[u16; 4]>,
    /// A scalar's place, whether the point is the proof's, and its number there.
    left: Vec<[u16; 3]>,
    right: Vec<[u16; 3]>,
}

/// Where values stand that are known so far.
struct Places {
    /// When each value is read for the last time.
    last: Vec<usize>,
    /// Each value's place.
    of: Vec<u16>,
    free: BinaryHeap<cmp::Reverse<u16>>,
    used: u16,
}

impl Places {
    /// A place for the next value.
    fn next(&mut self) -> u16 {
        let place = self.free.pop().map_or_else(
            || {
                self.used += 1;
                self.used - 1
            },
            |cmp::Reverse(place)| place,
        );
        self.of.push(place);
        place
    }

    /// Reads a value at a time; its place is free if that was the last one.
    fn read(&mut self, value: u32, now: usize) -> u16 {
        let place = self.of[value as usize];
        if self.last[value as usize] == now {
            self.last[value as usize] = usize::MAX;
            self.free.push(cmp::Reverse(place));
        }
        place
    }
}

impl Laid {
    fn of(program: &Program) -> Result<Self, Box<dyn Error>> {
        let mut laid = Self::default();
        let constants = u16::try_from(program.constants.len())?;
        // Constants stand where they are, whatever happens.
        let mut places = Places {
            last: lasts(program),
            of: (0..constants).collect(),
            free: BinaryHeap::new(),
            used: constants,
        };
        laid.inputs = array::from_fn(|_| places.next());
        let own = program.points.len();
        let mut read = 0;
        for (now, message) in program.transcript.iter().enumerate() {
            laid.transcript.push(match *message {
                Message::Absorb(value) => [0, places.read(value, now)],
                Message::Scalar => [1, places.next()],
                Message::Point => {
                    read += 1;
                    [2, 0]
                }
                Message::Challenge => [3, places.next()],
            });
        }
        let begun = program.transcript.len();
        for (number, operation) in program.operations.iter().enumerate() {
            let now = begun + number;
            let (kind, a, b) = match *operation {
                Operation::Add(a, b) => (0, a, b),
                Operation::Subtract(a, b) => (1, a, b),
                Operation::Multiply(a, b) => (2, a, b),
                Operation::Negate(a) => (3, a, a),
                Operation::Invert(a) => (4, a, a),
            };
            let operands = [places.read(a, now), places.of[b as usize]];
            if b != a {
                places.read(b, now);
            }
            laid.operations.push([kind, operands[0], operands[1], places.next()]);
        }
        // Where the bytes of the proof's points begin.
        let mut offsets = Vec::new();
        let mut offset = 0u16;
        for message in &program.transcript {
            match message {
                Message::Scalar => offset += 32,
                Message::Point => {
                    offsets.push(offset);
                    offset += 64;
                }
                Message::Absorb(_) | Message::Challenge => {}
            }
        }
        let mut met = vec![false; read];
        let mut term = |term: &Term| {
            let point = term.point as usize;
            let scalar = places.of[term.scalar as usize];
            point.checked_sub(own).map_or_else(
                || Ok([scalar, 0, u16::try_from(64 * point)?]),
                |number| {
                    met[number] = true;
                    Ok([scalar, 1, offsets[number]])
                },
            )
        };
        laid.left = program.left.iter().map(&mut term).collect::<Result<_, Box<dyn Error>>>()?;
        laid.right = program.right.iter().map(&mut term).collect::<Result<_, Box<dyn Error>>>()?;
        // The machine looks whether a point is on the curve where it is multiplied.
        if met.contains(&false) {
            return Err("a point of the proof is in neither sum, and would not be checked".into());
        }
        laid.slots = places.used.into();
        Ok(laid)
    }
}

/// When each value is read for the last time: numbers of messages, then of operations; never ends for what sums take.
fn lasts(program: &Program) -> Vec<usize> {
    let drawn = |message: &&Message| matches!(message, Message::Scalar | Message::Challenge);
    let values = program.constants.len()
        + INPUTS
        + program.transcript.iter().filter(drawn).count()
        + program.operations.len();
    let mut last = vec![usize::MAX; values];
    for (now, message) in program.transcript.iter().enumerate() {
        if let Message::Absorb(value) = message {
            last[*value as usize] = now;
        }
    }
    let begun = program.transcript.len();
    for (number, operation) in program.operations.iter().enumerate() {
        let (a, b) = match *operation {
            Operation::Add(a, b) | Operation::Subtract(a, b) | Operation::Multiply(a, b) => (a, b),
            Operation::Negate(a) | Operation::Invert(a) => (a, a),
        };
        last[a as usize] = begun + number;
        last[b as usize] = begun + number;
    }
    let kept = program.left.iter().chain(&program.right).map(|term| term.scalar as usize);
    kept.chain(0..program.constants.len()).for_each(|value| last[value] = usize::MAX);
    last
}
