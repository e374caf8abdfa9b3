//! A sponge that writes down what goes in and comes out.

use p3_challenger::{
    CanObserve, CanSample, CanSampleBits, CanSampleUniformBits, FieldChallenger,
    GrindingChallenger, ResamplingError,
};
use zkpot_pcs::{Challenger, F, new_challenger};

pub type Root = p3_symmetric::MerkleCap<F, [u8; 32]>;

#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    Absorbed(F),
    Root(Root),
    Drawn(F),
    Bits(usize, usize),
    Ground(usize, F, bool),
}

#[derive(Clone, Debug)]
pub struct Spy {
    sponge: Challenger,
    pub notes: Vec<Note>,
}

impl Spy {
    pub fn new() -> Self {
        Self { sponge: new_challenger(b"openings"), notes: vec![] }
    }
}

/// The positions that were drawn.
pub fn positions(notes: &[Note]) -> Vec<usize> {
    let position = |note: &Note| match note {
        Note::Bits(_, position) => Some(*position),
        _ => None,
    };
    notes.iter().filter_map(position).collect()
}

impl CanObserve<F> for Spy {
    fn observe(&mut self, element: F) {
        self.notes.push(Note::Absorbed(element));
        self.sponge.observe(element);
    }
}

impl CanObserve<Root> for Spy {
    fn observe(&mut self, root: Root) {
        self.notes.push(Note::Root(root.clone()));
        self.sponge.observe(root);
    }
}

impl CanSample<F> for Spy {
    fn sample(&mut self) -> F {
        let element = self.sponge.sample();
        self.notes.push(Note::Drawn(element));
        element
    }
}

impl CanSampleBits<usize> for Spy {
    fn sample_bits(&mut self, bits: usize) -> usize {
        let position = self.sponge.sample_bits(bits);
        self.notes.push(Note::Bits(bits, position));
        position
    }
}

impl CanSampleUniformBits<F> for Spy {
    fn sample_uniform_bits<const RESAMPLE: bool>(
        &mut self,
        bits: usize,
    ) -> Result<usize, ResamplingError> {
        let position = self.sponge.sample_uniform_bits::<RESAMPLE>(bits)?;
        self.notes.push(Note::Bits(bits, position));
        Ok(position)
    }
}

impl FieldChallenger<F> for Spy {}

impl GrindingChallenger for Spy {
    type Witness = F;

    fn grind(&mut self, bits: usize) -> F {
        self.sponge.grind(bits)
    }

    fn check_witness(&mut self, bits: usize, witness: F) -> bool {
        let passes = self.sponge.check_witness(bits, witness);
        self.notes.push(Note::Ground(bits, witness, passes));
        passes
    }
}
