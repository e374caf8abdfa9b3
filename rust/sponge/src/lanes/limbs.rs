//! Elements in lanes: limbs of 52 bits, which processors with AVX-512 IFMA multiply.
//!
//! An element `a` stands for itself as an integer that is `a 2^260` modulo the field's order `p`, in five
//! limbs, least significant first: Montgomery's form with `R = 2^260`. Integers are below `R`, which is
//! more than `84 p`, and not reduced any further than is needed. What is multiplied is *carried*: its
//! limbs are below `2^52`, the others of what is written here only below `2^63`.

use core::arch::x86_64::__m512i;

use crate::grain::ORDER;

/// Registers of a vector: two, since one alone waits for its own results.
const REGISTERS: usize = 2;
/// Elements that are computed with at once.
pub const LANES: usize = 8 * REGISTERS;
/// Limbs of an element.
pub const LIMBS: usize = 5;
/// Columns of a product.
const COLUMNS: usize = 2 * LIMBS;
const LIMB_BITS: u32 = 52;
const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;

/// The field's order `p`.
const MODULUS: [u64; LIMBS] = limbs_of(ORDER);
/// `-p`, modulo `2^260`.
const NEGATED: [u64; LIMBS] = negated(MODULUS);
/// `-1 / p`, modulo `2^52`.
const FACTOR: u64 = inverse(MODULUS[0]).wrapping_neg() & LIMB_MASK;
/// `R / p`, rounded down.
const QUOTIENT: u64 = 84;

/// One number in each lane.
type Vector = [__m512i; REGISTERS];
/// One element in each lane.
pub type Limbs = [Vector; LIMBS];
/// The words of one integer in each lane, least significant first: `[word][lane]`.
pub type Words = [[u64; LANES]; 4];

pulp::simd_type! {
    /// Instructions of this processor.
    pub struct Simd {
        pub avx512f: "avx512f",
        pub avx512ifma: "avx512ifma",
    }
}

// Loops and no closures, which would be compiled without these instructions where the build has none.
impl Simd {
    /// The same number in all lanes.
    #[inline(always)]
    fn all(self, number: u64) -> Vector {
        [self.avx512f._mm512_set1_epi64(number.cast_signed()); REGISTERS]
    }

    #[inline(always)]
    fn plus(self, mut a: Vector, b: Vector) -> Vector {
        for (a, b) in a.iter_mut().zip(b) {
            *a = self.avx512f._mm512_add_epi64(*a, b);
        }
        a
    }

    #[inline(always)]
    fn right<const BITS: u32>(self, mut a: Vector) -> Vector {
        for a in &mut a {
            *a = self.avx512f._mm512_srli_epi64::<BITS>(*a);
        }
        a
    }

    #[inline(always)]
    fn left<const BITS: u32>(self, mut a: Vector) -> Vector {
        for a in &mut a {
            *a = self.avx512f._mm512_slli_epi64::<BITS>(*a);
        }
        a
    }

    #[inline(always)]
    fn cut(self, mut a: Vector) -> Vector {
        for (a, mask) in a.iter_mut().zip(self.all(LIMB_MASK)) {
            *a = self.avx512f._mm512_and_si512(*a, mask);
        }
        a
    }

    #[inline(always)]
    fn or(self, mut a: Vector, b: Vector) -> Vector {
        for (a, b) in a.iter_mut().zip(b) {
            *a = self.avx512f._mm512_or_si512(*a, b);
        }
        a
    }

    /// Adds the lower 52 bits of a product; of both factors, the lower 52 bits are multiplied.
    #[inline(always)]
    fn low(self, mut sum: Vector, a: Vector, b: Vector) -> Vector {
        for (sum, (a, b)) in sum.iter_mut().zip(a.into_iter().zip(b)) {
            *sum = self.avx512ifma._mm512_madd52lo_epu64(*sum, a, b);
        }
        sum
    }

    /// Adds the upper 52 bits of a product.
    #[inline(always)]
    fn high(self, mut sum: Vector, a: Vector, b: Vector) -> Vector {
        for (sum, (a, b)) in sum.iter_mut().zip(a.into_iter().zip(b)) {
            *sum = self.avx512ifma._mm512_madd52hi_epu64(*sum, a, b);
        }
        sum
    }

    /// An element for all lanes.
    #[inline(always)]
    pub fn element(self, limbs: &[u64; LIMBS]) -> Limbs {
        let mut element = [self.all(0); LIMBS];
        for (limb, number) in element.iter_mut().zip(limbs) {
            *limb = self.all(*number);
        }
        element
    }

    /// Sums, limb by limb.
    #[inline(always)]
    pub fn add(self, a: &Limbs, b: &Limbs) -> Limbs {
        let mut sum = *a;
        for (sum, b) in sum.iter_mut().zip(b) {
            *sum = self.plus(*sum, *b);
        }
        sum
    }

    /// The same integers, carried.
    #[inline(always)]
    pub fn carry(self, a: &Limbs) -> Limbs {
        let mut a = *a;
        for i in 0..LIMBS - 1 {
            a[i + 1] = self.plus(a[i + 1], self.right::<LIMB_BITS>(a[i]));
            a[i] = self.cut(a[i]);
        }
        a
    }

    /// Integers below `p + a / 131`, carried, that are `a` modulo `p`; for `a` below `84 p`.
    ///
    /// `p` is taken off `floor(a_4 84 / 2^52)` times: at most `a / p` times, and short of that by less than a
    /// 131st of it, by what is rounded, and by a `2^-33`th, which the other limbs would carry. It is `2^260 - p`
    /// that is added, so multiples of `2^260`, for which there is no limb, are too much and are left out.
    #[inline(always)]
    pub fn fold(self, a: &Limbs) -> Limbs {
        let times = self.high(self.all(0), a[LIMBS - 1], self.all(QUOTIENT));
        let mut folded = *a;
        for (i, limb) in NEGATED.into_iter().enumerate() {
            folded[i] = self.low(folded[i], times, self.all(limb));
            if i + 1 < LIMBS {
                folded[i + 1] = self.high(folded[i + 1], times, self.all(limb));
            }
        }
        folded = self.carry(&folded);
        folded[LIMBS - 1] = self.cut(folded[LIMBS - 1]);
        folded
    }

    /// Products over `R`, of carried factors, below `a b / R + p`.
    #[inline(always)]
    pub fn multiply(self, a: &Limbs, b: &Limbs) -> Limbs {
        let mut columns = [self.all(0); COLUMNS];
        for i in 0..LIMBS {
            for j in 0..LIMBS {
                columns[i + j] = self.low(columns[i + j], a[i], b[j]);
                columns[i + j + 1] = self.high(columns[i + j + 1], a[i], b[j]);
            }
        }
        self.reduce(columns)
    }

    /// Squares over `R`, of carried elements.
    #[inline(always)]
    pub fn square(self, a: &Limbs) -> Limbs {
        let mut columns = [self.all(0); COLUMNS];
        for i in 0..LIMBS {
            for j in i + 1..LIMBS {
                columns[i + j] = self.low(columns[i + j], a[i], a[j]);
                columns[i + j + 1] = self.high(columns[i + j + 1], a[i], a[j]);
            }
        }
        for column in &mut columns {
            *column = self.plus(*column, *column);
        }
        for i in 0..LIMBS {
            columns[2 * i] = self.low(columns[2 * i], a[i], a[i]);
            columns[2 * i + 1] = self.high(columns[2 * i + 1], a[i], a[i]);
        }
        self.reduce(columns)
    }

    /// Adds multiples of `p` until the lower columns are zero, and leaves them out (Montgomery).
    ///
    /// A column has nine terms below `2^52` of a product and nine of these multiples, and a carry: it is
    /// below `19 * 2^52`, and so are the limbs that are left.
    #[inline(always)]
    fn reduce(self, mut columns: [Vector; COLUMNS]) -> Limbs {
        for i in 0..LIMBS {
            let times = self.low(self.all(0), columns[i], self.all(FACTOR));
            for (j, limb) in MODULUS.into_iter().enumerate() {
                // The lower half of the first product takes the column to the next multiple of 2^52.
                if j > 0 {
                    columns[i + j] = self.low(columns[i + j], times, self.all(limb));
                }
                columns[i + j + 1] = self.high(columns[i + j + 1], times, self.all(limb));
            }
            let carry = self.right::<LIMB_BITS>(self.plus(columns[i], self.all(LIMB_MASK)));
            columns[i + 1] = self.plus(columns[i + 1], carry);
        }
        let [.., a, b, c, d, e] = columns;
        [a, b, c, d, e]
    }

    /// Integers below `2^256`, carried.
    #[inline(always)]
    pub fn read(self, words: &Words) -> Limbs {
        let [a, b, c, d]: [Vector; 4] = pulp::cast(*words);
        [
            self.cut(a),
            self.cut(self.or(self.right::<52>(a), self.left::<12>(b))),
            self.cut(self.or(self.right::<40>(b), self.left::<24>(c))),
            self.cut(self.or(self.right::<28>(c), self.left::<36>(d))),
            self.right::<16>(d),
        ]
    }

    /// The words of carried integers below `2^256`.
    #[inline(always)]
    pub fn write(self, [a, b, c, d, e]: &Limbs) -> Words {
        pulp::cast::<[Vector; 4], Words>([
            self.or(*a, self.left::<52>(*b)),
            self.or(self.right::<12>(*b), self.left::<40>(*c)),
            self.or(self.right::<24>(*c), self.left::<28>(*d)),
            self.or(self.right::<36>(*d), self.left::<16>(*e)),
        ])
    }
}

/// The limbs of an integer of four words.
pub const fn limbs_of([a, b, c, d]: [u64; 4]) -> [u64; LIMBS] {
    [
        a & LIMB_MASK,
        (a >> 52 | b << 12) & LIMB_MASK,
        (b >> 40 | c << 24) & LIMB_MASK,
        (c >> 28 | d << 36) & LIMB_MASK,
        d >> 16,
    ]
}

/// `2^260 - n`, of an `n` that is odd.
const fn negated(limbs: [u64; LIMBS]) -> [u64; LIMBS] {
    let [a, b, c, d, e] = limbs;
    [LIMB_MASK + 1 - a, LIMB_MASK - b, LIMB_MASK - c, LIMB_MASK - d, LIMB_MASK - e]
}

/// The inverse of an odd number modulo `2^64`; each turn doubles the bits that are right.
const fn inverse(number: u64) -> u64 {
    let (mut inverse, mut bits) = (number, 3);
    while bits < u64::BITS {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(number.wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::Fr;
    use crate::digest::to_words;

    fn lane(limbs: &Limbs, lane: usize) -> [u64; LIMBS] {
        limbs.map(|limb| pulp::cast::<Vector, [u64; LANES]>(limb)[lane])
    }

    fn from_lanes(elements: &[[u64; LIMBS]; LANES]) -> Limbs {
        core::array::from_fn(|limb| pulp::cast(elements.map(|element| element[limb])))
    }

    fn value(limbs: [u64; LIMBS]) -> Fr {
        limbs.iter().rev().fold(Fr::ZERO, |value, &limb| {
            value * Fr::from_u64(1 << LIMB_BITS) + Fr::from_u64(limb)
        })
    }

    /// A processor without lanes has nothing to test.
    fn simd() -> Option<Simd> {
        Simd::try_new()
    }

    #[test]
    fn limbs_are_those_of_the_integer() {
        for element in [Fr::ZERO, Fr::ONE, Fr::NEG_ONE, Fr::TWO.exp_u64(253)] {
            assert_eq!(value(limbs_of(to_words(element))), element);
        }
        assert_eq!(value(MODULUS), Fr::ZERO);
        assert_eq!(value(NEGATED), Fr::TWO.exp_u64(260));
        assert_eq!(MODULUS[0].wrapping_mul(FACTOR) & LIMB_MASK, LIMB_MASK);
    }

    #[test]
    fn products_of_the_largest_factors_are_right_and_bounded() {
        let Some(simd) = simd() else { return };
        let mut rng = StdRng::seed_from_u64(21);
        let by_r = Fr::TWO.exp_u64(260);
        for _ in 0..200 {
            let mut draw = || -> [[u64; LIMBS]; LANES] {
                core::array::from_fn(|_| {
                    core::array::from_fn(|_| match rng.random_range(0..4) {
                        0 => 0,
                        1 => LIMB_MASK,
                        2 => 1 << rng.random_range(0..LIMB_BITS),
                        _ => rng.random::<u64>() & LIMB_MASK,
                    })
                })
            };
            let (mut a, mut b) = (draw(), draw());
            (a[0], b[0]) = ([LIMB_MASK; LIMBS], [LIMB_MASK; LIMBS]);
            let (wide_a, wide_b) = (from_lanes(&a), from_lanes(&b));
            let product = simd.multiply(&wide_a, &wide_b);
            let square = simd.square(&wide_a);
            for place in 0..LANES {
                assert_eq!(value(lane(&product, place)) * by_r, value(a[place]) * value(b[place]));
                assert_eq!(value(lane(&square, place)) * by_r, value(a[place]).square());
                let limbs = lane(&product, place).into_iter().chain(lane(&square, place));
                assert!(limbs.max().unwrap() < 19 << LIMB_BITS);
                assert_eq!(value(lane(&simd.carry(&product), place)), value(lane(&product, place)));
            }
        }
    }

    #[test]
    fn folding_keeps_the_element_and_bounds_the_integer() {
        let Some(simd) = simd() else { return };
        let mut rng = StdRng::seed_from_u64(22);
        for round in 0..1000 {
            // As large as 84 times the order, and the lower limbs as large as they may be.
            let most = 84 * (MODULUS[LIMBS - 1] + 1) - (1 << 12);
            let elements: [[u64; LIMBS]; LANES] = core::array::from_fn(|place| {
                let shift = rng.random_range(0..64);
                let mut limbs = core::array::from_fn(|_| rng.random::<u64>() >> 1 >> shift);
                limbs[LIMBS - 1] = match (round, place) {
                    (0, 0) => 0,
                    (0, 1) => most,
                    _ => rng.random_range(0..=most),
                };
                limbs
            });
            let folded = simd.fold(&from_lanes(&elements));
            for (place, element) in elements.into_iter().enumerate() {
                let limbs = lane(&folded, place);
                assert_eq!(value(limbs), value(element));
                assert!(limbs.into_iter().max().unwrap() <= LIMB_MASK);
                let bound = MODULUS[LIMBS - 1] + element[LIMBS - 1] / 131 + (1 << 14);
                assert!(limbs[LIMBS - 1] <= bound, "{element:?}");
            }
        }
    }
}
