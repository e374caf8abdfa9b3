//! The public schedule of batches: which rows of the dataset a training step reads.
//!
//! The dataset is an ordered list of shards, and the training stream is a sequence of epochs.
//! In each epoch the shards are permuted, and the rows inside each shard are permuted; all
//! rows of a shard stay together, so a link touches few shards. The stream runs on over the
//! ends of epochs: a batch may hold the last rows of one epoch and the first of the next.
//!
//! A program that reads in order takes no permutation: shards and rows as they are stored.
//!
//! On the wrapped channel, where a circuit has to find the rows, each is drawn from all of them
//! ([`draws`]), and there are no epochs.
//!
//! # Permutations
//! Fisher-Yates from the end: for `i = n-1, ..., 1` swap entries `i` and
//! `floor(u * (i + 1) / 2^64)`, where `u` is the next little-endian 64-bit word of
//! `BLAKE3 derive_key("zkpot/v1/schedule", seed || epoch || shard)` read as an extendable
//! output; `epoch` is 8 bytes and `shard` 4, little-endian, and `shard` is `0xffffffff` for
//! the order of the shards themselves. A word maps to an index with a bias below `n / 2^64`.

pub mod draws;

use alloc::vec::Vec;

use blake3::{Hasher, OutputReader};
use zkpot_ir::Reading;

use crate::channel::ChannelKind;
use crate::effort::{DRAWN, PERMUTATION, SHUFFLED};

/// Key of every permutation of the schedule.
const CONTEXT: &str = "zkpot/v1/schedule";
/// Stands in place of a shard's index where the shards themselves are permuted.
const ORDER_OF_SHARDS: u32 = u32::MAX;
/// Most rows that one call selects.
const MAX_SELECTED: u64 = 1 << 28;
/// Most shards of a dataset.
const MAX_SHARDS: usize = 1 << 16;
/// Most rows of one shard.
const MAX_SHARD_ROWS: u32 = 1 << 24;
/// Bytes drawn from the output at a time: one BLAKE3 block.
const BLOCK: usize = 64;

/// What determines the order in which training reads the dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Public randomness of the whole run.
    pub seed: [u8; 32],
    /// Number of rows of each shard, in the dataset's order.
    pub shard_rows: Vec<u32>,
    /// Whether rows are permuted.
    pub reading: Reading,
    /// The run's channel: on the wrapped one rows are drawn instead.
    pub channel: ChannelKind,
}

/// A row of the dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Row {
    /// Index of the shard.
    pub shard: u32,
    /// Index of the row within the shard.
    pub row: u32,
}

/// A schedule that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// No shards, or too many.
    #[error("a dataset has 1 to 65,536 shards, not {found}")]
    Shards {
        /// Number of shards.
        found: usize,
    },
    /// An empty or an oversized shard.
    #[error("shard {shard} has {rows} rows: a shard has 1 to 2^24")]
    ShardRows {
        /// Index of the shard.
        shard: usize,
        /// Its number of rows.
        rows: u32,
    },
    /// More rows than one call selects.
    #[error("{steps} steps of {batch} rows: at most 2^28 rows are selected at a time")]
    TooManyRows {
        /// Steps asked for.
        steps: u32,
        /// Rows of a step.
        batch: u32,
    },
    /// The place in the stream does not fit 64 bits.
    #[error("step {first_step} lies beyond row 2^64 of the stream")]
    TooFar {
        /// First step asked for.
        first_step: u64,
    },
}

impl Schedule {
    /// Rows of the steps `first_step .. first_step + steps`, `batch` rows a step.
    ///
    /// # Arguments
    /// `first_step` counts from the start of the run, so equal steps of different links agree.
    ///
    /// # Returns
    /// `steps * batch` rows; entry `t * batch + b` is row `b` of step `first_step + t`. Time and
    /// memory are linear in the result, the number of shards and the sizes of touched shards.
    ///
    /// # Errors
    /// A [`ScheduleError`] where the dataset or the request exceeds the limits stated there.
    pub fn rows(&self, first_step: u64, steps: u32, batch: u32) -> Result<Vec<Row>, ScheduleError> {
        let length = self.length()?;
        let wanted = u64::from(steps) * u64::from(batch);
        if wanted > MAX_SELECTED {
            return Err(ScheduleError::TooManyRows { steps, batch });
        }
        let start = first_step
            .checked_mul(u64::from(batch))
            .filter(|start| start.checked_add(wanted).is_some())
            .ok_or(ScheduleError::TooFar { first_step })?;

        if self.reading == Reading::Shuffled && self.channel == ChannelKind::Wrapped {
            return Ok(self.draw(first_step, steps, batch, length));
        }
        // At most 2^28, so it fits.
        let mut rows = Vec::with_capacity(wanted as usize);
        self.visit(start, wanted, length, |visit| {
            let permuted = self.permutation(visit.epoch, visit.shard, visit.rows);
            let chosen = permuted.into_iter().skip(visit.skip as usize).take(visit.take as usize);
            rows.extend(chosen.map(|row| Row { shard: visit.shard, row }));
        });
        Ok(rows)
    }

    /// Units of work ([`crate::effort`]) of [`Schedule::rows`], which permutes the shards that it touches.
    ///
    /// # Errors
    /// As [`Schedule::rows`].
    pub fn effort(&self, first_step: u64, steps: u32, batch: u32) -> Result<u64, ScheduleError> {
        let length = self.length()?;
        let wanted = u64::from(steps) * u64::from(batch);
        let mut drawn = DRAWN.saturating_mul(wanted);
        let mut shuffled = self.shard_rows.len() as u64;
        if self.channel == ChannelKind::Wrapped && self.reading == Reading::Shuffled {
            let each = PERMUTATION.saturating_mul(draws::permutations(batch));
            drawn = drawn.saturating_add(each.saturating_mul(steps.into()));
        } else {
            let start = first_step.saturating_mul(u64::from(batch));
            self.visit(start, wanted.min(MAX_SELECTED), length, |visit| {
                shuffled = shuffled.saturating_add(visit.rows.into());
            });
        }
        Ok(drawn.saturating_add(SHUFFLED.saturating_mul(shuffled)))
    }

    /// Visits the shards that hold `wanted` rows of the stream, from `start` on, one after another.
    fn visit(&self, start: u64, mut wanted: u64, length: u64, mut visit: impl FnMut(Visit)) {
        let (mut epoch, mut skip) = (start / length, start % length);
        while wanted > 0 {
            let shards = self.shard_rows.len() as u32;
            for shard in self.permutation(epoch, ORDER_OF_SHARDS, shards) {
                let rows = self.shard_rows[shard as usize];
                let left = u64::from(rows).saturating_sub(skip);
                if left > 0 && wanted > 0 {
                    let take = left.min(wanted);
                    visit(Visit { epoch, shard, rows, skip: skip as u32, take: take as u32 });
                    wanted -= take;
                }
                skip = skip.saturating_sub(rows.into());
            }
            // Reached only while rows are missing, so `epoch` stays below 2^64.
            epoch = epoch.wrapping_add(1);
        }
    }

    /// Rows of the steps that count in a program's outputs: all, or, in order, each row once.
    ///
    /// # Errors
    /// As [`Schedule::rows`].
    pub fn counted(&self, first_step: u64, steps: u32, batch: u32) -> Result<usize, ScheduleError> {
        let rows = u64::from(steps) * u64::from(batch);
        let counted = match self.reading {
            Reading::Shuffled => rows,
            Reading::InOrder => {
                let start = first_step.saturating_mul(u64::from(batch));
                self.length()?.saturating_sub(start).min(rows)
            }
        };
        // At most 2^28 rows are selected at a time, and a step has fewer than 2^32.
        usize::try_from(counted).map_err(|_| ScheduleError::TooManyRows { steps, batch })
    }

    /// Rows of the dataset, or why it is refused.
    fn length(&self) -> Result<u64, ScheduleError> {
        if self.shard_rows.is_empty() || self.shard_rows.len() > MAX_SHARDS {
            return Err(ScheduleError::Shards { found: self.shard_rows.len() });
        }
        let fault = self.shard_rows.iter().position(|&rows| rows == 0 || rows > MAX_SHARD_ROWS);
        if let Some(shard) = fault {
            return Err(ScheduleError::ShardRows { shard, rows: self.shard_rows[shard] });
        }
        Ok(self.shard_rows.iter().map(|&rows| u64::from(rows)).sum())
    }

    /// Rows of steps that are drawn from all `length` of them.
    fn draw(&self, first_step: u64, steps: u32, batch: u32, length: u64) -> Vec<Row> {
        let ends: Vec<u64> = self
            .shard_rows
            .iter()
            .scan(0, |end, &rows| {
                *end += u64::from(rows);
                Some(*end)
            })
            .collect();
        let place = |row: u64| {
            let shard = ends.partition_point(|&end| end <= row);
            let start = shard.checked_sub(1).map_or(0, |before| ends[before]);
            // A shard's number and its rows are below 2^32.
            Row { shard: shard as u32, row: (row - start) as u32 }
        };
        (0..u64::from(steps))
            .flat_map(|step| draws::draw(&self.seed, first_step + step, batch, length))
            .map(place)
            .collect()
    }

    /// The permutation of `0..count` of an epoch's shard (or of the shards).
    fn permutation(&self, epoch: u64, shard: u32, count: u32) -> Vec<u32> {
        if self.reading == Reading::InOrder {
            return (0..count).collect();
        }
        let mut words = Words::new(&self.seed, epoch, shard);
        let mut order: Vec<u32> = (0..count).collect();
        for i in (1..count).rev() {
            let j = (u128::from(words.next()) * (u128::from(i) + 1)) >> 64;
            order.swap(i as usize, j as usize);
        }
        order
    }
}

/// Rows of one shard in one epoch: of the shard's `rows`, permuted, `take` after the first `skip`.
struct Visit {
    epoch: u64,
    shard: u32,
    rows: u32,
    skip: u32,
    take: u32,
}

/// The successive 64-bit words of one extendable output.
struct Words {
    output: OutputReader,
    block: [u8; BLOCK],
    used: usize,
}

impl Words {
    fn new(seed: &[u8; 32], epoch: u64, shard: u32) -> Self {
        let mut hasher = Hasher::new_derive_key(CONTEXT);
        hasher.update(seed).update(&epoch.to_le_bytes()).update(&shard.to_le_bytes());
        Self { output: hasher.finalize_xof(), block: [0; BLOCK], used: BLOCK }
    }

    fn next(&mut self) -> u64 {
        if self.used == BLOCK {
            self.output.fill(&mut self.block);
            self.used = 0;
        }
        let mut word = [0; 8];
        word.copy_from_slice(&self.block[self.used..self.used + 8]);
        self.used += 8;
        u64::from_le_bytes(word)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn schedule(shard_rows: Vec<u32>) -> Schedule {
        Schedule {
            seed: [7; 32],
            shard_rows,
            reading: Reading::Shuffled,
            channel: ChannelKind::Hiding,
        }
    }

    #[test]
    fn drawn_rows_come_from_every_shard_and_from_their_step_alone() {
        let drawn = Schedule { channel: ChannelKind::Wrapped, ..schedule(vec![3, 4, 5]) };
        let rows = drawn.rows(0, 200, 3).unwrap();
        assert_eq!(rows[30..], drawn.rows(10, 190, 3).unwrap());
        let mut seen = rows.clone();
        seen.sort_unstable();
        seen.dedup();
        let all = [3, 4, 5].into_iter().zip(0..);
        let all = all.flat_map(|(rows, shard)| (0..rows).map(move |row| Row { shard, row }));
        assert_eq!(seen, all.collect::<Vec<_>>());
        let permuted = Schedule { channel: ChannelKind::Clear, ..drawn };
        assert_ne!(rows[..12], permuted.rows(0, 4, 3).unwrap());
    }

    #[test]
    fn an_epoch_visits_every_row_once_and_keeps_shards_together() {
        let schedule = schedule(vec![5, 1, 9, 3]);
        let mut rows = schedule.rows(0, 6, 3).unwrap();
        assert_eq!(rows.chunk_by(|a, b| a.shard == b.shard).count(), 4);
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), 18);
    }

    #[test]
    fn a_window_of_the_stream_is_a_part_of_the_whole() {
        let schedule = schedule(vec![5, 1, 9, 3]);
        let whole = schedule.rows(0, 40, 4).unwrap();
        for first in 0..39u32 {
            let part = schedule.rows(first.into(), 1, 4).unwrap();
            assert_eq!(part, whole[first as usize * 4..][..4]);
        }
    }

    #[test]
    fn epochs_and_seeds_differ() {
        let a = schedule(vec![64]);
        let first = a.rows(0, 1, 64).unwrap();
        assert_ne!(first, a.rows(1, 1, 64).unwrap());
        let b = Schedule { seed: [8; 32], ..a };
        assert_ne!(first, b.rows(0, 1, 64).unwrap());
    }

    #[test]
    fn requests_beyond_the_limits_are_refused() {
        assert_eq!(schedule(vec![]).rows(0, 1, 1), Err(ScheduleError::Shards { found: 0 }));
        assert_eq!(
            schedule(vec![1; MAX_SHARDS + 1]).rows(0, 1, 1),
            Err(ScheduleError::Shards { found: MAX_SHARDS + 1 })
        );
        assert_eq!(
            schedule(vec![3, 0]).rows(0, 1, 1),
            Err(ScheduleError::ShardRows { shard: 1, rows: 0 })
        );
        let rows = MAX_SHARD_ROWS + 1;
        assert_eq!(
            schedule(vec![rows]).rows(0, 1, 1),
            Err(ScheduleError::ShardRows { shard: 0, rows })
        );
        let one = schedule(vec![1]);
        let (steps, batch) = (1 << 14, (1 << 14) + 1);
        assert_eq!(one.rows(0, steps, batch), Err(ScheduleError::TooManyRows { steps, batch }));
        let first_step = u64::MAX / 2;
        assert_eq!(one.rows(first_step, 1, 3), Err(ScheduleError::TooFar { first_step }));
        assert_eq!(one.rows(u64::MAX, 1, 1), Err(ScheduleError::TooFar { first_step: u64::MAX }));
    }

    #[test]
    fn nothing_is_asked_for_and_nothing_selected() {
        assert_eq!(schedule(vec![2]).rows(u64::MAX, 0, 1), Ok(vec![]));
        assert_eq!(schedule(vec![2]).rows(5, 4, 0), Ok(vec![]));
    }
}
