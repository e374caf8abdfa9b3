//! What a circuit is may not change unnoticed: keys and contracts are of one circuit.

use super::{empty, run_of, whole};
use crate::Fr;
use crate::constraints::Constraints;
use crate::wrap::public::PublicInputs;

/// Of the circuit of three steps of a small program, with an envelope.
const DIGEST: &str = "0c1790bbf788aa21b86c2af503acac4b0d212739b210535e9c56133a1b600b01";

/// The same without one.
const WITHOUT: &str = "6402a30bf45b02067d0f04300633b213456c024228b0450f8ef5c51e93828edd";

#[test]
fn the_circuit_is_the_one_that_keys_were_made_for() {
    for (envelopes, digest) in [(true, DIGEST), (false, WITHOUT)] {
        let (run, mut circuit) = (run_of(1, envelopes), empty());
        let nothing = [Fr::zero(); 3];
        let [hash, challenge, combination] = nothing;
        let inputs = PublicInputs { hash, challenge, combination };
        run.lay(&mut circuit, &run.blank(), &inputs).unwrap();
        let found = Constraints::of(&mut circuit).digest();
        assert_eq!(
            found, digest,
            "the circuits changed: raise CIRCUITS in python/zkpot/artifacts/circuit_name.py, so that nobody \
             takes keys of the old ones, and put the digest that was found into this test",
        );
    }
}

#[test]
fn the_circuit_of_a_key_is_the_one_of_every_link() {
    assert_eq!(Constraints::of(&mut whole()).digest(), DIGEST);
}
