//! Golden proofs, and a circuit of a few operations whose proofs anybody makes.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, PrimeField};
use zkpot_protocol::security::SecurityLevel;
use zkpot_wrapped::program::{Message, Operation, Program, Term};
use zkpot_wrapped::proof::Link;
use zkpot_wrapped::{Circuit, CircuitFile, Run, Shape, Standing, Word, WrappedProof};

/// A file of `tests/golden/wrapped`.
pub fn golden(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/wrapped"));
    fs::read(folder.join(name)).unwrap()
}

/// The digits circuit.
pub fn digits() -> &'static Circuit {
    static CIRCUIT: LazyLock<Circuit> =
        LazyLock::new(|| Circuit::from_bytes(&golden("digits.zkcirc")).unwrap());
    &CIRCUIT
}

/// The proof of the first or the second chunk.
pub fn proof(number: usize) -> WrappedProof {
    WrappedProof::from_bytes(&golden(&format!("{number}.zkwrap"))).unwrap()
}

/// A number as 32 bytes.
pub fn word(number: u64) -> Word {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&number.to_be_bytes());
    word
}

/// A coordinate with the base field's modulus added: the same element, in another encoding.
pub fn beside(coordinate: &[u8]) -> Word {
    let modulus = base_word(-Fq::ONE);
    let mut sum = [0; 32];
    let mut carry = 1u16;
    for place in (0..32).rev() {
        let digit = u16::from(coordinate[place]) + u16::from(modulus[place]) + carry;
        (sum[place], carry) = (digit.to_le_bytes()[0], digit >> 8);
    }
    sum
}

/// A coordinate's negative.
pub fn negative(coordinate: &Word) -> Word {
    base_word(-Fq::from_be_bytes_mod_order(coordinate))
}

fn base_word(element: Fq) -> Word {
    let mut word = [0; 32];
    for (place, limb) in word.as_chunks_mut().0.iter_mut().rev().zip(element.into_bigint().0) {
        *place = limb.to_be_bytes();
    }
    word
}

/// Coordinates of a point.
pub fn point(point: G1Affine) -> [Word; 2] {
    [point.x, point.y].map(base_word)
}

/// Coordinates of a point of the second group.
pub fn second_point(point: G2Affine) -> [Word; 4] {
    [point.x.c0, point.x.c1, point.y.c0, point.y.c1].map(base_word)
}

/// A circuit whose proofs are two numbers, the second the inverse of the first's inverse: so both are the same,
/// and not zero.
pub fn toy() -> CircuitFile {
    let shape = Shape {
        program: [7; 32],
        security: SecurityLevel::Bits128,
        rows: 5,
        steps: 2,
        scalars: 2,
        outputs: 1,
        links: 2,
        most_steps: 100,
        proof_bytes: 64,
        envelopes: false,
    };
    let generator = G2Affine::generator();
    let program = Program {
        constants: vec![word(1)],
        points: vec![point(G1Affine::generator())],
        transcript: vec![Message::Absorb(1), Message::Scalar, Message::Scalar, Message::Challenge],
        // Scalars 1 to 3 are the inputs, 4 and 5 those of the proof, 6 the challenge.
        operations: vec![
            Operation::Invert(4),
            Operation::Invert(7),
            Operation::Multiply(8, 0),
            Operation::Add(9, 6),
            Operation::Subtract(10, 6),
            Operation::Negate(11),
            Operation::Negate(12),
        ],
        left: vec![Term { scalar: 13, point: 0 }],
        right: vec![Term { scalar: 5, point: 0 }],
        pairing: [second_point(generator), second_point(-generator)],
    };
    CircuitFile::new([9; 32], true, shape, program)
}

/// A proof of two numbers.
pub fn toy_proof(first: u64, second: u64) -> WrappedProof {
    let link = |trained| Link {
        trained: word(trained),
        scalars: vec![1, -2, i64::MAX, i64::MIN],
        outputs: vec![-5],
        envelope: None,
    };
    WrappedProof {
        circuit: [9; 32],
        run: Run {
            first: word(11),
            shard: word(12),
            nonce: [0xff; 32],
            earlier_steps: u64::MAX,
            context: b"order".to_vec(),
        },
        start: Standing::of_first(word(11)),
        links: vec![link(13), link(14)],
        hash: word(0),
        proof: [word(first), word(second)].concat(),
    }
}
