//! How many masks a link takes, before it is proven.

use zkpot_ir::{Bounds, Program};
use zkpot_protocol::arithmetization::{Arithmetization, LinkShape};
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::claims::PublicInputs;
use zkpot_protocol::rejection::Rejection;
use zkpot_verifier::relations::multiplication::count_multiplications;
use zkpot_verifier::relations::verify_relations;

/// The number of scalars that a link of this constraint system sends on the hiding channel.
///
/// # Errors
/// Those of the verifier's relations, none of which depends on the scalars.
pub fn count_masks(
    program: &Program,
    system: &Arithmetization,
    inputs: &PublicInputs,
) -> Result<usize, Rejection> {
    let mut channel = CountingVerifier::default();
    verify_relations(&mut channel, program, system, inputs)?;
    count_multiplications(&mut channel)?;
    Ok(channel.scalars())
}

/// The constraint system of a link on the hiding channel, with a mask for each scalar that it
/// will send.
///
/// Runs the verifier's side without a proof. More masks may enlarge the witness polynomial and
/// with it the number of scalars, so this goes on until both agree.
///
/// # Errors
/// [`Rejection::Limit`].
pub fn hiding_system(
    program: &Program,
    bounds: &Bounds,
    shape: &LinkShape,
    inputs: &PublicInputs,
) -> Result<Arithmetization, Rejection> {
    let mut masks = 0;
    loop {
        let shape = LinkShape { masks: Some(masks), ..shape.clone() };
        let system = Arithmetization::new(program, bounds, shape)?;
        let needed = count_masks(program, &system, inputs)?;
        if needed == masks {
            return Ok(system);
        }
        masks = needed;
    }
}
