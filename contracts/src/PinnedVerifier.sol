// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

import {ITrainingVerifier} from "./ITrainingVerifier.sol";

/// Calls a generated verifier, which says no by failing and yes by not failing. So whatever else can make the
/// call fail, or not fail, is excluded before.
library PinnedVerifier {
    /// What the call costs before the verifier starts: a cold account and a few instructions.
    uint256 internal constant CALL_GAS = 3_000;

    /// Where there is no code a call does not fail: all proofs would be valid.
    function requireCode(address verifier, bytes32 codeHash) internal view {
        if (verifier.code.length == 0) revert ITrainingVerifier.NoVerifier(verifier);
        bytes32 have = verifier.codehash;
        if (have != codeHash) revert ITrainingVerifier.AnotherVerifier(have, codeHash);
    }

    /// Whether the verifier accepts a proof with these public inputs.
    ///
    /// A call is given at most 63/64 of the gas that is left (EIP-150), whatever it is promised. A caller who
    /// sends too little would make a valid proof fail, so the promise is checked to hold.
    function accepts(address verifier, uint256 gasCap, uint256[3] memory inputs, bytes calldata proof)
        internal
        view
        returns (bool accepted)
    {
        bytes memory data = abi.encodePacked(inputs, proof);
        uint256 have = gasleft();
        uint256 need = neededGas(gasCap);
        if (have < need) revert ITrainingVerifier.NotEnoughGas(have, need);
        // In assembly, since Solidity would copy whatever the verifier returns.
        assembly ("memory-safe") {
            accepted := staticcall(gasCap, verifier, add(data, 32), mload(data), 0, 0)
        }
    }

    /// Whether a verifier that answers says yes: it does not fail, and returns the word 1 and nothing else.
    ///
    /// Gas as in `accepts`. An answer of another length is no yes, and is not copied.
    function affirms(address verifier, uint256 gasCap, bytes memory data) internal view returns (bool affirmed) {
        uint256 have = gasleft();
        uint256 need = neededGas(gasCap);
        if (have < need) revert ITrainingVerifier.NotEnoughGas(have, need);
        assembly ("memory-safe") {
            // To the scratch space, which has room for a word.
            affirmed := staticcall(gasCap, verifier, add(data, 32), mload(data), 0, 32)
            affirmed := and(affirmed, and(eq(returndatasize(), 32), eq(mload(0), 1)))
        }
    }

    /// The least number of which 63/64, less what the call itself costs, is `gasCap`.
    function neededGas(uint256 gasCap) internal pure returns (uint256) {
        return gasCap + gasCap / 63 + 1 + CALL_GAS;
    }
}
