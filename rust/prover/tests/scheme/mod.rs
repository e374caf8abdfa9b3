//! The real commitment scheme under a prover who commits to other values than it computed.
#![allow(dead_code)]

use std::cell::RefCell;

use zkpot_pcs::{Error, OpeningData, OpeningProof, Parameters, Whir};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{Binding, CommitmentScheme, Committer};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::security::{OpeningSecurity, SecurityLevel};

type Edit = Box<dyn FnOnce(&mut [F])>;

#[derive(Default)]
struct Plan {
    /// Applied to the next witness.
    witness: Option<Edit>,
    /// Applied to every commitment that lasts.
    lasting: Option<fn(&mut [F])>,
    /// Committed instead: `(computed, committed)`.
    instead: Option<(Vec<F>, Vec<F>)>,
    /// The channel that so many commitments that last are made for, whatever they should be.
    on: Option<(usize, ChannelKind)>,
    /// What was to be committed last.
    last: Vec<F>,
    /// Roots that are given out for another: `(root, pretended)`.
    pretended: Option<([u8; 32], [u8; 32])>,
}

thread_local! {
    static PLAN: RefCell<Plan> = RefCell::default();
}

/// Changes the next witness polynomial, random entries included, before it is committed.
pub fn edit_witness(edit: impl FnOnce(&mut [F]) + 'static) {
    PLAN.with_borrow_mut(|plan| plan.witness = Some(Box::new(edit)));
}

/// From now on changes every polynomial of states or data before it is committed.
pub fn edit_lasting(edit: fn(&mut [F])) {
    PLAN.with_borrow_mut(|plan| plan.lasting = Some(edit));
}

/// Changes what is about to be committed as planned.
pub fn follow_plan(values: &mut Vec<F>, binding: Binding) {
    PLAN.with_borrow_mut(|plan| {
        plan.last.clone_from(values);
        match binding {
            Binding::Ephemeral => plan.witness.take().into_iter().for_each(|edit| edit(values)),
            Binding::Lasting => plan.lasting.into_iter().for_each(|edit| edit(values)),
        }
        if let Some((computed, committed)) = &plan.instead
            && *computed == *values
        {
            values.clone_from(committed);
        }
    });
}

/// From now on commits to `committed` where `computed` is to be committed.
pub fn substitute(computed: Vec<F>, committed: Vec<F>) {
    PLAN.with_borrow_mut(|plan| plan.instead = Some((computed, committed)));
}

/// The values that were to be committed last.
pub fn last_values() -> Vec<F> {
    PLAN.with_borrow(|plan| plan.last.clone())
}

/// From now on calls the commitment `root` by another's name.
pub fn pretend(root: [u8; 32], pretended: [u8; 32]) {
    PLAN.with_borrow_mut(|plan| plan.pretended = Some((root, pretended)));
}

/// Makes the next `count` commitments that last for another channel than they should be.
pub fn commit_on(channel: ChannelKind, count: usize) {
    PLAN.with_borrow_mut(|plan| plan.on = Some((count, channel)));
}

/// The parameters to commit with, as planned.
fn planned(parameters: &Parameters) -> Parameters {
    let (variables, binding) = (parameters.num_variables(), parameters.binding());
    let channel = PLAN.with_borrow_mut(|plan| match &mut plan.on {
        Some((left, channel)) if *left > 0 && binding == Binding::Lasting => {
            *left -= 1;
            *channel
        }
        _ => parameters.channel(),
    });
    Parameters::new(variables, binding, parameters.level(), channel).unwrap()
}

/// No more lies.
pub fn be_honest() {
    PLAN.take();
}

/// [`Whir`], whose committer follows the plan.
#[derive(Clone, Copy, Debug)]
pub struct Lying;

impl CommitmentScheme<F, EF> for Lying {
    type Parameters = Parameters;
    type Commitment = <Whir as CommitmentScheme<F, EF>>::Commitment;
    type Proof = OpeningProof;
    type Challenger = <Whir as CommitmentScheme<F, EF>>::Challenger;
    type Error = Error;

    fn security(parameters: &Self::Parameters) -> OpeningSecurity {
        <Whir as CommitmentScheme<F, EF>>::security(parameters)
    }

    fn parameters(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Parameters, Error> {
        <Whir as CommitmentScheme<F, EF>>::parameters(num_variables, binding, level, channel)
    }

    fn challenger(channel: ChannelKind) -> Self::Challenger {
        Whir::challenger(channel)
    }

    fn decode(bytes: &[u8], parameters: &Parameters) -> Result<OpeningProof, Error> {
        Whir::decode(bytes, parameters)
    }

    fn verify(
        commitment: &Self::Commitment,
        parameters: &Parameters,
        points: &[Vec<EF>],
        values: &[EF],
        proof: &OpeningProof,
        challenger: &mut Self::Challenger,
    ) -> Result<(), Error> {
        Whir::verify(commitment, parameters, points, values, proof, challenger)
    }
}

impl Committer<F, EF> for Lying {
    type OpeningData = OpeningData;

    fn commit(
        mut values: Vec<F>,
        parameters: &Parameters,
        seed: &[u8; 32],
    ) -> Result<(Self::Commitment, OpeningData), Error> {
        follow_plan(&mut values, parameters.binding());
        let (root, data) = Whir::commit(values, &planned(parameters), seed)?;
        let pretended = PLAN.with_borrow(|plan| plan.pretended.filter(|(own, _)| *own == root.0));
        Ok((pretended.map_or(root, |(_, other)| other.into()), data))
    }

    fn open(
        data: OpeningData,
        points: &[Vec<EF>],
        challenger: &mut Self::Challenger,
    ) -> Result<(Vec<EF>, OpeningProof), Error> {
        Whir::open(data, points, challenger)
    }

    fn encode(proof: &OpeningProof) -> Result<Vec<u8>, Error> {
        Whir::encode(proof)
    }

    fn values(data: &OpeningData) -> &[F] {
        Whir::values(data)
    }
}
