//! Numbers modulo the order of BN254's groups, for which the chain has no system call.
//!
//! The machine multiplies two words of 64 bits and keeps the lower one, so an element is nine limbs of 29 bits: 18
//! products of two limbs fit into a word. Elements are in Montgomery's form (`x * 2^261`; Montgomery, 'Modular
//! multiplication without trial division', 1985), and at most twice the modulus: `2p * 2p / 2^261 + p < 2p`.

use crate::circuit::{MODULUS, MODULUS_WORDS, SQUARE};

const LIMBS: usize = 9;
const BITS: u32 = 29;
const MASK: u64 = (1 << BITS) - 1;

/// `-p^-1` modulo `2^29`, by Newton's iteration.
const FACTOR: u64 = {
    let modulus = MODULUS[0] as u64;
    let mut inverse = 1u64;
    let mut bits = 1;
    while bits < BITS {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(modulus.wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse.wrapping_neg() & MASK
};

/// A number, least significant word first.
pub type Words = [u64; 4];

/// An element.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Fr(pub [u32; LIMBS]);

/// The number, not the element.
const ONE: Fr = Fr([1, 0, 0, 0, 0, 0, 0, 0, 0]);

impl Fr {
    /// Zero.
    pub const ZERO: Self = Self([0; LIMBS]);

    /// The element of any number of 256 bits.
    pub fn of(words: &Words) -> Self {
        Self::plain(words).element()
    }

    /// The element of a plain number.
    pub fn element(&self) -> Self {
        self.multiply(&Self(SQUARE))
    }

    /// A number below the modulus as it is. A product with an element is such a number, too.
    pub fn plain(words: &Words) -> Self {
        Self(split(words))
    }

    /// The element's number, which is below the modulus.
    pub fn words(&self) -> Words {
        // At most the modulus, which stands for zero.
        let words = join(&self.multiply(&ONE).0);
        if below(&words, &MODULUS_WORDS) { words } else { [0; 4] }
    }

    /// The product, column by column: a column has at most 18 products and what the one before carries.
    #[inline(never)]
    pub fn multiply(&self, other: &Self) -> Self {
        let mut factors = [0u64; LIMBS];
        let mut product = [0u32; LIMBS];
        let mut column = 0u64;
        // Unrolled: a loop's bookkeeping takes as long as a product.
        macro_rules! clear {
            ($($k:literal)*) => {$(
                column += products::<$k>(&self.0, &other.0) + multiples::<$k>(&factors);
                factors[$k] = column.wrapping_mul(FACTOR) & MASK;
                column = (column + factors[$k] * u64::from(MODULUS[0])) >> BITS;
            )*};
        }
        macro_rules! keep {
            ($($k:literal)*) => {$(
                column += products::<$k>(&self.0, &other.0) + multiples::<$k>(&factors);
                product[$k - LIMBS] = (column & MASK) as u32;
                column >>= BITS;
            )*};
        }
        clear!(0 1 2 3 4 5 6 7 8);
        keep!(9 10 11 12 13 14 15 16);
        product[LIMBS - 1] = column as u32;
        Self(product)
    }

    /// The sum.
    #[inline(never)]
    pub fn add(&self, other: &Self) -> Self {
        let mut sum = [0i64; LIMBS];
        for (place, (a, b)) in sum.iter_mut().zip(self.0.iter().zip(&other.0)) {
            *place = i64::from(*a) + i64::from(*b);
        }
        Self::reduce(&sum, -1)
    }

    /// The difference.
    #[inline(never)]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut difference = [0i64; LIMBS];
        for (place, (a, b)) in difference.iter_mut().zip(self.0.iter().zip(&other.0)) {
            *place = i64::from(*a) - i64::from(*b);
        }
        Self::reduce(&difference, 1)
    }

    /// A sum as it is or without `2p`, a difference as it is or with it.
    #[inline(always)]
    fn reduce(limbs: &[i64; LIMBS], times: i64) -> Self {
        let (plain, carry) = carried(limbs, 0);
        let (other, changed) = carried(limbs, 2 * times);
        let changed_fits = if times < 0 { changed >= 0 } else { carry < 0 };
        if changed_fits { other } else { plain }
    }

    /// The inverse; none of zero. A power would take 380 products, this as much as fifty.
    ///
    /// By halving alone, which leaves `2^k` times the inverse with `254 <= k <= 508` (Kaliski, 'The Montgomery inverse and
    /// its applications', 1995, section 3); two products take `2^k` away and leave Montgomery's form.
    #[inline(never)]
    pub fn invert(&self) -> Option<Self> {
        let mut u = MODULUS_WORDS;
        let mut v = canonical(self);
        if v == [0; 4] {
            return None;
        }
        // Always `u s + v r = p`, so that both stay below `2p`.
        let (mut r, mut s) = ([0, 0, 0, 0], [1, 0, 0, 0]);
        let mut halved = 0;
        while v != [0; 4] {
            if u[0] & 1 == 0 {
                halve(&mut u);
                double(&mut s);
            } else if v[0] & 1 == 0 {
                halve(&mut v);
                double(&mut r);
            } else if below(&v, &u) {
                minus(&mut u, &v);
                halve(&mut u);
                plus(&mut r, &s);
                double(&mut s);
            } else {
                minus(&mut v, &u);
                halve(&mut v);
                plus(&mut s, &r);
                double(&mut r);
            }
            halved += 1;
        }
        // What was found is the negative: `-x^-1 2^k`, with `x` the number that stands for the element.
        let mut found = Self::ZERO.subtract(&Self(split(&r)));
        let mut missing = 522 - halved;
        while missing >= LIMBS * BITS as usize - 8 {
            found = found.add(&found);
            missing -= 1;
        }
        let mut power = [0; LIMBS];
        if let Some(limb) = power.get_mut(missing / BITS as usize) {
            *limb = 1 << (missing % BITS as usize);
        }
        Some(found.element().multiply(&Self(power)))
    }
}

/// Products of two elements' limbs in a column.
#[inline(always)]
fn products<const K: usize>(a: &[u32; LIMBS], b: &[u32; LIMBS]) -> u64 {
    let mut sum = 0;
    for i in K.saturating_sub(LIMBS - 1)..LIMBS.min(K + 1) {
        sum += u64::from(a[i]) * u64::from(b[K - i]);
    }
    sum
}

/// Products of the factors so far with the modulus' limbs in a column.
#[inline(always)]
fn multiples<const K: usize>(factors: &[u64; LIMBS]) -> u64 {
    let mut sum = 0;
    for i in K.saturating_sub(LIMBS - 1)..LIMBS.min(K) {
        sum += factors[i] * u64::from(MODULUS[K - i]);
    }
    sum
}

/// The limbs plus so many times the modulus, with limbs of 29 bits, and what is left over.
#[inline(always)]
fn carried(limbs: &[i64; LIMBS], times: i64) -> (Fr, i64) {
    let mut carry = 0;
    let mut result = [0; LIMBS];
    for (place, (limb, modulus)) in result.iter_mut().zip(limbs.iter().zip(&MODULUS)) {
        let value = limb + times * i64::from(*modulus) + carry;
        *place = (value & MASK as i64) as u32;
        carry = value >> BITS;
    }
    (Fr(result), carry)
}

/// The number below the modulus that stands for an element, in Montgomery's form as it is.
fn canonical(element: &Fr) -> Words {
    let mut words = join(&element.0);
    while !below(&words, &MODULUS_WORDS) {
        minus(&mut words, &MODULUS_WORDS);
    }
    words
}

fn split(words: &Words) -> [u32; LIMBS] {
    let [a, b, c, d] = *words;
    let limb = |value: u64| (value & MASK) as u32;
    [
        limb(a),
        limb(a >> 29),
        limb(a >> 58 | b << 6),
        limb(b >> 23),
        limb(b >> 52 | c << 12),
        limb(c >> 17),
        limb(c >> 46 | d << 18),
        limb(d >> 11),
        limb(d >> 40),
    ]
}

fn join(limbs: &[u32; LIMBS]) -> Words {
    let [a, b, c, d, e, f, g, h, i] = limbs.map(u64::from);
    [
        a | b << 29 | c << 58,
        c >> 6 | d << 23 | e << 52,
        e >> 12 | f << 17 | g << 46,
        g >> 18 | h << 11 | i << 40,
    ]
}

/// Whether one number is below another.
#[inline(always)]
pub fn below(a: &Words, b: &Words) -> bool {
    for k in (0..4).rev() {
        if a[k] != b[k] {
            return a[k] < b[k];
        }
    }
    false
}

#[inline(always)]
const fn halve(number: &mut Words) {
    let [a, b, c, d] = *number;
    *number = [a >> 1 | b << 63, b >> 1 | c << 63, c >> 1 | d << 63, d >> 1];
}

#[inline(always)]
const fn double(number: &mut Words) {
    let [a, b, c, d] = *number;
    *number = [a << 1, b << 1 | a >> 63, c << 1 | b >> 63, d << 1 | c >> 63];
}

#[inline(always)]
fn plus(number: &mut Words, other: &Words) {
    let mut carry = 0;
    for (place, addend) in number.iter_mut().zip(other) {
        let sum = place.wrapping_add(*addend);
        let total = sum.wrapping_add(carry);
        carry = u64::from(sum < *addend) | u64::from(total < sum);
        *place = total;
    }
}

#[inline(always)]
fn minus(number: &mut Words, other: &Words) {
    let mut borrow = 0;
    for (place, subtrahend) in number.iter_mut().zip(other) {
        let difference = place.wrapping_sub(*subtrahend);
        let total = difference.wrapping_sub(borrow);
        borrow = u64::from(*place < *subtrahend) | u64::from(difference < borrow);
        *place = total;
    }
}

#[cfg(test)]
mod tests;
