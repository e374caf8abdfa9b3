//! The contract of a key.

use zkpot_circuits::evm;
use zkpot_circuits::keys::Parameters;

use super::small::{keys, keys_of};

#[test]
fn a_contract_follows_from_its_key() {
    let contract = evm::contract(keys()).unwrap();
    assert_eq!(contract, evm::contract(keys()).unwrap());
    // Keys of the same circuit are the same.
    let again = keys_of(Parameters::known(11));
    assert_eq!(again.digest(), keys().digest());
    assert_eq!(contract, evm::contract(&again).unwrap());
    // And those of another number of rows are not.
    let other = keys_of(Parameters::known(12));
    assert_ne!(other.digest(), keys().digest());
    assert_ne!(contract, evm::contract(&other).unwrap());
}

#[test]
fn a_contract_is_for_one_compiler() {
    let contract = evm::contract(keys()).unwrap();
    let pragmas: Vec<&str> =
        contract.lines().filter(|line| line.trim_start().starts_with("pragma")).collect();
    assert_eq!(pragmas.len(), 1);
    assert_eq!(pragmas[0].trim(), "pragma solidity 0.8.19;");
}
