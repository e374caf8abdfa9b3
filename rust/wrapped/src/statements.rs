//! The statements of a proof's links, and the rules that the front has for them.

use alloc::vec::Vec;

use ark_bn254::Fr;
use zkpot_ir::ARITHMETIC_VERSION;
use zkpot_protocol::arithmetization::{LinkKind, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::statement::{FORMAT_VERSION, Origin, ShardEntry, Statement, data_root};

use crate::encoding::{is_commitment, scalar};
use crate::proof::Link;
use crate::{Error, Shape, Standing, WrappedProof};

/// Elements of all links, and where the run stands after them.
///
/// # Errors
/// One for each rule, in the order of the contract.
pub fn lay(proof: &WrappedProof, shape: &Shape) -> Result<(Vec<Fr>, Standing), Error> {
    let want = shape.links;
    if u64::try_from(proof.links.len()) != Ok(want.into()) {
        return Err(Error::Links { found: proof.links.len(), want });
    }
    check_start(proof, shape)?;
    // All counts before anything is laid down.
    let numbered = || proof.links.iter().enumerate();
    numbered().try_for_each(|(number, link)| check_link(link, number, shape))?;
    let mut elements = Vec::new();
    let mut standing = proof.start;
    for (number, link) in numbered() {
        let statement = state(proof, link, shape, &standing);
        for element in statement.elements() {
            let bytes = zkpot_sponge::to_bytes(element);
            // Both crates have elements of one field.
            let refused = Error::TrainedNotInField { link: number, value: link.trained };
            elements.push(scalar(&bytes).ok_or(refused)?);
        }
        // Not more than `most_steps`.
        let steps = standing.steps.saturating_add(shape.steps.into());
        standing = Standing { statement: statement.digest(), states: link.trained, steps };
    }
    Ok((elements, standing))
}

/// The rules of where links may start, which the native verifier has too.
fn check_start(proof: &WrappedProof, shape: &Shape) -> Result<(), Error> {
    let Standing { statement: previous, states: before, steps: first_step } = proof.start;
    let commitments = [("first", proof.run.first), ("shard", proof.run.shard), ("before", before)];
    for (field, value) in commitments {
        if !is_commitment(&value) {
            return Err(Error::NotInField { field, value });
        }
    }
    // Every link has steps, so that a run with none so far has no links.
    if (first_step == 0) != (previous == [0; 32]) {
        return Err(Error::PreviousStatement { first_step, previous });
    }
    if first_step == 0 && before != proof.run.first {
        return Err(Error::NotFromFirst { before, first: proof.run.first });
    }
    let found = u128::from(first_step) + u128::from(shape.proof_steps());
    if found > shape.most_steps.into() {
        return Err(Error::TooManySteps { found, most: shape.most_steps });
    }
    Ok(())
}

fn check_link(link: &Link, number: usize, shape: &Shape) -> Result<(), Error> {
    if !is_commitment(&link.trained) {
        return Err(Error::TrainedNotInField { link: number, value: link.trained });
    }
    let (found, want) = (link.scalars.len(), shape.link_scalars());
    if u64::try_from(found) != Ok(want) {
        return Err(Error::Scalars { link: number, found, want });
    }
    let (found, want) = (link.outputs.len(), shape.outputs);
    if u64::try_from(found) != Ok(want.into()) {
        return Err(Error::Outputs { link: number, found, want });
    }
    // The circuit would compute with another number than the digest holds, and zero stands for none.
    let right = match &link.envelope {
        Some(hashes) => [hashes.ciphertext, hashes.key].iter().all(is_commitment),
        None => true,
    };
    if !right || link.envelope.is_some() != shape.envelopes {
        return Err(Error::Envelope { link: number });
    }
    Ok(())
}

/// What a link states, from where the run stands.
fn state(proof: &WrappedProof, link: &Link, shape: &Shape, standing: &Standing) -> Statement {
    let run = &proof.run;
    let steps = usize::try_from(shape.steps).unwrap_or(usize::MAX);
    Statement {
        format: FORMAT_VERSION,
        arithmetic: ARITHMETIC_VERSION,
        kind: LinkKind::Training,
        channel: ChannelKind::Wrapped,
        states: Some(Source::Owner),
        security: shape.security,
        program: shape.program,
        before: standing.states,
        after: link.trained,
        data_root: data_root(&[(shape.rows, run.shard)]),
        first_step: standing.steps,
        steps: shape.steps,
        nonce: run.nonce,
        origin: Origin::Arbitrary,
        earlier_steps: run.earlier_steps,
        first: run.first,
        scalars: link.scalars.chunks(steps).map(<[i64]>::to_vec).collect(),
        outputs: link.outputs.clone(),
        shards: Vec::from([ShardEntry {
            index: 0,
            rows: shape.rows,
            source: Source::Owner,
            before: run.shard,
            after: [0; 32],
        }]),
        context: run.context.clone(),
        previous: standing.statement,
        envelope: link.envelope,
    }
}
