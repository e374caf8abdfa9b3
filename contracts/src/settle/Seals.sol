// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// What a settled chunk left for its key: the encrypted states, and where in the chain they were settled. Contracts
/// keep its hash.
struct Seal {
    /// Hash of the ciphertext of the states that the chunk ends with.
    uint256 ciphertext;
    /// Hash of the key that they are encrypted with.
    uint256 key;
    /// Number of the block in which the chunk was settled.
    uint64 settledIn;
    /// Seconds of the epoch of that block.
    uint64 settledAt;
}

library Seals {
    bytes32 internal constant TYPE = keccak256("Acceptance(bytes32 order,uint256 ciphertext,uint256 key)");

    /// What is kept of a seal. It is never zero, and no two orders have the same.
    function hash(bytes32 id, Seal memory seal) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, seal));
    }

    /// EIP-712's hashStruct of what a consumer signs who has the ciphertext.
    function acceptance(bytes32 id, Seal calldata seal) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPE, id, seal.ciphertext, seal.key));
    }
}
