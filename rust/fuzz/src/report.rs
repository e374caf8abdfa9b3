//! What the executions came to.

use std::collections::BTreeMap;
use std::fmt;

/// How deep an execution came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The program or the head is refused, so that no verifier exists.
    Terms,
    /// The bytes are no link.
    Bytes,
    /// The statement does not fit the run or the program.
    Statement,
    /// The statement is accepted: messages and relations are verified.
    Relations,
    /// All relations hold, and the first opening does not decode.
    Opening,
    /// The first opening is checked.
    FirstOpening,
    /// The first opening holds.
    FurtherOpening,
    /// The last opening is checked.
    LastCheck,
    /// The verifier accepts.
    Accepted,
}

impl Depth {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Terms,
        Self::Bytes,
        Self::Statement,
        Self::Relations,
        Self::Opening,
        Self::FirstOpening,
        Self::FurtherOpening,
        Self::LastCheck,
        Self::Accepted,
    ];
}

/// Counts over executions.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Executions by depth.
    pub depths: [u64; 9],
    /// Executions by depth, those that took failed openings for good.
    pub lenient: [u64; 9],
    /// By strategy: executions and seconds.
    pub strategies: BTreeMap<&'static str, (u64, f64)>,
    /// Executions by kind of refusal.
    pub refusals: BTreeMap<String, u64>,
    /// The longest, in seconds.
    pub seconds: f64,
    /// The largest, in bytes.
    pub bytes: usize,
}

impl Report {
    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        for (sum, count) in self.depths.iter_mut().zip(other.depths) {
            *sum += count;
        }
        for (sum, count) in self.lenient.iter_mut().zip(other.lenient) {
            *sum += count;
        }
        for (name, (count, seconds)) in &other.strategies {
            let sum = self.strategies.entry(name).or_default();
            *sum = (sum.0 + count, sum.1 + seconds);
        }
        for (kind, count) in &other.refusals {
            *self.refusals.entry(kind.clone()).or_default() += count;
        }
        self.seconds = self.seconds.max(other.seconds);
        self.bytes = self.bytes.max(other.bytes);
    }

    /// Executions that came at least so deep, without those that took failed openings for good.
    pub fn reaching(&self, depth: Depth) -> u64 {
        self.depths[depth as usize..].iter().sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: u64 = self.depths.iter().chain(&self.lenient).sum();
        let refused = self.depths[0] + self.lenient[0];
        writeln!(f, "{total} executions, {} of them of the verifier", total - refused)?;
        writeln!(f, "deepest check reached       executions    lenient")?;
        for depth in Depth::ALL {
            let (count, lenient) = (self.depths[depth as usize], self.lenient[depth as usize]);
            writeln!(f, "  {:<24} {count:>12} {lenient:>10}", format!("{depth:?}"))?;
        }
        writeln!(
            f,
            "reaching the first opening: {} ({} checked)",
            self.reaching(Depth::Opening),
            self.reaching(Depth::FirstOpening)
        )?;
        writeln!(f, "reaching the last check:    {}", self.reaching(Depth::LastCheck))?;
        writeln!(f, "strategy                    executions    seconds")?;
        for (name, (count, seconds)) in &self.strategies {
            writeln!(f, "  {name:<24} {count:>12} {seconds:>10.1}")?;
        }
        writeln!(f, "kinds of refusal: {}", self.refusals.len())?;
        write!(f, "longest {:.3} s, largest {} MiB", self.seconds, self.bytes >> 20)
    }
}
