//! A commitment together with the secrets that open it.

use p3_field::PrimeCharacteristicRing;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{MIN_VARIABLES, Polynomial};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{CommitmentScheme, Committer};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::layout::{Layout, RANDOM_ENTRIES, Region};
use zkpot_protocol::pending::Pending;
use zkpot_protocol::security::SecurityLevel;

use crate::error::ProveError;
use crate::witness::place;

/// What a commitment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldKind {
    /// Parameters and optimizer state, in the program's order.
    States,
    /// A data shard with this many rows, its fields in the program's order.
    Shard {
        /// Rows.
        rows: u32,
    },
}

/// The secrets of a commitment: integers, the seed of all its randomness, and the claim that is
/// pending on it. Whoever has them can open the commitment; if it hides, it must be opened once only.
#[derive(Clone, Serialize, Deserialize)]
pub struct Held {
    /// What it holds.
    pub kind: HeldKind,
    /// What its parameters were chosen for; only runs of the same level can open it.
    pub level: SecurityLevel,
    /// The channel it was made for; only runs on the same channel can open it.
    pub channel: ChannelKind,
    /// The commitment.
    pub root: [u8; 32],
    /// From the operating system; random entries, masks and salts derive from it.
    seed: [u8; 32],
    /// The tensors, row-major.
    pub integers: Vec<Vec<i64>>,
    /// The claim that the last link left.
    pub pending: Option<Pending>,
}

impl core::fmt::Debug for Held {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Held({:?}, secrets not shown)", self.kind)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.seed.zeroize();
        self.integers.zeroize();
    }
}

/// `ZKHELD` and the version of the encoding.
const MAGIC: &[u8; 8] = b"ZKHELD\x00\x04";

impl Held {
    /// Commits to tensors, for a run on the given channel: on the clear one the commitment hides
    /// nothing.
    ///
    /// # Errors
    /// [`ProveError::Shape`] where they do not fit the program, [`ProveError::OutOfRange`] where a
    /// value is outside its declared range.
    pub fn commit<S>(
        program: &Program,
        kind: HeldKind,
        level: SecurityLevel,
        channel: ChannelKind,
        integers: Vec<Vec<i64>>,
    ) -> Result<Self, ProveError>
    where
        S: Committer<F, EF>,
    {
        Self::commit_with::<S>(program, kind, level, channel, integers, draw_seed()?)
    }

    /// Commits to tensors that everybody knows: the commitment is a function of program and
    /// tensors, so anyone can check it. It hides nothing, and may be opened any number of times.
    ///
    /// # Errors
    /// As [`Held::commit`].
    pub fn commit_public<S>(
        program: &Program,
        kind: HeldKind,
        level: SecurityLevel,
        channel: ChannelKind,
        integers: Vec<Vec<i64>>,
    ) -> Result<Self, ProveError>
    where
        S: Committer<F, EF>,
    {
        let mut hasher = blake3::Hasher::new_derive_key("zkpot/v1/public/seed");
        hasher.update(&program.digest().0);
        for tensor in &integers {
            hasher.update(&(tensor.len() as u64).to_le_bytes());
            tensor.iter().for_each(|value| {
                hasher.update(&value.to_le_bytes());
            });
        }
        let seed = *hasher.finalize().as_bytes();
        Self::commit_with::<S>(program, kind, level, channel, integers, seed)
    }

    /// [`Held::commit`] with all randomness from a seed, which serves this commitment alone.
    ///
    /// # Errors
    /// As [`Held::commit`].
    pub(crate) fn commit_with<S: Committer<F, EF>>(
        program: &Program,
        kind: HeldKind,
        level: SecurityLevel,
        channel: ChannelKind,
        integers: Vec<Vec<i64>>,
        seed: [u8; 32],
    ) -> Result<Self, ProveError> {
        check_integers(program, kind, &integers)?;
        let (root, pending) = ([0; 32], None);
        let mut held = Self { kind, level, channel, root, seed, integers, pending };
        let (root, _) = held.build::<S>(program)?;
        held.root = root;
        Ok(held)
    }

    /// The commitment and what opens it, rebuilt from the secrets.
    ///
    /// # Errors
    /// [`ProveError::Commitment`] where the result is not the commitment on record.
    pub fn opening<S: Committer<F, EF>>(
        &self,
        program: &Program,
    ) -> Result<S::OpeningData, ProveError> {
        let (root, data) = self.build::<S>(program)?;
        if root == self.root {
            Ok(data)
        } else {
            Err(ProveError::Commitment(
                "the secrets on record do not give the commitment on record",
            ))
        }
    }

    fn build<S: Committer<F, EF>>(
        &self,
        program: &Program,
    ) -> Result<([u8; 32], S::OpeningData), ProveError> {
        let values = self.polynomial(program);
        let (role, level) = (Polynomial::StatesIn, self.level);
        commit_polynomial::<S>(role, level, self.channel, values, &self.seed)
    }

    /// The committed polynomial's values.
    pub(crate) fn polynomial(&self, program: &Program) -> Vec<F> {
        let (layout, regions) = layout_of(program, self.kind);
        let mut values = F::zero_vec(1 << layout.variables[0]);
        for (&region, integers) in regions.iter().zip(&self.integers) {
            place(&layout.regions[region], integers, &mut values, |value| value);
        }
        fill_random(RANDOM_BLOCK, &self.seed, &mut values[layout.random[0]..][..RANDOM_ENTRIES]);
        values
    }

    /// The bytes for a file that only its owner may read.
    ///
    /// # Errors
    /// [`ProveError::Secrets`] if the encoder fails.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProveError> {
        let body = postcard::to_allocvec(self).map_err(|_| ProveError::Secrets)?;
        Ok([MAGIC.as_slice(), &body].concat())
    }

    /// Reads what [`Held::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ProveError::Secrets`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProveError> {
        let body = bytes.strip_prefix(MAGIC.as_slice()).ok_or(ProveError::Secrets)?;
        postcard::from_bytes(body).map_err(|_| ProveError::Secrets)
    }
}

/// A seed from the operating system.
///
/// # Errors
/// [`ProveError::Randomness`].
pub(crate) fn draw_seed() -> Result<[u8; 32], ProveError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| ProveError::Randomness)?;
    Ok(seed)
}

/// Commits to a polynomial in the given role; the seed serves this commitment alone.
pub(crate) fn commit_polynomial<S: Committer<F, EF>>(
    role: Polynomial,
    level: SecurityLevel,
    channel: ChannelKind,
    values: Vec<F>,
    seed: &[u8; 32],
) -> Result<([u8; 32], S::OpeningData), ProveError> {
    let variables = values.len().trailing_zeros() as usize;
    let fault = |error: S::Error| ProveError::Scheme(error.to_string());
    let binding = role.binding();
    let parameters = <S as CommitmentScheme<F, EF>>::parameters(variables, binding, level, channel)
        .map_err(fault)?;
    let (root, data) = S::commit(values, &parameters, seed).map_err(fault)?;
    Ok((root.into(), data))
}

/// What uniform entries are for; each purpose has a stream of its own.
pub(crate) const RANDOM_BLOCK: &str = "zkpot/v1/secret/entries";
/// The block of masks.
pub(crate) const MASK_BLOCK: &str = "zkpot/v1/secret/masks";

/// The random product of the hiding channel's zero-check.
pub(crate) const PRODUCT_ROW: &str = "zkpot/v1/secret/product-row";

/// Uniform entries of a polynomial, from its seed.
pub(crate) fn fill_random(purpose: &str, seed: &[u8; 32], entries: &mut [F]) {
    let mut stream = blake3::Hasher::new_derive_key(purpose).update(seed).finalize_xof();
    for entry in entries {
        // Reducing 128 bits leaves a bias below 2^-60.
        let mut bytes = [0; 16];
        stream.fill(&mut bytes);
        *entry = F::from_u128(u128::from_le_bytes(bytes));
    }
}

/// The layout of a states or shard polynomial alone; the same as inside a link.
pub(crate) fn layout_of(program: &Program, kind: HeldKind) -> (Layout, Vec<usize>) {
    let mut layout = Layout::default();
    let regions = lengths_of(program, kind).iter().map(|lengths| layout.add(0, lengths)).collect();
    layout.place(0, MIN_VARIABLES);
    (layout, regions)
}

fn lengths_of(program: &Program, kind: HeldKind) -> Vec<Vec<usize>> {
    let shape = |tensor: u32| -> Vec<usize> {
        program.tensors[tensor as usize].shape.iter().map(|&l| l as usize).collect()
    };
    match kind {
        HeldKind::States => program.states.iter().map(|state| shape(state.tensor)).collect(),
        HeldKind::Shard { rows } => program
            .data
            .iter()
            .map(|field| {
                let mut lengths = shape(field.tensor);
                lengths[0] = rows as usize;
                lengths
            })
            .collect(),
    }
}

fn check_integers(
    program: &Program,
    kind: HeldKind,
    integers: &[Vec<i64>],
) -> Result<(), ProveError> {
    let lengths = lengths_of(program, kind);
    let tensors: Vec<u32> = match kind {
        HeldKind::States => program.states.iter().map(|state| state.tensor).collect(),
        HeldKind::Shard { .. } => program.data.iter().map(|field| field.tensor).collect(),
    };
    if integers.len() != lengths.len() {
        return Err(ProveError::Shape("one array for each state or field".into()));
    }
    for ((tensor, lengths), integers) in tensors.iter().zip(&lengths).zip(integers) {
        let tensor = &program.tensors[*tensor as usize];
        if integers.len() != lengths.iter().product::<usize>() {
            return Err(ProveError::Shape(format!(
                "'{}' has {} values instead of {:?}",
                tensor.name,
                integers.len(),
                lengths
            )));
        }
        if let Some(range) = tensor.range
            && let Some(&value) = integers.iter().find(|value| !range.contains(**value))
        {
            return Err(ProveError::OutOfRange {
                tensor: tensor.name.clone(),
                value,
                lo: range.lo,
                hi: range.hi(),
            });
        }
    }
    Ok(())
}

/// The region's place is the same in a link and alone: both lay out one polynomial.
pub(crate) fn same_layout(program: &Program, kind: HeldKind, regions: &[&Region]) -> bool {
    let (layout, own) = layout_of(program, kind);
    own.iter().zip(regions).all(|(&own, region)| {
        let own = &layout.regions[own];
        own.offset == region.offset && own.block == region.block && own.outer == region.outer
    })
}
