//! The commitment scheme of real proofs, which also notes how far a verification came.

use std::cell::Cell;

use zkpot_pcs::{Challenger, Commitment, EF, Error, F, OpeningProof, Parameters, Whir};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{Binding, CommitmentScheme};
use zkpot_protocol::security::{OpeningSecurity, SecurityLevel};

/// How far one verification came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// The statement fits the run and the program: a transcript was begun.
    pub statement: bool,
    /// Openings that were reached: all relations before them hold.
    pub reached: usize,
    /// Openings that decoded and were checked.
    pub checked: usize,
    /// Openings that hold.
    pub accepted: usize,
}

thread_local! {
    static PROGRESS: Cell<Progress> = const { Cell::new(Progress {
        statement: false, reached: 0, checked: 0, accepted: 0,
    }) };
    static LENIENT: Cell<bool> = const { Cell::new(false) };
}

/// What `run` returns, and how far the verification in it came. `lenient` takes every opening that
/// decodes for one that holds, so that the ones after it are checked as well.
pub fn watch<T>(lenient: bool, run: impl FnOnce() -> T) -> (T, Progress) {
    PROGRESS.set(Progress::default());
    LENIENT.set(lenient);
    let value = run();
    LENIENT.set(false);
    (value, PROGRESS.get())
}

fn note(change: impl FnOnce(&mut Progress)) {
    let mut progress = PROGRESS.get();
    change(&mut progress);
    PROGRESS.set(progress);
}

/// [`Whir`], watched.
#[derive(Clone, Copy, Debug)]
pub struct Watched;

impl CommitmentScheme<F, EF> for Watched {
    type Parameters = Parameters;
    type Commitment = Commitment;
    type Proof = OpeningProof;
    type Challenger = Challenger;
    type Error = Error;

    fn parameters(
        variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Parameters, Error> {
        <Whir as CommitmentScheme<F, EF>>::parameters(variables, binding, level, channel)
    }

    fn security(parameters: &Parameters) -> OpeningSecurity {
        <Whir as CommitmentScheme<F, EF>>::security(parameters)
    }

    fn challenger(channel: ChannelKind) -> Challenger {
        note(|progress| progress.statement = true);
        <Whir as CommitmentScheme<F, EF>>::challenger(channel)
    }

    fn decode(bytes: &[u8], parameters: &Parameters) -> Result<OpeningProof, Error> {
        note(|progress| progress.reached += 1);
        <Whir as CommitmentScheme<F, EF>>::decode(bytes, parameters)
    }

    fn verify(
        commitment: &Commitment,
        parameters: &Parameters,
        points: &[Vec<EF>],
        values: &[EF],
        proof: &OpeningProof,
        challenger: &mut Challenger,
    ) -> Result<(), Error> {
        note(|progress| progress.checked += 1);
        let found = <Whir as CommitmentScheme<F, EF>>::verify(
            commitment, parameters, points, values, proof, challenger,
        );
        match found {
            Ok(()) => note(|progress| progress.accepted += 1),
            Err(_) if LENIENT.get() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
