//! A channel that believes a prover's rows.

use std::collections::VecDeque;

use zkpot_circuits::openings::tree::Blake3Tree;
use zkpot_circuits::openings::{ClearOpenings, Degree, OpeningChannel};
use zkpot_pcs::{EF, F};
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::rejection::Rejection;

use super::spy::{Root, Spy};

/// Shows other rows than those that lie below the root; the rest is the honest channel.
pub struct Credulous<'a> {
    pub honest: ClearOpenings<'a, Spy, Blake3Tree>,
    pub rows: VecDeque<Vec<Vec<EF>>>,
}

impl VerifierChannel for Credulous<'_> {
    type Element = EF;
    type Scalar = EF;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<EF>, Rejection> {
        self.honest.receive(label, count)
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        self.honest.receive_revealed(label, count)
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.honest.challenge(label)
    }

    fn multiply(&mut self, left: &EF, right: &EF) -> Result<EF, Rejection> {
        self.honest.multiply(left, right)
    }

    fn require_zero(&mut self, scalar: EF, otherwise: Rejection) -> Result<(), Rejection> {
        self.honest.require_zero(scalar, otherwise)
    }
}

impl OpeningChannel for Credulous<'_> {
    type Root = Root;

    fn commitment(&mut self, number: usize) -> Result<Root, Rejection> {
        self.honest.commitment(number)
    }

    fn absorb_constants(&mut self, constants: &[F]) {
        self.honest.absorb_constants(constants);
    }

    fn absorb(&mut self, elements: &[EF]) {
        self.honest.absorb(elements);
    }

    fn absorb_root(&mut self, root: &Root) {
        self.honest.absorb_root(root);
    }

    fn receive_unlabelled(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        self.honest.receive_unlabelled(label, count)
    }

    fn receive_root(&mut self, label: &'static str) -> Result<Root, Rejection> {
        self.honest.receive_root(label)
    }

    fn draw(&mut self, label: &'static str) -> EF {
        self.honest.draw(label)
    }

    fn draw_position(&mut self, label: &'static str, bits: usize) -> Result<Vec<EF>, Rejection> {
        self.honest.draw_position(label, bits)
    }

    fn grind(
        &mut self,
        label: &'static str,
        bits: usize,
        otherwise: Rejection,
    ) -> Result<(), Rejection> {
        self.honest.grind(label, bits, otherwise)
    }

    fn open_rows(
        &mut self,
        root: &Root,
        positions: &[Vec<EF>],
        width: usize,
        degree: Degree,
        otherwise: Rejection,
    ) -> Result<Vec<Vec<EF>>, Rejection> {
        self.honest.open_rows(root, positions, width, degree, otherwise)?;
        Ok(self.rows.pop_front().unwrap())
    }
}
