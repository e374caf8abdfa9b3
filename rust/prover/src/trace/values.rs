//! The values of one tensor within one step, and the interval that they occupy.

use rayon::prelude::*;
use zkpot_ir::Interval;

/// Elements that one thread handles at a time; the chunk stays in the first cache levels.
pub(super) const CHUNK: usize = 1 << 13;

/// A tensor's values, row-major, and their least and greatest.
#[derive(Clone, Debug)]
pub(super) struct Values {
    pub(super) data: Vec<i64>,
    pub(super) interval: Interval,
}

impl Values {
    pub(super) fn zeros(length: usize) -> Self {
        Self { data: vec![0; length], interval: Interval { lo: 0, hi: 0 } }
    }

    /// Replaces the values by a copy.
    pub(super) fn copy_from(&mut self, source: &[i64]) {
        self.data.clear();
        self.data.extend_from_slice(source);
        self.interval = interval(&self.data);
    }

    /// Greatest absolute value.
    pub(super) fn magnitude(&self) -> u64 {
        self.interval.lo.unsigned_abs().max(self.interval.hi.unsigned_abs())
    }
}

/// Least and greatest of `values`; zeros if there are none.
pub(super) fn interval(values: &[i64]) -> Interval {
    let of = |chunk: &[i64]| {
        let start = Interval { lo: i64::MAX, hi: i64::MIN };
        chunk.iter().fold(start, |i, &v| Interval { lo: i.lo.min(v), hi: i.hi.max(v) })
    };
    let hull = |a: Interval, b: Interval| Interval { lo: a.lo.min(b.lo), hi: a.hi.max(b.hi) };
    if values.len() <= 4 * CHUNK {
        let found = of(values);
        return if values.is_empty() { Interval { lo: 0, hi: 0 } } else { found };
    }
    values.par_chunks(CHUNK).map(of).reduce(|| Interval { lo: i64::MAX, hi: i64::MIN }, hull)
}

#[cfg(test)]
mod tests {
    use super::{Interval, interval};

    #[test]
    fn an_interval_holds_the_extremes_wherever_they_are() {
        assert_eq!(interval(&[]), Interval { lo: 0, hi: 0 });
        assert_eq!(interval(&[5]), Interval { lo: 5, hi: 5 });
        for place in [0, 1, 40_000, 99_999] {
            let mut values = vec![3; 100_000];
            values[place] = -4;
            values[99_999 - place] = 9;
            assert_eq!(interval(&values), Interval { lo: -4, hi: 9 });
        }
    }
}
