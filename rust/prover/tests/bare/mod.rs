//! A commitment scheme that shows nothing and proves nothing, over challenges that never change.
//!
//! What is left of a proof are its messages, and all that differs between two proofs of one
//! statement is the prover's own randomness.
#![allow(dead_code)]

use core::fmt;

use p3_challenger::{CanObserve, CanSample, CanSampleBits, FieldChallenger};
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{Binding, CommitmentScheme, Committer};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::security::{OpeningSecurity, SecurityLevel};
use zkpot_protocol::transcript::AbsorbDigest;

use crate::scheme::follow_plan;

/// Answers with the same challenges in every proof, whatever it hears.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    drawn: u64,
}

impl CanObserve<F> for Fixed {
    fn observe(&mut self, _value: F) {}
}

impl AbsorbDigest for Fixed {
    fn absorb_digest(&mut self, _digest: &[u8; 32]) {}
}

impl CanSample<F> for Fixed {
    fn sample(&mut self) -> F {
        self.drawn += 1;
        let hash = blake3::derive_key("zkpot test challenges", &self.drawn.to_le_bytes());
        let (low, _) = hash.split_at(16);
        F::from_u128(u128::from_le_bytes(low.try_into().unwrap()))
    }
}

impl CanSampleBits<usize> for Fixed {
    fn sample_bits(&mut self, _bits: usize) -> usize {
        0
    }
}

impl FieldChallenger<F> for Fixed {}

#[derive(Debug)]
pub struct Never;

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// The scheme; commits as planned in [`crate::scheme`].
#[derive(Clone, Copy, Debug)]
pub struct Bare;

impl CommitmentScheme<F, EF> for Bare {
    type Parameters = Binding;
    type Commitment = [u8; 32];
    type Proof = ();
    type Challenger = Fixed;
    type Error = Never;

    fn parameters(
        _num_variables: usize,
        binding: Binding,
        _level: SecurityLevel,
        _channel: ChannelKind,
    ) -> Result<Binding, Never> {
        Ok(binding)
    }

    fn security(_parameters: &Binding) -> OpeningSecurity {
        OpeningSecurity::default()
    }

    fn challenger(_channel: ChannelKind) -> Fixed {
        Fixed::default()
    }

    fn decode(_bytes: &[u8], _parameters: &Binding) -> Result<(), Never> {
        Ok(())
    }

    fn verify(
        _commitment: &[u8; 32],
        _parameters: &Binding,
        _points: &[Vec<EF>],
        _values: &[EF],
        _proof: &(),
        _challenger: &mut Fixed,
    ) -> Result<(), Never> {
        Ok(())
    }
}

impl Committer<F, EF> for Bare {
    type OpeningData = Vec<F>;

    fn commit(
        mut values: Vec<F>,
        parameters: &Binding,
        seed: &[u8; 32],
    ) -> Result<([u8; 32], Vec<F>), Never> {
        follow_plan(&mut values, *parameters);
        let mut hasher = blake3::Hasher::new_keyed(seed);
        values.iter().for_each(|value| {
            hasher.update(&value.as_canonical_u64().to_le_bytes());
        });
        Ok((*hasher.finalize().as_bytes(), values))
    }

    fn open(
        _data: Vec<F>,
        _points: &[Vec<EF>],
        _challenger: &mut Fixed,
    ) -> Result<(Vec<EF>, ()), Never> {
        Ok((Vec::new(), ()))
    }

    fn encode(_proof: &()) -> Result<Vec<u8>, Never> {
        Ok(Vec::new())
    }

    fn values(data: &Vec<F>) -> &[F] {
        data
    }
}
