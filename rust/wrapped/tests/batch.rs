//! Several proofs with one pairing.

use zkpot_wrapped::{Circuit, Error, WrappedProof};

use super::made::{digits, proof, toy, toy_proof};

#[test]
fn as_one_by_one() {
    let proofs = [proof(0), proof(1), proof(0)];
    let alone: Vec<_> = proofs.iter().map(|proof| digits().verify(proof).unwrap()).collect();
    assert_eq!(digits().verify_all(&proofs), Ok(alone));
    assert_eq!(digits().verify_all(&[]), Ok(vec![]));
}

#[test]
fn the_first_that_is_refused_is_named() {
    let mut broken = proof(1);
    broken.hash[31] ^= 1;
    let refused = Err((1, Error::InvalidProof));
    assert_eq!(digits().verify_all(&[proof(0), broken.clone(), proof(1)]), refused);
    // One that a rule refuses, before any pairing.
    let mut short = proof(0);
    short.proof.pop();
    let found = digits().verify_all(&[broken, proof(0), short]);
    assert!(matches!(found, Err((2, Error::ProofBytes { .. }))));
}

/// Two equations that do not hold, and whose sum does.
#[test]
fn errors_do_not_cancel() {
    let circuit = Circuit::from_bytes(&toy().to_bytes()).unwrap();
    let valid: Vec<WrappedProof> = vec![toy_proof(3, 3), toy_proof(5, 5)];
    assert_eq!(circuit.verify_all(&valid).unwrap().len(), 2);
    for broken in [[toy_proof(3, 5), toy_proof(5, 3)], [toy_proof(1, 2), toy_proof(2, 1)]] {
        assert_eq!(circuit.verify_all(&broken), Err((0, Error::InvalidProof)));
        let after = [&valid[..], &broken].concat();
        assert_eq!(circuit.verify_all(&after), Err((2, Error::InvalidProof)));
    }
}
