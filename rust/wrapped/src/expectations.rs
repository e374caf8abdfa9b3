//! What a verifier is told to expect of a proof.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use zkpot_protocol::hexadecimal::text as hex;
use zkpot_protocol::spans::{list, text};

use crate::{Error, Receipt, Standing, Word};

/// Letters of a value that a refusal quotes: a context can be as long as its prover likes.
const MOST_QUOTED: usize = 400;

/// What a proof has to be about. What is none is proven about some value only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// Digest of the program.
    pub program: Option<Word>,
    /// The run's first commitment.
    pub first: Option<Word>,
    /// Commitment to the dataset.
    pub shard: Option<Word>,
    /// Of the batch schedule.
    pub nonce: Option<Word>,
    /// Free bytes of the order.
    pub context: Option<Vec<u8>>,
    /// Training steps that the first states have behind them.
    pub earlier_steps: Option<u64>,
    /// Where the run stands before the proof: `end` of the receipt before.
    pub start: Option<Standing>,
    /// Steps of the run after the proof.
    pub steps: Option<u64>,
    /// Each public scalar's integers over the proof's steps, as runs of a value and the number of steps that have it.
    pub scalars: Option<Vec<Vec<(i64, u64)>>>,
    /// Least bits of security.
    pub security: Option<u32>,
    /// Whether proofs are taken that everybody can forge, since the circuit's setup is for tests.
    pub allow_test_srs: bool,
}

impl Expectations {
    /// Compares with what a proof says.
    ///
    /// # Errors
    /// [`Error::Forgeable`], [`Error::Insecure`], [`Error::Unexpected`].
    pub fn require(&self, receipt: &Receipt) -> Result<(), Error> {
        if receipt.test_srs && !self.allow_test_srs {
            return Err(Error::Forgeable);
        }
        let found = receipt.security.bits();
        match self.security {
            Some(want) if want > found => return Err(Error::Insecure { found, want }),
            _ => {}
        }
        let run = &receipt.run;
        same("program", self.program.as_ref(), &receipt.program, |digest| hex(digest))?;
        same("first", self.first.as_ref(), &run.first, |digest| hex(digest))?;
        same("shard", self.shard.as_ref(), &run.shard, |digest| hex(digest))?;
        same("nonce", self.nonce.as_ref(), &run.nonce, |digest| hex(digest))?;
        same("context", self.context.as_ref(), &run.context, |bytes| hex(bytes))?;
        same("earlier_steps", self.earlier_steps.as_ref(), &run.earlier_steps, u64::to_string)?;
        if let Some(start) = &self.start {
            let at = &receipt.start;
            same("start.steps", Some(&start.steps), &at.steps, u64::to_string)?;
            same("start.states", Some(&start.states), &at.states, |digest| hex(digest))?;
            same("start.statement", Some(&start.statement), &at.statement, |digest| hex(digest))?;
        }
        same("steps", self.steps.as_ref(), &receipt.end.steps, u64::to_string)?;
        self.scalars.as_ref().map_or(Ok(()), |wanted| require_scalars(wanted, receipt))
    }
}

/// One value next to another.
fn same<T: PartialEq>(
    field: &'static str,
    wanted: Option<&T>,
    found: &T,
    tell: impl Fn(&T) -> String,
) -> Result<(), Error> {
    match wanted {
        Some(wanted) if wanted != found => Err(Error::Unexpected {
            field,
            expected: quoted(tell(wanted)),
            found: quoted(tell(found)),
        }),
        _ => Ok(()),
    }
}

/// The scalars of all links, scalar by scalar, next to spans of them.
fn require_scalars(wanted: &[Vec<(i64, u64)>], receipt: &Receipt) -> Result<(), Error> {
    let found = spans(receipt);
    // Spans of one value in a row are one.
    let mut merged: Vec<Vec<(i64, u64)>> = Vec::with_capacity(wanted.len());
    for spans in wanted {
        let mut scalar = Vec::with_capacity(spans.len());
        spans.iter().for_each(|&(value, steps)| extend(&mut scalar, value, steps));
        merged.push(scalar);
    }
    same("scalars", Some(&merged), &found, |scalars| tell(scalars))
}

fn tell(scalars: &[Vec<(i64, u64)>]) -> String {
    let each: Vec<String> = scalars.iter().map(|runs| text(runs)).collect();
    list(&each)
}

/// Each scalar over the steps of all links.
fn spans(receipt: &Receipt) -> Vec<Vec<(i64, u64)>> {
    // Steps of a link, which are as many in each.
    let steps = receipt.end.steps.saturating_sub(receipt.start.steps);
    let each = steps.checked_div(receipt.links.len() as u64).unwrap_or_default();
    let each = usize::try_from(each).unwrap_or(usize::MAX).max(1);
    let count = receipt.links.first().map_or(0, |link| link.scalars.len() / each);
    let mut all = alloc::vec![Vec::new(); count];
    for link in &receipt.links {
        for (scalar, values) in all.iter_mut().zip(link.scalars.chunks(each)) {
            values.iter().for_each(|&value| extend(scalar, value, 1));
        }
    }
    all
}

fn extend(spans: &mut Vec<(i64, u64)>, value: i64, steps: u64) {
    match spans.last_mut() {
        _ if steps == 0 => {}
        Some((last, so_far)) if *last == value => *so_far = so_far.saturating_add(steps),
        _ => spans.push((value, steps)),
    }
}

/// The start of a text.
pub(crate) fn quoted(mut text: String) -> String {
    if text.len() > MOST_QUOTED {
        text.truncate(text.floor_char_boundary(MOST_QUOTED));
        text.push_str(" ...");
    }
    text
}
