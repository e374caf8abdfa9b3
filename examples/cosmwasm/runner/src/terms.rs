//! Orders that a given proof settles, from what its verification says: for measurements and tests. Who orders states what
//! they want, and not what somebody has proven.

use cosmwasm_std::HexBinary;
use serde_json::{Value, json};
use zkpot_embed::{Expectations, Limits, Receipt, Verifier};
use zkpot_market::messages::Terms;
use zkpot_market::{runs, wrapped};
use zkpot_wrapped::{Circuit, WrappedProof};

/// Verifies a bundle outside of the machine, and makes an order of what it says, its context included.
///
/// # Errors
/// The verifier's sentence.
pub fn of_bundle(bundle: &[u8], previous: Option<&str>) -> Result<(Terms, Receipt), String> {
    let before = previous.map_or_else(|| json!({}), |previous| json!({ "previous": previous }));
    let mut expected = read(&before)?;
    expected.allow_clear = true;
    let receipt = Verifier::new(Limits::default())
        .verify(bundle, expected)
        .result
        .map_err(|refusal| refusal.message().to_string())?;
    let mut stated = json!({
        "program": receipt.program,
        "first": receipt.first_commitment,
        "data_root": receipt.data_root,
        "nonce": receipt.nonce,
        "steps": receipt.steps,
        "earlier_steps": receipt.earlier_steps,
        "context": receipt.context,
        "scalars": receipt.scalars,
        "allow_clear": !receipt.zero_knowledge,
    });
    if let Some(seed) = receipt.origin.strip_prefix("seed ") {
        stated["seed"] = seed.into();
    }
    if let Some(previous) = previous {
        stated["previous"] = previous.into();
    }
    Ok((Terms::Run(runs::Terms { expectations: stated.to_string(), lineage: None }), receipt))
}

fn read(text: &Value) -> Result<Expectations, String> {
    zkpot_embed::expectations::read(text.to_string().as_bytes())
        .map_err(|refusal| refusal.message().to_string())
}

/// The same for a wrapped proof.
///
/// # Errors
/// The verifier's sentence.
pub fn of_wrapped(circuit: &[u8], proof: &[u8]) -> Result<wrapped::Terms, String> {
    let circuit = Circuit::from_bytes(circuit).map_err(|error| error.to_string())?;
    let proof = WrappedProof::from_bytes(proof).map_err(|error| error.to_string())?;
    let receipt = circuit.verify(&proof).map_err(|error| error.to_string())?;
    let start = (receipt.start.steps > 0).then(|| wrapped::Start {
        statement: receipt.start.statement.into(),
        states: receipt.start.states.into(),
        steps: receipt.start.steps,
    });
    Ok(wrapped::Terms {
        first: receipt.run.first.into(),
        shard: receipt.run.shard.into(),
        nonce: receipt.run.nonce.into(),
        earlier_steps: receipt.run.earlier_steps,
        context: Some(HexBinary::from(receipt.run.context)),
        start,
        scalars: receipt.links.into_iter().map(|link| link.scalars).collect(),
    })
}
