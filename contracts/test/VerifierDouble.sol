// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

/// Stands for a generated verifier in tests: it takes the public inputs and the proof that it was made with, and
/// fails at everything else. Like a generated one it reads no further than a proof's end.
contract VerifierDouble {
    uint256 private immutable _hash;
    uint256 private immutable _challenge;
    uint256 private immutable _value;
    bytes32 private immutable _proof;
    uint256 private immutable _proofBytes;
    uint256 private immutable _work;
    bool private immutable _burns;

    /// @param inputs The public inputs.
    /// @param proof The proof.
    /// @param work Gas that verifying takes.
    /// @param burns Whether it fails as a precompile does, with all gas, or by reverting.
    constructor(uint256[3] memory inputs, bytes memory proof, uint256 work, bool burns) {
        (_hash, _challenge, _value) = (inputs[0], inputs[1], inputs[2]);
        (_proof, _proofBytes) = (keccak256(proof), proof.length);
        (_work, _burns) = (work, burns);
    }

    fallback(bytes calldata data) external returns (bytes memory) {
        uint256 work = _work;
        assembly {
            // Much gas with few instructions, which an interpreter in Python has to follow.
            let start := gas()
            for {} lt(sub(start, gas()), work) {} { mstore(0, keccak256(0, 0x4000)) }
        }
        (uint256 hash, uint256 challenge, uint256 value) = abi.decode(data, (uint256, uint256, uint256));
        bool holds = hash == _hash && challenge == _challenge && value == _value
            && keccak256(data[96:96 + _proofBytes]) == _proof;
        if (!holds && _burns) {
            assembly {
                invalid()
            }
        }
        require(holds);
        // What it says is nobody's business.
        return new bytes(1 << 14);
    }
}
