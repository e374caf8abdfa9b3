//! Well-formedness and integer bounds.
//!
//! The bounds rest on proven ranges alone: a committed tensor lies in its declared range
//! because the proof checks it, and a virtual tensor lies in the interval that follows from
//! its operands. Every interval stays within half the field, so an equation over the field
//! is an equation over the integers (docs/spec/arithmetic.md, 'No wrap-around').

mod functions;
mod random;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::support::{effort, meeting};
use crate::{
    ARITHMETIC_VERSION, Effort, MODULUS, Node, Operand, Program, ProgramError, State, Table,
    TensorId, Term,
};

/// A closed interval of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Least value.
    pub lo: i64,
    /// Greatest value.
    pub hi: i64,
}

/// An interval of every tensor of a program, as [`Program::check`] computes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds(pub Vec<Interval>);

/// Half the field, exclusive.
const LIMIT: i128 = (MODULUS / 2) as i128;
/// Elements of one tensor within one step.
const MAX_ELEMENTS: u64 = 1 << 28;
/// The longest axis: the verifier holds vectors along an axis, never a whole tensor.
const MAX_LENGTH: u32 = 1 << 20;
const MAX_TENSORS: usize = 1 << 16;
const MAX_WINDOW: u32 = 1 << 10;
const MAX_RANK: usize = 8;
const MAX_LABELS: usize = 16;
/// Places of an index of several labels, and elements of a public tensor.
const MAX_PLACES: u64 = 1 << 20;
/// Strides and offsets of an index: with labels of at most 2^28 places no sum leaves 64 bits.
const MAX_STRIDE: u32 = 1 << 28;
/// Claims that the relations of one link expand into.
const MAX_CLAIMS: u64 = 1 << 18;

#[derive(Clone, Copy)]
struct Wide {
    lo: i128,
    hi: i128,
}

impl Wide {
    const ZERO: Self = Self { lo: 0, hi: 0 };

    fn of(interval: Interval) -> Self {
        Self { lo: interval.lo.into(), hi: interval.hi.into() }
    }

    fn add(self, other: Self) -> Option<Self> {
        Some(Self { lo: self.lo.checked_add(other.lo)?, hi: self.hi.checked_add(other.hi)? })
    }

    fn mul(self, other: Self) -> Option<Self> {
        let corners = [
            self.lo.checked_mul(other.lo)?,
            self.lo.checked_mul(other.hi)?,
            self.hi.checked_mul(other.lo)?,
            self.hi.checked_mul(other.hi)?,
        ];
        Some(Self { lo: corners.into_iter().min()?, hi: corners.into_iter().max()? })
    }

    fn scale(self, factor: i128) -> Option<Self> {
        self.mul(Self { lo: factor, hi: factor })
    }

    /// `count` values of this interval added up.
    fn times(self, count: i128) -> Option<Self> {
        Some(Self { lo: self.lo.checked_mul(count)?, hi: self.hi.checked_mul(count)? })
    }

    fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    fn magnitude(self) -> i128 {
        self.lo.unsigned_abs().max(self.hi.unsigned_abs()).try_into().unwrap_or(i128::MAX)
    }

    /// Narrows, or says how many bits too many there are.
    fn checked(bound: Option<Self>, node: &str) -> Result<Interval, ProgramError> {
        let bits = match bound {
            Some(b) if b.magnitude() < LIMIT => {
                // Below 2^63, so both ends fit.
                return Ok(Interval { lo: b.lo as i64, hi: b.hi as i64 });
            }
            Some(b) => 128 - b.magnitude().leading_zeros(),
            None => 128,
        };
        Err(ProgramError::Overflow { node: node.to_owned(), bits, excess: bits.saturating_sub(62) })
    }
}

fn fault<T>(place: &str, reason: &'static str) -> Result<T, ProgramError> {
    Err(ProgramError::Structure { place: place.to_owned(), reason })
}

/// Gaps leave a row, and their rows are that row once more: so a range that holds the listed
/// values holds all of them, and the proof can do without the gaps.
fn check_gaps(table: &Table) -> Result<(), ProgramError> {
    let mut end = None;
    for gap in &table.gaps {
        if gap.rows == 0 || end.is_some_and(|end| u64::from(gap.row) <= end) {
            return fault(&table.name, "gaps are in order, apart, and of at least one row");
        }
        end = Some(u64::from(gap.row) + u64::from(gap.rows));
    }
    if end.is_some_and(|end| end > table.len() as u64) || table.first_listed() == table.len() {
        return fault(&table.name, "gaps lie within their table and leave a row");
    }
    let listed = table.first_listed();
    for column in &table.columns {
        if table.unlisted().any(|row| column[row] != column[listed]) {
            return fault(&table.name, "rows in gaps repeat the first listed one");
        }
    }
    Ok(())
}

impl Program {
    /// The tensor's name; a fixed text for an index that does not exist.
    fn name_of(&self, id: TensorId) -> &str {
        self.tensors.get(id as usize).map_or("(no such tensor)", |t| t.name.as_str())
    }

    /// For each state whose next value is a sum that adds something to the state itself: that node, and the
    /// state's own term in it.
    pub fn accumulations(&self) -> Vec<Option<(usize, usize)>> {
        let mut sums = vec![None; self.tensors.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            if let Node::Sum { out, terms, .. } = node
                && let Some(sum) = sums.get_mut(*out as usize)
            {
                *sum = Some((index, terms));
            }
        }
        let accumulation = |state: &State| {
            let (node, terms) = (*sums.get(state.next as usize)?)?;
            let rank = self.tensors.get(state.tensor as usize)?.shape.len();
            let identity: Vec<u8> = (0..rank as u8).collect();
            let own = terms.iter().position(|t| {
                t.coefficient == 1
                    && t.scalar.is_none()
                    && t.right.is_none()
                    && t.left.is_plain(state.tensor, &identity)
            });
            Some((node, own?))
        };
        self.states.iter().map(accumulation).collect()
    }

    /// Checks the whole program and bounds every tensor.
    ///
    /// # Errors
    /// A [`ProgramError`] that names the first node or tensor at fault.
    pub fn check(&self) -> Result<Bounds, ProgramError> {
        self.check_within(&mut Effort::new(u64::MAX))
    }

    /// [`Program::check`], which ends before it takes more than it may.
    ///
    /// # Errors
    /// Those of [`Program::check`], and [`ProgramError::Effort`].
    pub fn check_within(&self, effort: &mut Effort) -> Result<Bounds, ProgramError> {
        if self.arithmetic != ARITHMETIC_VERSION {
            return Err(ProgramError::Arithmetic {
                found: self.arithmetic,
                known: ARITHMETIC_VERSION,
            });
        }
        self.check_tensors()?;
        let produced = self.check_producers()?;
        self.check_tables()?;
        let mut intervals: Vec<Option<Interval>> = self
            .tensors
            .iter()
            .map(|t| t.range.map(|r| Interval { lo: r.lo, hi: r.hi() }))
            .collect();
        let accumulations = self.accumulations();
        self.widen_states(&accumulations, &mut intervals)?;
        for node in &self.nodes {
            self.check_node(node, &mut intervals, effort)?;
        }
        self.check_states(&produced, &accumulations)?;
        self.check_claims()?;
        self.check_monitor()?;
        self.check_outputs(&intervals)?;
        self.check_random()?;
        let all = intervals.into_iter().collect::<Option<Vec<_>>>();
        all.map(Bounds).ok_or_else(|| ProgramError::Structure {
            place: self.name.clone(),
            reason: "a tensor is computed by no node",
        })
    }

    fn check_tensors(&self) -> Result<(), ProgramError> {
        if self.tensors.len() > MAX_TENSORS || self.nodes.len() > MAX_TENSORS {
            return fault(&self.name, "more than 65,536 tensors or nodes");
        }
        if self.outputs.len() > 16 {
            return fault(&self.name, "more than 16 outputs");
        }
        if self.batch == 0 || self.max_steps == 0 || self.max_steps > 1 << 20 {
            return fault(
                &self.name,
                "batch and longest link must be positive, the link at most 2^20 steps",
            );
        }
        let window = 1..=MAX_WINDOW;
        if !window.contains(&self.window) || !self.batch.is_multiple_of(self.window) {
            return fault(&self.name, "a window has 1 to 1,024 training steps of equal batches");
        }
        let mut names: Vec<&String> = self.tensors.iter().map(|t| &t.name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return fault(pair[0], "two tensors have this name");
        }
        let roles = self.data.iter().map(|f| &f.name).chain(self.states.iter().map(|s| &s.name));
        let mut roles: Vec<&String> = roles.chain(self.scalars.iter().map(|s| &s.name)).collect();
        roles.sort_unstable();
        if let Some(pair) = roles.windows(2).find(|pair| pair[0] == pair[1]) {
            return fault(pair[0], "two data fields, states or scalars have this name");
        }
        for tensor in &self.tensors {
            let mut elements = 1u64;
            for &length in &tensor.shape {
                elements = elements.saturating_mul(u64::from(length));
            }
            if tensor.shape.len() > MAX_RANK || elements == 0 || elements > MAX_ELEMENTS {
                return fault(
                    &tensor.name,
                    "the shape must have at most 8 axes and 1 to 2^28 elements",
                );
            }
            if tensor.shape.iter().any(|&length| length > MAX_LENGTH) {
                return fault(&tensor.name, "an axis has at most 2^20 elements");
            }
            if tensor.scale.numerator == 0 || tensor.scale.denominator == 0 {
                return fault(&tensor.name, "the scale must be positive");
            }
            if let Some(range) = tensor.range
                && (range.bits == 0 || range.bits > 48 || range.lo.unsigned_abs() > 1 << 48)
            {
                return fault(
                    &tensor.name,
                    "a range has 1 to 48 bits and starts within 2^48 of zero",
                );
            }
        }
        for scalar in &self.scalars {
            if scalar.lo > scalar.hi
                || scalar.lo.unsigned_abs().max(scalar.hi.unsigned_abs()) > 1 << 48
            {
                return fault(&scalar.name, "a public scalar needs lo <= hi within 2^48 of zero");
            }
        }
        Ok(())
    }

    /// Every tensor has one producer, committed tensors have ranges and virtual ones do not,
    /// and nodes read only what was computed before. Returns which tensors are virtual.
    fn check_producers(&self) -> Result<Vec<bool>, ProgramError> {
        let mut known = vec![false; self.tensors.len()];
        let mut is_virtual = vec![false; self.tensors.len()];
        let mut produce = |id: TensorId, committed: bool| -> Result<(), ProgramError> {
            let Some(tensor) = self.tensors.get(id as usize) else {
                return fault(&self.name, "a node or input names a tensor that does not exist");
            };
            if core::mem::replace(&mut known[id as usize], true) {
                return fault(&tensor.name, "computed twice");
            }
            if tensor.range.is_some() != committed {
                return fault(
                    &tensor.name,
                    "committed tensors declare a range; sums, constants and random tensors do not",
                );
            }
            is_virtual[id as usize] = !committed;
            Ok(())
        };
        for field in &self.data {
            produce(field.tensor, true)?;
            let shape = &self.tensors[field.tensor as usize].shape;
            if shape.first() != Some(&self.batch) {
                return fault(&field.name, "the first axis of a data field is the batch");
            }
        }
        for state in &self.states {
            produce(state.tensor, true)?;
        }
        let mut readable = Vec::new();
        for node in &self.nodes {
            readable.push(node.inputs());
            for out in node.outputs() {
                produce(out, !node.is_virtual())?;
            }
        }
        // A second pass in order: inputs must come from data, states or earlier nodes.
        let mut seen = vec![false; self.tensors.len()];
        for id in self.data.iter().map(|f| f.tensor).chain(self.states.iter().map(|s| s.tensor)) {
            seen[id as usize] = true;
        }
        for (node, inputs) in self.nodes.iter().zip(readable) {
            for id in inputs {
                if seen.get(id as usize) != Some(&true) {
                    return fault(self.name_of(id), "read before it is computed");
                }
            }
            for out in node.outputs() {
                seen[out as usize] = true;
            }
        }
        Ok(is_virtual)
    }

    fn check_tables(&self) -> Result<(), ProgramError> {
        for table in &self.tables {
            if table.bits == 0 || table.bits > 22 || table.first.unsigned_abs() > 1 << 48 {
                return fault(
                    &table.name,
                    "a table has 1 to 22 bits and starts within 2^48 of zero",
                );
            }
            if table.columns.is_empty() || table.columns.len() > 4 {
                return fault(&table.name, "a table has 1 to 4 columns");
            }
            for column in &table.columns {
                if column.len() != table.len() {
                    return fault(&table.name, "every column has 2^bits values");
                }
                if column.iter().any(|v| v.unsigned_abs() > 1 << 48) {
                    return fault(&table.name, "a value is further than 2^48 from zero");
                }
            }
            check_gaps(table)?;
        }
        Ok(())
    }

    /// An accumulated state is range-proven when a link starts and ends; in between it can
    /// leave its range by what `max_steps` increments add.
    fn widen_states(
        &self,
        accumulations: &[Option<(usize, usize)>],
        intervals: &mut [Option<Interval>],
    ) -> Result<(), ProgramError> {
        let mut grows = vec![false; self.tensors.len()];
        for (state, _) in self.states.iter().zip(accumulations).filter(|(_, sum)| sum.is_some()) {
            grows[state.tensor as usize] = true;
        }
        for (state, &accumulation) in self.states.iter().zip(accumulations) {
            let Some((node, identity)) = accumulation else { continue };
            let Node::Sum { summed, terms, constant, .. } = &self.nodes[node] else { continue };
            let name = self.name_of(state.next);
            let lengths = self.label_lengths(state.next, summed, terms)?;
            let rank = self.tensors[state.next as usize].shape.len();
            let mut step = Some(Wide { lo: (*constant).into(), hi: (*constant).into() });
            for (position, term) in terms.iter().enumerate() {
                if position == identity {
                    continue;
                }
                // A state that grows during the link has no range of its own between its ends.
                if grows[term.left.tensor as usize] || term.right.is_some() {
                    return fault(
                        name,
                        "a state's update adds committed tensors to the state, nothing else",
                    );
                }
                let Some(range) = self.tensors[term.left.tensor as usize].range else {
                    return fault(
                        name,
                        "a state's update adds committed tensors to the state, nothing else",
                    );
                };
                let operand = Wide::of(Interval { lo: range.lo, hi: range.hi() });
                let bound = self.term_bound(term, &lengths, rank, operand, None);
                step = step.zip(bound).and_then(|(a, b)| a.add(b));
            }
            let steps = i128::from(self.max_steps);
            let start = intervals[state.tensor as usize].map(Wide::of).unwrap_or(Wide::ZERO);
            let end = step.and_then(|s| s.times(steps)).and_then(|s| s.add(start));
            let hull = end.map(|e| e.hull(start));
            intervals[state.tensor as usize] = Some(Wide::checked(hull, name)?);
        }
        Ok(())
    }

    /// The length of each label of a sum, after checking that its operands fit it.
    fn label_lengths(
        &self,
        out: TensorId,
        summed: &[u32],
        terms: &[Term],
    ) -> Result<Vec<u32>, ProgramError> {
        let name = self.name_of(out);
        let mut lengths = self.tensors[out as usize].shape.clone();
        lengths.extend(summed);
        if lengths.len() > MAX_LABELS {
            return fault(name, "a sum has at most 16 labels");
        }
        if summed.iter().any(|&length| length == 0 || u64::from(length) > MAX_ELEMENTS) {
            return fault(name, "a label that is summed over has 1 to 2^28 places");
        }
        for operand in terms.iter().flat_map(|t| core::iter::once(&t.left).chain(&t.right)) {
            self.check_operand(name, operand, &lengths)?;
        }
        Ok(lengths)
    }

    fn check_operand(
        &self,
        name: &str,
        operand: &Operand,
        lengths: &[u32],
    ) -> Result<(), ProgramError> {
        let shape = &self.tensors[operand.tensor as usize].shape;
        if shape.len() != operand.axes.len() {
            return fault(name, "an operand has an index for each axis");
        }
        let mut seen = [false; MAX_LABELS];
        for index in &operand.axes {
            if index.divisor == 0 || index.offset.unsigned_abs() > MAX_STRIDE {
                return fault(name, "an index has a divisor, and an offset within 2^28 of zero");
            }
            let mut places = 1u64;
            for &(label, stride) in &index.labels {
                let Some(&length) = lengths.get(label as usize) else {
                    return fault(name, "an operand names a label that the sum does not have");
                };
                if core::mem::replace(&mut seen[label as usize], true) {
                    return fault(name, "an operand repeats a label");
                }
                if stride == 0 || stride.unsigned_abs() > MAX_STRIDE {
                    return fault(name, "the stride of a label is not zero and within 2^28 of it");
                }
                places = places.saturating_mul(u64::from(length));
            }
            // The verifier visits them one by one.
            if index.labels.len() > 1 && places > MAX_PLACES {
                return fault(name, "the labels of one axis have at most 2^20 places together");
            }
        }
        Ok(())
    }

    /// The interval of an operand's values, with the zero that it has outside its axes.
    fn operand_bound(&self, operand: &Operand, lengths: &[u32], values: Wide) -> Wide {
        let shape = &self.tensors[operand.tensor as usize].shape;
        let length = |label: u8| lengths.get(label as usize).copied().unwrap_or(1);
        let covered =
            operand.axes.iter().zip(shape).all(|(index, &axis)| index.covers(axis, length));
        if covered { values } else { values.hull(Wide::ZERO) }
    }

    /// The interval of a term, from those of its operands' tensors.
    fn term_bound(
        &self,
        term: &Term,
        lengths: &[u32],
        rank: usize,
        left: Wide,
        right: Option<Wide>,
    ) -> Option<Wide> {
        let mut summed = 1i128;
        for (label, &length) in lengths.iter().enumerate().skip(rank) {
            let mut operands = core::iter::once(&term.left).chain(&term.right);
            if operands.any(|operand| operand.labels().any(|used| usize::from(used) == label)) {
                summed = summed.checked_mul(length.into())?;
            }
        }
        let mut bound = self.operand_bound(&term.left, lengths, left);
        if let (Some(operand), Some(right)) = (&term.right, right) {
            bound = bound.mul(self.operand_bound(operand, lengths, right))?;
        }
        bound = bound.times(summed)?.scale(term.coefficient.into())?;
        if let Some(scalar) = term.scalar {
            let scalar = self.scalars.get(scalar as usize)?;
            bound = bound.mul(Wide { lo: scalar.lo.into(), hi: scalar.hi.into() })?;
        }
        Some(bound)
    }

    fn check_node(
        &self,
        node: &Node,
        intervals: &mut [Option<Interval>],
        spent: &mut Effort,
    ) -> Result<(), ProgramError> {
        let interval = |id: TensorId| intervals[id as usize].map_or(Wide::ZERO, Wide::of);
        let shape = |id: TensorId| self.tensors[id as usize].shape.as_slice();
        match node {
            Node::Constant { out, values } => {
                let name = self.name_of(*out);
                let elements: u64 = shape(*out).iter().map(|&length| u64::from(length)).product();
                if elements > MAX_PLACES || values.len() as u64 != elements {
                    return fault(name, "a constant has a value for each of at most 2^20 elements");
                }
                let (lo, hi) =
                    values.iter().fold((i64::MAX, i64::MIN), |(lo, hi), &v| (lo.min(v), hi.max(v)));
                if lo < -(1 << 48) || hi > 1 << 48 {
                    return fault(name, "a constant's values are within 2^48 of zero");
                }
                intervals[*out as usize] = Some(Interval { lo, hi });
            }
            Node::Bernoulli { out, numerator, bits, .. } => {
                intervals[*out as usize] = Some(self.check_probability(*out, *numerator, *bits)?);
            }
            Node::Sum { out, summed, terms, constant } => {
                let name = self.name_of(*out);
                if terms.is_empty() || terms.len() > 64 {
                    return fault(name, "a sum has 1 to 64 terms");
                }
                let lengths = self.label_lengths(*out, summed, terms)?;
                spent.spend(effort(terms, &self.tensors, &lengths, shape(*out).len()))?;
                let mut summands = Vec::with_capacity(terms.len());
                for term in terms {
                    if term.coefficient == 0 || term.coefficient.unsigned_abs() > 1 << 48 {
                        return fault(name, "a coefficient is not zero and within 2^48 of zero");
                    }
                    if term.scalar.is_some_and(|s| s as usize >= self.scalars.len()) {
                        return fault(name, "a term names a public scalar that does not exist");
                    }
                    let left = interval(term.left.tensor);
                    let right = term.right.as_ref().map(|r| interval(r.tensor));
                    summands.push(self.term_bound(term, &lengths, shape(*out).len(), left, right));
                }
                // The bound adds magnitudes, so partial sums stay inside it in any order.
                let mut magnitude = 0i128;
                let mut bound: Option<Wide> = None;
                for group in meeting(terms, &self.tensors, &lengths, shape(*out).len()) {
                    let mut own = Some(Wide { lo: (*constant).into(), hi: (*constant).into() });
                    let mut size = i128::from(constant.unsigned_abs());
                    for (number, summand) in summands.iter().enumerate() {
                        if group >> number & 1 == 1 {
                            size = size.saturating_add(summand.map_or(i128::MAX, Wide::magnitude));
                            own = own.zip(*summand).and_then(|(a, b)| a.add(b));
                        }
                    }
                    magnitude = magnitude.max(size);
                    bound = Some(match bound {
                        Some(before) => before.hull(own.unwrap_or(before)),
                        None => own.unwrap_or(Wide::ZERO),
                    });
                }
                // A group without a bound has too great a magnitude.
                Wide::checked(Some(Wide { lo: 0, hi: magnitude }), name)?;
                intervals[*out as usize] = Some(Wide::checked(bound, name)?);
            }
            Node::Rescale { input, out, shift } => {
                let name = self.name_of(*out);
                if shape(*input) != shape(*out) {
                    return fault(name, "input and output have one shape");
                }
                if *shift == 0 || *shift > 48 {
                    return fault(name, "a shift is 1 to 48");
                }
                let half = Wide { lo: 0, hi: 1i128 << *shift };
                Wide::checked(interval(*input).add(half), name)?;
                let quotient = interval(*out).scale(1i128 << *shift).and_then(|q| q.add(half));
                Wide::checked(quotient, name)?;
            }
            Node::Lookup { input, table, outs } => {
                let Some(table) = self.tables.get(*table as usize) else {
                    return fault(&self.name, "a lookup names a table that does not exist");
                };
                let name = outs.first().map_or(table.name.as_str(), |o| self.name_of(*o));
                if outs.len() != table.columns.len()
                    || outs.iter().any(|o| shape(*o) != shape(*input))
                {
                    return fault(name, "one output a column, with the input's shape");
                }
                for (&out, column) in outs.iter().zip(&table.columns) {
                    let range = self.tensors[out as usize].range;
                    if !range.is_some_and(|r| column.iter().all(|v| r.contains(*v))) {
                        return fault(
                            self.name_of(out),
                            "the declared range lacks a value of the table",
                        );
                    }
                }
            }
            Node::OneHot { input, out } => {
                let name = self.name_of(*out);
                let Some((classes, leading)) = shape(*out).split_last() else {
                    return fault(name, "a one-hot tensor has at least one axis");
                };
                if leading != shape(*input) || *classes < 2 {
                    return fault(name, "shape of the input and an axis of 2 or more classes");
                }
                let range = self.tensors[*out as usize].range;
                if range.is_none_or(|r| r.lo != 0 || r.bits != 1) {
                    return fault(name, "a one-hot tensor has the range [0, 2)");
                }
            }
            Node::Max { .. }
            | Node::Divide { .. }
            | Node::Root { .. }
            | Node::Positive { .. }
            | Node::ArgMax { .. } => self.check_function(node, interval)?,
        }
        Ok(())
    }

    fn check_states(
        &self,
        is_virtual: &[bool],
        accumulations: &[Option<(usize, usize)>],
    ) -> Result<(), ProgramError> {
        let mut comes_in = vec![false; self.tensors.len()];
        let inputs = self.data.iter().map(|field| field.tensor);
        for tensor in inputs.chain(self.states.iter().map(|state| state.tensor)) {
            comes_in[tensor as usize] = true;
        }
        if self.states.is_empty() {
            return fault(&self.name, "a program carries at least one state");
        }
        for (state, accumulation) in self.states.iter().zip(accumulations) {
            let Some(next) = self.tensors.get(state.next as usize) else {
                return fault(&state.name, "the next value names a tensor that does not exist");
            };
            let now = &self.tensors[state.tensor as usize];
            if next.shape != now.shape {
                return fault(&state.name, "a state keeps its shape");
            }
            let elements = |shape: &[u32]| {
                shape.iter().try_fold(1u64, |product, &n| product.checked_mul(n.into()))
            };
            if state.shape.len() > MAX_RANK || elements(&state.shape) != elements(&now.shape) {
                return fault(&state.name, "it has as many elements as its tensor");
            }
            let range = now.range.is_some_and(|range| {
                state.initial >= 0
                    && range.contains(state.initial)
                    && range.contains(-state.initial)
            });
            if !range {
                return fault(&state.name, "it starts within its range, on both sides of zero");
            }
            let carried = if is_virtual[state.next as usize] {
                accumulation.is_some()
            } else {
                // A state that is never updated (a frozen parameter) is its own next value.
                state.next == state.tensor
                    || (next.range == now.range && !comes_in[state.next as usize])
            };
            if !carried {
                return fault(
                    &state.name,
                    "the next value is a committed tensor of the same range, or the state plus committed tensors",
                );
            }
        }
        Ok(())
    }

    /// Bounds the claims that a link makes: a claim on a sum becomes claims on its operands, so
    /// sums of sums and products of products can grow without end in few nodes.
    fn check_claims(&self) -> Result<(), ProgramError> {
        let mut claims = vec![1u64; self.tensors.len()];
        let mut total = 0u64;
        for node in &self.nodes {
            if let Node::Sum { out, terms, .. } = node {
                claims[*out as usize] = terms.iter().fold(0u64, |sum, term| {
                    let right = term.right.as_ref().map_or(0, |r| claims[r.tensor as usize]);
                    sum.saturating_add(claims[term.left.tensor as usize]).saturating_add(right)
                });
            }
            for input in node.inputs() {
                total = total.saturating_add(claims[input as usize]);
            }
            for output in self.outputs.iter().filter(|o| node.outputs().contains(&o.tensor)) {
                total = total.saturating_add(claims[output.tensor as usize]);
            }
            if total > MAX_CLAIMS {
                let out = node.outputs().first().copied().unwrap_or_default();
                return fault(
                    self.name_of(out),
                    "sums of sums and products of products make more than 2^18 claims; \
                     rescale a tensor in between",
                );
            }
        }
        Ok(())
    }

    /// The interval of an output's total over `steps` steps; zero for an output that is none.
    pub fn output_interval(&self, bounds: &Bounds, output: usize, steps: u32) -> Interval {
        let tensor = self.outputs.get(output).map_or(u32::MAX, |output| output.tensor);
        let interval = bounds.0.get(tensor as usize).copied().map(Wide::of);
        let bound = interval.and_then(|one| self.total_bound(tensor, one, steps));
        // The check has found it within half the field for the longest link.
        Wide::checked(bound, "").unwrap_or(Interval { lo: 0, hi: 0 })
    }

    fn total_bound(&self, tensor: TensorId, one: Wide, steps: u32) -> Option<Wide> {
        let shape = &self.tensors.get(tensor as usize)?.shape;
        let elements = shape.iter().fold(1i128, |all, &length| all * i128::from(length));
        one.times(elements)?.times(steps.into()).map(|all| all.hull(Wide::ZERO))
    }

    fn check_outputs(&self, intervals: &[Option<Interval>]) -> Result<(), ProgramError> {
        for (position, output) in self.outputs.iter().enumerate() {
            let Some(tensor) = self.tensors.get(output.tensor as usize) else {
                return fault(&output.name, "the output names a tensor that does not exist");
            };
            if self.outputs[..position].iter().any(|other| other.name == output.name) {
                return fault(&output.name, "two outputs have this name");
            }
            if tensor.shape.first() != Some(&self.batch) {
                return fault(&output.name, "the first axis of an output is the batch");
            }
            let one = intervals[output.tensor as usize].map_or(Wide::ZERO, Wide::of);
            let total = self.total_bound(output.tensor, one, self.max_steps);
            Wide::checked(total, &tensor.name)?;
        }
        Ok(())
    }

    fn check_monitor(&self) -> Result<(), ProgramError> {
        let Some(monitor) = &self.monitor else { return Ok(()) };
        if monitor.predictions.iter().any(|&shown| shown as usize >= self.tensors.len())
            || monitor.target as usize >= self.data.len()
        {
            return fault(&self.name, "the monitor names a tensor or field that does not exist");
        }
        if monitor.predictions.len() != self.window as usize {
            return fault(&self.name, "the monitor names one prediction for each training step");
        }
        Ok(())
    }
}
