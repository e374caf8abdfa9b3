// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

/// How a circuit with three public inputs is tied to any number of elements.
///
/// The inputs are a hash of the elements, a challenge, and the polynomial that has the elements as coefficients
/// at the challenge. Poseidon2 is dear on a chain and keccak256 in a circuit: each side computes what is cheap
/// there, the circuit the hash and the value, the chain the challenge and the value.
library PublicInputs {
    /// Order of BN254's scalar field.
    uint256 internal constant ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// keccak256("zkpot/v1/wrap" || hash || keccak256(elements)) modulo the order.
    ///
    /// It hangs on both vectors of elements: on the chain's by themselves, on the circuit's by their hash. So
    /// both are fixed before it is known.
    function challenge(uint256 hash, uint256[] memory elements) internal pure returns (uint256) {
        bytes32 digest;
        // In assembly, since Solidity would copy them.
        assembly ("memory-safe") {
            digest := keccak256(add(elements, 32), mul(mload(elements), 32))
        }
        return uint256(keccak256(abi.encodePacked("zkpot/v1/wrap", hash, digest))) % ORDER;
    }

    /// The polynomial with these coefficients, the highest first, at `point`.
    function evaluate(uint256[] memory elements, uint256 point) internal pure returns (uint256 value) {
        uint256 order = ORDER;
        assembly ("memory-safe") {
            let from := add(elements, 32)
            let end := add(from, mul(mload(elements), 32))
            for {} lt(from, end) { from := add(from, 32) } {
                value := addmod(mulmod(value, point, order), mload(from), order)
            }
        }
    }
}
