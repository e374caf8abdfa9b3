//! What a link takes from its statement, and the commitments that pin polynomials.

use p3_field::PrimeCharacteristicRing;
use zkpot_ir::Interval;
use zkpot_protocol::field::F;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::draws;

use super::Interpreter;
use crate::Fr;
use crate::arithmetic::{Extension, Residue};
use crate::link::places::{FIRST_STEP, SEED};
use crate::link::{Draws, EnvelopePlace};
use crate::poseidon2::from_sponge;
use crate::recording::{LinkEvent, Root};
use crate::sponge::{Sponge, Word};

use super::given::OTHER;

impl Interpreter<'_, '_> {
    /// Does what the verifier of a link does beside relations and openings.
    pub fn follow_link(&mut self, event: &LinkEvent) -> Result<(), Rejection> {
        match event {
            LinkEvent::Start { label, elements } => self.start(label, *elements),
            LinkEvent::Integer { element, interval } => self.integer(*element, *interval),
            LinkEvent::DrawRows(draws) => self.draw_rows(*draws),
            LinkEvent::ReceiveCommitment { label } => {
                let commitment = self.receive_root()?;
                self.transcript.absorb_digest(self.hasher, label, commitment);
                Ok(())
            }
            LinkEvent::Pin { commitment, variables, .. } => self.pin(*commitment, *variables),
            LinkEvent::OpenEnvelope(envelope) => self.open_envelope(*envelope),
        }
    }

    /// Loads the statement's elements and absorbs their hash. What they are is for whoever knows the
    /// statement to compare.
    fn start(&mut self, label: &str, elements: usize) -> Result<(), Rejection> {
        self.statement = self
            .given
            .statement()
            .map(|element| self.hasher.context.load_witness(element))
            .collect();
        if self.statement.len() != elements {
            return Err(OTHER);
        }
        let words: Vec<Word> = self.statement.iter().map(|&cell| Word::Held(cell)).collect();
        let hash = self.hasher.hash_elements(&words);
        self.transcript.absorb_digest(self.hasher, label, hash);
        Ok(())
    }

    /// The element is the integer with `2^63` added, which is taken away modulo `p`.
    fn integer(&mut self, element: usize, interval: Interval) -> Result<(), Rejection> {
        self.given.computed()?;
        let (arithmetic, cell) = (self.hasher.arithmetic, self.statement[element]);
        let [low, high] = [interval.lo, interval.hi].map(|end| end.cast_unsigned() ^ 1 << 63);
        let word = arithmetic.require_between(self.hasher.context, cell, low, high);
        let shift = Residue::Known(-F::from_u64(1 << 63));
        let integer = arithmetic.add(self.hasher.context, &word.into(), &shift);
        self.inputs.push(arithmetic.reduce(self.hasher.context, &integer).into());
        Ok(())
    }

    /// Each step has a transcript of its own, and each of its halves modulo the number of rows is a row
    /// (`zkpot_protocol::schedule::draws`).
    fn draw_rows(&mut self, draws: Draws) -> Result<(), Rejection> {
        let seed: Vec<Word> = self.statement[SEED].iter().map(|&cell| Word::Held(cell)).collect();
        let first = Word::Held(self.statement[FIRST_STEP]);
        for step in 0..draws.steps {
            let mut sponge = Sponge::default();
            sponge.absorb_digest(Word::Known(from_sponge(draws::tag())));
            seed.iter().for_each(|&half| sponge.absorb_digest(half));
            sponge.absorb_digest(self.hasher.add_known(first, Fr::from(u64::from(step))));
            for _ in 0..draws.batch {
                self.given.computed()?;
                let half = sponge.squeeze_half(self.hasher);
                let rows = u64::from(draws.rows);
                let row = self.hasher.arithmetic.remainder(self.hasher.context, &half, rows);
                self.inputs.push(Residue::from(row).into());
            }
        }
        Ok(())
    }

    /// Root and value are loaded, hash to the commitment, and the root gives the point.
    fn pin(&mut self, commitment: Root, variables: usize) -> Result<(), Rejection> {
        let commitment = self.root(commitment);
        let root = self.receive_root()?;
        let value: Extension = self.load()?;
        self.inputs.push(value.clone());
        let pinned = self.hasher.pin(root, &value);
        let [pinned, commitment] = [pinned, commitment].map(|word| self.hasher.cell(word));
        self.hasher.context.constrain_equal(&pinned, &commitment);
        let mut sponge = Sponge::default();
        sponge.absorb_digest(Word::Known(from_sponge(zkpot_pcs::pinning_tag())));
        sponge.absorb_digest(root);
        for _ in 0..variables {
            let coordinate = sponge.squeeze_extension(self.hasher);
            self.draw(&coordinate)?;
        }
        Ok(())
    }

    /// Key and entries are loaded, and hash to what the statement has, the entries encrypted.
    fn open_envelope(&mut self, envelope: EnvelopePlace) -> Result<(), Rejection> {
        let key = self.hasher.context.load_witness(self.given.key()?);
        let mut entries = Vec::with_capacity(envelope.entries);
        for _ in 0..envelope.entries {
            let entry = self.given.base()?;
            entries.push(self.hasher.arithmetic.load_element(self.hasher.context, entry));
        }
        self.inputs.extend(entries.iter().cloned().map(Extension::from));
        let ciphertext = self.hasher.encrypt(key, &entries);
        let hashes = [self.hasher.hash_elements(&ciphertext), self.hasher.hash_key(key)];
        for (hash, &stated) in hashes.into_iter().zip(&self.statement[envelope.element..]) {
            let hash = self.hasher.cell(hash);
            self.hasher.context.constrain_equal(&hash, &stated);
        }
        Ok(())
    }
}
