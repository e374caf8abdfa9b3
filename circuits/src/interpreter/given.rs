//! What a link gives a recording, in the order in which its events take it.

use core::slice::Iter;

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::{EF, F, integer};
use zkpot_protocol::rejection::Rejection;
use zkpot_sponge::Digest;

use crate::Fr;
use crate::link::LinkWitness;
use crate::openings::paths::Path;
use crate::poseidon2::from_sponge;

/// A witness that is read from its start.
pub struct Given<'a> {
    elements: &'a [zkpot_sponge::Fr],
    inputs: Iter<'a, EF>,
    key: Option<zkpot_sponge::Fr>,
    roots: Iter<'a, zkpot_sponge::Fr>,
    grinding: Iter<'a, F>,
    paths: Iter<'a, Path<Digest>>,
}

/// A witness of another recording.
pub const OTHER: Rejection =
    Rejection::Shape { part: "witness", reason: "it is another recording's" };

impl<'a> Given<'a> {
    pub fn new(witness: &'a LinkWitness) -> Self {
        Self {
            elements: &witness.elements,
            inputs: witness.inputs.iter(),
            key: witness.key,
            roots: witness.roots.iter(),
            grinding: witness.grinding.iter(),
            paths: witness.paths.iter(),
        }
    }

    /// The statement's elements.
    pub fn statement(&self) -> impl Iterator<Item = Fr> + use<'a> {
        self.elements.iter().map(|&element| from_sponge(element))
    }

    /// The next input.
    pub fn input(&mut self) -> Result<EF, Rejection> {
        self.inputs.next().copied().ok_or(OTHER)
    }

    /// Passes over an input that the circuit computes itself.
    pub fn computed(&mut self) -> Result<(), Rejection> {
        self.input().map(drop)
    }

    /// The next input, which is in the base field.
    pub fn base(&mut self) -> Result<F, Rejection> {
        self.input().map(|input| F::from_u64(integer(input)))
    }

    /// The key of the envelope.
    pub fn key(&mut self) -> Result<Fr, Rejection> {
        self.key.take().map(from_sponge).ok_or(OTHER)
    }

    /// The next digest.
    pub fn root(&mut self) -> Result<Fr, Rejection> {
        self.roots.next().map(|&root| from_sponge(root)).ok_or(OTHER)
    }

    /// The next proof of work.
    pub fn grinding(&mut self) -> Result<F, Rejection> {
        self.grinding.next().copied().ok_or(OTHER)
    }

    /// The siblings of the next row's path, from its leaf upwards.
    pub fn siblings(&mut self, count: usize) -> Result<Vec<Fr>, Rejection> {
        let path = self.paths.next().filter(|path| path.siblings.len() == count).ok_or(OTHER)?;
        Ok(path.siblings.iter().map(|&[sibling]| from_sponge(sibling)).collect())
    }

    /// Requires that everything was read.
    pub fn finish(&self) -> Result<(), Rejection> {
        let left = self.inputs.len() + self.roots.len() + self.grinding.len() + self.paths.len();
        if left == 0 && self.key.is_none() { Ok(()) } else { Err(OTHER) }
    }
}
