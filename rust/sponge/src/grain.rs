//! The generator of round constants: the Grain LFSR in self-shrinking mode (Poseidon, eprint
//! 2019/458, appendix F; Poseidon2 keeps it).

use crate::Fr;

/// Bits of an element's integer.
const BITS: u16 = 254;
/// Steps whose bits nobody sees.
const WARM_UP: usize = 160;
/// The bits that the next one is the sum of, the oldest being bit 0.
const TAPS: [u32; 6] = [62, 51, 38, 23, 13, 0];
const LENGTH: u32 = 80;

/// The modulus, least significant word first.
pub const ORDER: [u64; 4] =
    [0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029];

/// The register; the oldest bit is the least significant.
pub struct Grain(u128);

impl Grain {
    /// A register for S-boxes `x^d` over a prime field of 254 bits.
    pub fn new(width: u16, full_rounds: u16, partial_rounds: u16) -> Self {
        // Name and length of each part of the seed: prime field, power as S-box, sizes, ones.
        let parts = [
            (1, 2),
            (0, 4),
            (u32::from(BITS), 12),
            (u32::from(width), 12),
            (u32::from(full_rounds), 10),
            (u32::from(partial_rounds), 10),
            ((1 << 30) - 1, 30),
        ];
        let mut register = Self(0);
        let bits = parts.iter().flat_map(|&(value, length)| {
            (0..length).rev().map(move |bit| u128::from(value >> bit & 1))
        });
        for (place, bit) in bits.enumerate() {
            register.0 |= bit << place;
        }
        for _ in 0..WARM_UP {
            register.step();
        }
        register
    }

    fn step(&mut self) -> bool {
        let bit = TAPS.iter().fold(0, |sum, &tap| sum ^ (self.0 >> tap & 1));
        self.0 = self.0 >> 1 | bit << (LENGTH - 1);
        bit == 1
    }

    /// Of every two bits the first says whether the second is taken.
    fn bit(&mut self) -> bool {
        loop {
            let (taken, bit) = (self.step(), self.step());
            if taken {
                return bit;
            }
        }
    }

    /// The next element: integers of 254 bits, most significant bit first, until one is canonical.
    pub fn element(&mut self) -> Fr {
        loop {
            let mut words = [0u64; 4];
            for place in (0..usize::from(BITS)).rev() {
                words[place / 64] |= u64::from(self.bit()) << (place % 64);
            }
            if words.iter().rev().lt(ORDER.iter().rev()) {
                return Fr::new(words);
            }
        }
    }
}
